//! The port to randomness, and the one place that asks the system for it.

/// Fills buffers with bytes that nobody can predict.
pub trait SecureRandom: Send + Sync + 'static {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// [`RandomError`]: the source failed; the buffer must not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's source of randomness failed")]
pub struct RandomError;

/// The operating system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SecureRandom for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}
