//! What the whole configuration must do. What a part of it must do stands beside the part.

mod addresses;
mod anything;
mod refusals;
mod resolved;
mod smtp;
mod variables;

use super::resolve::Resolved;
use super::{Config, ConfigCode, ConfigError};

/// 48 random bytes, drawn for these tests.
const KEY: &str = "R4vHjm2yqWc0xPzQ8sTnB7dLkE1uGfY5aXo9iVwJ3hMrC6tNbKpSgD";
/// Another one.
const OLD_KEY: &str = "m9QeT2bYxLw7Jc5RkPz0HvF8sGnD3uAiOq6WyBtKjXr1VhMdN4fZgC";

fn production() -> Config {
    Config::production("https://app.example.com", KEY)
}

fn development() -> Config {
    Config::development_where(None)
}

/// What a production environment holds besides `vars`.
fn read(vars: &[(&str, &str)]) -> Result<Resolved, ConfigError> {
    let needed = [("AUTHKIT_SECRET_KEY", KEY), ("AUTHKIT_BASE_URL", "https://app.example.com")];
    pairs(&[&needed, vars].concat()).and_then(Config::resolve)
}

fn pairs(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_vars(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn codes<T: std::fmt::Debug>(result: Result<T, ConfigError>) -> Vec<ConfigCode> {
    result.unwrap_err().problems().iter().map(super::ConfigProblem::code).collect()
}

/// Each configuration has this one mistake.
fn refused(cases: Vec<(Config, ConfigCode)>) {
    for (config, code) in cases {
        let shown = format!("{config:?}");
        assert_eq!(codes(config.resolve()), [code], "{shown}");
    }
}

/// None of the configurations has a mistake.
fn accepted(configs: Vec<Config>) {
    for config in configs {
        let shown = format!("{config:?}");
        assert!(config.resolve().is_ok(), "{shown}");
    }
}
