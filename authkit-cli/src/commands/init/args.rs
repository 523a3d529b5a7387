//! The words behind `authkit init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where users and sessions are kept; asked for at a terminal, else `sqlite`.
    #[arg(long, value_enum)]
    pub(super) store: Option<StoreKind>,
    /// The folder of the new module.
    #[arg(long, value_name = "DIR", default_value = "src/auth")]
    pub(super) path: PathBuf,
    /// What else is written.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT", default_values = ["tests", "http"])]
    pub(super) with: Vec<Extra>,
    /// Depend on a checkout of AuthKit by path.
    #[arg(long, value_name = "DIR")]
    pub(super) authkit_path: Option<PathBuf>,
    /// Show every change as a diff.
    #[arg(long)]
    pub(super) diff: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// In memory: gone with the process.
    Memory,
    /// In a file beside the program.
    Sqlite,
    /// On a Postgres server.
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Extra {
    /// Tests of the way of an account.
    Tests,
    /// Every route as a request to run from an editor.
    Http,
    /// Words of your own for the mails.
    Emails,
    /// A Dockerfile, and the program with its database as containers.
    Docker,
}

impl Init {
    /// Whether something else is written, too.
    pub(super) fn has(&self, extra: Extra) -> bool {
        self.with.contains(&extra)
    }
}
