//! Reading the query of a list strictly: what nobody takes is refused, as is what does not fit.

use std::borrow::Cow;
use std::str::FromStr;

use authkit_core::{FieldError, ListRequest, Timestamp};
use http::Uri;

use crate::problem::Problem;

/// The parameters that were not taken yet, and what was wrong with those that were. An empty one counts as not given: a
/// form sends all of its fields.
#[derive(Debug)]
#[must_use]
pub(crate) struct Query<'a> {
    rest: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    errors: Vec<FieldError>,
}

impl<'a> Query<'a> {
    /// Splits and decodes a query (`application/x-www-form-urlencoded`).
    pub(crate) fn of(uri: &'a Uri) -> Self {
        let mut query = Self { rest: Vec::new(), errors: Vec::new() };
        for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decoded(name), decoded(value)) else {
                query.refuse(name, "This is not UTF-8.");
                continue;
            };
            if query.rest.iter().any(|(known, _)| *known == name) {
                query.refuse(&name, "This is given twice.");
            }
            query.rest.push((name, value));
        }
        query
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let at = self.rest.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.rest.swap_remove(at);
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// A text that `read` makes something of; refused where it cannot.
    pub(crate) fn value<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = read(&text);
        if value.is_none() {
            self.refuse(name, "This value is not known here.");
        }
        value
    }

    /// A value that its own type reads.
    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.value(name, |text| text.parse().ok())
    }

    /// One or more values, separated by commas. None: an empty list.
    pub(crate) fn values<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.value(name, |text| text.split(',').map(|part| read(part.trim())).collect()).unwrap_or_default()
    }

    /// An instant.
    pub(crate) fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.value(name, Timestamp::parse)
    }

    /// Which page.
    pub(crate) fn page(&mut self) -> ListRequest {
        ListRequest { cursor: self.text("cursor"), limit: self.parsed("limit") }
    }

    /// Nothing else may be there.
    ///
    /// # Errors
    /// 422 `validation_failed`.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.rest) {
            self.errors.push(FieldError::new(name, "unknown_field", "There is no such parameter."));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::validation_failed(self.errors)) }
    }

    fn refuse(&mut self, name: &str, message: &str) {
        self.errors.push(FieldError::new(name, "invalid", message));
    }
}

/// `None`: not UTF-8. A `%` that no two hexadecimal digits follow stands for itself, as browsers read it.
pub(crate) fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = after.split_at_checked(2).filter(|_| *byte == b'%').and_then(|(digits, behind)| {
            let digits =
                std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
            Some((u8::from_str_radix(digits, 16).ok()?, behind))
        });
        let (byte, behind) = escaped.unwrap_or((if *byte == b'+' { b' ' } else { *byte }, after));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(query: &str) -> Uri {
        format!("/list?{query}").parse().expect("a path")
    }

    #[test]
    fn values_are_decoded_as_a_form_sends_them() {
        let uri = uri("query=a%2Bb+c%40d&limit=7&role=&x=100%&y=%zz");
        let mut query = Query::of(&uri);
        assert_eq!(query.text("query").as_deref(), Some("a+b c@d"));
        assert_eq!(query.parsed::<u32>("limit"), Some(7));
        assert_eq!((query.text("role"), query.text("missing")), (None, None));
        assert_eq!((query.text("x").as_deref(), query.text("y").as_deref()), (Some("100%"), Some("%zz")));
        assert!(query.finish().is_ok());
    }

    #[test]
    fn several_values_are_separated_by_commas() {
        let uri = uri("a=1,2&b=3&c=&d=1,x&e=1,,2");
        let mut query = Query::of(&uri);
        let mut values = |name: &str| query.values(name, |text| text.parse::<u32>().ok());
        assert_eq!((values("a"), values("b"), values("c"), values("missing")), (vec![1, 2], vec![3], vec![], vec![]));
        assert_eq!((values("d"), values("e")), (vec![], vec![]), "one that does not fit spoils all");
        assert!(query.finish().is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            "other=1",
            "limit=1&limit=1",
            "limit=many",
            "at=yesterday",
            "limit=-1",
            "%ff=1",
            "limit=%ff",
            "limit=4294967296",
        ] {
            let uri = uri(text);
            let mut query = Query::of(&uri);
            let _ = (query.page(), query.time("at"));
            assert_eq!(query.finish().map_err(|problem| problem.code()), Err("validation_failed"), "{text}");
        }
    }
}
