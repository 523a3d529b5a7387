//! The default hasher: Argon2id, and the verification of every other Argon2 hash.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::legacy;
use super::phc::{Cost, Stored};
use crate::model::secret::{Password, PasswordHash};
use crate::ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};

/// Hashes with Argon2id (RFC 9106, version 19, 32 bytes of tag), verifies Argon2 and, from elsewhere, bcrypt.
///
/// What is verified: Argon2id, Argon2i and Argon2d of both versions in PHC form, up to 256 MiB, 64 passes, 16 lanes and
/// 1 GiB of memory × passes (27 times the default's work); bcrypt as `$2a$`, `$2b$` and `$2y$` up to a cost of 14.
/// Whatever differs in scheme or parameters from what is configured is reported as outdated, be it weaker or stronger,
/// so that all accounts come to cost the same.
///
/// bcrypt looks at the first 72 bytes of a password only: of a longer one any tail is accepted until the rehash, which
/// then binds every byte as it was typed at that sign-in.
///
/// A stored hash that needs more memory than is configured gets it for that one call, and it is given back.
///
/// # Examples
/// ```
/// use authkit_core::password::argon2id::Argon2id;
///
/// let stronger_than_the_default = Argon2id::new(65_536, 3, 4)?;
/// let refused = Argon2id::new(4_096, 1, 1).unwrap_err();
/// assert!(refused.to_string().contains("m=19456,t=2,p=1"));
/// # Ok::<(), authkit_core::password::argon2id::ParametersRefused>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2id {
    cost: Cost,
}

/// The parameters are weaker than all of OWASP's, or above what a stored hash is allowed to ask for. The text names the
/// parameters and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Argon2id with {cost} is refused: {allowed}")]
pub struct ParametersRefused {
    cost: Cost,
    allowed: String,
}

const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 32;

/// OWASP's list (Password Storage Cheat Sheet): any one row is enough, and the first is the default.
const OWASP: [Cost; 5] = [
    Cost { memory_kib: 19_456, passes: 2, lanes: 1 },
    Cost { memory_kib: 47_104, passes: 1, lanes: 1 },
    Cost { memory_kib: 12_288, passes: 3, lanes: 1 },
    Cost { memory_kib: 9_216, passes: 4, lanes: 1 },
    Cost { memory_kib: 7_168, passes: 5, lanes: 1 },
];

impl Argon2id {
    /// Hashes with `memory_kib` KiB of memory, `passes` passes over it and `lanes` lanes.
    ///
    /// The lanes of one hash run one after the other, since the hash pool already keeps every core busy.
    ///
    /// # Errors
    /// [`ParametersRefused`], which names the parameters and what is allowed.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ParametersRefused> {
        let cost = Cost { memory_kib, passes, lanes };
        if !OWASP.iter().any(|row| cost.memory_kib >= row.memory_kib && cost.passes >= row.passes) {
            let rows = OWASP.map(|row| row.to_string()).join(" or ");
            return Err(ParametersRefused { cost, allowed: format!("it needs at least {rows} (m in KiB)") });
        }
        if cost.check().is_err() {
            let allowed = format!(
                "it needs 1 lane or more of 8 KiB each, and at most {} with m*t up to {} (m in KiB)",
                Cost::CEILING,
                Cost::CEILING_WORK
            );
            return Err(ParametersRefused { cost, allowed });
        }
        Ok(Self { cost })
    }

    /// The hasher whose parameters a stored hash has; `None`: it is no Argon2id hash of the version that is made.
    pub fn of(stored: &PasswordHash) -> Option<Self> {
        let stored = Stored::parse(stored.expose()).ok()?;
        let is_ours = stored.algorithm == Algorithm::Argon2id && stored.version == Version::V0x13;
        is_ours.then_some(Self { cost: stored.cost })
    }

    /// KiB of memory, passes over it, lanes: as [`Argon2id::new`] takes them.
    ///
    /// ```
    /// # use authkit_core::password::argon2id::Argon2id;
    /// assert_eq!(Argon2id::default().parameters(), (19_456, 2, 1));
    /// ```
    pub const fn parameters(self) -> (u32, u32, u32) {
        (self.cost.memory_kib, self.cost.passes, self.cost.lanes)
    }

    /// Parameters of any weakness, for tests that need many hashes.
    #[cfg(test)]
    pub(crate) const fn weak(memory_kib: u32, passes: u32, lanes: u32) -> Self {
        Self { cost: Cost { memory_kib, passes, lanes } }
    }

    fn verify_argon2(self, memory: &mut HashMemory, password: &Password, stored: &str) -> Result<Verified, HashError> {
        let stored = Stored::parse(stored)?;
        let argon2 = argon2(stored.algorithm, stored.version, stored.cost, stored.tag.len())?;

        let mut computed = Zeroizing::new([0; Stored::MAX_TAG_BYTES]);
        let computed = computed.get_mut(..stored.tag.len()).ok_or(HashError::Malformed)?;
        // More than is configured is not kept: the pool's memory stays threads × the configured size.
        let mut once = HashMemory::new();
        let larger = stored.cost.memory_kib > self.cost.memory_kib;
        run(&argon2, if larger { &mut once } else { memory }, password, &stored.salt, computed)?;

        if !bool::from(computed.ct_eq(stored.tag.as_bytes())) {
            return Ok(Verified::No);
        }
        let current = stored.algorithm == Algorithm::Argon2id
            && stored.version == Version::V0x13
            && stored.cost == self.cost
            && stored.salt.len() == SALT_BYTES
            && stored.tag.len() == TAG_BYTES;
        Ok(Verified::Yes { outdated: !current })
    }
}

/// The parameters as a stored hash has them: `m=19456,t=2,p=1`.
impl fmt::Display for Argon2id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cost.fmt(f)
    }
}

/// 19 456 KiB, 2 passes, 1 lane.
impl Default for Argon2id {
    fn default() -> Self {
        let [cost, ..] = OWASP;
        Self { cost }
    }
}

impl PasswordHasher for Argon2id {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        let argon2 = argon2(Algorithm::Argon2id, Version::V0x13, self.cost, TAG_BYTES)?;
        let mut tag = Zeroizing::new([0; TAG_BYTES]);
        run(&argon2, memory, password, salt, tag.as_mut_slice())?;
        let (salt, tag) = (BASE64_NOPAD.encode(salt), Zeroizing::new(BASE64_NOPAD.encode(tag.as_slice())));
        Ok(PasswordHash::new(format!("$argon2id$v=19${}${salt}${}", self.cost, *tag)))
    }

    fn verify(
        &self,
        memory: &mut HashMemory,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashError> {
        if stored.expose().starts_with("$argon2") {
            self.verify_argon2(memory, password, stored.expose())
        } else {
            legacy::verify(password, stored)
        }
    }
}

fn argon2(algorithm: Algorithm, version: Version, cost: Cost, tag_bytes: usize) -> Result<Argon2<'static>, HashError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(tag_bytes));
    Ok(Argon2::new(algorithm, version, params.map_err(|_| HashError::Malformed)?))
}

fn run(
    argon2: &Argon2<'_>,
    memory: &mut HashMemory,
    password: &Password,
    salt: &[u8],
    tag: &mut [u8],
) -> Result<(), HashError> {
    let blocks = memory.blocks(argon2.params().block_count())?;
    argon2
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, tag, blocks)
        .map_err(|_| HashError::Failed("Argon2 refused its input"))
}

#[cfg(test)]
mod tests;
