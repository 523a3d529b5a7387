//! The port for password hashing: arithmetic only, run on the threads of [`HashPool`](crate::password::pool::HashPool).

use argon2::Block;

use crate::model::secret::{Password, PasswordHash};

/// Turns a password into what is stored, and says whether a password fits what is stored.
///
/// The default is [`Argon2id`](crate::password::argon2id::Argon2id). Both methods take tens of milliseconds on purpose
/// and are therefore synchronous: they are only ever called on the hash pool's own threads, never on an executor.
///
/// # What an implementation must keep
/// - It is a pure function of its arguments. It reads no clock and draws no randomness: the salt comes in, drawn by
///   [`SecureRandom`](crate::ports), so that the same call gives the same answer.
/// - The bytes of the password are used exactly as they come: nothing is trimmed, folded or cut. A scheme from elsewhere
///   that cuts (bcrypt) may be verified, never produced.
/// - A stored hash is input from outside. Its parameters are bounded **before** they are run, and nothing in it makes
///   the call panic.
/// - No error, log line or `Debug` output shows a password or a hash.
pub trait PasswordHasher: Send + Sync + 'static {
    /// Hashes a password that shall be stored, with the scheme and the parameters configured now.
    ///
    /// # Errors
    /// [`HashError::Failed`]: the arithmetic could not be done.
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError>;

    /// Says whether `password` is the one that `stored` was made from.
    ///
    /// An error is a refusal: a caller that signs somebody in treats it as a wrong password, and logs it.
    ///
    /// # Timing
    /// A right and a wrong password take the same work; the comparison of the results does not stop at the first
    /// difference. What the work is depends on the parameters in `stored`.
    ///
    /// # Errors
    /// [`HashError::Unsupported`], [`HashError::OutOfBounds`] and [`HashError::Malformed`] before any work is done,
    /// [`HashError::Failed`] where the arithmetic could not be done.
    fn verify(
        &self,
        memory: &mut HashMemory,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashError>;

    /// Whether its hashes are worth nothing against whoever has them. Such a hasher is refused in production.
    fn is_for_tests(&self) -> bool {
        false
    }
}

/// What [`PasswordHasher::verify`] found.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The password is the right one.
    Yes {
        /// The stored hash has another scheme or other parameters than are configured now: hash the password anew and
        /// replace the hash, by compare-and-swap on the old one.
        outdated: bool,
    },
    /// The password is another one.
    No,
}

/// The buffer that a thread of the hash pool keeps from one hash to the next, since fresh memory for each would cost a
/// third of the speed and leave a copy in every arena of the allocator.
///
/// It is empty until the first hash. A hasher that needs none ignores it.
#[derive(Default)]
pub struct HashMemory {
    blocks: Vec<Block>,
}

impl HashMemory {
    /// An empty buffer.
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }

    /// How much is held at present, in KiB.
    pub fn kib(&self) -> usize {
        self.blocks.len() * Block::SIZE / 1024
    }

    /// `count` blocks of 1 KiB with unspecified content. The buffer grows to that and never shrinks.
    pub(crate) fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashError> {
        let missing = count.saturating_sub(self.blocks.len());
        self.blocks.try_reserve_exact(missing).map_err(|_| HashError::Failed("out of memory"))?;
        self.blocks.extend((0..missing).map(|_| Block::default()));
        self.blocks.get_mut(..count).ok_or(HashError::Failed("out of memory"))
    }
}

impl std::fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashMemory").field("kib", &self.kib()).finish_non_exhaustive()
    }
}

/// Why a password could not be hashed or verified. The text never holds any part of the hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// The stored hash has a scheme, a variant or a version that this hasher does not know or refuses on purpose.
    #[error("the stored password hash has a scheme that is not supported")]
    Unsupported,
    /// The stored hash asks for more memory or time than this hasher is willing to spend.
    #[error("the stored password hash asks for more memory or time than is allowed")]
    OutOfBounds,
    /// The stored hash names a known scheme and does not have its form.
    #[error("the stored password hash is malformed")]
    Malformed,
    /// The arithmetic could not be done; the text says why.
    #[error("the password could not be hashed: {0}")]
    Failed(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffer_is_empty_until_used_and_then_keeps_its_size() {
        let mut memory = HashMemory::new();
        assert_eq!(memory.kib(), 0);
        assert_eq!(memory.blocks(16).map(|blocks| blocks.len()), Ok(16));
        assert_eq!(memory.blocks(8).map(|blocks| blocks.len()), Ok(8));
        assert_eq!(memory.kib(), 16);
        assert_eq!(format!("{memory:?}"), "HashMemory { kib: 16, .. }");
    }

    #[test]
    fn a_buffer_that_cannot_be_had_is_an_error() {
        assert_eq!(
            HashMemory::new().blocks(usize::MAX / 2048).map(|blocks| blocks.len()),
            Err(HashError::Failed("out of memory"))
        );
    }
}
