//! A store that passes every call on to another one, and lets a test watch, hold, refuse and spoil it on the way.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use authkit_core::{
    AttemptCounter, AuditLog, AuditSink, Cause, Event, EventId, Ports, SessionStore, Store, StoreError, StoreErrorKind,
    UserStore,
};

use tokio::sync::Semaphore;

use crate::gate::{Gate, await_permits};

mod audit;
mod sessions;
mod users;

/// All ports of a store.
pub trait AllPorts: UserStore + SessionStore + AuditSink + AuditLog + AttemptCounter + std::fmt::Debug {}

impl<T: UserStore + SessionStore + AuditSink + AuditLog + AttemptCounter + std::fmt::Debug> AllPorts for T {}

/// What was called, in the order of the calls' beginnings. Clones are one log.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<&'static str>>>);

impl Calls {
    /// Writes a call down.
    pub fn note(&self, call: &'static str) {
        self.0.lock().expect("no test panics here").push(call);
    }

    /// All calls since the last time this was asked.
    pub fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().expect("no test panics here"))
    }
}

/// The store in between. Clones are one store.
#[derive(Debug, Clone)]
pub struct Tap(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn AllPorts>,
    calls: Calls,
    rules: Mutex<Rules>,
    done: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
}

#[derive(Debug, Default)]
struct Rules {
    refused: HashSet<&'static str>,
    lost: HashSet<&'static str>,
    gates: Vec<(&'static str, When, Gate)>,
    taken_event: Option<EventId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    After,
}

impl Tap {
    /// In front of a store.
    pub fn new(store: Arc<dyn AllPorts>, calls: Calls) -> Self {
        Self(Arc::new(Inner { store, calls, rules: Mutex::default(), done: Mutex::default() }))
    }

    /// From now on calls of this method fail before anything is done.
    pub fn refuse(&self, method: &'static str) {
        self.rules().refused.insert(method);
    }

    /// From now on calls of this method are done, and their answers are lost.
    pub fn lose(&self, method: &'static str) {
        self.rules().lost.insert(method);
    }

    /// From now on the event inside every change bears an id that is taken, so that the store cannot write it.
    pub fn spoil_events(&self, taken: EventId) {
        self.rules().taken_event = Some(taken);
    }

    /// Everything works again.
    pub fn mend(&self) {
        *self.rules() = Rules::default();
    }

    /// Waits until a call of this method ended, or stands at a gate after it, that nobody waited for yet.
    pub async fn called(&self, method: &'static str) {
        self.called_so_often(method, 1).await;
    }

    /// Waits for so many calls as [`Self::called`] waits for one.
    pub async fn called_so_often(&self, method: &'static str, times: u32) {
        let done = self.done(method);
        await_permits(&done, times).await;
    }

    fn done(&self, method: &'static str) -> Arc<Semaphore> {
        let mut done = self.0.done.lock().expect("no test panics here");
        Arc::clone(done.entry(method).or_insert_with(|| Arc::new(Semaphore::new(0))))
    }

    /// The next call of this method stops before it does anything.
    pub fn hold_before(&self, method: &'static str) -> Gate {
        self.hold(method, When::Before)
    }

    /// The next call of this method stops when it is done, before its answer is given.
    pub fn hold_after(&self, method: &'static str) -> Gate {
        self.hold(method, When::After)
    }

    fn hold(&self, method: &'static str, when: When) -> Gate {
        let gate = Gate::closed();
        self.rules().gates.push((method, when, gate.clone()));
        gate
    }

    fn gate(&self, method: &'static str, when: When) -> Option<Gate> {
        let mut rules = self.rules();
        let place = rules.gates.iter().position(|(name, at, _)| *name == method && *at == when)?;
        Some(rules.gates.remove(place).2)
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.0.rules.lock().expect("no test panics here")
    }

    async fn through<T>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.0.calls.note(method);
        if let Some(gate) = self.gate(method, When::Before) {
            gate.pass().await;
        }
        if self.rules().refused.contains(method) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "tap", method));
        }
        let answer = call.await;
        self.done(method).add_permits(1);
        if let Some(gate) = self.gate(method, When::After) {
            gate.pass().await;
        }
        if self.rules().lost.contains(method) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "tap", method));
        }
        answer
    }

    fn spoiled(&self, cause: Cause) -> Cause {
        Cause { event: cause.event.map(|event| self.spoiled_event(event)), ..cause }
    }

    fn spoiled_event(&self, event: Event) -> Event {
        match self.rules().taken_event {
            Some(id) => Event { id, ..event },
            None => event,
        }
    }
}

impl Store for Tap {
    fn ports(self: Arc<Self>) -> Ports {
        // Every store that is tested here answers reads by key within the call.
        Ports::of(&self).audit_log(&self).attempts(&self).ordered_reads()
    }
}

/// Fills a port by passing its methods on; `; cause` stands for the last argument of a method that changes something.
macro_rules! tapped {
    ($port:ident {
        $($method:ident($($arg:ident: $type:ty),* $(; $cause:ident)?) -> $answer:ty;)+
    } $(with { $($more:tt)* })?) => {
        #[async_trait::async_trait]
        impl authkit_core::$port for super::Tap {
            $(
                async fn $method(
                    &self,
                    $($arg: $type,)*
                    $($cause: authkit_core::Cause)?
                ) -> Result<$answer, authkit_core::StoreError> {
                    $(let $cause = self.spoiled($cause);)?
                    self.through(stringify!($method), self.0.store.$method($($arg,)* $($cause)?)).await
                }
            )+
            $($($more)*)?
        }
    };
}
use tapped;
