//! `authkit doctor`: looks for what is wrong with an installation. It changes nothing.
//!
//! One file a group of checks. A check is a line: pass, warn or fail, why, and the command that mends it.

mod file;
mod settings;
mod store;

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::output::{BAD, DIM, GOOD, Output, WARN, count};

#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Pass,
    Warn,
    Fail,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Check {
    level: Level,
    /// What was looked at, in a word or two. Stable.
    name: &'static str,
    why: String,
    fix: Option<String>,
    code: Option<&'static str>,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Report(Vec<Check>);

impl Report {
    fn pass(&mut self, name: &'static str, why: impl Into<String>) {
        self.0.push(Check { level: Level::Pass, name, why: why.into(), fix: None, code: None });
    }

    fn warn(&mut self, name: &'static str, why: impl Into<String>, fix: impl Into<String>) {
        self.0.push(Check { level: Level::Warn, name, why: why.into(), fix: Some(fix.into()), code: None });
    }

    fn fail(&mut self, name: &'static str, why: impl Into<String>, fix: impl Into<String>) {
        self.0.push(Check { level: Level::Fail, name, why: why.into(), fix: Some(fix.into()), code: None });
    }

    /// Each problem of an error is a line of its own.
    fn problems(&mut self, name: &'static str, problems: Vec<Problem>) {
        for Problem { code, title, why, fix } in problems {
            let why = format!("{title}: {why}");
            self.0.push(Check { level: Level::Fail, name, why, fix, code: Some(code) });
        }
    }

    fn count(&self, level: Level) -> u64 {
        self.0.iter().filter(|check| check.level == level).count() as u64
    }
}

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
            let kit = settings::check(&settings, &mut report);
            store::check(&settings, kit.as_ref(), &mut report).await;
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
