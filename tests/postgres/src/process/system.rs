//! Small things from the system: running a helper to its end, random text, a free port.

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// Runs a command to its end.
///
/// # Errors
/// What was run, and what it said.
pub fn run(mut command: Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("`{name}` did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let (said, wrote) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{name}` failed ({})\n{said}{wrote}", output.status))
}

/// `bytes` random bytes in hexadecimal.
///
/// # Errors
/// The system gives none.
pub fn random_hex(bytes: usize) -> Result<String, String> {
    let mut buffer = vec![0; bytes];
    let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut buffer));
    read.map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A port of 127.0.0.1 that nobody listens on. Below those that the system hands out for outgoing connections, so that
/// none of them takes it while a server is stopped.
///
/// # Errors
/// None is free.
pub fn free_port() -> Result<u16, String> {
    for _ in 0..100 {
        let random = u16::from_str_radix(&random_hex(2)?, 16).unwrap_or_default();
        let port = 20_000 + random % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no free port between 20000 and 32000 on 127.0.0.1".to_owned())
}
