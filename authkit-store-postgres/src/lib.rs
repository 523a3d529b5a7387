//! AuthKit's stores on PostgreSQL.

#[expect(dead_code, reason = "used by the store, which is to come")]
mod in_turn;
mod open_error;
mod pooler;
#[cfg_attr(not(test), expect(dead_code, reason = "used by the store, which is to come"))]
mod refusal;
#[cfg_attr(not(test), expect(dead_code, reason = "used by the store, which is to come"))]
mod tls;
#[cfg_attr(not(test), expect(dead_code, reason = "used by the store, which is to come"))]
mod url;

pub use open_error::OpenError;
pub use pooler::Pooler;
