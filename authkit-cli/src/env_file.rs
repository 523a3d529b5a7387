//! A file of settings, such as `.env`. What its lines mean is the core's.

use std::path::Path;

use authkit_core::config::{EnvEntry, EnvFileError, read_env_file};

use crate::codes::CliCode;
use crate::failure::Failure;

/// Reads the file.
pub(crate) fn read(path: &Path) -> Result<Vec<EnvEntry>, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(CliCode::SettingsFile, format!("{shown}: {error}"))
            .fix("name another with --config, or leave it out to use the environment alone")
    })?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let lines = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
            return Err(refused(
                path,
                &EnvFileError { line: lines + 1, why: "is not UTF-8", fix: "save the file as UTF-8" },
            ));
        }
    };
    read_env_file(&text).map_err(|bad| refused(path, &bad))
}

fn refused(path: &Path, bad: &EnvFileError) -> Failure {
    let EnvFileError { line, why, fix } = bad;
    Failure::new(CliCode::SettingsLine, format!("{}, line {line} {why}", path.display())).fix(*fix)
}
