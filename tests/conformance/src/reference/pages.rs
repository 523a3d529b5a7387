//! Pages over rows that are sorted already.

use authkit_core::{Direction, Page, PageRequest, Position};

/// A page of rows that are in the order of the list and whose keys ascend with it. A position is the key of its row, so
/// that a page goes on where a row was even if that row is gone.
pub(crate) fn page<T>(rows: Vec<T>, request: &PageRequest, key: impl Fn(&T) -> (String, String)) -> Page<T> {
    let place = |row: &T| {
        let (sort, id) = key(row);
        Position::new(format!("{sort}\0{id}").into_bytes())
    };
    let from = request.from.as_ref().and_then(|from| {
        let text = std::str::from_utf8(from.as_bytes()).ok()?;
        let (sort, id) = text.split_once('\0')?;
        Some((sort.to_owned(), id.to_owned()))
    });
    let take = usize::from(request.limit) + 1;
    let beyond = |row: &T| match (&from, request.direction) {
        (None, _) => true,
        (Some(from), Direction::Next) => key(row) > *from,
        (Some(from), Direction::Previous) => key(row) < *from,
    };
    let mut rows: Vec<T> = rows.into_iter().filter(beyond).collect();
    if request.direction == Direction::Previous {
        rows.reverse();
    }
    rows.truncate(take);
    let request = PageRequest { from: request.from.clone().filter(|_| from.is_some()), ..*request };
    request.page_of(rows, place)
}
