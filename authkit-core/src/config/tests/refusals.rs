//! What is refused of keys, numbers, roles and the rest, and what is accepted just beside it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{KEY, OLD_KEY, accepted, codes, development, production, read, refused};
use crate::config::ConfigCode::{self, *};
use crate::config::settings::Throttle;
use crate::config::{Config, ThrottleMode};
use crate::model::attempts::{Backoff, Limit};
use crate::model::permission::Permissions;
use crate::model::profile::Field;
use crate::model::secret::SecretKey;

const DAY: Duration = Duration::from_secs(86_400);
const MINUTE: Duration = Duration::from_secs(60);

// S-94
#[test]
fn a_secret_key_that_nobody_drew_is_refused() {
    refused(vec![
        (production().secret_key(&KEY[..31]), SecretTooShort),
        (production().secret_key(""), SecretTooShort),
        (production().secret_key("abcdefghijklmno".repeat(4)), SecretTooUniform),
        (production().secret_key("change-me-in-production-please-do"), SecretPlaceholder),
        (production().secret_key(format!("your-secret-key{KEY}")), SecretPlaceholder),
        (production().secret_key(format!("{KEY}\n")), SecretUntrimmed),
        (production().previous_secret_keys([KEY]), SecretReused),
        (production().previous_secret_keys([OLD_KEY, OLD_KEY]), SecretReused),
        (production().previous_secret_keys([&OLD_KEY[..31]]), SecretTooShort),
        // Also on a developer's machine: this key may travel.
        (development().secret_key("x"), SecretTooShort),
    ]);
    accepted(vec![production().secret_key(&KEY[..32]), production().previous_secret_keys([OLD_KEY])]);
}

// S-94
#[test]
fn production_needs_a_key_and_a_base_url_and_development_neither() {
    assert_eq!(codes(Config::from_vars([]).unwrap().resolve()), [SecretMissing, BaseUrlMissing]);
    assert!(development().resolve().is_ok());
}

// S-5, S-94
#[test]
fn argon2_below_the_floor_is_refused() {
    refused(vec![
        (production().argon2(19_455, 2, 1), Argon2Refused),
        (production().argon2(0, 0, 0), Argon2Refused),
        (production().argon2(19_456, 2, 0), Argon2Refused),
        (production().argon2(u32::MAX, 2, 1), Argon2Refused),
        (production().hash_concurrency(0), OutOfRange),
        (production().hash_concurrency(257), OutOfRange),
    ]);
    accepted(vec![production().argon2(7_168, 5, 1), production().hash_concurrency(256)]);
}

// S-1, S-94
#[test]
fn numbers_stay_in_their_range() {
    let second = Duration::from_secs(1);
    refused(vec![
        (production().access_ttl(60 * MINUTE + second), OutOfRange),
        (production().access_ttl(Duration::ZERO), OutOfRange),
        (production().access_ttl(Duration::from_millis(1_500)), OutOfRange),
        (production().refresh_absolute_ttl(90 * DAY + second), OutOfRange),
        (production().refresh_absolute_ttl(6 * DAY), IdleAboveAbsolute),
        (production().refresh_idle_ttl(31 * DAY), IdleAboveAbsolute),
        (production().refresh_grace(MINUTE + Duration::from_micros(1)), OutOfRange),
        (production().session_cap(0), OutOfRange),
        (production().reset_ttl(60 * MINUTE + second), OutOfRange),
        (production().reset_ttl(Duration::ZERO), OutOfRange),
        (production().verification_ttl(24 * 60 * MINUTE + second), OutOfRange),
        (production().verification_ttl(Duration::ZERO), OutOfRange),
        (production().password_min_length(7), OutOfRange),
        (production().password_min_length(65), OutOfRange),
        (production().audit_retention(89 * DAY), OutOfRange),
        (production().audit_retention(Duration::MAX), OutOfRange),
    ]);
    accepted(vec![
        production().access_ttl(60 * MINUTE),
        production().refresh_absolute_ttl(90 * DAY).refresh_idle_ttl(90 * DAY),
        production().refresh_grace(Duration::ZERO),
        production().refresh_grace(MINUTE),
        production().session_cap(1),
        production().reset_ttl(60 * MINUTE),
        production().verification_ttl(24 * 60 * MINUTE),
        production().password_min_length(8),
        production().audit_retention(90 * DAY),
    ]);
}

// S-94
#[test]
fn roles_fit_together() {
    let console = |role, permissions| production().console_roles([(role, permissions)]);
    refused(vec![
        (production().roles(["admin"]), Roles),
        (production().roles(["user"]), Roles),
        (production().roles(["user", "Admin"]), Roles),
        (production().roles(["user", "admin", ""]), Roles),
        (production().admin_role("root"), Roles),
        (production().admin_role("user"), Roles),
        (production().default_role("admin"), Roles),
        (console("auditor", Permissions::VIEWER), Roles),
        (console("admin", Permissions::VIEWER), Roles),
        (console("user", Permissions::VIEWER), Roles),
        (production().console_roles([("editor", Permissions::VIEWER), ("editor", Permissions::SUPPORT)]), Roles),
    ]);
    accepted(vec![
        production().roles(["member", "root"]).default_role("member").admin_role("root"),
        console("editor", Permissions::SUPPORT),
        console("user", Permissions::VIEWER).registration(false),
    ]);
}

// S-94
#[test]
fn profile_fields_shadow_nothing() {
    for name in ["", "email", "ROLE", "is_active", "id", "csrf_token", "a b", "a.b", "\u{e4}"] {
        assert_eq!(codes(production().profile_fields([Field::text(name)]).resolve()), [ProfileField], "{name}");
    }
    refused(vec![
        (production().profile_fields([Field::text("company"), Field::integer("company")]), ProfileField),
        (production().profile_fields([Field::text("company").max(0)]), ProfileField),
    ]);
    accepted(vec![production().profile_fields([Field::text("company"), Field::boolean("newsLetter_2")])]);
}

// S-94
#[test]
fn throttles_are_on_in_production_and_make_sense() {
    let limits = |login_account| production().throttle_limits(Throttle { login_account, ..Throttle::default() });
    let limit = Throttle::default().login_account;
    let backoff = |first, longest, stop_after| {
        let seconds = Duration::from_secs;
        limits(Limit {
            backoff: Some(Backoff { first: seconds(first), longest: seconds(longest), stop_after }),
            ..limit
        })
    };
    refused(vec![
        (production().throttle(ThrottleMode::Off), ThrottleOff),
        (limits(Limit { max: 0, ..limit }), ThrottleLimit),
        (limits(Limit { window: Duration::ZERO, ..limit }), ThrottleLimit),
        (backoff(0, 900, 100), ThrottleLimit),
        (backoff(9, 8, 100), ThrottleLimit),
        (backoff(1, 900, 4), ThrottleLimit),
    ]);
    accepted(vec![
        development().throttle(ThrottleMode::Off),
        production().throttle(ThrottleMode::Shared),
        backoff(1, 900, 5),
    ]);
}

#[test]
fn names_that_are_shown_or_signed_are_plain() {
    refused(vec![
        (production().issuer(""), InvalidValue),
        (production().issuer("a".repeat(256)), InvalidValue),
        (production().audience("a\nb"), InvalidValue),
        (production().product(" "), InvalidValue),
        (production().product("Widget\r\nBcc: x"), InvalidValue),
    ]);
}

// S-94
#[test]
fn development_is_refused_only_where_the_process_says_production() {
    for process in [Some("production"), Some(" PRODUCTION ")] {
        assert_eq!(codes(Config::development_where(process).resolve()), [DevelopmentInProduction]);
    }
    for process in [None, Some(""), Some("development"), Some("test")] {
        assert!(Config::development_where(process).resolve().is_ok(), "{process:?}");
    }
}

// S-94
#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let config = Config::production("http://app.example.com", "short")
        .access_ttl(61 * MINUTE)
        .trusted_proxies(["0.0.0.0/0"])
        .roles(["admin"])
        .argon2(1, 1, 1);
    let found: BTreeSet<_> = codes(config.resolve()).into_iter().map(ConfigCode::as_str).collect();
    let expected =
        [SecretTooShort, OutOfRange, BaseUrlInsecure, ProxiesTooWide, Roles, Argon2Refused].map(ConfigCode::as_str);
    assert_eq!(found, BTreeSet::from(expected));
}

// S-94, S-96
#[test]
fn an_error_names_the_setting_and_the_mend_and_never_the_value() {
    let canary = "canary-8f3a";
    let config = production()
        .secret_key(canary)
        .previous_secret_keys([SecretKey::from(canary)])
        .base_url(format!("https://{canary}:{canary}@app.example.com"))
        .reset_url(format!("https://app.example.com/{canary}"))
        .access_cookie(format!("{canary} "))
        .cookie_domain(format!("{canary}.example.org"))
        .trusted_proxies([canary])
        .cors_origins([canary])
        .auth_path(canary)
        .roles([canary, "a b"])
        .issuer(format!("{canary}\n"));
    // The names of cookies, domains and the like are no secrets, and shown; keys, URLs and what could not be read are not.
    let shown = format!("{:?}", config.clone().access_cookie("a").cookie_domain("b").issuer("c"));
    assert!(!shown.contains(canary), "{shown}");
    let error = config.resolve().unwrap_err();
    for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!text.contains(canary), "{text}");
    }
    for problem in error.problems() {
        assert!(problem.why().contains("Config::"), "{problem}");
        assert!(!problem.fix().is_empty(), "{problem}");
    }
}

#[test]
fn an_error_says_what_where_how_to_mend_it_and_where_to_read_on() {
    let error = read(&[("AUTHKIT_SECRET_KEY", "dGhpcyBpcyBub3QgbG9uZyE=")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "error[AK0102]: the secret key is too short\n  \
           AUTHKIT_SECRET_KEY has 24 bytes; at least 32 are needed\n  \
           fix:  draw one with `openssl rand -base64 48`; a new signing key signs everyone out\n  \
           more: https://github.com/authkit-rs/authkit/blob/main/docs/guide/errors/AK0102.md"
    );
    assert_eq!(format!("{error:?}"), format!("\n{error}"));
}

#[test]
fn codes_are_stable_and_each_has_a_text_of_its_own() {
    let texts: BTreeSet<_> = ConfigCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), ConfigCode::ALL.len());
    for (index, code) in ConfigCode::ALL.iter().enumerate() {
        assert_eq!(code.as_str(), format!("AK01{:02}", index + 1));
        assert!(!code.title().is_empty());
    }
}
