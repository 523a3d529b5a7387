//! Why a server cannot be reached, and what to do about it.

use std::io::{self, ErrorKind};

pub(super) const SILENT: &str =
    "it does not answer; see that the address is right, the server up and no firewall in between";
pub(super) const CLOSED: &str =
    "it closed the connection; see that it is a Postgres server, that it is up, and what its log says";

pub(super) fn why(error: &io::Error) -> String {
    let known = match error.kind() {
        ErrorKind::ConnectionRefused => "nothing listens there; start the server, or set host and port right",
        ErrorKind::TimedOut => SILENT,
        ErrorKind::NotFound => "there is no such socket; start the server, or name the right folder and port",
        ErrorKind::PermissionDenied => "the process may not use the socket; give it the right",
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::UnexpectedEof
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected => CLOSED,
        _ => return other(&error.to_string()),
    };
    known.to_owned()
}

/// The system has no kind for a name that cannot be looked up.
fn other(said: &str) -> String {
    if said.contains("lookup address") || said.contains("resolve any address") {
        format!("its name cannot be resolved ({said}); write it right, or see that the name service is up")
    } else {
        format!("{said}; see that the address is right and the network up")
    }
}
