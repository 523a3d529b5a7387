//! Who makes a request, and whether that is enough: for our endpoints and, through an adapter's extractors, for the
//! application's own. Every guard refuses a request of another site's page before it asks a store.

use authkit_core::{AccessToken, AuthError, AuthKit, Claims, Operator, SignedIn};

use crate::client::client;
use crate::credentials::{Credentials, Presented};
use crate::cross_site;
use crate::message::Head;
use crate::problem::Problem;

/// The user and session behind the request, as the stores have them now.
///
/// # Errors
/// `missing_token`, `invalid_token`, `session_expired`, `session_revoked`, `account_disabled`, `email_not_verified`,
/// `ambiguous_credentials`, `cross_site_request`, and the operator's.
pub async fn current_user(kit: &AuthKit, head: Head<'_>) -> Result<SignedIn, Problem> {
    optional_user(kit, head).await?.ok_or_else(Problem::missing_token)
}

/// As [`current_user`]; a request without any credential is `None`, one with a bad credential is refused.
///
/// # Errors
/// As [`current_user`], but for `missing_token`.
pub async fn optional_user(kit: &AuthKit, head: Head<'_>) -> Result<Option<SignedIn>, Problem> {
    let Some(presented) = screened(kit, head).await? else { return Ok(None) };
    Ok(Some(kit.current_user(&AccessToken::new(presented.token)).await?))
}

/// The user behind the request, who must have one of these roles now.
///
/// # Errors
/// As [`current_user`], and `forbidden`, which is recorded.
pub async fn with_any_role(kit: &AuthKit, head: Head<'_>, roles: &[&str]) -> Result<SignedIn, Problem> {
    let signed_in = current_user(kit, head).await?;
    if roles.contains(&signed_in.user.role.as_str()) {
        return Ok(signed_in);
    }
    Err(refused(kit, head, &signed_in, &roles.join(" or ")).await)
}

/// The user behind the request, who must have the admin role now.
///
/// # Errors
/// As [`with_any_role`].
pub async fn current_admin(kit: &AuthKit, head: Head<'_>) -> Result<SignedIn, Problem> {
    with_any_role(kit, head, &[kit.settings().admin_role.as_str()]).await
}

/// The user behind the request, who must be admitted to the administration now. What exactly he may do there, each flow
/// judges by itself.
///
/// # Errors
/// As [`with_any_role`], and `reauthentication_required` for a session that is too old for it.
pub async fn operator(kit: &AuthKit, head: Head<'_>) -> Result<(SignedIn, Operator), Problem> {
    let signed_in = current_user(kit, head).await?;
    let operator = admitted(kit, head, &signed_in).await?;
    Ok((signed_in, operator))
}

/// Lets somebody who is signed in into the administration.
///
/// # Errors
/// `forbidden`, which is recorded, and `reauthentication_required`.
pub(crate) async fn admitted(kit: &AuthKit, head: Head<'_>, who: &SignedIn) -> Result<Operator, Problem> {
    match kit.operator(who) {
        Err(AuthError::Forbidden) => Err(refused(kit, head, who, "administration").await),
        admitted => Ok(admitted?),
    }
}

/// What the request's access token says, by its signature and times alone. A sign-out, a deactivation or a change of
/// role shows only when the token ends (15 minutes by default); the administration is never guarded by it.
///
/// # Errors
/// `missing_token`, `invalid_token`, `session_expired`, `ambiguous_credentials`, `cross_site_request`.
pub async fn claims(kit: &AuthKit, head: Head<'_>) -> Result<Claims, Problem> {
    let presented = screened(kit, head).await?.ok_or_else(Problem::missing_token)?;
    Ok(kit.claims(&AccessToken::new(presented.token))?)
}

/// The request, whoever it is from, was not sent by a page of another site: for what changes something before anybody is
/// signed in.
///
/// # Errors
/// `ambiguous_credentials`, and `cross_site_request`, which is recorded.
pub async fn same_origin(kit: &AuthKit, head: Head<'_>) -> Result<(), Problem> {
    screen(kit, head, false).await.map(drop)
}

/// The credentials of a request that may go on.
///
/// `by_token`: the request's credential is the bearer header where no cookie of ours is there; such a request no page of
/// another site can make a browser send. A sign-in, for example, has its credential in the body, and is never exempt.
///
/// # Errors
/// `ambiguous_credentials`, and `cross_site_request`, which is recorded.
pub(crate) async fn screen<'a>(kit: &AuthKit, head: Head<'a>, by_token: bool) -> Result<Credentials<'a>, Problem> {
    let credentials = Credentials::read(kit.http(), head.headers)?;
    if by_token && credentials.is_bearer_only() {
        return Ok(credentials);
    }
    match cross_site::refusal(kit.http(), head.method, head.headers, &credentials) {
        None => Ok(credentials),
        Some(rule) => {
            kit.record_cross_site_refused(&client(kit, head)).await?;
            Err(Problem::cross_site_request(rule))
        }
    }
}

async fn screened<'a>(kit: &AuthKit, head: Head<'a>) -> Result<Option<Presented<'a>>, Problem> {
    Ok(screen(kit, head, true).await?.access())
}

/// Records that somebody who is known asked for more than is allowed.
async fn refused(kit: &AuthKit, head: Head<'_>, who: &SignedIn, needed: &str) -> Problem {
    match kit.record_access_refused(who, needed, &client(kit, head)).await {
        Ok(()) => AuthError::Forbidden.into(),
        Err(error) => error.into(),
    }
}
