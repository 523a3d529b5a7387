//! The parts of a `postgres://` URL, as far as the harness has to take one apart.

use std::fmt::Write;

/// `postgres://user:password@host:port/database?options` of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    pub user: String,
    pub password: String,
    /// A name, an address, or the folder of a unix socket.
    pub host: String,
    pub port: u16,
    pub database: String,
    /// What stands behind the `?`, as it is.
    pub options: String,
}

impl Url {
    /// # Errors
    /// The text is no such URL; it is not repeated, since it holds a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest = rest.ok_or("a URL of PostgreSQL starts with postgres://")?;
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority.rsplit_once('@').unwrap_or(("postgres", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        // An IPv6 address in brackets has colons of its own.
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (place, "5432"),
        };
        if host.is_empty() || host.contains(',') {
            return Err("the URL names no host, or several".to_owned());
        }
        Ok(Self {
            user: decode(user)?,
            password: decode(password)?,
            host: decode(host.trim_start_matches('[').trim_end_matches(']'))?,
            port: port.parse().map_err(|_| "the port in the URL is no number")?,
            database: if database.is_empty() { "postgres".to_owned() } else { decode(database)? },
            options: options.to_owned(),
        })
    }

    /// The same login at the same place, in another database.
    #[must_use]
    pub fn in_database(&self, name: &str) -> Self {
        Self { database: name.to_owned(), ..self.clone() }
    }

    /// The same login and database by way of another place: a pooler, a proxy.
    #[must_use]
    pub fn at(&self, host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, ..self.clone() }
    }

    /// Without what stands behind the `?`.
    #[must_use]
    pub fn without_options(self) -> Self {
        Self { options: String::new(), ..self }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "postgres://{}", encode(&self.user))?;
        if !self.password.is_empty() {
            write!(f, ":{}", encode(&self.password))?;
        }
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { encode(&self.host) };
        write!(f, "@{host}:{}/{}", self.port, encode(&self.database))?;
        if self.options.is_empty() { Ok(()) } else { write!(f, "?{}", self.options) }
    }
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes everything");
        }
        out
    })
}

fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        bytes.push(hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).ok_or("a % in the URL without two digits")?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| "the URL is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_put_together_again() {
        for text in [
            "postgres://me:p%40ss%2F@127.0.0.1:5433/db?sslmode=require",
            "postgres://me@%2Ftmp%2Fsockets:5432/db",
            "postgres://me@[::1]:5432/db",
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
        let url = Url::parse("postgresql://db.example").unwrap();
        assert_eq!((&*url.user, &*url.host, url.port, &*url.database), ("postgres", "db.example", 5432, "postgres"));
    }

    #[test]
    fn what_cannot_be_taken_apart_is_refused_without_showing_the_password() {
        for text in ["mysql://u:secret@h/d", "postgres://u:secret@h:port/d", "postgres://u:secret@a:1,b:2/d"] {
            assert!(!Url::parse(text).unwrap_err().contains("secret"));
        }
    }
}
