//! What both databases have in common: how much is read at a time, and what is said when that fails.

use crate::codes::CliCode;
use crate::failure::{Failure, chain};

/// Rows of one read.
pub(super) const ROWS: usize = 500;

/// The database could not be read.
pub(super) fn unread(error: &dyn std::error::Error) -> Failure {
    Failure::new(CliCode::DatabaseRefused, format!("--from: {}", chain(error)))
}
