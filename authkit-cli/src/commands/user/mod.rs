//! `authkit user`: looking at users and changing them.

mod change;
mod create;
mod export;
mod list;
mod show;
mod who;

use clap::{Args, Subcommand};

use self::who::{One, Who};
use crate::context::{Context, Reason};
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// List users, newest first. An account that failures have locked is seen where the counters are in the store
    /// (`AUTHKIT_THROTTLE=shared`).
    List(list::List),
    /// Show one user: the row, the sessions, what the trail knows.
    Show(Who),
    /// Make a user and mail a link to set a password.
    Create(create::Create),
    /// Let a disabled user sign in again.
    Enable(One),
    /// Keep a user from signing in, and end every session at once.
    Disable(One),
    /// Give a user another role; it counts from the next request on.
    SetRole(SetRole),
    /// Mail a user a link to set another password. Nobody but the owner of the mailbox sees it.
    ResetLink(One),
    /// Forget the failed sign-ins of an account, so that its owner can try again at once.
    Unlock(One),
    /// Delete a user: every session ends at once, and the row can be restored for seven days.
    Delete(One),
    /// Take a deletion back within its seven days.
    Restore(One),
    /// Take the list of users out, as CSV or JSON lines.
    Export(export::Export),
}

#[derive(Debug, Args)]
pub(crate) struct SetRole {
    /// The address or the id.
    user: String,
    /// The role.
    role: String,
    #[command(flatten)]
    reason: Reason,
}

impl User {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Show(_) => "show",
            Self::Create(_) => "create",
            Self::Enable(_) => "enable",
            Self::Disable(_) => "disable",
            Self::SetRole(_) => "set-role",
            Self::ResetLink(_) => "reset-link",
            Self::Unlock(_) => "unlock",
            Self::Delete(_) => "delete",
            Self::Restore(_) => "restore",
            Self::Export(_) => "export",
        }
    }
}

pub(crate) use self::list::values;
pub(crate) use self::who::find;

pub(crate) async fn run(args: User, context: &Context) -> Result<(), Failure> {
    match args {
        User::List(args) => list::run(args, context).await,
        User::Show(args) => show::run(&args.user, context).await,
        User::Create(args) => create::run(&args, context).await,
        User::Enable(args) => change::run(&args, &change::Action::Enable, context).await,
        User::Disable(args) => change::run(&args, &change::Action::Disable, context).await,
        User::SetRole(SetRole { user, role, reason }) => {
            change::run(&One { user, reason }, &change::Action::SetRole(role), context).await
        }
        User::ResetLink(args) => change::run(&args, &change::Action::ResetLink, context).await,
        User::Unlock(args) => change::run(&args, &change::Action::Unlock, context).await,
        User::Delete(args) => change::run(&args, &change::Action::Delete, context).await,
        User::Restore(args) => change::run(&args, &change::Action::Restore, context).await,
        User::Export(args) => export::run(args, context).await,
    }
}
