//! The figures of the overview and its chart.

use authkit_core::{AuthKit, EventFigures, Figure, Period, RowFigures};

use super::chart::{Chart, Series};
use super::shell::Shell;
use super::view::{self, Moment};

/// One of the figures.
pub(crate) struct Card {
    pub(crate) icon: &'static str,
    pub(crate) key: &'static str,
    pub(crate) value: String,
    /// `up`, `bad` or nothing.
    pub(crate) tone: &'static str,
    pub(crate) change: String,
    pub(crate) rest: String,
}

/// The keys of what a period is called, and of what it is called in a sentence.
pub(crate) const fn keys(period: Period) -> (&'static str, &'static str) {
    match period {
        Period::Day => ("overview.24h", "overview.24h_long"),
        Period::Week => ("overview.7d", "overview.7d_long"),
        Period::Month => ("overview.30d", "overview.30d_long"),
        Period::Quarter => ("overview.90d", "overview.90d_long"),
    }
}

/// What was counted in the trail.
pub(crate) fn of_events(s: &Shell, events: &EventFigures) -> Vec<Card> {
    let all =
        [("in", "overview.sign_ins", &events.sign_ins, true), ("warning", "overview.failed", &events.failures, false)];
    let card = |(icon, key, figure, more_is_good): (&'static str, &'static str, &Figure, bool)| {
        let (tone, change) = change(figure, more_is_good);
        let rest = s.fill("overview.from", "n", view::number(figure.before));
        Card { icon, key, value: view::number(figure.now), tone, change, rest }
    };
    all.map(card).into()
}

/// What was counted among users and sessions.
pub(crate) fn of_rows(s: &Shell, rows: &RowFigures, period: Period) -> Vec<Card> {
    let card = |icon, key, n, rest| {
        let value = view::capped(n, rows.cap.into());
        Card { icon, key, value, tone: "", change: String::new(), rest }
    };
    let within = s.fill("overview.signed_in_within", "period", s.t(keys(period).1));
    vec![
        card("users", "overview.active_users", rows.active_users, within),
        card("screen", "overview.open_sessions", rows.open_sessions, s.t("overview.right_now").to_owned()),
    ]
}

/// How the count has changed, in percent, and whether that is well.
fn change(figure: &Figure, more_is_good: bool) -> (&'static str, String) {
    let (now, before) = (u128::from(figure.now), u128::from(figure.before));
    if before == 0 || now == before {
        return ("", String::new());
    }
    let permille = now.abs_diff(before).saturating_mul(1_000) / before;
    let sign = if now > before { '+' } else { '\u{2212}' };
    // From ten percent on, tenths say nothing.
    let text = if permille < 100 {
        format!("{sign}{}.{} %", permille / 10, permille % 10)
    } else {
        format!("{sign}{} %", permille / 10)
    };
    (if (now > before) == more_is_good { "up" } else { "bad" }, text)
}

/// The lines; `None`: nothing at all was counted.
pub(crate) fn chart(kit: &AuthKit, events: &EventFigures, period: Period) -> Option<Chart> {
    let all = [&events.sign_ins, &events.failures, &events.sign_ups];
    if all.iter().all(|figure| figure.now == 0 && figure.before == 0) {
        return None;
    }
    let series = [
        ("overview.sign_ins", "overview.sign_ins_short", &events.sign_ins),
        ("overview.failed", "overview.failed_short", &events.failures),
        ("overview.sign_ups", "overview.sign_ups_short", &events.sign_ups),
    ];
    let series = series.map(|(key, short, figure)| Series { key, short, counts: figure.points.clone() });
    let now = kit.now();
    let label = |start: &authkit_core::Timestamp| {
        let moment = Moment::of(*start, now);
        let hour = moment.clock().get(..5).unwrap_or_default().to_owned();
        match period {
            Period::Day => hour,
            Period::Week => format!("{} {hour}", moment.day()),
            Period::Month | Period::Quarter => moment.day().to_owned(),
        }
    };
    Some(Chart::of(&series, &events.starts.iter().map(label).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_percent_and_with_its_worth() {
        let told = |now, before, good| change(&Figure { now, before, points: Vec::new() }, good);
        assert_eq!(told(104, 100, true), ("up", "+4.0 %".to_owned()));
        assert_eq!(told(138, 100, false), ("bad", "+38 %".to_owned()));
        assert_eq!(told(50, 100, false), ("up", "\u{2212}50 %".to_owned()));
        assert_eq!(told(5, 0, true), ("", String::new()));
        assert_eq!(told(5, 5, true), ("", String::new()));
    }
}
