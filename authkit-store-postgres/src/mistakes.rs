//! The suite can fail on Postgres too: each store here has one statement with a mistake that is easily made in SQL, and the
//! suite says by which clause it is wrong.

use std::sync::Arc;

use authkit_conformance::{Report, Subject, cases, run_cases};
use authkit_test_postgres::{Database, shared};
use deadpool_postgres::{Manager, Pool};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

use crate::cancel::Cancel;
use crate::connections::Connections;
use crate::db::Db;
use crate::run::Runner;
use crate::sql::{Sql, Statements};
use crate::store::PostgresStore;
use crate::tables::{Tables, Users};

/// A statement, and what of its text reads otherwise.
type Mistake = (Sql, &'static [(&'static str, &'static str)]);

/// How often a race may miss a mistake.
const RUNS: usize = 5;

async fn fresh() -> Database {
    static MIGRATED: OnceCell<Database> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(|| async {
        let database = shared().create_database().await;
        PostgresStore::builder(database.url()).migrate().await.unwrap();
        database
    });
    shared().create_database_like(migrated.await).await
}

/// A store with a mistake, in a fresh database.
async fn subject((sql, changes): Mistake) -> Subject {
    let database = fresh().await;
    let manager = Manager::new(database.url().parse().unwrap(), NoTls);
    let pool = Pool::builder(manager).max_size(20).runtime(deadpool_postgres::Runtime::Tokio1).build().unwrap();
    let tables = Tables::new("authkit", Users::Own);
    let statements = Statements::with_mistake(&tables, sql, changes);
    let runner = Runner { connections: Connections::new(pool, Cancel::Plain), named: true };
    let db = Db::with_statements(tables, statements, runner, 1, 2);
    let store = Arc::new(PostgresStore::new("a test".to_owned(), db, Vec::new(), String::new()));
    Subject::of(&store).audit_log(&store).attempts(&store).keep(database)
}

async fn report(mistake: Mistake, name: &'static str) -> Report {
    let case = cases().into_iter().find(|case| case.name == name).expect("the name of a case");
    run_cases([case], move || subject(mistake)).await
}

async fn rejects(mistake: Mistake, name: &'static str) {
    for _ in 0..RUNS {
        if !report(mistake, name).await.is_ok() {
            return;
        }
    }
    panic!("{name} let the store pass");
}

macro_rules! rejected {
    ($($name:ident: $sql:ident [$($old:literal => $new:literal),*] by $case:ident;)+) => {
        mod postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    rejects((Sql::$sql, &[$(($old, $new)),*]), stringify!($case)).await;
                }
            )+
        }
    };
}

// Where a lock is only missing, what follows is decided in the snapshot of the statement's beginning: a plain sub-select.
rejected! {
    a_rotation_that_decides_in_a_plain_read: RotateSession ["FOR NO KEY UPDATE" => ""]
        by r2_i1_i2_racing_rotations_have_one_winner_and_one_successor;
    a_chain_that_decides_in_a_plain_read: RotateSession ["FOR NO KEY UPDATE" => ""]
        by r2_r6_every_link_of_a_raced_chain_is_one_generation;
    a_last_admin_that_is_counted_in_a_sub_select: SetRole [
        " OR ($2 <> $3 AND u.{role} = $3 AND u.{is_active} AND NOT {is_deleted})" => "",
        "(SELECT FROM locked WHERE locked.id <> $1)" => "(SELECT FROM {users} AS u WHERE u.{id} <> $1
            AND u.{role} = $3 AND u.{is_active} AND NOT {is_deleted})"
    ] by u5_i12_racing_removals_leave_an_admin;
    a_first_admin_without_the_lock: LockFirstAdmin ["FOR UPDATE" => ""]
        by u1_of_sixteen_first_admins_one_is_inserted;
    a_reset_without_the_hash_in_the_locked_row: ReplacePassword ["FOR NO KEY UPDATE" => ""]
        by u1_of_sixteen_resets_one_wins_and_is_seen_by_the_losers;
    a_move_of_the_epoch_without_the_lock: AdvanceEpoch ["FOR NO KEY UPDATE" => ""]
        by u1_of_sixteen_moves_of_one_epoch_one_wins;
    an_event_that_is_left_out_where_it_cannot_be_written: SetRole [
        "WHERE $6 IS NOT NULL" => "WHERE $6 IS NOT NULL ON CONFLICT DO NOTHING"
    ] by u2_an_event_that_cannot_be_written_takes_its_change_with_it;

    a_cap_that_is_counted_without_the_lock_on_the_user: LockUser ["FOR NO KEY UPDATE" => ""]
        by l8_racing_sign_ins_leave_as_many_sessions_as_the_cap;
    a_revocation_that_decides_in_a_plain_read: RevokeSession ["FOR NO KEY UPDATE" => ""]
        by l1_l3_of_sixteen_revocations_one_is_a_change;
    sessions_that_are_ended_without_a_look_at_the_locked_row: RevokeSessions [
        "FOR NO KEY UPDATE" => "",
        "WHERE s.id = kept.id AND s.revoked_at IS NULL" => "WHERE s.id = kept.id"
    ] by l1_every_session_is_ended_by_one_of_the_racing_calls;
    a_purge_that_asks_in_the_sub_select_only: PurgeSessions [
        "FOR UPDATE SKIP LOCKED" => "",
        "AND (s.idle_at < $1 OR s.revoked_at < $1 OR s.absolute_at < $1)" => ""
    ] by l9_a_session_that_is_rotated_is_not_purged;

    attempts_that_are_counted_without_the_lock: TakeAttempts ["FOR NO KEY UPDATE" => ""]
        by c1_of_two_hundred_racing_attempts_as_many_are_allowed_as_the_limit_says;
    hours_that_are_counted_without_the_mark: RollUpStats ["FOR UPDATE" => ""]
        by a5_racing_steps_count_every_event_once;
}
