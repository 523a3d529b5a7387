//! A stranger's store: AuthKit over tables that the application has already. Keys are numbers that the table counts up,
//! columns have names of their own, and two of them, company and seats, mean nothing to AuthKit.
//!
//! Here are the tables, and what reads and writes their rows in AuthKit's words; the ports stand in the two files below.
//! Plain maps stand for the database and the lock for a transaction: every method takes it once, decides, writes rows and
//! events, and lets go. `tests/custom_store.rs` runs the whole store contract on it.

mod sessions;
mod users;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use authkit_core::{
    AuditSink, Cause, Direction, Email, EmailKey, Epoch, Event, NewUser, Page, PageRequest, PasswordHash, Ports,
    Position, Profile, Role, Session, SessionId, Store, StoreError, StoreErrorKind, Timestamp, User, UserId,
};
use serde::{Deserialize, Serialize};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A row of the application's table of people.
#[derive(Debug, Clone)]
pub struct Member {
    pub number: i64,
    pub mail: String,
    pub mail_folded: String, // unique
    pub mail_confirmed: bool,
    pub secret: Option<PasswordHash>,
    pub rank: String,
    pub enabled: bool,
    pub epoch: Epoch, // the one column that AuthKit needs and nobody has
    pub joined: Timestamp,
    pub changed: Timestamp,
    pub last_seen: Timestamp,
    pub left: Option<Timestamp>,
    pub own: Own,
}

/// The columns that AuthKit only carries, as [`User::profile`]. A field without a column is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    pub company: Option<String>,
    pub seats: Option<i64>,
}

/// The application's tables; sessions and events are kept as they come.
#[derive(Debug, Default)]
pub struct Tables {
    pub members: BTreeMap<i64, Member>,
    pub last_number: i64, // no number is given twice
    pub sessions: BTreeMap<SessionId, Session>,
    pub journal: Vec<Event>,
}

/// The application's database.
#[derive(Debug, Default)]
pub struct CustomStore(Mutex<Tables>);

impl Store for CustomStore {
    fn ports(self: Arc<Self>) -> Ports {
        Ports::of(&self)
    }
}

impl Member {
    fn of(number: i64, user: User) -> Result<Self> {
        let misfit = |error| StoreError::new(StoreErrorKind::Unexpected, "custom", "write").with_source(error);
        Ok(Self {
            number,
            mail: user.email.as_str().to_owned(),
            mail_folded: user.email.key().as_str().to_owned(),
            mail_confirmed: user.is_verified,
            secret: user.password_hash,
            rank: user.role.as_str().to_owned(),
            enabled: user.is_active,
            epoch: user.session_epoch,
            joined: user.created_at,
            changed: user.updated_at,
            last_seen: user.last_sign_in_at,
            left: user.deleted_at,
            own: user.profile.read().map_err(misfit)?,
        })
    }

    fn user(&self) -> Result<User> {
        let row = || format!("member {}", self.number);
        let broken = || StoreError::new(StoreErrorKind::Inconsistent, "custom", "read").with_source(row());
        Ok(User {
            id: UserId::from(self.number),
            email: Email::from_stored(self.mail.clone(), self.mail_folded.clone()),
            password_hash: self.secret.clone(),
            role: Role::from_stored(&self.rank).ok_or_else(broken)?,
            is_active: self.enabled,
            is_verified: self.mail_confirmed,
            session_epoch: self.epoch,
            profile: Profile::from_typed(&self.own).map_err(|_| broken())?,
            created_at: self.joined,
            updated_at: self.changed,
            last_sign_in_at: self.last_seen,
            deleted_at: self.left,
        })
    }
}

impl CustomStore {
    /// The tables, held still.
    pub fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    /// An id that is no number is nobody's. (U-8)
    fn member(&self, id: &UserId) -> Option<&Member> {
        self.members.get(&id.as_i64()?)
    }

    fn with_mail(&self, key: &EmailKey) -> Option<&Member> {
        self.members.values().find(|row| row.mail_folded == key.as_str())
    }

    fn users(&self) -> Result<Vec<User>> {
        self.members.values().map(Member::user).collect()
    }

    fn admins(&self, role: &Role) -> usize {
        let is_admin = |row: &&Member| row.rank == role.as_str() && row.enabled && row.left.is_none();
        self.members.values().filter(is_admin).count()
    }

    fn insert(&mut self, user: NewUser, cause: &Cause) -> Result<Box<User>> {
        let number = self.last_number + 1;
        let row = Member::of(number, user.into_user(UserId::from(number), cause.at))?;
        let user = row.user()?;
        self.last_number = number;
        self.members.insert(number, row);
        self.journal.extend(cause.event_about(&user.id));
        Ok(Box::new(user))
    }

    fn remove(&mut self, number: i64) {
        self.members.remove(&number);
        self.sessions.retain(|_, session| session.user_id != UserId::from(number));
    }
}

#[async_trait]
impl AuditSink for CustomStore {
    async fn record(&self, event: Event) -> Result<()> {
        self.tables().journal.push(event);
        Ok(())
    }
}

/// A page of rows whose places ascend with the list. A place stays where it is when its row goes.
fn page<T>(mut rows: Vec<T>, request: &PageRequest, place: impl Fn(&T) -> Vec<u8>) -> Page<T> {
    rows.retain(|row| match (&request.from, request.direction) {
        (None, _) => true,
        (Some(from), Direction::Next) => &place(row)[..] > from.as_bytes(),
        (Some(from), Direction::Previous) => &place(row)[..] < from.as_bytes(),
    });
    rows.sort_by_cached_key(&place);
    if request.direction == Direction::Previous {
        rows.reverse();
    }
    rows.truncate(usize::from(request.limit) + 1);
    request.page_of(rows, |row| Position::new(place(row)))
}
