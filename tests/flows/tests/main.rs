//! Every flow on every store: one file a flow, and some that look across flows.

mod ids;
mod login;
mod logout;
mod misconfiguration;
mod refresh;
mod register;
