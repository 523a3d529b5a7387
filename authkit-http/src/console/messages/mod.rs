//! Every text of the pages, by key. English is built in; a host may put others in their place.

use std::borrow::Cow;
use std::collections::HashMap;

mod audit;
mod entry;
mod events;
mod me;
mod overview;
mod recover;
mod sessions;
mod shell;
mod system;
mod user;
mod users;

/// A part of the catalogue: keys and their texts.
type Part = &'static [(&'static str, &'static str)];

/// The parts, one a page or a group of pages.
const PARTS: &[Part] = &[
    audit::TEXTS,
    entry::TEXTS,
    events::TEXTS,
    me::TEXTS,
    overview::TEXTS,
    recover::TEXTS,
    sessions::TEXTS,
    shell::TEXTS,
    system::TEXTS,
    user::TEXTS,
    users::TEXTS,
];

/// The texts of the pages, by key. A `{name}` in a text is filled in by the page.
#[derive(Debug, Clone)]
pub struct Messages(HashMap<&'static str, Cow<'static, str>>);

impl Default for Messages {
    fn default() -> Self {
        Self::english()
    }
}

impl Messages {
    /// The texts that come with the console.
    pub fn english() -> Self {
        let all = PARTS.iter().copied().flatten();
        Self(all.map(|(key, text)| (*key, Cow::Borrowed(*text))).collect())
    }

    /// Puts another text in place of the one with this key. `false`: there is no such key, and nothing changed.
    pub fn replace(&mut self, key: &str, text: impl Into<Cow<'static, str>>) -> bool {
        self.0.get_mut(key).map(|old| *old = text.into()).is_some()
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// The text with this key; the key itself where there is none.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, |text| text.as_ref())
    }

    /// The text with each `{name}` in it filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.text(key);
        let mut filled = String::with_capacity(rest.len() + 32);
        // One pass, so that a value which looks like a name is not filled in again.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let known = after.split_once('}').and_then(|(name, behind)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((*value, behind))
            });
            if let Some((value, behind)) = known {
                filled.push_str(value);
                rest = behind;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_filled_in_once() {
        let mut messages = Messages::english();
        assert!(messages.replace("sign_in.title", "{a} and {b} {c"));
        assert_eq!(messages.fill("sign_in.title", &[("a", "{b}"), ("b", "2")]), "{b} and 2 {c");
        assert!(!messages.replace("no.such.key", "x"));
    }

    #[test]
    fn no_key_stands_twice() {
        let all: Vec<_> = PARTS.iter().copied().flatten().map(|(key, _)| key).collect();
        assert_eq!(Messages::english().keys().count(), all.len());
    }
}
