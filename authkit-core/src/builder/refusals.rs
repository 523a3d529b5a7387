//! What the configuration wants and the ports do not give.

use crate::config::settings::Environment;
use crate::config::{Config, ConfigCode, ConfigError};
use crate::ports::mailer::Mailer;
use crate::ports::password_hasher::PasswordHasher;

/// All that is refused, in one error.
pub(super) fn of(
    config: &Config,
    mailer: Option<&dyn Mailer>,
    hasher: Option<&dyn PasswordHasher>,
    no_verification: bool,
) -> Option<ConfigError> {
    let cheap = hasher.and_then(|hasher| for_tests(config, hasher));
    let unmarked = (no_verification && config.wants_verified_email()).then(no_mark);
    [no_mailer(config, mailer), cheap, unmarked].into_iter().flatten().reduce(ConfigError::and)
}

/// Why mails would not go where the configuration wants them.
fn no_mailer(config: &Config, given: Option<&dyn Mailer>) -> Option<ConfigError> {
    let production = config.environment() == Environment::Production;
    let (why, fix) = match given {
        None if config.is_smtp_on() => (
            "AUTHKIT_ENABLE_SMTP is on, and the builder was given no mailer: mails would be written to standard output",
            "give the builder `.mailer_if(SmtpMailer::from_config(&config)?)` of authkit-mail-smtp, or a mailer of your own",
        ),
        None if production => (
            "mails would be written to standard output, working reset links included",
            "give the builder `.mailer(..)` one that delivers",
        ),
        Some(mailer) if production && mailer.is_for_development() => (
            "mails would reach nobody but whoever runs the process, working reset links included",
            "give the builder `.mailer(..)` one that delivers",
        ),
        _ => return None,
    };
    Some(ConfigError::one(ConfigCode::MailerMissing, why, fix))
}

/// Why passwords would be as good as open.
fn for_tests(config: &Config, hasher: &dyn PasswordHasher) -> Option<ConfigError> {
    let refused = config.environment() == Environment::Production && hasher.is_for_tests();
    refused.then(|| {
        ConfigError::one(
            ConfigCode::HasherForTests,
            "passwords would be stored so that whoever has the table has the passwords",
            "leave out `.hasher(..)`: the default is Argon2id",
        )
    })
}

/// Why nobody would be asked for the proof that the configuration wants.
fn no_mark() -> ConfigError {
    ConfigError::one(
        ConfigCode::NoMarkForVerified,
        "AUTHKIT_REQUIRE_VERIFIED_EMAIL is on, and the users table has no column that could say whose address is proven: \
         everybody's would count as that",
        "add a column and map it, `.is_verified(..)`, or set AUTHKIT_REQUIRE_VERIFIED_EMAIL=false",
    )
}
