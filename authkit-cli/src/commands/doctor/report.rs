//! What the doctor has found so far.

use serde::Serialize;

use crate::failure::Problem;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Pass,
    Warn,
    Fail,
}

/// One line of the report.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) level: Level,
    /// What was looked at, in a word or two. Stable.
    pub(super) name: &'static str,
    pub(super) why: String,
    pub(super) fix: Option<String>,
    pub(super) code: Option<&'static str>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report(pub(super) Vec<Check>);

impl Report {
    pub(super) fn pass(&mut self, name: &'static str, why: impl Into<String>) {
        self.0.push(Check { level: Level::Pass, name, why: why.into(), fix: None, code: None });
    }

    pub(super) fn warn(&mut self, name: &'static str, why: impl Into<String>, fix: impl Into<String>) {
        self.0.push(Check { level: Level::Warn, name, why: why.into(), fix: Some(fix.into()), code: None });
    }

    pub(super) fn fail(&mut self, name: &'static str, why: impl Into<String>, fix: impl Into<String>) {
        self.0.push(Check { level: Level::Fail, name, why: why.into(), fix: Some(fix.into()), code: None });
    }

    /// Each problem of an error is a line of its own.
    pub(super) fn problems(&mut self, name: &'static str, problems: Vec<Problem>) {
        for Problem { code, title, why, fix } in problems {
            let why = format!("{title}: {why}");
            self.0.push(Check { level: Level::Fail, name, why, fix, code: Some(code) });
        }
    }

    pub(super) fn count(&self, level: Level) -> u64 {
        self.0.iter().filter(|check| check.level == level).count() as u64
    }
}
