//! What an event is called.

use std::borrow::Cow;

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
    /// Migrations were run by an operator.
    SYSTEM_MIGRATED = "system.migrated",
    /// Housekeeping was asked for by an operator.
    SYSTEM_TIDIED = "system.tidied",
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
}
