//! A jar of cookies, as a program keeps it for one host.

use std::collections::BTreeMap;

use crate::Answer;

#[derive(Debug, Clone, Default)]
pub struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Does what an answer's `Set-Cookie` lines say.
    pub fn take(&mut self, answer: &Answer) {
        for line in answer.set_cookies() {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            let has =
                |wanted: &str| attributes.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case(wanted));
            assert!(has("HttpOnly") && has("Path=/"), "{line}");
            // The tests speak http: no program sends such a cookie there.
            if has("Max-Age=0") || has("Secure") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub fn header(&self) -> Option<String> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
