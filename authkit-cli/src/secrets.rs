//! Drawing secret keys, and writing them into a file that is the owner's alone.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use authkit_core::config::EnvEntry;
use authkit_core::{SecretKey, SecureRandom as _, SystemRandom};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::codes::CliCode;
use crate::failure::Failure;

/// A new key: 48 bytes of the system's randomness as 64 characters that need no quotes anywhere.
pub(crate) fn draw() -> Result<SecretKey, Failure> {
    let mut bytes = Zeroizing::new([0; 48]);
    let drawn = SystemRandom.fill(&mut *bytes);
    drawn.map_err(|error| Failure::system("the source of randomness failed", &error))?;
    Ok(SecretKey::new(BASE64URL_NOPAD.encode(&*bytes)))
}

/// Puts values into the text of a file of settings: where a name is set already its value is replaced in place, else a line
/// is added at the end. Everything else stays, byte by byte.
pub(crate) fn edit(text: &str, entries: &[EnvEntry], values: &[(&str, &str)]) -> Zeroizing<String> {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut edited = Zeroizing::new(String::with_capacity(text.len() + 512));
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let number = n + 1;
        let of = entries.iter().find(|entry| (entry.line..=entry.last_line).contains(&number));
        let new = of.and_then(|entry| values.iter().find(|(name, _)| entry.name.eq_ignore_ascii_case(name)));
        match (of, new) {
            (Some(entry), Some((name, value))) if entry.line == number => {
                let _ = write!(edited, "{name}={}{end}", quoted(value));
            }
            // A further line of a value that is replaced.
            (Some(_), Some(_)) => {}
            _ => edited.push_str(line),
        }
    }
    for (name, value) in values {
        if !entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name)) {
            if !edited.is_empty() && !edited.ends_with('\n') {
                edited.push_str(end);
            }
            let _ = write!(edited, "{name}={}{end}", quoted(value));
        }
    }
    edited
}

/// A value as the file's parser reads it back.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/+=@%".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\\' | '"' | '$' => text.extend(['\\', c]),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// Writes the whole file or nothing of it, for its owner alone. A file that is there keeps its owner.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let refused = |error: io::Error| {
        Failure::new(CliCode::FileNotWritten, format!("{}: {error}", path.display()))
            .fix("give the account the right to write it; nothing was changed")
    };
    // What a link leads to is the file that is meant.
    let target = if path.exists() { fs::canonicalize(path).map_err(refused)? } else { path.to_owned() };
    let there = fs::metadata(&target).ok();
    if there.as_ref().is_some_and(|file| file.permissions().readonly()) {
        return Err(refused(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")));
    }
    let beside = beside(&target);
    let written = write_beside(&beside, text, there.as_ref()).and_then(|()| fs::rename(&beside, &target));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        refused(error)
    })
}

fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_beside(path: &Path, text: &str, there: Option<&fs::Metadata>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    #[cfg(unix)]
    if let Some(there) = there {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let ours = file.metadata()?;
        if (ours.uid(), ours.gid()) != (there.uid(), there.gid()) {
            fchown(&file, Some(there.uid()), Some(there.gid()))?;
        }
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use authkit_core::config::read_env_file as parse;

    fn edited(text: &str, values: &[(&str, &str)]) -> String {
        edit(text, &parse(text).expect("it is read"), values).to_string()
    }

    #[test]
    fn a_value_is_replaced_where_it_stands_and_the_rest_stays() {
        let text = "# mine\r\nA=1\r\nAUTHKIT_SECRET_KEY='old\r\nkey' # remark\r\nB=\"2\"\r\n";
        let new = edited(text, &[("AUTHKIT_SECRET_KEY", "new")]);
        assert_eq!(new, "# mine\r\nA=1\r\nAUTHKIT_SECRET_KEY=new\r\nB=\"2\"\r\n");
    }

    #[test]
    fn a_value_that_is_not_there_yet_is_added_at_the_end() {
        assert_eq!(edited("", &[("A", "x")]), "A=x\n");
        assert_eq!(edited("B=1", &[("A", "x")]), "B=1\nA=x\n");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for value in ["plain-text_1", "a b # c", "it's \"$x\" \\ and\nmore", "a,b"] {
            let text = edited("", &[("A", value)]);
            assert_eq!(parse(&text).expect("it is read")[0].value.expose(), value);
        }
    }

    #[test]
    fn two_keys_differ_and_are_long() {
        let (one, other) = (draw().expect("drawn"), draw().expect("drawn"));
        assert!(one != other && one.expose().len() == 64);
    }
}
