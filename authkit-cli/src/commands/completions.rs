//! `authkit completions`: what the shell offers at the tabulator key.

use clap::Args;
use clap_complete::Shell;

use crate::context::Context;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell that reads them.
    shell: Shell,
}

pub(crate) fn run(args: &Completions, context: &Context) {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut (context.definition)(), "authkit", &mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    context.out.data(&serde_json::json!({"shell": args.shell.to_string(), "script": text}), || text.clone());
}
