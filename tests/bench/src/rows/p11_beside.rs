//! What four operators who page and export cost everybody else, and what an export holds in memory; on SQLite, where all of
//! it is in one process.

// P-11

use std::time::{Duration, Instant};

use authkit_seed::PASSWORD;

use crate::Run;
use crate::console::{Desk, SOMEBODY, export, operators, pages};
use crate::failure::Failure;
use crate::http::post;
use crate::load::executor;
use crate::memory;
use crate::probe::{p99, probe};
use crate::report::{Line, Unit};
use crate::rounds::median;
use crate::rows::p11_pages::seeded_sqlite;

const OPERATORS: usize = 4;
/// The most that others may wait, by what they wait without operators.
const SLOWER: f64 = 1.2;
/// What streams holds no more at its end than at its beginning; this much is chance.
const HELD_MIB: f64 = 16.0;
const EXPORTS: [&str; 2] = ["/admin/users/export?format=csv", "/admin/audit/export?format=jsonl"];

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let folder = run.disk.folder(&run.bench)?;
    let executor = executor()?;
    let desk = seeded_sqlite(run, &executor, &folder.file("value.db"))?;
    let mut lines = Vec::new();
    for path in EXPORTS {
        lines.push(executor.block_on(held(&desk, path))?);
    }
    let sign_in = post("/auth/login", &format!(r#"{{"email":"{SOMEBODY}","password":"{PASSWORD}"}}"#));
    for (name, request) in [("`/auth/me`", desk.get("/auth/me")), ("sign-in", sign_in)] {
        lines.push(executor.block_on(beside(run, &desk, name, &request))?);
    }
    Ok(lines)
}

/// How much more memory is held while an export runs.
async fn held(desk: &Desk, path: &str) -> Result<Line, Failure> {
    // What the first call sets up stays.
    export(desk, path).await?;
    let before = memory::resident_mib()?;
    memory::forget_peak()?;
    let sent = export(desk, path).await?;
    let more = (memory::peak_mib()? - before).max(0.0);
    let what =
        format!("SQLite, `{path}`: {} lines, {} MiB, memory beside {before:.0} MiB", sent.lines, sent.bytes >> 20);
    Ok(Line::limited("P11", what, Unit::Mebibytes, &[more], HELD_MIB))
}

/// The p99 of a call at 20 a second, with operators to without, by turns.
async fn beside(run: &Run, desk: &Desk, name: &str, request: &[u8]) -> Result<Line, Failure> {
    let lasts = run.window.measured * 5;
    let pages = pages(desk).await?;
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        alone.push(milliseconds(p99(probe(desk.server.address, request.to_vec(), lasts).await?)?));
        let until = Instant::now() + lasts;
        let (probed, _) = tokio::try_join!(
            probe(desk.server.address, request.to_vec(), lasts),
            operators(desk, OPERATORS, &pages, &EXPORTS, until)
        )?;
        together.push(milliseconds(p99(probed)?));
    }
    let limit = median(&alone) * SLOWER;
    let what = format!("SQLite, {name} at 20/s, p99 while {OPERATORS} operators page and export / alone × {SLOWER}");
    Ok(Line::limited("P11", what, Unit::Milliseconds, &[median(&together)], limit))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
