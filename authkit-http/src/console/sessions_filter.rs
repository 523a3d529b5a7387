//! What the list of sessions is asked for, read from the URL and told in words.

use std::net::IpAddr;
use std::time::Duration;

use authkit_core::{RevokeReason, RowState, SessionQuery, Timestamp, UserId};

use super::given::{Chip, Choice, Given};
use super::shell::Shell;
use crate::query::Query;

/// The parameters, in the order in which links hold them.
const NAMES: [&str; 6] = ["user_id", "ip", "state", "ended", "from", "to"];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How far a search without a user looks.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Why sessions ended, as people tell it apart: the name in links, its key, and the reasons.
const ENDS: [(&str, &str, &[RevokeReason]); 6] = [
    (
        "user",
        "sessions.ended_user",
        &[RevokeReason::Logout, RevokeReason::Everywhere, RevokeReason::Owner, RevokeReason::Replaced],
    ),
    ("admin", "sessions.ended_admin", &[RevokeReason::Admin]),
    ("account", "sessions.ended_account", &[RevokeReason::Disabled, RevokeReason::Deleted]),
    ("password", "sessions.ended_password", &[RevokeReason::Password, RevokeReason::Reset]),
    ("reuse", "sessions.ended_reuse", &[RevokeReason::Reuse]),
    ("cap", "sessions.ended_cap", &[RevokeReason::Cap]),
];

/// What the list is asked for.
#[derive(Debug, Clone)]
pub(crate) struct SessionsFilter {
    pub(crate) given: Given,
}

impl SessionsFilter {
    /// Takes what it knows out of a query.
    pub(crate) fn read(query: &mut Query<'_>) -> Self {
        let mut given = Given::read(query, &NAMES, |name, value| match name {
            "ip" => value.parse::<IpAddr>().is_ok(),
            "state" => matches!(value, "expired" | "revoked" | "all"),
            "ended" => ENDS.iter().any(|(name, ..)| *name == value),
            "from" | "to" => midnight(value).is_some(),
            _ => value.len() <= 254,
        });
        // Why it ended says that it has.
        if !given.value("ended").is_empty() {
            given.forget(&["state"]);
        }
        Self { given }
    }

    /// What core is asked, with the user that `user_id` stands for; and whether the range was cut to a week.
    pub(crate) fn query(&self, user_id: Option<UserId>, now: Timestamp) -> (SessionQuery, bool) {
        let given = &self.given;
        let ended = ENDS.iter().find(|(name, ..)| *name == given.value("ended"));
        let state = match given.value("state") {
            "" if ended.is_some() => None,
            "" => Some(RowState::Open),
            "expired" => Some(RowState::Expired),
            "revoked" => Some(RowState::Revoked),
            _ => None,
        };
        let mut query = SessionQuery {
            user_id,
            state,
            reasons: ended.map(|(.., reasons)| reasons.to_vec()).unwrap_or_default(),
            ip: given.value("ip").parse().ok(),
            created_from: midnight(given.value("from")),
            created_to: midnight(given.value("to")).map(|day| day + DAY),
        };
        let is_cut = query.created_from.is_some() && query.scans_a_week() && {
            // The end of the day stands still from page to page, or no cursor would fit.
            let end = query.created_to.unwrap_or_else(|| today(now) + DAY);
            query.created_to = Some(end);
            query.created_from.is_some_and(|from| end.since(from) > WEEK)
        };
        if is_cut {
            query.created_from = query.created_to.map(|end| end - WEEK);
        }
        (query, is_cut)
    }

    /// The choices of the state.
    pub(crate) fn states(&self, s: &Shell) -> [Choice; 4] {
        let all = [
            ("", "session.live"),
            ("expired", "session.expired"),
            ("revoked", "session.revoked"),
            ("all", "sessions.any_state"),
        ];
        all.map(|(value, key)| self.choice(s, "state", value, key))
    }

    /// The choices of why it ended.
    pub(crate) fn ends(&self, s: &Shell) -> Vec<Choice> {
        let any = self.choice(s, "ended", "", "sessions.ended_any");
        std::iter::once(any).chain(ENDS.map(|(value, key, _)| self.choice(s, "ended", value, key))).collect()
    }

    fn choice(&self, s: &Shell, name: &str, value: &'static str, key: &str) -> Choice {
        Choice { text: s.t(key).to_owned(), is_chosen: value == self.given.value(name), value }
    }

    /// What narrows the list, in words.
    pub(crate) fn chips(&self, s: &Shell, user: &str) -> Vec<Chip> {
        let chip = |name: &'static str| {
            let value = self.given.value(name);
            let text = match name {
                "user_id" => s.fill("sessions.chip_user", "text", user),
                "ip" => s.fill("sessions.chip_ip", "text", value),
                "from" => s.fill("sessions.chip_from", "text", value),
                "to" => s.fill("sessions.chip_to", "text", value),
                "ended" => {
                    let key = ENDS.iter().find(|(name, ..)| *name == value).map_or("", |(_, key, _)| *key);
                    s.t(key).to_owned()
                }
                _ => match value {
                    "expired" => s.t("session.expired").to_owned(),
                    "revoked" => s.t("session.revoked").to_owned(),
                    _ => s.t("sessions.any_state").to_owned(),
                },
            };
            Chip { text, without: format!("{}{}", s.path("/sessions"), self.given.link(&[(name, "")])) }
        };
        self.given.names().map(chip).collect()
    }
}

/// The start of a day that a form field of the kind `date` sends, in UTC.
fn midnight(day: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{day}T00:00:00Z")).filter(|_| day.len() == 10)
}

fn today(now: Timestamp) -> Timestamp {
    let days = now.as_seconds().div_euclid(24 * 60 * 60);
    Timestamp::from_seconds(days.saturating_mul(24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000); // 2027-01-15T08:00:00Z

    fn query(text: &str, user: Option<UserId>) -> (SessionQuery, bool) {
        let uri = format!("/sessions?{text}").parse().expect("a path");
        SessionsFilter::read(&mut Query::of(&uri)).query(user, NOW)
    }

    #[test]
    fn open_sessions_are_shown_unless_something_else_is_asked_for() {
        let state = |text: &str| query(text, None).0.state;
        assert_eq!((state(""), state("state=nonsense")), (Some(RowState::Open), Some(RowState::Open)));
        assert_eq!((state("state=revoked"), state("state=all")), (Some(RowState::Revoked), None));
        let (reuse, _) = query("ended=reuse&state=expired", None);
        assert_eq!((reuse.state, reuse.reasons), (None, vec![RevokeReason::Reuse]));
    }

    #[test]
    fn days_are_whole_and_more_than_a_week_is_cut_where_no_user_is_named() {
        let day = |text| midnight(text).expect("a day");
        let (one, is_cut) = query("from=2027-01-10&to=2027-01-10", None);
        assert_eq!(
            (one.created_from, one.created_to, is_cut),
            (Some(day("2027-01-10")), Some(day("2027-01-11")), false)
        );
        let (wide, is_cut) = query("from=2026-12-01", None);
        assert_eq!(
            (wide.created_from, wide.created_to, is_cut),
            (Some(day("2027-01-09")), Some(day("2027-01-16")), true)
        );
        let (all, is_cut) = query("from=2026-12-01&state=all", None);
        assert_eq!((all.created_from, all.created_to, is_cut), (Some(day("2026-12-01")), None, false));
        let (of_user, is_cut) = query("from=2026-12-01", Some(UserId::from(7)));
        assert_eq!((of_user.created_from, is_cut), (Some(day("2026-12-01")), false));
        assert_eq!(query("from=yesterday&to=2027-13-01", None).0.created_from, None);
    }

    #[test]
    fn every_reason_has_its_place_once() {
        let all: Vec<_> = ENDS.iter().flat_map(|(.., reasons)| reasons.iter().copied()).collect();
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (11, 11));
    }
}
