//! The command `authkit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    authkit_cli::run()
}
