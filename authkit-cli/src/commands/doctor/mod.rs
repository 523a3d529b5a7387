//! `authkit doctor`: looks for what is wrong with an installation. It changes nothing.
//!
//! One file a group of checks. A check is a line: pass, warn or fail, why, and the command that mends it.

mod file;
mod hashing;
mod mail;
mod report;
mod rows;
mod settings;
mod store;

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use self::report::{Check, Level, Report};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, DIM, GOOD, Output, WARN, count};

#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// What a script sees.
#[derive(Serialize)]
struct Data<'a> {
    healthy: bool,
    passed: u64,
    warnings: u64,
    errors: u64,
    checks: &'a [Check],
}

pub(crate) async fn run(_: &Doctor, context: &Context) -> Result<(), Failure> {
    let mut report = Report::default();
    match context.settings() {
        // Without its settings nothing else can be looked at.
        Err(failure) => report.problems("settings", failure.problems),
        Ok(settings) => {
            file::check(&settings, &mut report);
            settings::check(&settings, &mut report);
            mail::check(&settings, &mut report).await;
            store::check(&settings, &mut report).await;
        }
    }
    let (errors, warnings, passed) = (report.count(Level::Fail), report.count(Level::Warn), report.count(Level::Pass));
    let data = Data { healthy: errors == 0, passed, warnings, errors, checks: &report.0 };
    if context.out.is_json() {
        context.out.data(&data, String::new);
    } else {
        print(&report, &context.out);
        context.out.say(&format!(
            "{}, {}, {passed} passed",
            count(errors, "error", "errors"),
            count(warnings, "warning", "warnings")
        ));
    }
    if errors == 0 { Ok(()) } else { Err(Failure::said(Exit::Unhealthy)) }
}

fn print(report: &Report, out: &Output) {
    let width = report.0.iter().map(|check| check.name.len()).max().unwrap_or_default();
    for check in &report.0 {
        if out.is_quiet() && check.level == Level::Pass {
            continue;
        }
        let (style, word) = match check.level {
            Level::Pass => (GOOD, "pass"),
            Level::Warn => (WARN, "warn"),
            Level::Fail => (BAD, "fail"),
        };
        let code = check.code.map(|code| format!("  {DIM}{code}{DIM:#}")).unwrap_or_default();
        let why = check.why.replace('\n', "\n      ");
        let mut line = format!("{style}{word}{style:#}  {:width$}  {why}{code}\n", check.name);
        if let Some(fix) = &check.fix {
            let _ = writeln!(line, "      {:width$}  {DIM}fix:{DIM:#} {fix}", "");
        }
        out.raw(&line);
    }
}
