//! The table of users.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use authkit_core::{EmailKey, Page, PageRequest, Position, Role, Timestamp, User, UserFilter, UserId, UserSort};

use crate::keyset::{Order, page, parsed, walk};

/// Users by id, and by everything that they are listed, looked up or counted by.
#[derive(Default)]
pub(crate) struct Users {
    rows: HashMap<UserId, User>,
    by_email: BTreeMap<EmailKey, UserId>,
    by_creation: BTreeSet<Dated>,
    by_sign_in: BTreeSet<Dated>,
    by_deletion: BTreeSet<Dated>,
    /// How many active, undeleted users have a role.
    active: HashMap<Role, usize>,
}

/// An instant of a user's, ties broken by the user's id.
type Dated = (Timestamp, IdText);

/// An id in the order of its text. Ids have no order of their own; this table's is that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct IdText(UserId);

impl Ord for IdText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

impl PartialOrd for IdText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Users {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, id: &UserId) -> Option<&User> {
        self.rows.get(id)
    }

    pub(crate) fn with_email(&self, key: &EmailKey) -> Option<&User> {
        self.rows.get(self.by_email.get(key)?)
    }

    /// How many active, undeleted users have the role.
    pub(crate) fn count_active(&self, role: &Role) -> usize {
        self.active.get(role).copied().unwrap_or_default()
    }

    /// At most `limit` users that were deleted before an instant, the longest ago first.
    pub(crate) fn deleted_before(&self, before: Timestamp, limit: u32) -> Vec<UserId> {
        let ids = self.by_deletion.iter().take_while(|(at, _)| *at < before).map(|(_, id)| id.0);
        ids.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
    }

    /// Puts a row in, in place of the one with its id.
    pub(crate) fn put(&mut self, user: User) {
        self.remove(&user.id);
        let id = IdText(user.id);
        self.by_email.insert(user.email.key().clone(), user.id);
        self.by_creation.insert((user.created_at, id));
        self.by_sign_in.insert((user.last_sign_in_at, id));
        if let Some(at) = user.deleted_at {
            self.by_deletion.insert((at, id));
        } else if user.is_active {
            *self.active.entry(user.role).or_default() += 1;
        }
        self.rows.insert(user.id, user);
    }

    pub(crate) fn remove(&mut self, id: &UserId) {
        let Some(user) = self.rows.remove(id) else { return };
        let id = IdText(user.id);
        self.by_email.remove(user.email.key());
        self.by_creation.remove(&(user.created_at, id));
        self.by_sign_in.remove(&(user.last_sign_in_at, id));
        if let Some(at) = user.deleted_at {
            self.by_deletion.remove(&(at, id));
        } else if user.is_active
            && let Some(count) = self.active.get_mut(&user.role)
        {
            *count = count.saturating_sub(1);
        }
    }

    pub(crate) fn count(&self, filter: &UserFilter, cap: u32) -> u64 {
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        self.rows.values().filter(|user| filter.fits(user)).take(cap).count() as u64
    }

    pub(crate) fn list(&self, filter: &UserFilter, request: &PageRequest) -> Page<User> {
        let dated = |mark, index: &BTreeSet<Dated>, date: fn(&User) -> Timestamp| {
            let (from, request) = parsed(request, |bytes| read_dated(mark, bytes));
            let way = walk(Order::Falling, from.as_ref(), request.direction, |bounds| index.range::<Dated, _>(bounds));
            let rows = self.fitting(filter, way.map(|(_, id)| &id.0));
            page(&request, rows, |user| write_dated(mark, date(user), &user.id))
        };
        match filter.sort {
            UserSort::Newest => dated(b'n', &self.by_creation, |user| user.created_at),
            UserSort::LastSignIn => dated(b's', &self.by_sign_in, |user| user.last_sign_in_at),
            UserSort::Email => {
                let (from, request) = parsed(request, read_email);
                let way = walk(Order::Rising, from.as_ref(), request.direction, |bounds| {
                    self.by_email.range::<EmailKey, _>(bounds)
                });
                let rows = self.fitting(filter, way.map(|(_, id)| id));
                page(&request, rows, |user| write_email(user.email.key()))
            }
        }
    }

    fn fitting<'a>(
        &'a self,
        filter: &'a UserFilter,
        ids: impl Iterator<Item = &'a UserId>,
    ) -> impl Iterator<Item = &'a User> {
        ids.filter_map(|id| self.rows.get(id)).filter(|user| filter.fits(user))
    }
}

// A position begins with a mark of its order, so that it says nothing in another one.

fn write_dated(mark: u8, at: Timestamp, id: &UserId) -> Position {
    Position::new([&[mark][..], &at.as_micros().to_be_bytes(), id.as_str().as_bytes()].concat())
}

fn read_dated(mark: u8, bytes: &[u8]) -> Option<Dated> {
    let (at, id) = bytes.strip_prefix(&[mark])?.split_first_chunk()?;
    let id = UserId::new(std::str::from_utf8(id).ok()?)?;
    Some((Timestamp::from_micros(i64::from_be_bytes(*at)), IdText(id)))
}

fn write_email(key: &EmailKey) -> Position {
    Position::new([b"e", key.as_str().as_bytes()].concat())
}

fn read_email(bytes: &[u8]) -> Option<EmailKey> {
    let key = std::str::from_utf8(bytes.strip_prefix(b"e")?).ok()?;
    Some(EmailKey::from_stored(key.to_owned()))
}
