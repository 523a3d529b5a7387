//! `authkit config show`: every setting, its value and where it comes from.

use authkit_core::config::variables;
use clap::Subcommand;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{DIM, PLAIN};
use crate::settings::Source;
use crate::table::{Cell, Table};

/// What stands for a secret.
const MASK: &str = "********";

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Show every setting, its value and where it comes from. Secrets are masked.
    Show,
}

/// What a script sees.
#[derive(Serialize)]
struct Shown {
    name: &'static str,
    /// `None`: not set, and there is no default that could be told.
    value: Option<String>,
    /// `flag`, `environment`, `file` or `default`.
    source: &'static str,
    file: Option<String>,
    line: Option<usize>,
    secret: bool,
}

pub(crate) fn show(context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    let mut rows = Vec::new();
    let mut table = Table::new(["SETTING", "VALUE", "FROM"]);
    for variable in variables() {
        let given = settings.find(variable.name());
        let secret = variable.is_secret();
        let value = match given {
            Some(_) if secret => Some(MASK.to_owned()),
            Some(given) => Some(given.value.expose().trim().to_owned()),
            None => variable.default().map(str::to_owned),
        };
        let (source, file, line) = match given.map(|given| &given.source) {
            Some(Source::Flag(_)) => ("flag", None, None),
            Some(Source::Environment) => ("environment", None, None),
            Some(Source::File(file, line)) => ("file", Some(file.display().to_string()), Some(*line)),
            None => ("default", None, None),
        };
        let style = if given.is_some() { PLAIN } else { DIM };
        let from = given.map_or_else(|| "default".to_owned(), |given| given.source.to_string());
        table.row([
            Cell::new(variable.name(), PLAIN),
            Cell::new(value.as_deref().unwrap_or("not set"), style),
            Cell::new(&from, style),
        ]);
        rows.push(Shown { name: variable.name(), value, source, file, line, secret });
    }
    context.out.data(&rows, || table.text("No settings."));
    // Shown all the same: what is wrong is easier to see with the values beside it.
    settings.config().map(drop)
}
