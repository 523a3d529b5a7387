//! Somebody asks for a reset link.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::EventOutcome;
use crate::model::event_code::EventCode;
use crate::steps::observe::{info_span, observed};
use crate::steps::throttle::Counted;

impl AuthKit {
    /// Sends a reset link to the address of an account, if there is an active one. The answer is the same for every
    /// address, known or not; past the limit of an account no mail goes out and the answer is still the same.
    ///
    /// The mail goes to the address on the row, never to the text that was typed. Nothing about the account changes.
    /// Source: OWASP Forgot Password.
    ///
    /// # Timing
    /// For an unknown address a token and a mail are made, too, and thrown away.
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
    /// kit.request_reset("nobody@example.com", &ClientInfo::none()).await?; // tells nothing
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn request_reset(&self, email: &str, client: &ClientInfo) -> Result<(), AuthError> {
        observed(info_span!("authkit.request_reset"), self.request_reset_observed(email, client)).await
    }

    async fn request_reset_observed(&self, email: &str, client: &ClientInfo) -> Result<(), AuthError> {
        let at = self.now();
        let throttle = self.0.settings.throttle;
        let by_ip = throttle.and_then(|limits| self.attempt_from(Counted::ResetIp, limits.reset_ip, client.ip));
        self.take(by_ip.into_iter().collect(), at).await?.keep();
        let email = Self::parse_email(email).map_err(|error| AuthError::Validation(vec![error]))?;

        let found = self.0.users.find_user_by_email(email.key()).await?;
        let known = found.filter(|user| user.exists() && user.is_active);
        let key = email.key().as_str().as_bytes();
        let by_account = throttle.map(|limits| {
            vec![
                self.attempt_on(Counted::ResetAccount, limits.reset_account, key),
                self.attempt_on(Counted::ResetAccountHourly, limits.reset_account_hourly, key),
            ]
        });
        let allowed = self.may_mail(by_account.unwrap_or_default(), at).await?;

        let mut event = self.event(EventCode::PASSWORD_RESET_REQUESTED, at, client)?;
        match &known {
            Some(user) => event.subject = Some(user.id),
            None => event.identifier = Some(email.as_str().to_owned()),
        }
        if known.is_none() || !allowed {
            event.outcome = EventOutcome::Refused;
        }
        self.record_event(event).await?;

        let user = match known.clone() {
            Some(user) => user,
            None => self.stand_in(email)?,
        };
        let mail = self.reset_mail(&user, self.mint_reset(&user, at)?);
        if known.is_some() && allowed {
            self.send(mail, &user, client).await?;
        }
        Ok(())
    }
}
