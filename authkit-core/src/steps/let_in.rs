//! Somebody signs in with a password: what is given, and what happens once it is proven.

use std::fmt;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::secret::{Password, RefreshToken};
use crate::model::session::Via;
use crate::steps::credential::Proven;
use crate::steps::sign_in::SignIn;

/// What somebody gives to sign in.
pub struct Login {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: Password,
    /// Through what.
    pub via: Via,
    /// The refresh token of the session that this device had until now, if it sent one: that session is ended. Nothing
    /// of it is adopted.
    pub replaces: Option<RefreshToken>,
}

impl Login {
    /// A sign-in by a program of the application's own, from a device that has no session.
    pub fn new(email: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { email: email.into(), password: password.into(), via: Via::Host, replaces: None }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("via", &self.via).finish_non_exhaustive()
    }
}

impl AuthKit {
    /// Lets somebody in whose password was just proven: ends the session that the device presented, if any, opens a new
    /// one, and makes an outdated hash anew.
    pub(crate) async fn let_in(&self, proven: Proven, login: Login, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let old = login.replaces.and_then(|token| self.0.keys.verify_for_logout(token.expose()).ok());
        if let Some((owner, session, _)) = old {
            self.replace_session(session, owner, client).await?;
        }
        let actor = Actor::User(proven.user.id);
        let sign_in = self.open_session(proven.user, login.via, actor, client).await?;
        if proven.outdated {
            self.rehash(&sign_in.user, login.password).await;
        }
        Ok(sign_in)
    }
}
