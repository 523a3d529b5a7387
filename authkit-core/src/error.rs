//! What a flow answers when it does not do what was asked.

use std::error::Error;
use std::time::Duration;

use crate::password::policy::Weak;
use crate::ports::secure_random::RandomError;
use crate::ports::store_error::{StoreError, StoreErrorKind};

/// Why a flow did not do what was asked. Every variant has a stable [`AuthError::code`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// A token that is forged, cut, of another kind, or whose session belongs to nobody.
    #[error("The token is not valid.")]
    InvalidToken,
    /// A token from the future: a clock is wrong somewhere. Same code as [`Self::InvalidToken`], but nothing is cleared.
    #[error("The token is not valid yet.")]
    TokenNotYetValid,
    /// The token or its session is past its limit.
    #[error("The session has expired.")]
    SessionExpired,
    /// The session was ended, or is dead or gone.
    #[error("The session has been ended.")]
    SessionRevoked,
    /// An old refresh token came back: the session is ended now.
    #[error("The refresh token has already been used; the session has been ended.")]
    SessionReused,
    /// Unknown address or wrong password: which of them, nobody is told.
    #[error("Incorrect email or password.")]
    InvalidCredentials,
    /// The password was right, and the account is disabled.
    #[error("The account is deactivated.")]
    AccountDisabled,
    /// The password was right, or the session is live, and the address was never proven.
    #[error("The email address is not verified.")]
    EmailNotVerified,
    /// The application takes no registrations.
    #[error("Registration is disabled.")]
    RegistrationDisabled,
    /// The user may not do this.
    #[error("You are not allowed to do this.")]
    Forbidden,
    /// The password must be proven again first.
    #[error("Please confirm your password first.")]
    ReauthenticationRequired,
    /// A reset token that is used, expired, stale or forged.
    #[error("The reset link is invalid, has expired or has already been used.")]
    InvalidResetToken,
    /// A token that proves an address and is used, expired, stale or forged.
    #[error("The verification link is invalid, has expired or has already been used.")]
    InvalidVerificationToken,
    /// An administrator may not do this to the own account.
    #[error("You cannot do this to your own account.")]
    SelfForbidden,
    /// An administrator may not end the session that the request came in on.
    #[error("Cannot revoke your own active session.")]
    OwnSession,
    /// A cursor that is cut, forged, or made for another list or filter.
    #[error("The cursor does not belong to this list.")]
    InvalidCursor,
    /// There is no such thing, or not for this user.
    #[error("Not found.")]
    NotFound,
    /// The address belongs to an account.
    #[error("Email already registered.")]
    EmailTaken,
    /// No active administrator would remain.
    #[error("The last active administrator cannot be removed.")]
    LastAdmin,
    /// There is an administrator already.
    #[error("There is an administrator already.")]
    AdminExists,
    /// Only a deleted user can be purged or restored.
    #[error("The user is not deleted.")]
    NotDeleted,
    /// Somebody else changed it meanwhile.
    #[error("It has been changed meanwhile; load it again.")]
    Stale,
    /// The input does not fit; field by field.
    #[error("The input is not valid.")]
    Validation(Vec<FieldError>),
    /// The new password is refused.
    #[error("{0}")]
    WeakPassword(Weak),
    /// A role that the configuration does not know.
    #[error("There is no such role.")]
    UnknownRole,
    /// Too many attempts.
    #[error("Too many attempts; try again later.")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// More passwords wait to be hashed than is sensible.
    #[error("The server is busy; try again in a moment.")]
    Busy,
    /// The session was rotated by a node whose clock is ahead: ask again.
    #[error("Try again in a moment.")]
    ClockBehind,
    /// The application has no such port, for example no audit log.
    #[error("This installation does not keep that.")]
    NotKept,
    /// A store did not do its work.
    #[error("The server cannot do this at the moment.")]
    Store(#[from] StoreError),
    /// The source of randomness failed.
    #[error("The server cannot do this at the moment.")]
    Random(#[from] RandomError),
    /// Anything else that only an operator can mend.
    #[error("The server cannot do this at the moment.")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

/// Whose move it is after an [`AuthError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The caller's: the text may be shown.
    Caller,
    /// The operator's: the text says nothing, the chain behind it belongs into the log.
    Operator,
}

/// What is wrong with one field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the input.
    pub field: String,
    /// Stable, for programs: `required`, `invalid`, `too_long`, `unknown_field`, `not_editable`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

impl AuthError {
    /// The stable code, as problem bodies and logs carry it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidToken | Self::TokenNotYetValid => "invalid_token",
            Self::SessionExpired => "session_expired",
            Self::SessionRevoked => "session_revoked",
            Self::SessionReused => "session_reused",
            Self::InvalidCredentials => "invalid_credentials",
            Self::AccountDisabled => "account_disabled",
            Self::EmailNotVerified => "email_not_verified",
            Self::RegistrationDisabled => "registration_disabled",
            Self::Forbidden => "forbidden",
            Self::ReauthenticationRequired => "reauthentication_required",
            Self::InvalidResetToken => "invalid_reset_token",
            Self::InvalidVerificationToken => "invalid_verification_token",
            Self::SelfForbidden | Self::OwnSession => "self_forbidden",
            Self::InvalidCursor => "invalid_cursor",
            Self::NotFound | Self::NotKept => "not_found",
            Self::EmailTaken => "email_taken",
            Self::LastAdmin => "last_admin",
            Self::AdminExists => "admin_exists",
            Self::NotDeleted => "not_deleted",
            Self::Stale => "stale",
            Self::Validation(_) => "validation_failed",
            Self::WeakPassword(_) => "weak_password",
            Self::UnknownRole => "unknown_role",
            Self::Throttled { .. } => "throttled",
            Self::Busy => "busy",
            Self::ClockBehind => "unavailable",
            Self::Store(error) => match error.kind() {
                StoreErrorKind::Unavailable => "unavailable",
                StoreErrorKind::Inconsistent | StoreErrorKind::Unexpected => "internal",
            },
            Self::Random(_) | Self::Internal(_) => "internal",
        }
    }

    /// Whose move it is.
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::Random(_) | Self::Internal(_) => Fault::Operator,
            _ => Fault::Caller,
        }
    }

    pub(crate) fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}
