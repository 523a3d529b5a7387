//! The mail server: whether it would take a mail. None is sent.

use authkit_mail_smtp::{SmtpMailer, StartError};

use super::report::Report;
use crate::mail::FIX;
use crate::settings::Settings;

const NAME: &str = "mail server";

pub(super) async fn check(settings: &Settings, report: &mut Report) {
    // What cannot be read has its line already.
    let Ok(config) = settings.config() else { return };
    match SmtpMailer::from_config(&config) {
        Ok(None) | Err(StartError::Settings(_)) => {}
        Ok(Some(mailer)) => match mailer.check().await {
            Ok(()) => report.pass(NAME, "it takes the sign-in; no mail was sent"),
            Err(error) => report.fail(NAME, error.to_string(), FIX),
        },
        Err(error) => report.fail(NAME, error.to_string(), FIX),
    }
}
