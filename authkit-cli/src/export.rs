//! Writing a list as a file: to standard output, or into a file of the owner's alone that must not be there yet.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use authkit_core::{AuthError, Listing};
use authkit_http::files::{self, Format};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::codes::CliCode;
use crate::context::{Context, Installation};
use crate::failure::Failure;
use crate::output::count;

/// Rows of one read.
const ROWS_A_READ: u32 = 200;

/// Where an export goes, and in which form.
#[derive(Debug, Args)]
pub(crate) struct To {
    /// The form.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    pub(crate) format: Form,
    /// The file, which must not be there yet; without it standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A line of cells a row, with a heading.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

impl Form {
    pub(crate) const fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Jsonl => Format::Jsonl,
        }
    }
}

impl To {
    /// Whether there is a place for it, before anything is recorded.
    pub(crate) fn check(&self, context: &Context) -> Result<(), Failure> {
        match &self.output {
            Some(file) if file.exists() => Err(there(file)),
            None if context.out.is_json() => {
                Err(Failure::new(CliCode::Usage, "rows on standard output and --json do not go together")
                    .fix("say --output FILE, or --format jsonl without --json"))
            }
            _ => Ok(()),
        }
    }

    /// Writes what `read` gives from a cursor on, page by page.
    pub(crate) async fn write<T, R: Future<Output = Result<Listing<T>, AuthError>>>(
        &self,
        context: &Context,
        heading: &[&str],
        read: impl Fn(Option<String>, u32) -> R,
        row: impl Fn(Format, &T, &mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let format = self.format.format();
        let mut target: Box<dyn Write> = match &self.output {
            Some(file) => Box::new(create(file)?),
            None => Box::new(io::stdout().lock()),
        };
        let bar = context.out.progress("rows");
        let (mut cursor, mut rows) = (None, 0_u64);
        let mut bytes = Vec::new();
        files::begin(format, heading, &mut bytes);
        loop {
            let page = read(cursor, ROWS_A_READ).await.map_err(Installation::refused("the list"))?;
            let written = page.items.iter().try_for_each(|item| row(format, item, &mut bytes));
            match written.and_then(|()| target.write_all(&bytes)) {
                // Nobody reads on.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                other => other.map_err(|error| self.failed(&error))?,
            }
            bytes.clear();
            rows += page.items.len() as u64;
            bar.set_position(rows);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        target.flush().map_err(|error| self.failed(&error))?;
        bar.finish_and_clear();
        let told = count(rows, "row", "rows");
        match &self.output {
            Some(file) => {
                let data = json!({"file": file.display().to_string(), "rows": rows});
                context.out.done(&data, &format!("{told} written to {}, for its owner alone", file.display()));
            }
            None => context.out.say(&told),
        }
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let place = self.output.as_ref().map_or("standard output".to_owned(), |file| file.display().to_string());
        Failure::new(CliCode::FileNotWritten, format!("{place}: {error}"))
    }
}

fn there(file: &Path) -> Failure {
    Failure::new(CliCode::FileExists, format!("{} would be overwritten", file.display()))
        .fix("name another file, or remove this one")
}

fn create(file: &Path) -> Result<std::fs::File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => there(file),
        _ => Failure::new(CliCode::FileNotWritten, format!("{}: {error}", file.display())),
    })
}
