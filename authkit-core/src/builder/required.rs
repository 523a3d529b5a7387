//! Which required ports the builder has.

/// No user store yet.
#[derive(Debug)]
pub struct NoUsers;

/// A required port that is there.
#[derive(Debug)]
pub struct Given;

/// No session store yet.
#[derive(Debug)]
pub struct NoSessions;

/// No audit sink yet.
#[derive(Debug)]
pub struct NoAuditSink;

/// Says that a user store is there.
#[diagnostic::on_unimplemented(
    message = "AuthKit has no user store yet",
    label = "missing before `build()`",
    note = "add `.users(your_store)`, or `.store(..)` for one object that fills several ports"
)]
pub trait HasUsers {}

/// Says that a session store is there.
#[diagnostic::on_unimplemented(
    message = "AuthKit has no session store yet",
    label = "missing before `build()`",
    note = "add `.sessions(your_store)`, or `.store(..)` for one object that fills several ports"
)]
pub trait HasSessions {}

/// Says that an audit sink is there.
#[diagnostic::on_unimplemented(
    message = "AuthKit has no audit sink yet",
    label = "missing before `build()`",
    note = "add `.audit(your_sink)`, `.store(..)`, or `.audit(NoAudit)` to keep no trail"
)]
pub trait HasAudit {}

impl HasUsers for Given {}
impl HasSessions for Given {}
impl HasAudit for Given {}
