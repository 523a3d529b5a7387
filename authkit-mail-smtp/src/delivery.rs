//! One attempt to deliver a mail, and how it ends.

use std::future::Future;

use authkit_core::Mail;

/// Why a mail was not delivered, and whether trying again may help.
///
/// The text is for operators: it stands in logs and in the audit trail, so put no text of the mail into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct DeliveryError {
    reason: String,
    again: bool,
}

impl DeliveryError {
    /// It may work later: the other side is busy, cannot be reached, or was cut off.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: true }
    }

    /// It will not work later either: the other side does not take this mail.
    pub fn give_up(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: false }
    }

    /// Why, for operators.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether trying again may help.
    pub const fn is_worth_a_retry(&self) -> bool {
        self.again
    }
}

/// What a queue delivers with.
pub(crate) trait Deliver: Send + Sync + 'static {
    /// Tries once. May be dropped at any point, where the process has no time left.
    fn deliver(&self, mail: &Mail) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}
