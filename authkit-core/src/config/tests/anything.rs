//! Whatever is written into the variables: no panic, no value in an error, and nothing unsafe in force.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::{KEY, OLD_KEY, pairs};
use crate::config::settings::{Environment, SameSite};
use crate::config::{Variable, variables};

/// Pieces that bring a text near to what is read, and others that bring it away again.
const PIECES: &[&str] = &[
    "https://",
    "http://",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "example.com",
    ":",
    ":8000",
    ":65536",
    "/",
    "//",
    "/a",
    "@",
    "?",
    "#",
    "*",
    ",",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "true",
    "off",
    "production",
    "development",
    "user",
    "admin",
    "editor:viewer",
    "shared",
    "none",
    "0",
    "7",
    "60",
    "-1",
    "18446744073709551616",
    "sqlite:",
    "postgres:",
    "memory:",
    "__Host-",
    "sid",
    " ",
    "\n",
    "\0",
    "\u{202e}",
    "\u{ff20}",
    "\u{1f980}",
    KEY,
    OLD_KEY,
];

fn name() -> impl Strategy<Value = String> {
    let known: Vec<&str> = variables().iter().map(Variable::name).collect();
    prop_oneof![
        30 => select(known).prop_map(str::to_owned),
        1 => "(authkit|AUTHKIT)_[A-Za-z_]{0,40}",
        1 => any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => proptest::collection::vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

proptest! {
    // S-94, S-97
    #[test]
    fn nothing_unsafe_comes_into_force(vars in proptest::collection::vec((name(), value()), 0..12)) {
        let mut vars: Vec<(&str, &str)> = vars.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        vars.extend([("AUTHKIT_SECRET_KEY", KEY), ("AUTHKIT_BASE_URL", "https://app.example.com")]);
        let Ok(resolved) = pairs(&vars).and_then(crate::Config::resolve) else { return Ok(()) };
        let (settings, http) = (&resolved.settings, &resolved.settings.http);
        prop_assert!(http.https && http.cookie_secure && http.origin == "https://app.example.com");
        prop_assert!(http.access_cookie != http.refresh_cookie);
        prop_assert!(http.access_cookie.starts_with("__Host-") == http.cookie_domain.is_none());
        prop_assert!(http.cookie_same_site != SameSite::None || http.cookie_secure);
        prop_assert!(http.trusted_proxies.iter().all(|network| network.prefix_len() > 0));
        prop_assert!(settings.access_ttl <= Duration::from_secs(3600));
        prop_assert!(settings.refresh_idle_ttl <= settings.refresh_absolute_ttl);
        prop_assert!(settings.roles.contains(&settings.admin_role) && settings.roles.contains(&settings.default_role));
        prop_assert!(settings.throttle.is_some() || settings.environment == Environment::Development);
        prop_assert!(settings.password_policy.min() >= 8);
    }

    // S-96
    #[test]
    fn no_error_repeats_a_value(name in name(), value in "[a-z]{0,8}canary8f3a[^a]{0,8}") {
        let error = pairs(&[(&name, &value)]).and_then(crate::Config::resolve);
        let text = error.err().map(|error| error.to_string()).unwrap_or_default();
        prop_assert!(!text.contains("canary8f3a"), "{}", text);
    }
}
