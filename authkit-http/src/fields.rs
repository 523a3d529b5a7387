//! The fields of a JSON body, taken one after the other.

use std::fmt;

use authkit_core::{FieldError, Password, ResetToken, Timestamp, VerificationToken};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::query;

/// How deep arrays and objects may stand in each other. No body of ours needs more than two.
const DEEPEST: usize = 32;

/// The fields of a JSON object that were not taken yet, and what was wrong with those that were.
///
/// A field that is not there or does not fit is noted, and an empty value stands for it until [`Fields::finish`] refuses
/// the whole, so that one answer tells all that is wrong.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Fields {
    rest: Map<String, Value>,
    errors: Vec<FieldError>,
    /// A form: every value is a text, an empty one is as good as none.
    is_form: bool,
}

impl Fields {
    /// Reads the bytes of a body.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if is_too_deep(bytes) {
            return Err(Problem::malformed_request("The body is nested too deeply."));
        }
        // The whole is looked through before any of it counts: half an object is none.
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|_| not_json())?;
        let mut twice = Vec::new();
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        match reader.deserialize_map(Members { twice: &mut twice }) {
            Ok(rest) => Ok(Self { rest, errors: twice, is_form: false }),
            Err(error) if error.classify() == Category::Data => {
                Err(Problem::validation_failed(vec![FieldError::new("", "invalid", "The body must be a JSON object.")]))
            }
            Err(_) => Err(not_json()),
        }
    }

    /// Reads a form (`application/x-www-form-urlencoded`). A name that comes more than once has all of its values.
    pub(crate) fn of_form(bytes: &[u8]) -> Result<Self, Problem> {
        let broken = || Problem::malformed_request("The form is not UTF-8.");
        let text = std::str::from_utf8(bytes).map_err(|_| broken())?;
        let mut fields = Self { is_form: true, ..Self::default() };
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = query::decoded(name).ok_or_else(broken)?.into_owned();
            let value = Value::String(query::decoded(value).ok_or_else(broken)?.into_owned());
            match fields.rest.get_mut(&name) {
                None => drop(fields.rest.insert(name, value)),
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Ok(fields)
    }

    /// Whether they came in a form of the console.
    pub(crate) const fn is_form(&self) -> bool {
        self.is_form
    }

    /// A text without taking it.
    pub(crate) fn peek(&self, name: &str) -> Option<&str> {
        self.rest.get(name).and_then(Value::as_str)
    }

    /// The texts of a field that may come more than once.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        let values = match self.rest.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(one) => vec![one],
        };
        let texts = values.into_iter().map(|value| if let Value::String(text) = value { Some(text) } else { None });
        texts.collect::<Option<_>>().unwrap_or_else(|| {
            self.refuse(name, "invalid", "These must be texts.");
            Vec::new()
        })
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> String {
        self.optional_text(name).unwrap_or_else(|| {
            if !self.errors.iter().any(|error| error.field == name) {
                self.refuse(name, "required", "This field is required.");
            }
            String::new()
        })
    }

    /// A password that must be there.
    pub(crate) fn password(&mut self, name: &str) -> Password {
        Password::new(self.text(name))
    }

    /// A reset token that must be there.
    pub(crate) fn reset_token(&mut self, name: &str) -> ResetToken {
        ResetToken::new(self.text(name))
    }

    /// A token that proves an address and must be there.
    pub(crate) fn verification_token(&mut self, name: &str) -> VerificationToken {
        VerificationToken::new(self.text(name))
    }

    /// A text that may be left out; `null` is as good as that.
    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.rest.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if self.is_form && text.is_empty() => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.refuse(name, "invalid", "This must be a text.");
                None
            }
        }
    }

    /// A time that may be left out; `null` is as good as that.
    pub(crate) fn optional_time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.optional_text(name)?;
        let at = Timestamp::parse(&text);
        if at.is_none() {
            self.refuse(name, "invalid", "This must be a time such as 2026-01-31T12:00:00Z.");
        }
        at
    }

    /// A yes or no that must be there.
    pub(crate) fn boolean(&mut self, name: &str) -> bool {
        match self.rest.remove(name) {
            Some(Value::Bool(value)) => return value,
            Some(Value::String(text)) if self.is_form && text == "true" => return true,
            Some(Value::String(text)) if self.is_form && text == "false" => {}
            None | Some(Value::Null) => self.refuse(name, "required", "This field is required."),
            Some(_) => self.refuse(name, "invalid", "This must be true or false."),
        }
        false
    }

    /// Notes what is wrong with a field.
    pub(crate) fn refuse(&mut self, name: &str, code: &'static str, message: &str) {
        self.errors.push(FieldError::new(name, code, message));
    }

    /// Nothing else may be there.
    ///
    /// # Errors
    /// 422 `validation_failed`: a field that nobody took, or any that did not fit.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.rest).keys() {
            self.refuse(name, "unknown_field", "There is no such field.");
        }
        self.finish_with_rest().map(|_| ())
    }

    /// What nobody took, for core to judge by the fields that the application has declared.
    ///
    /// # Errors
    /// 422 `validation_failed`: any field that was taken and did not fit.
    pub(crate) fn finish_with_rest(self) -> Result<Map<String, Value>, Problem> {
        if self.errors.is_empty() { Ok(self.rest) } else { Err(Problem::validation_failed(self.errors)) }
    }
}

fn not_json() -> Problem {
    Problem::malformed_request("The body is not JSON in UTF-8.")
}

/// Counts brackets outside texts, so that no parser has to go down.
fn is_too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

/// Gathers the members of an object and notes a name that comes twice: readers disagree on which of the two counts.
struct Members<'a> {
    twice: &'a mut Vec<FieldError>,
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if map.contains_key(&name) {
                self.twice.push(FieldError::new(&name, "invalid", "This field is given twice."));
            }
            map.insert(name, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &[u8]) -> Option<&'static str> {
        Fields::parse(body).err().map(|problem| problem.code())
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        let bad: [&[u8]; 14] = [
            b"",
            b" ",
            b"{",
            b"{\"a\":1",
            b"{\"a\":1}}",
            b"{\"a\":1} x",
            b"{\"email\":1, garbage",
            b"{'a':1}",
            b"{\"a\":\"\xff\"}",
            b"{\"\xc0\x80\":1}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":01}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":NaN}",
        ];
        for body in bad {
            assert_eq!(code(body), Some("malformed_request"), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn depth_is_bounded_before_any_parser_goes_down() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
            assert_eq!(code(deep.as_bytes()), Some("malformed_request"));
            assert_eq!(code(open.repeat(10_000).as_bytes()), Some("malformed_request"));
        }
        assert_eq!(code(format!("{{\"a\":\"{}\"}}", "[\\\"".repeat(100)).as_bytes()), None);
        assert_eq!(code(format!("{{\"a\":{}{}}}", "[".repeat(31), "]".repeat(31)).as_bytes()), None);
    }

    #[test]
    fn json_of_another_form_is_no_object() {
        for body in ["[]", "null", "1", "\"text\"", "true", "[{\"a\":1}]"] {
            assert_eq!(code(body.as_bytes()), Some("validation_failed"), "{body}");
        }
    }

    fn problems(fields: &Fields) -> Vec<(String, &'static str)> {
        fields.errors.iter().map(|error| (error.field.clone(), error.code)).collect()
    }

    #[test]
    fn one_answer_tells_all_that_is_wrong() {
        let body = r#"{"a":1,"b":null,"d":"x","d":"y","e":"2026","f":3}"#;
        let mut fields = Fields::parse(body.as_bytes()).expect("an object");
        let _ = (fields.text("a"), fields.text("b"), fields.boolean("c"), fields.text("d"), fields.optional_time("e"));
        fields.refuse("g", "too_long", "Too long.");
        let expected = [
            ("d", "invalid"),
            ("a", "invalid"),
            ("b", "required"),
            ("c", "required"),
            ("e", "invalid"),
            ("g", "too_long"),
        ];
        assert_eq!(problems(&fields), expected.map(|(field, code)| (field.to_owned(), code)));
    }

    // S-17
    #[test]
    fn a_field_that_nobody_takes_is_refused() {
        let mut fields = Fields::parse(r#"{"a":"x","is_admin":true}"#.as_bytes()).expect("ok");
        assert_eq!(fields.text("a"), "x");
        assert_eq!(fields.finish().expect_err("refused").code(), "validation_failed");
    }
}
