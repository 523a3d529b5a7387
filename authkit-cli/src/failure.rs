//! Why a command did not do what was asked: code, what, where it came from, the mend, the page.

use std::error::Error;

use authkit_core::{AuthError, Fault};
use serde::Serialize;

use crate::codes::CliCode;
use crate::exit::Exit;

/// Why a command ended without doing what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Empty: all is said already.
    pub(crate) problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// What exactly, and where it comes from. Never a secret.
    pub(crate) why: String,
    /// What mends it.
    pub(crate) fix: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: CliCode, why: impl Into<String>) -> Self {
        Self { code: code.as_str(), title: code.title(), why: why.into(), fix: None }
    }
}

impl Failure {
    pub(crate) fn new(code: CliCode, why: impl Into<String>) -> Self {
        Self { exit: code.exit(), problems: vec![Problem::new(code, why)] }
    }

    /// What mends it.
    #[must_use]
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        if let Some(problem) = self.problems.last_mut() {
            problem.fix = Some(fix.into());
        }
        self
    }

    /// Everything is said already; only the exit code is left.
    pub(crate) const fn said(exit: Exit) -> Self {
        Self { exit, problems: Vec::new() }
    }

    /// What the machine or a store answered, with the whole chain behind it.
    pub(crate) fn system(what: &str, error: &dyn Error) -> Self {
        Self::new(CliCode::Failed, format!("{what}: {}", chain(error)))
    }

    /// What a flow answered about `what`, such as "ada@example.com".
    pub(crate) fn of_flow(error: &AuthError, what: &str) -> Self {
        if error.fault() == Fault::Operator {
            return Self::new(CliCode::Failed, chain(error));
        }
        let code = match error {
            AuthError::NotFound | AuthError::NotKept => CliCode::NotFound,
            AuthError::LastAdmin
            | AuthError::SelfForbidden
            | AuthError::OwnSession
            | AuthError::AdminExists
            | AuthError::Forbidden => CliCode::Refused,
            _ => CliCode::NotTaken,
        };
        let fields = match error {
            AuthError::Validation(fields) => {
                fields.iter().fold(String::new(), |text, field| format!("{text} {}: {}", field.field, field.message))
            }
            _ => String::new(),
        };
        let text = match error {
            AuthError::Validation(_) => fields.trim_start().to_owned(),
            other => other.to_string(),
        };
        Self::new(code, format!("{what}: {}", text.trim_end_matches('.')))
    }
}

/// An error with all that is behind it, each told once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string().trim_end_matches('.').to_owned();
    let mut next = error.source();
    while let Some(error) = next {
        let behind = error.to_string();
        if !text.contains(&behind) {
            text = format!("{text}: {behind}");
        }
        next = error.source();
    }
    text
}
