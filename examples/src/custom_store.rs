//! A table of users that was there before AuthKit: integer keys, field names of its own, two fields more, and no columns
//! for what AuthKit can do without. `examples/tests/custom_store.rs` uses it and holds it to the contract.
//!
//! The table here is a map behind a lock; over a database each method is one transaction. Sessions and the audit trail are
//! in a store off the shelf.

mod member;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use async_trait::async_trait;
use authkit_core::*;
use tokio::sync::Mutex;

use member::Member;
pub use member::More;

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The table, and where the events of its changes go.
pub struct Members<A> {
    rows: Mutex<Rows>,
    sink: Arc<A>,
}

#[derive(Default)]
struct Rows {
    members: BTreeMap<i64, Member>,
    last: i64,
}

impl Rows {
    fn user(&self, id: &UserId) -> Result<Option<User>> {
        id.as_i64().and_then(|number| self.members.get(&number)).map(Member::user).transpose()
    }

    fn with_mail(&self, key: &EmailKey) -> Option<&Member> {
        self.members.values().find(|member| member.mail.key() == key)
    }

    fn active(&self, role: Role) -> usize {
        self.members.values().filter(|member| !member.blocked && member.rank == role).count()
    }

    fn is_last_admin(&self, user: &User, guard: &Guard) -> bool {
        user.role == guard.admin_role && user.is_active && self.active(guard.admin_role) <= 1
    }
}

impl<A: AuditSink> Members<A> {
    pub fn new(sink: Arc<A>) -> Self {
        Self { rows: Mutex::default(), sink }
    }

    /// Writes a row, unless its event is refused. With the trail in the same database, both are one transaction.
    async fn put(&self, rows: &mut Rows, user: &User, event: Option<Event>) -> Result<()> {
        let member = Member::of(user)?;
        if let Some(event) = event {
            self.sink.record(event).await?;
        }
        match user.deleted_at {
            None => rows.members.insert(member.number, member),
            Some(_) => rows.members.remove(&member.number),
        };
        Ok(())
    }

    /// The table makes its own key, and the event is about that one.
    async fn insert(&self, rows: &mut Rows, new: NewUser, cause: &Cause) -> Result<Box<User>> {
        let user = User { is_verified: true, ..new.into_user(UserId::from(rows.last + 1), cause.at) };
        self.put(rows, &user, cause.event_about(&user.id)).await?;
        rows.last += 1;
        Ok(Box::new(user))
    }

    /// One step: reads the row, lets `decide` say what becomes of it or why nothing does, writes row and event.
    async fn set<D>(&self, id: &UserId, seen: Option<Timestamp>, cause: &Cause, decide: D) -> Result<SetUser>
    where
        D: FnOnce(&Rows, &User) -> Result<User, SetUser> + Send,
    {
        let mut rows = self.rows.lock().await;
        let Some(before) = rows.user(id)? else { return Ok(SetUser::Missing) };
        if seen.is_some_and(|at| at != before.updated_at) {
            return Ok(SetUser::Stale);
        }
        let after = match decide(&rows, &before) {
            Ok(after) => after,
            Err(refusal) => return Ok(refusal),
        };
        self.put(&mut rows, &after, cause.event_changing(before.changes(&after))).await?;
        Ok(SetUser::Done { before: Box::new(before), after: Box::new(after) })
    }
}

fn refuse(condition: bool, outcome: SetUser) -> Result<(), SetUser> {
    if condition { Err(outcome) } else { Ok(()) }
}

#[async_trait]
impl<A: AuditSink> UserStore for Members<A> {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>> {
        self.rows.lock().await.user(id)
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>> {
        self.rows.lock().await.with_mail(key).map(Member::user).transpose()
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        let (rows, numbers) = (self.rows.lock().await, ids.iter().filter_map(UserId::as_i64));
        let numbers: BTreeSet<_> = numbers.collect();
        numbers.iter().filter_map(|number| rows.members.get(number)).map(Member::user).collect()
    }

    async fn list_users(&self, filter: &UserFilter, request: &PageRequest) -> Result<Page<User>> {
        let rows = self.rows.lock().await;
        let mark = if filter.sort == UserSort::Email { b'e' } else { b'n' };
        let from = request.from.clone().filter(|from| from.as_bytes().first() == Some(&mark));
        let bound = from.as_ref().map_or(Unbounded, |from| Excluded(from.as_bytes().to_vec()));
        let fitting = rows.members.values().filter(|member| member.fits(filter));
        let list: BTreeMap<_, _> = fitting.map(|member| (member.position(filter.sort), member)).collect();
        let most = usize::from(request.limit) + 1;
        let found: Vec<_> = match request.direction {
            Direction::Next => list.range((bound, Unbounded)).take(most).collect(),
            Direction::Previous => list.range((Unbounded, bound)).rev().take(most).collect(),
        };
        let page = PageRequest { from, ..*request }.page_of(found, |(at, _)| Position::new(at.to_vec()));
        let items = page.items.into_iter().map(|(_, member)| member.user()).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next, previous: page.previous })
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser> {
        let mut rows = self.rows.lock().await;
        if rows.with_mail(user.email.key()).is_some() {
            return Ok(InsertUser::EmailTaken);
        }
        self.insert(&mut rows, user, &cause).await.map(InsertUser::Inserted)
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin> {
        let mut rows = self.rows.lock().await;
        if rows.active(user.role) > 0 {
            return Ok(InsertFirstAdmin::AdminExists);
        }
        if rows.with_mail(user.email.key()).is_some() {
            return Ok(InsertFirstAdmin::EmailTaken);
        }
        self.insert(&mut rows, user, &cause).await.map(InsertFirstAdmin::Inserted)
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword> {
        let PasswordSwap { id, old_hash, new_hash, epochs } = swap;
        let decide = |_: &Rows, user: &User| {
            let allowed = epochs.is_none_or(|epochs| user.is_active && user.session_epoch == epochs.from);
            refuse(!allowed || user.password_hash != old_hash, SetUser::Stale)?;
            let session_epoch = epochs.map_or(user.session_epoch, |epochs| epochs.to);
            Ok(User { password_hash: Some(new_hash), session_epoch, ..user.clone() })
        };
        Ok(match self.set(&id, None, &cause, decide).await? {
            SetUser::Done { after, .. } => ReplacePassword::Replaced(after),
            SetUser::Missing => ReplacePassword::Missing,
            _ => ReplacePassword::Stale,
        })
    }

    async fn set_active(&self, id: &UserId, active: bool, to: Epoch, guard: Guard, cause: Cause) -> Result<SetUser> {
        let decide = |rows: &Rows, user: &User| {
            refuse(user.is_active == active, SetUser::Unchanged)?;
            refuse(!active && rows.is_last_admin(user, &guard), SetUser::LastAdmin)?;
            Ok(User { is_active: active, session_epoch: to, ..user.clone() })
        };
        self.set(id, guard.if_updated_at, &cause, decide).await
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser> {
        let decide = |rows: &Rows, user: &User| {
            refuse(user.role == role, SetUser::Unchanged)?;
            refuse(rows.is_last_admin(user, &guard), SetUser::LastAdmin)?;
            Ok(User { role, ..user.clone() })
        };
        self.set(id, guard.if_updated_at, &cause, decide).await
    }

    async fn delete_user(&self, id: &UserId, to: Epoch, guard: Guard, cause: Cause) -> Result<SetUser> {
        let decide = |rows: &Rows, user: &User| {
            refuse(rows.is_last_admin(user, &guard), SetUser::LastAdmin)?;
            Ok(User { deleted_at: Some(cause.at), session_epoch: to, ..user.clone() })
        };
        self.set(id, guard.if_updated_at, &cause, decide).await
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        at: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail> {
        let decide = |rows: &Rows, user: &User| {
            refuse(user.email.key() != old || user.session_epoch != at, SetUser::Stale)?;
            refuse(
                rows.with_mail(new.key()).is_some_and(|other| UserId::from(other.number) != user.id),
                SetUser::Unchanged,
            )?;
            Ok(User { email: new, ..user.clone() })
        };
        Ok(match self.set(id, None, &cause, decide).await? {
            SetUser::Done { after, .. } => ReplaceEmail::Replaced(after),
            SetUser::Unchanged => ReplaceEmail::EmailTaken,
            SetUser::Missing => ReplaceEmail::Missing,
            _ => ReplaceEmail::Stale,
        })
    }

    async fn replace_profile(&self, id: &UserId, new: Profile, at: Option<Timestamp>, cause: Cause) -> Result<SetUser> {
        let decide = |_: &Rows, user: &User| {
            refuse(user.profile == new, SetUser::Unchanged)?;
            Ok(User { profile: new, ..user.clone() })
        };
        self.set(id, at, &cause, decide).await
    }

    async fn advance_epoch(&self, id: &UserId, from: Epoch, to: Epoch, cause: Cause) -> Result<SetUser> {
        let decide = |_: &Rows, user: &User| {
            refuse(user.session_epoch != from, SetUser::Stale)?;
            Ok(User { session_epoch: to, ..user.clone() })
        };
        self.set(id, None, &cause, decide).await
    }

    // The table has no columns for what follows: nothing is ever marked, so nothing is to be unmarked or swept.

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser> {
        let is_same = |user: &User| if user.email.key() == key { SetUser::Unchanged } else { SetUser::Stale };
        self.set(id, None, &cause, |_, user| Err(is_same(user))).await
    }

    async fn restore_user(&self, id: &UserId, _: Epoch, cause: Cause) -> Result<SetUser> {
        self.set(id, None, &cause, |_, _| Err(SetUser::Unchanged)).await
    }

    async fn note_sign_in(&self, _: &UserId, _: Timestamp) -> Result<()> {
        Ok(())
    }

    async fn purge_deleted_users(&self, _: Timestamp, _: u32) -> Result<u64> {
        Ok(0)
    }

    async fn purge_user(&self, id: &UserId, _: Cause) -> Result<PurgeUser> {
        Ok(self.find_user(id).await?.map_or(PurgeUser::Missing, |_| PurgeUser::NotDeleted))
    }
}
