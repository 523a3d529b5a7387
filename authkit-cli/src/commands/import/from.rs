//! Where the old database is named: the flag, standard input or the environment. Only the flag is seen by others.

use authkit_core::{DatabaseUrl, SecretText};
use clap::Args;
use clap::builder::TypedValueParser as _;

use crate::ask;
use crate::codes::CliCode;
use crate::failure::Failure;

/// Read where neither flag is given. No setting of ours, so nothing else takes it for one.
const VARIABLE: &str = "FAST_AUTHKIT_DATABASE_URL";

#[derive(Debug, Args)]
pub(super) struct From {
    /// Its database, as its `AUTHKIT_DATABASE_URL` named it: SQLite or Postgres. It is only read. Others see it in the list of
    /// processes: with a password leave it out, and set `FAST_AUTHKIT_DATABASE_URL` or say `--from-stdin`.
    #[arg(long, value_name = "URL", value_parser = clap::builder::NonEmptyStringValueParser::new().map(SecretText::from))]
    from: Option<SecretText>,
    /// Take that URL from the first line of standard input.
    #[arg(long, conflicts_with = "from")]
    from_stdin: bool,
}

impl From {
    /// The URL, by whichever way it was given.
    pub(super) fn url(self) -> Result<DatabaseUrl, Failure> {
        let (place, url) = if self.from_stdin {
            ("standard input", SecretText::from(ask::first_line("URL")?.as_str()))
        } else if let Some(url) = self.from {
            ("--from", url)
        } else {
            // What is not UTF-8 is no URL either.
            let given = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
            let url = given.ok_or_else(|| {
                Failure::new(CliCode::Usage, "the database of fast-authkit is not named")
                    .fix(format!("give --from URL, or with a password in it set {VARIABLE} or say --from-stdin"))
            })?;
            (VARIABLE, SecretText::from(url))
        };
        url.expose().parse().map_err(|error| {
            Failure::new(CliCode::Usage, format!("{place} {error}"))
                .fix("authkit import fast-authkit --from sqlite://old.db")
        })
    }
}
