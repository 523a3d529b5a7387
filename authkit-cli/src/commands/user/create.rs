//! `authkit user create`: a user without a password, and the mail with a link to set one.

use authkit_core::{Actor, Profile, TrustedPassword, TrustedUser};
use clap::Args;
use serde_json::json;

use crate::context::{Context, Installation, Reason};
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The address.
    email: String,
    /// The role; without it the one that everybody has who registers.
    #[arg(long)]
    role: Option<String>,
    /// Send no mail: the owner sets a password by "forgot password".
    #[arg(long, conflicts_with = "reason")]
    no_mail: bool,
    #[command(flatten)]
    reason: Reason,
}

pub(crate) async fn run(args: &Create, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let Installation { kit, operator, client, post } = &installation;
    let role = match &args.role {
        Some(name) => installation.role(name)?,
        None => kit.settings().default_role,
    };
    if !args.no_mail {
        post.require()
            .await
            .map_err(|failure| failure.fix("say --no-mail, or set AUTHKIT_ENABLE_SMTP and what belongs to it"))?;
    }
    let email = &args.email;
    if context.is_dry_run() {
        let data = json!({"email": email, "role": role.as_str(), "mail": !args.no_mail});
        context.out.done(&data, &format!("{email} would be made with the role {role}"));
        return Ok(());
    }
    let begun = kit.now();
    let made = if args.no_mail {
        let user = TrustedUser {
            email: email.clone(),
            password: TrustedPassword::None,
            role,
            is_active: true,
            is_verified: false,
            profile: Profile::default(),
        };
        let actor: Actor = operator.actor().clone();
        kit.create_user(user, actor).await
    } else {
        kit.create_user_for(operator, email, role.as_str(), args.reason.note(), client).await
    };
    let user = made.map_err(Installation::refused(email))?;
    if !args.no_mail {
        installation.deliver(begun).await?;
    }
    let data = json!({"id": user.id, "email": user.email.as_str(), "role": user.role.as_str(), "mail": !args.no_mail});
    let mail = if args.no_mail { "no mail was sent".to_owned() } else { format!("the invitation was {}", post.told()) };
    context.out.done(&data, &format!("{} is made with the role {role}; {mail}", user.email));
    Ok(())
}
