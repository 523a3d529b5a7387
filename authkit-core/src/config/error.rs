//! Why a configuration is refused: everything that is wrong with it, at once.

use std::error::Error;
use std::fmt;

use super::codes::ConfigCode;

/// One mistake in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    code: ConfigCode,
    why: String,
    fix: String,
}

impl ConfigProblem {
    /// The kind of mistake.
    pub const fn code(&self) -> ConfigCode {
        self.code
    }

    /// Where the setting comes from and what is wrong with it. Never its value.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What mends it.
    pub fn fix(&self) -> &str {
        &self.fix
    }
}

/// Four lines: code and title, the setting and the reason, the mend, the page of the guide.
impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, why, fix } = self;
        write!(f, "error[{code}]: {}\n  {why}\n  fix:  {fix}\n  more: {}", code.title(), code.page())
    }
}

/// A configuration that is refused, with all that is wrong with it: one problem or more.
///
/// Neither `Display` nor `Debug` shows a value. Both show the same text, since a `main` that answers with a `Result`
/// prints `Debug`.
///
/// # Examples
/// ```
/// use authkit_core::config::Config;
///
/// let vars = [("AUTHKIT_COOKIE_SECURE", "maybe"), ("AUTHKIT_ENABLE_REGISTRATION", "yes")];
/// let error = Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap_err();
/// assert_eq!(error.problems().len(), 2);
/// assert!(error.to_string().contains("AUTHKIT_ENABLE_REGISTER"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<ConfigProblem>,
}

impl ConfigError {
    /// An error with one problem.
    pub(crate) fn one(code: ConfigCode, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { problems: vec![ConfigProblem { code, why: why.into(), fix: fix.into() }] }
    }

    /// With the problems of another.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.problems.extend(other.problems);
        self
    }

    /// An error with these problems, of which there is at least one.
    pub(super) const fn of(problems: Vec<ConfigProblem>) -> Self {
        Self { problems }
    }

    /// Gives up the problems.
    pub(super) fn into_problems(self) -> Vec<ConfigProblem> {
        self.problems
    }

    /// What is wrong, never empty.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl Error for ConfigError {}
