//! Tests that need what is inside: the writer's connection, the text of statements.

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../../tests/support/temp_db.rs"]
mod temp_db;

mod commits;
mod disk_full;
mod plans;
mod purge;
mod reading;
