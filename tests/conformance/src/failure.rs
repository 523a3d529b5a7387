//! How a case ends when it does not pass, and the comparisons that end it so.

use std::error::Error;
use std::fmt::{self, Debug, Write as _};
use std::panic::Location;

use authkit_core::{StoreError, StoreErrorKind};

use crate::feature::Feature;

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The store said beforehand that it lacks what the case is about.
    Waived(Feature),
    /// What was expected and what was seen.
    Wrong(String),
}

/// What a case comes to.
pub(crate) type Checked<T = ()> = Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waived(feature) => write!(f, "waived: the store lacks {}", feature.name()),
            Self::Wrong(text) => f.write_str(text),
        }
    }
}

impl Error for Failure {}

impl Failure {
    /// A failure in the suite's own words, with the line that noticed it.
    #[track_caller]
    pub(crate) fn wrong(text: impl fmt::Display) -> Self {
        let at = Location::caller();
        Self::Wrong(format!("{text} [{}:{}]", at.file(), at.line()))
    }

    /// The failure as a port's error, for where a comparison happens behind a port.
    pub(crate) fn behind(self, operation: &'static str) -> StoreError {
        StoreError::new(StoreErrorKind::Inconsistent, "reference", operation).with_source(self)
    }
}

impl From<StoreError> for Failure {
    #[track_caller]
    fn from(error: StoreError) -> Self {
        let at = Location::caller();
        let place = format!("[{}:{}]", at.file(), at.line());
        if let Some(Self::Wrong(text)) = error.source().and_then(|source| source.downcast_ref()) {
            return Self::Wrong(format!("{text} {place}"));
        }
        let mut text = format!("expected an answer, seen an error: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a `String` cannot fail.
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        Self::Wrong(format!("{text} {place}"))
    }
}

/// Passes when both are equal; else tells what differs.
#[track_caller]
pub(crate) fn same<T: PartialEq + Debug>(what: &str, seen: &T, expected: &T) -> Checked {
    if seen == expected {
        return Ok(());
    }
    Err(Failure::wrong(format!("{what}: {}", difference(seen, expected))))
}

/// Passes when the condition holds; else tells what was expected and what was seen.
#[track_caller]
pub(crate) fn holds(condition: bool, expected: &str, seen: &impl Debug) -> Checked {
    if condition {
        return Ok(());
    }
    Err(Failure::wrong(format!("expected {expected}, seen {seen:?}")))
}

/// The lines in which two values differ when printed.
pub(crate) fn difference<T: Debug>(seen: &T, expected: &T) -> String {
    let (short_seen, short_expected) = (format!("{seen:?}"), format!("{expected:?}"));
    if short_seen == short_expected {
        return "they differ in a value that is not printed (a password hash)".to_owned();
    }
    if short_seen.len() + short_expected.len() < 160 {
        return format!("expected {short_expected}, seen {short_seen}");
    }
    let (long_seen, long_expected) = (format!("{seen:#?}"), format!("{expected:#?}"));
    let (a, b): (Vec<_>, Vec<_>) = (long_expected.lines().collect(), long_seen.lines().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = |lines: &[&str]| -> String {
        // The line before tells what the value belongs to.
        let from = head.saturating_sub(1);
        let to = lines.len().saturating_sub(tail).max(head);
        let lines = lines[from..to].iter().map(|line| line.trim());
        lines.collect::<Vec<_>>().join(" ")
    };
    format!("\n  expected {}\n  seen     {}", middle(&a), middle(&b))
}
