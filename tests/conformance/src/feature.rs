//! What a store of a table that exists already may lack, said openly.

/// Something that a store does unless its author says otherwise ([`crate::Subject::without`]). Only what is named is
/// waived, and the run says what was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// The users table takes the key that core suggests. Lacking: the table makes its own keys.
    SuggestedKeys,
    /// The users table marks deletion (`deleted_at`). Lacking: `delete_user` removes the row and its sessions at once;
    /// there is nothing to restore or purge.
    SoftDelete,
    /// The users table tells verified addresses. Lacking: every address counts as verified.
    Verification,
    /// The users table keeps `updated_at`. Lacking: it reads as `created_at`.
    UpdatedAt,
    /// The users table keeps `last_sign_in_at`. Lacking: it reads as `created_at`.
    LastSignIn,
    /// Users and sessions are in one database. Lacking: a session can be opened for a user who is gone, and outlives him.
    OneDatabase,
    /// The event of a change is written in the change's own transaction. Lacking: the store hands it to a sink elsewhere,
    /// and a crash between the two leaves a change without its event.
    EventsInside,
    /// The port [`authkit_core::AuditLog`] is filled.
    AuditLog,
    /// The port [`authkit_core::AttemptCounter`] is filled.
    AttemptCounter,
}

impl Feature {
    /// What it is called in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SuggestedKeys => "the keys that core suggests",
            Self::SoftDelete => "a mark of deletion",
            Self::Verification => "a column for verified addresses",
            Self::UpdatedAt => "a column for the last change",
            Self::LastSignIn => "a column for the last sign-in",
            Self::OneDatabase => "users and sessions in one database",
            Self::EventsInside => "events in the change's own transaction",
            Self::AuditLog => "the port AuditLog",
            Self::AttemptCounter => "the port AttemptCounter",
        }
    }
}
