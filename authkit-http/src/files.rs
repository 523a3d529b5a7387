//! Lists as files: CSV (RFC 4180) or a JSON object a line, one row at a time. For the console's exports and the command line.

use std::io;

use authkit_core::{AuthKit, Event, UserItem};

use crate::console::user::never_came;
use crate::shapes::{EventObject, UserRow};

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of cells, the first of them the heading.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

impl Format {
    /// The one of that name; none named: CSV. `None`: there is no such form.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "" | "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// Its name, which is the end of a file's name, too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// The cells of a user's line.
pub const USERS: [&str; 11] = [
    "id",
    "email",
    "role",
    "is_active",
    "is_verified",
    "created_at",
    "updated_at",
    "last_sign_in_at",
    "deleted_at",
    "sessions",
    "locked_until",
];

/// The cells of an event's line.
pub const EVENTS: [&str; 14] = [
    "id",
    "at",
    "code",
    "outcome",
    "actor_kind",
    "actor",
    "subject",
    "session_id",
    "identifier",
    "ip_address",
    "user_agent",
    "request_id",
    "details",
    "change",
];

/// The line that a file begins with: none in JSON.
pub fn begin(format: Format, heading: &[&str], bytes: &mut Vec<u8>) {
    if format == Format::Csv {
        line(bytes, heading.iter().copied());
    }
}

/// The line of a user.
///
/// # Errors
/// The row cannot be written as JSON.
pub fn user(kit: &AuthKit, format: Format, item: &UserItem, bytes: &mut Vec<u8>) -> io::Result<()> {
    if format == Format::Jsonl {
        serde_json::to_writer(&mut *bytes, &UserRow { kit, item })?;
        bytes.push(b'\n');
        return Ok(());
    }
    let user = &item.user;
    let cells = [
        user.id.to_string(),
        user.email.to_string(),
        user.role.to_string(),
        user.is_active.to_string(),
        user.is_verified.to_string(),
        user.created_at.to_string(),
        user.updated_at.to_string(),
        // Nothing for whoever never came: the row repeats `created_at` there.
        if never_came(user) { String::new() } else { user.last_sign_in_at.to_string() },
        user.deleted_at.map(|at| at.to_string()).unwrap_or_default(),
        item.sessions.to_string(),
        item.locked_until.map(|until| until.to_string()).unwrap_or_default(),
    ];
    line(bytes, cells.iter().map(String::as_str));
    Ok(())
}

/// The line of an event.
///
/// # Errors
/// The row cannot be written as JSON.
pub fn event(format: Format, event: &Event, bytes: &mut Vec<u8>) -> io::Result<()> {
    if format == Format::Jsonl {
        serde_json::to_writer(&mut *bytes, &EventObject(event))?;
        bytes.push(b'\n');
        return Ok(());
    }
    let optional = |text: Option<String>| text.unwrap_or_default();
    let client = &event.client;
    let cells = [
        event.id.to_string(),
        event.at.to_string(),
        event.code.as_str().to_owned(),
        event.outcome.as_str().to_owned(),
        event.actor.kind().to_owned(),
        optional(event.actor.name().map(str::to_owned)),
        optional(event.subject.map(|id| id.as_str().to_owned())),
        optional(event.session_id.map(|id| id.to_string())),
        optional(event.identifier.clone()),
        optional(client.ip.map(|ip| ip.to_string())),
        optional(client.user_agent.clone()),
        optional(client.request_id.clone()),
        serde_json::to_string(&event.details)?,
        optional(event.change.to_json().map(|change| change.to_string())),
    ];
    line(bytes, cells.iter().map(String::as_str));
    Ok(())
}

/// A line of a CSV.
fn line<'a>(bytes: &mut Vec<u8>, cells: impl IntoIterator<Item = &'a str>) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(quoted(cell).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
}

/// A cell. What a spreadsheet would take for a formula gets an apostrophe in front.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{cell}") } else { cell.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_a_formula_nor_two_cells() {
        for (cell, text) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("a,b", "\"a,b\""),
            ("say \"a\"\n", "\"say \"\"a\"\"\n\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
        ] {
            assert_eq!(quoted(cell), text);
        }
        let mut bytes = Vec::new();
        line(&mut bytes, ["a", "", "b,c"]);
        assert_eq!(bytes, b"a,,\"b,c\"\r\n");
    }
}
