//! The port that events without a change behind them go to.

use async_trait::async_trait;

use crate::model::event::Event;
use crate::ports::store_error::StoreError;

/// Where events go that have no change behind them: a failed sign-in, a refusal, the application's own.
///
/// Events of a change travel in its [`crate::Cause`] and are written by the store that makes the change.
///
/// # Contract
/// - A-1 When `record` answers `Ok`, the event is durable; or, in a sink that queues, the queue is bounded and what it
///   drops is counted and shown.
/// - A-2 What is recorded is never changed, and removed only by retention.
/// - A-3 The event is kept as given, every field.
///
/// # Errors
/// [`StoreError`]: the event may be lost; the caller fails closed or logs, as the flow says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an audit sink",
    label = "does not implement `AuditSink`",
    note = "implement `authkit_core::AuditSink`, pick a backend such as `authkit-store-sqlite`, or say `.audit(NoAudit)` to keep no trail"
)]
#[async_trait]
pub trait AuditSink: Send + Sync + 'static {
    /// Appends one event.
    async fn record(&self, event: Event) -> Result<(), StoreError>;
}

/// Keeps no audit trail: a deliberate choice, visible where the kit is built.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAudit;

#[async_trait]
impl AuditSink for NoAudit {
    async fn record(&self, _event: Event) -> Result<(), StoreError> {
        Ok(())
    }
}
