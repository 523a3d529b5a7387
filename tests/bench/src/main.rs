//! `cargo xtask bench [--quick] [--large] [row …]`: what AuthKit does a second, beside what the same machine does without it in the
//! same run. Ratios carry over to other machines, rates do not, and no test asserts either.
//!
//! A file in `rows` is a row of the targets, what it is compared with is in `floors`. Only loopback is used.

mod child;
mod console;
mod disk;
mod failure;
mod floors;
mod http;
mod ids;
mod load;
mod machine;
mod memory;
mod postgres;
mod probe;
mod report;
mod rounds;
mod rows;
mod seed;
mod server;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use disk::Disk;
use failure::Failure;
use load::Window;
use machine::Machine;
use rows::{ROWS, Row};

/// Too short to compare anything.
const QUICK: &str = "--quick";
/// Tables of ten million rows, which take long to fill.
const LARGE: &str = "--large";

/// What a row needs to know of the run.
pub struct Run {
    pub rounds: usize,
    pub window: Window,
    /// Users with a session each.
    pub users: usize,
    /// Of a table that has grown.
    pub many: usize,
    /// Users and events of a seeded store.
    pub seeded: (u64, u64),
    /// After which the table is looked at.
    pub rotations: u64,
    pub disk: Disk,
    /// `target/bench`.
    pub bench: PathBuf,
}

impl Run {
    fn new(options: &[String], disk: Disk) -> Self {
        let is = |option: &str| options.iter().any(|given| given == option);
        let (quick, large) = (is(QUICK), is(LARGE));
        let (rounds, warm_up, measured, users) = if quick { (1, 100, 400, 1_000) } else { (5, 300, 2_000, 10_000) };
        let window = Window { warm_up: Duration::from_millis(warm_up), measured: Duration::from_millis(measured) };
        let (many, seeded, rotations) = match (quick, large) {
            (true, _) => (50_000, (20_000, 200_000), 50_000),
            (false, false) => (1_000_000, (1_000_000, 1_000_000), 1_000_000),
            (false, true) => (10_000_000, (1_000_000, 10_000_000), 1_000_000),
        };
        let bench = root().join("target/bench");
        Self { rounds, window, users, many, seeded, rotations, disk, bench }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        Some((first, rest)) if first == child::ARGUMENT => one(rest),
        _ => all(&args),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("bench: {failure}");
        ExitCode::FAILURE
    })
}

/// Measures the rows that were named, or all of them, and prints the table.
fn all(args: &[String]) -> Result<ExitCode, Failure> {
    let (options, names): (Vec<String>, Vec<String>) = args.iter().cloned().partition(|arg| arg.starts_with("--"));
    if let Some(option) = options.iter().find(|option| ![QUICK, LARGE].contains(&option.as_str())) {
        return Err(Failure::new(format!("there is no option {option}; there are {QUICK} and {LARGE}")));
    }
    let quick = options.iter().any(|option| option == QUICK);
    let mut wanted = Vec::new();
    for name in &names {
        wanted.push(named(name)?);
    }
    if wanted.is_empty() {
        wanted.extend(ROWS.iter().filter(|row| !row.on_demand));
    }
    let bench = Run::new(&options, Disk::Real).bench;
    std::fs::create_dir_all(&bench)?;
    let mut machine = Machine::look(&root(), quick);
    machine.look_around(&bench)?;
    let (mut lines, mut failed) = (Vec::new(), Vec::new());
    for row in wanted {
        for disk in row.disks {
            eprintln!("{} ({disk}): {}", row.name, row.what);
            match child::run(row.name, *disk, &options, &bench) {
                Ok(measured) => lines.extend(measured),
                Err(failure) => failed.push(format!("{} ({disk}): {failure}", row.name)),
            }
        }
    }
    machine.look_around(&bench)?;
    println!("{}\n\n{}", machine.sentence(), report::markdown(&lines));
    let file = report::write(&bench, &machine, &lines, &failed)?;
    eprintln!("{}", file.display());
    for failure in &failed {
        eprintln!("FAILED {failure}");
    }
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures one row, in the process that was started for it.
fn one(args: &[String]) -> Result<ExitCode, Failure> {
    let [name, disk, options @ ..] = args else { return Err(Failure::new("which row, on which disk?")) };
    let disk = Disk::named(disk).ok_or_else(|| Failure::new("no such disk"))?;
    let run = Run::new(options, disk);
    child::answer(&(named(name)?.run)(&run)?)?;
    Ok(ExitCode::SUCCESS)
}

fn named(name: &str) -> Result<&'static Row, Failure> {
    let row = ROWS
        .iter()
        .find(|row| row.name.eq_ignore_ascii_case(name) || row.name.replace('-', "").eq_ignore_ascii_case(name));
    row.ok_or_else(|| {
        let names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
        Failure::new(format!("there is no row {name}; there are {}", names.join(", ")))
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
