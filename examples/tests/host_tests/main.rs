//! The tests of the newsroom, as an application's team writes them: one concept a file.

mod administration;
mod audit;
mod guards;
mod mail;
mod own_fields;
mod time;
