//! Every flow on every store: one file a flow, and some that look across flows.

mod administer_audit;
mod administer_sessions;
mod administer_users;
mod change_password;
mod claims;
mod current_user;
mod cursors;
mod ids;
mod keys;
mod login;
mod logout;
mod misconfiguration;
mod order;
mod own_sessions;
mod permissions;
mod profile;
mod races;
mod reauthenticate;
mod refresh;
mod register;
mod request_reset;
mod reset_password;
mod revocation;
mod settings_reference;
mod sign_out_everywhere;
mod throttle;
