//! A store filled with users, sessions and events by the million, as people would have made them: names, devices, hours of
//! the day, mistakes. The same plan always makes the same rows.
//!
//! The rows are the core's own values, so what cannot be cannot be seeded. They are written in bulk, past the ports, into
//! tables that the store itself has made; indexes are built when the rows are there.

mod admin;
mod clients;
mod dice;
mod events;
mod failure;
mod happenings;
mod hours;
mod names;
mod people;
mod plan;
mod postgres;
mod progress;
mod sessions;
mod sqlite;

pub use admin::{ADMIN, PASSWORD};
pub use events::events;
pub use failure::Failure;
pub use people::Person;
pub use plan::Plan;
pub use postgres::fill as fill_postgres;
pub use progress::Progress;
pub use sqlite::fill as fill_sqlite;
