//! What HTTP means for AuthKit, in any framework: routes, guards, cookies, the cross-site rule, problem bodies.
//!
//! The routes are data, in three tables: [`ACCOUNT`] for `/auth`, [`ADMIN`] for `/admin` and [`SERVICE`] for the root. An
//! adapter turns its framework's request into a [`Request`], gives it to [`Table::call`], and sends the [`Response`]. For
//! the application's own routes it builds a [`Head`] and calls a function of [`guard`]. It holds no rule of its own.
//!
//! Without any framework, as the tests of this crate do it:
//!
//! ```
//! use authkit_core::{AuthKit, Config};
//! use authkit_http::{ACCOUNT, Body, Request};
//! use authkit_store_memory::MemoryStore;
//! use http::{HeaderMap, Method, Uri};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
//! let path = Uri::from_static("/me"); // below `/auth`, where the table is mounted
//! let request = Request::new(Method::GET, path, HeaderMap::new(), None, Body::Empty);
//!
//! let response = ACCOUNT.call(&kit, request).await;
//! assert_eq!(response.status(), 401);
//! assert_eq!(response.headers()["www-authenticate"], "Bearer");
//! # Ok(())
//! # }
//! ```

mod answer;
pub mod body;
pub mod client;
pub mod console;
pub mod cookies;
pub mod credentials;
mod cross_site;
mod delivery;
mod docs;
pub mod endpoint;
mod endpoints;
mod fields;
pub mod files;
pub mod guard;
pub mod headers;
mod input;
pub mod message;
pub mod objects;
pub mod openapi;
pub mod problem;
pub mod proxies;
mod query;
pub mod request_id;
pub mod requests;
pub mod schema;
pub mod service;
mod shapes;
pub mod table;
pub mod tables;
#[cfg(any(test, feature = "test"))]
pub mod testing;

pub use body::{Body, ReadError, Response};
pub use client::client;
pub use console::{Console, Messages};
pub use endpoint::{Endpoint, Handler};
pub use message::{Answer, BODY_LIMIT, Head, Request};
pub use problem::Problem;
pub use request_id::RequestId;
pub use service::{SERVICE, mounts};
pub use table::Table;
pub use tables::{ACCOUNT, ADMIN};
