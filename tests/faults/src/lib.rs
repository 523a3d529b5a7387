//! What happens when the database restarts, pauses, fills up or is replaced, and when two nodes work on one.
//!
//! A scenario starts a cluster and nodes of its own, does its damage under load, and answers with rows of the fault
//! table. Every answer that a node gives in it is judged by [`Journal::verdict`]. Each has a short form, which
//! `cargo xtask test` runs, and a long one, which `cargo xtask faults` runs.

mod call;
mod journal;
mod ledger;
mod load;
mod row;
pub mod scenario;
mod world;

pub use call::{Answer, Caller};
pub use journal::{Journal, Record};
pub use row::{Form, Row};
pub use scenario::{SCENARIOS, Scenario};
