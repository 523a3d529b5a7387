//! Which texts are no keys.

use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use crate::model::secret::SecretKey;
use crate::token::error::KeyError;

const MIN_BYTES: usize = 32;
const MIN_DISTINCT: usize = 16;

/// What people write where a key should stand, in lower case without separators. Each is long enough not to turn up in a
/// random key.
const PLACEHOLDERS: [&str; 14] = [
    "changeme",
    "changethis",
    "changeinproduction",
    "placeholder",
    "replaceme",
    "replacethis",
    "insecure",
    "secret",
    "example",
    "yourkey",
    "password",
    "passw0rd",
    "qwertyuiop",
    "0123456789abcdef",
];

/// Refuses what nobody drew at random: RFC 8725 §3.5, OWASP JWT cheat sheet.
pub(crate) fn check(secret: &SecretKey) -> Result<(), KeyError> {
    let bytes = secret.expose().as_bytes();
    if bytes.len() < MIN_BYTES {
        return Err(KeyError::TooShort);
    }
    if is_placeholder(bytes) {
        return Err(KeyError::Placeholder);
    }
    let different = distinct(bytes).max(spelled(bytes).map_or(0, |bytes| distinct(&bytes)));
    if different < MIN_DISTINCT { Err(KeyError::TooFewDistinctBytes) } else { Ok(()) }
}

fn distinct(bytes: &[u8]) -> usize {
    (0..=u8::MAX).filter(|byte| bytes.contains(byte)).count()
}

/// What a text of hexadecimal digits spells. Every fourth text of 64 random ones lacks one of the 16 digits, and the 32
/// bytes that it spells are no worse for that.
fn spelled(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    HEXLOWER_PERMISSIVE.decode(bytes).ok().map(Zeroizing::new)
}

fn is_placeholder(bytes: &[u8]) -> bool {
    let mut folded = Zeroizing::new(Vec::with_capacity(bytes.len()));
    folded.extend(bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase));
    PLACEHOLDERS.iter().any(|word| folded.windows(word.len()).any(|part| part == word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(secret: &str) -> Result<(), KeyError> {
        check(&SecretKey::from(secret))
    }

    // S-24
    #[test]
    fn a_short_key_is_no_key() {
        assert_eq!(judge(""), Err(KeyError::TooShort));
        assert_eq!(judge("q8Zr4mT1vKx7Lw2Np9Hs6Yd3Bf5Jc0G"), Err(KeyError::TooShort));
        assert_eq!(judge("q8Zr4mT1vKx7Lw2Np9Hs6Yd3Bf5Jc0Gt"), Ok(()));
    }

    // S-94
    #[test]
    fn a_key_of_few_different_bytes_is_not_random() {
        assert_eq!(judge(&"a".repeat(64)), Err(KeyError::TooFewDistinctBytes));
        assert_eq!(judge(&"qwertzuiopasdfg".repeat(3)), Err(KeyError::TooFewDistinctBytes));
        assert_eq!(judge(&"qwertzuiopasdfgh".repeat(2)), Ok(()));
    }

    // S-94
    #[test]
    fn a_hexadecimal_key_counts_as_the_bytes_that_it_spells() {
        let fifteen_digits = "10213243546576879a8bacbdcedce12031425364758697a8b9cadbecd1e23456";
        assert_eq!(distinct(fifteen_digits.as_bytes()), 15);
        assert_eq!(judge(fifteen_digits), Ok(()));
        assert_eq!(judge(&"ab".repeat(32)), Err(KeyError::TooFewDistinctBytes));
    }

    // S-94
    #[test]
    fn a_placeholder_is_no_key_however_it_is_spelled() {
        for secret in [
            "CHANGE-ME-change-me-in-production-1234567890",
            "your-secret-key-here-make-it-long-enough-xyz",
            "Super_Secret_abcdefghijklmnopqrstuvw",
            "please change this before you go live, 1",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(judge(secret), Err(KeyError::Placeholder), "{secret}");
        }
    }
}
