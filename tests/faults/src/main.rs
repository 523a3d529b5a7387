//! `cargo xtask faults [NAME ...]`: the long forms, and the table.

use std::process::ExitCode;

use authkit_faults::{Form, Row, SCENARIOS, scenario};

const HELP: &str = "usage: cargo xtask faults [--short] [NAME ...]";

#[tokio::main]
async fn main() -> ExitCode {
    let (flags, names): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|arg| arg.starts_with('-'));
    let form = match flags.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Form::Long,
        ["--short"] => Form::Short,
        _ => {
            eprintln!("{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let known: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("no scenario {name}; there are: {}\n{HELP}", known.join(" "));
        return ExitCode::FAILURE;
    }
    let chosen = known.iter().filter(|name| names.is_empty() || names.iter().any(|wanted| wanted == *name));
    let mut rows = Vec::new();
    for name in chosen {
        eprintln!("{name} ...");
        // A task of its own: one that fails ends none of the others, and its clusters and nodes end with it.
        match tokio::spawn((scenario::find(name).run)(form)).await {
            Ok(done) => rows.extend(done),
            Err(error) => rows.push(Row::new(*name, format!("FAILED: {error}"), "it passes", false)),
        }
    }
    println!("| row | value | target |\n|---|---|---|");
    for row in &rows {
        println!("{row}");
    }
    if rows.iter().all(|row| row.is_met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
