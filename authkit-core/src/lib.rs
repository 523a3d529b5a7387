//! Accounts, sessions, recovery, roles and an audit trail over any storage: the pure core of AuthKit.

pub mod model;
pub mod password;
pub mod ports;

pub use model::ids::{AttemptKey, Digest, Epoch, EventId, KeyId, SessionId};
pub use model::secret::{AccessToken, Password, PasswordHash, RefreshToken, ResetToken, SecretKey};
pub use model::timestamp::Timestamp;
pub use model::user_id::UserId;
