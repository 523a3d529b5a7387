//! The writer's group: what fails alone, and what fails together.

use std::error::Error;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use authkit_core::{StoreError, StoreErrorKind};
use rusqlite::Connection;

use super::temp_db::TempDb;
use crate::trouble::SqliteTrouble;
use crate::{SqliteBuilder, SqliteStore};

fn put(name: &'static str) -> impl FnOnce(&Connection) -> Result<(), SqliteTrouble> + Send {
    move |conn| Ok(conn.execute("INSERT INTO ak_meta (name, value) VALUES (?1, '')", [name]).map(drop)?)
}

fn names(db: &TempDb) -> Vec<String> {
    let raw = db.raw();
    let mut statement = raw.prepare("SELECT name FROM ak_meta ORDER BY name").expect("a statement");
    let names = statement.query_map((), |row| row.get(0)).expect("it reads");
    names.collect::<Result<_, _>>().expect("it reads")
}

fn trouble(error: &StoreError) -> SqliteTrouble {
    let trouble = error.source().and_then(|source| source.downcast_ref::<SqliteTrouble>());
    trouble.cloned().expect("every error of the store has its trouble as source")
}

/// Holds the writer busy until the other end is dropped, so that what comes meanwhile is one group.
fn hold(held: std::sync::mpsc::Receiver<()>) -> impl FnOnce(&Connection) -> Result<(), SqliteTrouble> + Send {
    move |_| {
        held.recv().ok();
        Ok(())
    }
}

// S-101
#[tokio::test]
async fn the_writers_connection_is_set_up_for_durable_writes() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let read = |conn: &Connection| {
        let pragma = |name: &str| conn.query_row(&format!("PRAGMA {name}"), (), |row| row.get::<_, i64>(0));
        let numbers = ["synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "recursive_triggers"];
        let numbers = numbers.map(|name| pragma(name).expect("a pragma"));
        let mode: String = conn.query_row("PRAGMA journal_mode", (), |row| row.get(0))?;
        let misspelt = conn.prepare("SELECT \"nonesuch\" FROM ak_users").is_err();
        let schema = conn.execute("DELETE FROM sqlite_schema", ()).is_err();
        let qpsg = conn.db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?;
        Ok((numbers, mode, misspelt, schema, qpsg, conn.is_autocommit()))
    };
    let seen = store.writer().run("test", read).await.expect("it reads");
    assert_eq!(seen, ([2, 1, 5_000, 0, 1], "wal".to_owned(), true, true, true, false));
}

#[tokio::test]
async fn a_call_that_fails_or_panics_undoes_itself_alone() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let (release, held) = std::sync::mpsc::channel();
    let writer = store.writer();
    let before = writer.commits();
    let mut first = pin!(writer.run("first", hold(held)));
    let mut good = pin!(writer.run("good", put("good")));
    let mut bad = pin!(writer.run("bad", |conn: &Connection| {
        put("bad")(conn)?;
        put("good")(conn)
    }));
    let mut ugly = pin!(writer.run("ugly", |conn: &Connection| -> Result<(), SqliteTrouble> {
        put("ugly")(conn)?;
        panic!("a defect")
    }));
    let mut after = pin!(writer.run("after", put("after")));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    assert!(good.as_mut().poll(&mut context).is_pending());
    assert!(bad.as_mut().poll(&mut context).is_pending());
    assert!(ugly.as_mut().poll(&mut context).is_pending());
    assert!(after.as_mut().poll(&mut context).is_pending());
    assert_eq!(names(&db), [""; 0], "nothing is seen, and nobody is answered, before the commit");
    drop(release);

    good.await.expect("it writes");
    let bad = bad.await.expect_err("a name is taken");
    assert_eq!((bad.kind(), bad.operation()), (StoreErrorKind::Unexpected, "bad"));
    let ugly = ugly.await.expect_err("it panicked");
    assert!(matches!(trouble(&ugly), SqliteTrouble::Panicked));
    after.await.expect("it writes");
    assert_eq!(names(&db), ["after", "good"]);
    assert!(writer.commits() - before < 5);
}

#[tokio::test]
async fn a_commit_that_fails_fails_every_call_in_it() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let (release, held) = std::sync::mpsc::channel();
    let writer = store.writer();
    let before = writer.commits();
    let mut first = pin!(writer.run("first", hold(held)));
    let mut good = pin!(writer.run("good", put("good")));
    // A reference that only the commit looks at.
    let mut orphan = pin!(writer.run("orphan", |conn: &Connection| {
        conn.execute_batch(
            "PRAGMA defer_foreign_keys = ON;
             INSERT INTO ak_sessions VALUES (zeroblob(16), 'nobody', zeroblob(16), zeroblob(32), 'k', 0, 'json', 1, 1, 1, 1,
                                             1, 1, NULL, NULL, NULL, NULL, NULL)",
        )?;
        Ok(())
    }));
    let mut context = Context::from_waker(Waker::noop());
    for call in [first.as_mut() as std::pin::Pin<&mut dyn Future<Output = _>>, good.as_mut(), orphan.as_mut()] {
        let poll: Poll<Result<(), StoreError>> = call.poll(&mut context);
        assert!(poll.is_pending());
    }
    drop(release);

    let outcomes = [good.await, orphan.await];
    // The first call may have been committed before the others came.
    first.await.ok();
    for outcome in outcomes {
        let error = outcome.expect_err("its group was not committed");
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert!(matches!(trouble(&error), SqliteTrouble::RolledBack(_)));
    }
    assert_eq!(names(&db), [""; 0]);
    assert_eq!(writer.commits(), before);

    writer.run("next", put("next")).await.expect("the next group is none the worse");
    assert_eq!(names(&db), ["next"]);
}

#[tokio::test]
async fn a_call_whose_caller_left_before_its_turn_does_nothing() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let (release, held) = std::sync::mpsc::channel();
    let writer = store.writer();
    let mut first = pin!(writer.run("first", hold(held)));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    {
        let mut left = pin!(writer.run("left", put("left")));
        assert!(left.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(release);
    first.await.expect("it goes on");
    writer.run("last", put("last")).await.expect("it writes");
    assert_eq!(names(&db), ["last"]);
}

#[tokio::test]
async fn a_queue_that_is_full_refuses_at_once() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let (release, held) = std::sync::mpsc::channel();
    let writer = store.writer();
    let mut context = Context::from_waker(Waker::noop());
    let mut first = pin!(writer.run("first", hold(held)));
    assert!(first.as_mut().poll(&mut context).is_pending());
    let mut waiting: Vec<_> = (0..4_097).map(|_| Box::pin(writer.run("more", |_: &Connection| Ok(())))).collect();
    let refused = waiting.iter_mut().filter_map(|call| match call.as_mut().poll(&mut context) {
        Poll::Ready(Err(error)) => Some(error),
        _ => None,
    });
    let refused: Vec<_> = refused.collect();
    assert!((1..=2).contains(&refused.len()), "{}", refused.len());
    for error in refused {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert!(matches!(trouble(&error), SqliteTrouble::Overloaded));
    }
    drop(release);
    first.await.expect("it goes on");
}

#[tokio::test]
async fn the_settings_are_kept_within_what_works() {
    let db = TempDb::new();
    let builder: SqliteBuilder = SqliteStore::builder(db.path()).read_connections(0).list_threads(0);
    let store = builder.open().await.expect("one of each is the least");
    assert!(format!("{store:?}").contains("auth.db"));
}

#[tokio::test]
async fn the_log_is_ended_when_it_grows_long_and_nobody_reads_it() {
    const MIB: u64 = 1_024 * 1_024;
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let size = || std::fs::metadata(db.log()).expect("there is a log").len();
    let fill = |mib: u32| {
        let store = &store;
        async move {
            for n in 0..mib {
                // Another letter each time: SQLite does not write a page that stays as it was.
                let put = move |conn: &Connection| {
                    let sql = "INSERT INTO ak_meta VALUES ('big', replace(hex(zeroblob(524288)), '0', char(65 + ?1)))
                               ON CONFLICT DO UPDATE SET value = excluded.value";
                    Ok(conn.execute(sql, [n % 26]).map(drop)?)
                };
                store.writer().run("test", put).await.expect("it writes");
            }
            // The end of the log comes after the answer; the next answer comes after it.
            store.writer().run("test", |_| Ok(())).await.expect("it goes on");
        }
    };
    let reader = db.raw();
    reader.execute_batch("BEGIN; SELECT count(*) FROM ak_users").expect("it reads");
    fill(66).await;
    assert!(size() > 64 * MIB, "who reads the log keeps it");
    reader.execute_batch("COMMIT").expect("it is done");
    fill(20).await;
    assert!(size() <= 64 * MIB, "{}", size());
}
