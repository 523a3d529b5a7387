//! The flags that every command takes.

use std::path::PathBuf;

use authkit_core::SecretText;
use clap::Args;
use clap::builder::TypedValueParser as _;

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
