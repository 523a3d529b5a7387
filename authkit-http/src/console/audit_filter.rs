//! What the audit trail is asked for: a window of time and what must fit, read from the URL and told in words.

use std::net::IpAddr;
use std::time::Duration;

use authkit_core::{EventCode, EventFilter, EventGroup, EventOutcome, SessionId, Timestamp, UserId};

use super::given::{Chip, Choice, Given};
use super::shell::Shell;
use crate::query::Query;

/// The parameters, in the order in which links hold them.
const NAMES: [&str; 11] =
    ["window", "from", "to", "group", "code", "outcome", "actor", "subject", "ip", "session_id", "request_id"];
/// Those that narrow the list beside the time.
const NARROWING: [&str; 8] = ["group", "code", "outcome", "actor", "subject", "ip", "session_id", "request_id"];
/// The most codes that one list takes.
const MAX_CODES: usize = 32;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How far a search without an index looks.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What the list is asked for.
#[derive(Debug, Clone)]
pub(crate) struct AuditFilter {
    pub(crate) given: Given,
    /// Whether a window was cut to a week, since no index serves these filters.
    pub(crate) is_cut: bool,
    /// Where the window ends that goes back from now; kept by the links from page to page, so that it stands still.
    pub(crate) seen_at: Timestamp,
}

impl AuditFilter {
    /// Takes what it knows out of a query.
    pub(crate) fn read(query: &mut Query<'_>, now: Timestamp) -> Self {
        let mut given = Given::read(query, &NAMES, |name, value| match name {
            "window" => matches!(value, "24h" | "7d" | "30d" | "all" | "own"),
            "from" | "to" => instant(value).is_some(),
            "outcome" => EventOutcome::from_stored(value).is_some(),
            "actor" | "subject" => value.len() <= 254,
            "session_id" => value.parse::<SessionId>().is_ok(),
            "ip" => value.parse::<IpAddr>().is_ok(),
            "group" => EventGroup::named(value).is_some(),
            "code" => value.split(',').count() <= MAX_CODES && value.split(',').all(|code| code.len() <= 64),
            // The id of a request.
            _ => value.len() <= 64,
        });
        // Whoever names codes means those and no others.
        if !given.value("code").is_empty() {
            given.forget(&["group"]);
        }
        if !matches!(given.value("window"), "" | "own") {
            given.forget(&["from", "to"]);
        }
        let seen_at = query.text("at").and_then(|text| Timestamp::parse(&text)).filter(|at| *at <= now).unwrap_or(now);
        Self { given, is_cut: false, seen_at }
    }

    /// The name of the window: `24h`, `7d`, `30d`, `all` or `own`.
    pub(crate) fn window(&self) -> &str {
        let ranged = !self.given.value("from").is_empty() || !self.given.value("to").is_empty();
        match self.given.value("window") {
            "" if ranged => "own",
            "" => "24h",
            window => window,
        }
    }

    /// Whether anything narrows the list beside the time.
    pub(crate) fn narrows(&self) -> bool {
        self.given.names().any(|name| NARROWING.contains(&name))
    }

    /// What core is asked, with the users that `actor` and `subject` stand for.
    pub(crate) fn event_filter(&mut self, actor: Option<UserId>, subject: Option<UserId>) -> EventFilter {
        let given = &self.given;
        let text = |name: &str| Some(given.value(name).to_owned()).filter(|value| !value.is_empty());
        let (from, to) = match self.window() {
            "24h" => (Some(self.seen_at - DAY), None),
            "7d" => (Some(self.seen_at - WEEK), None),
            "30d" => (Some(self.seen_at - 30 * DAY), None),
            "own" => (instant(given.value("from")), instant(given.value("to"))),
            _ => (None, None),
        };
        let mut filter = EventFilter {
            codes: self.codes(),
            outcomes: EventOutcome::from_stored(given.value("outcome")).into_iter().collect(),
            actor,
            subject,
            session_id: given.value("session_id").parse().ok(),
            request_id: text("request_id"),
            ip: given.value("ip").parse().ok(),
            from,
            to,
            ..EventFilter::default()
        };
        let indexed = !filter.codes.is_empty() || filter.actor.is_some() || filter.subject.is_some();
        let caused = filter.session_id.is_some() || filter.request_id.is_some() || filter.ip.is_some();
        let scanned = caused || !filter.outcomes.is_empty();
        if scanned && !indexed {
            let end = filter.to.unwrap_or(self.seen_at);
            if filter.from.is_none_or(|from| end.since(from) > WEEK) {
                self.is_cut = true;
                filter.from = Some(end - WEEK);
            }
            // With an end that moves on, the window would outgrow the week, from page to page and before the first.
            filter.to = Some(end);
        }
        filter
    }

    fn codes(&self) -> Vec<EventCode> {
        let group = EventGroup::named(self.given.value("group")).map(EventGroup::codes).unwrap_or_default();
        let named = self.given.value("code").split(',').map(str::trim).filter(|code| !code.is_empty());
        named.map(EventCode::from_stored).chain(group).collect()
    }

    /// The choices of what happened: key, link, and whether it is the one that is shown.
    pub(crate) fn groups(&self, s: &Shell) -> Vec<(String, String, bool)> {
        let chosen = self.given.value("group");
        let any = chosen.is_empty() && self.given.value("code").is_empty();
        let link = |name: &str| {
            let query = self.given.link(&[("code", ""), ("group", name)]);
            format!("{}{query}", s.path("/audit"))
        };
        let all = ("event_group.all".to_owned(), link(""), any);
        let group = |name: &str| (format!("event_group.{name}"), link(name), name == chosen);
        std::iter::once(all).chain(EventGroup::ALL.map(|it| group(it.as_str()))).collect()
    }

    /// What narrows the list, in words.
    pub(crate) fn chips(&self, s: &Shell, names: [&str; 2]) -> Vec<Chip> {
        let [actor, subject] = names;
        let narrowing = self.given.names().filter(|name| NARROWING.contains(name) || matches!(*name, "from" | "to"));
        let chip = |name: &'static str| {
            let value = self.given.value(name);
            let text = match name {
                "outcome" => s.t(&format!("outcome.{value}")).to_owned(),
                "group" => s.t(&format!("event_group.{value}")).to_owned(),
                "code" => value.replace(',', ", "),
                "ip" => s.fill("audit.chip_ip", "text", value),
                "actor" => s.fill("audit.chip_actor", "text", actor),
                "subject" => s.fill("audit.chip_subject", "text", subject),
                "session_id" => s.fill("audit.chip_session", "text", value),
                "request_id" => s.fill("audit.chip_request", "text", value),
                "from" => s.fill("audit.chip_from", "text", value.replace('T', " ")),
                _ => s.fill("audit.chip_to", "text", value.replace('T', " ")),
            };
            Chip { text, without: format!("{}{}", s.path("/audit"), self.given.link(&[(name, "")])) }
        };
        narrowing.map(chip).collect()
    }

    /// The choices of the window.
    pub(crate) fn windows(&self, s: &Shell) -> [Choice; 5] {
        let chosen = self.window();
        let choice = |(value, key): (&'static str, &str)| Choice {
            text: s.t(key).to_owned(),
            is_chosen: value == chosen,
            value,
        };
        [
            ("24h", "audit.day"),
            ("7d", "audit.week"),
            ("30d", "audit.month"),
            ("all", "audit.all_time"),
            ("own", "audit.own"),
        ]
        .map(choice)
    }

    /// The choices of the outcome.
    pub(crate) fn outcomes(&self, s: &Shell) -> [Choice; 4] {
        let chosen = self.given.value("outcome");
        let choice = |(value, key): (&'static str, &str)| Choice {
            text: s.t(key).to_owned(),
            is_chosen: value == chosen,
            value,
        };
        [
            ("", "audit.any_outcome"),
            ("success", "outcome.success"),
            ("failure", "outcome.failure"),
            ("refused", "outcome.refused"),
        ]
        .map(choice)
    }
}

/// An instant as a form field of the kind `datetime-local` sends it, in UTC, or as RFC 3339 has it.
fn instant(text: &str) -> Option<Timestamp> {
    [text, &format!("{text}Z"), &format!("{text}:00Z")].into_iter().find_map(Timestamp::parse)
}

/// An instant as such a form field takes it: to the second.
pub(crate) fn field(at: Timestamp) -> String {
    at.to_string().chars().take(19).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &str) -> (AuditFilter, EventFilter) {
        let uri = format!("/audit?{query}").parse().expect("a path");
        let mut filter = AuditFilter::read(&mut Query::of(&uri), Timestamp::from_seconds(1_800_000_000));
        let asked = filter.event_filter(None, None);
        (filter, asked)
    }

    #[test]
    fn a_day_is_shown_unless_more_is_asked_for() {
        let now = Timestamp::from_seconds(1_800_000_000);
        assert_eq!(filter("").1.from, Some(now - DAY));
        assert_eq!(filter("window=all").1, EventFilter::default());
        assert_eq!(filter("window=nonsense&outcome=x&session_id=x").1.from, Some(now - DAY));
        let at = now - Duration::from_secs(60);
        assert_eq!(filter(&format!("at={at}")).1.from, Some(at - DAY));
        let (own, asked) = filter("from=2026-11-25T10:00&to=2026-11-25T10:00:30");
        assert_eq!(own.window(), "own");
        assert_eq!(asked.from.zip(asked.to).map(|(from, to)| to.since(from).as_secs()), Some(30));
        let (preset, _) = filter("window=7d&from=2026-11-25T10:00");
        assert_eq!(preset.given.link(&[]), "?window=7d");
    }

    #[test]
    fn codes_that_are_named_take_the_place_of_a_group() {
        let codes = |query: &str| filter(query).1.codes;
        assert_eq!(codes("group=sign_ins"), EventGroup::SignIns.codes());
        let named = ["user.created", "app.own"].map(EventCode::from_stored);
        assert_eq!(codes("code=user.created,+app.own&group=failures"), named);
        assert_eq!(codes(&format!("code={}", vec!["a"; 33].join(","))), []);
        assert_eq!(codes("group=nonsense&code=,"), []);
    }

    #[test]
    fn what_no_index_serves_looks_back_a_week_and_says_so() {
        for (query, is_cut) in [
            ("window=all&outcome=failure", true),
            ("window=30d&request_id=x", true),
            ("window=30d&ip=192.0.2.1", true),
            ("window=30d&ip=192.0.2.1&group=sign_ins", false),
            ("window=7d&outcome=failure", false),
            ("window=all&outcome=failure&code=session.opened", false),
            ("window=own&outcome=failure&to=2026-11-25T10:00", true),
        ] {
            assert_eq!(filter(query).0.is_cut, is_cut, "{query}");
        }
    }

    #[test]
    fn a_week_that_no_index_serves_ends_when_it_was_asked_for() {
        let (_, asked) = filter("window=7d&outcome=failure");
        // An open end would be later than that by the time that the page takes, and the week too wide.
        assert_eq!(asked.from.zip(asked.to).map(|(from, to)| to.since(from)), Some(WEEK));
    }
}
