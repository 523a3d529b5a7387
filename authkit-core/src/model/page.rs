//! One page of a list: where it starts, how long it is, and what came of it.

/// The largest page that any list gives.
pub const MAX_PAGE: u16 = 200;

/// A place in a list: the sort key and the id of one row, in bytes that only the store which made them can read.
///
/// Core wraps it into a signed cursor before it leaves the process, so a store may trust what comes back to have been
/// its own, though perhaps for another filter or from an older version: what does not parse is the start of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position(Vec<u8>);

impl Position {
    /// Wraps a store's own bytes, at most 512.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, as the store made them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Which way to go from a [`Position`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Rows after it, in the order of the list.
    #[default]
    Next,
    /// Rows before it; the page itself is still in the order of the list.
    Previous,
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The row next to the page, itself not on it. `None`: the start of the list (or its end, going back).
    pub from: Option<Position>,
    /// Which way to go from there.
    pub direction: Direction,
    /// How many rows at the most, 1 to [`MAX_PAGE`].
    pub limit: u16,
}

impl PageRequest {
    /// The first `limit` rows; the limit is brought into 1 to [`MAX_PAGE`].
    pub fn first(limit: u16) -> Self {
        Self { from: None, direction: Direction::Next, limit: limit.clamp(1, MAX_PAGE) }
    }

    /// The rows after a position.
    #[must_use]
    pub fn after(self, position: Position) -> Self {
        Self { from: Some(position), direction: Direction::Next, ..self }
    }

    /// The rows before a position.
    #[must_use]
    pub fn before(self, position: Position) -> Self {
        Self { from: Some(position), direction: Direction::Previous, ..self }
    }

    /// A page out of the rows that a store read: at most `limit + 1` of them, going away from `from` in `direction`.
    /// The row too many tells whether there is more and is dropped.
    pub fn page_of<T>(&self, mut rows: Vec<T>, position: impl Fn(&T) -> Position) -> Page<T> {
        let more = rows.len() > usize::from(self.limit);
        rows.truncate(usize::from(self.limit));
        if self.direction == Direction::Previous {
            rows.reverse();
        }
        // Where the page was entered from, there are rows: the one that the position names, at least.
        let (before, after) = match self.direction {
            Direction::Next => (self.from.is_some(), more),
            Direction::Previous => (more, self.from.is_some()),
        };
        let previous = rows.first().filter(|_| before).map(&position);
        let next = rows.last().filter(|_| after).map(&position);
        Page { items: rows, next, previous }
    }
}

/// Some rows of a list, in its order, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it to [`PageRequest::after`]; `None`: nothing follows.
    pub next: Option<Position>,
    /// Give it to [`PageRequest::before`]; `None`: nothing comes before.
    pub previous: Option<Position>,
}
