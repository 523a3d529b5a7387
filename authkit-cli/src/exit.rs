//! What the process ends with.

use std::process::ExitCode;

/// The exit codes. They are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or there was nothing to do.
    Ok = 0,
    /// It was tried and did not work.
    Failed = 1,
    /// The words on the command line do not fit.
    Usage = 2,
    /// A safety rule is in the way; nothing was changed.
    Refused = 3,
    /// There is no such thing.
    NotFound = 4,
    /// `doctor` found errors.
    Unhealthy = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
