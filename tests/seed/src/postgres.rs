//! An empty PostgreSQL database, by COPY.
//!
//! The store makes the tables. The indexes are dropped, the rows copied and the indexes built in one transaction: the
//! database is filled or as it was.

mod cells;
mod copy;

use authkit_core::{RevokeReason, UserId};
use authkit_store_postgres::PostgresStore;
use tokio_postgres::types::Type;
use tokio_postgres::{NoTls, Transaction};

use crate::admin;
use crate::events::events;
use crate::failure::Failure;
use crate::hours::Hours;
use crate::people::Person;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::sessions::sessions;
use cells::{Instant, Json};
use copy::Copy;

/// Users whose sessions are copied after them at once.
const BATCH: u64 = 20_000;

const USER: [Type; 13] = [
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::BOOL,
    Type::BOOL,
    Type::BYTEA,
    Type::JSONB,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
];
const SESSION: [Type; 18] = [
    Type::UUID,
    Type::TEXT,
    Type::BYTEA,
    Type::BYTEA,
    Type::TEXT,
    Type::INT8,
    Type::TEXT,
    Type::INT8,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
];
const EVENT: [Type; 15] = [
    Type::UUID,
    Type::TIMESTAMPTZ,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::UUID,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::JSONB,
    Type::JSONB,
];
const STAT: [Type; 3] = [Type::TIMESTAMPTZ, Type::TEXT, Type::INT8];

/// The indexes that no constraint needs while rows come.
const INDEXES: &str = "
SELECT format('%I.%I', n.nspname, i.relname), pg_get_indexdef(x.indexrelid)
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = 'authkit' AND t.relname IN ('users', 'sessions', 'audit_events')
    AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = x.indexrelid)
ORDER BY 1";

const MARK: &str = "
UPDATE authkit.meta SET value = to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
WHERE name = 'roll_up_mark'";

/// Migrates the database where that is due, and fills it.
///
/// # Errors
/// It has users already, or the server refuses a row.
pub async fn fill(url: &str, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    PostgresStore::builder(url).migrate().await?;
    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // How the connection ends is seen by the client.
    tokio::spawn(connection);
    let transaction = client.transaction().await?;
    write(&transaction, plan, progress).await?;
    transaction.commit().await?;
    let bar = progress.step("vacuum, analyze".to_owned());
    // Sessions came user by user; on disk they lie as they were opened.
    client.batch_execute("CLUSTER authkit.sessions USING sessions_pkey").await?;
    for table in ["users", "sessions", "audit_events", "stats_hourly"] {
        client.batch_execute(&format!("VACUUM (ANALYZE) authkit.{table}")).await?;
    }
    bar.finish();
    admin::create(PostgresStore::builder(url).connect().await?).await
}

async fn write(transaction: &Transaction<'_>, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    transaction
        .batch_execute(
            "SET LOCAL synchronous_commit = off; SET LOCAL maintenance_work_mem = '512MB';
             LOCK authkit.users, authkit.sessions, authkit.audit_events, authkit.stats_hourly IN ACCESS EXCLUSIVE MODE",
        )
        .await?;
    let taken = "SELECT EXISTS (SELECT FROM authkit.users) OR EXISTS (SELECT FROM authkit.audit_events)";
    if transaction.query_one(taken, &[]).await?.get(0) {
        return Err(Failure::new("the database has users or events already"));
    }
    let mut again = Vec::new();
    for row in transaction.query(INDEXES, &[]).await? {
        transaction.batch_execute(&format!("DROP INDEX {}", row.get::<_, &str>(0))).await?;
        again.push(row.get::<_, String>(1));
    }
    people(transaction, plan, progress).await?;
    trail(transaction, plan, progress).await?;
    for sql in again {
        let bar = progress.step(sql.split(" USING ").next().unwrap_or_default().to_lowercase());
        transaction.batch_execute(&sql).await?;
        bar.finish();
    }
    Ok(())
}

async fn people(transaction: &Transaction<'_>, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    let bar = progress.bar("users, sessions", plan.people());
    let mut first = 0;
    while first < plan.people() {
        let next = (first + BATCH).min(plan.people());
        let mut opened = Vec::new();
        let mut users = Copy::begin(transaction, "users", &USER).await?;
        for n in first..next {
            let person = Person::new(plan, n)?;
            let user = &person.user;
            users
                .row(&[
                    &user.id.as_str(),
                    &user.email.as_str(),
                    &user.email.key().as_str(),
                    &None::<&str>,
                    &user.role.as_str(),
                    &user.is_active,
                    &user.is_verified,
                    &user.session_epoch.as_bytes().as_slice(),
                    &Json(serde_json::to_string(user.profile.fields())?),
                    &Instant(user.created_at),
                    &Instant(user.updated_at),
                    &Instant(user.last_sign_in_at),
                    &user.deleted_at.map(Instant),
                ])
                .await?;
            opened.extend(sessions(plan, &person)?);
        }
        users.finish().await?;
        let mut rows = Copy::begin(transaction, "sessions", &SESSION).await?;
        for session in &opened {
            rows.row(&[
                &session.id.as_uuid(),
                &session.user_id.as_str(),
                &session.epoch.as_bytes().as_slice(),
                &session.token_hash.as_bytes().as_slice(),
                &session.kid.as_str(),
                &(session.generation as i64),
                &session.via.as_str(),
                &(session.idle_ttl.as_secs() as i64),
                &Instant(session.created_at),
                &Instant(session.authenticated_at),
                &Instant(session.rotated_at),
                &Instant(session.idle_at),
                &Instant(session.absolute_at),
                &session.revoked_at.map(Instant),
                &session.revoked_reason.map(RevokeReason::as_str),
                &session.client.ip.map(|ip| ip.to_string()),
                &session.client.user_agent,
                &session.client.device,
            ])
            .await?;
        }
        rows.finish().await?;
        bar.inc(next - first);
        first = next;
    }
    bar.finish();
    Ok(())
}

async fn trail(transaction: &Transaction<'_>, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    let bar = progress.bar("events", plan.audit);
    let mut hours = Hours::until(plan.at);
    let mut rows = Copy::begin(transaction, "audit_events", &EVENT).await?;
    for event in events(plan) {
        hours.count(&event);
        rows.row(&[
            &event.id.as_uuid(),
            &Instant(event.at),
            &event.code.as_str(),
            &event.outcome.as_str(),
            &event.actor.kind(),
            &event.actor.name(),
            &event.subject.as_ref().map(UserId::as_str),
            &event.session_id.map(|id| id.as_uuid()),
            &event.identifier,
            &event.client.ip.map(|ip| ip.to_string()),
            &event.client.user_agent,
            &event.client.device,
            &event.client.request_id,
            &Json(serde_json::to_string(&event.details)?),
            &event.change.to_json().map(|change| Json(change.to_string())),
        ])
        .await?;
        bar.inc(1);
    }
    rows.finish().await?;
    bar.finish();
    let mut rows = Copy::begin(transaction, "stats_hourly", &STAT).await?;
    for (hour, metric, n) in hours.rows() {
        rows.row(&[&Instant(hour), &metric, &n]).await?;
    }
    rows.finish().await?;
    transaction.execute_typed(MARK, &[(&Instant(hours.mark()), Type::TIMESTAMPTZ)]).await?;
    Ok(())
}
