//! Which events a list holds.

use std::net::IpAddr;

use crate::model::event::{Event, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::ids::SessionId;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// Which events a list holds, newest first (by id). Everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Any of these codes; empty: every code.
    pub codes: Vec<EventCode>,
    /// Any of these outcomes; empty: every outcome.
    pub outcomes: Vec<EventOutcome>,
    /// Only what this user did.
    pub actor: Option<UserId>,
    /// Only what is about this user.
    pub subject: Option<UserId>,
    /// Only what this user did or what is about this user.
    pub concerning: Option<UserId>,
    /// Only what happened in or to this session.
    pub session_id: Option<SessionId>,
    /// Only what this request caused.
    pub request_id: Option<String>,
    /// Only what came from this address.
    pub ip: Option<IpAddr>,
    /// Only what happened at or after this instant.
    pub from: Option<Timestamp>,
    /// Only what happened before this instant.
    pub to: Option<Timestamp>,
}

impl EventFilter {
    /// Only events of one code.
    pub fn of(code: EventCode) -> Self {
        Self { codes: vec![code], ..Self::default() }
    }

    /// Whether an event fits: the reference for every store.
    pub fn fits(&self, event: &Event) -> bool {
        let (actor, subject) = (event.actor.user(), event.subject.as_ref());
        (self.codes.is_empty() || self.codes.contains(&event.code))
            && (self.outcomes.is_empty() || self.outcomes.contains(&event.outcome))
            && self.actor.as_ref().is_none_or(|user| actor == Some(user))
            && self.subject.as_ref().is_none_or(|user| subject == Some(user))
            && self.concerning.as_ref().is_none_or(|user| actor == Some(user) || subject == Some(user))
            && self.session_id.is_none_or(|session| event.session_id == Some(session))
            && self.request_id.as_ref().is_none_or(|id| event.client.request_id.as_ref() == Some(id))
            && self.ip.is_none_or(|ip| event.client.ip == Some(ip))
            && self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at < to)
    }
}
