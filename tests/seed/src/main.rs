//! `cargo xtask seed`: fills a store.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use authkit_core::{Clock as _, SystemClock};
use authkit_seed::{ADMIN, Failure, PASSWORD, Plan, Progress, fill_postgres, fill_sqlite};

const HELP: &str = "\
seed --store sqlite --file PATH    a new file
seed --store postgres --url URL    an empty database
  --users N    users, an administrator among them (default 10,000)
  --audit M    events of the last year (default 100,000)
  --seed S     another number, other rows (default 1)";

/// Where the rows go.
enum Store {
    Sqlite(PathBuf),
    Postgres(String),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("seed: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &[String]) -> Result<(), Failure> {
    let (store, plan) = parse(args)?;
    let start = Instant::now();
    match &store {
        Store::Sqlite(file) => fill_sqlite(file, &plan, Progress::Shown).await?,
        Store::Postgres(url) => fill_postgres(url, &plan, Progress::Shown).await?,
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{} users and {} events in {seconds:.0} s. {ADMIN} / {PASSWORD}", plan.users, plan.audit);
    Ok(())
}

fn parse(args: &[String]) -> Result<(Store, Plan), Failure> {
    let mut plan = Plan { users: 10_000, audit: 100_000, seed: 1, at: SystemClock.now() };
    let (mut store, mut file, mut url) = (None, None, None);
    let mut rest = args;
    while let [option, value, others @ ..] = rest {
        rest = others;
        match option.as_str() {
            "--users" => plan.users = number(option, value)?,
            "--audit" => plan.audit = number(option, value)?,
            "--seed" => plan.seed = number(option, value)?,
            "--store" => store = Some(value.as_str()),
            "--file" => file = Some(PathBuf::from(value)),
            "--url" => url = Some(value.clone()),
            _ => return Err(Failure::new(format!("there is no option {option}\n{HELP}"))),
        }
    }
    if let [option] = rest {
        return Err(Failure::new(format!("{option} needs a value\n{HELP}")));
    }
    let store = match (store, file, url) {
        (Some("sqlite"), Some(file), None) => Store::Sqlite(file),
        (Some("postgres"), None, Some(url)) => Store::Postgres(url),
        _ => return Err(Failure::new(format!("which store, and where?\n{HELP}"))),
    };
    Ok((store, plan))
}

fn number(option: &str, value: &str) -> Result<u64, Failure> {
    value.replace(['_', ','], "").parse().map_err(|_| Failure::new(format!("{option} is a number, not {value}")))
}
