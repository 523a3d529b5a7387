//! `/`: how the day goes.

use askama::Template;
use authkit_core::{AuthError, AuthKit, LogCode, Period, Permission};
use futures_util::future::try_join;
use http::{Method, StatusCode};

use super::chart::Chart;
use super::door::Visit;
use super::event_view::{Names, names_of};
use super::extend::Markup;
use super::html;
use super::overview_counts::{Card, chart, keys, of_events, of_rows};
use super::overview_events::{Act, Alert, acts, alerts, users};
use super::shell::{Nav, Shell};
use super::view::Moment;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::query::Query;

/// The rows of this page: frameworks hand the place of mounting over in both ways.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(Method::GET, "/", Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request))))),
    Endpoint::of_page(Method::GET, "", Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request))))),
];

/// Rows of the list of what operators did.
const LAST: u16 = 10;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    s: Shell,
    now: Moment,
    /// Key of the period's name in a sentence.
    period: &'static str,
    /// Key of the name, link, whether it is shown.
    periods: Vec<(&'static str, String, bool)>,
    figures: Vec<Card>,
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
    let period = Query::of(&request.uri).text("period").as_deref().and_then(Period::named).unwrap_or_default();
    let operator = &visit.operator;
    let counts = kit.has_audit_log();
    let (overview, (alerts, acts)) = try_join(kit.overview(operator, period), told(kit, &visit, &s)).await?;
    let mut figures = overview.events.iter().flat_map(|events| of_events(&s, events)).collect::<Vec<_>>();
    figures.extend(overview.rows.iter().flat_map(|rows| of_rows(&s, rows, period)));
    let sign_ups = overview.events.as_ref().map_or(0, |events| events.sign_ups.now);
    let is_first_run = sign_ups == 0 && overview.rows.is_some_and(|rows| rows.is_first_run);
    let chart = overview.events.as_ref().and_then(|events| chart(kit, events, period));
    let link = |other: Period| (keys(other).0, s.path(&format!("?period={}", other.as_str())), other == period);
    let periods = Period::ALL.into_iter().map(link).collect();
    let period = keys(period).1;
    let now = Moment::of(kit.now(), kit.now());
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

/// What needs a look, and what operators did last.
async fn told(kit: &AuthKit, visit: &Visit, s: &Shell) -> Result<(Vec<Alert>, Vec<Act>), AuthError> {
    if !kit.has_audit_log() {
        return Ok((Vec::new(), Vec::new()));
    }
    let operator = &visit.operator;
    let (attention, actions) = try_join(kit.attention(operator), kit.recent_admin_actions(operator, LAST)).await?;
    let people = users(&attention, &actions);
    let names = if people.is_empty() { Names::new() } else { names_of(kit, visit, &people).await? };
    Ok((alerts(kit, s, &attention, &names), acts(kit, s, &actions, &names)))
}
