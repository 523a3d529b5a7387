//! What the flow tests and core's own doctests build on: a clock that is moved, randomness with a seed, a hasher that is
//! fast, a mailbox, and a kit on every store.

pub mod clock;
pub mod doc;
pub mod hasher;
pub mod mailbox;
pub mod random;
pub mod world;
