//! Where the programs are: in PATH, or where the systems put them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest version of PostgreSQL that AuthKit supports.
pub const OLDEST: u32 = 15;

/// Folders that hold one folder a version: Debian, Fedora's versions side by side, Homebrew on both kinds of Mac.
const VERSIONED: [(&str, &str); 4] =
    [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/opt/homebrew/opt", "bin"), ("/usr/local/opt", "bin")];

/// Folders that hold the programs themselves.
const PLAIN: [&str; 5] =
    ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin", "/Library/PostgreSQL/bin"];

/// The folder with the server's programs of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
    version: u32,
}

impl Programs {
    /// The newest that can be found, no older than [`OLDEST`].
    ///
    /// # Errors
    /// There is none, with what was found instead.
    pub fn find() -> Result<Self, String> {
        let all: Vec<Self> = candidates().into_iter().filter_map(Self::in_folder).collect();
        let newest = all.into_iter().max_by_key(|programs| programs.version);
        match newest {
            Some(found) if found.version >= OLDEST => Ok(found),
            Some(old) => Err(format!(
                "PostgreSQL {} in {} is too old: {OLDEST} or newer is needed",
                old.version,
                old.folder.display()
            )),
            None => Err("no server programs of PostgreSQL (`postgres`, `initdb`) were found".to_owned()),
        }
    }

    /// The path of `postgres`, `initdb`, `pg_ctl`, `pg_basebackup`, `pgbench`, `psql` …
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// 15 for 15.18.
    pub fn version(&self) -> u32 {
        self.version
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        // Links to some of the programs are no folder with all of them.
        let folder = folder.join("postgres").canonicalize().ok()?.parent()?.to_owned();
        if !["initdb", "pg_ctl", "pg_basebackup"].iter().all(|program| folder.join(program).is_file()) {
            return None;
        }
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let version = major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder, version })
    }
}

/// The pooler's program.
pub fn find_pgbouncer() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian puts it where only root looks.
    let more = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from);
    env::split_paths(&path).chain(more).map(|folder| folder.join("pgbouncer")).find(|path| path.is_file())
}

fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    for (parent, below) in VERSIONED {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path());
        let looks = |path: &PathBuf| is_version(path);
        folders.extend(entries.filter(looks).map(|path| path.join(below)));
    }
    folders.extend(PLAIN.map(PathBuf::from));
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    folders.sort();
    folders.dedup();
    folders
}

/// `16`, `pgsql-16`, `postgresql@16`, `postgresql`.
fn is_version(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("pgsql-") || name.starts_with("postgresql") || name.parse::<u32>().is_ok()
}

/// `postgres (PostgreSQL) 15.18 (Debian …)`, `postgres (PostgreSQL) 19beta1`.
fn major(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL) ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_the_server_says_it() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("something else"), None);
    }
}
