//! The store as a whole, on files in the temporary directory.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../support/temp_db.rs"]
mod temp_db;

mod append_only;
mod checks;
mod group_commit;
mod killed;
mod lists;
mod migrations;
mod opening;
mod other_process;
