//! The values that core, stores and adapters share: one a file, plain data, no I/O.

pub mod attempts;
pub mod cause;
pub mod change;
pub mod clean;
pub mod client;
mod device;
pub mod email;
pub mod event;
pub mod event_code;
pub mod event_filter;
pub mod event_group;
pub mod ids;
mod inline;
pub mod mail;
mod names;
pub mod page;
pub mod permission;
pub mod profile;
pub mod role;
pub mod rotation;
pub mod secret;
pub mod session;
pub mod session_filter;
pub mod stats;
pub mod timestamp;
pub mod user;
pub mod user_id;
