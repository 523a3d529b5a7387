#![doc = include_str!("../README.md")]

mod convert;
pub mod extract;
mod layer;
mod own_pages;
mod refused;
mod require;
mod routes;
pub mod serve;
#[cfg(feature = "test")]
pub mod test;
mod trace;

pub use authkit_http::console;
pub use extract::{AuditTrail, Claims, ClientInfo, CurrentAdmin, CurrentSession, CurrentUser, MaybeUser};
pub use layer::{Layer, Layered, layer};
pub use own_pages::{SameOrigin, with_session, without_session};
pub use refused::Refused;
pub use require::{RequireRole, Required, require_any_role, require_role};
pub use routes::{Mounted, admin, admin_with, routes, service};
pub use serve::{Limits, Server, greeting, listen, serve};
