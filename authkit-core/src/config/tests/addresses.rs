//! What is refused of addresses, cookies and paths, and what is accepted just beside it.

use super::{KEY, accepted, codes, development, production, refused};
use crate::config::Config;
use crate::config::ConfigCode::*;
use crate::config::settings::SameSite;

fn local() -> Config {
    Config::production("http://127.0.0.1:8000", KEY)
}

// S-94
#[test]
fn a_base_url_is_https_or_of_this_machine() {
    let base = |url: &str| production().base_url(url);
    refused(vec![
        (base("http://app.example.com"), BaseUrlInsecure),
        (base("http://192.168.1.5:8000"), BaseUrlInsecure),
        (development().base_url("http://app.example.com").cookie_secure(true), BaseUrlInsecure),
        (base("https://app.example.com/auth"), BaseUrlInvalid),
        (base("https://app.example.com?x=1"), BaseUrlInvalid),
        (base("https://ada:pw@app.example.com"), BaseUrlInvalid),
        (base("ftp://app.example.com"), BaseUrlInvalid),
        (base("app.example.com"), BaseUrlInvalid),
    ]);
    accepted(vec![
        base("https://app.example.com/"),
        base("http://localhost:8000"),
        base("http://[::1]"),
        base("https://10.1.2.3:8443"),
    ]);
}

// S-45, S-94
#[test]
fn cookies_without_secure_stay_on_this_machine() {
    refused(vec![
        (production().cookie_secure(false), CookieNotSecure),
        (Config::production("https://localhost", KEY).cookie_secure(false), CookieNotSecure),
        (development().base_url("https://127.0.0.1").cookie_secure(false), CookieNotSecure),
        (local().cookie_secure(false).cookie_same_site(SameSite::None), SameSiteNotSecure),
        (development().cookie_same_site(SameSite::None), SameSiteNotSecure),
    ]);
    accepted(vec![
        local().cookie_secure(false),
        local().cookie_secure(true),
        production().cookie_same_site(SameSite::None),
    ]);
}

// S-43, S-94
#[test]
fn cookie_names_are_tokens_of_their_own_without_a_prefix() {
    let access = |name: &str| production().access_cookie(name);
    refused(vec![
        (access(""), CookieName),
        (access("a b"), CookieName),
        (access("a;b"), CookieName),
        (access("a=b"), CookieName),
        (access("\u{e4}"), CookieName),
        (access(&"a".repeat(65)), CookieName),
        (access("__Host-access"), CookieName),
        (access("__secure-access"), CookieName),
        (access("authkit_refresh"), CookieName),
        (production().refresh_cookie("AUTHKIT_ACCESS"), CookieName),
    ]);
    accepted(vec![access("sid"), access(&"a".repeat(64)), access("host-access")]);
}

// S-94
#[test]
fn a_cookie_domain_is_the_host_or_above_it() {
    let domain = |name: &str| production().cookie_domain(name);
    refused(vec![
        (domain("example.org"), CookieDomain),
        (domain("ample.com"), CookieDomain),
        (domain("www.app.example.com"), CookieDomain),
        (domain("com"), CookieDomain),
        (domain("exa mple.com"), CookieDomain),
        (domain("."), CookieDomain),
        (local().cookie_domain("127.0.0.1"), CookieDomain),
    ]);
    accepted(vec![domain("example.com"), domain(".Example.com"), domain("app.example.com")]);
}

// S-94
#[test]
fn nobody_may_trust_everybody() {
    let proxies = |networks: &[&str]| production().trusted_proxies(networks);
    refused(vec![
        (proxies(&["0.0.0.0/0"]), ProxiesTooWide),
        (proxies(&["10.0.0.0/8", "::/0"]), ProxiesTooWide),
        (proxies(&["10.0.0.0/33"]), InvalidValue),
        (proxies(&["proxy.example.com"]), InvalidValue),
    ]);
    accepted(vec![proxies(&["10.0.0.0/8", "fd00::/8", "192.0.2.7"]), proxies(&[])]);
}

// S-91, S-94
#[test]
fn origins_that_may_read_answers_are_exact() {
    let origins = |origin: &str| production().cors_origins([origin]);
    for origin in
        ["*", "https://*.example.com", "null", "", "example.com", "https://a.example/path", "http://a.example"]
    {
        assert_eq!(codes(origins(origin).resolve()), [CorsOrigin], "{origin}");
    }
    accepted(vec![origins("https://a.example"), origins("http://localhost:5173")]);
}

// S-94
#[test]
fn a_reset_link_carries_its_token_where_nobody_reads_along() {
    let link = |url: &str| production().reset_url(url);
    refused(vec![
        (link("https://a.example/reset"), MailLink),
        (production().verify_url("https://a.example/verify"), MailLink),
        (production().verify_url("http://a.example/verify?token={token}"), MailLink),
        (link("http://a.example/reset?token={token}"), MailLink),
        (link("reset?token={token}"), MailLink),
    ]);
    accepted(vec![link("https://a.example/#/reset/{token}"), link("http://localhost:5173/{token}")]);
}

// S-94
#[test]
fn paths_lie_side_by_side() {
    refused(vec![
        (production().auth_path("auth"), Path),
        (production().auth_path("/"), Path),
        (production().auth_path("/admin"), Path),
        (production().auth_path("/admin/auth"), Path),
        (production().admin_path("/auth/../x"), Path),
    ]);
    accepted(vec![production().auth_path("/api/auth").admin_path("/api/admin"), production().auth_path("/adm")]);
}
