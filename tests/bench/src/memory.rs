//! How much memory this process holds, as Linux counts it.

use std::fs;

use crate::failure::Failure;

/// Resident now, in MiB.
pub fn resident_mib() -> Result<f64, Failure> {
    status("VmRSS:")
}

/// The most that was resident since [`forget_peak`], in MiB.
pub fn peak_mib() -> Result<f64, Failure> {
    status("VmHWM:")
}

/// Lets the peak begin anew (`man 5 proc_pid_clear_refs`).
pub fn forget_peak() -> Result<(), Failure> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

fn status(name: &str) -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    Ok(kib.ok_or_else(|| Failure::new(format!("/proc/self/status has no {name}")))? / 1024.0)
}
