//! `authkit import`: what another system held, taken over by the core's flows. Its own tables are only read.

mod convert;
mod event;
mod from;
mod report;
mod source;
mod user;

use authkit_core::{AuthError, ImportEvent, ImportUser, Role};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::codes::CliCode;
use crate::context::{Context, Installation};
use crate::failure::Failure;
use convert::FROM;
use report::Report;
use source::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Take over the users and the audit trail of fast-authkit. Again is harmless; its sessions end.
    FastAuthkit(FastAuthkit),
}

#[derive(Debug, Args)]
pub(crate) struct FastAuthkit {
    #[command(flatten)]
    from: from::From,
    /// Its users table, where more than one would do: `authkit_users` or `users`.
    #[arg(long, value_name = "NAME")]
    users_table: Option<String>,
}

impl Import {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::FastAuthkit(_) => "fast-authkit",
        }
    }
}

pub(crate) async fn run(args: Import, context: &Context) -> Result<(), Failure> {
    let Import::FastAuthkit(args) = args;
    let url = args.from.url()?;
    let mut source = Source::open(&url, args.users_table.as_deref()).await?;
    let installation = context.open().await?;
    roles(&mut source, &installation).await?;
    let mut report = Report::default();
    users(&mut source, &installation, context, &mut report).await?;
    events(&mut source, &installation, context, &mut report).await?;
    report.sessions = source.open_sessions().await?;
    let sentence = report.sentence(context.is_dry_run());
    if !context.out.is_json() {
        context.out.raw(&report.table());
    }
    context.out.done(&json!(report), &sentence);
    Ok(())
}

/// A role that is not known here would refuse its users one by one: all of them are told before anything is written.
async fn roles(source: &mut Source, installation: &Installation) -> Result<(), Failure> {
    let known = &installation.kit.settings().roles;
    let mut unknown = source.roles().await?;
    unknown.retain(|name| known.iter().all(|role| role.as_str() != name));
    if unknown.is_empty() {
        return Ok(());
    }
    let all = known.iter().map(Role::as_str).chain(unknown.iter().map(String::as_str));
    let all = all.collect::<Vec<_>>().join(",");
    let why = format!("its users have roles that are not known here: {}. Nothing was imported", unknown.join(", "));
    Err(Failure::new(CliCode::Refused, why).fix(format!("AUTHKIT_ROLES={all}")))
}

async fn users(
    source: &mut Source,
    installation: &Installation,
    context: &Context,
    report: &mut Report,
) -> Result<(), Failure> {
    let Installation { kit, operator, .. } = installation;
    let bar = context.out.progress("users");
    let mut rows = source.users();
    while let Some(page) = source.next(&mut rows).await? {
        for row in page {
            report.users.read += 1;
            bar.set_position(report.users.read);
            let name = user::name_of(&row);
            let converted = match user::convert(row, report) {
                Ok(converted) => converted,
                Err(why) => {
                    report.refuse_user(name, why);
                    continue;
                }
            };
            let outcome = if !context.is_dry_run() {
                kit.import_user(operator, converted, FROM).await
            } else if let Some(other) = report.seen(&converted) {
                Ok(ImportUser::Twin(other))
            } else {
                kit.would_import_user(&converted).await
            };
            match outcome {
                Ok(ImportUser::Imported(_)) => report.users.imported += 1,
                Ok(ImportUser::Present) => report.users.present += 1,
                Ok(ImportUser::Twin(id)) => {
                    report.refuse_user(name, format!("its address, but for case, is that of {id}"));
                }
                Err(AuthError::Validation(_)) => report.refuse_user(name, "its address is none".to_owned()),
                Err(error) => return Err(Failure::of_flow(&error, &name)),
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

async fn events(
    source: &mut Source,
    installation: &Installation,
    context: &Context,
    report: &mut Report,
) -> Result<(), Failure> {
    let kit = &installation.kit;
    let bar = context.out.progress("events");
    let Some(mut rows) = source.events() else { return Ok(()) };
    while let Some(page) = source.next(&mut rows).await? {
        for row in page {
            report.events.read += 1;
            bar.set_position(report.events.read);
            match event::convert(row, report) {
                Ok(_) if context.is_dry_run() => report.events.imported += 1,
                Ok(converted) => {
                    let outcome = kit.import_event(converted).await;
                    match outcome.map_err(Installation::refused("the audit trail"))? {
                        ImportEvent::Imported => report.events.imported += 1,
                        ImportEvent::Present => report.events.present += 1,
                    }
                }
                Err(why) => report.refuse_event(why),
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}
