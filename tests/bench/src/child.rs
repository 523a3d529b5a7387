//! Each row in a process of its own: its memory is its own, and it ends when its time is up.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::disk::Disk;
use crate::failure::Failure;
use crate::report::Line;

/// Longer than any row takes, noisy tries included.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// The first argument of such a process.
pub const ARGUMENT: &str = "--child";

/// Runs a row and hands on its lines.
pub fn run(row: &str, disk: Disk, options: &[String], bench: &Path) -> Result<Vec<Line>, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([ARGUMENT, row, disk.name()]).args(options).stdout(Stdio::piped());
    if let Some(library) = disk.preload(bench)? {
        command.env("LD_PRELOAD", library);
    }
    let mut child = command.spawn()?;
    let printed = printed(&mut child);
    let deadline = Instant::now() + PATIENCE;
    let mut lines = Vec::new();
    loop {
        match printed.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(text) => lines.push(serde_json::from_str(&text)?),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                return Err(Failure::new(format!("not done after {} s", PATIENCE.as_secs())));
            }
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(lines) } else { Err(Failure::new(format!("ended with {status}"))) }
}

/// What such a process says.
pub fn answer(lines: &[Line]) -> Result<(), Failure> {
    for line in lines {
        println!("{}", serde_json::to_string(line)?);
    }
    Ok(())
}

fn printed(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}
