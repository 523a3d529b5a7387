//! Which sessions a list holds.

use crate::model::ids::Epoch;
use crate::model::session::{RevokeReason, Session};
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// Which sessions a list holds, newest first (by id). Everything that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFilter {
    /// Only this user's.
    pub user_id: Option<UserId>,
    /// Only those opened under this epoch.
    pub epoch: Option<Epoch>,
    /// Only those that the row alone puts into this state.
    pub state: Option<RowState>,
    /// Only those revoked for any of these reasons; empty: whether revoked or not.
    pub reasons: Vec<RevokeReason>,
    /// Only those opened from this address (canonical text).
    pub ip: Option<String>,
    /// Only those created at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Only those created before this instant.
    pub created_to: Option<Timestamp>,
    /// The instant that `state` is judged at.
    pub at: Timestamp,
}

impl SessionFilter {
    /// All sessions, seen at an instant.
    pub const fn all(at: Timestamp) -> Self {
        Self {
            user_id: None,
            epoch: None,
            state: None,
            reasons: Vec::new(),
            ip: None,
            created_from: None,
            created_to: None,
            at,
        }
    }

    /// Whether a row fits: the reference for every store.
    pub fn fits(&self, row: &Session) -> bool {
        let state = self.state.is_none_or(|state| match state {
            RowState::Open => row.is_open(self.at),
            RowState::Expired => row.revoked_at.is_none() && row.is_over(self.at),
            RowState::Revoked => row.revoked_at.is_some(),
        });
        state
            && self.user_id.is_none_or(|id| id == row.user_id)
            && self.epoch.is_none_or(|epoch| epoch == row.epoch)
            && (self.reasons.is_empty() || row.revoked_reason.is_some_and(|reason| self.reasons.contains(&reason)))
            && self.created_from.is_none_or(|from| row.created_at >= from)
            && self.created_to.is_none_or(|to| row.created_at < to)
            && self.ip.as_ref().is_none_or(|ip| row.client.ip.is_some_and(|of| of.to_string() == *ip))
    }
}

/// What the row alone says of a session; users may live in another database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowState {
    /// Neither revoked nor over.
    Open,
    /// Over and not revoked.
    Expired,
    /// Revoked.
    Revoked,
}
