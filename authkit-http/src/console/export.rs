//! Lists as files, made page by page while they are sent.

use std::future::Future;
use std::io;

use authkit_core::{AuthError, AuthKit, ListRequest, Listing, Operator, Permission};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;

use crate::answer;
use crate::body::Body;
use crate::files::{self, Format};
use crate::message::Answer;
use crate::problem::Problem;

/// Rows of one read.
const ROWS_A_READ: u32 = 200;
/// Rows of a file.
const MOST_ROWS: usize = 100_000;

/// The answer with a file called `name`: what `read` gives from a page on, until there is no more or the operator may not
/// take it any more. `write` puts a row into the file; `heading` is the first line of a CSV.
pub(crate) fn answer<T, R>(
    (kit, operator): (AuthKit, Operator),
    format: Format,
    name: &str,
    heading: &[&str],
    read: impl Fn(AuthKit, Operator, ListRequest) -> R + Send + 'static,
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
    files::begin(format, heading, &mut first);
    // What is to be sent before the next page, where that begins (`None`: it is the last), and how many rows may follow.
    let start = (first, Some(None), MOST_ROWS);
    let state = (start, kit, operator, read, write);
    let pieces = try_unfold(state, |((mut bytes, cursor, left), kit, operator, read, write)| async move {
        let Some(cursor) = cursor else { return Ok::<_, io::Error>(None) };
        // Whoever reads slowly must not outlast the own session or rights.
        let now = kit.confirm_operator(&operator).await.map_err(io::Error::other)?;
        now.require(Permission::Export).map_err(io::Error::other)?;
        let request = ListRequest { cursor, limit: Some(ROWS_A_READ) };
        let page = read(kit.clone(), now, request).await.map_err(io::Error::other)?;
        for row in page.items.iter().take(left) {
            write(row, &mut bytes)?;
        }
        let left = left.saturating_sub(page.items.len());
        let next = page.next_cursor.filter(|_| left > 0).map(Some);
        Ok(Some((Bytes::from(bytes), ((Vec::new(), next, left), kit, operator, read, write))))
    });
    let mut response = answer::text(content_type, Body::stream(pieces));
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.as_str());
    let disposition = HeaderValue::try_from(disposition).map_err(Problem::internal)?;
    response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    Ok(response)
}
