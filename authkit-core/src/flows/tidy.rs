//! Housekeeping, one bounded step at a time, called by whoever runs the process.

use std::time::Duration;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::operator::Operator;

/// Sessions stay visible for an hour after their end.
const SESSIONS_KEPT: Duration = Duration::from_secs(60 * 60);
/// Deleted users can be restored for a week.
const DELETED_USERS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// A counter that nothing changed for a day is forgotten.
const ATTEMPTS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// An event may become durable a little after its instant.
const LATE_EVENTS: Duration = Duration::from_secs(5 * 60);

/// How much one step of [`AuthKit::tidy`] may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Rows of each kind, 1 to 1000.
    pub rows: u32,
    /// Hours of statistics.
    pub hours: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rows: 1_000, hours: 24 }
    }
}

/// What one step of [`AuthKit::tidy`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Sessions removed that were over for an hour.
    pub sessions: u64,
    /// Users removed that were deleted a week ago.
    pub users: u64,
    /// Throttle counters forgotten.
    pub attempts: u64,
    /// Events removed that were past the retention.
    pub events: u64,
    /// Hours of statistics counted.
    pub hours: u64,
    /// More is due: call again soon.
    pub more: bool,
}

impl AuthKit {
    /// Does one bounded step of housekeeping: dead sessions, deleted users, old counters, retention, statistics. Two at
    /// once are safe. A part that fails does not keep the others from their turn.
    ///
    /// # Errors
    /// The operator's: the first part that failed.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, Budget};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// while kit.tidy(Budget::default()).await?.more {}
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn tidy(&self, budget: Budget) -> Result<Tidied, AuthError> {
        let client = ClientInfo::none();
        observed(debug_span!("authkit.tidy"), self.tidy_as(Actor::System, budget, &client)).await
    }

    /// The same, asked for by an operator out of its turn: the removal of old events is recorded as that operator's. Only who
    /// may do everything asks for it; [`AuthKit::record_upkeep`] records the whole of it.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and as [`AuthKit::tidy`].
    pub async fn tidy_for(
        &self,
        operator: &Operator,
        budget: Budget,
        client: &ClientInfo,
    ) -> Result<Tidied, AuthError> {
        observed(info_span!("authkit.tidy_for"), self.tidy_for_observed(operator, budget, client)).await
    }

    async fn tidy_for_observed(
        &self,
        operator: &Operator,
        budget: Budget,
        client: &ClientInfo,
    ) -> Result<Tidied, AuthError> {
        if !operator.is_admin() {
            return Err(AuthError::Forbidden);
        }
        self.tidy_as(operator.actor().clone(), budget, client).await
    }

    async fn tidy_as(&self, actor: Actor, budget: Budget, client: &ClientInfo) -> Result<Tidied, AuthError> {
        let at = self.now();
        let rows = budget.rows.clamp(1, 1_000);
        let sessions = self.0.sessions.purge_sessions(at - SESSIONS_KEPT, rows).await;
        let users = self.0.users.purge_deleted_users(at - DELETED_USERS_KEPT, rows).await;
        let attempts = self.0.attempts.purge_attempts(at - ATTEMPTS_KEPT, rows).await;
        let (mut events, mut hours) = (Ok(0), Ok(0));
        if let Some(log) = &self.0.audit_log {
            let event = self.event(EventCode::AUDIT_PURGED, at, client)?.by(actor);
            // Counted before it is removed.
            hours = log.roll_up_stats(at - LATE_EVENTS, budget.hours.max(1)).await;
            events = log.purge_events(at - self.0.settings.audit_retention, rows, self.cause(event)).await;
        }
        let mut done = Tidied {
            sessions: sessions?,
            users: users?,
            attempts: attempts?,
            events: events?,
            hours: hours?,
            more: false,
        };
        let full = [done.sessions, done.users, done.attempts, done.events].iter().any(|n| *n >= u64::from(rows));
        done.more = full || done.hours >= u64::from(budget.hours.max(1));
        self.0.tidied.set(at);
        let Tidied { sessions, users, attempts, events, hours, .. } = done;
        if [sessions, users, attempts, events, hours] != [0; 5] {
            tracing::info!(name: "authkit.tidied", target: "authkit", sessions, users, attempts, events, hours, "tidied");
        }
        Ok(done)
    }
}
