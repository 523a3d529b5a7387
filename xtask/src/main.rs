//! `cargo xtask VERB`: everything that a contributor or a CI machine runs, in one place and in plain Rust.

mod audit;
mod bench;
mod browser;
mod cargo;
mod check;
mod faults;
mod newcomer;
mod packages;
mod postgres;
mod program;
mod scaffold;
mod seed;
mod source;
mod test;
mod workspace;

use std::env;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask check [NAME ...]           every check that needs no test run, or the named ones only
cargo xtask test [--long] [--without postgres] [--without browser]
                                       every test and doctest; --long runs the long campaigns too
cargo xtask postgres                   PostgreSQL and PgBouncer for single tests, until ctrl-c
cargo xtask browser [--readme] [PATH ...]
                                       screenshots of the console's pages with made-up data, in target/screenshots
cargo xtask bench [--quick] [ROW ...]  the benchmark table, in release mode
cargo xtask seed --store sqlite|postgres --file PATH|--url URL [--users N] [--audit M] [--seed S]
                                       fills a store by the million, in release mode
cargo xtask faults [--short] [NAME ...]
                                       the fault table: what restarts, pauses, locks and failovers cost
cargo xtask scaffold                   makes a project with `authkit init` for each store, and proves it
cargo xtask newcomer                   does what the guide's quickstart says, in an empty folder, and times it
cargo xtask audit                      unused dependencies, licences, advisories, duplicates
cargo xtask help                       this list, and the names of the checks";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (verb, rest) = args.split_first().map_or(("help", &[][..]), |(verb, rest)| (verb.as_str(), rest));
    let outcome = match verb {
        "check" => check::run(rest),
        "test" => test::run(rest),
        "postgres" => postgres::run(rest),
        "browser" => browser::run(rest),
        "bench" => bench::run(rest),
        "seed" => seed::run(rest),
        "faults" => faults::run(rest),
        "audit" => audit::run(rest),
        "newcomer" => newcomer::run(rest),
        "scaffold" => scaffold::run(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}\n\nChecks: {}", check::names().join(" "));
            Ok(())
        }
        other => Err(format!("no such verb: {other}\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask {verb}: {message}");
            ExitCode::FAILURE
        }
    }
}
