//! Pages of the administration with many users and events, on both stores: how long 95 of 100 take, how large they are, and
//! on Postgres how many statements they take.

// P-11

use std::path::Path;

use authkit_seed::{Progress, fill_postgres, fill_sqlite};
use authkit_store_sqlite::SqliteStore;
use tokio::runtime::Runtime;

use crate::Run;
use crate::console::{Desk, filled, look, pages, plan, statements};
use crate::failure::Failure;
use crate::load::executor;
use crate::postgres::{self, Postgres, connect};
use crate::report::{Line, Unit};

const LIMIT_MS: f64 = 50.0;
/// What a page may take.
const LIMIT_KIB: f64 = 60.0;

/// A file that `cargo xtask seed` has filled with as many rows as the run asks for: saves filling another.
const SQLITE_FILE: &str = "AUTHKIT_BENCH_SQLITE_FILE";
/// The same for a database. Statements are counted only on a server of the row's own, whose log is at hand.
const POSTGRES_URL: &str = "AUTHKIT_BENCH_POSTGRES_URL";

pub fn on_postgres(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let plan = plan(run.seeded.0, run.seeded.1);
    if let Ok(url) = std::env::var(POSTGRES_URL) {
        let store = executor.block_on(postgres::store(&url))?;
        let desk = Desk::over(&executor, store, plan)?;
        return executor.block_on(measured(run, "PostgreSQL", &desk));
    }
    let cluster = executor.block_on(Postgres::start(run))?;
    let (url, store) = executor.block_on(async {
        let url = cluster.database("value").await?;
        filled(fill_postgres(&url, &plan, Progress::Shown).await)?;
        let store = postgres::store(&url).await?;
        Ok::<_, Failure>((url, store))
    })?;
    let desk = Desk::over(&executor, store, plan)?;
    executor.block_on(async {
        let mut lines = measured(run, "PostgreSQL", &desk).await?;
        let pages = pages(&desk).await?;
        let counts = statements(&cluster.cluster, &connect(&url).await?, &desk, &pages).await?;
        for (page, count) in pages.iter().zip(counts) {
            let what = format!("{}, statements a page, the guard's two among them", page.name);
            lines.push(Line::limited("P11", what, Unit::Count, &[count as f64], page.statements as f64));
        }
        Ok(lines)
    })
}

pub fn on_sqlite(run: &Run) -> Result<Vec<Line>, Failure> {
    let folder = run.disk.folder(&run.bench)?;
    let executor = executor()?;
    let desk = seeded_sqlite(run, &executor, &folder.file("value.db"))?;
    executor.block_on(measured(run, "SQLite", &desk))
}

/// A new file with as many rows as the run asks for, or the one that is named for it.
pub fn seeded_sqlite(run: &Run, executor: &Runtime, file: &Path) -> Result<Desk, Failure> {
    let plan = plan(run.seeded.0, run.seeded.1);
    let store = executor.block_on(async {
        if let Some(file) = std::env::var_os(SQLITE_FILE) {
            return Ok::<_, Failure>(SqliteStore::open(file).await?);
        }
        filled(fill_sqlite(file, &plan, Progress::Shown).await)?;
        Ok(SqliteStore::open(file).await?)
    })?;
    Desk::over(executor, store, plan)
}

async fn measured(run: &Run, store: &str, desk: &Desk) -> Result<Vec<Line>, Failure> {
    let (users, events) = (desk.plan.users, desk.plan.audit);
    let mut lines = Vec::new();
    for page in pages(desk).await? {
        let look = look(desk, &page, run.rounds * 40).await?;
        let what = format!("{store}, {}, {users} users, {events} events, p95 of a page", page.name);
        lines.push(Line::limited("P11", what, Unit::Milliseconds, &[look.p95()], LIMIT_MS));
        let what = format!("{store}, {}, KiB of a page", page.name);
        lines.push(Line::limited("P11", what, Unit::Count, &[look.bytes as f64 / 1_024.0], LIMIT_KIB));
    }
    Ok(lines)
}
