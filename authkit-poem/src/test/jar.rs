//! A browser's cookies, by the application's clock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use authkit_core::Timestamp;
use poem::http::HeaderMap;
use poem::http::header::SET_COOKIE;

/// Cookies of one site. `Domain` and `Secure` are not looked at: there is one site, and nothing is sent anywhere.
#[derive(Debug, Default)]
pub(super) struct Jar(Mutex<Vec<Cookie>>);

struct Cookie {
    name: String,
    value: String,
    path: String,
    /// `None`: until the browser is closed.
    ends: Option<Timestamp>,
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Jar {
    /// Does what an answer's `Set-Cookie` lines say (RFC 6265bis §5.7).
    pub(super) fn keep(&self, headers: &HeaderMap, now: Timestamp) {
        let mut cookies = self.lock();
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let attributes: Vec<_> = parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
            let attribute = |wanted: &str| {
                attributes.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value)
            };
            let path = attribute("path").filter(|path| path.starts_with('/')).unwrap_or("/").to_owned();
            let age = attribute("max-age").and_then(|text| text.parse::<i64>().ok());
            cookies.retain(|known| known.name != name || known.path != path);
            let ends = age.map(|seconds| now + Duration::from_secs(u64::try_from(seconds).unwrap_or_default()));
            if ends.is_none_or(|ends| ends > now) {
                cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), path, ends });
            }
        }
    }

    /// The `Cookie` line for a path.
    pub(super) fn line(&self, path: &str, now: Timestamp) -> Option<String> {
        let cookies = self.lock();
        let fitting = cookies.iter().filter(|cookie| cookie.is_for(path) && cookie.ends.is_none_or(|ends| ends > now));
        let pairs: Vec<_> = fitting.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// What a cookie holds.
    pub(super) fn value(&self, name: &str, now: Timestamp) -> Option<String> {
        let cookies = self.lock();
        let live = cookies.iter().filter(|cookie| cookie.ends.is_none_or(|ends| ends > now));
        live.into_iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Cookie>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cookie {
    /// RFC 6265bis §5.1.4.
    fn is_for(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn jar(lines: &[&'static str]) -> Jar {
        let (jar, mut headers) = (Jar::default(), HeaderMap::new());
        for line in lines {
            headers.append(SET_COOKIE, line.parse().expect("a header"));
        }
        jar.keep(&headers, NOW);
        jar
    }

    #[test]
    fn a_cookie_lives_as_long_as_it_is_given() {
        let jar = jar(&["a=1; Max-Age=10; HttpOnly", "b=2", "c=3; Max-Age=0", "d=4; max-age=5; Path=/"]);
        assert_eq!(jar.line("/", NOW).as_deref(), Some("a=1; b=2; d=4"));
        assert_eq!(jar.line("/", NOW + Duration::from_secs(5)).as_deref(), Some("a=1; b=2"));
        assert_eq!(jar.value("a", NOW + Duration::from_secs(10)), None);
    }

    #[test]
    fn the_last_word_on_a_cookie_counts_and_may_be_its_end() {
        assert_eq!(jar(&["a=1", "a=2; Path=/"]).line("/", NOW).as_deref(), Some("a=2"));
        assert_eq!(jar(&["a=1; Path=/", "a=; Max-Age=0; Path=/"]).line("/", NOW), None);
    }

    #[test]
    fn a_path_holds_what_is_below_it() {
        let jar = jar(&["a=1; Path=/shop"]);
        assert_eq!(
            ["/shop", "/shop/x", "/shopping", "/"].map(|path| jar.line(path, NOW).is_some()),
            [true, true, false, false]
        );
    }
}
