//! What a test needs in place of the machine: a clock that it moves, a hasher that takes no time, mails that are kept,
//! and what was said through `tracing`.
//!
//! Only with the feature `test`, for `[dev-dependencies]`. A kit for production refuses the hasher.

mod clock;
mod hasher;
mod outbox;
mod trace_log;

pub use clock::ManualClock;
pub use hasher::CheapHasher;
pub use outbox::Outbox;
pub use trace_log::{TraceLine, TraceLog};
