//! The mails that flows send: what is in them, and what happens when one is lost.

use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;

use crate::error::AuthError;
use crate::kit::{AuthKit, Inner, harmless};
use crate::model::client::ClientInfo;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::log_code::LogCode;
use crate::model::mail::{Mail, MailFacts, MailKind, RecordLoss};
use crate::model::secret::{ResetToken, VerificationToken};
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::built_in_mails;

impl AuthKit {
    /// The mail with a reset link, to the address on the row.
    pub(crate) fn reset_mail(&self, user: &User, token: ResetToken) -> Mail {
        let link = self.0.settings.reset_url.replace("{token}", token.expose());
        self.mail(user, MailKind::PasswordReset { link, token }, Some(self.0.settings.reset_ttl))
    }

    /// The mail to somebody for whom an account was made, with a link to set a password.
    pub(crate) fn invitation_mail(&self, user: &User, token: ResetToken) -> Mail {
        let link = self.0.settings.reset_url.replace("{token}", token.expose());
        self.mail(user, MailKind::Invitation { link, token }, Some(self.0.settings.reset_ttl))
    }

    /// The mail with a link that proves the address on the row.
    pub(crate) fn verification_mail(&self, user: &User, token: VerificationToken) -> Mail {
        let link = self.0.settings.verify_url.replace("{token}", token.expose());
        self.mail(user, MailKind::Verification { link, token }, Some(self.0.settings.verification_ttl))
    }

    /// The mail to whoever has an account already, when somebody registers with the address.
    pub(crate) fn address_taken_mail(&self, user: &User) -> Mail {
        self.mail(user, MailKind::AddressTaken, None)
    }

    /// The mail that tells of a new password.
    pub(crate) fn password_changed_mail(&self, user: &User) -> Mail {
        self.mail(user, MailKind::PasswordChanged, None)
    }

    /// A mail to the address on the row, in the application's words or ours. `valid_for`: how long its link works.
    pub(crate) fn mail(&self, user: &User, kind: MailKind, valid_for: Option<Duration>) -> Mail {
        let (to, settings) = (user.email.as_str(), &self.0.settings);
        let facts = MailFacts { kind: &kind, to, product: &settings.product, base_url: &settings.base_url, valid_for };
        let own = self.0.mail_templates.as_ref().and_then(|templates| templates.content(&facts));
        let content = own.unwrap_or_else(|| built_in_mails::content(&facts));
        Mail::new(to, kind, content)
    }

    /// Hands a mail to the mailer. A mailer that does not take it changes no answer; the audit trail tells.
    pub(crate) async fn send(&self, mail: Mail, user: &User, client: &ClientInfo) -> Result<(), AuthError> {
        let loss = Loss { kit: Arc::downgrade(&self.0), user: user.id, client: client.clone() };
        let kind = mail.kind.name();
        if self.0.mailer.enqueue(mail.noted_by(Arc::new(loss))).is_err() {
            self.record_lost_mail(user.id, client, kind, "the mailer did not take it").await;
        }
        Ok(())
    }

    async fn record_lost_mail(&self, user: UserId, client: &ClientInfo, kind: &'static str, reason: &str) {
        tracing::warn!(
            name: "authkit.mail_failed",
            target: "authkit",
            ak = LogCode::MailLost.as_str(),
            user = %user,
            kind,
            "a mail was lost"
        );
        let recorded = async {
            let event = self.event(EventCode::MAIL_FAILED, self.now(), client)?;
            let event = event.ended(EventOutcome::Failure).by(Actor::System).about(user);
            self.record_event(event.detail("kind", kind).detail("reason", reason)).await
        };
        harmless("record mail.failed", recorded.await);
    }
}

/// Whom a mail was for and who had asked for it. It does not keep the kit alive: a mailer may keep mails for long.
struct Loss {
    kit: Weak<Inner>,
    user: UserId,
    client: ClientInfo,
}

#[async_trait]
impl RecordLoss for Loss {
    async fn record(&self, kind: &'static str, reason: &str) {
        if let Some(inner) = self.kit.upgrade() {
            AuthKit(inner).record_lost_mail(self.user, &self.client, kind, reason).await;
        }
    }
}
