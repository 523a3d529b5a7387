//! Every flow on every store: one file a flow, and some that look across flows.

mod change_password;
mod claims;
mod current_user;
mod ids;
mod login;
mod logout;
mod misconfiguration;
mod own_sessions;
mod profile;
mod reauthenticate;
mod refresh;
mod register;
mod request_reset;
mod reset_password;
mod revocation;
mod sign_out_everywhere;
