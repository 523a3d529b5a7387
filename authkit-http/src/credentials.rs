//! What a request brings to prove who sends it: our two cookies and the `Authorization` header, read by a parser of our
//! own (a cookie's name is compared as it stands, byte for byte, and one that comes twice is refused).

use authkit_core::HttpSettings;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};

use crate::problem::Problem;

/// The credentials of one request. Their texts are not checked yet.
#[derive(Clone, Copy, Default)]
pub struct Credentials<'a> {
    access_cookie: Option<&'a [u8]>,
    refresh_cookie: Option<&'a [u8]>,
    bearer: Option<&'a [u8]>,
}

/// One credential and where it came from.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The token as text; empty when it is none. It may be anything.
    pub token: &'a str,
    /// Where it stood.
    pub source: Source,
}

/// Where a credential stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In one of our cookies.
    Cookie,
    /// In the `Authorization` header.
    Bearer,
}

impl<'a> Credentials<'a> {
    /// Finds them. A header of another scheme is none of ours.
    ///
    /// # Errors
    /// `ambiguous_credentials`: one of our cookies comes twice, or there are two `Authorization` headers.
    pub fn read(http: &HttpSettings, headers: &'a HeaderMap) -> Result<Self, Problem> {
        let mut found = Self::default();
        for (name, value) in headers.get_all(COOKIE).iter().flat_map(cookies) {
            let slot = if name == http.access_cookie.as_bytes() {
                &mut found.access_cookie
            } else if name == http.refresh_cookie.as_bytes() {
                &mut found.refresh_cookie
            } else {
                continue;
            };
            if slot.replace(value).is_some() {
                return Err(Problem::ambiguous_credentials());
            }
        }
        let mut authorizations = headers.get_all(AUTHORIZATION).iter();
        found.bearer = authorizations.next().and_then(bearer);
        if authorizations.next().is_some() {
            return Err(Problem::ambiguous_credentials());
        }
        Ok(found)
    }

    /// What decides who the caller is: the access cookie if there is one, otherwise the bearer header.
    pub fn access(&self) -> Option<Presented<'a>> {
        present(self.access_cookie, Source::Cookie).or(present(self.bearer, Source::Bearer))
    }

    /// What `/refresh` reads: the refresh cookie if there is one, otherwise the bearer header.
    pub fn refresh(&self) -> Option<Presented<'a>> {
        present(self.refresh_cookie, Source::Cookie).or(present(self.bearer, Source::Bearer))
    }

    /// The refresh cookie alone.
    pub fn refresh_cookie(&self) -> Option<Presented<'a>> {
        present(self.refresh_cookie, Source::Cookie)
    }

    /// What a sign-out reads: as [`Self::refresh`], and where there is neither, the access cookie, so that no session is
    /// left behind by a browser that lost one cookie of the two.
    pub fn any(&self) -> Option<Presented<'a>> {
        self.refresh().or(present(self.access_cookie, Source::Cookie))
    }

    /// Whether a cookie of ours came along.
    pub const fn has_cookie(&self) -> bool {
        self.access_cookie.is_some() || self.refresh_cookie.is_some()
    }

    /// Whether the bearer header came, and no cookie of ours that a browser could have added by itself.
    pub const fn is_bearer_only(&self) -> bool {
        self.bearer.is_some() && !self.has_cookie()
    }
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("access_cookie", &self.access_cookie.is_some())
            .field("refresh_cookie", &self.refresh_cookie.is_some())
            .field("bearer", &self.bearer.is_some())
            .finish()
    }
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presented").field("source", &self.source).finish_non_exhaustive()
    }
}

/// The value of the first cookie with this name: for what proves nothing.
pub(crate) fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers.get_all(COOKIE).iter().flat_map(cookies);
    let (_, value) = found.find(|(known, _)| *known == name.as_bytes())?;
    std::str::from_utf8(value).ok()
}

/// What is no text is no token either, and is refused as one.
fn present(value: Option<&[u8]>, source: Source) -> Option<Presented<'_>> {
    value.map(|bytes| Presented { token: std::str::from_utf8(bytes).unwrap_or_default(), source })
}

/// The pairs of one header (RFC 6265bis §5.6.1 read from the other side): split at `;`, then at the first `=`. Nothing
/// is decoded or unquoted.
fn cookies(header: &HeaderValue) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.as_bytes().split(|byte| *byte == b';').filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at(at);
        Some((name.trim_ascii(), value.get(1..)?.trim_ascii()))
    })
}

/// The token after the scheme, which is compared without regard to case (RFC 9110 §11.1). `None`: another scheme.
fn bearer(header: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = header.as_bytes().split_at_checked(6)?;
    let ours = scheme.eq_ignore_ascii_case(b"bearer") && token.first().is_none_or(|byte| *byte == b' ');
    ours.then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
        }
        headers
    }

    fn access(lines: &[(&'static str, &str)]) -> Result<Option<(String, Source)>, String> {
        let headers = headers(lines);
        match Credentials::read(&settings(), &headers) {
            Ok(found) => Ok(found.access().map(|found| (found.token.to_owned(), found.source))),
            Err(problem) => Err(problem.code().to_owned()),
        }
    }

    // S-26
    #[test]
    fn an_access_cookie_decides_alone() {
        let both = [("cookie", "authkit_access=one"), ("authorization", "Bearer two")];
        assert_eq!(access(&both), Ok(Some(("one".to_owned(), Source::Cookie))));
        assert_eq!(access(&both[1..]), Ok(Some(("two".to_owned(), Source::Bearer))));
        assert_eq!(access(&[("cookie", "authkit_access="), both[1]]), Ok(Some((String::new(), Source::Cookie))));
        assert_eq!(access(&[("cookie", "authkit_refresh=x"), both[1]]), Ok(Some(("two".to_owned(), Source::Bearer))));
        assert_eq!(access(&[]), Ok(None));
    }

    // S-26 S-44
    #[test]
    fn a_credential_that_comes_twice_is_refused() {
        let twice: [&[(&str, &str)]; 5] = [
            &[("cookie", "authkit_access=one; authkit_access=one")],
            &[("cookie", "authkit_access=one"), ("cookie", "a=b; authkit_access=two")],
            &[("cookie", "authkit_refresh=one; authkit_refresh=two")],
            &[("authorization", "Bearer one"), ("authorization", "Bearer one")],
            &[("authorization", "Basic one"), ("authorization", "Bearer one")],
        ];
        for lines in twice {
            assert_eq!(access(lines), Err("ambiguous_credentials".to_owned()), "{lines:?}");
        }
    }

    // S-44
    #[test]
    fn a_name_is_compared_as_it_stands() {
        for other in [
            "%61uthkit_access=bad",
            "authkit%5Faccess=bad",
            "AUTHKIT_ACCESS=bad",
            "__Host-authkit_access=bad",
            "authkit_access2=bad",
            "xauthkit_access=bad",
            "\"authkit_access\"=bad",
            "authkit_access",
        ] {
            let line = format!("{other}; authkit_access=good; {other}");
            assert_eq!(access(&[("cookie", &line)]), Ok(Some(("good".to_owned(), Source::Cookie))), "{other}");
            assert_eq!(access(&[("cookie", other)]), Ok(None), "{other}");
        }
    }

    #[test]
    fn a_value_is_taken_as_it_stands() {
        assert_eq!(
            access(&[("cookie", "authkit_access=\"a=b%20\"")]),
            Ok(Some(("\"a=b%20\"".to_owned(), Source::Cookie)))
        );
        let headers = {
            let mut headers = HeaderMap::new();
            headers.append("cookie", HeaderValue::from_bytes(b"authkit_access=\xff\xfe").expect("obs-text"));
            headers
        };
        let found = Credentials::read(&settings(), &headers).expect("one cookie");
        assert_eq!(found.access().map(|found| found.token), Some(""));
    }

    // S-27
    #[test]
    fn no_garbage_in_the_header_is_more_than_a_bad_token() {
        for (line, token) in [
            ("Bearer abc", Some("abc")),
            ("bEARER   abc  ", Some("abc")),
            ("Bearer", Some("")),
            ("Bearer ", Some("")),
            ("Bearer a b", Some("a b")),
            ("Bearerabc", None),
            ("Basic YTpi", None),
            ("", None),
            ("Bear", None),
            ("\u{e9}\u{e9}\u{e9}\u{e9}", None),
        ] {
            let found = access(&[("authorization", line)]).expect("one header");
            assert_eq!(found.as_ref().map(|(token, _)| token.as_str()), token, "{line}");
        }
    }
}
