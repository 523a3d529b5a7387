//! Somebody asks for another link that proves an address.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::EventOutcome;
use crate::model::event_code::EventCode;
use crate::steps::observe::{info_span, observed};
use crate::steps::throttle::Counted;

impl AuthKit {
    /// Sends a link that proves the address of an account, if there is an active one whose address is not proven. The
    /// answer is the same for every address; past the limit of an account no mail goes out and the answer is still the
    /// same.
    ///
    /// The mail goes to the address on the row, never to the text that was typed. Nothing about the account changes.
    ///
    /// # Timing
    /// For any other address a token and a mail are made, too, and thrown away.
    ///
    /// # Errors
    /// [`AuthError::Validation`]: not an address. [`AuthError::Throttled`]: by network address. The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// # use authkit_core::{AuthError, ClientInfo};
    /// # block_on(async {
    /// # let kit = kit();
    /// kit.request_verification("nobody@example.com", &ClientInfo::none()).await?; // tells nothing
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn request_verification(&self, email: &str, client: &ClientInfo) -> Result<(), AuthError> {
        observed(info_span!("authkit.request_verification"), self.request_verification_observed(email, client)).await
    }

    async fn request_verification_observed(&self, email: &str, client: &ClientInfo) -> Result<(), AuthError> {
        let at = self.now();
        let throttle = self.0.settings.throttle;
        let by_ip =
            throttle.and_then(|limits| self.attempt_from(Counted::VerificationIp, limits.verification_ip, client.ip));
        self.take(by_ip.into_iter().collect(), at).await?.keep();
        let email = Self::parse_email(email).map_err(|error| AuthError::Validation(vec![error]))?;

        let found = self.0.users.find_user_by_email(email.key()).await?;
        let waiting = found.filter(|user| user.exists() && user.is_active && !user.is_verified);
        let allowed = self.may_mail(self.verification_attempts(email.key()), at).await?;

        let mut event = self.event(EventCode::EMAIL_VERIFICATION_SENT, at, client)?;
        match &waiting {
            Some(user) => event.subject = Some(user.id),
            None => event.identifier = Some(email.as_str().to_owned()),
        }
        if waiting.is_none() || !allowed {
            event.outcome = EventOutcome::Refused;
        }
        self.record_event(event).await?;

        let user = match waiting.clone() {
            Some(user) => user,
            None => self.stand_in(email)?,
        };
        let mail = self.verification_mail(&user, self.mint_verification(&user, at)?);
        if waiting.is_some() && allowed {
            self.send(mail, &user, client).await?;
        }
        Ok(())
    }
}
