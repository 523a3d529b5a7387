//! Mail: whether the server of the settings would take one.

use super::report::Report;
use crate::mail::Post;
use crate::offline;
use crate::settings::Settings;

pub(super) async fn check(settings: &Settings, report: &mut Report) {
    // What is wrong with the settings is told already.
    let Ok(config) = offline::config(settings) else { return };
    match Post::of(&config, settings) {
        Err(failure) => report.problems("mail", failure.problems),
        Ok(Post::Printed) => report.pass("mail", "printed, since this is development"),
        Ok(Post::Nowhere) => report.pass("mail", "not by SMTP; a mailer of the application's own is not looked at"),
        Ok(Post::Sent(mailer)) => match mailer.check().await {
            Ok(()) => report.pass("mail", "the mail server answers and lets us in"),
            Err(error) => {
                let fix = "mend what it says, or set AUTHKIT_SMTP_HOST and what belongs to it";
                report.fail("mail", error.to_string(), fix);
            }
        },
    }
}
