//! `authkit audit`: reading the trail, taking it out, removing what is past its time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use authkit_core::{
    Actor, Event, EventCode, EventFilter, EventOutcome, ExportOf, ListRequest, SessionId, Timestamp, UserId,
};
use authkit_http::{files, objects};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use super::user::{self, values};
use crate::ask;
use crate::codes::CliCode;
use crate::context::{Context, Installation};
use crate::export::To;
use crate::failure::Failure;
use crate::output::{BAD, DIM, GOOD, WARN, count};
use crate::page::{Page, say_next};
use crate::table::{Cell, Table};
use crate::times::exact;
use crate::usage::nearest;

/// Events that are counted before a prune; more are told as so many or more.
const COUNTED: u64 = 100_000;
/// Events of one step.
const STEP: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// List events, newest first.
    List(List),
    /// Take the events out, as CSV or JSON lines.
    Export(Export),
    /// Remove the events that are past the retention.
    Prune(Prune),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Keep this many days in place of `AUTHKIT_AUDIT_RETENTION_DAYS`; at least 90.
    #[arg(long, value_name = "DAYS")]
    keep: Option<u32>,
}

/// Which events.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// Only this code, such as session.opened. May be given several times.
    #[arg(long)]
    code: Vec<String>,
    /// Only this outcome. Without a code or a user: at most seven days. May be given several times.
    #[arg(long, value_enum)]
    outcome: Vec<Outcome>,
    /// Only what this user did or what is about this user, by address or id.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only what is about this user, by address or id.
    #[arg(long, value_name = "USER")]
    about: Option<String>,
    /// Only what this user did, by address or id.
    #[arg(long, value_name = "USER")]
    by: Option<String>,
    /// Only what happened in or to this session.
    #[arg(long, value_name = "ID")]
    session: Option<SessionId>,
    /// Only what came from this address of the network. Without a code or a user: at most seven days.
    #[arg(long)]
    ip: Option<IpAddr>,
    /// Only what happened from here on, such as 2026-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Only what happened before.
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Outcome {
    Success,
    Failure,
    Refused,
}

impl Outcome {
    const fn known(self) -> EventOutcome {
        match self {
            Self::Success => EventOutcome::Success,
            Self::Failure => EventOutcome::Failure,
            Self::Refused => EventOutcome::Refused,
        }
    }
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    let day = || Timestamp::parse(&format!("{text}T00:00:00Z"));
    Timestamp::parse(text).or_else(day).ok_or("a time is written like 2026-01-31T12:00:00Z or 2026-01-31")
}

impl Audit {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Export(_) => "export",
            Self::Prune(_) => "prune",
        }
    }
}

pub(crate) async fn run(args: Audit, context: &Context) -> Result<(), Failure> {
    match args {
        Audit::List(args) => list(&args, context).await,
        Audit::Export(args) => export(&args, context).await,
        Audit::Prune(args) => prune(&args, context).await,
    }
}

impl Filter {
    async fn event_filter(&self, installation: &Installation) -> Result<EventFilter, Failure> {
        let person = async |name: &Option<String>| match name {
            Some(name) => user::find(installation, name).await.map(Some),
            None => Ok(None),
        };
        Ok(EventFilter {
            codes: self.code.iter().map(|name| code(name)).collect::<Result<_, _>>()?,
            outcomes: self.outcome.iter().map(|outcome| outcome.known()).collect(),
            actor: person(&self.by).await?,
            subject: person(&self.about).await?,
            concerning: person(&self.user).await?,
            session_id: self.session,
            request_id: None,
            ip: self.ip,
            from: self.from,
            to: self.to,
        })
    }

    fn details(&self) -> impl Iterator<Item = (String, Value)> {
        let words = |words: Vec<&str>| Some(words.join(",")).filter(|text| !text.is_empty());
        let texts = [
            ("code", words(self.code.iter().map(String::as_str).collect())),
            ("outcome", words(self.outcome.iter().map(|outcome| outcome.known().as_str()).collect())),
            ("user", self.user.clone()),
            ("ip", self.ip.map(|ip| ip.to_string())),
            ("subject", self.about.clone()),
            ("actor", self.by.clone()),
            ("session_id", self.session.map(|id| id.to_string())),
            ("from", self.from.map(|at| at.to_string())),
            ("to", self.to.map(|at| at.to_string())),
        ];
        texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))))
    }
}

/// One of AuthKit's own codes, or one of the application's.
fn code(name: &str) -> Result<EventCode, Failure> {
    if let Some(own) = EventCode::ALL.iter().find(|code| code.as_str() == name) {
        return Ok(own.clone());
    }
    EventCode::of_application(name).ok_or_else(|| {
        let meant = nearest(name, EventCode::ALL.iter().map(EventCode::as_str));
        let fix =
            meant.map_or_else(|| "see the guide, \"Audit\"".to_owned(), |meant| format!("did you mean `{meant}`?"));
        Failure::new(CliCode::Usage, format!("there is no code `{name}`")).fix(fix)
    })
}

async fn list(args: &List, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let Installation { kit, operator, .. } = &installation;
    let filter = args.filter.event_filter(&installation).await?;
    let listing = kit.list_events(operator, &filter, &args.page.request()).await;
    let listing = listing.map_err(Installation::refused("the audit trail"))?;
    let items: Vec<_> = listing.items.iter().map(objects::event).collect();
    let ids: Vec<UserId> =
        listing.items.iter().flat_map(|event| [event.actor.user().copied(), event.subject]).flatten().collect();
    let names = kit.names_of(operator, &ids).await.map_err(Installation::refused("the users"))?;
    context.out.data(&json!({"items": values(&items), "next_cursor": listing.next_cursor}), || {
        let mut table = Table::new(["AT", "CODE", "OUTCOME", "BY", "ABOUT", "FROM"]);
        for event in &listing.items {
            table.row([
                exact(event.at).into(),
                event.code.as_str().into(),
                outcome(event),
                actor(&event.actor, &names),
                event.subject.map_or_else(|| "-".into(), |id| person(&id, &names)),
                event.client.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string()).into(),
            ]);
        }
        table.text("No events.")
    });
    say_next(context, listing.next_cursor.as_deref());
    Ok(())
}

fn outcome(event: &Event) -> Cell {
    let style = match event.outcome {
        EventOutcome::Success => GOOD,
        EventOutcome::Failure => WARN,
        EventOutcome::Refused => BAD,
    };
    Cell::new(event.outcome.as_str(), style)
}

fn actor(actor: &Actor, names: &HashMap<UserId, String>) -> Cell {
    match actor {
        Actor::User(id) => person(id, names),
        Actor::Cli(name) => format!("cli:{name}").into(),
        Actor::System | Actor::Anonymous => Cell::new(actor.kind(), DIM),
    }
}

fn person(id: &UserId, names: &HashMap<UserId, String>) -> Cell {
    names.get(id).map_or(id.as_str(), String::as_str).into()
}

async fn export(args: &Export, context: &Context) -> Result<(), Failure> {
    args.to.check(context)?;
    let installation = context.open().await?;
    let Installation { kit, operator, client, .. } = &installation;
    let mut filter = args.filter.event_filter(&installation).await?;
    // What happens meanwhile, this export among it, is not part of the file.
    let now = kit.now();
    filter.to = Some(filter.to.unwrap_or(now).min(now));
    let refused = || Installation::refused("the audit trail");
    // Too wide a window, or no trail at all, is told before anything is recorded.
    let first = ListRequest { cursor: None, limit: Some(1) };
    kit.list_events(operator, &filter, &first).await.map_err(refused())?;
    if context.is_dry_run() {
        context.out.done(&json!({}), "the events that fit would be exported");
        return Ok(());
    }
    let mut details: Map<String, Value> = args.filter.details().collect();
    details.insert("format".to_owned(), Value::from(args.to.format.format().as_str()));
    kit.begin_export(operator, ExportOf::Events, details, client).await.map_err(refused())?;
    let read = |cursor, limit| {
        let filter = &filter;
        async move { kit.list_events(operator, filter, &ListRequest { cursor, limit: Some(limit) }).await }
    };
    args.to.write(context, &files::EVENTS, read, files::event).await
}

async fn prune(args: &Prune, context: &Context) -> Result<(), Failure> {
    let keep = args.keep.map(|days| Duration::from_secs(u64::from(days) * 86_400));
    let installation = context.open_with(|config| match keep {
        Some(keep) => config.audit_retention(keep),
        None => config,
    });
    let installation = installation.await?;
    let Installation { kit, operator, client, .. } = &installation;
    let days = kit.settings().audit_retention.as_secs() / 86_400;
    let refused = || Installation::refused("the audit trail");
    let due = kit.count_events_past_retention(operator, COUNTED).await.map_err(refused())?;
    let told = format!(
        "{}{} older than {days} days",
        count(due, "event", "events"),
        if due == COUNTED { " or more" } else { "" }
    );
    if due == 0 {
        context.out.done(&json!({"removed": 0}), &format!("nothing to do, no event is older than {days} days"));
        return Ok(());
    }
    if context.is_dry_run() {
        context.out.done(&json!({"removed": due}), &format!("{told} would be removed"));
        return Ok(());
    }
    ask::confirm(context, &format!("{told} will be removed for good"), "the number of events", &due.to_string())?;
    let bar = context.out.progress("events");
    let mut removed = 0;
    loop {
        let step = kit.purge_events(operator, STEP, client).await.map_err(refused())?;
        removed += step;
        bar.set_position(removed);
        if step == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    context.out.done(&json!({"removed": removed}), &format!("{} removed", count(removed, "event", "events")));
    Ok(())
}
