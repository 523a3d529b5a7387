//! What `sslmode` means, stricter than in libpq.

use super::parameters::not_among;
use super::servers::Server;
use crate::open_error::OpenError;
use crate::tls::TlsMode;

/// How TLS is used, and what to warn of.
pub(super) fn decide(sslmode: Option<&str>, servers: &[Server]) -> Result<(TlsMode, Option<String>), OpenError> {
    let far = servers.iter().find(|server| !server.is_local());
    let mode = match (sslmode, far) {
        (None | Some("allow" | "prefer"), None) => TlsMode::Off,
        (None | Some("require" | "verify-full"), _) => TlsMode::VerifyFull,
        (Some("verify-ca"), _) => TlsMode::VerifyCa,
        (Some("allow" | "prefer"), Some(_)) => {
            return Err(OpenError::url(
                "has an `sslmode` that falls back to plain text without a word (`allow`, `prefer`)",
                "write `sslmode=verify-full`, with `sslrootcert=FILE` if the server has a certificate authority of its own",
            ));
        }
        (Some("disable"), far) => {
            let warning = far.map(|server| {
                format!("{server} is reached without TLS (`sslmode=disable`): passwords and tokens' digests cross the network in plain text")
            });
            return Ok((TlsMode::Off, warning));
        }
        (Some(_), _) => {
            return Err(not_among("sslmode", ["disable", "require", "verify-ca", "verify-full"].into_iter()));
        }
    };
    if mode == TlsMode::Off || servers.iter().all(Server::is_socket) {
        // There is no TLS on a socket, so its `sslmode` says nothing, as in libpq.
        return Ok((TlsMode::Off, None));
    }
    if servers.iter().any(Server::is_socket) {
        return Err(OpenError::url(
            "names a socket beside a host that is reached by TLS",
            "name hosts only, or sockets only",
        ));
    }
    Ok((mode, None))
}
