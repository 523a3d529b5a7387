//! What does not depend on the machine: how many statements a page takes and how large it is, with twenty thousand users
//! and two hundred thousand events. How times grow is told, not judged.

use std::io::Write as _;
use std::path::PathBuf;

use authkit_seed::{Progress, fill_postgres, fill_sqlite};
use authkit_store_postgres::PostgresStore;
use authkit_store_sqlite::SqliteStore;
use authkit_test_postgres::Options;
use authkit_test_postgres::process::Cluster;

use super::looks::Look;
use super::{Desk, look, pages, plan, statements};
use crate::load::executor;
use crate::postgres::connect;

#[test]
fn pages_on_postgres_take_few_statements_and_little_room() {
    let cluster = Cluster::start(&Options::default()).expect("PostgreSQL");
    let url = cluster.url().to_string();
    let (executor, plan) = (executor().expect("threads"), plan(20_000, 200_000));
    let store = executor.block_on(async {
        fill_postgres(&url, &plan, Progress::Hidden).await.expect("rows");
        PostgresStore::builder(&url).connect().await.expect("a store")
    });
    let desk = Desk::over(&executor, store, plan).expect("a desk");
    executor.block_on(async {
        let database = connect(&url).await.expect("a connection");
        let pages = pages(&desk).await.expect("pages");
        let counts = statements(&cluster, &database, &desk, &pages).await.expect("counts");
        let mut told = "\nstatements a page, PostgreSQL, the guard's two among them\n".to_owned();
        let mut over = Vec::new();
        for (page, count) in pages.iter().zip(counts) {
            told.push_str(&format!("{count:5}  {}\n", page.name));
            let look = look(&desk, page, 1).await.expect("a page");
            if !(1..=page.statements).contains(&count) || look.bytes > ROOM {
                over.push(format!("{}: {count} statements, {} bytes", page.path, look.bytes));
            }
        }
        tell(&told);
        assert!(over.is_empty(), "over their budget:\n{}", over.join("\n"));
    });
}

#[test]
fn growth_on_sqlite_is_told() {
    let folder = std::env::temp_dir().join(format!("authkit-growth-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let small = looks(folder.join("small.db"), 2_000, 20_000);
    let large = looks(folder.join("large.db"), 20_000, 200_000);
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    let mut told = "\nten times the rows, SQLite: median of a page to what it was, in this run\n".to_owned();
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let ratio = large.median() / small.median();
        // A filter that fits few rows of a small store makes a smaller page there.
        let sizes = [small, large].map(|look| format!("{:.2} ms for {} bytes", look.median(), look.bytes)).join(", ");
        told.push_str(&format!("{ratio:5.2}  {name}: {sizes}\n"));
    }
    tell(&told);
    assert_eq!(small.len(), large.len());
}

/// The most bytes of a page.
const ROOM: usize = 60 * 1_024;

/// Past the test's own output, which is shown only when it fails.
fn tell(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).expect("standard error");
}

fn looks(file: PathBuf, users: u64, audit: u64) -> Vec<(String, Look)> {
    let (executor, plan) = (executor().expect("threads"), plan(users, audit));
    let store = executor.block_on(async {
        fill_sqlite(&file, &plan, Progress::Hidden).await.expect("rows");
        SqliteStore::open(&file).await.expect("a store")
    });
    let desk = Desk::over(&executor, store, plan).expect("a desk");
    executor.block_on(async {
        let mut looks = Vec::new();
        for page in pages(&desk).await.expect("pages") {
            let seen = look(&desk, &page, 30).await.expect("a page");
            looks.push((page.name, seen));
        }
        looks
    })
}
