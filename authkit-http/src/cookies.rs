//! Writing our two cookies, and clearing them with the same attributes.

use std::fmt::Write as _;
use std::time::Duration;

use authkit_core::{HttpSettings, LogCode, SameSite, Tokens};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

/// The longest name and value that every browser keeps, in bytes (RFC 6265bis §5.7).
const LONGEST: usize = 4096;

/// Adds both cookies of a sign-in, each to live as long as its token does.
pub fn set(headers: &mut HeaderMap, http: &HttpSettings, tokens: &Tokens) {
    let at = tokens.issued_at;
    put(headers, http, &http.access_cookie, tokens.access.expose(), tokens.access_expires_at.since(at), "/");
    put(headers, http, &http.refresh_cookie, tokens.refresh.expose(), tokens.refresh_expires_at.since(at), "/");
}

/// Tells the browser to forget both.
pub fn clear(headers: &mut HeaderMap, http: &HttpSettings) {
    put(headers, http, &http.access_cookie, "", Duration::ZERO, "/");
    put(headers, http, &http.refresh_cookie, "", Duration::ZERO, "/");
}

/// Adds one cookie, with the attributes that the configuration gives to ours.
pub(crate) fn put(headers: &mut HeaderMap, http: &HttpSettings, name: &str, value: &str, lasts: Duration, path: &str) {
    add(headers, http, line(name, value, lasts, path), http.cookie_same_site, http.cookie_domain.as_deref());
}

/// Adds one cookie that no other host of the domain gets, whatever the configuration says of ours, and that links from
/// elsewhere bring along while forms from elsewhere do not.
pub(crate) fn put_here(
    headers: &mut HeaderMap,
    http: &HttpSettings,
    name: &str,
    value: &str,
    lasts: Duration,
    path: &str,
) {
    add(headers, http, line(name, value, lasts, path), SameSite::Lax, None);
}

/// `None`: browsers would drop it.
fn line(name: &str, value: &str, lasts: Duration, path: &str) -> Option<String> {
    if name.len() + value.len() > LONGEST {
        tracing::error!(
            ak = LogCode::CookieNotSent.as_str(),
            cookie = name,
            "the cookie is longer than 4096 bytes and is not sent: browsers would drop it"
        );
        return None;
    }
    Some(format!("{name}={value}; Path={path}; HttpOnly; Max-Age={}", lasts.as_secs()))
}

fn add(headers: &mut HeaderMap, http: &HttpSettings, line: Option<String>, site: SameSite, domain: Option<&str>) {
    let Some(mut cookie) = line else { return };
    if http.cookie_secure {
        cookie.push_str("; Secure");
    }
    cookie.push_str(match site {
        SameSite::Lax => "; SameSite=Lax",
        SameSite::Strict => "; SameSite=Strict",
        SameSite::None => "; SameSite=None",
    });
    if let Some(domain) = domain {
        // Writing to a `String` cannot fail.
        let _ = write!(cookie, "; Domain={domain}");
    }
    match HeaderValue::try_from(cookie) {
        Ok(mut cookie) => {
            cookie.set_sensitive(true);
            headers.append(SET_COOKIE, cookie);
        }
        // A name or a domain out of the configuration, which `build()` has checked.
        Err(error) => {
            tracing::error!(
                ak = LogCode::CookieNotSent.as_str(),
                %error,
                "a cookie is no valid header and is not sent"
            );
        }
    }
}
