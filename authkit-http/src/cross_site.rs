//! Whether a request that may change something was sent by a page of another site.

use authkit_core::HttpSettings;
use http::header::{HeaderName, ORIGIN};
use http::{HeaderMap, Method};

use crate::credentials::Credentials;

/// What a current browser says of where a request comes from (Fetch Metadata).
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The first rule that refuses the request, or `None`: it may go on. The rules are read in this order:
///
/// 1. A method that changes nothing is never refused.
/// 2. `Sec-Fetch-Site`, where it is given: only `same-origin` passes.
/// 3. `Origin`, where it is given: only the base URL's own passes, `null` does not.
/// 4. Neither: not a browser. It passes, unless the setting says that a cookie of ours asks for one of the two.
///
/// Whoever calls it leaves it out for a request whose credential is the bearer header alone: no page of another site can
/// make a browser add one (OWASP CSRF; S-50).
pub(crate) fn refusal(
    http: &HttpSettings,
    method: &Method,
    headers: &HeaderMap,
    credentials: &Credentials<'_>,
) -> Option<&'static str> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return None;
    }
    // Twice is once too many, whichever of them a proxy would have believed.
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter().peekable();
    if sites.peek().is_some() {
        return (!sites.all(|site| site == "same-origin")).then_some("Sec-Fetch-Site");
    }
    let mut origins = headers.get_all(ORIGIN).iter().peekable();
    if origins.peek().is_some() {
        return (!origins.all(|origin| origin == http.origin.as_str())).then_some("Origin");
    }
    (http.require_origin && credentials.has_cookie()).then_some("no Origin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    fn judged(http: &HttpSettings, method: &Method, lines: &[(&'static str, &str)]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        let credentials = Credentials::read(http, &headers).expect("unambiguous");
        refusal(http, method, &headers, &credentials)
    }

    /// Headers, and the rule that refuses them.
    type Case<'a> = (&'a [(&'static str, &'a str)], Option<&'static str>);

    // S-47
    #[test]
    fn the_rules_are_read_in_their_order() {
        let http = settings();
        let own = http.origin.as_str();
        let cases: [Case<'_>; 14] = [
            (&[("sec-fetch-site", "same-origin")], None),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], None),
            (&[("sec-fetch-site", "same-site")], Some("Sec-Fetch-Site")),
            (&[("sec-fetch-site", "cross-site"), ("origin", own)], Some("Sec-Fetch-Site")),
            (&[("sec-fetch-site", "none")], Some("Sec-Fetch-Site")),
            (&[("sec-fetch-site", "Same-Origin")], Some("Sec-Fetch-Site")),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Some("Sec-Fetch-Site")),
            (&[("origin", own)], None),
            (&[("origin", "null")], Some("Origin")),
            (&[("origin", "http://127.0.0.1:8001")], Some("Origin")),
            (&[("origin", "http://127.0.0.1:8000.evil.example")], Some("Origin")),
            (&[("origin", "https://127.0.0.1:8000")], Some("Origin")),
            (&[("origin", own), ("origin", "https://evil.example")], Some("Origin")),
            (&[("cookie", "authkit_access=x")], None),
        ];
        for (lines, expected) in cases {
            assert_eq!(judged(&http, &Method::POST, lines), expected, "{lines:?}");
            assert_eq!(judged(&http, &Method::DELETE, lines), expected, "{lines:?}");
            assert_eq!(judged(&http, &Method::GET, lines), None, "{lines:?}");
            assert_eq!(judged(&http, &Method::HEAD, lines), None, "{lines:?}");
        }
    }

    // S-47
    #[test]
    fn the_setting_asks_a_cookie_for_its_origin() {
        let mut http = settings();
        http.require_origin = true;
        assert_eq!(judged(&http, &Method::POST, &[("cookie", "authkit_access=x")]), Some("no Origin"));
        assert_eq!(judged(&http, &Method::POST, &[("cookie", "authkit_refresh=x")]), Some("no Origin"));
        assert_eq!(judged(&http, &Method::POST, &[("cookie", "other=x")]), None);
        let origin = ("origin", http.origin.as_str());
        assert_eq!(judged(&http, &Method::POST, &[("cookie", "authkit_access=x"), origin]), None);
    }
}
