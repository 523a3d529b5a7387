//! `authkit init`: AuthKit in a project that is new or there already. Nothing of the user's is written over: files that are
//! there stay, and what has to be added to them is added.

mod args;
mod diff;
mod docker;
mod env;
mod files;
mod manifest;
mod migrations;
mod project;
mod templates;
mod write;

use std::io::IsTerminal as _;
use std::path::Path;

use clap::ValueEnum as _;
use serde_json::json;

use crate::codes::CliCode;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{BOLD, DIM, GOOD, WARN, count};
pub(crate) use args::Init;
use args::{Extra, StoreKind};
use files::{File, State};
use project::Project;

pub(crate) fn run(args: &Init, context: &Context) -> Result<(), Failure> {
    let project = Project::find(Path::new("."))?;
    let store = args.store.map_or_else(|| ask(context), Ok)?;
    let plan = files::plan(args, store, &project)?;
    if args.diff && !context.out.is_json() {
        let shown: String = plan.iter().filter_map(diff::of).collect();
        context.out.raw(&shown);
    }
    if !context.is_dry_run() {
        agree(context, &plan, args.diff)?;
        write::all(&project.root, &plan)?;
    }
    tell(context, &project, &plan, store, args);
    Ok(())
}

/// Whether somebody is there to answer, and wants to be asked.
fn is_asked(context: &Context) -> bool {
    let is_watched = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    is_watched && !context.globals.yes && !context.out.is_json()
}

/// Which store, asked where somebody can answer.
fn ask(context: &Context) -> Result<StoreKind, Failure> {
    if !is_asked(context) {
        return Ok(StoreKind::Sqlite);
    }
    let question = "Where are users and sessions kept: sqlite, postgres or memory? [sqlite]";
    match crate::ask::line(context, question, "say --store")?.as_str() {
        "" => Ok(StoreKind::Sqlite),
        name => StoreKind::from_str(name, true).map_err(|_| {
            Failure::new(CliCode::Usage, format!("there is no store `{name}`")).fix("sqlite, postgres or memory")
        }),
    }
}

/// Shows what would be changed in files of the user's, and goes on when that is wanted. New files need no question.
fn agree(context: &Context, plan: &[File], is_shown: bool) -> Result<(), Failure> {
    let changes: Vec<_> = plan.iter().filter(|file| matches!(file.state, State::Changed { .. })).collect();
    if changes.is_empty() || !is_asked(context) {
        return Ok(());
    }
    if !is_shown {
        for diff in changes.into_iter().filter_map(diff::of) {
            context.out.tell(&diff);
        }
    }
    let files = plan.iter().filter(|file| file.is_written()).count();
    let question = format!("Write {}? [Y/n]", count(files as u64, "file", "files"));
    match crate::ask::line(context, &question, "say --yes")?.to_lowercase().as_str() {
        "" | "y" | "yes" => Ok(()),
        _ => {
            Err(Failure::new(CliCode::NotConfirmed, "the changes were not wanted")
                .fix("nothing was written; run it again"))
        }
    }
}

fn tell(context: &Context, project: &Project, plan: &[File], store: StoreKind, args: &Init) {
    let changed = plan.iter().filter(|file| file.is_written()).count();
    if !context.out.is_json() && !context.out.is_quiet() {
        for file in plan {
            let (style, word) = match file.state {
                State::New(_) => (GOOD, "created"),
                State::Changed { .. } => (GOOD, "changed"),
                State::Same => (DIM, "unchanged"),
                State::Kept => (WARN, "kept (differs)"),
            };
            context.out.say(&format!("{style}{word:>14}{style:#}  {}", file.path.display()));
        }
    }
    let data: Vec<_> = plan.iter().map(|file| json!({"path": file.path, "state": file.state.name()})).collect();
    let told = if changed == 0 {
        "nothing was left to do".to_owned()
    } else {
        let files = count(changed as u64, "file", "files");
        if context.is_dry_run() { format!("{files} would be written") } else { format!("{files} written") }
    };
    let mut next = Vec::new();
    if !plan.iter().any(|file| file.path == project.main && file.is_ours()) {
        let module = project::module_of(&args.path);
        next.push(format!("add to {}, with an `async fn main` on tokio:", project.main.display()));
        next.push(format!("    mod {module};"));
        next.push(format!("    let auth = {module}::auth().await?;"));
        next.push(format!("    let app = {module}::mount(&auth, app);  // your poem::Route"));
        next.push("    authkit_poem::serve(&auth, \"127.0.0.1:8000\", app).await?;".to_owned());
    }
    let module_file = args.path.join("mod.rs");
    let stands = |file: &File| file.path == module_file && !file.is_ours();
    if args.has(Extra::Emails) && plan.iter().any(stands) {
        next.push(format!("add to {}, if it is not there:", module_file.display()));
        next.push("    mod emails;".to_owned());
        next.push("    .mail_templates(emails::words)  // on the builder".to_owned());
    }
    if store == StoreKind::Postgres {
        next.push("set AUTHKIT_DATABASE_URL in .env, then: authkit migrate up".to_owned());
    }
    next.push("cargo run".to_owned());
    if args.has(Extra::Docker) {
        next.push("in containers, once cargo has made Cargo.lock: docker compose up --build".to_owned());
    }
    let warnings = env::warnings(&project.root);
    context.out.done(&json!({"files": data, "next": next, "warnings": warnings}), &told);
    for warning in warnings {
        context.out.tell(&format!("{WARN}warning{WARN:#}  {warning}"));
    }
    if changed > 0 {
        context.out.say(&format!("{BOLD}next{BOLD:#}"));
        for line in next {
            context.out.say(&format!("  {line}"));
        }
    }
}
