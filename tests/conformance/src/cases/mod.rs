//! The cases, a file for what they are about.

pub(crate) mod admin_races;
pub(crate) mod admins;
pub(crate) mod audit;
pub(crate) mod audit_races;
pub(crate) mod changes;
pub(crate) mod counters;
pub(crate) mod deletion;
pub(crate) mod dropped;
pub(crate) mod filters;
pub(crate) mod judged;
pub(crate) mod machine;
pub(crate) mod pages;
pub(crate) mod passwords;
pub(crate) mod revocation;
pub(crate) mod rotation;
pub(crate) mod rotation_races;
pub(crate) mod session_races;
pub(crate) mod sessions;
pub(crate) mod stats;
pub(crate) mod user_races;
pub(crate) mod users;
