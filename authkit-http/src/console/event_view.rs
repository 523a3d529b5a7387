//! An event as pages show it: a sentence, a shape, and who is in it by name.

use std::collections::HashMap;

use authkit_core::{Actor, AuthError, AuthKit, Event, EventCode, EventOutcome, Timestamp, UserId};
use serde_json::Value;

use super::door::Visit;
use super::shell::Shell;
use super::view::Moment;

/// The addresses of users, as far as they are known.
pub(crate) type Names = HashMap<UserId, String>;

/// What pages show of an event.
#[derive(Debug)]
pub(crate) struct EventView {
    pub(crate) id: String,
    pub(crate) at: Moment,
    pub(crate) code: String,
    /// "Ada disabled Bob".
    pub(crate) sentence: String,
    /// What else is worth a glance; may be empty.
    pub(crate) note: String,
    /// `success`, `failure` or `refused`.
    pub(crate) outcome: &'static str,
    pub(crate) is_bad: bool,
    pub(crate) icon: &'static str,
    pub(crate) actor: Who,
    pub(crate) target: Who,
    pub(crate) ip: String,
    pub(crate) device: String,
    pub(crate) request_id: String,
    pub(crate) session_id: String,
}

/// Somebody in an event.
#[derive(Debug, Default)]
pub(crate) struct Who {
    pub(crate) text: String,
    /// Empty: no user.
    pub(crate) id: String,
}

impl EventView {
    pub(crate) fn of(s: &Shell, event: &Event, names: &Names, now: Timestamp) -> Self {
        let (actor, target) = (actor(s, event, names), target(s, event, names));
        let client = &event.client;
        let is_bad = event.outcome != EventOutcome::Success || event.code == EventCode::SESSION_REUSE_DETECTED;
        Self {
            id: event.id.to_string(),
            at: Moment::of(event.at, now),
            code: event.code.as_str().to_owned(),
            sentence: sentence_with(s, event, &actor.text, &target.text),
            note: note(s, event),
            outcome: event.outcome.as_str(),
            is_bad,
            icon: if is_bad { "warning" } else { icon(event.code.as_str()) },
            actor,
            target,
            ip: client.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            device: client.device.clone().or_else(|| client.user_agent.clone()).unwrap_or_default(),
            request_id: client.request_id.clone().unwrap_or_default(),
            session_id: event.session_id.map(|id| id.to_string()).unwrap_or_default(),
        }
    }

    /// The beginning of the request's id: enough to see which rows belong together.
    pub(crate) fn short_request(&self) -> &str {
        short(&self.request_id)
    }

    /// The shape beside the outcome's word.
    pub(crate) fn shape(&self) -> &'static str {
        if self.outcome == "success" { "success" } else { "failure" }
    }

    /// The key of the outcome's word.
    pub(crate) fn outcome_key(&self) -> &'static str {
        match self.outcome {
            "success" => "outcome.success",
            "failure" => "outcome.failure",
            _ => "outcome.refused",
        }
    }
}

/// The users that an event names.
pub(crate) fn users(event: &Event) -> impl Iterator<Item = UserId> {
    event.actor.user().copied().into_iter().chain(event.subject)
}

/// The addresses of users; none where the operator may not see users.
///
/// # Errors
/// As [`AuthKit::names_of`].
pub(crate) async fn names_of(kit: &AuthKit, visit: &Visit, ids: &[UserId]) -> Result<Names, AuthError> {
    match kit.names_of(&visit.operator, ids).await {
        Err(AuthError::Forbidden) => Ok(Names::new()),
        names => names,
    }
}

/// The end of an id: ids of the same time begin alike.
pub(crate) fn short(id: &str) -> &str {
    id.char_indices().rev().nth(7).map_or(id, |(at, _)| id.get(at..).unwrap_or(id))
}

fn user(s: &Shell, id: &UserId, names: &Names) -> Who {
    let text = names.get(id).cloned().unwrap_or_else(|| s.fill("audit.user", "id", short(id.as_str())));
    Who { text, id: id.as_str().to_owned() }
}

fn actor(s: &Shell, event: &Event, names: &Names) -> Who {
    let plain = |text: String| Who { text, id: String::new() };
    match &event.actor {
        Actor::User(id) => user(s, id, names),
        Actor::Cli(name) => plain(s.fill("audit.cli", "name", name)),
        Actor::System => plain(s.t("audit.system").to_owned()),
        Actor::Anonymous => plain(s.t("audit.nobody").to_owned()),
    }
}

/// Whom it is about; without a user the address that was tried.
fn target(s: &Shell, event: &Event, names: &Names) -> Who {
    match &event.subject {
        Some(id) => user(s, id, names),
        None => Who { text: event.identifier.clone().unwrap_or_default(), id: String::new() },
    }
}

/// What happened as a sentence. A code of the application's own stands for itself.
pub(crate) fn sentence(s: &Shell, event: &Event, names: &Names) -> String {
    sentence_with(s, event, &actor(s, event, names).text, &target(s, event, names).text)
}

fn sentence_with(s: &Shell, event: &Event, actor: &str, target: &str) -> String {
    let key = format!("event.{}", event.code.as_str());
    if s.t(&key) == key {
        return event.code.as_str().to_owned();
    }
    let target = if target.is_empty() { s.t("audit.somebody") } else { target };
    let plain = s.fill_all(&key, &[("actor", actor), ("target", target)]);
    // These tell of a failure by themselves.
    let tells = event.code.as_str().ends_with("_failed") || event.code.as_str().ends_with("refused");
    let tells = tells || [EventCode::THROTTLE_TRIPPED, EventCode::MAIL_FAILED].contains(&event.code);
    match event.outcome {
        EventOutcome::Success => plain,
        _ if tells || event.code == EventCode::SESSION_REUSE_DETECTED => plain,
        EventOutcome::Failure => s.fill("event.failed", "sentence", plain),
        EventOutcome::Refused => s.fill("event.refused", "sentence", plain),
    }
}

/// The reason, one field's change, or how many it concerned.
fn note(s: &Shell, event: &Event) -> String {
    let mut notes = Vec::new();
    for (field, [before, after]) in changes(event).into_iter().take(2) {
        notes.push(format!("{field}: {before} → {after}"));
    }
    if let Some(reason) = event.details.get("reason").and_then(Value::as_str) {
        let key = format!("reason.{reason}");
        let known = s.t(&key);
        notes.push(if known == key { reason.to_owned() } else { known.to_owned() });
    }
    if let Some(count) = event.details.get("count").and_then(Value::as_u64).filter(|n| *n != 1) {
        notes.push(s.fill("audit.count", "n", count));
    }
    notes.join(" · ")
}

/// Before and after, field by field.
pub(crate) fn changes(event: &Event) -> Vec<(String, [String; 2])> {
    let json = event.change.to_json().unwrap_or_default();
    let fields = json.as_object().into_iter().flatten();
    let pair = |pair: &Value| {
        let side = |n: usize| pair.get(n).map(plain).unwrap_or_default();
        [side(0), side(1)]
    };
    fields.map(|(field, both)| (field.clone(), pair(both))).collect()
}

/// A value as people read it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

fn icon(code: &str) -> &'static str {
    match code {
        "session.opened" => "in",
        "session.closed" | "session.closed_all" | "session.revoked" => "out",
        _ => match code.split('.').next().unwrap_or_default() {
            "user" => "user",
            "password" | "keys" | "throttle" => "lock",
            "session" => "key",
            "email" | "mail" => "mail",
            "system" => "gear",
            _ => "page",
        },
    }
}
