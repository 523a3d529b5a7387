//! `authkit create-admin`: the first administrator. Called again with the same address it finds all done.

use authkit_core::AuthError;
use clap::Args;
use serde_json::json;

use crate::ask;
use crate::context::{Context, Installation};
use crate::failure::Failure;
use crate::output::DIM;

#[derive(Debug, Args)]
pub(crate) struct CreateAdmin {
    /// The address; asked for at a terminal where it is left out.
    email: Option<String>,
    /// Take the password from the first line of standard input. It is never an argument, which others could see.
    #[arg(long)]
    password_stdin: bool,
}

pub(crate) async fn run(args: CreateAdmin, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let email = match args.email {
        Some(email) => email,
        None => ask::line(context, "Address:", "give it as an argument")?,
    };
    let there = existing(&installation, &email).await?;
    let data = |changed: bool| json!({"email": email, "changed": changed});
    if there {
        context.out.done(&data(false), &format!("nothing to do, {email} is an administrator already"));
        return Ok(());
    }
    let needed = installation.kit.needs_setup().await.map_err(Installation::refused("the users"))?;
    if !needed {
        return Err(Failure::of_flow(&AuthError::AdminExists, &email)
            .fix(format!("authkit user create {email} --role {}", installation.kit.settings().admin_role)));
    }
    if context.is_dry_run() {
        context.out.done(&data(true), &format!("{email} would be made the first administrator"));
        return Ok(());
    }
    if !args.password_stdin {
        let min = installation.kit.settings().password_policy.min();
        context.out.say(&format!("{DIM}At least {min} characters, and none that many others use.{DIM:#}"));
    }
    let password = ask::new_password(args.password_stdin)?;
    let made = installation.kit.create_first_admin(&email, password, installation.operator.actor().clone()).await;
    made.map_err(Installation::refused(&email))?;
    context.out.done(&data(true), &format!("{email} is an administrator and can sign in"));
    Ok(())
}

/// Whether an active administrator has this address.
async fn existing(installation: &Installation, email: &str) -> Result<bool, Failure> {
    let Installation { kit, operator, .. } = installation;
    let id = match kit.find_user_named(operator, email).await {
        Err(AuthError::NotFound) => return Ok(false),
        other => other.map_err(Installation::refused(email))?,
    };
    let user = kit.find_user_for(operator, &id).await.map_err(Installation::refused(email))?.user;
    Ok(user.exists() && user.is_active && user.role == kit.settings().admin_role)
}
