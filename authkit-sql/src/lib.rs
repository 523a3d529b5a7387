//! What AuthKit's SQL stores have in common. No driver, no SQL of one database.
//!
//! - [`UsersTable`] says how a users table that exists already is read and written, for every SQL store alike, and
//!   [`check_table`] says all that keeps it from fitting.
//! - [`Place`] and [`Entry`] are where the pages of a list start, [`lowest`] and [`highest`] turn windows of time into ranges
//!   of ids, and [`after_prefix`] turns a prefix into a range of keys.
//! - [`render`] fills the names of tables and columns into the text of a statement.

mod check;
mod id_bounds;
mod identifier;
mod index_names;
mod migration_script;
mod migration_status;
mod place;
mod prefix;
mod problem;
mod template;
mod users_table;

pub use check::{Dialect, FoundColumn, FoundTable, Wanted, check_table, qualified};
pub use id_bounds::{highest, lowest};
pub use identifier::{is_identifier, quote};
pub use index_names::index_names;
pub use migration_script::MigrationScript;
pub use migration_status::MigrationStatus;
pub use place::{Entry, List, Place};
pub use prefix::after_prefix;
pub use problem::{TableProblem, lines};
pub use template::render;
pub use users_table::{ColumnType, KeyType, ProfileColumn, TimeFormat, UserColumn, UsersTable};
