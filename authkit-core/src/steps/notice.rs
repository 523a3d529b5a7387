//! The mails that flows send: text, link, and what happens when the mailer does not take them.

use crate::error::AuthError;
use crate::kit::{AuthKit, harmless};
use crate::model::client::ClientInfo;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::mail::{Mail, MailKind};
use crate::model::secret::ResetToken;
use crate::model::user::User;

impl AuthKit {
    /// The mail with a reset link, to the address on the row.
    pub(crate) fn reset_mail(&self, user: &User, token: ResetToken) -> Mail {
        let settings = &self.0.settings;
        let link = settings.reset_url.replace("{token}", token.expose());
        let minutes = settings.reset_ttl.as_secs().div_ceil(60);
        Mail {
            to: user.email.as_str().to_owned(),
            subject: format!("Reset your {} password", settings.product),
            text: format!(
                "Somebody asked for a new password for this address.\n\nTo set one, open this link within {minutes} minutes:\n{link}\n\n\
                 It works once. If it was not you, do nothing: your password stays as it is.\n"
            ),
            kind: MailKind::PasswordReset { link, token },
        }
    }

    /// The mail to somebody for whom an account was made, with a link to set a password.
    pub(crate) fn invitation_mail(&self, user: &User, token: ResetToken) -> Mail {
        let settings = &self.0.settings;
        let link = settings.reset_url.replace("{token}", token.expose());
        let minutes = settings.reset_ttl.as_secs().div_ceil(60);
        Mail {
            to: user.email.as_str().to_owned(),
            subject: format!("Your {} account", settings.product),
            text: format!(
                "An account was made for you at {base}.\n\n\
                 To choose a password, open this link within {minutes} minutes:\n{link}\n\n\
                 It works once. Later, ask for a new one there with \"Forgot password\".\n",
                base = settings.base_url
            ),
            kind: MailKind::Invitation { link, token },
        }
    }

    /// The mail that tells of a new password.
    pub(crate) fn password_changed_mail(&self, user: &User) -> Mail {
        let settings = &self.0.settings;
        Mail {
            to: user.email.as_str().to_owned(),
            subject: format!("Your {} password was changed", settings.product),
            text: format!(
                "The password of your account was changed, and every other session was ended.\n\n\
                 If it was not you, ask for a new password at once: {}\n",
                settings.base_url
            ),
            kind: MailKind::PasswordChanged,
        }
    }

    /// Hands a mail to the mailer. A mailer that does not take it changes no answer; the audit trail tells.
    pub(crate) async fn send(&self, mail: Mail, user: &User, client: &ClientInfo) -> Result<(), AuthError> {
        if self.0.mailer.enqueue(mail).is_err() {
            let event = self.event(EventCode::MAIL_FAILED, self.now(), client)?;
            let event = event.ended(EventOutcome::Failure).by(Actor::System).about(user.id);
            harmless("record mail.failed", self.record_event(event).await);
        }
        Ok(())
    }
}
