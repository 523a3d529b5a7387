//! A refresh token is exchanged for the next pair.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::rotation::{Rotate, Rotation, RotationEvents};
use crate::model::secret::RefreshToken;
use crate::model::user::User;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignIn;
use crate::steps::throttle::Counted;
use crate::token::error::TokenError;

impl AuthKit {
    /// Moves a session to its next refresh token.
    ///
    /// The successor of a token is computed from it, so parallel and repeated refreshes of one token get one and the same
    /// pair's refresh token, byte for byte, while the grace lasts. An older token ends the session. Source: RFC 9700
    /// §4.14.2.
    ///
    /// # Atomicity
    /// The user is read first, and a user store that fails has spent nothing. Then one step of the session store decides
    /// and writes, with the event in it. Asking again after an error is safe.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] (no store was asked), [`AuthError::TokenNotYetValid`], [`AuthError::SessionExpired`],
    /// [`AuthError::SessionRevoked`] (also dead or gone), [`AuthError::SessionReused`], [`AuthError::AccountDisabled`],
    /// [`AuthError::EmailNotVerified`], [`AuthError::Throttled`] (by session), [`AuthError::ClockBehind`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register, signed_in};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let first = signed_in(&kit).await;
    /// let client = ClientInfo::none();
    /// let second = kit.refresh(&first.tokens.refresh, &client).await?;
    /// let retried = kit.refresh(&first.tokens.refresh, &client).await?; // the answer got lost: the same token again
    /// assert_eq!(retried.tokens.refresh, second.tokens.refresh);
    ///
    /// let third = kit.refresh(&second.tokens.refresh, &client).await?;
    /// let stolen = kit.refresh(&first.tokens.refresh, &client).await; // two generations old
    /// assert!(matches!(stolen, Err(AuthError::SessionReused)));
    /// assert!(kit.refresh(&third.tokens.refresh, &client).await.is_err()); // the whole session has ended
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn refresh(&self, token: &RefreshToken, client: &ClientInfo) -> Result<SignIn, AuthError> {
        observed(info_span!("authkit.refresh"), self.refresh_observed(token, client)).await
    }

    async fn refresh_observed(&self, token: &RefreshToken, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let keys = &self.0.keys;
        let at = self.now();
        let claims = keys.verify_refresh(token.expose(), at)?;
        let successor = keys.successor(&claims).ok_or(AuthError::InvalidToken)?;
        if let Some(throttle) = self.0.settings.throttle {
            let session = claims.session.as_uuid();
            let attempt = self.attempt_on(Counted::RefreshSession, throttle.refresh_session, session.as_bytes());
            self.take(vec![attempt], at).await?.keep();
        }
        let user = self.0.users.find_user(&claims.user).await?.filter(User::exists).ok_or(AuthError::SessionRevoked)?;
        if !user.is_active {
            return Err(AuthError::AccountDisabled);
        }
        if user.session_epoch != claims.epoch {
            return Err(AuthError::SessionRevoked);
        }
        self.require_verified(&user)?;
        let at = self.now();
        let step = Rotation {
            session: claims.session,
            presented: claims.jti.digest(),
            successor: successor.digest(),
            kid: keys.signing_kid(),
            grace: self.0.settings.refresh_grace,
            at,
        };
        let events = self.rotation_events(&user, &step, claims.generation, client)?;
        let session = match self.0.sessions.rotate(&step, &events).await? {
            Rotate::Rotated(session) | Rotate::Replayed(session) => session,
            Rotate::ClockBehind => return Err(AuthError::ClockBehind),
            Rotate::Reused => return Err(AuthError::SessionReused),
            Rotate::Expired => return Err(AuthError::SessionExpired),
            Rotate::Revoked | Rotate::Missing => return Err(AuthError::SessionRevoked),
        };
        if session.user_id != user.id || session.epoch != user.session_epoch {
            return Err(AuthError::SessionRevoked);
        }
        let tokens = self.mint(&user, &session, &successor, at)?;
        Ok(SignIn { user, session, tokens })
    }

    fn rotation_events(
        &self,
        user: &User,
        step: &Rotation,
        generation: u64,
        client: &ClientInfo,
    ) -> Result<RotationEvents, AuthError> {
        if !self.0.settings.audit {
            return Ok(RotationEvents::default());
        }
        let event = |code| {
            let event = self.event(code, step.at, client)?;
            Ok::<_, AuthError>(Some(event.by(Actor::User(user.id)).about(user.id).in_session(step.session)))
        };
        let rotated = if self.0.settings.audit_refresh { event(EventCode::SESSION_REFRESHED)? } else { None };
        let reused = event(EventCode::SESSION_REUSE_DETECTED)?;
        // Whoever presented the old token is not known to be the user.
        let reused = reused.map(|event| {
            event.by(Actor::Anonymous).ended(EventOutcome::Refused).detail("presented_generation", generation)
        });
        Ok(RotationEvents { rotated, replayed: event(EventCode::SESSION_REFRESH_REPLAYED)?, reused })
    }
}

impl From<TokenError> for AuthError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::SessionExpired,
            TokenError::NotYetValid => Self::TokenNotYetValid,
            _ => Self::InvalidToken,
        }
    }
}
