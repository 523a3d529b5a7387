//! A past for an empty store, to look at the console with: people, devices, mistakes, an attack or two. Everything goes
//! through the core's own flows, under a clock that is moved, so nothing is there that could not have happened.
//!
//! The same instant always makes the same past. Names and addresses are invented; everybody's password is [`PASSWORD`].

mod clients;
mod dice;
mod hasher;
mod operators;
mod people;
mod ports;
mod story;

use std::error::Error;
use std::time::Duration;

use authkit_core::{
    AuditLog, AuditSink, AuthKit, Budget, Config, ListRequest, Operator, SessionStore, Store, UserQuery, UserStore,
};

use hasher::Remembering;
use ports::{Inbox, Moved, Repeated};
use story::Story;

/// The password of everybody whom the demo makes up.
pub const PASSWORD: &str = "a lantern over the quay";

/// What the demo's people may be, beside `user` and `admin`.
pub const ROLES: [&str; 4] = ["user", "support", "auditor", "admin"];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody whom the sandbox makes anyway: address, password, role, active.
pub type Known<'a> = (&'a str, &'a str, &'a str, bool);

/// Gives an empty store a past. `false`: there are users already, and nothing was done.
///
/// # Errors
/// As the flows'.
pub async fn fill<S>(store: S, config: Config, known: &[Known<'_>]) -> Result<bool, Box<dyn Error>>
where
    S: Store + UserStore + SessionStore + AuditSink + AuditLog + Clone,
{
    let present = AuthKit::builder().store(store.clone()).config(config.clone()).build()?;
    let any = ListRequest { cursor: None, limit: Some(1) };
    if !present.list_users(&Operator::system(), &UserQuery::default(), &any).await?.items.is_empty() {
        return Ok(false);
    }
    let (clock, inbox) = (Moved::to(present.now()), Inbox::default());
    let builder = AuthKit::builder().store(store).config(config).mailer(inbox.clone()).hasher(Remembering::default());
    let kit = builder.clock(clock.clone()).random(Repeated::default()).build()?;
    Story::new(kit, clock, inbox, present.now()).told(known).await?;
    // Counted by the hour, as the server's housekeeping would have done all along.
    while present.tidy(Budget { rows: 1_000, hours: 24 * 30 }).await?.more {}
    Ok(true)
}
