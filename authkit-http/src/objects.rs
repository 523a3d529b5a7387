//! The JSON objects of the administration's lists, for whoever writes the same rows elsewhere, such as the command line.

use authkit_core::{AuthKit, Event, SessionItem, UserItem};
use serde::Serialize;

use crate::shapes::{EventObject, SessionRow, UserRow};

/// A user as `GET /admin/api/users` lists it.
pub fn user<'a>(kit: &'a AuthKit, item: &'a UserItem) -> impl Serialize + use<'a> {
    UserRow { kit, item }
}

/// A session as `GET /admin/api/sessions` lists it.
pub fn session(item: &SessionItem) -> impl Serialize + use<'_> {
    SessionRow { item, current: None }
}

/// An event as `GET /admin/api/audit` lists it.
pub fn event(event: &Event) -> impl Serialize + use<'_> {
    EventObject(event)
}
