//! The words on the command line, and what each leads to: one file a command.

mod audit;
mod cleanup;
mod completions;
mod config;
mod create_admin;
mod doctor;
mod import;
mod init;
mod man;
mod migrate;
mod openapi;
mod routes;
mod secret;
mod session;
mod user;

use clap::{Parser, Subcommand};

use crate::context::Context;
use crate::failure::Failure;
use crate::globals::Globals;

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

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put AuthKit into the project in this folder.
    Init(init::Init),
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
    /// Take over the users and the trail of another system.
    #[command(subcommand)]
    Import(import::Import),
    /// Print completions for a shell.
    Completions(completions::Completions),
    /// Print the manual page.
    Man(man::Man),
}

impl Command {
    /// The words that name it, such as `user list`: what the envelope calls it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Init(_) => "init".to_owned(),
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
            Self::Import(args) => format!("import {}", args.name()),
            Self::Completions(_) => "completions".to_owned(),
            Self::Man(_) => "man".to_owned(),
        }
    }
}

/// Runs what was asked for.
pub(crate) async fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Init(args) => init::run(&args, context),
        Command::Migrate(args) => migrate::run(&args, context).await,
        Command::CreateAdmin(args) => create_admin::run(args, context).await,
        Command::Doctor(args) => doctor::run(&args, context).await,
        Command::Secret(args) => secret::run(args, context).await,
        Command::User(args) => user::run(args, context).await,
        Command::Session(args) => session::run(args, context).await,
        Command::Audit(args) => audit::run(args, context).await,
        Command::Config(config::Config::Show) => config::show(context),
        Command::Routes(args) => routes::run(&args, context),
        Command::Openapi(args) => openapi::run(&args, context),
        Command::Cleanup(args) => cleanup::run(&args, context).await,
        Command::Import(args) => import::run(args, context).await,
        Command::Completions(args) => {
            completions::run(&args, context);
            Ok(())
        }
        Command::Man(args) => man::run(&args, context),
    }
}
