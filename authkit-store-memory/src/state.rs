//! What the store holds: the tables, each with the indexes that its lists and look-ups need.

pub(crate) mod event_counts;
pub(crate) mod events;
pub(crate) mod sessions;
pub(crate) mod users;

use authkit_core::UserId;

use crate::state::events::Events;
use crate::state::sessions::Sessions;
use crate::state::users::Users;

/// All tables: who holds it holds the whole store still.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Users,
    pub(crate) sessions: Sessions,
    pub(crate) events: Events,
    /// Sessions are not checked against `users`.
    pub(crate) users_elsewhere: bool,
}

impl State {
    /// Whether a session may be opened for this user: not if the row is gone. Deleted users have a row until the purge, and
    /// an epoch that no session carries.
    pub(crate) fn may_have_sessions(&self, user: &UserId) -> bool {
        self.users_elsewhere || self.users.get(user).is_some()
    }

    /// Removes a user's row and sessions.
    pub(crate) fn purge_user(&mut self, id: &UserId) {
        self.users.remove(id);
        self.sessions.remove_of(id);
    }
}
