//! The host test kit, on a small application of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "what is called by tests fails as a test does")]

mod app;
mod messages;
mod people;
mod production;
mod sessions;
mod world;
