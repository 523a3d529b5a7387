//! What a result belongs to: the commit, the machine, and how long its disk takes for an fsync.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use authkit_core::{Clock as _, SystemClock};
use serde::Serialize;

use crate::failure::Failure;
use crate::load::cores;
use crate::rounds::median;

#[derive(Debug, Serialize)]
pub struct Machine {
    pub started: String,
    pub commit: String,
    pub quick: bool,
    pub cores: usize,
    pub memory_mib: u64,
    pub kernel: String,
    pub versions: Vec<String>,
    /// Medians in milliseconds at the start and, once it is there, at the end.
    pub fsync_ms: Vec<f64>,
    /// Of the last minute, at the start and at the end: others on the same cores.
    pub load_average: Vec<f64>,
}

impl Machine {
    pub fn look(root: &Path, quick: bool) -> Self {
        Self {
            started: SystemClock.now().to_string().chars().take("2026-01-01T00:00:00".len()).collect(),
            commit: commit(root),
            quick,
            cores: cores(),
            memory_mib: memory_mib(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            versions: versions(root),
            fsync_ms: Vec::new(),
            load_average: Vec::new(),
        }
    }

    /// At the start and at the end.
    pub fn look_around(&mut self, folder: &Path) -> Result<(), Failure> {
        self.fsync_ms.push(fsync_ms(folder)?);
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        self.load_average.extend(load.split(' ').next().and_then(|text| text.parse::<f64>().ok()));
        Ok(())
    }

    pub fn sentence(&self) -> String {
        let mut text = format!("{} · commit {} · {} cores", self.started, self.commit, self.cores);
        if self.memory_mib > 0 {
            text.push_str(&format!(", {} GiB", self.memory_mib.div_ceil(1024)));
        }
        text.push_str(&format!(" · kernel {} · {}", self.kernel, self.versions.join(", ")));
        let list = |values: &[f64], digits: usize| {
            values.iter().map(|value| format!("{value:.digits$}")).collect::<Vec<_>>().join(" → ")
        };
        text.push_str(&format!(" · fsync {} ms", list(&self.fsync_ms, 2)));
        text.push_str(&format!(" · load average {}", list(&self.load_average, 1)));
        if self.quick {
            text.push_str(" · **quick run: too short to compare**");
        }
        text
    }
}

/// The median time of an fsync after 4 KiB, as a commit to the log makes them.
fn fsync_ms(folder: &Path) -> Result<f64, Failure> {
    let path = folder.join("fsync");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..50 {
        file.write_all(&[0; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    fs::remove_file(path)?;
    Ok(median(&times))
}

fn commit(root: &Path) -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short", "HEAD"]) else { return "unknown".to_owned() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_none_or(|files| !files.is_empty());
    if changed { format!("{commit}-changed") } else { commit }
}

fn memory_mib() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    total.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// The compiler, and what most of a request's time goes through.
fn versions(root: &Path) -> Vec<String> {
    let compiler = Command::new("rustc").arg("--version").output().ok();
    let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let compiler = compiler.and_then(|text| Some(text.split(" (").next()?.to_owned()));
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let of = |name: &str| {
        let package = lock.split("[[package]]").find(|package| package.contains(&format!("name = \"{name}\"\n")))?;
        let version = package.split("version = \"").nth(1)?.split('"').next()?;
        Some(format!("{name} {version}"))
    };
    let postgres = crate::postgres::version().map(|version| {
        let settings = crate::postgres::SETTINGS.map(|(name, value)| format!("{name}={value}"));
        format!("{version} with {}", settings.join(" "))
    });
    let crates = ["poem", "hyper", "tokio", "argon2", "rusqlite", "tokio-postgres"].into_iter().filter_map(of);
    compiler.into_iter().chain(crates).chain([format!("SQLite {}", rusqlite::version())]).chain(postgres).collect()
}
