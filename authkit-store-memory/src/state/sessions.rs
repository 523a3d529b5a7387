//! The table of sessions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use authkit_core::{Epoch, Page, PageRequest, Session, SessionFilter, SessionId, Timestamp, UserId};

use crate::keyset::{Order, page, parsed, read_id, walk, write_id};

/// Sessions by id, and each user's.
#[derive(Default)]
pub(crate) struct Sessions {
    rows: BTreeMap<SessionId, Session>,
    by_user: HashMap<UserId, BTreeSet<SessionId>>,
}

impl Sessions {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.rows.get(&id)
    }

    /// The row, to change anything but its id and user.
    pub(crate) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.rows.get_mut(&id)
    }

    /// A user's sessions, the oldest first.
    pub(crate) fn of(&self, user: &UserId) -> impl Iterator<Item = &Session> {
        self.by_user.get(user).into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// Those of a user's sessions that are open and carry an epoch, the oldest first.
    pub(crate) fn open_of(&self, user: &UserId, epoch: Epoch, at: Timestamp) -> impl Iterator<Item = &Session> {
        self.of(user).filter(move |session| session.epoch == epoch && session.is_open(at))
    }

    /// At most `limit` sessions that ended before an instant.
    pub(crate) fn ended_before(&self, before: Timestamp, limit: u32) -> Vec<SessionId> {
        let ended = |row: &&Session| {
            row.idle_at < before || row.absolute_at < before || row.revoked_at.is_some_and(|at| at < before)
        };
        let ids = self.rows.values().filter(ended).map(|session| session.id);
        ids.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
    }

    /// Puts a row in whose id is not there.
    pub(crate) fn insert(&mut self, session: Session) {
        self.by_user.entry(session.user_id).or_default().insert(session.id);
        self.rows.insert(session.id, session);
    }

    pub(crate) fn remove(&mut self, id: SessionId) {
        let Some(session) = self.rows.remove(&id) else { return };
        if let Some(own) = self.by_user.get_mut(&session.user_id) {
            own.remove(&id);
            if own.is_empty() {
                self.by_user.remove(&session.user_id);
            }
        }
    }

    /// Removes all sessions of a user.
    pub(crate) fn remove_of(&mut self, user: &UserId) {
        for id in self.by_user.remove(user).into_iter().flatten() {
            self.rows.remove(&id);
        }
    }

    /// How many fit, and at most `cap`.
    pub(crate) fn count(&self, filter: &SessionFilter, cap: u32) -> u64 {
        let fitting: Box<dyn Iterator<Item = &Session>> = match &filter.user_id {
            Some(user) => Box::new(self.of(user)),
            None => Box::new(self.rows.values()),
        };
        fitting.filter(|row| filter.fits(row)).take(usize::try_from(cap).unwrap_or(usize::MAX)).count() as u64
    }

    pub(crate) fn list(&self, filter: &SessionFilter, request: &PageRequest) -> Page<Session> {
        let (from, request) = parsed(request, read_id);
        let position = |session: &Session| write_id(session.id);
        let rows: Box<dyn Iterator<Item = &Session>> = match &filter.user_id {
            None => {
                let way = walk(Order::Falling, from.as_ref(), request.direction, |bounds| {
                    self.rows.range::<SessionId, _>(bounds)
                });
                Box::new(way.map(|(_, row)| row))
            }
            Some(user) => {
                let Some(own) = self.by_user.get(user) else { return request.page_of(Vec::new(), position) };
                let way =
                    walk(Order::Falling, from.as_ref(), request.direction, |bounds| own.range::<SessionId, _>(bounds));
                Box::new(way.filter_map(|id| self.rows.get(id)))
            }
        };
        page(&request, rows.filter(|row| filter.fits(row)), position)
    }
}
