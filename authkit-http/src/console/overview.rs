//! `/`: how the day goes.

use std::collections::HashSet;

use askama::Template;
use authkit_core::{AuthError, AuthKit, ListRequest, LogCode, Permission, RowState, SessionQuery, UserQuery};
use http::{Method, StatusCode};

use super::chart::{Chart, Series};
use super::door::Visit;
use super::extend::Markup;
use super::html;
use super::overview_counts::{Counted, Counts, Period, count};
use super::overview_events::{Act, Alert, actions, alerts};
use super::shell::{Nav, Shell};
use super::view::{self, Moment};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::query::Query;

/// The rows of this page: frameworks hand the place of mounting over in both ways.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(Method::GET, "/", Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request))))),
    Endpoint::of_page(Method::GET, "", Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request))))),
];

/// More open sessions than this are not counted.
const CAP: u32 = 200;

/// One of the four figures.
struct Figure {
    icon: &'static str,
    key: &'static str,
    value: String,
    /// `up`, `bad` or nothing.
    tone: &'static str,
    change: String,
    rest: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    s: Shell,
    now: Moment,
    period: Period,
    /// Name, link, whether it is shown.
    periods: Vec<(Period, String, bool)>,
    figures: Vec<Figure>,
    chart: Option<Chart>,
    alerts: Vec<Alert>,
    acts: Vec<Act>,
    /// Nobody but whoever set this up.
    is_first_run: bool,
    /// The application's own cards.
    cards: Vec<(String, Markup)>,
    /// There is a trail to count in.
    counts: bool,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    if !visit.operator.permissions().allows(Permission::AuditRead) {
        let below = if visit.operator.permissions().allows(Permission::UsersRead) { "/users" } else { "/me" };
        return html::see_other(&visit.frame.path(below));
    }
    let s = Shell::of(kit, &visit, Nav::Overview, visit.frame.console.messages.text("nav.overview"))?;
    let period = Period::named(Query::of(&request.uri).text("period").as_deref());
    let operator = &visit.operator;
    let (counts, alerts, acts) = if kit.has_audit_log() {
        let counts = count(kit, operator, period).await?;
        (Some(counts), alerts(kit, operator, &s).await?, actions(kit, operator, &s).await?)
    } else {
        (None, Vec::new(), Vec::new())
    };
    let mut figures = counts.iter().flat_map(|counts| figures(&s, counts)).collect::<Vec<_>>();
    let mut is_first_run = false;
    if visit.operator.permissions().allows(Permission::UsersRead) {
        figures.push(sessions(kit, &visit, &s).await?);
        let two = ListRequest { cursor: None, limit: Some(2) };
        let users = kit.list_users(operator, &UserQuery::default(), &two).await?;
        is_first_run = users.items.len() < 2 && counts.as_ref().is_none_or(|counts| counts.sign_ups.now == 0);
    }
    let chart = counts.as_ref().filter(|counts| !counts.is_empty()).map(chart);
    let link = |other: Period| (other, s.path(&format!("?period={}", other.name)), other == period);
    let periods = Period::ALL.into_iter().map(link).collect();
    let now = Moment::of(kit.now(), kit.now());
    let counts = counts.is_some();
    let cards = cards(&visit, &s).await;
    html::page(
        StatusCode::OK,
        &OverviewPage { s, now, period, periods, figures, chart, alerts, acts, is_first_run, cards, counts },
    )
}

/// The application's own cards, all at once. One that fails says so and takes nothing else with it.
async fn cards(visit: &Visit, s: &Shell) -> Vec<(String, Markup)> {
    let cards = visit.frame.console.cards.iter().filter(|card| s.may(card.needs));
    let shown = cards.map(|card| async {
        let content = (card.show)().await.unwrap_or_else(|error| {
            tracing::error!(
                ak = LogCode::HostPart.as_str(),
                card = card.title,
                error = %error,
                "a card of the application's own could not be shown"
            );
            Markup::text(s.t("common.broken"))
        });
        (card.title.clone(), content)
    });
    futures_util::future::join_all(shown).await
}

fn chart(counts: &Counts) -> Chart {
    let series = [
        ("overview.sign_ins", "overview.sign_ins_short", &counts.sign_ins),
        ("overview.failed", "overview.failed_short", &counts.failures),
        ("overview.sign_ups", "overview.sign_ups_short", &counts.sign_ups),
    ];
    let series = series.map(|(key, short, counted)| Series { key, short, counts: counted.points.clone() });
    Chart::of(&series, &counts.labels)
}

fn figures(s: &Shell, counts: &Counts) -> [Figure; 3] {
    [
        ("in", "overview.sign_ins", &counts.sign_ins, true),
        ("warning", "overview.failed", &counts.failures, false),
        ("user", "overview.sign_ups", &counts.sign_ups, true),
    ]
    .map(|(icon, key, counted, more_is_good)| {
        let (tone, change) = change(counted, more_is_good);
        let rest = s.fill("overview.from", "n", view::number(counted.before));
        Figure { icon, key, value: view::number(counted.now), tone, change, rest }
    })
}

/// How the count has changed, in percent, and whether that is well.
fn change(counted: &Counted, more_is_good: bool) -> (&'static str, String) {
    let (now, before) = (u128::from(counted.now), u128::from(counted.before));
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

async fn sessions(kit: &AuthKit, visit: &Visit, s: &Shell) -> Result<Figure, AuthError> {
    let query = SessionQuery { state: Some(RowState::Open), ..SessionQuery::default() };
    let request = ListRequest { cursor: None, limit: Some(CAP) };
    let listing = kit.list_sessions(&visit.operator, &query, &request).await?;
    let users: HashSet<_> = listing.items.iter().map(|item| item.session.user_id).collect();
    let more = if listing.next_cursor.is_some() { "+" } else { "" };
    let text = |n: usize| format!("{}{more}", view::number(n as u64));
    Ok(Figure {
        icon: "screen",
        key: "overview.open_sessions",
        value: text(listing.items.len()),
        tone: "",
        change: String::new(),
        rest: s.fill("overview.on_accounts", "n", text(users.len())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_percent_and_with_its_worth() {
        let told = |now, before, good| change(&Counted { now, before, points: Vec::new() }, good);
        assert_eq!(told(104, 100, true), ("up", "+4.0 %".to_owned()));
        assert_eq!(told(138, 100, false), ("bad", "+38 %".to_owned()));
        assert_eq!(told(50, 100, false), ("up", "\u{2212}50 %".to_owned()));
        assert_eq!(told(5, 0, true), ("", String::new()));
        assert_eq!(told(5, 5, true), ("", String::new()));
    }
}
