//! The secret keys and what is written into tokens: setters and checks.

use super::Config;
use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::Setting;
use crate::model::clean::is_printable;
use crate::model::secret::SecretKey;
use crate::token::algorithm::Algorithm;
use crate::token::error::KeyError;
use crate::token::strength;

#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub(super) secret: Setting<Option<SecretKey>>,
    pub(super) previous: Setting<Vec<SecretKey>>,
    pub(super) algorithm: Setting<Algorithm>,
    pub(super) issuer: Setting<String>,
    pub(super) audience: Setting<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            secret: Setting::new("AUTHKIT_SECRET_KEY", "secret_key", None),
            previous: Setting::new("AUTHKIT_PREVIOUS_SECRET_KEYS", "previous_secret_keys", Vec::new()),
            algorithm: Setting::new("AUTHKIT_ALGORITHM", "algorithm", Algorithm::HS256),
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

    /// What tokens are signed with. `AUTHKIT_ALGORITHM`; HS256 by default.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.keys.algorithm.set(algorithm);
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

const DRAW_ONE: &str = "draw one with `openssl rand -base64 48`; a new signing key signs everyone out";

fn check_key(key: &SecretKey, place: &str, problems: &mut Problems) {
    let text = key.expose();
    if text.trim() != text {
        problems.refuse(
            ConfigCode::SecretUntrimmed,
            format!("{place} begins or ends with white space, usually the line end of the file that it was read from"),
            "remove it: nodes that read the key differently refuse each other's tokens",
        );
    }
    let (code, why) = match strength::check(key) {
        Ok(()) => return,
        Err(KeyError::TooShort) => {
            (ConfigCode::SecretTooShort, format!("has {} bytes; at least 32 are needed", text.len()))
        }
        Err(KeyError::TooFewDistinctBytes) => {
            (ConfigCode::SecretTooUniform, "has fewer than 16 different bytes, so nobody drew it at random".to_owned())
        }
        Err(KeyError::Placeholder) => {
            (ConfigCode::SecretPlaceholder, "holds a word that stands where a key should be put".to_owned())
        }
        Err(other) => (ConfigCode::Keys, format!("is refused: {other}")),
    };
    problems.refuse(code, format!("{place} {why}"), DRAW_ONE);
}
