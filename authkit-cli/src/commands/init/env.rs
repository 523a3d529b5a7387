//! `.env` and `.gitignore`: a key of its own for every project, in a file that nobody commits.

use std::path::Path;
use std::process::Command;

use authkit_core::config::read_env_file;

use super::args::StoreKind;
use crate::codes::CliCode;
use crate::failure::Failure;
use crate::secrets;

const HEADING: &str =
    "# Settings of this program, with its secret key: not for version control. All of them: .env.example\n";

/// What must not be committed.
const IGNORED: [&str; 2] = [".env", "authkit.db*"];

/// The settings with those that are missing, and the password of a database server that is ours to start. No value that is there
/// is touched.
pub(super) fn file(text: &str, store: StoreKind, has_server: bool) -> Result<String, Failure> {
    let entries = read_env_file(text).map_err(|error| {
        Failure::new(CliCode::SettingsLine, format!(".env, line {} {}", error.line, error.why)).fix(error.fix)
    })?;
    let is_set = |name: &str| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    let url = match store {
        StoreKind::Memory => "memory:",
        StoreKind::Sqlite => "sqlite://authkit.db",
        StoreKind::Postgres => "postgres://user:password@localhost/app",
    };
    let key = secrets::draw()?;
    let password = secrets::draw()?;
    let mut wanted =
        vec![("AUTHKIT_ENV", "development"), ("AUTHKIT_SECRET_KEY", key.expose()), ("AUTHKIT_DATABASE_URL", url)];
    if has_server {
        wanted.push(("POSTGRES_PASSWORD", password.expose()));
    }
    let missing: Vec<_> = wanted.into_iter().filter(|(name, _)| !is_set(name)).collect();
    let text = if text.is_empty() { HEADING } else { text };
    Ok(if missing.is_empty() { text.to_owned() } else { secrets::edit(text, &entries, &missing).to_string() })
}

/// The ignored paths with those that are missing.
pub(super) fn ignored(text: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut after = text.to_owned();
    for path in IGNORED {
        let has = text.lines().any(|line| line.trim().trim_start_matches('/') == path);
        if !has {
            if !after.is_empty() && !after.ends_with('\n') {
                after.push_str(end);
            }
            after.extend([path, end]);
        }
    }
    after
}

/// What is worth a warning: a file of secrets that is in version control already.
pub(super) fn warnings(root: &Path) -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "--error-unmatch", ".env"]).current_dir(root).output();
    if listed.is_ok_and(|output| output.status.success()) {
        return vec![
            ".env is under version control: git rm --cached .env, and draw a new key with authkit secret generate"
                .to_owned(),
        ];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-99
    #[test]
    fn a_key_is_drawn_once_and_no_value_is_touched() {
        let first = file("", StoreKind::Sqlite, false).expect("a file");
        assert!(first.contains("AUTHKIT_SECRET_KEY=") && first.contains("AUTHKIT_DATABASE_URL=sqlite://authkit.db"));
        assert_eq!(file(&first, StoreKind::Postgres, false).expect("a file"), first);
        assert_ne!(file("", StoreKind::Sqlite, false).expect("a file"), first, "every project has a key of its own");
        let theirs = "PORT=80\r\nAUTHKIT_SECRET_KEY='mine'\r\n";
        let after = file(theirs, StoreKind::Memory, false).expect("a file");
        assert!(after.starts_with(theirs) && after.contains("AUTHKIT_ENV=development\r\n"), "{after:?}");
        assert!(file("nonsense", StoreKind::Sqlite, false).is_err());
    }

    // S-99
    #[test]
    fn a_server_has_a_password_of_its_own_that_a_url_takes_as_it_is() {
        let first = file("", StoreKind::Postgres, true).expect("a file");
        let value = |name: &str| {
            let line = first.lines().find_map(|line| line.strip_prefix(name)).expect("it is set");
            line.trim_start_matches('=').to_owned()
        };
        let password = value("POSTGRES_PASSWORD");
        assert_ne!(password, value("AUTHKIT_SECRET_KEY"));
        assert!(password.len() >= 32 && password.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        let theirs = "POSTGRES_PASSWORD=theirs\n";
        assert_eq!(file(theirs, StoreKind::Postgres, true).expect("a file").matches("POSTGRES_PASSWORD").count(), 1);
    }

    #[test]
    fn what_is_ignored_is_ignored_once() {
        assert_eq!(ignored("/target"), "/target\n.env\nauthkit.db*\n");
        assert_eq!(ignored("/target\r\n.env\r\n"), "/target\r\n.env\r\nauthkit.db*\r\n");
        let once = ignored("");
        assert_eq!(ignored(&once), once);
    }
}
