//! The port behind every throttle.

use async_trait::async_trait;

use crate::model::attempts::{Attempt, Take};
use crate::model::ids::AttemptKey;
use crate::model::timestamp::Timestamp;
use crate::ports::store_error::StoreError;

/// Counts attempts and decides, in one step, before the work is done.
///
/// # Contract
/// - C-1 `take` counts all of its attempts or none, atomically: of racing calls no more are allowed than the limits say.
///   [`crate::take_all`] is the reference.
/// - C-2 A refusal neither counts nor lengthens a delay.
/// - C-3 The number of counters is bounded or swept, so that made-up keys cannot grow memory for ever.
/// - C-4 A dropped future has done all of its step or nothing.
/// - C-5 `blocked_each` answers for every attempt by itself, in the order given, also where nothing was counted yet, and
///   counts nothing.
///
/// # Errors
/// [`StoreError`] from any method: the outcome is not known, and the caller makes no attempt.
#[async_trait]
pub trait AttemptCounter: Send + Sync + 'static {
    /// Counts attempts, all or none. At most 8 of them, their keys distinct.
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError>;

    /// Takes back attempts that were counted and then not made ([`crate::AttemptRow::give_back`]).
    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError>;

    /// Forgets what was counted: after a success, a reset, or by an administrator.
    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError>;

    /// Until when each of the attempts (at most 200) would be refused, in their order; `None`: allowed now. (C-5)
    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError>;

    /// Removes at most `limit` counters that nothing changed since `before`. Answers how many.
    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
