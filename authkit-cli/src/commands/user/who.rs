//! Whom a command is about.

use authkit_core::{AuthError, UserId};
use clap::Args;

use crate::context::{Installation, Reason};
use crate::failure::Failure;

/// A user.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// The address or the id.
    pub(super) user: String,
}

/// A user whom something is done to.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The address or the id.
    pub(super) user: String,
    #[command(flatten)]
    pub(super) reason: Reason,
}

/// The user with this address or id.
pub(crate) async fn find(installation: &Installation, name: &str) -> Result<UserId, Failure> {
    let found = installation.kit.find_user_named(&installation.operator, name).await;
    found.map_err(|error| match error {
        AuthError::NotFound => Failure::of_flow(&error, &format!("the user {name}")).fix("authkit user list"),
        other => Failure::of_flow(&other, name),
    })
}
