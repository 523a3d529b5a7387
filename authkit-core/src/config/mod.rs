//! The configuration: what can be set, where it is read, what it is resolved to.

pub mod settings;
