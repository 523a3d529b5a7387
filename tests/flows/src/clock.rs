//! The clock of the flow tests: core's own for tests.

pub use authkit_core::testing::ManualClock;
