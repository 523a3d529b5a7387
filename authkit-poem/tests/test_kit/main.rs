//! The host test kit, on a small application of its own.

mod app;
mod messages;
mod people;
mod production;
mod sessions;
mod world;
