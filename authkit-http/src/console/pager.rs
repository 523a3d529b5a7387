//! Links from one page of a list to the next: no page numbers, since a place far down would have to be counted to.

use authkit_core::{ListRequest, Listing};
use http::Uri;

use super::view::encoded;
use crate::query::Query;

/// Rows of a page when nobody says.
const ROWS: u32 = 50;

/// The links below a list.
#[derive(Debug)]
pub(crate) struct Pager {
    pub(crate) rows: u32,
    pub(crate) first: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

impl Pager {
    /// The page that a query asks for. Whatever does not fit asks for the first one.
    pub(crate) fn asked(uri: &Uri) -> ListRequest {
        let mut query = Query::of(uri);
        let limit = query.text("limit").and_then(|text| text.parse().ok()).filter(|rows| matches!(rows, 25 | 50 | 100));
        ListRequest { cursor: query.text("cursor"), limit: Some(limit.unwrap_or(ROWS)) }
    }

    /// The first page.
    pub(crate) fn start() -> ListRequest {
        ListRequest { cursor: None, limit: Some(ROWS) }
    }

    /// The links of a page at `path`, with what else the query holds (`a=b&c=d`, encoded).
    pub(crate) fn of<T>(listing: &Listing<T>, path: &str, rest: &str) -> Self {
        let join = if rest.is_empty() { "" } else { "&" };
        let link = |cursor: &String| format!("{path}?{rest}{join}cursor={}", encoded(cursor));
        let first = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
        Self {
            rows: ROWS,
            first: listing.previous_cursor.as_ref().map(|_| first),
            previous: listing.previous_cursor.as_ref().map(link),
            next: listing.next_cursor.as_ref().map(link),
        }
    }
}
