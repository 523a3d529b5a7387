//! Signing in and out, and the sessions of whoever is signed in.

use authkit_core::{AuthKit, Login, RefreshToken, SignedIn, Via};
use http::StatusCode;
use serde::Serialize;

use crate::answer;
use crate::client::client;
use crate::cookies;
use crate::credentials::{Credentials, Source};
use crate::delivery::deliver;
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::shapes::SessionObject;

/// `POST /login`
pub(crate) async fn login(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let (email, password) = (fields.text("email"), fields.password("password"));
    fields.finish()?;
    // A session that this device still holds ends with the sign-in, and nothing of it is taken over.
    let old = Credentials::read(kit.http(), &request.headers)?.refresh_cookie();
    let replaces = old.map(|presented| RefreshToken::new(presented.token));
    let login = Login { email, password, via: Via::Json, replaces };
    let sign_in = kit.login(login, &client(kit, request.head())).await?;
    deliver(kit, &request.headers, &sign_in.tokens)
}

/// `POST /refresh`
pub(crate) async fn refresh(kit: &AuthKit, request: Request) -> Answer {
    let presented = Credentials::read(kit.http(), &request.headers)?.refresh();
    let Some(presented) = presented else { return Err(Problem::missing_token().clearing_cookies()) };
    let token = RefreshToken::new(presented.token);
    match kit.refresh(&token, &client(kit, request.head())).await {
        Ok(sign_in) => deliver(kit, &request.headers, &sign_in.tokens),
        Err(error) => {
            let ends = is_over(&error) && presented.source == Source::Cookie;
            let problem = Problem::from(error);
            Err(if ends { problem.clearing_cookies() } else { problem })
        }
    }
}

/// Whether a token is worth nothing any more. One from the future is not: it may be good in a moment.
fn is_over(error: &authkit_core::AuthError) -> bool {
    use authkit_core::AuthError;
    matches!(
        error,
        AuthError::InvalidToken | AuthError::SessionExpired | AuthError::SessionRevoked | AuthError::SessionReused
    )
}

/// `POST /logout`
pub(crate) async fn logout(kit: &AuthKit, request: Request) -> Answer {
    if let Some(presented) = Credentials::read(kit.http(), &request.headers)?.any() {
        kit.logout(presented.token, &client(kit, request.head())).await?;
    }
    signed_out(kit, "Successfully logged out.")
}

/// `POST /logout-all`
pub(crate) async fn logout_all(kit: &AuthKit, user: SignedIn, request: Request) -> Answer {
    kit.sign_out_everywhere(&user, &client(kit, request.head())).await?;
    signed_out(kit, "Successfully logged out from all devices.")
}

fn signed_out(kit: &AuthKit, text: &str) -> Answer {
    let mut response = answer::message(text)?;
    cookies::clear(response.headers_mut(), kit.http());
    Ok(response)
}

/// `POST /reauthenticate`
pub(crate) async fn reauthenticate(kit: &AuthKit, user: SignedIn, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let password = fields.password("password");
    fields.finish()?;
    kit.reauthenticate(&user, password, &client(kit, request.head())).await?;
    answer::message("Confirmed for five minutes.")
}

/// `GET /sessions`
pub(crate) async fn list_sessions(kit: &AuthKit, user: SignedIn, _: Request) -> Answer {
    let sessions = kit.list_own_sessions(&user).await?;
    let current = Some(user.session.id);
    let objects: Vec<_> = sessions.iter().map(|session| SessionObject { session, current }).collect();
    answer::json(StatusCode::OK, &objects)
}

/// `DELETE /sessions/{id}`
pub(crate) async fn revoke_session(kit: &AuthKit, user: SignedIn, request: Request) -> Answer {
    let id = input::session_id(&request)?;
    kit.revoke_own_session(&user, id, &client(kit, request.head())).await?;
    let mut response = answer::no_content();
    if id == user.session.id {
        cookies::clear(response.headers_mut(), kit.http());
    }
    Ok(response)
}

/// `POST /sessions/revoke-others`
pub(crate) async fn revoke_other_sessions(kit: &AuthKit, user: SignedIn, request: Request) -> Answer {
    #[derive(Serialize)]
    struct Revoked {
        revoked: u64,
    }
    let revoked = kit.revoke_other_sessions(&user, &client(kit, request.head())).await?;
    answer::json(StatusCode::OK, &Revoked { revoked })
}
