//! What the variables set, and how they are written.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{KEY, OLD_KEY, codes, pairs, read};
use crate::config::ConfigCode::*;
use crate::config::resolve::Resolved;
use crate::config::settings::Environment;
use crate::config::{DatabaseUrl, Sources, Variable, variables};

/// A value for each variable that is not its default, and where it shows; `""`: the variable is only recognised.
const OTHERS: &[(&str, &str, &str)] = &[
    ("AUTHKIT_ENV", "development", "environment: Development"),
    ("AUTHKIT_SECRET_KEY", OLD_KEY, "secret: Some(SecretKey([redacted])) from AUTHKIT_SECRET_KEY"),
    ("AUTHKIT_PREVIOUS_SECRET_KEYS", OLD_KEY, "previous: [SecretKey([redacted])] from AUTHKIT_PREVIOUS_SECRET_KEYS"),
    ("AUTHKIT_ALGORITHM", "eddsa", "algorithm: EdDSA from AUTHKIT_ALGORITHM"),
    ("AUTHKIT_BASE_URL", "https://b.example", "from AUTHKIT_BASE_URL"),
    ("AUTHKIT_DATABASE_URL", "memory:", "database_url: Some(Memory)"),
    ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "60", "access_ttl: 3600s from AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES"),
    ("AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS", "1", "idle_ttl: 86400s from AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS"),
    ("AUTHKIT_REFRESH_ABSOLUTE_DAYS", "90", "absolute_ttl: 7776000s from AUTHKIT_REFRESH_ABSOLUTE_DAYS"),
    ("AUTHKIT_REFRESH_GRACE_SECONDS", "0", "grace: 0ns from AUTHKIT_REFRESH_GRACE_SECONDS"),
    ("AUTHKIT_COOKIE_NAME_ACCESS", "a", "access_cookie: \"a\" from AUTHKIT_COOKIE_NAME_ACCESS"),
    ("AUTHKIT_COOKIE_NAME_REFRESH", "b", "refresh_cookie: \"b\" from AUTHKIT_COOKIE_NAME_REFRESH"),
    ("AUTHKIT_COOKIE_SECURE", "True", "cookie_secure: Some(true) from AUTHKIT_COOKIE_SECURE"),
    ("AUTHKIT_COOKIE_SAMESITE", "Strict", "same_site: Strict from AUTHKIT_COOKIE_SAMESITE"),
    ("AUTHKIT_COOKIE_DOMAIN", "example.com", "cookie_domain: Some(\"example.com\") from AUTHKIT_COOKIE_DOMAIN"),
    ("AUTHKIT_TOKEN_DELIVERY", "bearer", "delivery: Bearer from AUTHKIT_TOKEN_DELIVERY"),
    ("AUTHKIT_TRUSTED_PROXIES", "10.0.0.0/8, ::1", "proxies: Ok([10.0.0.0/8, ::1/128]) from AUTHKIT_TRUSTED_PROXIES"),
    ("AUTHKIT_AUTH_PATH", "/a", "auth_path: Ok(\"/a\") from AUTHKIT_AUTH_PATH"),
    ("AUTHKIT_ADMIN_PATH", "/b", "admin_path: Ok(\"/b\") from AUTHKIT_ADMIN_PATH"),
    ("AUTHKIT_ENABLE_REGISTER", "no", "registration: false from AUTHKIT_ENABLE_REGISTER"),
    ("AUTHKIT_REQUIRE_VERIFIED_EMAIL", "no", ""),
    ("AUTHKIT_PASSWORD_MIN_LENGTH", "15", "min_length: 15 from AUTHKIT_PASSWORD_MIN_LENGTH"),
    ("AUTHKIT_HASH_CONCURRENCY", "4", "concurrency: Some(4) from AUTHKIT_HASH_CONCURRENCY"),
    ("AUTHKIT_ROLES", "user, admin,x", "roles: Ok([Role(\"user\"), Role(\"admin\"), Role(\"x\")]) from AUTHKIT_ROLES"),
    ("AUTHKIT_ADMIN_ROLE", "editor", "admin_role: Ok(Role(\"editor\")) from AUTHKIT_ADMIN_ROLE"),
    ("AUTHKIT_CONSOLE_ROLES", "editor:Support, moderator:viewer", "from AUTHKIT_CONSOLE_ROLES"),
    ("AUTHKIT_THROTTLE", "shared", "mode: Shared from AUTHKIT_THROTTLE"),
    ("AUTHKIT_ENABLE_AUDIT_LOGS", "0", "audit: false from AUTHKIT_ENABLE_AUDIT_LOGS"),
    ("AUTHKIT_AUDIT_REFRESH", "on", "audit_refresh: true from AUTHKIT_AUDIT_REFRESH"),
    ("AUTHKIT_AUDIT_RETENTION_DAYS", "90", "retention: 7776000s from AUTHKIT_AUDIT_RETENTION_DAYS"),
    ("AUTHKIT_ENABLE_SMTP", "y", "on: true from AUTHKIT_ENABLE_SMTP"),
    ("AUTHKIT_SMTP_HOST", "Mail.example.com", "host: Some(Ok(\"mail.example.com\")) from AUTHKIT_SMTP_HOST"),
    ("AUTHKIT_SMTP_PORT", "25", "port: 25 from AUTHKIT_SMTP_PORT"),
    ("AUTHKIT_SMTP_USERNAME", "ada", "username: Some(\"ada\") from AUTHKIT_SMTP_USERNAME"),
    ("AUTHKIT_SMTP_PASSWORD", "pw", "password: Some(SecretText([redacted])) from AUTHKIT_SMTP_PASSWORD"),
    ("AUTHKIT_SMTP_FROM_EMAIL", "ada@example.com", "from: Some(Ok(\"ada@example.com\")) from AUTHKIT_SMTP_FROM_EMAIL"),
];

#[test]
fn every_variable_is_documented_and_sets_what_it_names() {
    let names: BTreeSet<_> = variables().iter().map(Variable::name).collect();
    assert_eq!(names.len(), variables().len(), "a name stands twice");
    assert_eq!(names, OTHERS.iter().map(|(name, ..)| *name).collect());
    for variable in variables() {
        assert!(variable.doc().ends_with('.') && !variable.expects().is_empty(), "{}", variable.name());
    }
    for (name, value, shown) in OTHERS {
        for name in [(*name).to_owned(), name.to_lowercase()] {
            let config = pairs(&[(&name, value)]).unwrap();
            assert!(format!("{config:?}").contains(shown), "{name}: {config:?}");
        }
    }
}

/// All that holds, whoever set it.
fn in_force(mut resolved: Resolved) -> String {
    resolved.settings.sources = Sources::default();
    format!("{resolved:?}")
}

#[test]
fn a_default_that_is_named_is_the_one_in_force() {
    let unset = in_force(read(&[]).unwrap());
    for variable in variables() {
        let Some(default) = variable.default() else { continue };
        assert_eq!(in_force(read(&[(variable.name(), default)]).unwrap()), unset, "{}", variable.name());
    }
}

#[test]
fn names_count_in_any_case_and_others_are_left_alone() {
    let config = pairs(&[
        ("authkit_Env", "Development"),
        ("AUTHKIT_TEST_SERVER", "x"),
        ("authkit_test_x", "y"),
        ("AUTHKIT", "z"),
        ("MY_AUTHKIT_SECRET", "s"),
    ]);
    assert_eq!(config.unwrap().environment(), Environment::Development);
}

#[test]
fn a_flag_has_twelve_spellings_in_any_case() {
    let open = |text| read(&[("AUTHKIT_ENABLE_REGISTER", text)]).map(|resolved| resolved.settings.registration);
    for text in ["true", "1", "on", "yes", "t", "y", "TRUE", "Yes", " on "] {
        assert_eq!(open(text), Ok(true), "{text}");
    }
    for text in ["false", "0", "off", "no", "f", "n", "FALSE", "No"] {
        assert_eq!(open(text), Ok(false), "{text}");
    }
    for text in ["maybe", "2", "truee", "-"] {
        assert_eq!(codes(open(text)), [InvalidValue], "{text}");
    }
}

#[test]
fn an_empty_value_is_none() {
    for (name, ..) in OTHERS.iter().filter(|(name, ..)| *name != "AUTHKIT_SECRET_KEY" && *name != "AUTHKIT_BASE_URL") {
        assert!(read(&[(name, "")]).is_ok(), "{name}");
    }
    assert_eq!(codes(read(&[("AUTHKIT_SECRET_KEY", "")])), [SecretMissing]);
}

#[test]
fn a_later_value_replaces_an_earlier_one_of_the_same_spelling_only() {
    let cap = |vars: &[_]| read(vars).map(|resolved| resolved.settings.refresh_grace.as_secs());
    let (name, lower) = ("AUTHKIT_REFRESH_GRACE_SECONDS", "authkit_refresh_grace_seconds");
    assert_eq!(cap(&[(name, "1"), (name, "2")]), Ok(2));
    assert_eq!(cap(&[(name, "1"), (name, "")]), Ok(10));
    assert_eq!(codes(cap(&[(name, "1"), (lower, "1")])), [AmbiguousVariable]);
}

// S-94
#[test]
fn a_value_that_does_not_fit_stops_the_start() {
    for (name, value, code) in [
        ("AUTHKIT_ENV", "staging", InvalidValue),
        ("AUTHKIT_ALGORITHM", "none", InvalidValue),
        ("AUTHKIT_ALGORITHM", "RS256", InvalidValue),
        ("AUTHKIT_BASE_URL", "app.example.com", BaseUrlInvalid),
        ("AUTHKIT_DATABASE_URL", "mysql://x", InvalidValue),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "61", OutOfRange),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "0", OutOfRange),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "1.5", InvalidValue),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "-1", InvalidValue),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "99999999999", OutOfRange),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "99999999999999999999999", InvalidValue),
        ("AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS", "91", OutOfRange),
        ("AUTHKIT_REFRESH_ABSOLUTE_DAYS", "91", OutOfRange),
        ("AUTHKIT_REFRESH_GRACE_SECONDS", "61", OutOfRange),
        ("AUTHKIT_PASSWORD_MIN_LENGTH", "7", OutOfRange),
        ("AUTHKIT_AUDIT_RETENTION_DAYS", "89", OutOfRange),
        ("AUTHKIT_HASH_CONCURRENCY", "0", OutOfRange),
        ("AUTHKIT_SMTP_PORT", "65536", OutOfRange),
        ("AUTHKIT_SMTP_PORT", "0", OutOfRange),
        ("AUTHKIT_SMTP_HOST", "mail.example.com:587", InvalidValue),
        ("AUTHKIT_SMTP_HOST", "smtp://mail.example.com", InvalidValue),
        ("AUTHKIT_SMTP_FROM_EMAIL", "Widgets <a@example.com>", InvalidValue),
        ("AUTHKIT_ENABLE_SMTP", "on", SmtpIncomplete),
        ("AUTHKIT_COOKIE_SAMESITE", "sometimes", InvalidValue),
        ("AUTHKIT_TOKEN_DELIVERY", "pigeon", InvalidValue),
        ("AUTHKIT_THROTTLE", "yes", InvalidValue),
        ("AUTHKIT_THROTTLE", "off", ThrottleOff),
        ("AUTHKIT_TRUSTED_PROXIES", "10.0.0.0/8;::1", InvalidValue),
        ("AUTHKIT_TRUSTED_PROXIES", "0.0.0.0/0", ProxiesTooWide),
        ("AUTHKIT_ROLES", "user,Admin", Roles),
        ("AUTHKIT_ROLES", ",", Roles),
        ("AUTHKIT_ADMIN_ROLE", "the boss", Roles),
        ("AUTHKIT_CONSOLE_ROLES", "editor", Roles),
        ("AUTHKIT_CONSOLE_ROLES", "editor:owner", Roles),
        ("AUTHKIT_AUTH_PATH", "auth", Path),
        ("AUTHKIT_PREVIOUS_SECRET_KEYS", "short", SecretTooShort),
        ("AUTHKIT_PREVIOUS_SECRET_KEYS", KEY, SecretReused),
    ] {
        let error = read(&[(name, value)]).unwrap_err();
        assert!(error.problems().iter().all(|problem| problem.code() == code), "{name}={value}: {error}");
        assert!(error.problems().iter().all(|problem| problem.why().contains(name)), "{name}={value}: {error}");
    }
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_known_one() {
    for (name, nearest) in [
        ("AUTHKIT_SECRETKEY", "AUTHKIT_SECRET_KEY"),
        ("AUTHKIT_BASEURL", "AUTHKIT_BASE_URL"),
        ("authkit_enable_registration", "AUTHKIT_ENABLE_REGISTER"),
        ("AUTHKIT_COOKIE_SAME_SITE", "AUTHKIT_COOKIE_SAMESITE"),
        ("AUTHKIT_DATABASE_URI", "AUTHKIT_DATABASE_URL"),
        ("AUTHKIT_ACCESS_TOKEN_EXPIRES_MINUTES", "AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES"),
    ] {
        let error = read(&[(name, "canary")]).unwrap_err();
        assert_eq!(codes(read(&[(name, "canary")])), [UnknownVariable]);
        assert!(error.problems()[0].why().contains(&name.to_ascii_uppercase()), "{error}");
        assert!(error.problems()[0].fix().contains(nearest), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    let long = format!("AUTHKIT_\n{}", "X".repeat(100_000));
    let error = read(&[(&long, "")]).unwrap_err().to_string();
    assert!(error.len() < 400 && !error.contains("AUTHKIT_\n"), "{error}");
}

// S-94
#[test]
fn what_cannot_be_read_and_what_is_unsafe_are_told_together() {
    let vars = [
        ("AUTHKIT_BASE_URL", "https://app.example.com"),
        ("AUTHKIT_COOKIE_SECURE", "no"),
        ("AUTHKIT_ENABLE_AUDIT_LOGS", "maybe"),
        ("AUTHKIT_NONSENSE", "1"),
    ];
    // The key is missing, too; code that follows may set it.
    assert_eq!(codes(pairs(&vars)), [UnknownVariable, InvalidValue, CookieNotSecure]);
}

// S-96
#[test]
fn no_value_of_a_variable_is_in_an_error_and_no_secret_in_the_configuration() {
    let canary = "Canary8f3a";
    for variable in variables() {
        for value in
            [canary.to_owned(), format!("https://u:{canary}@app.example.com"), format!("postgres://u:{canary}@db/x")]
        {
            let text = match read(&[(variable.name(), &value)]) {
                Err(error) => format!("{error}{error:?}"),
                Ok(resolved) if variable.is_secret() => format!("{resolved:?}"),
                Ok(_) => continue,
            };
            assert!(!text.contains(canary), "{}: {text}", variable.name());
            if let Ok(config) = pairs(&[(variable.name(), &value)]) {
                assert!(!variable.is_secret() || !format!("{config:?}").contains(canary), "{}", variable.name());
            }
        }
    }
}

#[test]
fn the_database_is_handed_to_whoever_makes_the_store() {
    let database = |value| pairs(&[("AUTHKIT_DATABASE_URL", value)]).unwrap().database_url().cloned();
    assert_eq!(database("sqlite://authkit.db"), Some(DatabaseUrl::Sqlite(PathBuf::from("authkit.db"))));
    assert_eq!(database(""), None);
}

#[test]
fn code_replaces_what_was_read() {
    let config = pairs(&[("AUTHKIT_SECRET_KEY", "short"), ("AUTHKIT_BASE_URL", "https://a.example")]).unwrap();
    let resolved = config.secret_key(KEY).base_url("https://b.example").resolve().unwrap();
    assert_eq!(resolved.settings.base_url, "https://b.example");
}

/// What `fast-authkit init` writes, and every other name that its configuration has and ours keeps.
const FAST_AUTHKIT: [(&str, &str); 20] = [
    ("AUTHKIT_SECRET_KEY", "5f1d0c6b8e3a97425f1d0c6b8e3a97429b7e4d21c0f8a3659b7e4d21c0f8a365"),
    ("AUTHKIT_DATABASE_URL", "sqlite+aiosqlite:///./authkit.db"),
    ("AUTHKIT_COOKIE_SECURE", "True"),
    ("AUTHKIT_COOKIE_SAMESITE", "lax"),
    ("AUTHKIT_ENABLE_SMTP", "False"),
    ("AUTHKIT_SMTP_HOST", ""),
    ("AUTHKIT_SMTP_PORT", "587"),
    ("AUTHKIT_SMTP_USERNAME", ""),
    ("AUTHKIT_SMTP_PASSWORD", ""),
    ("AUTHKIT_SMTP_FROM_EMAIL", "no-reply@authkit.local"),
    ("authkit_algorithm", "HS256"),
    ("authkit_access_token_expire_minutes", "15"),
    ("authkit_refresh_token_expire_days", "7"),
    ("authkit_cookie_name_access", "authkit_access"),
    ("authkit_cookie_name_refresh", "authkit_refresh"),
    ("authkit_cookie_domain", ""),
    ("authkit_enable_register", "true"),
    ("authkit_enable_audit_logs", "true"),
    ("authkit_admin_path", "/admin"),
    ("authkit_admin_role", "admin"),
];

#[test]
fn the_settings_of_fast_authkit_mean_what_they_meant() {
    let base = ("AUTHKIT_BASE_URL", "https://app.example.com");
    let config = pairs(&[&[base][..], &FAST_AUTHKIT].concat()).unwrap();
    assert_eq!(config.database_url(), Some(&DatabaseUrl::Sqlite(PathBuf::from("./authkit.db"))));
    assert_eq!(in_force(config.resolve().unwrap()), in_force(read(&[]).unwrap()), "its defaults are ours");
    // What it wrote for development does not pass as production.
    let plain = [base, FAST_AUTHKIT[0], ("AUTHKIT_COOKIE_SECURE", "False")];
    assert_eq!(codes(pairs(&plain).unwrap().resolve()), [CookieNotSecure]);
    let default_key = [base, ("AUTHKIT_SECRET_KEY", "dev-secret-change-me-in-production-1234567890!")];
    assert_eq!(codes(pairs(&default_key).unwrap().resolve()), [SecretPlaceholder]);
}
