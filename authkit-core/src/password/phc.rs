//! Reads a stored Argon2 hash in PHC form (`$argon2id$v=19$m=19456,t=2,p=1$salt$tag`) and bounds what it asks for.

use argon2::password_hash::phc;
use argon2::{Algorithm, Version};

use crate::ports::password_hasher::HashError;

/// What an Argon2 hash costs; shown as in a PHC string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Cost {
    /// The most that is run for one hash. It admits RFC 9106's second choice (64 MiB, 3, 4) and libsodium's "moderate"
    /// (256 MiB, 3), and is about the work of bcrypt at its own ceiling.
    pub(super) const CEILING: Self = Self { memory_kib: 256 * 1024, passes: 64, lanes: 16 };
    /// The most of memory (KiB) × passes, which is what the time is proportional to.
    pub(super) const CEILING_WORK: u64 = 1024 * 1024;

    /// Refuses what would take too long, too much memory, or is no Argon2 cost at all.
    pub(super) fn check(self) -> Result<(), HashError> {
        let work = u64::from(self.memory_kib) * u64::from(self.passes);
        if self.memory_kib > Self::CEILING.memory_kib
            || self.passes > Self::CEILING.passes
            || self.lanes > Self::CEILING.lanes
            || work > Self::CEILING_WORK
        {
            return Err(HashError::OutOfBounds);
        }
        if self.passes == 0 || self.lanes == 0 || self.memory_kib < 8 * self.lanes {
            return Err(HashError::Malformed);
        }
        Ok(())
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }
}

/// A stored Argon2 hash whose cost is within bounds.
pub(super) struct Stored {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) cost: Cost,
    pub(super) salt: phc::Salt,
    pub(super) tag: phc::Output,
}

impl Stored {
    /// A shorter tag would be a password that is easy to hit.
    const MIN_TAG_BYTES: usize = 16;
    pub(super) const MAX_TAG_BYTES: usize = phc::Output::MAX_LENGTH;

    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        let parsed = phc::PasswordHash::new(text).map_err(|_| HashError::Malformed)?;
        let algorithm = match parsed.algorithm.as_str() {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return Err(HashError::Unsupported),
        };
        let version = match parsed.version {
            Some(19) => Version::V0x13,
            Some(16) | None => Version::V0x10,
            Some(_) => return Err(HashError::Unsupported),
        };
        // Exactly these three: `keyid` and `data` are in no standard and would change what is computed.
        let parameter = |name| parsed.params.get_decimal(name).ok_or(HashError::Malformed);
        let cost = Cost { memory_kib: parameter("m")?, passes: parameter("t")?, lanes: parameter("p")? };
        if parsed.params.iter().count() != 3 {
            return Err(HashError::Malformed);
        }
        cost.check()?;
        let salt = parsed.salt.ok_or(HashError::Malformed)?;
        let tag = parsed.hash.ok_or(HashError::Malformed)?;
        if tag.len() < Self::MIN_TAG_BYTES {
            return Err(HashError::Malformed);
        }
        Ok(Self { algorithm, version, cost, salt, tag })
    }
}
