//! What each route does: it reads the request, calls one flow and maps what comes of it.

pub(crate) mod account;
pub(crate) mod administration;
pub(crate) mod lists;
pub(crate) mod password;
pub(crate) mod session;
