//! The parameters of a URL: which there are, and their values.

use std::collections::BTreeMap;

use super::pieces::text;
use crate::open_error::OpenError;

/// All that are understood.
const KNOWN: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "pooler",
    "port",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Known elsewhere, not here: why, and what to do.
const REFUSED: &[(&str, &str, &str)] = &[
    ("sslcert", CLIENT_CERTIFICATE, "let the server ask for a password"),
    ("sslkey", CLIENT_CERTIFICATE, "let the server ask for a password"),
    ("sslnegotiation", "asks for TLS without negotiation, which is not supported yet", "leave `sslnegotiation` out"),
    ("pgbouncer", "has Prisma's `pgbouncer`", "write `pooler=forgets-statements` or `pooler=keeps-statements`"),
];
const CLIENT_CERTIFICATE: &str = "names a client certificate (`sslcert`, `sslkey`), which is not supported yet";

/// What the URL gives, still encoded.
pub(super) struct Parameters<'a>(BTreeMap<String, &'a str>);

impl<'a> Parameters<'a> {
    pub(super) fn read(pairs: &[(&str, &'a str)]) -> Result<Self, OpenError> {
        let mut given = BTreeMap::new();
        for (key, value) in pairs {
            let key = text("parameter's name", key)?;
            if let Some((_, why, mend)) = REFUSED.iter().find(|(refused, ..)| *refused == key) {
                return Err(OpenError::url(*why, *mend));
            }
            if !KNOWN.contains(&key.as_str()) {
                return Err(unknown(&key));
            }
            if given.insert(key.clone(), *value).is_some() {
                return Err(OpenError::url(format!("gives `{key}` twice"), "give it once"));
            }
        }
        Ok(Self(given))
    }

    /// The value as it is written.
    pub(super) fn raw(&mut self, key: &str) -> Option<&'a str> {
        self.0.remove(key)
    }

    /// The value as text. An empty one is none.
    pub(super) fn take(&mut self, key: &str) -> Result<Option<String>, OpenError> {
        let value = self.raw(key).filter(|value| !value.is_empty());
        value.map(|value| text(&format!("value of `{key}`"), value)).transpose()
    }

    /// The value as one of those that there are.
    pub(super) fn one_of<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, OpenError> {
        let Some(value) = self.take(key)? else {
            return Ok(None);
        };
        match choices.iter().find(|(name, _)| *name == value) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => Err(not_among(key, choices.iter().map(|(name, _)| *name))),
        }
    }

    /// The value as a whole number of at least 1.
    pub(super) fn count(&mut self, key: &str) -> Result<Option<u32>, OpenError> {
        let Some(value) = self.take(key)? else {
            return Ok(None);
        };
        match value.parse() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(OpenError::url(
                format!("has a `{key}` that is no whole number of at least 1"),
                "give such a number, or leave it out",
            )),
        }
    }
}

/// The parameter holds something else than what it may hold.
pub(super) fn not_among<'n>(key: &str, names: impl Iterator<Item = &'n str>) -> OpenError {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    OpenError::url(
        format!("has a `{key}` that the store does not know or cannot use"),
        format!("write one of {}", names.join(", ")),
    )
}

/// A key is repeated only if it looks like one: anything else may be the rest of a password.
fn unknown(key: &str) -> OpenError {
    let like_a_key = key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let why =
        if like_a_key { format!("has the unknown parameter `{key}`") } else { "has an unknown parameter".to_owned() };
    OpenError::url(why, format!("the known ones are {}", KNOWN.join(", ")))
}
