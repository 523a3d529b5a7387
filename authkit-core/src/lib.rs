//! Accounts, sessions, recovery, roles and an audit trail over any storage: the pure core of AuthKit.

mod builder;
pub mod config;
pub mod error;
mod flows;
mod kit;
pub mod model;
pub mod password;
pub mod ports;
mod steps;
#[cfg(feature = "test")]
pub mod testing;
pub mod token;

pub use builder::{AuthKitBuilder, Given, HasAudit, HasSessions, HasUsers, NoAuditSink, NoSessions, NoUsers};

pub use config::settings::{Environment, HttpSettings, SameSite, Settings, Throttle, TokenDelivery};
pub use config::{
    Config, ConfigCode, ConfigError, ConfigProblem, DatabaseUrl, InvalidDatabaseUrl, SettingSource, SmtpSettings,
    Sources, ThrottleMode,
};
pub use error::{AuthError, Fault, FieldError};
pub use flows::About;
pub use flows::{
    AppEvent, Budget, BulkItem, BulkOutcome, BulkResult, BulkStep, BulkStop, ExportOf, ImportEvent, ImportUser,
    ImportedEvent, ImportedUser, Registered, Registration, SessionItem, SessionQuery, Tidied, TrustedPassword,
    TrustedUser, Upkeep, UserFacts, UserItem, UserSurvey,
};
pub use flows::{Attention, EventFigures, Figure, NewAdmin, Overview, RowFigures, Throttled};
pub use kit::AuthKit;
pub use model::attempts::{Attempt, AttemptRow, Backoff, Limit, Take, take_all};
pub use model::cause::Cause;
pub use model::change::Change;
pub use model::clean::{is_printable, printable};
pub use model::client::ClientInfo;
pub use model::email::{Email, EmailKey, InvalidEmail};
pub use model::event::{Actor, Event, EventOutcome};
pub use model::event_code::EventCode;
pub use model::event_filter::EventFilter;
pub use model::event_group::EventGroup;
pub use model::ids::{AttemptKey, Digest, Epoch, EventId, KeyId, SessionId};
pub use model::log_code::LogCode;
pub use model::mail::{Mail, MailContent, MailFacts, MailKind};
pub use model::page::{Direction, MAX_PAGE, Page, PageRequest, Position};
pub use model::peak::{Peak, PeakOf, PeakQuery};
pub use model::period::Period;
pub use model::permission::{Permission, Permissions};
pub use model::profile::{Field, FieldKind, Profile, ProfileError};
pub use model::role::Role;
pub use model::rotation::{Rotate, Rotation, RotationEvents, decide};
pub use model::secret::{
    AccessToken, Password, PasswordHash, RefreshToken, ResetToken, SecretKey, SecretText, SetupToken, VerificationToken,
};
pub use model::session::{NewSession, RevokeReason, Session, SessionState, Via};
pub use model::session_filter::{RowState, SessionFilter};
pub use model::stats::{EventCount, HOURS_FROM_THE_TRAIL, HourlyCount};
pub use model::timestamp::Timestamp;
pub use model::user::{NewUser, User, UserFilter, UserSearch, UserSort, UserStatus};
pub use model::user_id::UserId;
pub use ports::attempt_counter::AttemptCounter;
pub use ports::audit_log::AuditLog;
pub use ports::audit_sink::{AuditSink, NoAudit};
pub use ports::built_in_mails::BuiltInMails;
pub use ports::callback_mailer::CallbackMailer;
pub use ports::clock::{Clock, SystemClock};
pub use ports::device_namer::DeviceNamer;
pub use ports::mail_templates::MailTemplates;
pub use ports::mailbox::{KeptMail, Mailbox};
pub use ports::mailer::{MailError, Mailer, StdoutMailer};
pub use ports::memory_attempts::MemoryAttempts;
pub use ports::open_code::OpenCode;
pub use ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};
pub use ports::secure_random::{RandomError, SecureRandom, SystemRandom};
pub use ports::session_store::{ConfirmSession, InsertSession, RevokeSession, SessionStore};
pub use ports::store::{Ports, Store};
pub use ports::store_error::{StoreError, StoreErrorKind};
pub use ports::user_store::{
    EpochMove, Guard, InsertFirstAdmin, InsertUser, PasswordSwap, PurgeUser, ReplaceEmail, ReplacePassword, SetUser,
    UserStore,
};
pub use steps::administration::Note;
pub use steps::cursor::{ListRequest, Listing};
pub use steps::let_in::Login;
pub use steps::operator::Operator;
pub use steps::sign_in::{SignIn, SignedIn, Tokens};
pub use steps::user_action::BulkAction;
pub use steps::user_query::UserQuery;
pub use token::access::Claims;
pub use token::algorithm::{Algorithm, UnknownAlgorithm};
pub use token::error::KeyError;
pub use token::keys::KeyRing;
pub use token::purpose::PurposeKey;
