//! How the server reads a page of every list, with every filter, in tables of a hundred thousand rows: by an index, and few
//! rows more than it shows.

use std::time::Duration;

use authkit_core::{
    Direction, EventCode, EventFilter, EventOutcome, PageRequest, PeakQuery, RevokeReason, RowState, SessionFilter,
    SessionId, Timestamp, UserFilter, UserId, UserSearch, UserSort, UserStatus,
};
use authkit_sql::{Entry, List, Place};
use authkit_test_postgres::{Database, shared};
use serde_json::Value as Json;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::clauses::Clauses;
use crate::sql::{Sql, Statements};
use crate::store::PostgresStore;
use crate::tables::{Tables, Users};
use crate::{audit_log, run, session_store, user_store};

/// Rows that a page may read. One row in a hundred fits the rarest filters without an index of their own, so 51 of them are
/// among 5 100 in the list's order, however long the table is.
const MOST: f64 = 6_000.0;
/// The same where one row in three hundred fits, and in a window of seven days, which holds seven of a hundred rows.
const MOST_OF_RARE: f64 = 16_000.0;

/// 2027-01-15T08:00:00Z: everything happened in the hundred days before.
const END: Timestamp = Timestamp::from_seconds(1_800_000_000);

const ROWS: &str = "
INSERT INTO authkit.users
SELECT 'user-' || n, 'User' || n * 7919 % 100000 || at_domain, 'user' || n * 7919 % 100000 || at_domain, NULL,
       CASE WHEN n % 1000 = 0 THEN 'admin' WHEN n % 3 = 0 THEN 'editor' ELSE 'user' END, n % 100 <> 7, n % 50 <> 9,
       decode(repeat('00', 16), 'hex'), '{}', made, made, made + (n * 7919 % 100) * interval '1 hour',
       CASE WHEN n % 100 = 11 THEN made + interval '1 day' END
FROM generate_series(1, 100000) AS n, LATERAL (SELECT to_timestamp(1800000000 - n * 86.4)) AS at (made),
     LATERAL (SELECT CASE WHEN n % 2000 = 5 THEN '@seldom.example' ELSE '@example.com' END) AS of (at_domain);

INSERT INTO authkit.sessions
SELECT (lpad(to_hex(((1800000000 - n * 86.4) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid,
       'user-' || (n * 7919 % 50000 + 1), decode(repeat('00', 16), 'hex'), decode(repeat('00', 32), 'hex'), 'key-1', 0, 'json',
       604800, made, made, made, made + interval '7 days', made + interval '30 days',
       CASE WHEN n % 20 = 0 THEN made END, CASE WHEN n % 20 = 0 THEN 'logout' END, '192.0.2.' || n % 250, 'agent', NULL
FROM generate_series(1, 100000) AS n, LATERAL (SELECT to_timestamp(1800000000 - n * 86.4)) AS at (made);

INSERT INTO authkit.audit_events
SELECT (lpad(to_hex(((1800000000 - n * 86.4) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid, made,
       CASE WHEN n % 5000 = 0 THEN 'user.deleted' WHEN n % 3 = 0 THEN 'session.opened' ELSE 'session.refreshed' END,
       CASE WHEN n % 100 = 1 THEN 'failure' ELSE 'success' END, 'user',
       CASE WHEN n % 40 = 0 THEN 'user-1000' ELSE 'user-' || (n * 7919 % 50000 + 1) END,
       'user-' || (n * 7919 % 50000 + 1), ('018d5e1c-0000-7000-8000-' || lpad(to_hex(n % 30000), 12, '0'))::uuid, NULL,
       '192.0.2.1', 'agent', NULL, 'request-' || n, '{}', NULL
FROM generate_series(1, 100000) AS n, LATERAL (SELECT to_timestamp(1800000000 - n * 86.4)) AS at (made);

ANALYZE authkit.users, authkit.sessions, authkit.audit_events;
";

/// A quarter of all events.
const FAILED: &str = "
INSERT INTO authkit.audit_events
SELECT (lpad(to_hex(((1800000000 - n * 86.4) * 1000)::bigint), 12, '0') || lpad(to_hex(n + 500000), 20, '0'))::uuid, made,
       'session.open_failed', 'failure', 'anonymous', NULL, 'user-' || (n % 5000 + 1), NULL, NULL, '192.0.2.' || n % 250,
       'agent', NULL, NULL, '{}', NULL
FROM generate_series(1, 30000) AS n, LATERAL (SELECT to_timestamp(1800000000 - n * 86.4)) AS at (made);
";

async fn filled() -> (Database, Client, Tables) {
    let database = shared().create_database().await;
    PostgresStore::builder(database.url()).migrate().await.unwrap();
    let client = database.connect().await;
    client.batch_execute(ROWS).await.unwrap();
    (database, client, Tables::new("authkit", Users::Own))
}

/// The pages that a list is read by: its beginning, its end, and one in its midst either way.
fn entries(list: List, between: &Place) -> Vec<Entry> {
    let position = between.in_list(list);
    let page = PageRequest::first(50);
    let from_the_end = PageRequest { direction: Direction::Previous, ..page.clone() };
    [page.clone(), page.clone().after(position.clone()), page.before(position), from_the_end]
        .map(|it| Entry::of(&it, list))
        .into()
}

/// Runs a page and complains of a plan that reads a whole table or too many rows.
async fn look(client: &Client, what: &str, most: f64, page: (String, Clauses<'_>), complaints: &mut Vec<String>) {
    let (sql, clauses) = page;
    let explain = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}");
    let rows = client.query_typed(&explain, &run::typed(clauses.values())).await.unwrap();
    let plan: Json = rows[0].get(0);
    let (mut read, mut scans) = (0.0, Vec::new());
    visit(&plan[0]["Plan"], &mut read, &mut scans);
    if read > most || scans.iter().any(|scan| scan.starts_with("Seq Scan")) {
        complaints.push(format!("{what}: {read} rows by {}\n  {sql}", scans.join(", ")));
    }
}

/// The rows that all scans of a plan have read, and what they are.
fn visit(node: &Json, read: &mut f64, scans: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    if kind.contains("Scan") {
        let count = |name: &str| node[name].as_f64().unwrap_or_default();
        *read += (count("Actual Rows") + count("Rows Removed by Filter")) * count("Actual Loops");
        scans.push(format!("{kind} {}{}", node["Relation Name"], node["Index Name"]));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        visit(child, read, scans);
    }
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn every_page_of_users_is_read_by_an_index() {
        let (_database, client, tables) = filled().await;
        let role = |name: &str| authkit_core::Role::new(name);
        let filters = [
            UserFilter::default(),
            UserFilter { status: Some(UserStatus::Active), ..UserFilter::default() },
            UserFilter { status: Some(UserStatus::Disabled), ..UserFilter::default() },
            UserFilter { status: Some(UserStatus::Deleted), ..UserFilter::default() },
            UserFilter { role: role("admin"), ..UserFilter::default() },
            UserFilter { role: role("editor"), ..UserFilter::default() },
            UserFilter { role: role("nobody has it"), ..UserFilter::default() },
            UserFilter { role: role("admin"), status: Some(UserStatus::Disabled), ..UserFilter::default() },
            UserFilter { verified: Some(false), ..UserFilter::default() },
            UserFilter { verified: Some(true), ..UserFilter::default() },
            UserFilter { verified: Some(false), status: Some(UserStatus::Disabled), ..UserFilter::default() },
            UserFilter { search: UserId::new("user-777").map(UserSearch::Id), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::EmailPrefix("user77".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::EmailPrefix("user777".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::EmailPrefix("u".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::EmailPrefix("nobody".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::Domain("example.com".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::Domain("seldom.example".to_owned())), ..UserFilter::default() },
            UserFilter { search: Some(UserSearch::Domain("nobody.example".to_owned())), ..UserFilter::default() },
        ];
        let mut complaints = Vec::new();
        for sort in [UserSort::Newest, UserSort::LastSignIn, UserSort::Email] {
            let order = user_store::list::Order::of(sort);
            let between = match sort {
                UserSort::Email => Place { number: 0, key: b"user5@example.com".to_vec() },
                _ => Place { number: (END - Duration::from_secs(50 * 86_400)).as_micros(), key: b"user-5".to_vec() },
            };
            for filter in &filters {
                for (n, entry) in entries(order.list, &between).iter().enumerate() {
                    let filter = UserFilter { sort, ..filter.clone() };
                    let page = user_store::list::statement(&tables, &filter, &order, entry).unwrap();
                    look(&client, &format!("page {n} of {filter:?}"), MOST, page, &mut complaints).await;
                }
            }
        }
        none(&complaints);
    }

    #[tokio::test]
    async fn every_page_of_sessions_is_read_by_an_index() {
        let (_database, client, tables) = filled().await;
        let all = SessionFilter::all(END);
        let week = Some(END - Duration::from_secs(7 * 86_400));
        let user = UserId::new("user-777");
        let ip = Some("192.0.2.7".to_owned());
        let state = |state| SessionFilter { state: Some(state), ..all.clone() };
        let filters = [
            (all.clone(), MOST),
            (SessionFilter { user_id: user, ..all.clone() }, MOST),
            (
                SessionFilter { user_id: user, epoch: Some(authkit_core::Epoch::from_bytes([0; 16])), ..all.clone() },
                MOST,
            ),
            (SessionFilter { user_id: user, ..state(RowState::Open) }, MOST),
            (SessionFilter { user_id: user, ip: ip.clone(), ..all.clone() }, MOST),
            (SessionFilter { ip: ip.clone(), created_from: week, ..all.clone() }, MOST),
            (SessionFilter { ip: Some("203.0.113.1".to_owned()), created_from: week, ..all.clone() }, MOST),
            (SessionFilter { created_from: week, ..state(RowState::Open) }, MOST_OF_RARE),
            (SessionFilter { created_from: week, ..state(RowState::Expired) }, MOST_OF_RARE),
            (SessionFilter { created_from: week, ..state(RowState::Revoked) }, MOST_OF_RARE),
            (SessionFilter { created_from: week, ip, ..state(RowState::Revoked) }, MOST_OF_RARE),
            (SessionFilter { created_from: week, reasons: vec![RevokeReason::Reuse], ..all.clone() }, MOST_OF_RARE),
            (
                SessionFilter {
                    created_from: Some(END - Duration::from_secs(57 * 86_400)),
                    created_to: Some(END - Duration::from_secs(50 * 86_400)),
                    reasons: vec![RevokeReason::Reuse, RevokeReason::Logout],
                    ..all.clone()
                },
                MOST_OF_RARE,
            ),
        ];
        let between = Place { number: 0, key: authkit_sql::lowest(END - Duration::from_secs(3 * 86_400)).to_vec() };
        let mut complaints = Vec::new();
        for (filter, most) in &filters {
            for (n, entry) in entries(List::Sessions, &between).iter().enumerate() {
                let page = session_store::list::statement(&tables, filter, entry).unwrap();
                look(&client, &format!("page {n} of {filter:?}"), *most, page, &mut complaints).await;
            }
            let count = session_store::list::count_statement(&tables, filter, 1_000).unwrap();
            look(&client, &format!("the count of {filter:?}"), *most, count, &mut complaints).await;
        }
        none(&complaints);
    }

    #[tokio::test]
    async fn every_page_of_events_is_read_by_an_index() {
        let (_database, client, tables) = filled().await;
        let all = EventFilter::default;
        let day = |days: u64| Some(END - Duration::from_secs(days * 86_400));
        let (user, admin) = (UserId::new("user-777"), UserId::new("user-1000"));
        let (often, seldom) = (vec![EventCode::SESSION_OPENED], vec![EventCode::USER_DELETED]);
        let several: Vec<_> = EventCode::ALL.iter().take(32).cloned().collect();
        let failures = vec![EventOutcome::Failure];
        let session = Some(SessionId::from_uuid(Uuid::from_u128(0x018d_5e1c_0000_7000_8000_0000_0000_0001)));
        let filters = [
            (all(), MOST),
            (EventFilter { subject: user, ..all() }, MOST),
            (EventFilter { actor: user, ..all() }, MOST),
            (EventFilter { actor: admin, ..all() }, MOST),
            (EventFilter { actor: admin, subject: user, ..all() }, MOST),
            (EventFilter { actor: admin, codes: seldom.clone(), ..all() }, MOST),
            (EventFilter { codes: often.clone(), ..all() }, MOST),
            (EventFilter { codes: seldom.clone(), ..all() }, MOST),
            (EventFilter { codes: often.clone(), outcomes: failures.clone(), ..all() }, MOST_OF_RARE),
            (EventFilter { codes: several.clone(), ..all() }, MOST),
            (EventFilter { codes: several.clone(), from: day(30), to: day(10), ..all() }, MOST),
            (EventFilter { codes: [&seldom[..], &often[..]].concat(), ..all() }, MOST),
            (EventFilter { codes: several.clone(), outcomes: failures.clone(), ..all() }, MOST_OF_RARE),
            (EventFilter { concerning: user, ..all() }, MOST),
            (EventFilter { concerning: admin, ..all() }, MOST),
            (EventFilter { concerning: admin, codes: several, ..all() }, MOST),
            (EventFilter { concerning: user, actor: admin, ..all() }, MOST),
            (EventFilter { concerning: admin, subject: user, codes: seldom, ..all() }, MOST),
            (EventFilter { ip: Some([203, 0, 113, 1].into()), from: day(7), ..all() }, MOST_OF_RARE),
            (EventFilter { subject: user, from: day(30), to: day(10), ..all() }, MOST),
            (EventFilter { from: day(30), to: day(10), ..all() }, MOST),
            (EventFilter { from: day(7), outcomes: failures.clone(), ..all() }, MOST_OF_RARE),
            (EventFilter { from: day(57), to: day(50), outcomes: failures.clone(), ..all() }, MOST_OF_RARE),
            (EventFilter { from: day(7), session_id: session, ..all() }, MOST_OF_RARE),
            (EventFilter { from: day(7), request_id: Some("request-7".to_owned()), ..all() }, MOST_OF_RARE),
            (EventFilter { from: day(7), request_id: Some("no request".to_owned()), ..all() }, MOST_OF_RARE),
        ];
        let between = Place { number: 0, key: authkit_sql::lowest(END - Duration::from_secs(3 * 86_400)).to_vec() };
        let mut complaints = Vec::new();
        for (filter, most) in &filters {
            for (n, entry) in entries(List::Events, &between).iter().enumerate() {
                let page = audit_log::list::statement(&tables, filter, entry).unwrap();
                look(&client, &format!("page {n} of {filter:?}"), *most, page, &mut complaints).await;
            }
        }
        none(&complaints);
    }

    #[tokio::test]
    async fn peaks_of_failed_sign_ins_are_read_by_an_index_of_their_own() {
        let (_database, client, tables) = filled().await;
        client.batch_execute(FAILED).await.unwrap();
        client.batch_execute("VACUUM (ANALYZE) authkit.audit_events").await.unwrap();
        let query = PeakQuery { code: EventCode::SESSION_OPEN_FAILED, to: END, min: 20, limit: 10 };
        let values = audit_log::peaks::values(&query);
        let statements = Statements::new(&tables);
        let explain = format!("EXPLAIN (FORMAT JSON) {}", statements.text(Sql::ListPeaks));
        let plan: Json = client.query_typed(&explain, &run::typed(&values)).await.unwrap()[0].get(0);
        let (mut read, mut scans) = (0.0, Vec::new());
        visit(&plan[0]["Plan"], &mut read, &mut scans);
        scans.retain(|scan| scan.contains("audit_events"));
        assert_eq!(scans, ["Index Only Scan \"audit_events\"\"audit_events_failed\""; 2], "{plan}");
    }
}
