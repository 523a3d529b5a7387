//! What operators look at: users, sessions, the audit trail, figures.

use std::time::Duration;

use authkit_core::{
    AuthKit, EventCode, EventFilter, EventOutcome, Operator, RevokeReason, Role, RowState, SessionQuery, UserId,
    UserQuery, UserSort, UserStatus,
};
use http::StatusCode;

use crate::answer;
use crate::endpoint::QueryParam;
use crate::input;
use crate::message::{Answer, Request};
use crate::query::Query;
use crate::shapes::{CountObject, EventObject, PageObject, SessionRow, UserRow};

const fn param(name: &'static str, about: &'static str) -> QueryParam {
    QueryParam { name, about }
}

const CURSOR: QueryParam = param("cursor", "Where to go on: `next_cursor` of the page before, same filters.");
const LIMIT: QueryParam = param("limit", "Rows a page, 1 to 200; 50 without.");

/// What [`users`] takes.
pub(crate) const USERS: [QueryParam; 6] = [
    param("query", "An id or a whole address, otherwise the beginning of an address."),
    param("status", "`active`, `disabled` or `deleted`; deleted users are listed only by it."),
    param("role", "Exactly this role."),
    param("verified", "`true` or `false`."),
    CURSOR,
    LIMIT,
];

/// `GET /api/users`
pub(crate) async fn users(kit: &AuthKit, operator: Operator, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let filter = UserQuery {
        status: query.value("status", |text| match text {
            "active" => Some(UserStatus::Active),
            "disabled" => Some(UserStatus::Disabled),
            "deleted" => Some(UserStatus::Deleted),
            _ => None,
        }),
        role: query.value("role", Role::from_stored),
        verified: query.parsed("verified"),
        query: query.text("query"),
        sort: Some(UserSort::Newest),
        ..UserQuery::default()
    };
    let page = query.page();
    query.finish()?;
    let listing = kit.list_users(&operator, &filter, &page).await?;
    answer::json(StatusCode::OK, &PageObject::of(&listing, |item| UserRow { kit, item }))
}

/// `GET /api/users/{id}`
pub(crate) async fn user(kit: &AuthKit, operator: Operator, request: Request) -> Answer {
    Query::of(&request.uri).finish()?;
    let item = kit.find_user_for(&operator, &input::user_id(&request)?).await?;
    answer::json(StatusCode::OK, &UserRow { kit, item: &item })
}

/// What [`sessions`] takes.
pub(crate) const SESSIONS: [QueryParam; 8] = [
    param("user_id", "Only this user's."),
    param("state", "`live`, `expired` or `revoked`."),
    param("reason", "Only those ended for any of these reasons, separated by commas."),
    param("ip", "Only those opened from this address."),
    param("created_from", "Only those opened from this instant on, RFC 3339."),
    param("created_to", "Only those opened before this instant, RFC 3339."),
    CURSOR,
    LIMIT,
];

/// `GET /api/sessions`
pub(crate) async fn sessions(kit: &AuthKit, operator: Operator, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let filter = SessionQuery {
        user_id: query.value("user_id", UserId::new),
        state: query.value("state", |text| match text {
            "live" => Some(RowState::Open),
            "expired" => Some(RowState::Expired),
            "revoked" => Some(RowState::Revoked),
            _ => None,
        }),
        reasons: query.values("reason", RevokeReason::from_stored),
        ip: query.parsed("ip"),
        created_from: query.time("created_from"),
        created_to: query.time("created_to"),
    };
    let page = query.page();
    query.finish()?;
    let listing = kit.list_sessions(&operator, &filter, &page).await?;
    let current = operator.session();
    answer::json(StatusCode::OK, &PageObject::of(&listing, |item| SessionRow { item, current }))
}

/// What [`events`] takes.
pub(crate) const EVENTS: [QueryParam; 12] = [
    param("code", "Any of these codes, separated by commas, at most 32."),
    param("outcome", "Any of `success`, `failure` and `refused`, separated by commas."),
    param("actor", "Only what this user did."),
    param("subject", "Only what is about this user."),
    param("concerning", "Only what this user did or what is about this user."),
    param("session_id", "Only what happened in or to this session."),
    param("request_id", "Only what this request caused."),
    param("ip", "Only what came from this address."),
    param("from", "Only from this instant on, RFC 3339."),
    param("to", "Only before this instant, RFC 3339."),
    CURSOR,
    LIMIT,
];

/// `GET /api/audit`
pub(crate) async fn events(kit: &AuthKit, operator: Operator, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let filter = EventFilter {
        codes: query.values("code", |code| Some(EventCode::from_stored(code))),
        outcomes: query.values("outcome", EventOutcome::from_stored),
        actor: query.value("actor", UserId::new),
        subject: query.value("subject", UserId::new),
        concerning: query.value("concerning", UserId::new),
        session_id: query.parsed("session_id"),
        request_id: query.text("request_id"),
        ip: query.parsed("ip"),
        from: query.time("from"),
        to: query.time("to"),
    };
    let page = query.page();
    query.finish()?;
    let listing = kit.list_events(&operator, &filter, &page).await?;
    answer::json(StatusCode::OK, &PageObject::of(&listing, EventObject))
}

/// What [`statistics`] takes.
pub(crate) const STATISTICS: [QueryParam; 2] = [
    param("from", "From this hour on, RFC 3339; a day before `to` without."),
    param("to", "Before this instant; now without."),
];

/// `GET /api/stats`
pub(crate) async fn statistics(kit: &AuthKit, operator: Operator, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let to = query.time("to").unwrap_or_else(|| kit.now());
    let from = query.time("from").unwrap_or(to - Duration::from_secs(24 * 60 * 60));
    query.finish()?;
    let counts = kit.statistics(&operator, from, to).await?;
    answer::json(StatusCode::OK, &PageObject::whole(counts.iter().map(CountObject).collect()))
}
