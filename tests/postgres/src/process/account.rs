//! Who the servers run as: PostgreSQL and PgBouncer refuse root.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Accounts without rights of their own, the likeliest first.
const UNPRIVILEGED: [&str; 3] = ["postgres", "_postgres", "nobody"];

/// The account of the servers: that of this process, or an unprivileged one when this is root.
#[derive(Clone, Copy, Debug)]
pub struct Account(Option<(u32, u32)>);

impl Account {
    /// # Errors
    /// This is root, and the machine has none of the accounts.
    pub fn find() -> Result<Self, String> {
        if !is_root() {
            return Ok(Self(None));
        }
        let passwd = fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
        let ids = UNPRIVILEGED.iter().find_map(|name| ids(&passwd, name));
        ids.map(|ids| Self(Some(ids))).ok_or_else(|| {
            format!("PostgreSQL refuses to run as root, and there is no account {}", UNPRIVILEGED.join(" or "))
        })
    }

    /// `program`, run by this account in `folder`, without the caller's own settings of PostgreSQL, and out of reach of
    /// the terminal's ctrl-c: the guard stops it.
    pub fn command(self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).process_group(0).env("LC_ALL", "C");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes this account the owner of a file or folder that this process has made.
    pub fn own(self, path: &Path) -> Result<(), String> {
        let Some((uid, gid)) = self.0 else { return Ok(()) };
        chown(path, Some(uid), Some(gid)).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Whether it is another account than that of this process.
    pub fn is_other(self) -> bool {
        self.0.is_some()
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0"))
}

/// User and group of an account in the text of /etc/passwd.
fn ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let ids = (fields.next() == Some(name)).then(|| fields.skip(1))?.map(str::parse).take(2).collect::<Vec<_>>();
        match ids[..] {
            [Ok(uid), Ok(gid)] => Some((uid, gid)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd = "postgres-old:x:7:8::/:/bin/sh\npostgres:x:101:104:,,,:/var:/bin/bash\nnobody:x:9:9::/:/bin/no\n";
        assert_eq!(ids(passwd, "postgres"), Some((101, 104)));
        assert_eq!(ids(passwd, "root"), None);
    }
}
