//! Tests of an application's own guarded routes, without a server, a port or a database. Feature `test`, for
//! `[dev-dependencies]` alone.
//!
//! A [`TestApp`] is the application in memory, with everything around it in the test's hand: users are made in one line,
//! [`TestApp::login_as`] gives a browser with a real session, the clock is moved, mails and audit trail are read. Requests
//! take the way that [`serve`](crate::serve()) has them take, so every answer is the one that a client would get.
//!
//! # Examples
//! ```
//! use authkit_core::AuthKit;
//! use authkit_poem::test::{TestApp, days};
//! use authkit_poem::{CurrentUser, layer, require_role};
//! use poem::{Endpoint, EndpointExt as _, Route, get, handler};
//!
//! // What the application has.
//! #[handler]
//! fn drafts(CurrentUser(user): CurrentUser) -> String {
//!     format!("Drafts of {}", user.email)
//! }
//!
//! fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
//!     Route::new()
//!         .at("/drafts", get(drafts).with(require_role("editor")))
//!         .nest("/auth", authkit_poem::routes(auth))
//!         .nest("/admin", authkit_poem::admin(auth))
//!         .with(layer(auth))
//! }
//!
//! // A test of it.
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let app = TestApp::new(|auth| routes(auth)).await;
//! let user = app.user("ada@x.test").role("editor").verified().create().await;
//! let ada = app.login_as(&user).await;
//! ada.get("/drafts").await.assert_ok().assert_text("Drafts of ada@x.test");
//! app.visitor().get("/drafts").await.assert_problem(401, "missing_token");
//!
//! ada.post("/auth/logout").await.assert_ok();
//! app.audit().assert_has("session.closed", &ada).await;
//!
//! let ada = app.login_as(&user).await;
//! app.clock().advance(days(8));
//! ada.get("/drafts").await.assert_status(401);
//! # }
//! ```
//!
//! # What it refuses
//! A [`TestApp`] panics where `AUTHKIT_ENV` says `production`. What it is made of is refused there, too: a builder whose
//! configuration is for production does not take [`CheapHasher`](authkit_core::testing::CheapHasher) or
//! [`Outbox`](authkit_core::testing::Outbox).
//!
//! # A store of your own
//! `TestApp::setup().store(..)` takes it. Whether it keeps the contract, the macro of the crate `authkit-conformance`
//! tests: `authkit_conformance::conformance!(…)` makes one test a clause.
#![expect(clippy::panic, reason = "what a test expects and does not find ends the test")]

mod admin;
mod answer;
mod app;
mod audit;
mod client;
mod fail;
mod form;
mod host;
mod jar;
mod mail;
mod markup;
mod production;
mod request;
mod sender;
mod setup;
mod time;
mod user;

pub use admin::Admin;
pub use answer::TestAnswer;
pub use app::TestApp;
pub use audit::AuditView;
pub use client::{Somebody, TestClient};
pub use mail::{MailView, TestMail};
pub use request::TestRequest;
pub use setup::TestSetup;
pub use time::{days, hours, minutes};
pub use user::{NewTestUser, PASSWORD, TestUser};
