//! Signals to processes, and which processes there are. By way of the shell's own `kill`: the standard library sends no
//! signal but SIGKILL, and a small machine has no /bin/kill.

use std::fs;
use std::process::{Command, Stdio};

/// Sends a signal (`STOP`, `INT`) to all of them. Those that are gone need none.
pub fn send(signal: &str, pids: &[u32]) {
    let _ = Command::new("sh")
        .args(["-c", "for pid; do kill -s \"$0\" \"$pid\"; done", signal])
        .args(pids.iter().map(u32::to_string))
        .stderr(Stdio::null())
        .status();
}

/// The direct children of a process.
pub fn children(of: u32) -> Vec<u32> {
    processes().into_iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| pid).collect()
}

/// Those of `pids` that still run.
pub fn running(pids: &[u32]) -> Vec<u32> {
    processes().into_iter().map(|(pid, _)| pid).filter(|pid| pids.contains(pid)).collect()
}

/// Every process that has not ended, with its parent.
fn processes() -> Vec<(u32, u32)> {
    let Ok(folder) = fs::read_dir("/proc") else { return from_ps() };
    // Not `self`.
    let numbered = folder.flatten().filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok());
    let stats = numbered.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter_map(|stat| from_stat(&stat)).collect()
}

/// `12 (name) S 1 …`: the name may hold blanks and brackets.
fn from_stat(stat: &str) -> Option<(u32, u32)> {
    let (pid, rest) = stat.split_once(' ')?;
    let mut fields = rest.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    if matches!(state, "Z" | "X") { None } else { Some((pid.parse().ok()?, fields.next()?.parse().ok()?)) }
}

/// Where there is no /proc.
fn from_ps() -> Vec<(u32, u32)> {
    let output = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let rows = text.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let (pid, parent) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        (!fields.next()?.starts_with('Z')).then_some((pid, parent))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name_and_not_when_it_has_ended() {
        assert_eq!(from_stat("12 (a) b (c) S 7 12 12 0"), Some((12, 7)));
        assert_eq!(from_stat("12 (sh) Z 7 12 12 0"), None);
    }

    #[test]
    fn this_process_runs() {
        assert_eq!(running(&[std::process::id()]), [std::process::id()]);
    }
}
