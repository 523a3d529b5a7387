//! What the overview tells in words: what needs a look, and what operators did last.

use std::collections::HashMap;
use std::time::Duration;

use authkit_core::{Actor, AuthError, AuthKit, Event, EventCode, EventFilter, ListRequest, Operator, UserId};

use super::shell::Shell;
use super::view::{self, Moment, encoded};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// More than this is not counted.
const CAP: u32 = 200;
/// Rows of the list of what operators did.
const LAST: usize = 10;
/// What operators do to users.
const ACTIONS: [EventCode; 9] = [
    EventCode::USER_CREATED,
    EventCode::USER_DISABLED,
    EventCode::USER_ENABLED,
    EventCode::USER_ROLE_CHANGED,
    EventCode::USER_DELETED,
    EventCode::USER_RESTORED,
    EventCode::USER_PURGED,
    EventCode::SESSION_REVOKED,
    EventCode::PASSWORD_RESET_REQUESTED,
];

/// Something that needs a look.
#[derive(Debug)]
pub(crate) struct Alert {
    pub(crate) icon: &'static str,
    pub(crate) is_bad: bool,
    pub(crate) text: String,
    pub(crate) small: String,
    /// Where to look.
    pub(crate) href: String,
}

/// What an operator did: a sentence around the one it was done to.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) at: Moment,
    pub(crate) before: String,
    pub(crate) whom: String,
    pub(crate) href: String,
    pub(crate) after: String,
}

/// What needs a look.
///
/// # Errors
/// As [`AuthKit::list_events`].
pub(crate) async fn alerts(kit: &AuthKit, operator: &Operator, s: &Shell) -> Result<Vec<Alert>, AuthError> {
    let mut alerts = Vec::new();
    for (code, within, icon, is_bad, key) in [
        (EventCode::THROTTLE_TRIPPED, DAY, "lock", true, "overview.tripped"),
        (EventCode::SESSION_REUSE_DETECTED, WEEK, "key", true, "overview.reuse"),
        (EventCode::MAIL_FAILED, WEEK, "mail", true, "overview.mail_failed"),
        (EventCode::USER_ROLE_CHANGED, WEEK, "user", false, "overview.new_admins"),
    ] {
        let mut events = events(kit, operator, &code, Some(within), CAP).await?;
        if code == EventCode::USER_ROLE_CHANGED {
            events
                .retain(|event| role_change(event).is_some_and(|(_, role)| role == kit.settings().admin_role.as_str()));
        }
        let Some(newest) = events.first() else { continue };
        let moment = Moment::of(newest.at, kit.now());
        alerts.push(Alert {
            icon,
            is_bad,
            text: s.fill(key, "n", view::capped(events.len() as u64, CAP.into())),
            small: s.fill("overview.last_at", "at", format!("{} UTC", moment.text)),
            href: s.path(&format!("/audit?code={}", encoded(code.as_str()))),
        });
    }
    Ok(alerts)
}

/// What operators did last, newest first.
///
/// # Errors
/// As [`AuthKit::list_events`].
pub(crate) async fn actions(kit: &AuthKit, operator: &Operator, s: &Shell) -> Result<Vec<Act>, AuthError> {
    let mut all = Vec::new();
    for code in &ACTIONS {
        let found = events(kit, operator, code, None, 50).await?;
        all.extend(found.into_iter().filter(is_by_operator).take(LAST));
    }
    all.sort_by_key(|event| std::cmp::Reverse(event.id));
    all.truncate(LAST);
    let mut names = Names { kit, operator, known: HashMap::new() };
    let mut acts = Vec::new();
    for event in &all {
        let who = match &event.actor {
            Actor::User(id) => names.of(id).await,
            other => other.name().unwrap_or_else(|| other.kind()).to_owned(),
        };
        let whom = match &event.subject {
            Some(id) => names.of(id).await,
            None => String::new(),
        };
        let (was, is) = role_change(event).unwrap_or_default();
        let key = format!("act.{}", event.code.as_str());
        let text = s.fill_all(&key, &[("who", &who), ("was", &was), ("is", &is)]);
        let (before, after) = text.split_once("{whom}").unwrap_or((&text, ""));
        let href = event.subject.as_ref().map(|id| s.path(&format!("/users/{}", encoded(id.as_str()))));
        acts.push(Act {
            at: Moment::of(event.at, kit.now()),
            before: before.to_owned(),
            href: href.unwrap_or_default(),
            after: after.to_owned(),
            whom,
        });
    }
    Ok(acts)
}

/// Done by somebody to somebody else.
fn is_by_operator(event: &Event) -> bool {
    match &event.actor {
        Actor::User(id) => event.subject.as_ref() != Some(id),
        Actor::Cli(_) => true,
        Actor::System | Actor::Anonymous => false,
    }
}

/// The role before and after.
fn role_change(event: &Event) -> Option<(String, String)> {
    let change = event.change.to_json()?;
    let pair = change.get("role")?.as_array()?;
    let text = |at: usize| Some(pair.get(at)?.as_str()?.to_owned());
    Some((text(0)?, text(1)?))
}

async fn events(
    kit: &AuthKit,
    operator: &Operator,
    code: &EventCode,
    within: Option<Duration>,
    limit: u32,
) -> Result<Vec<Event>, AuthError> {
    let from = within.map(|within| kit.now() - within);
    let filter = EventFilter { from, ..EventFilter::of(code.clone()) };
    let request = ListRequest { cursor: None, limit: Some(limit) };
    Ok(kit.list_events(operator, &filter, &request).await?.items)
}

/// Addresses by id, each looked up once.
struct Names<'a> {
    kit: &'a AuthKit,
    operator: &'a Operator,
    known: HashMap<UserId, String>,
}

impl Names<'_> {
    /// The address; for who is gone, or may not be seen, the id.
    async fn of(&mut self, id: &UserId) -> String {
        if let Some(known) = self.known.get(id) {
            return known.clone();
        }
        let found = self.kit.find_user_for(self.operator, id).await;
        let name = found.map_or_else(|_| id.as_str().to_owned(), |item| item.user.email.as_str().to_owned());
        self.known.insert(*id, name.clone());
        name
    }
}
