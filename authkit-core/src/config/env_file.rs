//! A file of settings, such as `.env`: a `NAME=value` a line.
//!
//! Values are taken as they stand: no variable is put in for a `$`, since that cuts secrets in silence. In single quotes
//! everything is literal; in double quotes `\n`, `\t`, `\\`, `\"` and `\$` are read; a value in quotes may go over several
//! lines. Outside of quotes a ` #` begins a remark. `export` before the name is passed over.

use crate::model::secret::SecretText;

/// One setting of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvEntry {
    /// As it is spelled there.
    pub name: String,
    /// As it counts, without its quotes.
    pub value: SecretText,
    /// The line that its name is on, from 1.
    pub line: usize,
    /// The line that its value ends on.
    pub last_line: usize,
}

/// What is wrong with a line. Never what stands on it: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {why}; {fix}")]
pub struct EnvFileError {
    /// Which, from 1.
    pub line: usize,
    /// What is wrong with it, after the word "line" and its number.
    pub why: &'static str,
    /// What mends it.
    pub fix: &'static str,
}

/// Reads the text of a file.
///
/// # Errors
/// The first line that makes no sense, by its number; never what stands on it.
pub fn read_env_file(text: &str) -> Result<Vec<EnvEntry>, EnvFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut entries: Vec<EnvEntry> = Vec::new();
    let mut lines = text.split('\n').enumerate().map(|(n, line)| (n + 1, line.strip_suffix('\r').unwrap_or(line)));
    while let Some((line, text)) = lines.next() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let bad = |why, fix| EnvFileError { line, why, fix };
        let text = text.strip_prefix("export ").map_or(text, str::trim_start);
        let (name, value) =
            text.split_once('=').ok_or_else(|| bad("has no `=`", "write NAME=value, or put a # before a remark"))?;
        let name = name.trim_end();
        if !is_name(name) {
            return Err(bad("has no name before its `=`", "use letters, digits and _ for the name, no digit first"));
        }
        let value = value.trim_start();
        let mut last_line = line;
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let mut quoted = value.get(1..).unwrap_or_default().to_owned();
                let (inner, rest) = loop {
                    if let Some(parts) = close(&quoted, quote) {
                        break parts;
                    }
                    let next = lines.next().ok_or_else(|| {
                        bad("begins a value in quotes that never ends", "close the quotes, or take them away")
                    })?;
                    last_line = next.0;
                    quoted = format!("{quoted}\n{}", next.1);
                };
                let rest = rest.trim();
                if !rest.is_empty() && !rest.starts_with('#') {
                    return Err(bad("goes on behind the quotes", "put the whole value between the quotes"));
                }
                inner
            }
            _ => bare(value).to_owned(),
        };
        if value.contains('\0') {
            return Err(bad("holds a NUL", "remove the character"));
        }
        if is_ours(name) && entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name)) {
            return Err(bad("sets a name that an earlier line sets", "keep one of the two"));
        }
        entries.push(EnvEntry { name: name.to_owned(), value: SecretText::new(value), line, last_line });
    }
    Ok(entries)
}

/// Whether a name is one of AuthKit's settings, known or not.
pub(super) fn is_ours(name: &str) -> bool {
    name.to_ascii_uppercase().starts_with("AUTHKIT_")
}

fn is_name(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// Without quotes: up to a remark, without white space around it.
fn bare(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let end = value.char_indices().zip(value.chars().skip(1)).find(|((_, c), next)| c.is_whitespace() && *next == '#');
    value.get(..end.map_or(value.len(), |((at, _), _)| at)).unwrap_or(value).trim_end()
}

/// What is between the quotes, and what is behind them; `None`: they do not end here.
fn close(text: &str, quote: char) -> Option<(String, String)> {
    let mut inner = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            _ if c == quote => return Some((inner, chars.as_str().to_owned())),
            '\\' if quote == '"' => match chars.next()? {
                'n' => inner.push('\n'),
                't' => inner.push('\t'),
                'r' => inner.push('\r'),
                plain @ ('\\' | '"' | '$') => inner.push(plain),
                other => inner.extend(['\\', other]),
            },
            _ => inner.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let entries = read_env_file(text).expect("it is read");
        assert_eq!(entries.len(), 1, "{text}");
        entries[0].value.expose().to_owned()
    }

    #[test]
    fn a_value_is_taken_as_it_stands() {
        for (line, expected) in [
            ("A=b", "b"),
            ("A = b ", "b"),
            ("export A=b", "b"),
            ("A=", ""),
            ("A=a$b${C}", "a$b${C}"),
            ("A=a#b", "a#b"),
            ("A=a #b", "a"),
            ("A=a\t# b", "a"),
            ("A=# all of it", ""),
            ("A=a=b==", "a=b=="),
            ("A='a $b # c'", "a $b # c"),
            ("A=\"a $b # c\" # d", "a $b # c"),
            ("A=\"a\\n\\t\\\\\\\"\\$\\x\"", "a\n\t\\\"$\\x"),
            ("A='a\\n'", "a\\n"),
            ("A='one\ntwo'", "one\ntwo"),
            ("\u{feff}A=b\r\n", "b"),
        ] {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn every_entry_knows_its_line() {
        let entries = read_env_file("# settings\n\nA=1\nB='x\ny'\nC=3\n").expect("it is read");
        let lines: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.line, entry.last_line)).collect();
        assert_eq!(lines, [("A", 3, 3), ("B", 4, 5), ("C", 6, 6)]);
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named_and_never_shown() {
        for (text, line) in [
            ("A=1\nsecret-without-equals", 2),
            ("=x", 1),
            ("1A=x", 1),
            ("A B=x", 1),
            ("A='x", 1),
            ("A=\"x\nB=1", 1),
            ("A='x' y", 1),
            ("A=x\0", 1),
            ("AUTHKIT_X=1\n\nauthkit_x=2", 3),
        ] {
            let bad = read_env_file(text).expect_err(text);
            assert_eq!(bad.line, line, "{text}");
            assert!(!format!("{bad:?}").contains("secret"), "{text}");
        }
    }

    #[test]
    fn names_of_others_may_come_twice() {
        assert_eq!(read_env_file("A=1\nA=2").map(|entries| entries.len()), Ok(2));
    }

    // S-96
    #[test]
    fn an_entry_does_not_print_its_value() {
        assert!(!format!("{:?}", read_env_file("AUTHKIT_SECRET_KEY=canary")).contains("canary"));
    }
}
