//! What is set, and where: the flag, the environment, the file. In this order, the first counts.

use std::fmt;
use std::path::{Path, PathBuf};

use authkit_core::config::{Config, ConfigCode, ConfigError};
use authkit_core::{ConfigProblem, DatabaseUrl, SecretText};

use crate::codes::CliCode;
use crate::env_file;
use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::globals::Globals;

/// The file that is read where none is named, if it is there.
pub(crate) const DEFAULT_FILE: &str = ".env";

/// The variables that are set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) given: Vec<Given>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

/// One variable that is set.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// As it is spelled there.
    pub(crate) name: String,
    pub(crate) value: SecretText,
    pub(crate) source: Source,
}

/// Where a variable is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A flag of the command line.
    Flag(&'static str),
    /// The environment of the process.
    Environment,
    /// A line of the file.
    File(PathBuf, usize),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment => f.write_str("the environment"),
            Self::File(file, line) => write!(f, "{}, line {line}", file.display()),
        }
    }
}

impl Settings {
    /// Reads what is set.
    pub(crate) fn read(globals: &Globals) -> Result<Self, Failure> {
        let default = Path::new(DEFAULT_FILE);
        let file = globals.config.clone().or_else(|| default.exists().then(|| default.to_owned()));
        let mut given = Vec::new();
        if let Some(file) = &file {
            given.extend(env_file::read(file)?.into_iter().filter(|entry| is_ours(&entry.name)).map(|entry| Given {
                name: entry.name,
                value: entry.value,
                source: Source::File(file.clone(), entry.line),
            }));
        }
        // What is not UTF-8 is nobody's of ours.
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let environment: Vec<(String, String)> = environment.filter(|(name, _)| is_ours(name)).collect();
        given.retain(|from_file| !environment.iter().any(|(name, _)| name.eq_ignore_ascii_case(&from_file.name)));
        given.extend(environment.into_iter().map(|(name, value)| Given {
            name,
            value: SecretText::new(value),
            source: Source::Environment,
        }));
        if let Some(url) = &globals.database_url {
            let name = "AUTHKIT_DATABASE_URL";
            given.retain(|other| !other.name.eq_ignore_ascii_case(name));
            given.push(Given { name: name.to_owned(), value: url.clone(), source: Source::Flag("--database-url") });
        }
        Ok(Self { given, file })
    }

    /// The variable of that name, if it is set to something.
    pub(crate) fn find(&self, name: &str) -> Option<&Given> {
        self.given.iter().rfind(|given| given.name.eq_ignore_ascii_case(name) && !given.value.expose().is_empty())
    }

    /// The variables as the core reads them.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (String, String)> {
        self.given.iter().map(|given| (given.name.clone(), given.value.expose().to_owned()))
    }

    /// The configuration.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::from_vars(self.vars()).map_err(|error| self.refused(&error))
    }

    /// The database alone: what looks at nothing else need not be configured further.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        let name = "AUTHKIT_DATABASE_URL";
        let Some(given) = self.find(name) else {
            return Err(Failure::new(CliCode::DatabaseNotNamed, format!("{name} is not set"))
                .fix("set it in .env or the environment, or give --database-url, such as sqlite://authkit.db"));
        };
        let config = Config::from_vars([(name.to_owned(), given.value.expose().to_owned())]);
        let config = config.map_err(|error| self.refused(&error))?;
        config
            .database_url()
            .cloned()
            .ok_or_else(|| Failure::new(CliCode::DatabaseNotNamed, format!("{name} is not set")))
    }

    /// All that is wrong with the configuration, each with the place that it comes from.
    pub(crate) fn refused(&self, error: &ConfigError) -> Failure {
        Failure { exit: Exit::Failed, problems: error.problems().iter().map(|problem| self.problem(problem)).collect() }
    }

    /// One mistake, with the place that it comes from.
    pub(crate) fn problem(&self, problem: &ConfigProblem) -> Problem {
        let mut why = problem.why().to_owned();
        for given in &self.given {
            let name = given.name.to_ascii_uppercase();
            if let Some(placed) = with_place(&why, &name, &given.source) {
                why = placed;
            }
        }
        let code = problem.code();
        let fix = mend(code).map_or_else(|| problem.fix().to_owned(), str::to_owned);
        Problem { code: code.as_str(), title: code.title(), why, fix: Some(fix) }
    }
}

pub(crate) fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.starts_with("AUTHKIT_") && !name.starts_with("AUTHKIT_TEST_")
}

/// What this command can do about it.
const fn mend(code: ConfigCode) -> Option<&'static str> {
    match code {
        ConfigCode::SecretMissing => Some("authkit secret generate --write .env"),
        ConfigCode::SecretTooShort | ConfigCode::SecretTooUniform | ConfigCode::SecretPlaceholder => {
            Some("authkit secret generate --write .env      (signs everyone out)")
        }
        _ => None,
    }
}

/// The text with the place behind the first mention of a name; `None`: it is not mentioned.
fn with_place(text: &str, name: &str, source: &Source) -> Option<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (at, _) = text.match_indices(name).find(|(at, _)| {
        let (before, rest) = text.split_at(*at);
        !before.ends_with(part) && !rest.get(name.len()..).is_some_and(|after| after.starts_with(part))
    })?;
    let (before, after) = text.split_at_checked(at + name.len())?;
    Some(format!("{before} (from {source}){after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stands_behind_the_whole_name_only() {
        let source = Source::File(PathBuf::from(".env"), 3);
        let text = "AUTHKIT_SECRET_KEY has 24 bytes";
        let placed = with_place(text, "AUTHKIT_SECRET_KEY", &source);
        assert_eq!(placed.as_deref(), Some("AUTHKIT_SECRET_KEY (from .env, line 3) has 24 bytes"));
        assert_eq!(with_place("AUTHKIT_SECRET_KEYS has", "AUTHKIT_SECRET_KEY", &source), None);
        assert_eq!(with_place("key 1 of OLD_AUTHKIT_SECRET_KEY", "AUTHKIT_SECRET_KEY", &source), None);
    }
}
