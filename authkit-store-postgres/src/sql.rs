//! The statements: one file each, filled in once with the names of the store's tables.

use crate::tables::Tables;

macro_rules! statements {
    ($($name:ident = $file:literal,)*) => {
        /// A statement that decides or reads something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Sql {
            $($name,)*
        }

        const TEMPLATES: &[(Sql, &str)] = &[$((Sql::$name, include_str!(concat!("../sql/", $file, ".sql"))),)*];
    };
}

statements! {
    FindUser = "users/find_user",
    FindUserByEmail = "users/find_user_by_email",
    FindUsers = "users/find_users",
    InsertUser = "users/insert_user",
    LockFirstAdmin = "users/lock_first_admin",
    InsertFirstAdmin = "users/insert_first_admin",
    ReplacePassword = "users/replace_password",
    RehashPassword = "users/rehash_password",
    SetActive = "users/set_active",
    SetRole = "users/set_role",
    DeleteUser = "users/delete_user",
    RestoreUser = "users/restore_user",
    MarkVerified = "users/mark_verified",
    ReplaceEmail = "users/replace_email",
    ReplaceProfile = "users/replace_profile",
    AdvanceEpoch = "users/advance_epoch",
    NoteSignIn = "users/note_sign_in",
    PurgeDeletedUsers = "users/purge_deleted_users",
    PurgeUser = "users/purge_user",
    FindSession = "sessions/find_session",
    LockUser = "sessions/lock_user",
    LockSessions = "sessions/lock_sessions",
    InsertSession = "sessions/insert_session",
    RotateSession = "sessions/rotate_session",
    RevokeSession = "sessions/revoke_session",
    RevokeSessions = "sessions/revoke_sessions",
    TidyEpoch = "sessions/tidy_epoch",
    ConfirmSession = "sessions/confirm_session",
    CountLive = "sessions/count_live",
    PastAbsolute = "sessions/past_absolute",
    PurgeSessions = "sessions/purge_sessions",
    InsertEvent = "audit/insert_event",
    FindEvent = "audit/find_event",
    SetFloor = "audit/set_floor",
    PurgeEvents = "audit/purge_events",
    RollUpStats = "audit/roll_up_stats",
    ListStats = "audit/list_stats",
    CountEvents = "audit/count_events",
    ListPeaks = "audit/list_peaks",
    InsertAttempts = "attempts/insert_attempts",
    TakeAttempts = "attempts/take_attempts",
    GiveBackAttempts = "attempts/give_back_attempts",
    ClearAttempts = "attempts/clear_attempts",
    BlockedEach = "attempts/blocked_each",
    PurgeAttempts = "attempts/purge_attempts",
}

/// All statements of a store, ready to be sent.
#[derive(Debug)]
pub(crate) struct Statements(Vec<String>);

impl Statements {
    pub(crate) fn new(tables: &Tables) -> Self {
        Self(TEMPLATES.iter().map(|(_, template)| tables.render(template)).collect())
    }

    /// The same with one statement changed: what is `old` in its file reads `new`.
    #[cfg(test)]
    pub(crate) fn with_mistake(tables: &Tables, sql: Sql, changes: &[(&str, &str)]) -> Self {
        let mut statements = Self::new(tables);
        let (_, template) = TEMPLATES[sql as usize];
        let text = changes.iter().fold(template.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{sql:?} has no {old:?}");
            text.replace(old, new)
        });
        statements.0[sql as usize] = tables.render(&text);
        statements
    }

    pub(crate) fn text(&self, sql: Sql) -> &str {
        self.0.get(sql as usize).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use authkit_sql::{KeyType, UsersTable};

    use super::*;
    use crate::tables::Users;

    #[test]
    fn every_statement_is_filled_in_whole_for_every_table_of_users() {
        let bare = UsersTable::new("users").key("id", KeyType::BigInt);
        for users in [Users::Own, Users::Mapped(Box::new(bare)), Users::Elsewhere] {
            let statements = Statements::new(&Tables::new("authkit", users));
            for (number, (sql, _)) in TEMPLATES.iter().enumerate() {
                assert_eq!(*sql as usize, number);
                let text = statements.text(*sql).replace("'{}'", "");
                assert!(!text.is_empty() && !text.contains('{'), "{sql:?}: {text}");
            }
        }
    }
}
