//! `authkit session`: looking at sessions and ending them.

use std::net::IpAddr;

use authkit_core::{BulkAction, BulkResult, RowState, SessionId, SessionItem, SessionQuery, SessionState, UserQuery};
use authkit_http::objects;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::user::{self, values};
use crate::ask;
use crate::codes::CliCode;
use crate::context::{Context, Installation, Reason};
use crate::failure::{Failure, chain};
use crate::output::{DIM, GOOD, PLAIN, WARN, count};
use crate::page::{Page, say_next};
use crate::table::{Cell, Table};
use crate::times::relative;

#[derive(Debug, Subcommand)]
pub(crate) enum Session {
    /// List sessions, newest first.
    List(List),
    /// End one session.
    End(End),
    /// End every session of a user, or of everybody.
    EndAll(EndAll),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only this user's, by address or id.
    #[arg(long)]
    user: Option<String>,
    /// Only those in this state. Without --user: among those of the last seven days.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Only those opened from this address of the network.
    #[arg(long)]
    ip: Option<IpAddr>,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    Live,
    Expired,
    Revoked,
}

#[derive(Debug, Args)]
pub(crate) struct End {
    /// The session's id.
    id: SessionId,
    #[command(flatten)]
    reason: Reason,
}

#[derive(Debug, Args)]
pub(crate) struct EndAll {
    /// The user, by address or id.
    #[arg(required_unless_present = "everybody", conflicts_with = "everybody")]
    user: Option<String>,
    /// Everybody's sessions.
    #[arg(long)]
    everybody: bool,
    #[command(flatten)]
    reason: Reason,
}

impl Session {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::End(_) => "end",
            Self::EndAll(_) => "end-all",
        }
    }
}

pub(crate) async fn run(args: Session, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    match args {
        Session::List(args) => list(&args, &installation, context).await,
        Session::End(args) => end(&args, &installation, context).await,
        Session::EndAll(EndAll { user: Some(name), reason, .. }) => {
            end_all(&name, &reason, &installation, context).await
        }
        Session::EndAll(EndAll { reason, .. }) => end_everybodys(&reason, &installation, context).await,
    }
}

async fn list(args: &List, installation: &Installation, context: &Context) -> Result<(), Failure> {
    let Installation { kit, operator, .. } = installation;
    let user_id = match &args.user {
        Some(name) => Some(user::find(installation, name).await?),
        None => None,
    };
    let state = args.state.map(|state| match state {
        State::Live => RowState::Open,
        State::Expired => RowState::Expired,
        State::Revoked => RowState::Revoked,
    });
    let query = SessionQuery { user_id, state, ip: args.ip, ..SessionQuery::default() };
    let listing = kit.list_sessions(operator, &query, &args.page.request()).await;
    let listing = listing.map_err(Installation::refused("the sessions"))?;
    let items: Vec<_> = listing.items.iter().map(objects::session).collect();
    context.out.data(&json!({"items": values(&items), "next_cursor": listing.next_cursor}), || {
        let now = kit.now();
        let mut table = Table::new(["EMAIL", "STATE", "FROM", "DEVICE", "LAST USED", "OPENED", "ID"]);
        for SessionItem { session, email, state } in &listing.items {
            let style = if *state == SessionState::Live { GOOD } else { WARN };
            table.row([
                Cell::new(email.as_deref().unwrap_or("(gone)"), PLAIN),
                Cell::new(state.as_str(), style),
                session.client.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string()).into(),
                session.client.device.as_deref().unwrap_or("-").into(),
                relative(session.rotated_at, now).into(),
                relative(session.created_at, now).into(),
                Cell::new(&session.id.to_string(), DIM),
            ]);
        }
        table.text("No sessions.")
    });
    say_next(context, listing.next_cursor.as_deref());
    Ok(())
}

async fn end(args: &End, installation: &Installation, context: &Context) -> Result<(), Failure> {
    let Installation { kit, operator, client, .. } = installation;
    let what = format!("the session {}", args.id);
    let item = kit.find_session_for(operator, args.id).await.map_err(Installation::refused(&what))?;
    let of = item.email.as_deref().unwrap_or("a user who is gone");
    let live = item.state == SessionState::Live;
    let data = json!({"changed": live, "session": objects::session(&item)});
    if context.is_dry_run() {
        context.out.done(&data, &format!("{what} of {of} would be ended"));
        return Ok(());
    }
    kit.revoke_session(operator, args.id, args.reason.note(), client).await.map_err(Installation::refused(&what))?;
    let told = if live {
        format!("{what} of {of} is ended")
    } else {
        format!("nothing to do, {what} of {of} is over already")
    };
    context.out.done(&data, &told);
    Ok(())
}

async fn end_all(name: &str, reason: &Reason, installation: &Installation, context: &Context) -> Result<(), Failure> {
    let Installation { kit, operator, client, .. } = installation;
    let id = user::find(installation, name).await?;
    let item = kit.find_user_for(operator, &id).await.map_err(Installation::refused(name))?;
    let email = item.user.email.as_str();
    let told = count(item.sessions, "session", "sessions");
    if context.is_dry_run() {
        context
            .out
            .done(&json!({"email": email, "ended": item.sessions}), &format!("{told} of {email} would be ended"));
        return Ok(());
    }
    ask::confirm(context, &format!("{told} of {email} will be ended"), "the address", email)?;
    let ended = kit.revoke_sessions_of(operator, &id, reason.note(), client).await;
    let ended = ended.map_err(Installation::refused(email))?;
    let told = format!("{} of {email} ended", count(ended, "session", "sessions"));
    context.out.done(&json!({"email": email, "ended": ended}), &told);
    Ok(())
}

async fn end_everybodys(reason: &Reason, installation: &Installation, context: &Context) -> Result<(), Failure> {
    let Installation { kit, operator, client, .. } = installation;
    let query = UserQuery::default();
    let users = kit.count_users(operator, &query, u32::MAX).await.map_err(Installation::refused("the users"))?;
    let told = count(users, "user", "users");
    if context.is_dry_run() {
        context.out.done(&json!({"users": users}), &format!("every session of {told} would be ended"));
        return Ok(());
    }
    ask::confirm(
        context,
        &format!("every session of {told} will be ended"),
        "the number of users",
        &users.to_string(),
    )?;
    let action = BulkAction::EndSessions;
    let refused = || Installation::refused("the sessions");
    let mut ticket = Some(kit.begin_bulk(operator, action, &query).map_err(refused())?);
    let bar = context.out.progress("users");
    let (mut reached, mut limited) = (0_u64, false);
    let mut left = Vec::new();
    while let Some(now) = ticket {
        let step = kit.bulk_matching(operator, action, &query, &now, reason.note(), client).await.map_err(refused())?;
        for item in step.outcome.items {
            match item.result {
                BulkResult::Done | BulkResult::Unchanged => reached += 1,
                BulkResult::Refused(code) => left.push(json!({"id": item.id, "code": code})),
            }
        }
        if let Some(stop) = step.outcome.stopped {
            let why = format!("stopped at the user {} after {reached}: {}", stop.at, chain(&stop.error));
            return Err(Failure::new(CliCode::Failed, why).fix("run it again: what is done is done"));
        }
        bar.set_position(reached);
        (ticket, limited) = (step.next, step.limited);
    }
    bar.finish_and_clear();
    let sentence = format!("every session of {} ended", count(reached, "user", "users"));
    context.out.done(&json!({"users": reached, "left": left, "limited": limited}), &sentence);
    if limited {
        context
            .out
            .say("10000 users at a time. A new key signs everyone out: authkit secret generate --write .env --replace");
    }
    Ok(())
}
