//! The store under test: its ports, what it lacks, and how the suite reads its audit trail.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use authkit_core::{AttemptCounter, AuditLog, AuditSink, Profile, SessionStore, UserStore};

use crate::feature::Feature;
use crate::fixtures;
use crate::trail::{LogTrail, Trail};

/// A store under test, fresh and empty.
///
/// ```
/// use std::sync::Arc;
/// use authkit_conformance::{Recorder, Subject};
/// # use authkit_core::{UserStore, SessionStore, AuditSink, AuditLog, AttemptCounter};
///
/// fn everything<S: UserStore + SessionStore + AuditSink + AuditLog + AttemptCounter>(store: S) -> Subject {
///     let store = Arc::new(store);
///     Subject::of(&store).audit_log(&store).attempts(&store)
/// }
/// ```
#[derive(Clone)]
pub struct Subject {
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) sink: Arc<dyn AuditSink>,
    pub(crate) log: Option<Arc<dyn AuditLog>>,
    pub(crate) attempts: Option<Arc<dyn AttemptCounter>>,
    pub(crate) trail: Option<Arc<dyn Trail>>,
    pub(crate) shape: Shape,
    keep: Vec<Arc<dyn Any + Send + Sync>>,
}

/// What the store's tables can hold.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    lacks: BTreeSet<Feature>,
    pub(crate) profiles: [Profile; 2],
}

impl Shape {
    /// A store that lacks nothing.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self { lacks: BTreeSet::new(), profiles: fixtures::profiles() }
    }

    /// A store that lacks one thing.
    #[cfg(test)]
    pub(crate) fn lacking(feature: Feature) -> Self {
        Self { lacks: BTreeSet::from([feature]), ..Self::full() }
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        !self.lacks.contains(&feature)
    }
}

impl Subject {
    /// A store that fills the three required ports. Give it a way to read events too: [`Self::audit_log`] or
    /// [`Self::trail`].
    pub fn of<S: UserStore + SessionStore + AuditSink>(store: &Arc<S>) -> Self {
        Self::of_ports(Arc::<S>::clone(store), Arc::<S>::clone(store), Arc::<S>::clone(store))
    }

    /// Ports that come from several objects.
    pub fn of_ports(users: Arc<dyn UserStore>, sessions: Arc<dyn SessionStore>, sink: Arc<dyn AuditSink>) -> Self {
        Self {
            users,
            sessions,
            sink,
            log: None,
            attempts: None,
            trail: None,
            shape: Shape {
                lacks: BTreeSet::from([Feature::AuditLog, Feature::AttemptCounter]),
                profiles: fixtures::profiles(),
            },
            keep: Vec::new(),
        }
    }

    /// The store fills [`AuditLog`]; the suite reads its events through it.
    #[must_use]
    pub fn audit_log<S: AuditLog>(mut self, store: &Arc<S>) -> Self {
        let log: Arc<dyn AuditLog> = Arc::<S>::clone(store);
        self.shape.lacks.remove(&Feature::AuditLog);
        self.trail.get_or_insert_with(|| Arc::new(LogTrail(Arc::clone(&log))));
        Self { log: Some(log), ..self }
    }

    /// How the suite reads the events of a store that does not fill [`AuditLog`], such as a [`crate::Recorder`].
    #[must_use]
    pub fn trail(self, trail: impl Trail) -> Self {
        Self { trail: Some(Arc::new(trail)), ..self }
    }

    /// The store fills [`AttemptCounter`].
    #[must_use]
    pub fn attempts<S: AttemptCounter>(mut self, store: &Arc<S>) -> Self {
        self.shape.lacks.remove(&Feature::AttemptCounter);
        Self { attempts: Some(Arc::<S>::clone(store)), ..self }
    }

    /// The store lacks something: what that excludes is waived, and the run says so.
    #[must_use]
    pub fn without(mut self, feature: Feature) -> Self {
        self.shape.lacks.insert(feature);
        self
    }

    /// Two different profiles that the users table can hold, for tables whose columns are fixed.
    #[must_use]
    pub fn profiles(mut self, first: Profile, second: Profile) -> Self {
        self.shape.profiles = [first, second];
        self
    }

    /// Keeps something for as long as the store is in use: a directory, a schema that is dropped afterwards.
    #[must_use]
    pub fn keep(mut self, guard: impl Any + Send + Sync) -> Self {
        self.keep.push(Arc::new(guard));
        self
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("shape", &self.shape).finish_non_exhaustive()
    }
}
