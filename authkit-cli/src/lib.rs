//! The command `authkit`: reads the settings, opens the store that they name, calls one flow of the core, prints what came of
//! it. No rule of authentication is here.
//!
//! One file a command under `commands/`. What they share stands beside it: `globals` (the flags that every
//! command takes), `context` (what a command works with), `output` (the only place that prints), `failure` (the only form of an
//! error), `settings` and `env_file` (what is set, and where), `database` (the store by its URL), `ask` (before something is
//! destroyed).

mod ask;
mod codes;
mod commands;
mod context;
mod database;
mod env_file;
mod exit;
mod export;
mod failure;
mod globals;
mod mail;
mod offline;
mod output;
mod page;
mod secrets;
mod settings;
mod table;
mod times;
mod usage;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use crate::commands::Cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub use crate::codes::CliCode;

/// Does what the process was called with and answers with its exit code.
pub fn run() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let has = |flag: &str| words.iter().skip(1).take_while(|word| *word != "--").any(|word| word == flag);
    let color = if has("--no-color") { ColorChoice::Never } else { ColorChoice::Auto };
    let parsed = command().color(color).try_get_matches_from(&words);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, has("--json"), color).into(),
    };
    let out = Output::new(&cli.globals, cli.command.name());
    log();
    let context = Context::new(cli.globals, out, command);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return context.out.failed(&Failure::system("the machine refuses what is needed", &error)).into(),
    };
    match runtime.block_on(commands::run(cli.command, &context)) {
        Ok(()) => Exit::Ok,
        Err(failure) => context.out.failed(&failure),
    }
    .into()
}

/// The definition of the command: for its completions, its man pages and the test of its guide.
pub fn command() -> clap::Command {
    Cli::command()
}

/// What the libraries log goes to standard error, and only where `RUST_LOG` asks for it.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "off".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
