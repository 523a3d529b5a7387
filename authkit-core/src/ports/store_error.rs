//! What a store answers when it does not know the outcome.

use std::error::Error;
use std::fmt;

/// A store could not do its work. What a user can cause is an outcome, never this.
///
/// `Display` names what failed and never shows the source; whoever logs walks the chain.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    backend: &'static str,
    operation: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of trouble a store is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreErrorKind {
    /// It does not answer, or not in time: asking again later may help. HTTP 503.
    Unavailable,
    /// It holds a row that fits no state. HTTP 500; the row's id is in the source.
    Inconsistent,
    /// Anything else. HTTP 500.
    Unexpected,
}

impl StoreError {
    /// An error of `backend` ("sqlite") while it did `operation` ("rotate").
    pub fn new(kind: StoreErrorKind, backend: &'static str, operation: &'static str) -> Self {
        Self { kind, backend, operation, source: None }
    }

    /// With the driver's own error behind it.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// What kind of trouble it is.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Which store.
    pub const fn backend(&self) -> &'static str {
        self.backend
    }

    /// What it was doing: the name of the port's method.
    pub const fn operation(&self) -> &'static str {
        self.operation
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            StoreErrorKind::Unavailable => "the store does not answer",
            StoreErrorKind::Inconsistent => "the store holds a row that fits no state",
            StoreErrorKind::Unexpected => "the store failed",
        };
        write!(f, "{kind} ({}, {})", self.backend, self.operation)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
