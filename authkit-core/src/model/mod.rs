//! The values that core, stores and adapters share: one a file, plain data, no I/O.

pub mod ids;
pub mod secret;
pub mod timestamp;
pub mod user_id;
