//! `authkit cleanup`: the housekeeping that the server does by itself, all of it that is due now.

use authkit_core::{Budget, Tidied, Upkeep};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::context::{Context, Installation};
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Cleanup {}

pub(crate) async fn run(_: &Cleanup, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let Installation { kit, operator, client, .. } = &installation;
    if context.is_dry_run() {
        let what =
            "sessions that are over for an hour, users deleted a week ago, old counters, events past the retention";
        context.out.done(&json!({}), &format!("what the server removes by itself would be removed: {what}"));
        return Ok(());
    }
    let bar = context.out.progress("rows");
    let mut sum = Tidied::default();
    loop {
        let step = kit.tidy_for(operator, Budget::default(), client).await;
        let step = step.map_err(Installation::refused("the housekeeping"))?;
        sum.sessions += step.sessions;
        sum.users += step.users;
        sum.attempts += step.attempts;
        sum.events += step.events;
        sum.hours += step.hours;
        bar.set_position(sum.sessions + sum.users + sum.attempts + sum.events);
        if !step.more {
            break;
        }
    }
    bar.finish_and_clear();
    let counts = [
        ("sessions", sum.sessions),
        ("users", sum.users),
        ("counters", sum.attempts),
        ("events", sum.events),
        ("hours", sum.hours),
    ];
    let data: Map<String, Value> = counts.into_iter().map(|(name, n)| (name.to_owned(), Value::from(n))).collect();
    let recorded = kit.record_upkeep(operator, Upkeep::Tidied, data.clone(), client).await;
    recorded.map_err(Installation::refused("the audit trail"))?;
    let Tidied { sessions, users, attempts, events, hours, .. } = sum;
    let told = format!(
        "removed {sessions} sessions, {users} deleted users, {attempts} counters, {events} events; counted {hours} hours"
    );
    context.out.done(&data, &told);
    Ok(())
}
