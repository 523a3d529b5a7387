//! What answers say, written straight from the rows: no tree in between, and no field that is not named here.

use authkit_core::{AuthKit, Event, HourlyCount, Listing, Session, SessionId, SessionItem, Tokens, User, UserItem};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The user object.
pub(crate) struct UserObject<'a> {
    pub(crate) kit: &'a AuthKit,
    pub(crate) user: &'a User,
}

impl Serialize for UserObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        write_user(&mut object, self.kit, self.user)?;
        object.end()
    }
}

fn write_user<M: SerializeMap>(object: &mut M, kit: &AuthKit, user: &User) -> Result<(), M::Error> {
    object.serialize_entry("id", &user.id)?;
    object.serialize_entry("email", user.email.as_str())?;
    object.serialize_entry("role", user.role.as_str())?;
    object.serialize_entry("is_active", &user.is_active)?;
    object.serialize_entry("is_verified", &user.is_verified)?;
    object.serialize_entry("created_at", &user.created_at)?;
    object.serialize_entry("updated_at", &user.updated_at)?;
    for (name, value) in kit.exposed_profile(user) {
        object.serialize_entry(name, value)?;
    }
    Ok(())
}

/// A user in a list of the administration.
pub(crate) struct UserRow<'a> {
    pub(crate) kit: &'a AuthKit,
    pub(crate) item: &'a UserItem,
}

impl Serialize for UserRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let UserItem { user, sessions, locked_until } = self.item;
        let mut object = serializer.serialize_map(None)?;
        write_user(&mut object, self.kit, user)?;
        object.serialize_entry("last_sign_in_at", &user.last_sign_in_at)?;
        object.serialize_entry("deleted_at", &user.deleted_at)?;
        object.serialize_entry("sessions", sessions)?;
        object.serialize_entry("locked_until", locked_until)?;
        object.end()
    }
}

/// The session object, with a mark on the one that the request came in on.
pub(crate) struct SessionObject<'a> {
    pub(crate) session: &'a Session,
    pub(crate) current: Option<SessionId>,
}

impl Serialize for SessionObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        write_session(&mut object, self.session, self.current)?;
        object.end()
    }
}

fn write_session<M: SerializeMap>(
    object: &mut M,
    session: &Session,
    current: Option<SessionId>,
) -> Result<(), M::Error> {
    object.serialize_entry("id", &session.id)?;
    object.serialize_entry("user_id", &session.user_id)?;
    object.serialize_entry("ip_address", &session.client.ip)?;
    object.serialize_entry("user_agent", &session.client.user_agent)?;
    object.serialize_entry("device", &session.client.device)?;
    object.serialize_entry("created_at", &session.created_at)?;
    object.serialize_entry("last_used_at", &session.rotated_at)?;
    object.serialize_entry("expires_at", &session.idle_at)?;
    object.serialize_entry("current", &(current == Some(session.id)))
}

/// A session in a list of the administration.
pub(crate) struct SessionRow<'a> {
    pub(crate) item: &'a SessionItem,
    pub(crate) current: Option<SessionId>,
}

impl Serialize for SessionRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SessionItem { session, email, state } = self.item;
        let mut object = serializer.serialize_map(None)?;
        write_session(&mut object, session, self.current)?;
        object.serialize_entry("email", email)?;
        object.serialize_entry("via", session.via.as_str())?;
        object.serialize_entry("state", state.as_str())?;
        object.end()
    }
}

/// The event object.
pub(crate) struct EventObject<'a>(pub(crate) &'a Event);

impl Serialize for EventObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("id", &event.id)?;
        object.serialize_entry("at", &event.at)?;
        object.serialize_entry("code", event.code.as_str())?;
        object.serialize_entry("outcome", event.outcome.as_str())?;
        object.serialize_entry("actor_kind", event.actor.kind())?;
        object.serialize_entry("actor", &event.actor.name())?;
        object.serialize_entry("subject", &event.subject)?;
        object.serialize_entry("session_id", &event.session_id)?;
        object.serialize_entry("identifier", &event.identifier)?;
        object.serialize_entry("ip_address", &event.client.ip)?;
        object.serialize_entry("user_agent", &event.client.user_agent)?;
        object.serialize_entry("device", &event.client.device)?;
        object.serialize_entry("request_id", &event.client.request_id)?;
        object.serialize_entry("details", &event.details)?;
        object.serialize_entry("change", &event.change.to_json())?;
        object.end()
    }
}

/// How often something happened in an hour.
pub(crate) struct CountObject<'a>(pub(crate) &'a HourlyCount);

impl Serialize for CountObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("hour", &self.0.hour)?;
        object.serialize_entry("metric", &self.0.metric)?;
        object.serialize_entry("n", &self.0.n)?;
        object.end()
    }
}

/// A page of a list.
#[derive(serde::Serialize)]
pub(crate) struct PageObject<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> PageObject<T> {
    /// The page with each row written in its own way.
    pub(crate) fn of<'a, R>(listing: &'a Listing<R>, row: impl FnMut(&'a R) -> T) -> Self {
        Self { items: listing.items.iter().map(row).collect(), next_cursor: listing.next_cursor.clone() }
    }

    /// A list that has only one page.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

/// The token response. Without the tokens where only cookies carry them.
pub(crate) struct TokenObject<'a> {
    pub(crate) tokens: &'a Tokens,
    pub(crate) with_tokens: bool,
}

impl Serialize for TokenObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        if self.with_tokens {
            object.serialize_entry("access_token", self.tokens.access.expose())?;
            object.serialize_entry("refresh_token", self.tokens.refresh.expose())?;
        }
        object.serialize_entry("token_type", "bearer")?;
        object.serialize_entry("expires_in", &self.tokens.access_expires_at.since(self.tokens.issued_at).as_secs())?;
        object.end()
    }
}
