//! Cursors: a store's position, sealed so that it comes back only for the list it was made for.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::page::{Direction, MAX_PAGE, Page, PageRequest, Position};

/// The version of the form: the first byte.
const VERSION: u8 = 1;
/// Bytes of the filter's hash, and of the seal.
const TAG: usize = 8;
/// Rows of a page when nobody says.
const DEFAULT_PAGE: u32 = 50;
/// Longer text is no cursor of ours.
const MAX_TEXT: usize = 1_024;

/// How far back a list goes that no index narrows, so that it never reads a whole table: a week.
pub(crate) const UNINDEXED_WINDOW: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Which page of a list a caller asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// A cursor that a page of the same list and filter gave; `None`: the first page.
    pub cursor: Option<String>,
    /// Rows, 1 to 200; `None`: 50.
    pub limit: Option<u32>,
}

/// A page of a list, with the cursors to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// `None`: this is the last page.
    pub next_cursor: Option<String>,
    /// `None`: this is the first page.
    pub previous_cursor: Option<String>,
}

impl<T> Listing<T> {
    /// The same page with other rows.
    pub(crate) fn map<U>(self, rows: impl FnOnce(Vec<T>) -> Vec<U>) -> Listing<U> {
        Listing { items: rows(self.items), next_cursor: self.next_cursor, previous_cursor: self.previous_cursor }
    }
}

impl AuthKit {
    /// The page that was asked for. `list` names the list and everything that its rows and order depend on.
    pub(crate) fn page_request(&self, request: &ListRequest, list: &str) -> Result<PageRequest, AuthError> {
        let limit = request.limit.unwrap_or(DEFAULT_PAGE);
        let limit = u16::try_from(limit).ok().filter(|limit| (1..=MAX_PAGE).contains(limit)).ok_or_else(|| {
            AuthError::Validation(vec![FieldError::new("limit", "invalid", "This must be between 1 and 200.")])
        })?;
        let first = PageRequest::first(limit);
        match &request.cursor {
            None => Ok(first),
            Some(cursor) => {
                let (direction, position) = self.open_cursor(cursor, list).ok_or(AuthError::InvalidCursor)?;
                Ok(match direction {
                    Direction::Next => first.after(position),
                    Direction::Previous => first.before(position),
                })
            }
        }
    }

    pub(crate) fn listing<T>(&self, page: Page<T>, list: &str) -> Listing<T> {
        Listing {
            items: page.items,
            next_cursor: page.next.map(|position| self.seal_cursor(&position, Direction::Next, list)),
            previous_cursor: page.previous.map(|position| self.seal_cursor(&position, Direction::Previous, list)),
        }
    }

    fn seal_cursor(&self, position: &Position, direction: Direction, list: &str) -> String {
        let mut bytes = vec![VERSION, u8::from(direction == Direction::Previous)];
        bytes.extend_from_slice(&self.list_tag(list));
        bytes.extend_from_slice(position.as_bytes());
        self.seal(bytes)
    }

    /// Bytes as text that comes back unchanged or not at all. The first byte says what they are.
    pub(crate) fn seal(&self, mut bytes: Vec<u8>) -> String {
        let seal = self.cursor_tag(b"seal", &bytes);
        bytes.extend_from_slice(&seal);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// What [`Self::seal`] sealed.
    pub(crate) fn unseal(&self, text: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|_| text.len() <= MAX_TEXT)?;
        let (sealed, seal) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        let good = subtle::ConstantTimeEq::ct_eq(&self.cursor_tag(b"seal", sealed)[..], seal);
        let length = Some(sealed.len()).filter(|_| bool::from(good))?;
        bytes.truncate(length);
        Some(bytes)
    }

    fn open_cursor(&self, text: &str, list: &str) -> Option<(Direction, Position)> {
        let bytes = self.unseal(text)?;
        let (head, rest) = bytes.split_at_checked(2)?;
        let (filter, position) = rest.split_at_checked(TAG)?;
        let direction = match head {
            [VERSION, 0] => Direction::Next,
            [VERSION, 1] => Direction::Previous,
            _ => return None,
        };
        (filter == self.list_tag(list)).then(|| (direction, Position::new(position.to_vec())))
    }

    /// Stands for a list and everything that its rows and order depend on.
    pub(crate) fn list_tag(&self, list: &str) -> [u8; TAG] {
        self.cursor_tag(b"list", list.as_bytes())
    }

    fn cursor_tag(&self, label: &[u8], bytes: &[u8]) -> [u8; TAG] {
        let mac = self.0.purposes.cursors.mac(&[label, bytes]);
        let mut tag = [0; TAG];
        tag.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        tag
    }
}
