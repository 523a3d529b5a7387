//! What the flow tests and core's own doctests build on: a clock that is moved, randomness with a seed, a hasher that is
//! fast, stores that can be watched, held and broken, and a kit on every one of them.

pub mod clock;
pub mod doc;
pub mod gate;
pub mod hasher;
pub mod race;
pub mod random;
pub mod stores;
pub mod tap;
pub mod world;
