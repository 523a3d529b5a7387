//! What the last form came to, shown once by the page after it. The cookie holds a key of the catalogue, never a text.

use std::time::Duration;

use authkit_core::HttpSettings;
use http::HeaderMap;

use crate::{cookies, credentials};

const COOKIE: &str = "authkit_notice";
const LASTS: Duration = Duration::from_secs(60);
/// What every key of a notice begins with.
const PREFIX: &str = "notice.";

/// The key of the notice that the request brings.
pub(crate) fn read(headers: &HeaderMap) -> Option<String> {
    let name = credentials::cookie_named(headers, COOKIE)?;
    let known = !name.is_empty() && name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    known.then(|| format!("{PREFIX}{name}"))
}

/// Leaves a notice for the next page: a key that begins with `notice.`.
pub(crate) fn leave(headers: &mut HeaderMap, http: &HttpSettings, key: &str) {
    cookies::put(headers, http, COOKIE, key.strip_prefix(PREFIX).unwrap_or(key), LASTS, &http.admin_path);
}

/// Forgets it: the page that shows it sends this.
pub(crate) fn forget(headers: &mut HeaderMap, http: &HttpSettings) {
    cookies::put(headers, http, COOKIE, "", Duration::ZERO, &http.admin_path);
}
