//! Every port is also filled by an `Arc` of it, so that a host shares one store between several.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::attempts::{Attempt, Take};
use crate::model::cause::Cause;
use crate::model::email::{Email, EmailKey};
use crate::model::event::Event;
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::ids::{AttemptKey, Epoch, EventId, SessionId};
use crate::model::mail::Mail;
use crate::model::page::{Page, PageRequest};
use crate::model::peak::{Peak, PeakQuery};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::rotation::{Rotate, Rotation, RotationEvents};
use crate::model::session::{NewSession, RevokeReason, Session};
use crate::model::session_filter::SessionFilter;
use crate::model::stats::{EventCount, HourlyCount};
use crate::model::timestamp::Timestamp;
use crate::model::user::{NewUser, User, UserFilter};
use crate::model::user_id::UserId;
use crate::ports::attempt_counter::AttemptCounter;
use crate::ports::audit_log::AuditLog;
use crate::ports::audit_sink::AuditSink;
use crate::ports::clock::Clock;
use crate::ports::mailer::{MailError, Mailer};
use crate::ports::secure_random::{RandomError, SecureRandom};
use crate::ports::session_store::{ConfirmSession, InsertSession, RevokeSession, SessionStore};
use crate::ports::store_error::StoreError;
use crate::ports::user_store::{
    Guard, InsertFirstAdmin, InsertUser, PasswordSwap, PurgeUser, ReplaceEmail, ReplacePassword, SetUser, UserStore,
};

#[async_trait]
impl<T: UserStore + ?Sized> UserStore for Arc<T> {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        T::find_user(self, id).await
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        T::find_user_by_email(self, key).await
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        T::find_users(self, ids).await
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError> {
        T::list_users(self, filter, page).await
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        T::count_users(self, filter, cap).await
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        T::insert_user(self, user, cause).await
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        T::insert_first_admin(self, user, cause).await
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        T::replace_password(self, swap, cause).await
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        T::set_active(self, id, active, epoch, guard, cause).await
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        T::set_role(self, id, role, guard, cause).await
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        T::delete_user(self, id, epoch, guard, cause).await
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        T::restore_user(self, id, epoch, guard, cause).await
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        T::mark_verified(self, id, key, cause).await
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError> {
        T::replace_email(self, id, old, new, if_epoch, cause).await
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        T::replace_profile(self, id, profile, if_updated_at, cause).await
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        T::advance_epoch(self, id, from, to, if_role, cause).await
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        T::note_sign_in(self, id, at).await
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        T::purge_deleted_users(self, before, limit).await
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        T::purge_user(self, id, guard, cause).await
    }
}

#[async_trait]
impl<T: SessionStore + ?Sized> SessionStore for Arc<T> {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        T::insert_session(self, session, cap, cause, cap_event).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        T::find_session(self, id).await
    }

    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError> {
        T::list_sessions(self, filter, page).await
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        T::count_sessions(self, filter, cap).await
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        T::count_live_sessions(self, users, at).await
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        T::rotate(self, step, events).await
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        T::revoke_session(self, id, owner, reason, cause).await
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        T::revoke_sessions(self, user, epoch, except, reason, cause).await
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        T::tidy_epoch(self, user, left, reason, at).await
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        T::confirm_session(self, id, cause).await
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        T::purge_sessions(self, before, limit).await
    }
}

#[async_trait]
impl<T: AuditSink + ?Sized> AuditSink for Arc<T> {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        T::record(self, event).await
    }
}

#[async_trait]
impl<T: AuditLog + ?Sized> AuditLog for Arc<T> {
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        T::list_events(self, filter, page).await
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        T::find_event(self, id).await
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        T::purge_events(self, before, limit, cause).await
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        T::roll_up_stats(self, until, limit).await
    }

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        T::count_events(self, codes, from, to, hours).await
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        T::list_peaks(self, query).await
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        T::list_stats(self, from, to).await
    }
}

#[async_trait]
impl<T: AttemptCounter + ?Sized> AttemptCounter for Arc<T> {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        T::take(self, attempts, at).await
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        T::give_back(self, attempts).await
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        T::clear(self, keys).await
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        T::blocked_each(self, attempts, at).await
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        T::purge_attempts(self, before, limit).await
    }
}

impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> Timestamp {
        T::now(self)
    }
}

impl<T: SecureRandom + ?Sized> SecureRandom for Arc<T> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        T::fill(self, bytes)
    }
}

#[async_trait]
impl<T: Mailer + ?Sized> Mailer for Arc<T> {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        T::enqueue(self, mail)
    }

    async fn drain(&self, grace: Duration) {
        T::drain(self, grace).await;
    }

    fn is_for_development(&self) -> bool {
        T::is_for_development(self)
    }
}
