//! How a test ends that cannot go on.

use std::fmt::{Debug, Display};
use std::panic::Location;

/// Where in the test something was asked for: the panic happens later, in the middle of this crate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(&'static Location<'static>);

impl Place {
    #[track_caller]
    pub(super) const fn here() -> Self {
        Self(Location::caller())
    }

    /// Ends the test.
    pub(super) fn fail(self, why: impl Display) -> ! {
        panic!("{why}\n  asked for at {}", self.0)
    }
}

/// Ends the test where the caller stands.
#[track_caller]
pub(super) fn fail(why: impl Display) -> ! {
    panic!("{why}")
}

/// What must not go wrong in a test.
pub(super) trait Must<T> {
    /// The value, or the end of the test.
    fn must(self, place: Place, what: &str) -> T;
}

impl<T, E: Debug> Must<T> for Result<T, E> {
    fn must(self, place: Place, what: &str) -> T {
        self.unwrap_or_else(|error| place.fail(format_args!("{what}: {error:?}")))
    }
}
