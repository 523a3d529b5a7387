//! `authkit migrate`: what the database has gone through, the steps that are missing, their SQL.

use authkit_core::Upkeep;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::database::Database;
use crate::failure::Failure;
use crate::offline;
use crate::output::{GOOD, WARN, count};
use crate::settings::Settings;
use crate::table::{Cell, Table};

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Show which migrations are done and which are missing (what happens without a word, too).
    Status,
    /// Run the migrations that are missing: all of them, or none.
    Up,
    /// Print all migrations as SQL, for a tool that runs them by itself.
    Print,
}

impl Migrate {
    pub(crate) fn name(&self) -> &'static str {
        match self.what.unwrap_or(What::Status) {
            What::Status => "status",
            What::Up => "up",
            What::Print => "print",
        }
    }
}

/// What a script sees.
#[derive(Serialize)]
struct Status<'a> {
    database: &'static str,
    applied: &'a [String],
    missing: &'a [String],
}

pub(crate) async fn run(args: &Migrate, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    let database = Database::of(&settings.database_url()?)?;
    match args.what.unwrap_or(What::Status) {
        What::Print => {
            let sql = database.sql();
            context.out.data(&serde_json::json!({"database": database.kind(), "sql": sql}), || sql.clone());
            Ok(())
        }
        What::Status => {
            let status = database.status().await?;
            let data = Status { database: database.kind(), applied: &status.applied, missing: &status.missing };
            context.out.data(&data, || {
                let mut table = Table::new(["MIGRATION", "STATE"]);
                for step in &status.applied {
                    table.row([step.as_str().into(), Cell::new("done", GOOD)]);
                }
                for step in &status.missing {
                    table.row([step.as_str().into(), Cell::new("missing", WARN)]);
                }
                table.text("No migrations.")
            });
            if !status.missing.is_empty() {
                context.out.say("Run the missing ones: authkit migrate up");
            }
            Ok(())
        }
        What::Up => up(&settings, &database, context).await,
    }
}

async fn up(settings: &Settings, database: &Database, context: &Context) -> Result<(), Failure> {
    let before = database.status().await?;
    let due = count(before.missing.len() as u64, "migration", "migrations");
    let data = Status { database: database.kind(), applied: &before.missing, missing: &[] };
    if before.missing.is_empty() {
        context.out.done(&data, "nothing to do, all migrations are done");
        return Ok(());
    }
    if context.is_dry_run() {
        context.out.done(&data, &format!("{due} would be run: {}", before.missing.join(", ")));
        return Ok(());
    }
    // Before anything is changed: with settings that are refused it could not be recorded.
    let config = offline::config(settings)?;
    database.migrate().await?;
    let details = Map::from_iter([("steps".to_owned(), Value::from(before.missing.clone()))]);
    offline::record(settings, config, database.open().await?, Upkeep::Migrated, details).await?;
    context.out.done(&data, &format!("{due} run: {}", before.missing.join(", ")));
    Ok(())
}
