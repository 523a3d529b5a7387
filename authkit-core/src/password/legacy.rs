//! Hashes that another system left behind: verified, and replaced by Argon2id at the next sign-in, never produced.
//!
//! bcrypt as `$2a$`, `$2b$` and `$2y$` with a cost of 4 to 14. `$2x$`, the variant with the sign-extension bug, and
//! every other scheme are [`HashError::Unsupported`]. (Argon2i and Argon2d are verified by
//! [`Argon2id`](super::argon2id::Argon2id) itself.)
//!
//! NUL is a byte like any other, as in the `bcrypt` package for Python, whereas C implementations stop there.

use crate::model::secret::{Password, PasswordHash};
use crate::ports::password_hasher::{HashError, Verified};

/// About a second a hash, and four times the cost of 12 that most systems use.
const MAX_BCRYPT_COST: u8 = 14;
const MIN_BCRYPT_COST: u8 = 4;

/// Verifies a hash that is not Argon2.
pub(super) fn verify(password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
    let stored = stored.expose();
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| stored.strip_prefix(prefix));
    let cost = match rest.map(str::as_bytes) {
        None => return Err(HashError::Unsupported),
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'$', ..]) => (tens - b'0') * 10 + (ones - b'0'),
        Some(_) => return Err(HashError::Malformed),
    };
    if cost > MAX_BCRYPT_COST {
        return Err(HashError::OutOfBounds);
    }
    if cost < MIN_BCRYPT_COST {
        return Err(HashError::Malformed);
    }
    match bcrypt::verify(password.expose().as_bytes(), stored) {
        Ok(true) => Ok(Verified::Yes { outdated: true }),
        Ok(false) => Ok(Verified::No),
        Err(_) => Err(HashError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by the `bcrypt` package 5.0.0 for Python, of "correct horse battery staple".
    const HASHES: [&str; 3] = [
        "$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
        "$2a$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
        "$2y$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
    ];

    fn verify(password: &str, stored: &str) -> Result<Verified, HashError> {
        super::verify(&Password::from(password), &PasswordHash::from(stored))
    }

    #[test]
    fn bcrypt_hashes_from_python_are_verified_and_outdated() {
        for stored in HASHES {
            assert_eq!(verify("correct horse battery staple", stored), Ok(Verified::Yes { outdated: true }));
            assert_eq!(verify("correct horse battery stapler", stored), Ok(Verified::No));
            assert_eq!(verify("", stored), Ok(Verified::No));
        }
    }

    // S-8
    #[test]
    fn a_bcrypt_hash_that_would_take_too_long_is_refused_unrun() {
        for cost in ["15", "20", "31", "99"] {
            let stored = HASHES[0].replace("$05$", &format!("${cost}$"));
            assert_eq!(verify("correct horse battery staple", &stored), Err(HashError::OutOfBounds), "{cost}");
        }
        for cost in ["00", "03", "+5", "5$", "", "005"] {
            let stored = HASHES[0].replace("$05$", &format!("${cost}$"));
            assert_eq!(verify("correct horse battery staple", &stored), Err(HashError::Malformed), "{cost}");
        }
    }

    // S-8
    #[test]
    fn other_schemes_and_the_broken_bcrypt_are_refused() {
        let broken = HASHES[0].replace("$2b$", "$2x$");
        let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
        for stored in [&*broken, "$1$salt$hash", "$6$salt$hash", "$pbkdf2-sha256$i=1$c2FsdHNhbHQ$aGFzaA", md5, "x", ""]
        {
            assert_eq!(verify("password", stored), Err(HashError::Unsupported), "{stored}");
        }
    }

    #[test]
    fn bcrypt_ignores_what_follows_72_bytes() {
        let stored = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
        let yes = Ok(Verified::Yes { outdated: true });
        assert_eq!(verify(&"x".repeat(72), stored), yes);
        assert_eq!(verify(&("x".repeat(72) + "tail"), stored), yes);
        assert_eq!(verify(&"x".repeat(71), stored), Ok(Verified::No));
    }

    #[test]
    fn bcrypt_does_not_stop_at_a_nul() {
        let without = "$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2";
        let with = "$2b$04$abcdefghijklmnopqrstuuU8Rgm0REdvZ0WHY/1al21xqZXmq41/C";
        let yes = Ok(Verified::Yes { outdated: true });
        assert_eq!((verify("abc", without), verify("abc\0def", without)), (yes.clone(), Ok(Verified::No)));
        assert_eq!((verify("abc\0def", with), verify("abc", with)), (yes, Ok(Verified::No)));
    }
}
