//! One file a command.

pub(crate) mod audit;
pub(crate) mod cleanup;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod create_admin;
pub(crate) mod doctor;
pub(crate) mod man;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod routes;
pub(crate) mod secret;
pub(crate) mod session;
pub(crate) mod user;

use crate::args::Command;
use crate::context::Context;
use crate::failure::Failure;

/// Runs what was asked for.
pub(crate) async fn run(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
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
        Command::Completions(args) => {
            completions::run(&args, context);
            Ok(())
        }
        Command::Man(args) => man::run(&args, context),
    }
}
