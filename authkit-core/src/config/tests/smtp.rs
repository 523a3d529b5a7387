//! What a mailer is made from, and what is refused of it.

use super::{codes, development, pairs, production};
use crate::config::ConfigCode::*;
use crate::config::{Config, SmtpSettings};

fn settings(config: &Config) -> SmtpSettings {
    config.smtp_settings().unwrap().expect("SMTP is on")
}

fn on() -> Config {
    production().smtp(true).smtp_host("mail.example.com")
}

#[test]
fn the_sender_is_what_is_set_or_the_user_or_made_of_the_base_url() {
    let named = |name: &str| on().smtp_username(name).smtp_password("pw");
    let cases = vec![
        (named("postmaster@example.com").smtp_from("Accounts@example.com"), "Accounts@example.com"),
        (named("postmaster@example.com"), "postmaster@example.com"),
        (named("apikey"), "no-reply@app.example.com"),
        (on(), "no-reply@app.example.com"),
        (on().base_url("https://app.example.com:8443"), "no-reply@app.example.com"),
        (on().base_url("https://b\u{fc}cher.example"), "no-reply@xn--bcher-kva.example"),
        (development().smtp(true).smtp_host("localhost"), "no-reply@localhost"),
    ];
    for (config, from) in cases {
        assert_eq!(settings(&config).from, from);
    }
}

#[test]
fn everything_that_is_set_arrives() {
    let vars = [
        ("AUTHKIT_ENV", "development"),
        ("AUTHKIT_ENABLE_SMTP", "on"),
        ("AUTHKIT_SMTP_HOST", "[::1]"),
        ("AUTHKIT_SMTP_PORT", "465"),
        ("AUTHKIT_SMTP_USERNAME", "ada"),
        ("AUTHKIT_SMTP_PASSWORD", " pass word "),
    ];
    let SmtpSettings { host, port, credentials, from_name, .. } = settings(&pairs(&vars).unwrap().product("Widgets"));
    assert_eq!((host.as_str(), port, from_name.as_str()), ("::1", 465, "Widgets"));
    let (user, password) = credentials.expect("credentials");
    assert_eq!((user.as_str(), password.expose()), ("ada", " pass word "), "a password keeps its blanks");
    assert_eq!(settings(&on()).port, 587);
}

// S-94
#[test]
fn what_is_missing_is_told_where_smtp_is_on_and_only_there() {
    let half = production().smtp_username("ada");
    assert_eq!(half.smtp_settings(), Ok(None));
    let cases = vec![
        (production().smtp(true), SmtpIncomplete),
        (on().smtp_username("ada"), SmtpIncomplete),
        (on().smtp_password("pw"), SmtpIncomplete),
        (on().smtp_host("mail.example.com:587"), InvalidValue),
        (on().smtp_from("nobody"), InvalidValue),
        (on().smtp_port(0), OutOfRange),
    ];
    for (config, code) in cases {
        assert_eq!(codes(config.smtp_settings()), [code], "{config:?}");
        assert_eq!(codes(config.clone().resolve()), [code], "{config:?}");
    }
    let unsafe_base = on().base_url("app.example.com");
    assert_eq!(codes(unsafe_base.smtp_settings()), [BaseUrlInvalid]);
    assert!(on().resolve().is_ok());
}

#[test]
fn a_missing_host_is_told_with_both_of_its_names() {
    let error = pairs(&[("AUTHKIT_ENV", "development"), ("AUTHKIT_ENABLE_SMTP", "on")]).unwrap().smtp_settings();
    assert_eq!(
        error.unwrap_err().to_string(),
        "error[AK0135]: the settings of the mail server are incomplete\n  \
           AUTHKIT_ENABLE_SMTP is on, and AUTHKIT_SMTP_HOST or Config::smtp_host is not set\n  \
           fix:  name the mail server, such as mail.example.com\n  \
           more: https://github.com/authkit-rs/authkit/blob/main/docs/guide/errors/AK0135.md"
    );
}
