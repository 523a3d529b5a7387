//! Opening a session and minting its tokens.

use std::fmt;
use std::time::Duration;

use crate::error::AuthError;
use crate::kit::{AuthKit, harmless};
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::ids::{Epoch, SessionId};
use crate::model::secret::{AccessToken, RefreshToken};
use crate::model::session::{NewSession, RevokeReason, Session, SessionState, Via};
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::session_store::InsertSession;
use crate::token::refresh::RefreshJti;

/// The longest life of a session of the console without a rotation; its cookies reach everybody's data.
const CONSOLE_IDLE: Duration = Duration::from_secs(60 * 60);
/// The longest life of a session of the console, whatever happens: a working day.
const CONSOLE_ABSOLUTE: Duration = Duration::from_secs(12 * 60 * 60);

/// The two tokens of a session, and when they end.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For every request.
    pub access: AccessToken,
    /// For the next pair.
    pub refresh: RefreshToken,
    /// When the access token was made.
    pub issued_at: Timestamp,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the refresh token ends, unless it is used before.
    pub refresh_expires_at: Timestamp,
}

/// A user who just signed in or refreshed.
#[derive(Clone)]
pub struct SignIn {
    /// The user as read for it.
    pub user: User,
    /// The session as it is now.
    pub session: Session,
    /// Its tokens.
    pub tokens: Tokens,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("user", &self.user.id).field("session", &self.session.id).finish_non_exhaustive()
    }
}

/// A user and the session that a request came in on, both as the stores have them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The user: exists and is active.
    pub user: User,
    /// The session: live.
    pub session: Session,
}

impl AuthKit {
    /// A user and a session as they are now, if the session is live; of a given epoch alone, where one is given.
    pub(crate) async fn live(
        &self,
        user: &UserId,
        session: SessionId,
        epoch: Option<Epoch>,
        at: Timestamp,
    ) -> Result<SignedIn, AuthError> {
        let user = self.0.users.find_user(user);
        let session = self.0.sessions.find_session(session);
        let (user, session) = if self.0.ordered_reads {
            // Polled in this order: the user's read is on its way first.
            futures_util::future::try_join(user, session).await?
        } else {
            (user.await?, session.await?)
        };
        let session = session.filter(|session| epoch.is_none_or(|epoch| session.epoch == epoch));
        let session = session.ok_or(AuthError::SessionRevoked)?;
        session_error(session.state(user.as_ref(), at))?;
        let user = user.ok_or(AuthError::SessionRevoked)?;
        self.require_verified(&user)?;
        Ok(SignedIn { user, session })
    }

    /// Opens a session under the epoch that `user` holds: the one that was read with what allowed the sign-in, or that the
    /// allowing write made. If it was left meanwhile, the session is dead on arrival.
    pub(crate) async fn open_session(
        &self,
        user: User,
        via: Via,
        actor: Actor,
        client: &ClientInfo,
    ) -> Result<SignIn, AuthError> {
        let at = self.now();
        let (idle_ttl, absolute_ttl) = self.lifetimes(via);
        let id = self.new_session_id(at)?;
        let jti = RefreshJti::first(self.random()?);
        let new = NewSession {
            id,
            user_id: user.id,
            epoch: user.session_epoch,
            token_hash: jti.digest(),
            kid: self.0.keys.signing_kid(),
            via,
            idle_ttl,
            absolute_at: at + absolute_ttl,
            client: ClientInfo { request_id: None, ..client.clone() },
        };
        let opened = self.event(EventCode::SESSION_OPENED, at, client)?;
        let opened = opened.by(actor.clone()).about(user.id).in_session(id).detail("via", via.as_str());
        let capped = self.event(EventCode::SESSION_REVOKED, at, client)?;
        let capped = capped.by(actor).about(user.id).detail("by", "cap");
        let session = new.clone().into_session(at);
        let cap = self.0.settings.session_cap;
        match self.0.sessions.insert_session(new, cap, self.cause(opened), self.audited(capped)).await? {
            InsertSession::Inserted { .. } => {}
            InsertSession::UserMissing => return Err(AuthError::InvalidCredentials),
        }
        harmless("note_sign_in", self.0.users.note_sign_in(&user.id, at).await);
        let tokens = self.mint(&user, &session, &jti, at)?;
        Ok(SignIn { user, session, tokens })
    }

    /// How long a new session lives without a rotation, and whatever happens: as configured, through the console at most
    /// an hour and twelve. The row holds both, so nothing that happens to the session later makes it longer.
    fn lifetimes(&self, via: Via) -> (Duration, Duration) {
        let (idle, absolute) = (self.0.settings.refresh_idle_ttl, self.0.settings.refresh_absolute_ttl);
        match via {
            Via::Console => (idle.min(CONSOLE_IDLE), absolute.min(CONSOLE_ABSOLUTE)),
            Via::Json | Via::Host => (idle, absolute),
        }
    }

    /// The pair of a session whose current refresh token has this `jti`.
    pub(crate) fn mint(
        &self,
        user: &User,
        session: &Session,
        jti: &RefreshJti,
        at: Timestamp,
    ) -> Result<Tokens, AuthError> {
        let ttl = self.0.settings.access_ttl;
        let access = self.0.keys.mint_access(session, user, self.random()?, at, ttl).map_err(AuthError::internal)?;
        let refresh = self.0.keys.mint_refresh(session, jti).map_err(AuthError::internal)?;
        Ok(Tokens {
            access,
            refresh,
            issued_at: at,
            access_expires_at: (at + ttl).min(session.absolute_at),
            refresh_expires_at: session.idle_at,
        })
    }

    /// Ends a session that a new sign-in on the same device takes the place of.
    pub(crate) async fn replace_session(
        &self,
        id: SessionId,
        owner: UserId,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let event = self.event(EventCode::SESSION_REVOKED, self.now(), client)?;
        let event = event.by(Actor::User(owner)).about(owner).in_session(id).detail("by", "replaced");
        let cause = self.cause(event);
        // Gone or ended already is as good.
        let _ = self.0.sessions.revoke_session(id, Some(&owner), RevokeReason::Replaced, cause).await?;
        Ok(())
    }

    /// Marks the sessions of an epoch that a write has just left: they are dead already, so a failure is harmless.
    pub(crate) async fn tidy_left_epoch(&self, before: &User, reason: RevokeReason) {
        let at = self.now();
        let tidied = self.0.sessions.tidy_epoch(&before.id, before.session_epoch, reason, at).await;
        harmless("tidy_epoch", tidied);
    }
}

/// What a session that is not live means for whoever holds it.
pub(crate) const fn session_error(state: SessionState) -> Result<(), AuthError> {
    match state {
        SessionState::Live => Ok(()),
        SessionState::Suspended => Err(AuthError::AccountDisabled),
        SessionState::Expired => Err(AuthError::SessionExpired),
        SessionState::Missing | SessionState::Revoked | SessionState::Dead => Err(AuthError::SessionRevoked),
    }
}
