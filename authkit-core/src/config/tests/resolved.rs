//! What a configuration is resolved to where nothing is wrong with it.

use std::time::Duration;

use super::{KEY, OLD_KEY, development, production};
use crate::config::settings::{Environment, SameSite, Throttle, TokenDelivery};
use crate::config::{Config, ThrottleMode};
use crate::model::secret::{Password, SecretKey};
use crate::password::argon2id::Argon2id;
use crate::password::policy::Weak;
use crate::password::pool::HashPool;
use crate::token::algorithm::Algorithm;

const DAY: Duration = Duration::from_secs(86_400);

// S-1, S-5, S-43
#[test]
fn the_defaults_are_those_that_the_requirements_name() {
    let resolved = production().resolve().unwrap();
    let settings = &resolved.settings;
    assert_eq!(settings.environment, Environment::Production);
    assert_eq!(settings.base_url, "https://app.example.com");
    assert_eq!(settings.access_ttl, Duration::from_secs(15 * 60));
    assert_eq!((settings.refresh_idle_ttl, settings.refresh_absolute_ttl), (7 * DAY, 30 * DAY));
    assert_eq!((settings.refresh_grace, settings.session_cap), (Duration::from_secs(10), 50));
    assert_eq!(settings.reset_ttl, Duration::from_secs(15 * 60));
    assert_eq!(settings.reset_url, "https://app.example.com/admin/reset-password?token={token}");
    assert_eq!(settings.verification_ttl, Duration::from_secs(24 * 60 * 60));
    assert_eq!(settings.verify_url, "https://app.example.com/admin/verify-email?token={token}");
    assert!(!settings.require_verified_email);
    assert_eq!(
        settings.roles.iter().map(crate::Role::as_str).collect::<Vec<_>>(),
        ["user", "moderator", "editor", "admin"]
    );
    assert_eq!((settings.default_role.as_str(), settings.admin_role.as_str()), ("user", "admin"));
    assert!(settings.registration && settings.audit && !settings.audit_refresh && settings.console_roles.is_empty());
    assert_eq!((settings.password_policy.min(), settings.audit_retention), (12, 365 * DAY));
    assert_eq!((settings.throttle, settings.throttle_shared), (Some(Throttle::default()), false));

    let http = &settings.http;
    assert_eq!(
        (http.access_cookie.as_str(), http.refresh_cookie.as_str()),
        ("__Host-authkit_access", "__Host-authkit_refresh")
    );
    assert!(http.cookie_secure && http.https && !http.hsts_subdomains && !http.require_origin && !http.docs);
    assert_eq!((http.cookie_same_site, http.token_delivery), (SameSite::Lax, TokenDelivery::Auto));
    assert_eq!((http.cookie_domain.as_deref(), http.origin.as_str()), (None, "https://app.example.com"));
    assert_eq!((http.auth_path.as_str(), http.admin_path.as_str()), ("/auth", "/admin"));
    assert!(http.trusted_proxies.is_empty() && http.cors_origins.is_empty());

    assert_eq!((resolved.algorithm, resolved.argon2), (Algorithm::HS256, Argon2id::default()));
    assert_eq!((resolved.issuer.as_str(), resolved.audience.as_str()), ("authkit", "authkit"));
    assert_eq!(resolved.secret, Some(SecretKey::from(KEY)));
    assert_eq!(resolved.hash_concurrency, HashPool::cores());
    assert!(resolved.previous.is_empty() && resolved.warnings.is_empty());
}

#[test]
fn the_limits_are_those_that_the_requirements_name() {
    let limits = Throttle::default();
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
    for (limit, max, window) in [
        (limits.login_ip, 30, minute),
        (limits.login_failures_ip, 10, minute),
        (limits.login_account, 5, 5 * minute),
        (limits.register_ip, 20, minute),
        (limits.refresh_session, 120, minute),
        (limits.reset_ip, 20, minute),
        (limits.reset_account, 1, minute),
        (limits.reset_account_hourly, 5, hour),
    ] {
        assert_eq!((limit.max, limit.window), (max, window));
    }
    let backoff = limits.login_account.backoff.unwrap();
    assert_eq!((backoff.first, backoff.longest, backoff.stop_after), (Duration::from_secs(1), 15 * minute, 100));
}

// S-45
#[test]
fn development_is_http_on_this_machine_with_a_key_for_the_run() {
    let resolved = development().resolve().unwrap();
    let http = &resolved.settings.http;
    assert_eq!(resolved.settings.base_url, "http://127.0.0.1:8000");
    assert_eq!((http.access_cookie.as_str(), http.refresh_cookie.as_str()), ("authkit_access", "authkit_refresh"));
    assert!(!http.cookie_secure && !http.https && http.docs);
    assert_eq!(resolved.secret, None);
    assert!(
        matches!(&resolved.warnings[..], [warning] if warning.contains("AUTHKIT_SECRET_KEY")),
        "{:?}",
        resolved.warnings
    );
    let https = development().base_url("https://dev.example.com").secret_key(KEY).resolve().unwrap();
    assert!(https.settings.http.cookie_secure && https.warnings.is_empty());
}

// S-43
#[test]
fn cookies_carry_the_host_prefix_where_browsers_accept_it() {
    let access = |config: Config| config.resolve().unwrap().settings.http.access_cookie;
    let local = || Config::production("http://localhost:8000", KEY);
    assert_eq!(access(production().access_cookie("sid")), "__Host-sid");
    assert_eq!(access(production().cookie_domain(".Example.COM")), "authkit_access");
    assert_eq!(access(local()), "__Host-authkit_access");
    assert_eq!(access(local().cookie_secure(false)), "authkit_access");
    let domain = production().cookie_domain(".Example.COM").resolve().unwrap().settings.http.cookie_domain;
    assert_eq!(domain.as_deref(), Some("example.com"));
}

#[test]
fn keys_that_only_verify_are_kept_in_their_order() {
    let third = OLD_KEY.chars().rev().collect::<String>();
    let resolved = production().previous_secret_keys([OLD_KEY, &third]).resolve().unwrap();
    assert_eq!(resolved.previous, [SecretKey::from(OLD_KEY), SecretKey::from(third)]);
}

#[test]
fn what_is_set_is_what_is_in_force() {
    let resolved = production()
        .base_url("HTTPS://App.Example.com:443/")
        .reset_url("https://app.example.com/reset?t={token}")
        .verify_url("https://app.example.com/verify?t={token}")
        .cors_origins(["https://A.example", "https://a.example:443"])
        .trusted_proxies(["10.1.2.3/8"])
        .throttle(ThrottleMode::Shared)
        .docs(true)
        .issuer("iss")
        .audience("aud")
        .algorithm(Algorithm::EdDSA)
        .hash_concurrency(3)
        .resolve()
        .unwrap();
    assert_eq!(resolved.settings.base_url, "https://app.example.com");
    assert_eq!(resolved.settings.reset_url, "https://app.example.com/reset?t={token}");
    assert_eq!(resolved.settings.verify_url, "https://app.example.com/verify?t={token}");
    assert_eq!(resolved.settings.http.cors_origins, ["https://a.example"]);
    assert_eq!(resolved.settings.http.trusted_proxies[0].to_string(), "10.0.0.0/8");
    assert!(resolved.settings.throttle_shared && resolved.settings.throttle.is_some() && resolved.settings.http.docs);
    assert_eq!((resolved.issuer.as_str(), resolved.audience.as_str()), ("iss", "aud"));
    assert_eq!((resolved.algorithm, resolved.hash_concurrency.get()), (Algorithm::EdDSA, 3));
    let off = development().throttle(ThrottleMode::Off).resolve().unwrap();
    assert_eq!((off.settings.throttle, off.settings.throttle_shared), (None, false));
}

// S-4
#[test]
fn no_password_may_rest_on_the_product_the_host_or_the_words_of_the_application() {
    let policy = production()
        .base_url("https://gadgetry.example")
        .product("Widget Works")
        .password_context_words(["springfield"])
        .resolve()
        .unwrap()
        .settings
        .password_policy;
    for password in ["widgetworks2026", "gadgetry-1234", "Springfield99"] {
        assert_eq!(policy.check(&Password::from(password), &[]), Err(Weak::ContainsContext), "{password}");
    }
}

#[test]
fn what_is_unusual_is_accepted_with_a_warning() {
    let warnings = |config: Config| config.resolve().unwrap().warnings;
    assert!(warnings(production().refresh_absolute_ttl(31 * DAY))[0].starts_with("Config::refresh_absolute_ttl"));
    let mut limits = Throttle::default();
    limits.login_account.backoff = None;
    assert!(warnings(production().throttle_limits(limits))[0].contains("login_account"));
    assert!(warnings(development().secret_key(KEY).throttle(ThrottleMode::Off))[0].starts_with("Config::throttle"));
}
