//! How SQLite goes about every list: by an index in the order of the list, without sorting.

use authkit_conformance::fixtures::{START, email, instant, role, uuid_at};
use authkit_core::{
    EventCode, EventFilter, EventOutcome, PageRequest, RevokeReason, RowState, SessionFilter, SessionId, UserFilter,
    UserId, UserSearch, UserSort, UserStatus,
};
use authkit_sql::{Entry, List, Place};
use rusqlite::{Connection, params_from_iter};

use super::temp_db::TempDb;
use crate::SqliteStore;
use crate::clauses::Clauses;
use crate::layout::Layout;
use crate::{audit_log, session_store, user_store};

fn plan(conn: &Connection, sql: &str, clauses: &Clauses) -> String {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
    let rows = statement.query_map(params_from_iter(clauses.values()), |row| row.get::<_, String>(3)).expect(sql);
    rows.map(|row| row.expect(sql)).collect::<Vec<_>>().join("\n")
}

/// First page, a later page, and a page backwards.
fn entries(list: List, key: &[u8]) -> [Entry; 3] {
    let place = Place { number: 1, key: key.to_vec() }.in_list(list);
    let first = PageRequest::first(50);
    [first.clone(), first.clone().after(place.clone()), first.before(place)].map(|page| Entry::of(&page, list))
}

async fn connection(db: &TempDb) -> Connection {
    drop(SqliteStore::open(db.path()).await.expect("it opens"));
    db.raw()
}

fn assert_ordered(plan: &str, sql: &str, index: &str) {
    assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    assert!(plan.contains(index), "{sql}\n{plan}\nshould use {index}");
}

/// As many as a list may name.
fn several() -> Vec<EventCode> {
    EventCode::ALL.iter().take(32).cloned().collect()
}

// S-81
#[tokio::test]
async fn every_filter_of_the_events_has_an_index_in_the_order_of_the_list() {
    let db = TempDb::new();
    let conn = connection(&db).await;
    let user = UserId::from(uuid_at(START, 1));
    let all = EventFilter::default();
    let filters = [
        (
            EventFilter { subject: Some(user), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_subject",
        ),
        (EventFilter { actor: Some(user), ..all.clone() }, "SEARCH ak_audit_events USING INDEX ak_audit_events_actor"),
        (EventFilter { actor: Some(user), ..all.clone() }, "MERGE (UNION ALL)"),
        (
            EventFilter { actor: Some(user), subject: Some(user), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_subject",
        ),
        (
            EventFilter { codes: vec![EventCode::USER_CREATED], ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_code",
        ),
        (
            EventFilter { codes: vec![EventCode::USER_CREATED], actor: Some(user), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_actor",
        ),
        // What a user did and what is about it, and what any of several codes tells, are merged.
        (
            EventFilter { concerning: Some(user), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_actor",
        ),
        (EventFilter { concerning: Some(user), ..all.clone() }, "MERGE (UNION ALL)"),
        (
            EventFilter { concerning: Some(user), codes: several(), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_subject",
        ),
        (
            EventFilter { concerning: Some(user), actor: Some(user), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_actor",
        ),
        (EventFilter { codes: several(), ..all.clone() }, "MERGE (UNION ALL)"),
        (
            EventFilter { codes: several(), outcomes: vec![EventOutcome::Failure], from: Some(START), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX ak_audit_events_code (code=? AND id>",
        ),
        (
            EventFilter { ip: Some([192, 0, 2, 1].into()), from: Some(START), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX sqlite_autoindex_ak_audit_events_1 (id>?",
        ),
        // A window of time is a range of the key; what has no index of its own is read inside it.
        (
            EventFilter {
                outcomes: vec![EventOutcome::Failure],
                from: Some(START),
                to: Some(instant(60)),
                ..all.clone()
            },
            "SEARCH ak_audit_events USING INDEX sqlite_autoindex_ak_audit_events_1 (id>? AND id<?)",
        ),
        (
            EventFilter {
                session_id: Some(SessionId::from_uuid(uuid_at(START, 1))),
                from: Some(START),
                to: Some(instant(60)),
                ..all.clone()
            },
            "SEARCH ak_audit_events USING INDEX sqlite_autoindex_ak_audit_events_1 (id>? AND id<?)",
        ),
        (
            EventFilter { request_id: Some("r".to_owned()), from: Some(START), ..all.clone() },
            "SEARCH ak_audit_events USING INDEX sqlite_autoindex_ak_audit_events_1 (id>?",
        ),
        (EventFilter { from: Some(START), codes: vec![EventCode::USER_CREATED], ..all.clone() }, "(code=? AND id>?"),
    ];
    for (filter, index) in &filters {
        for entry in entries(List::Events, &[1; 16]) {
            let (sql, clauses) = audit_log::list::statement(filter, &entry);
            let plan = plan(&conn, &sql, &clauses);
            assert_ordered(&plan, &sql, index);
            assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
        }
    }
    // Without a filter the list is the key's own order, from its end on.
    let (sql, clauses) = audit_log::list::statement(&all, &entries(List::Events, &[1; 16])[0]);
    assert_ordered(&plan(&conn, &sql, &clauses), &sql, "SCAN ak_audit_events");
}

// S-81
#[tokio::test]
async fn every_filter_of_the_sessions_is_read_in_the_order_of_the_list() {
    let db = TempDb::new();
    let conn = connection(&db).await;
    let all = SessionFilter::all(START);
    let user = UserId::from(uuid_at(START, 1));
    for state in [None, Some(RowState::Open), Some(RowState::Expired), Some(RowState::Revoked)] {
        let filters = [
            (
                SessionFilter { state, user_id: Some(user), ..all.clone() },
                "SEARCH ak_sessions USING INDEX ak_sessions_user",
            ),
            (
                SessionFilter { state, ip: Some("192.0.2.1".to_owned()), created_from: Some(START), ..all.clone() },
                "SEARCH ak_sessions USING PRIMARY KEY (id>?",
            ),
            (
                SessionFilter {
                    state,
                    reasons: vec![RevokeReason::Reuse],
                    created_from: Some(START),
                    created_to: Some(instant(60)),
                    ..all.clone()
                },
                "SEARCH ak_sessions USING PRIMARY KEY (id>? AND id<?",
            ),
            (SessionFilter { state, ..all.clone() }, "ak_sessions"),
        ];
        for (filter, index) in filters {
            for entry in entries(List::Sessions, &[1; 16]) {
                let (sql, clauses) = session_store::list::statement(&Layout::own(), &filter, &entry);
                assert_ordered(&plan(&conn, &sql, &clauses), &sql, index);
            }
            let (sql, clauses) = session_store::list::count_statement(&Layout::own(), &filter, 10_000);
            let index = if filter.user_id.is_some() { "INDEX ak_sessions_user (user_id=?)" } else { index };
            assert_ordered(&plan(&conn, &sql, &clauses), &sql, index);
        }
    }
}

// S-81
#[tokio::test]
async fn every_filter_of_the_users_is_read_in_the_order_of_the_list_or_by_its_index_when_few_fit() {
    use user_store::list::{Access, Order, candidates, count_to, statement};

    let own = Layout::own();
    let db = TempDb::new();
    let conn = connection(&db).await;
    let all = UserFilter::default();
    let filters = [
        UserFilter { status: Some(UserStatus::Active), ..all.clone() },
        UserFilter { status: Some(UserStatus::Disabled), ..all.clone() },
        UserFilter { status: Some(UserStatus::Deleted), ..all.clone() },
        UserFilter { role: Some(role("admin")), ..all.clone() },
        UserFilter { verified: Some(false), ..all.clone() },
        UserFilter { search: Some(UserSearch::EmailPrefix("ada".to_owned())), ..all.clone() },
        UserFilter { search: Some(UserSearch::Domain("example.com".to_owned())), ..all.clone() },
        all.clone(),
    ];
    let sorts = [
        (UserSort::Newest, List::UsersByCreation, "ak_users_created"),
        (UserSort::LastSignIn, List::UsersBySignIn, "ak_users_last_sign_in"),
        (UserSort::Email, List::UsersByEmail, "ak_users_email_key"),
    ];
    for (sort, list, index) in sorts {
        for filter in &filters {
            let filter = UserFilter { sort, ..filter.clone() };
            for entry in entries(list, b"ada") {
                let (sql, clauses) = statement(&own, &filter, &Order::of(&own, sort), &entry, Access::Ordered);
                assert_ordered(&plan(&conn, &sql, &clauses), &sql, &format!("USING INDEX {index}"));
                for (few, condition) in candidates(&filter) {
                    let (sql, clauses) = statement(&own, &filter, &Order::of(&own, sort), &entry, Access::Few(few));
                    let plan_of_few = plan(&conn, &sql, &clauses);
                    assert!(plan_of_few.contains(&format!("INDEX {few}")), "{sql}\n{plan_of_few}");
                    let count = count_to(few, &condition);
                    let mut condition = condition;
                    condition.bind(1_i64);
                    let plan_of_count = plan(&conn, &count, &condition);
                    assert!(plan_of_count.contains(&format!("COVERING INDEX {few}")), "{count}\n{plan_of_count}");
                }
            }
        }
        // A whole key finds its one row.
        let id = UserSearch::Id(UserId::from(uuid_at(START, 1)));
        let key = UserSearch::Email(email("ada@example.com").key().clone());
        for (search, index) in [(id, "(id=?)"), (key, "(email_key=?)")] {
            let filter = UserFilter { search: Some(search), sort, ..all.clone() };
            let (sql, clauses) =
                statement(&own, &filter, &Order::of(&own, sort), &entries(list, b"ada")[0], Access::Unique);
            assert!(plan(&conn, &sql, &clauses).contains(index), "{sql}");
        }
    }
}

#[tokio::test]
async fn users_are_counted_by_one_filter_without_reading_a_row() {
    let db = TempDb::new();
    let conn = connection(&db).await;
    let all = UserFilter::default();
    let active = UserFilter { status: Some(UserStatus::Active), signed_in_from: Some(START), ..all.clone() };
    let prefix = |sort| UserFilter { search: Some(UserSearch::EmailPrefix("ada".to_owned())), sort, ..all.clone() };
    let domain = Some(UserSearch::Domain("example.com".to_owned()));
    for (filter, indexes) in [
        (active, &["ak_users_last_sign_in (last_sign_in_at>?)"][..]),
        (UserFilter { status: Some(UserStatus::Disabled), ..all.clone() }, &["ak_users_disabled"]),
        (UserFilter { status: Some(UserStatus::Deleted), ..all.clone() }, &["ak_users_deleted"]),
        (UserFilter { role: Some(role("admin")), ..all.clone() }, &["ak_users_role (role=?)"]),
        (UserFilter { verified: Some(false), ..all.clone() }, &["ak_users_verified (is_verified=?)"]),
        (UserFilter { search: domain, ..all.clone() }, &["ak_users_domain (<expr>=?"]),
        (prefix(UserSort::Email), &["ak_users_email_key (email_key>? AND email_key<?)", "ak_users_deleted"]),
        (prefix(UserSort::Newest), &["ak_users_email_key (email_key>? AND email_key<?)", "ak_users_deleted"]),
    ] {
        let (sql, clauses) = user_store::count::count_statement(&Layout::own(), &filter, 10_000);
        let plan = plan(&conn, &sql, &clauses);
        for index in indexes {
            assert!(plan.contains(&format!("COVERING INDEX {index}")), "{sql}\n{plan}\nshould use {index}");
        }
    }
}

#[tokio::test]
async fn every_other_statement_searches_an_index() {
    let db = TempDb::new();
    let conn = connection(&db).await;
    for (sql, index) in [
        (include_str!("../../sql/users/find_user.sql"), "(id=?)"),
        (include_str!("../../sql/users/find_user_by_email.sql"), "(email_key=?)"),
        (include_str!("../../sql/sessions/find_session.sql"), "(id=?)"),
        (include_str!("../../sql/attempts/find_attempt.sql"), "(key=?)"),
        (include_str!("../../sql/audit/find_event.sql"), "(id=?)"),
        (include_str!("../../sql/audit/count_hour.sql"), "(id>? AND id<?)"),
        (include_str!("../../sql/audit/past_retention.sql"), "(id<?)"),
        (
            include_str!("../../sql/audit/count_events.sql"),
            "COVERING INDEX ak_audit_events_code (code=? AND id>? AND id<?)",
        ),
        (
            include_str!("../../sql/audit/count_events.sql"),
            "SEARCH e USING INDEX ak_audit_events_code (code=? AND id>? AND id<?)",
        ),
        (include_str!("../../sql/audit/count_events.sql"), "(hour>? AND hour<?)"),
        (audit_log::peaks::statement(&EventCode::MAIL_FAILED), "ak_audit_events_code (code=? AND id>? AND id<?)"),
        // No row is read for these.
        (
            audit_log::peaks::statement(&EventCode::SESSION_OPEN_FAILED),
            "COVERING INDEX ak_audit_events_failed (id>? AND id<?)",
        ),
        (include_str!("../../sql/sessions/open_sessions.sql"), "ak_sessions_user"),
        (include_str!("../../sql/sessions/past_absolute.sql"), "(absolute_at<?)"),
        (include_str!("../../sql/users/other_admin.sql"), "(role=?)"),
        (include_str!("../../sql/users/find_users.sql"), "(id=?)"),
        (include_str!("../../sql/users/email_taken.sql"), "(email_key=?)"),
        (include_str!("../../sql/sessions/count_live.sql"), "ak_sessions_user"),
        (include_str!("../../sql/sessions/tidy_epoch.sql"), "ak_sessions_user"),
        (include_str!("../../sql/sessions/scan_over.sql"), "(id>?)"),
        (include_str!("../../sql/attempts/purge_attempts.sql"), "ak_attempts_updated"),
        (include_str!("../../sql/audit/list_stats.sql"), "(hour>? AND hour<?)"),
        (include_str!("../../sql/users/purge_deleted_users.sql"), "ak_users_deleted"),
    ] {
        let sql = &Layout::own().render(sql);
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
        let values = vec![rusqlite::types::Value::Null; statement.parameter_count()];
        let rows = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).expect(sql);
        let plan = rows.map(|row| row.expect(sql)).collect::<Vec<_>>().join("\n");
        assert!(plan.contains(index) && !plan.contains("SCAN ak_"), "{sql}\n{plan}");
    }
}
