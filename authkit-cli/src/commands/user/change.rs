//! What is done to one user: one flow of the core each.

use authkit_core::{AuthError, UserId, UserItem};
use authkit_http::objects;
use serde_json::json;

use super::who::{One, find};
use crate::ask;
use crate::context::{Context, Installation};
use crate::failure::Failure;
use crate::output::count;

/// What is done.
#[derive(Debug)]
pub(crate) enum Action {
    Enable,
    Disable,
    SetRole(String),
    ResetLink,
    Unlock,
    Delete,
    Restore,
}

pub(crate) async fn run(args: &One, action: &Action, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    if let Action::SetRole(role) = action {
        installation.role(role)?;
    }
    if matches!(action, Action::ResetLink) {
        installation.post.require().await?;
    }
    let id = find(&installation, &args.user).await?;
    let before = look(&installation, &id, &args.user).await?;
    let email = before.user.email.as_str().to_owned();
    if context.is_dry_run() {
        let data = json!({"user": objects::user(&installation.kit, &before)});
        context.out.done(&data, &would(action, &email, before.sessions));
        return Ok(());
    }
    if matches!(action, Action::Delete) {
        let what =
            format!("{email} is deleted, and {} ended; it can be restored for seven days", sessions(before.sessions));
        ask::confirm(context, &what, "the address", &email)?;
    }
    let begun = installation.kit.now();
    act(&installation, action, &id, args).await.map_err(|error| explain(&error, &email))?;
    if matches!(action, Action::ResetLink) {
        installation.deliver(begun).await?;
    }
    let after = look(&installation, &id, &args.user).await?;
    let changed = before.user != after.user || matches!(action, Action::ResetLink | Action::Unlock);
    let data = json!({"changed": changed, "user": objects::user(&installation.kit, &after)});
    let sentence = if changed { did(action, &email, before.sessions, &installation) } else { already(action, &email) };
    context.out.done(&data, &sentence);
    Ok(())
}

async fn look(installation: &Installation, id: &UserId, name: &str) -> Result<UserItem, Failure> {
    let found = installation.kit.find_user_for(&installation.operator, id).await;
    found.map_err(Installation::refused(name))
}

async fn act(installation: &Installation, action: &Action, id: &UserId, args: &One) -> Result<(), AuthError> {
    let Installation { kit, operator, client, .. } = installation;
    let note = args.reason.note();
    match action {
        Action::Enable => kit.set_active(operator, id, true, note, client).await.map(drop),
        Action::Disable => kit.set_active(operator, id, false, note, client).await.map(drop),
        Action::SetRole(role) => kit.set_role(operator, id, role, note, client).await.map(drop),
        Action::ResetLink => kit.request_reset_for(operator, id, note, client).await,
        Action::Unlock => kit.unlock(operator, id, note, client).await,
        Action::Delete => kit.delete_user(operator, id, note, client).await,
        Action::Restore => kit.restore_user(operator, id, note, client).await.map(drop),
    }
}

fn explain(error: &AuthError, email: &str) -> Failure {
    let failure = Failure::of_flow(error, email);
    match error {
        AuthError::LastAdmin => failure.fix("make another administrator first: authkit user set-role USER ROLE"),
        AuthError::AccountDisabled => failure.fix(format!("authkit user enable {email}")),
        AuthError::NotDeleted => failure.fix("only what was deleted in the last seven days can be restored"),
        _ => failure,
    }
}

fn sessions(n: u64) -> String {
    format!("{} {}", count(n, "session", "sessions"), if n == 1 { "is" } else { "are" })
}

fn would(action: &Action, email: &str, live: u64) -> String {
    match action {
        Action::Enable => format!("{email} would be enabled"),
        Action::Disable => format!("{email} would be disabled, and {} ended", count(live, "session", "sessions")),
        Action::SetRole(role) => format!("{email} would get the role {role}"),
        Action::ResetLink => format!("{email} would be sent a reset link"),
        Action::Unlock => format!("{email} would be unlocked"),
        Action::Delete => format!("{email} would be deleted, and {} ended", count(live, "session", "sessions")),
        Action::Restore => format!("{email} would be restored"),
    }
}

fn did(action: &Action, email: &str, live: u64, installation: &Installation) -> String {
    match action {
        Action::Enable => format!("{email} is enabled"),
        Action::Disable => format!("{email} is disabled, and {} ended", sessions(live)),
        Action::SetRole(role) => format!("{email} has the role {role}"),
        Action::ResetLink => format!("a reset link for {email} was {}", installation.post.told()),
        Action::Unlock => format!("{email} can try again at once"),
        Action::Delete => {
            format!("{email} is deleted, and {} ended; take it back: authkit user restore {email}", sessions(live))
        }
        Action::Restore => format!("{email} is restored; every session stays ended"),
    }
}

fn already(action: &Action, email: &str) -> String {
    let state = match action {
        Action::Enable => "enabled",
        Action::Disable => "disabled",
        Action::SetRole(_) => "in that role",
        Action::Delete => "deleted",
        Action::ResetLink | Action::Unlock | Action::Restore => "as asked",
    };
    format!("nothing to do, {email} is {state} already")
}
