//! What a list is asked for, as its URL holds it, and the links that ask for a little more or less.

use super::view::encoded;
use crate::query::Query;

/// The parameters that were given and fit, in the order in which links hold them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Given(Vec<(&'static str, String)>);

/// A filter that is on, with the link to the list without it.
#[derive(Debug)]
pub(crate) struct Chip {
    pub(crate) text: String,
    pub(crate) without: String,
}

/// A choice of a filter form.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

impl Given {
    /// Takes these out of a query. What does not fit is left out, so that an old link still shows a list.
    pub(crate) fn read(query: &mut Query<'_>, names: &[&'static str], fits: impl Fn(&str, &str) -> bool) -> Self {
        let value = |name: &&'static str| {
            let value = query.text(name)?.trim().to_owned();
            fits(name, &value).then_some((*name, value))
        };
        Self(names.iter().filter_map(value).collect())
    }

    /// The value of a parameter; empty where it is not given.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Leaves out these.
    pub(crate) fn forget(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| !names.contains(name));
    }

    /// Which are given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The query of a link to the same list with these values; an empty one leaves its parameter out.
    pub(crate) fn link(&self, changed: &[(&str, &str)]) -> String {
        let rest = self.0.iter().map(|(name, value)| (*name, value.as_str()));
        let rest = rest.filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        let mut link = String::new();
        for (name, value) in rest.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty()) {
            link.push(if link.is_empty() { '?' } else { '&' });
            link.push_str(name);
            link.push('=');
            link.push_str(&encoded(value));
        }
        link
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_what_is_given_and_takes_what_is_changed() {
        let uri = "/x?b=2&a=+1%26&c=no&z=1".parse().expect("a path");
        let given = Given::read(&mut Query::of(&uri), &["a", "b", "c"], |_, value| value != "no");
        assert_eq!(given.link(&[]), "?a=1%26&b=2");
        assert_eq!(given.link(&[("a", ""), ("d", "4")]), "?b=2&d=4");
        assert_eq!(given.link(&[("a", ""), ("b", "")]), "");
        assert_eq!((given.value("b"), given.value("c")), ("2", ""));
    }
}
