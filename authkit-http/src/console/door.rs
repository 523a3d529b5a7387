//! The console's guard: who comes in, by which session, and whether a form was made for it.

use std::future::Future;

use authkit_core::{AccessToken, AuthKit, Operator, RefreshToken, SignedIn, Tokens};

use super::form_token;
use super::frame::Frame;
use crate::client::client;
use crate::fields::Fields;
use crate::message::{Head, Request};
use crate::problem::Problem;
use crate::{guard, input};

/// Somebody who is in the console.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) who: SignedIn,
    pub(crate) operator: Operator,
    pub(crate) frame: Frame,
    /// The pair that the door had to ask for, since the access cookie was gone: the answer must carry it.
    pub(crate) fresh: Option<Tokens>,
}

/// Lets somebody in: by the access cookie, and where the browser has dropped that, by the refresh cookie, so that nobody
/// without script is signed out after fifteen minutes.
///
/// # Errors
/// As [`guard::operator`] and the refresh flow.
pub(crate) fn enter<'a>(
    kit: &'a AuthKit,
    request: &'a Request,
) -> impl Future<Output = Result<Visit, Problem>> + Send + use<'a> {
    // What waits holds no request: its body cannot be shared between threads.
    admit(kit, request.head(), Frame::of(kit, request))
}

async fn admit(kit: &AuthKit, head: Head<'_>, frame: Frame) -> Result<Visit, Problem> {
    let credentials = guard::screen(kit, head, true).await?;
    let (who, fresh) = match (credentials.access(), credentials.refresh_cookie()) {
        (Some(access), _) => (kit.current_user(&AccessToken::new(access.token)).await?, None),
        (None, Some(refresh)) => {
            let sign_in = kit.refresh(&RefreshToken::new(refresh.token), &client(kit, head)).await?;
            (SignedIn { user: sign_in.user, session: sign_in.session }, Some(sign_in.tokens))
        }
        (None, None) => return Err(Problem::missing_token()),
    };
    let operator = match guard::admitted(kit, head, &who).await {
        Ok(operator) => operator,
        Err(problem) => return Err(problem.carrying(fresh)),
    };
    Ok(Visit { who, operator, frame, fresh })
}

/// Reads a form and makes sure that it was made for this session. Its token is taken out of it.
///
/// # Errors
/// 413, 415, 400 `malformed_request`, and 403 `cross_site_request`, which is recorded.
pub(crate) async fn form(kit: &AuthKit, visit: &Visit, request: &mut Request) -> Result<Fields, Problem> {
    let mut fields = input::form(request).await?;
    let token = fields.optional_text("csrf_token").unwrap_or_default();
    if form_token::fits(kit, visit.who.session.id, &token) {
        return Ok(fields);
    }
    kit.record_cross_site_refused(&client(kit, request.head())).await?;
    Err(Problem::cross_site_request("csrf_token"))
}
