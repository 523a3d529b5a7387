//! What the overview tells in words: what needs a look, and what operators did last.

use authkit_core::{Actor, Attention, AuthKit, Event, PeakOf, UserId};
use serde_json::Value;

use super::event_view::Names;
use super::shell::Shell;
use super::view::{self, Moment, encoded};

/// More throttles than this are not counted.
const MANY: u64 = 200;

/// Something that needs a look.
#[derive(Debug)]
pub(crate) struct Alert {
    pub(crate) icon: &'static str,
    pub(crate) is_bad: bool,
    pub(crate) text: String,
    /// May be empty.
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

/// The users that these tell of.
pub(crate) fn users(attention: &Attention, actions: &[Event]) -> Vec<UserId> {
    let spikes = attention.spikes.iter().filter_map(|peak| match peak.of {
        PeakOf::User(id) => Some(id),
        PeakOf::Ip(_) => None,
    });
    let admins = attention.new_admins.iter().map(|admin| admin.user);
    let throttled = attention.throttled.iter().map(|one| one.user).take(1);
    spikes.chain(admins.take(10)).chain(throttled).chain(actions.iter().flat_map(super::event_view::users)).collect()
}

/// What needs a look, in sentences, the worst first.
pub(crate) fn alerts(kit: &AuthKit, s: &Shell, attention: &Attention, names: &Names) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let last = |at| s.fill("overview.last_at", "at", format!("{} UTC", Moment::of(at, kit.now()).text));
    let audit = |query: &str| s.path(&format!("/audit?{query}"));
    if attention.reuses > 0 {
        let text = s.fill("overview.reuse", "n", view::number(attention.reuses));
        let href = audit("window=7d&code=session.reuse_detected");
        alerts.push(Alert { icon: "key", is_bad: true, text, small: String::new(), href });
    }
    for peak in &attention.spikes {
        let (name, filter) = match &peak.of {
            PeakOf::Ip(ip) => (ip.to_string(), format!("ip={}", encoded(&ip.to_string()))),
            PeakOf::User(id) => (name_of(id, names), format!("subject={}", encoded(id.as_str()))),
        };
        let (day, usual) = (view::number(peak.day), view::number(peak.usual()));
        let text = s.fill_all("overview.spike", &[("whom", &name), ("n", &day)]);
        let small = s.fill("overview.spike_usual", "n", usual);
        let href = audit(&format!("code=session.open_failed&{filter}"));
        alerts.push(Alert { icon: "warning", is_bad: true, text, small, href });
    }
    if attention.trips > 0 {
        let text = match attention.throttled.len() {
            0 => s.fill("overview.tripped", "n", view::capped(attention.trips.into(), MANY)),
            n => s.fill("overview.throttled", "n", view::number(n as u64)),
        };
        let small = attention.throttled.first().map(|one| last(one.at)).unwrap_or_default();
        alerts.push(Alert { icon: "lock", is_bad: true, text, small, href: audit("code=throttle.tripped") });
    }
    if attention.mail_failures > 0 {
        let text = s.fill("overview.mail_failed", "n", view::number(attention.mail_failures));
        let href = audit("window=7d&code=mail.failed");
        alerts.push(Alert { icon: "mail", is_bad: true, text, small: String::new(), href });
    }
    if let Some(newest) = attention.new_admins.first() {
        let text = s.fill("overview.new_admins", "n", view::number(attention.new_admins.len() as u64));
        let mut told: Vec<String> = Vec::new();
        for name in attention.new_admins.iter().take(10).map(|admin| name_of(&admin.user, names)) {
            if !told.contains(&name) {
                told.push(name);
            }
        }
        let small = format!("{} · {}", told.join(", "), last(newest.at));
        let href = audit("window=7d&code=user.role_changed,user.created");
        alerts.push(Alert { icon: "user", is_bad: false, text, small, href });
    }
    alerts
}

/// What operators did last, in sentences.
pub(crate) fn acts(kit: &AuthKit, s: &Shell, actions: &[Event], names: &Names) -> Vec<Act> {
    let act = |event: &Event| {
        let who = match &event.actor {
            Actor::User(id) => name_of(id, names),
            other => other.name().unwrap_or_else(|| other.kind()).to_owned(),
        };
        let role = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let (was, is) = (role(event.change.before("role")), role(event.change.after("role")));
        let key = format!("act.{}", event.code.as_str());
        let text = s.fill_all(&key, &[("who", &who), ("was", &was), ("is", &is)]);
        let (before, after) = text.split_once("{whom}").unwrap_or((&text, ""));
        let href = event.subject.as_ref().map(|id| s.path(&format!("/users/{}", encoded(id.as_str()))));
        Act {
            at: Moment::of(event.at, kit.now()),
            before: before.to_owned(),
            whom: event.subject.as_ref().map(|id| name_of(id, names)).unwrap_or_default(),
            href: href.unwrap_or_default(),
            after: after.to_owned(),
        }
    };
    actions.iter().map(act).collect()
}

/// The address; for who is gone, or may not be seen, the id.
fn name_of(id: &UserId, names: &Names) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.as_str().to_owned())
}
