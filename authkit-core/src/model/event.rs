//! An audit event: what happened, to whom, by whom, from where.

use serde_json::{Map, Value};

use crate::model::change::Change;
use crate::model::clean::{printable, printable_json};
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::ids::{EventId, SessionId};
use crate::model::names::names;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// One line of the audit trail. It holds ids, never names, and outlives the user it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The row's key; ids are in the order of time.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub code: EventCode,
    /// How it ended.
    pub outcome: EventOutcome,
    /// Who did it.
    pub actor: Actor,
    /// Whom it is about.
    pub subject: Option<UserId>,
    /// The session it happened in or to.
    pub session_id: Option<SessionId>,
    /// What a failed sign-in named: a well-formed address, or a mask and a keyed hash of anything else.
    pub identifier: Option<String>,
    /// From where.
    pub client: ClientInfo,
    /// More, by code; no secrets.
    pub details: Map<String, Value>,
    /// What changed.
    pub change: Change,
}

/// How many session ids one event lists before it only counts.
const LISTED_SESSIONS: usize = 200;

impl Event {
    /// Something that happened, done by nobody who is known and about nobody, until more is said.
    pub fn new(id: EventId, at: Timestamp, code: EventCode, client: &ClientInfo) -> Self {
        Self {
            id,
            at,
            code,
            outcome: EventOutcome::Success,
            actor: Actor::Anonymous,
            subject: None,
            session_id: None,
            identifier: None,
            client: client.clone(),
            details: Map::new(),
            change: Change::none(),
        }
    }

    /// How it ended.
    #[must_use]
    pub fn ended(self, outcome: EventOutcome) -> Self {
        Self { outcome, ..self }
    }

    /// Who did it.
    #[must_use]
    pub fn by(self, actor: Actor) -> Self {
        let actor = match actor {
            Actor::Cli(name) => Actor::Cli(printable(&name, 256)),
            other => other,
        };
        Self { actor, ..self }
    }

    /// Whom it is about.
    #[must_use]
    pub fn about(self, subject: UserId) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// The session it happened in or to.
    #[must_use]
    pub fn in_session(self, session: SessionId) -> Self {
        Self { session_id: Some(session), ..self }
    }

    /// One detail more. Texts in it are kept as [`printable`] writes them.
    #[must_use]
    pub fn detail(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), printable_json(value.into()));
        self
    }

    /// With how many rows it concerned, as `details.count`.
    #[must_use]
    pub fn counting(mut self, n: u64) -> Self {
        self.details.insert("count".to_owned(), Value::from(n));
        self
    }

    /// With the sessions that one call ended: their number as `details.count`, at most 200 ids as `details.sessions`.
    #[must_use]
    pub fn ending(self, sessions: &[SessionId]) -> Self {
        let ids = sessions.iter().take(LISTED_SESSIONS).map(|id| Value::from(id.to_string())).collect();
        let mut event = self.counting(sessions.len() as u64);
        event.details.insert("sessions".to_owned(), Value::Array(ids));
        event
    }
}

names! {
    /// How what an event tells of ended.
    EventOutcome {
        /// Done.
        Success = "success",
        /// Tried and failed.
        Failure = "failure",
        /// Not allowed.
        Refused = "refused",
    }
}

/// Who did what an event tells of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A signed-in user, or one who proved to be it.
    User(UserId),
    /// Somebody at the command line, by the name of the account there.
    Cli(String),
    /// The process itself.
    System,
    /// Nobody who is known.
    Anonymous,
}

impl Actor {
    /// The kind that a store keeps.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Cli(_) => "cli",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }

    /// The text beside the kind: the user's id, or the account at the command line.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User(id) => Some(id.as_str()),
            Self::Cli(name) => Some(name),
            Self::System | Self::Anonymous => None,
        }
    }

    /// The user, if it is one.
    pub const fn user(&self) -> Option<&UserId> {
        match self {
            Self::User(id) => Some(id),
            _ => None,
        }
    }

    /// The actor that a store's two columns stand for; `None` when they do not fit each other.
    pub fn from_stored(kind: &str, name: Option<&str>) -> Option<Self> {
        match (kind, name) {
            ("user", Some(id)) => UserId::new(id).map(Self::User),
            ("cli", Some(name)) => Some(Self::Cli(name.to_owned())),
            ("system", None) => Some(Self::System),
            ("anonymous", None) => Some(Self::Anonymous),
            _ => None,
        }
    }
}
