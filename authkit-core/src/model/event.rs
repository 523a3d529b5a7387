//! An audit event: what happened, to whom, by whom, from where.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::client::ClientInfo;
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

/// Before and after of every field that a write changed; the store fills it, since only the store knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change(BTreeMap<Cow<'static, str>, (Value, Value)>);

impl Change {
    /// Nothing changed.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// One field.
    pub fn of(field: &'static str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        Self::none().and(field, before, after)
    }

    /// One field more.
    #[must_use]
    pub fn and(
        mut self,
        field: impl Into<Cow<'static, str>>,
        before: impl Into<Value>,
        after: impl Into<Value>,
    ) -> Self {
        self.0.insert(field.into(), (before.into(), after.into()));
        self
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `{field: [before, after]}`, the form that stores keep and the API shows; `None` when nothing changed.
    pub fn to_json(&self) -> Option<Value> {
        let object = self.0.iter().map(|(field, (before, after))| {
            (field.clone().into_owned(), Value::Array(vec![before.clone(), after.clone()]))
        });
        (!self.0.is_empty()).then(|| Value::Object(object.collect()))
    }

    /// Reads what [`Self::to_json`] wrote; `None` for any other JSON.
    pub fn from_json(value: &Value) -> Option<Self> {
        let fields = value.as_object()?.iter().map(|(field, pair)| match pair.as_array().map(Vec::as_slice) {
            Some([before, after]) => Some((Cow::Owned(field.clone()), (before.clone(), after.clone()))),
            _ => None,
        });
        fields.collect::<Option<_>>().map(Self)
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

/// What an event is called: a stable name of at most 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventCode(Cow<'static, str>);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        impl EventCode {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)+

            /// Every code of AuthKit's own.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

codes! {
    /// Somebody registered.
    USER_REGISTERED = "user.registered",
    /// A user was made by an administrator or a trusted place.
    USER_CREATED = "user.created",
    /// A user was disabled.
    USER_DISABLED = "user.disabled",
    /// A user was enabled.
    USER_ENABLED = "user.enabled",
    /// A user's role was changed.
    USER_ROLE_CHANGED = "user.role_changed",
    /// A user was deleted; rows stay until the purge.
    USER_DELETED = "user.deleted",
    /// A deleted user was restored.
    USER_RESTORED = "user.restored",
    /// A deleted user's row was removed by an administrator.
    USER_PURGED = "user.purged",
    /// A user's profile fields were changed.
    USER_PROFILE_CHANGED = "user.profile_changed",
    /// Users were exported.
    USER_EXPORTED = "user.exported",
    /// A session was opened: a sign-in.
    SESSION_OPENED = "session.opened",
    /// A sign-in failed; `details.reason` says why.
    SESSION_OPEN_FAILED = "session.open_failed",
    /// The password was proven again in a session (step-up).
    SESSION_CONFIRMED = "session.confirmed",
    /// A session was closed: a sign-out.
    SESSION_CLOSED = "session.closed",
    /// Every session of a user was ended by the user.
    SESSION_CLOSED_ALL = "session.closed_all",
    /// One or more sessions were ended; `details.by` says by whom.
    SESSION_REVOKED = "session.revoked",
    /// A session moved to its next refresh token. Off by default.
    SESSION_REFRESHED = "session.refreshed",
    /// The predecessor of a refresh token came back within the grace.
    SESSION_REFRESH_REPLAYED = "session.refresh_replayed",
    /// An old refresh token came back: the session was ended.
    SESSION_REUSE_DETECTED = "session.reuse_detected",
    /// A password was changed by its user.
    PASSWORD_CHANGED = "password.changed",
    /// A reset link was asked for.
    PASSWORD_RESET_REQUESTED = "password.reset_requested",
    /// A password was set through a reset link.
    PASSWORD_RESET_COMPLETED = "password.reset_completed",
    /// A reset link did not work.
    PASSWORD_RESET_FAILED = "password.reset_failed",
    /// A verification mail was sent.
    EMAIL_VERIFICATION_SENT = "email.verification_sent",
    /// An address was verified.
    EMAIL_VERIFIED = "email.verified",
    /// A change of address was asked for.
    EMAIL_CHANGE_REQUESTED = "email.change_requested",
    /// An address was changed.
    EMAIL_CHANGED = "email.changed",
    /// A signed-in user was refused for want of a role or permission.
    ACCESS_REFUSED = "access.refused",
    /// A request from another site was refused.
    REQUEST_CROSS_SITE_REFUSED = "request.cross_site_refused",
    /// A throttle began to refuse.
    THROTTLE_TRIPPED = "throttle.tripped",
    /// A throttle was cleared.
    THROTTLE_CLEARED = "throttle.cleared",
    /// The process started.
    SYSTEM_STARTED = "system.started",
    /// The process stopped.
    SYSTEM_STOPPED = "system.stopped",
    /// The keys in use are others than before.
    KEYS_CHANGED = "keys.changed",
    /// A mail could not be sent.
    MAIL_FAILED = "mail.failed",
    /// Events were exported.
    AUDIT_EXPORTED = "audit.exported",
    /// Events past the retention were removed.
    AUDIT_PURGED = "audit.purged",
}

/// What AuthKit's own codes begin with; the application's codes may not.
const RESERVED: [&str; 11] = [
    "user.",
    "session.",
    "password.",
    "email.",
    "access.",
    "request.",
    "throttle.",
    "system.",
    "keys.",
    "mail.",
    "audit.",
];

impl EventCode {
    /// A code of the application's own: 1 to 64 characters of `a-z A-Z 0-9 . _ -`, not beginning as one of AuthKit's.
    /// `None` for any other text.
    pub fn of_application(code: &str) -> Option<Self> {
        let plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        let fits =
            !code.is_empty() && code.len() <= 64 && plain && !RESERVED.iter().any(|prefix| code.starts_with(prefix));
        fits.then(|| Self(Cow::Owned(code.to_owned())))
    }

    /// A code as a store's row holds it. Nothing is checked.
    pub fn from_stored(code: &str) -> Self {
        Self::ALL.iter().find(|own| own.as_str() == code).cloned().unwrap_or_else(|| Self(Cow::Owned(code.to_owned())))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which events a list holds, newest first (by id). Everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Exactly this code.
    pub code: Option<EventCode>,
    /// Exactly this outcome.
    pub outcome: Option<EventOutcome>,
    /// Only what this user did.
    pub actor: Option<UserId>,
    /// Only what is about this user.
    pub subject: Option<UserId>,
    /// Only what happened in or to this session.
    pub session_id: Option<SessionId>,
    /// Only what this request caused.
    pub request_id: Option<String>,
    /// Only what happened at or after this instant.
    pub from: Option<Timestamp>,
    /// Only what happened before this instant.
    pub to: Option<Timestamp>,
}

impl EventFilter {
    /// Whether an event fits: the reference for every store.
    pub fn fits(&self, event: &Event) -> bool {
        self.code.as_ref().is_none_or(|code| *code == event.code)
            && self.outcome.is_none_or(|outcome| outcome == event.outcome)
            && self.actor.as_ref().is_none_or(|actor| event.actor.user() == Some(actor))
            && self.subject.is_none_or(|subject| event.subject == Some(subject))
            && self.session_id.is_none_or(|session| event.session_id == Some(session))
            && self.request_id.as_ref().is_none_or(|id| event.client.request_id.as_ref() == Some(id))
            && self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_our_own_has_a_reserved_beginning() {
        for code in EventCode::ALL {
            assert!(EventCode::of_application(code.as_str()).is_none(), "{}", code.as_str());
        }
        assert!(EventCode::of_application("trained_ai_model").is_some());
        assert!(EventCode::of_application("").is_none());
        assert!(EventCode::of_application("a b").is_none());
    }

    #[test]
    fn a_change_survives_its_json() {
        let change = Change::of("role", "user", "admin").and("is_active", true, false);
        assert_eq!(change.to_json().as_ref().and_then(Change::from_json), Some(change));
        assert_eq!(Change::none().to_json(), None);
        assert_eq!(Change::from_json(&serde_json::json!({"role": ["user"]})), None);
    }
}
