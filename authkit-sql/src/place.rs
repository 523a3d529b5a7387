//! Places in a list: what a page starts from, as bytes that come back through a signed cursor.

use authkit_core::{Direction, MAX_PAGE, PageRequest, Position};

const VERSION: u8 = 1;

/// The list that a place belongs to. The numbers are in cursors: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Users by `created_at`.
    UsersByCreation = 1,
    /// Users by `last_sign_in_at`.
    UsersBySignIn = 2,
    /// Users by canonical address.
    UsersByEmail = 3,
    /// Sessions by id.
    Sessions = 4,
    /// Events by id.
    Events = 5,
}

/// One row's place: its sort key, if that is a number, and its id or text key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The sort key; 0 where the order is that of the keys.
    pub number: i64,
    /// The row's own key.
    pub key: Vec<u8>,
}

impl Place {
    /// As the bytes that a cursor holds.
    pub fn in_list(&self, list: List) -> Position {
        let mut bytes = vec![VERSION, list as u8];
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.key);
        Position::new(bytes)
    }

    fn read(list: List, position: &Position) -> Option<Self> {
        let (head, key) = position.as_bytes().split_at_checked(10)?;
        let (kind, number) = head.split_at_checked(2)?;
        let number = i64::from_be_bytes(number.try_into().ok()?);
        (kind == [VERSION, list as u8]).then(|| Self { number, key: key.to_vec() })
    }

    /// The key as text; nothing that we wrote is other than UTF-8.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.key).into_owned()
    }
}

/// How a page is read: where it starts, which way, and the request that says so, with a length that is allowed.
#[derive(Debug)]
pub struct Entry {
    /// The request, with a length that is allowed.
    pub request: PageRequest,
    /// The row next to the page; `None`: the start of the list.
    pub from: Option<Place>,
}

impl Entry {
    /// A place that is none of this list's is the start of the list.
    pub fn of(page: &PageRequest, list: List) -> Self {
        let limit = page.limit.clamp(1, MAX_PAGE);
        let from = page.from.as_ref().map(|position| Place::read(list, position));
        match from {
            Some(None) => Self { request: PageRequest::first(limit), from: None },
            from => Self { request: PageRequest { limit, ..page.clone() }, from: from.flatten() },
        }
    }

    /// Whether the page lies in the list's own direction.
    pub fn is_forward(&self) -> bool {
        self.request.direction == Direction::Next
    }

    /// One row more than the page holds tells whether there are more.
    pub fn rows(&self) -> i64 {
        i64::from(self.request.limit) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_written() {
        let place = Place { number: -7, key: b"ada".to_vec() };
        let position = place.in_list(List::UsersByCreation);
        assert_eq!(Place::read(List::UsersByCreation, &position), Some(place));
    }

    #[test]
    fn what_is_no_place_of_the_list_is_its_start() {
        let foreign = Place { number: 0, key: vec![] }.in_list(List::Sessions);
        for position in [foreign, Position::new(vec![]), Position::new(vec![9; 40])] {
            let request = PageRequest::first(7).before(position);
            let entry = Entry::of(&request, List::Events);
            assert_eq!((entry.from, entry.request), (None, PageRequest::first(7)));
        }
    }

    #[test]
    fn no_page_is_longer_than_the_longest() {
        let request = PageRequest { from: None, direction: Direction::Next, limit: u16::MAX };
        assert_eq!(Entry::of(&request, List::Events).rows(), 201);
    }
}
