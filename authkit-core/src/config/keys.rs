//! The secret keys and what is written into tokens: setters and checks.

use super::Config;
use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::Setting;
use crate::model::clean::is_printable;
use crate::model::secret::SecretKey;

#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub(super) secret: Setting<Option<SecretKey>>,
    pub(super) previous: Setting<Vec<SecretKey>>,
    pub(super) algorithm: Setting<&'static str>,
    pub(super) issuer: Setting<String>,
    pub(super) audience: Setting<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            secret: Setting::new("AUTHKIT_SECRET_KEY", "secret_key", None),
            previous: Setting::new("AUTHKIT_PREVIOUS_SECRET_KEYS", "previous_secret_keys", Vec::new()),
            algorithm: Setting::new("AUTHKIT_ALGORITHM", "algorithm", "HS256"),
            issuer: Setting::in_code_only("issuer", "authkit".to_owned()),
            audience: Setting::in_code_only("audience", "authkit".to_owned()),
        }
    }
}

/// Keys and tokens.
impl Config {
    /// The key that all others are derived from: at least 32 bytes, 16 of them different, drawn at random.
    /// `AUTHKIT_SECRET_KEY`; no default in production, a random key for the run in development.
    #[must_use]
    pub fn secret_key(mut self, key: impl Into<SecretKey>) -> Self {
        self.keys.secret.set(Some(key.into()));
        self
    }

    /// Keys that still verify and no longer sign, or do not sign yet: what makes a change of the key lose no session.
    /// `AUTHKIT_PREVIOUS_SECRET_KEYS`; none by default.
    #[must_use]
    pub fn previous_secret_keys<K: Into<SecretKey>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.previous.set(keys.into_iter().map(Into::into).collect());
        self
    }

    /// The `iss` of all tokens: 1 to 255 bytes. In code only; `authkit` by default.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.keys.issuer.set(issuer.into());
        self
    }

    /// The `aud` of all tokens: 1 to 255 bytes. In code only; `authkit` by default.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.keys.audience.set(audience.into());
        self
    }
}

impl Keys {
    pub(super) fn check(&self, problems: &mut Problems) {
        let secret = self.secret.value().as_ref();
        if let Some(secret) = secret {
            check_key(secret, &self.secret.place(), problems);
        }
        for (index, key) in self.previous.value().iter().enumerate() {
            check_key(key, &format!("key {} of {}", index + 1, self.previous.place()), problems);
        }
        self.check_equal(problems);
        for setting in [&self.issuer, &self.audience] {
            let text = setting.value();
            if text.is_empty() || text.len() > 255 || !is_printable(text) {
                problems.refuse(
                    ConfigCode::InvalidValue,
                    format!("{} must be 1 to 255 bytes of printable text", setting.place()),
                    "give a short name of the application, such as its host",
                );
            }
        }
    }

    fn check_equal(&self, problems: &mut Problems) {
        let mut earlier: Vec<(&SecretKey, String)> = Vec::new();
        earlier.extend(self.secret.value().iter().map(|secret| (secret, self.secret.name())));
        for (index, key) in self.previous.value().iter().enumerate() {
            let name = format!("key {} of {}", index + 1, self.previous.name());
            if let Some((_, twin)) = earlier.iter().find(|(other, _)| *other == key) {
                problems.refuse(
                    ConfigCode::SecretReused,
                    format!("{name} is the same key as {twin}"),
                    format!("remove it from {}: the key that signs verifies as well", self.previous.name()),
                );
            }
            earlier.push((key, name));
        }
    }
}

const MIN_BYTES: usize = 32;
const MIN_DIFFERENT: usize = 16;

const DRAW_ONE: &str = "draw one with `openssl rand -base64 48`; everyone is signed out by a new key";

/// Found in keys that were copied from a page or typed by hand, in lower case and without anything but letters and
/// digits. Six letters or more: a random key holds none of them by chance.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "secret",
    "password",
    "example",
    "placeholder",
    "insecure",
    "yourkey",
    "0123456789",
    "1234567890",
];

fn check_key(key: &SecretKey, place: &str, problems: &mut Problems) {
    let text = key.expose();
    let length = text.len();
    if length < MIN_BYTES {
        let why = format!("{place} has {length} bytes; at least {MIN_BYTES} are needed");
        problems.refuse(ConfigCode::SecretTooShort, why, DRAW_ONE);
    }
    if text.trim() != text {
        problems.refuse(
            ConfigCode::SecretUntrimmed,
            format!("{place} begins or ends with white space, usually the line end of the file that it was read from"),
            "remove it: two nodes that read the key differently accept nothing from each other",
        );
    }
    // A short key is not reported for its few bytes, too.
    let different = different_bytes(text.as_bytes());
    if length >= MIN_BYTES && different < MIN_DIFFERENT {
        let why = format!("{place} has only {different} different bytes; at least {MIN_DIFFERENT} are needed");
        problems.refuse(ConfigCode::SecretTooUniform, why, DRAW_ONE);
    }
    if is_placeholder(text) {
        let why = format!("{place} holds a word that keys in examples hold");
        problems.refuse(ConfigCode::SecretPlaceholder, why, DRAW_ONE);
    }
}

/// Of the text, or of what it spells in hexadecimal: in 64 random hexadecimal digits, one of the 16 is missing every
/// fourth time, and that makes a key of 32 random bytes no worse.
fn different_bytes(text: &[u8]) -> usize {
    let count = |bytes: &mut dyn Iterator<Item = u8>| {
        let mut seen = [false; 256];
        bytes.filter(|byte| seen.get_mut(usize::from(*byte)).is_some_and(|seen| !std::mem::replace(seen, true))).count()
    };
    let digits: Option<Vec<u8>> = text.iter().map(|&byte| hex_digit(byte)).collect();
    let spelled = digits.map_or(0, |digits| {
        let (pairs, _) = digits.as_chunks::<2>();
        count(&mut pairs.iter().map(|[high, low]| high * 16 + low))
    });
    count(&mut text.iter().copied()).max(spelled)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn is_placeholder(text: &str) -> bool {
    let plain: zeroize::Zeroizing<String> =
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<String>().into();
    PLACEHOLDERS.iter().any(|word| plain.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hexadecimal_key_counts_as_the_bytes_that_it_spells() {
        // 15 different digits, 32 different bytes.
        let key = "10213243546576879a8bacbdcedce12031425364758697a8b9cadbecd1e23456";
        assert!(!key.contains('f'));
        assert!(different_bytes(key.as_bytes()) >= MIN_DIFFERENT);
        assert_eq!(different_bytes("ab".repeat(32).as_bytes()), 2);
        assert_eq!(different_bytes(b""), 0);
    }

    #[test]
    fn placeholders_are_found_in_any_case_and_through_signs() {
        for text in ["Change-Me in production", "my_SECRET_key", "P.a.s.s.w.o.r.d", "example", "0123456789abcdef"] {
            assert!(is_placeholder(text), "{text}");
        }
        assert!(!is_placeholder("Wq8Zk2u0XrVn5tB1yHs7LfPd4mJc9aGe"));
    }
}
