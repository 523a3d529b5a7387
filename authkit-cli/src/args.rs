//! The words on the command line: the flags that every command takes, and the list of commands.

use std::path::PathBuf;

use authkit_core::SecretText;
use clap::builder::TypedValueParser as _;
use clap::{Args, Parser, Subcommand};

use crate::commands::{
    audit, cleanup, completions, config, create_admin, doctor, man, migrate, openapi, routes, secret, session, user,
};

/// Runs an AuthKit installation: migrations, accounts, sessions, audit trail, keys.
#[derive(Debug, Parser)]
#[command(
    name = "authkit",
    bin_name = "authkit",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 ok, 1 failed, 2 usage, 3 refused by a safety rule, 4 not found, 5 doctor found errors."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Globals {
    /// Print the answer as one line of JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print data and errors only.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print without colour, as with `NO_COLOR` and outside of a terminal.
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Read the settings from this file; without it from `.env`, if there is one. The environment goes before it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Use this database in place of the one in the settings. Others see it in the list of processes.
    #[arg(long, global = true, value_name = "URL", value_parser = clap::builder::NonEmptyStringValueParser::new().map(SecretText::from))]
    pub(crate) database_url: Option<SecretText>,
    /// Do not ask before something is destroyed; scripts need it.
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
    /// Say what would be changed, and change nothing.
    #[arg(long, short = 'n', global = true)]
    pub(crate) dry_run: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the database to the schema of this version.
    Migrate(migrate::Migrate),
    /// Make the first administrator.
    CreateAdmin(create_admin::CreateAdmin),
    /// Look for what is wrong with the installation.
    Doctor(doctor::Doctor),
    /// Draw secret keys.
    #[command(subcommand)]
    Secret(secret::Secret),
    /// Look at users and change them.
    #[command(subcommand)]
    User(user::User),
    /// Look at sessions and end them.
    #[command(subcommand)]
    Session(session::Session),
    /// Read the audit trail, take it out, remove what is past its time.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Show the settings and where they come from.
    #[command(subcommand)]
    Config(config::Config),
    /// List the routes that the server has.
    Routes(routes::Routes),
    /// Print the OpenAPI document.
    Openapi(openapi::Openapi),
    /// Do the housekeeping that the server does by itself.
    Cleanup(cleanup::Cleanup),
    /// Print completions for a shell.
    Completions(completions::Completions),
    /// Print the manual page.
    Man(man::Man),
}

impl Command {
    /// The words that name it, such as `user list`: what the envelope calls it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Migrate(args) => format!("migrate {}", args.name()),
            Self::CreateAdmin(_) => "create-admin".to_owned(),
            Self::Doctor(_) => "doctor".to_owned(),
            Self::Secret(args) => format!("secret {}", args.name()),
            Self::User(args) => format!("user {}", args.name()),
            Self::Session(args) => format!("session {}", args.name()),
            Self::Audit(args) => format!("audit {}", args.name()),
            Self::Config(config::Config::Show) => "config show".to_owned(),
            Self::Routes(_) => "routes".to_owned(),
            Self::Openapi(_) => "openapi".to_owned(),
            Self::Cleanup(_) => "cleanup".to_owned(),
            Self::Completions(_) => "completions".to_owned(),
            Self::Man(_) => "man".to_owned(),
        }
    }
}
