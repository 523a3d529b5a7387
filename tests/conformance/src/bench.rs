//! What a case works with: a fresh store in step with the reference, and rows to begin with.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use authkit_core::{
    AttemptCounter, AuditLog, AuditSink, Cause, Event, EventCode, InsertSession, InsertUser, NewSession, NewUser,
    Rotation, Session, SessionStore, StoreError, Timestamp, User, UserId, UserStore,
};
use tokio::sync::Barrier;

use crate::failure::{Checked, Failure};
use crate::feature::Feature;
use crate::fixtures;
use crate::lockstep::Lockstep;
use crate::stores::Stores;
use crate::subject::Subject;

/// More sessions than any case opens without wanting the cap.
pub(crate) const NO_CAP: u32 = 1_000;

/// A fresh store and what a case does with it.
#[derive(Clone)]
pub struct Bench {
    /// The user store, compared with the reference at every call.
    pub(crate) users: Arc<dyn UserStore>,
    /// The session store, likewise.
    pub(crate) sessions: Arc<dyn SessionStore>,
    /// The sink, likewise.
    pub(crate) sink: Arc<dyn AuditSink>,
    /// The two of them.
    pub(crate) step: Lockstep,
    stores: Stores,
    serial: Arc<AtomicU64>,
}

impl Bench {
    pub(crate) async fn new(stores: Stores) -> Self {
        let step = Lockstep::new(stores.fresh().await);
        Self {
            users: Arc::new(step.clone()),
            sessions: Arc::new(step.clone()),
            sink: Arc::new(step.clone()),
            step,
            stores,
            serial: Arc::new(AtomicU64::new(1_000)),
        }
    }

    /// The same on another fresh store.
    pub(crate) async fn fresh(&self) -> Self {
        Self::new(self.stores.clone()).await
    }

    /// The store under test alone: for races, where there is no order that a reference could follow.
    pub(crate) fn store(&self) -> &Subject {
        &self.step.store
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.store().shape.has(feature)
    }

    /// Ends the case here if the store lacks what it is about.
    pub(crate) fn needs(&self, feature: Feature) -> Checked {
        if self.has(feature) { Ok(()) } else { Err(Failure::Waived(feature)) }
    }

    /// The audit log in step with the reference, or the end of the case.
    pub(crate) fn log(&self) -> Checked<Arc<dyn AuditLog>> {
        self.needs(Feature::AuditLog)?;
        Ok(Arc::new(self.step.clone()))
    }

    /// The counters in step with the reference, or the end of the case.
    pub(crate) fn attempts(&self) -> Checked<Arc<dyn AttemptCounter>> {
        self.needs(Feature::AttemptCounter)?;
        Ok(Arc::new(self.step.clone()))
    }

    /// A number that was not given yet.
    pub(crate) fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// An event of its own.
    pub(crate) fn event(&self, code: EventCode, at: Timestamp) -> Event {
        fixtures::event(self.serial(), code, at)
    }

    /// A cause with an event of its own.
    pub(crate) fn cause(&self, code: EventCode, at: Timestamp) -> Cause {
        fixtures::cause(self.serial(), code, at)
    }

    /// Inserts a user.
    pub(crate) async fn insert(&self, user: NewUser, at: Timestamp) -> Checked<User> {
        let user = NewUser { profile: self.store().shape.profiles[0].clone(), ..user };
        match self.users.insert_user(user, self.cause(EventCode::USER_CREATED, at)).await? {
            InsertUser::Inserted(user) => Ok(*user),
            InsertUser::EmailTaken => Err(Failure::wrong("a new address is said to be taken")),
        }
    }

    /// Inserts [`fixtures::new_user`] at the start.
    pub(crate) async fn user(&self, n: u64) -> Checked<User> {
        self.insert(fixtures::new_user(n), fixtures::START).await
    }

    /// Inserts [`fixtures::new_admin`] at the start.
    pub(crate) async fn admin(&self, n: u64) -> Checked<User> {
        self.insert(fixtures::new_admin(n), fixtures::START).await
    }

    /// Inserts a session without a cap.
    pub(crate) async fn open(&self, session: NewSession, at: Timestamp) -> Checked<Session> {
        let row = session.clone().into_session(at);
        let cause = self.cause(EventCode::SESSION_OPENED, at);
        match self.sessions.insert_session(session, NO_CAP, cause, None).await? {
            InsertSession::Inserted { .. } => Ok(row),
            InsertSession::UserMissing => Err(Failure::wrong("a user who is there is said to be missing")),
        }
    }

    /// Inserts [`fixtures::new_session`].
    pub(crate) async fn session(&self, n: u64, user: &User, at: Timestamp) -> Checked<Session> {
        self.open(fixtures::new_session(n, user, at), at).await
    }

    /// A user's row as the store has it.
    pub(crate) async fn row(&self, id: &UserId) -> Checked<User> {
        let row = self.store().users.find_user(id).await?;
        row.ok_or_else(|| Failure::wrong(format!("the user {id} is gone")))
    }

    /// A session's row as the store has it.
    pub(crate) async fn session_row(&self, session: &Session) -> Checked<Session> {
        let row = self.store().sessions.find_session(session.id).await?;
        row.ok_or_else(|| Failure::wrong(format!("the session {} is gone", session.id)))
    }

    /// How many events with a code the store has.
    pub(crate) async fn count(&self, code: &EventCode) -> Checked<usize> {
        let events = self.step.seen().await?.events;
        Ok(events.iter().filter(|event| event.code == *code).count())
    }

    /// Runs `n` tasks that start together on the store alone, and collects what they answer in the order of their
    /// numbers.
    pub(crate) async fn race<T, F, Fut>(&self, n: usize, task: F) -> Checked<Vec<T>>
    where
        T: Send + 'static,
        F: Fn(usize) -> Fut,
        Fut: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let barrier = Arc::new(Barrier::new(n));
        let tasks: Vec<_> = (0..n)
            .map(|i| {
                let (barrier, work) = (Arc::clone(&barrier), task(i));
                tokio::spawn(async move {
                    barrier.wait().await;
                    work.await
                })
            })
            .collect();
        let mut answers = Vec::with_capacity(n);
        for task in tasks {
            let answer = task.await.map_err(|error| Failure::wrong(format!("a racing call panicked: {error}")))?;
            answers.push(answer?);
        }
        self.step.adopt().await?;
        Ok(answers)
    }
}

/// The step that presents `digest(presented)` and leads to `digest(successor)`.
pub(crate) fn rotation(session: &Session, presented: u64, successor: u64, at: Timestamp) -> Rotation {
    Rotation {
        session: session.id,
        presented: fixtures::digest(presented),
        successor: fixtures::digest(successor),
        kid: fixtures::kid("key-2"),
        grace: fixtures::GRACE,
        at,
    }
}
