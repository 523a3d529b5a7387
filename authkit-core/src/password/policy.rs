//! Which passwords may be set: long enough, not common, not the account's own name. Nothing else is asked.

use zeroize::Zeroizing;

use super::common;
use crate::model::secret::Password;

/// What a password must be when it is set, changed or reset; signing in asks nothing of it.
///
/// At least 12 code points by default (NIST SP 800-63B-4 wants 15 where the password is the only factor) and at most
/// 256, none of the embedded list of common passwords, and not built on a word of its context. There are no composition
/// rules: spaces, emoji and one class of letters will do. Nothing is trimmed or normalised.
///
/// # Context words
/// These are the parts of the address, of the product name and of what else is given: cut at `@`, then at everything
/// that is no letter or digit, as far as they have 4 code points or more, in any case. A password that contains one is
/// refused where fewer than 8 code points are left of it without them: for `mary.shelley@example.com`, that is
/// `Shelley-2026` and `mary@example!`, and not `shelley wrote a novel`.
///
/// # Examples
/// ```
/// use authkit_core::Password;
/// use authkit_core::password::policy::{PasswordPolicy, Weak};
///
/// let policy = PasswordPolicy::default();
/// let context = ["ada@example.com"];
/// assert_eq!(policy.check(&Password::from("a lovely engine"), &context), Ok(()));
/// assert_eq!(policy.check(&Password::from("engine"), &context), Err(Weak::TooShort { min: 12 }));
/// assert_eq!(policy.check(&Password::from("password1234"), &context), Err(Weak::Common));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    min: u16,
    words: Vec<String>,
}

/// Why a password may not be set. The text is meant for the one who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Fewer code points than the policy's minimum.
    #[error("The password is too short: use at least {min} characters.")]
    TooShort {
        /// The policy's minimum.
        min: u16,
    },
    /// More than 256 code points.
    #[error("The password is too long: use at most {max} characters.")]
    TooLong {
        /// The maximum, [`PasswordPolicy::MAX`].
        max: u16,
    },
    /// One of the embedded list.
    #[error("This password is one of those that are tried first: choose another one.")]
    Common,
    /// Little more than a part of the address, or the name of the product.
    #[error("The password is too close to your email address or the name of this service: choose another one.")]
    ContainsContext,
}

/// The minimum length is not one that can be set. The text names the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a minimum password length of {min} is refused: it must be between {} and {}",
    PasswordPolicy::MIN_FLOOR,
    PasswordPolicy::MIN_CEILING
)]
pub struct MinimumRefused {
    min: u16,
}

impl PasswordPolicy {
    /// The most code points of a password, which is at most 1024 bytes, since a code point has at most four.
    pub const MAX: u16 = 256;
    /// The default of the minimum.
    pub const DEFAULT_MIN: u16 = 12;
    /// The lowest minimum that can be set (NIST SP 800-63B-4, with another factor).
    pub const MIN_FLOOR: u16 = 8;
    /// The highest minimum that can be set: a password manager's ought to pass.
    pub const MIN_CEILING: u16 = 64;

    /// A policy with a minimum of `min` code points.
    ///
    /// # Errors
    /// [`MinimumRefused`] below 8 or above 64.
    pub fn new(min: u16) -> Result<Self, MinimumRefused> {
        if (Self::MIN_FLOOR..=Self::MIN_CEILING).contains(&min) {
            Ok(Self { min, words: Vec::new() })
        } else {
            Err(MinimumRefused { min })
        }
    }

    /// Adds words that no password of this application may be built on, such as its name.
    #[must_use]
    pub fn with_words<W: AsRef<str>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// The least number of code points.
    pub const fn min(&self) -> u16 {
        self.min
    }

    /// Says whether `password` may be set for an account whose own words are `context`: its address, and what else the
    /// one who attacks it knows.
    ///
    /// # Errors
    /// [`Weak`], with the first reason.
    pub fn check(&self, password: &Password, context: &[&str]) -> Result<(), Weak> {
        let text = password.expose();
        // One more than is allowed is enough to know, however long the text is.
        let length = text.chars().take(usize::from(Self::MAX) + 1).count();
        if length < usize::from(self.min) {
            return Err(Weak::TooShort { min: self.min });
        }
        if length > usize::from(Self::MAX) {
            return Err(Weak::TooLong { max: Self::MAX });
        }
        if common::is_common(text) {
            return Err(Weak::Common);
        }
        let words = self.words.iter().map(String::as_str).chain(context.iter().copied());
        if is_built_on(text, &split(words)) {
            return Err(Weak::ContainsContext);
        }
        Ok(())
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min: Self::DEFAULT_MIN, words: Vec::new() }
    }
}

/// Shorter words stand in other words by chance.
const MIN_WORD: usize = 4;

/// The words to look for, lower-case, the longest first so that `example.com` is found before `example`.
fn split<'a>(context: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = context
        .flat_map(|text| text.split('@'))
        .flat_map(|part| std::iter::once(part).chain(part.split(|c: char| !c.is_alphanumeric())))
        .filter(|word| word.chars().count() >= MIN_WORD)
        .map(str::to_lowercase)
        .collect();
    words.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    words.dedup();
    words
}

/// Whether `text` holds one of `words` and, without all of them, fewer code points than the lowest minimum.
fn is_built_on(text: &str, words: &[String]) -> bool {
    const GAP: &str = "\n";
    let mut rest = Zeroizing::new(text.to_lowercase());
    let mut gaps = 0;
    for word in words {
        gaps += rest.matches(word.as_str()).count();
        // A gap keeps what was apart from growing together to another word.
        rest = Zeroizing::new(rest.replace(word.as_str(), GAP));
    }
    gaps > 0 && rest.chars().count() - gaps < usize::from(PasswordPolicy::MIN_FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), Weak> {
        PasswordPolicy::default().check(&Password::from(password), &[])
    }

    /// `length` code points that are on no list.
    fn of_length(length: usize, letters: &str) -> String {
        letters.chars().cycle().take(length).collect()
    }

    // S-1
    #[test]
    fn code_points_are_counted_and_the_limits_belong_to_what_is_allowed() {
        for letters in ["qxvzkwjpf", "\u{e9}\u{fc}\u{f1}\u{e5}", "\u{1f600}\u{1f47b}\u{1f980}"] {
            assert_eq!(check(&of_length(11, letters)), Err(Weak::TooShort { min: 12 }));
            for length in [12, 64, 256] {
                assert_eq!(check(&of_length(length, letters)), Ok(()), "{length}");
            }
            assert_eq!(check(&of_length(257, letters)), Err(Weak::TooLong { max: 256 }));
        }
        assert_eq!(check(""), Err(Weak::TooShort { min: 12 }));
        assert_eq!(check(&"x".repeat(1_000_000)), Err(Weak::TooLong { max: 256 }));
        // The longest password allowed has the 1024 bytes that SECURITY section 0 names.
        assert_eq!(of_length(256, "\u{1f600}\u{1f47b}").len(), 1024);
    }

    // S-1
    #[test]
    fn the_minimum_is_a_setting_that_never_falls_below_8() {
        for min in [0, 7, 65, u16::MAX] {
            assert!(PasswordPolicy::new(min).is_err(), "{min}");
        }
        for min in [8, 15, 64] {
            let policy = PasswordPolicy::new(min).unwrap();
            let length = usize::from(min);
            assert_eq!(policy.check(&of_length(length, "qxvzk").into(), &[]), Ok(()));
            assert_eq!(policy.check(&of_length(length - 1, "qxvzk").into(), &[]), Err(Weak::TooShort { min }));
        }
        let error = PasswordPolicy::new(6).unwrap_err().to_string();
        assert_eq!(error, "a minimum password length of 6 is refused: it must be between 8 and 64");
    }

    // S-2
    #[test]
    fn there_is_no_rule_of_composition() {
        let accepted = [
            "jvqmxkrtzwplbnc",
            "JVQMXKRTZWPLBNC",
            "730195826471930",
            "               ",
            "\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}",
            "\0\0\0\0\0\0\0\0\0\0\0\0",
            "a quiet\0afternoon",
            "correct horse battery staple",
        ];
        for password in accepted {
            assert_eq!(check(password), Ok(()), "{password:?}");
        }
    }

    // S-4
    #[test]
    fn a_common_password_is_refused_in_any_case() {
        for password in
            ["password1234", "PassWord1234", "1Q2W3E4R5T6Y", "Password123!", "Administrator", "aaaaaaaaaaaa"]
        {
            assert_eq!(check(password), Err(Weak::Common), "{password}");
        }
        assert_eq!(PasswordPolicy::new(8).unwrap().check(&Password::from("Password"), &[]), Err(Weak::Common));
        // Its bytes are what they are: a space more is another password.
        assert_eq!(check(" password1234"), Ok(()));
    }

    // S-4
    #[test]
    fn a_password_built_on_its_context_is_refused() {
        let policy = PasswordPolicy::default().with_words(["Widget Works"]);
        let check = |password: &str| policy.check(&Password::from(password), &["Mary.Shelley@example.com"]);
        let refused = [
            "mary.shelley@example.com",
            "MARY.SHELLEY.EXAMPLE",
            "shelley-2026",
            "123Shelley456",
            "maryshelley1797",
            "!!Example.Com!!",
            "widgetworks2026",
            "WidgetShelley1",
        ];
        for password in refused {
            assert_eq!(check(password), Err(Weak::ContainsContext), "{password}");
        }
        for password in ["shelley wrote a novel", "a widget and a gadget", "prometheus unbound", "com.com.com.com"] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn short_words_and_empty_context_refuse_nothing() {
        let policy = PasswordPolicy::default();
        for context in [&[][..], &[""], &["@"], &["bo@x.io"], &["\n\n\n\n"]] {
            assert_eq!(policy.check(&Password::from("bo x io seven"), context), Ok(()), "{context:?}");
        }
    }

    #[test]
    fn the_reason_is_told_in_words_and_never_shows_the_password() {
        assert_eq!(check("hunter2").unwrap_err().to_string(), "The password is too short: use at least 12 characters.");
    }
}
