//! An email address: as it was typed, and the one form in which addresses are compared.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// An email address that passed the canonicaliser.
///
/// The text is kept as typed, for display and for sending. [`Email::key`] is the canonical form and the only one that is
/// ever compared: NFKC, local part lower-case, domain as ASCII (IDNA) lower-case.
///
/// ```
/// use authkit_core::Email;
///
/// let email = Email::parse("Ada.Lovelace@BÜCHER.example")?;
/// assert_eq!(email.as_str(), "Ada.Lovelace@BÜCHER.example");
/// assert_eq!(email.key().as_str(), "ada.lovelace@xn--bcher-kva.example");
/// assert!(Email::parse("ada@example.com,eve@example.com").is_err());
/// # Ok::<(), authkit_core::InvalidEmail>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    text: String,
    key: EmailKey,
}

/// The canonical form of an address: at most 254 bytes, equal exactly when the mailbox is taken to be the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailKey(String);

/// The text is not an address that mail could be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct InvalidEmail;

impl Email {
    /// Normalises first and validates what came out, so that no spelling slips past a check.
    ///
    /// # Errors
    /// [`InvalidEmail`]: not exactly one `@`, a part is empty, longer than 254 bytes (local part 64), a domain that IDNA
    /// refuses, or a control character, white space, comma, quote, bracket or other sign with a meaning in a mail header.
    /// Source: OWASP Email Validation; RFC 5321 §4.5.3.1.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        // Bounded before the work: NFKC can make text much longer, and the cap on the result comes last.
        if text.len() > 1024 {
            return Err(InvalidEmail);
        }
        let folded: String = text.nfkc().collect();
        let (local, domain) = folded.split_once('@').ok_or(InvalidEmail)?;
        if domain.contains('@') || !local_is_plain(local) || !folded.chars().all(is_plain) {
            return Err(InvalidEmail);
        }
        let domain =
            idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL).map_err(|_| InvalidEmail)?;
        // Lower-casing can leave NFKC (a few capital letters decompose), so it is folded once more.
        let local: String = local.to_lowercase().nfkc().collect();
        let key = format!("{local}@{domain}");
        if !domain_is_plain(&domain) || local.len() > 64 || key.len() > 254 || text.len() > 254 {
            return Err(InvalidEmail);
        }
        Ok(Self { text: text.to_owned(), key: EmailKey(key) })
    }

    /// An address as a store's row holds it, text and canonical form side by side. Nothing is checked.
    pub fn from_stored(text: String, key: String) -> Self {
        Self { text, key: EmailKey(key) }
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The canonical form.
    pub fn key(&self) -> &EmailKey {
        &self.key
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl EmailKey {
    /// A key as a store's row or an index holds it. Nothing is checked.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// The canonical form as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

fn is_plain(c: char) -> bool {
    !c.is_control()
        && !c.is_whitespace()
        && !is_invisible(c)
        && !matches!(c, ',' | ';' | ':' | '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | '\\')
}

/// Zero-width and direction-changing characters: two addresses that look alike would be two accounts.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn local_is_plain(local: &str) -> bool {
    !local.is_empty() && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..")
}

fn domain_is_plain(domain: &str) -> bool {
    domain
        .split('.')
        .all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'))
        && domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        Email::parse(text).ok().map(|email| email.key().as_str().to_owned())
    }

    // S-13
    #[test]
    fn spellings_of_one_mailbox_share_one_key() {
        for text in [
            "ada@example.com",
            "Ada@Example.COM",
            "ADA@EXAMPLE.com",
            "\u{ff41}da@example.com",
            "ada@ex\u{ff41}mple.com",
        ] {
            assert_eq!(key(text).as_deref(), Some("ada@example.com"), "{text}");
        }
    }

    // S-13
    #[test]
    fn what_could_mean_two_addresses_is_none() {
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@@example.com",
            "ada@b@example.com",
            "ada\u{ff20}b@example.com",
            "ada@example.com,eve@example.com",
            "\"ada\"@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada\0@example.com",
            " ada@example.com",
            "ada@example.com ",
            "a da@example.com",
            "ada@exa mple.com",
            "ada@[127.0.0.1]",
            "<ada@example.com>",
            "ada\u{200b}@example.com",
            "ada\u{202e}@example.com",
            "ada@-example.com",
            "ada@example..com",
            "ada@.example.com",
            "ada@example.com.",
            ".ada@example.com",
            "ada.@example.com",
            "a..da@example.com",
            "ada@ex_ample.com",
            "ada@exam%70le.com",
        ] {
            assert_eq!(key(text), None, "{text:?}");
        }
        assert_eq!(key(&format!("{}@example.com", "a".repeat(65))), None);
        assert_eq!(key(&format!("ada@{}.com", "a".repeat(260))), None);
        assert_eq!(key(&"\u{fdfa}".repeat(5_000)), None);
    }

    #[test]
    fn a_canonical_form_is_its_own_canonical_form() {
        for text in
            ["Ada@Example.com", "ÅNGSTRÖM@bücher.example", "\u{212b}@example.com", "ﬁ@example.com", "İ@example.com"]
        {
            let Some(once) = key(text) else { continue };
            assert_eq!(key(&once).as_deref(), Some(once.as_str()), "{text}");
        }
    }
}
