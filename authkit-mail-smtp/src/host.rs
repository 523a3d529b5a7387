//! The mail server's host: a name or an address.

use std::net::IpAddr;

use crate::error::StartError;

/// A name, or an address without brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host(String);

impl Host {
    pub(crate) fn parse(text: &str) -> Result<Self, StartError> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if bare.parse::<IpAddr>().is_ok() {
            return Ok(Self(bare.to_owned()));
        }
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let fits = name.len() <= 253 && name.split('.').all(label);
        fits.then_some(Self(name)).ok_or(StartError::Host)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine: 127.0.0.0/8, `::1`, `localhost` and what ends with `.localhost` (RFC 6761).
    pub(crate) fn is_loopback(&self) -> bool {
        match self.0.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => self.0 == "localhost" || self.0.ends_with(".localhost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_what_looks_like_it() {
        let loopback = |text| Host::parse(text).unwrap().is_loopback();
        for text in ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST", "mail.localhost", "localhost."] {
            assert!(loopback(text), "{text}");
        }
        for text in ["128.0.0.1", "localhost.example.com", "notlocalhost", "0.0.0.0", "mail.example.com"] {
            assert!(!loopback(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in
            ["", " ", "a b", "mail..example.com", "mail.example.com:587", "smtp://mail.example.com", "ada@example.com"]
        {
            assert!(matches!(Host::parse(text), Err(StartError::Host)), "{text}");
        }
    }
}
