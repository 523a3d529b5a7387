//! What several flows have in common, one step a file. A step knows no flow.

pub(crate) mod administration;
pub(crate) mod credential;
pub(crate) mod cursor;
pub(crate) mod first_admin;
pub(crate) mod input;
pub(crate) mod let_in;
pub(crate) mod link;
pub(crate) mod locks;
pub(crate) mod notice;
pub(crate) mod observe;
pub(crate) mod operator;
pub(crate) mod sign_in;
pub(crate) mod throttle;
pub(crate) mod user_action;
pub(crate) mod user_query;
pub(crate) mod verification;
