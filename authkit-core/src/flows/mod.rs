//! What AuthKit does: one flow a file, each an `impl AuthKit` block. No flow uses another.

mod administer_audit;
mod administer_sessions;
mod administer_users;
mod bulk;
mod change_password;
mod console_login;
mod create_user;
mod create_user_for;
mod current_user;
mod end_sessions;
mod host_action;
mod list_users;
mod login;
mod logout;
mod open_session_for;
mod operator;
mod own_sessions;
mod ping;
mod profile;
mod reauthenticate;
mod record;
mod refresh;
mod register;
mod request_reset;
mod reset_password;
mod setup;
mod sign_out_everywhere;
mod tidy;
mod unlock;

pub use administer_sessions::{SessionItem, SessionQuery};
pub use bulk::{BulkItem, BulkOutcome, BulkResult, BulkStep, BulkStop};
pub use create_user::{TrustedPassword, TrustedUser};
pub use list_users::UserItem;
pub use record::AppEvent;
pub use register::Registration;
pub use tidy::{Budget, Tidied};
