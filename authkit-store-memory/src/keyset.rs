//! Walking an ordered map or set a page at a time.

use std::fmt::Display;
use std::ops::Bound;
use std::str::FromStr;

use authkit_core::{Direction, Page, PageRequest, Position};

/// In which order a list shows keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Rising,
    Falling,
}

/// The entries on the way that a page goes: away from `from` (exclusive), or from the start of the list or its end.
/// `range` gives the entries of the map or set between two bounds.
pub(crate) fn walk<'a, K, I: DoubleEndedIterator + 'a>(
    order: Order,
    from: Option<&K>,
    direction: Direction,
    range: impl FnOnce((Bound<&K>, Bound<&K>)) -> I,
) -> Box<dyn Iterator<Item = I::Item> + 'a> {
    let bound = from.map_or(Bound::Unbounded, Bound::Excluded);
    if (order == Order::Rising) == (direction == Direction::Next) {
        Box::new(range((bound, Bound::Unbounded)))
    } else {
        Box::new(range((Bound::Unbounded, bound)).rev())
    }
}

/// A page of the rows that a walk meets: only those that it keeps are copied.
pub(crate) fn page<'a, T: Clone + 'a>(
    request: &PageRequest,
    rows: impl Iterator<Item = &'a T>,
    position: impl Fn(&T) -> Position,
) -> Page<T> {
    let rows = rows.take(usize::from(request.limit) + 1).cloned().collect();
    request.page_of(rows, position)
}

/// The request with its position read. What does not parse is no position: the page starts at the start of the list.
pub(crate) fn parsed<K>(request: &PageRequest, parse: impl Fn(&[u8]) -> Option<K>) -> (Option<K>, PageRequest) {
    let key = request.from.as_ref().and_then(|position| parse(position.as_bytes()));
    let from = request.from.clone().filter(|_| key.is_some());
    (key, PageRequest { from, ..*request })
}

/// The position of a row in a list by id.
pub(crate) fn write_id(id: impl Display) -> Position {
    Position::new(id.to_string().into_bytes())
}

/// What [`write_id`] wrote.
pub(crate) fn read_id<T: FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
