//! Headers that every answer carries, and those that scripts of other origins need.

use authkit_core::{AuthKit, HttpSettings};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL,
    CONTENT_SECURITY_POLICY, HeaderName, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// Puts in what an answer of ours must not lack (OWASP ASVS 5.0 3.4). What the endpoint has set stays: a page has other
/// policies than JSON.
pub fn secure(kit: &AuthKit, headers: &mut HeaderMap) {
    let defaults = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let http = kit.http();
    if http.https {
        let value = if http.hsts_subdomains { "max-age=31536000; includeSubDomains" } else { "max-age=31536000" };
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(value));
    }
}

/// The origin of the request, if it is one whose scripts may read answers.
pub(crate) fn allowed_origin(http: &HttpSettings, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    http.cors_origins.iter().any(|allowed| origin == allowed.as_str()).then(|| origin.clone())
}

/// Whether an `OPTIONS` request asks on behalf of a script what it may send (Fetch, CORS protocol).
pub(crate) fn is_preflight(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets scripts of that origin read the answer. Never with cookies: those of ours count for our own origin only.
pub(crate) fn share(headers: &mut HeaderMap, http: &HttpSettings, origin: Option<HeaderValue>) {
    if http.cors_origins.is_empty() {
        return;
    }
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, www-authenticate"));
    }
}

/// Answers a preflight: what may be sent to a path that takes `methods`.
pub(crate) fn permit(headers: &mut HeaderMap, methods: HeaderValue) {
    let fixed: [(HeaderName, &'static str); 2] =
        [(ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"), (ACCESS_CONTROL_MAX_AGE, "600")];
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
