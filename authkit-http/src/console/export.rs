//! Lists as files: CSV (RFC 4180) or a JSON object a line, made page by page while they are sent.

use std::future::Future;
use std::io;

use authkit_core::{AuthError, Listing};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;

use crate::answer;
use crate::body::Body;
use crate::message::Answer;
use crate::problem::Problem;

/// Rows of one read.
pub(crate) const ROWS_A_READ: u32 = 200;
/// Rows of a file.
const MOST_ROWS: usize = 100_000;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Jsonl,
}

impl Format {
    /// `None`: there is no such form.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            "" | "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Jsonl),
            _ => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// The answer with a file called `name`: what `read` gives from the cursor on, until there is no more. `write` puts a row
/// into the file; `heading` is the first line of a CSV.
pub(crate) fn answer<T, R>(
    format: Format,
    name: &str,
    heading: &[&str],
    read: impl Fn(Option<String>) -> R + Send + 'static,
    write: impl Fn(&T, &mut Vec<u8>) -> io::Result<()> + Send + 'static,
) -> Answer
where
    T: Send + 'static,
    R: Future<Output = Result<Listing<T>, AuthError>> + Send + 'static,
{
    let content_type = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Jsonl => "application/x-ndjson",
    };
    let mut first = Vec::new();
    if format == Format::Csv {
        line(&mut first, heading.iter().copied());
    }
    // What is to be sent before the next page, where that begins (`None`: it is the last), and how many rows may follow.
    let start = (first, Some(None), MOST_ROWS);
    let pieces = try_unfold((start, read, write), |((mut bytes, cursor, left), read, write)| async move {
        let Some(cursor) = cursor else { return Ok::<_, io::Error>(None) };
        let page = read(cursor).await.map_err(io::Error::other)?;
        for row in page.items.iter().take(left) {
            write(row, &mut bytes)?;
        }
        let left = left.saturating_sub(page.items.len());
        let next = page.next_cursor.filter(|_| left > 0).map(Some);
        Ok(Some((Bytes::from(bytes), ((Vec::new(), next, left), read, write))))
    });
    let mut response = answer::text(content_type, Body::stream(pieces));
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.as_str());
    let disposition = HeaderValue::try_from(disposition).map_err(Problem::internal)?;
    response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// A line of a CSV.
pub(crate) fn line<'a>(bytes: &mut Vec<u8>, cells: impl IntoIterator<Item = &'a str>) {
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
