//! `authkit man`: the manual, one page a command.

use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man as Page;

use crate::codes::CliCode;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::count;

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write a page for every command into this folder, in place of the one page to standard output.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Man, context: &Context) -> Result<(), Failure> {
    let Some(folder) = &args.out else {
        let mut text = Vec::new();
        let page = Page::new((context.definition)()).render(&mut text);
        page.map_err(|error| Failure::system("the page cannot be made", &error))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        context.out.data(&serde_json::json!({"page": text}), || text.clone());
        return Ok(());
    };
    let mut command = (context.definition)();
    command.build();
    let pages = pages(&command);
    let data = serde_json::json!({"folder": folder.display().to_string(), "pages": pages});
    let told = count(pages, "page", "pages");
    if context.is_dry_run() {
        context.out.done(&data, &format!("{told} would be written to {}", folder.display()));
        return Ok(());
    }
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    let why = |error| Failure::new(CliCode::FileNotWritten, format!("{}: {error}", folder.display()));
    written.map_err(why)?;
    context.out.done(&data, &format!("{told} written to {}", folder.display()));
    Ok(())
}

fn pages(command: &clap::Command) -> u64 {
    1 + command.get_subcommands().map(pages).sum::<u64>()
}
