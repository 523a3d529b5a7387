//! A users table that exists already: which table it is, and which of its columns hold what.

/// How a users table that exists already is read and written.
///
/// The columns for id, address, password hash, role, state and creation must be there, and two more that a migration adds:
/// `session_epoch` and `email_key`. The others are optional; what a table lacks is said in `docs/guide`.
///
/// ```
/// use authkit_sql::{ColumnType, KeyType, UsersTable};
///
/// let users = UsersTable::new("members")
///     .in_schema("app")
///     .key("member_id", KeyType::BigInt)
///     .email("mail")
///     .password_hash("hashed_password")
///     .is_verified("mail_confirmed")
///     .updated_at("changed_at")
///     .profile("company", ColumnType::Text);
/// # let _ = users;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct UsersTable {
    schema: Option<String>,
    table: String,
    key_type: KeyType,
    columns: [Option<String>; UserColumn::ALL.len()],
    profile: Vec<ProfileColumn>,
    times: TimeFormat,
}

/// What a column of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserColumn {
    /// The key.
    Id,
    /// The address as typed.
    Email,
    /// The canonical address, unique; added by a migration.
    EmailKey,
    /// The password hash; may be NULL.
    PasswordHash,
    /// The role's name.
    Role,
    /// Whether the user may sign in.
    IsActive,
    /// Whether the address was proven. Optional; absent: every address counts as verified.
    IsVerified,
    /// Sixteen bytes; added by a migration. NULL counts as sixteen zero bytes.
    SessionEpoch,
    /// When the row was made.
    CreatedAt,
    /// When the row last changed. Optional; absent: it reads as `created_at`.
    UpdatedAt,
    /// The last sign-in. Optional; absent: it reads as `created_at`.
    LastSignInAt,
    /// When the user was deleted; NULL: not. Optional; absent: deletion removes the row.
    DeletedAt,
}

/// What kind of key the table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// `uuid`; a new user gets the key that core suggests.
    Uuid,
    /// `bigint` or `integer`; the table makes its own keys (identity, serial, rowid).
    BigInt,
    /// Text, at most 64 bytes; a new user gets the key that core suggests, 36 characters long.
    Text,
}

/// What a column of the application's own holds, and what it is in the profile's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Text; a string.
    Text,
    /// Whole numbers of 32 bits; a number.
    Integer,
    /// Whole numbers of 64 bits; a number.
    BigInt,
    /// Yes or no; a boolean.
    Boolean,
    /// An instant; a string like `2026-01-31T12:00:00.000000Z`.
    Timestamptz,
    /// A uuid; a string.
    Uuid,
    /// JSON as it is.
    Json,
}

/// A column of the application's own, kept in the profile under the column's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileColumn {
    /// The column's name, and the name in the profile.
    pub name: String,
    /// What it holds.
    pub column_type: ColumnType,
}

/// How a table keeps instants where the database has no type for them (`SQLite`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TimeFormat {
    /// `2026-01-31 12:00:00.000000`, UTC: what most object mappers write.
    #[default]
    Text,
    /// Whole seconds since 1970.
    Seconds,
    /// Whole microseconds since 1970.
    Micros,
}

impl UserColumn {
    /// All of them, in the order in which stores read them.
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::Email,
        Self::EmailKey,
        Self::PasswordHash,
        Self::Role,
        Self::IsActive,
        Self::IsVerified,
        Self::SessionEpoch,
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::LastSignInAt,
        Self::DeletedAt,
    ];

    /// Its name in a table that AuthKit makes itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::EmailKey => "email_key",
            Self::PasswordHash => "password_hash",
            Self::Role => "role",
            Self::IsActive => "is_active",
            Self::IsVerified => "is_verified",
            Self::SessionEpoch => "session_epoch",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::LastSignInAt => "last_sign_in_at",
            Self::DeletedAt => "deleted_at",
        }
    }

    /// Whether a table may do without it.
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::IsVerified | Self::UpdatedAt | Self::LastSignInAt | Self::DeletedAt)
    }

    /// Whether a migration adds it.
    pub const fn is_added(self) -> bool {
        matches!(self, Self::EmailKey | Self::SessionEpoch)
    }
}

impl UsersTable {
    /// A table with the columns that every one must have, under the names of [`UserColumn::name`], and a text key `id`.
    /// Nothing optional: name what there is.
    pub fn new(table: impl Into<String>) -> Self {
        Self {
            schema: None,
            table: table.into(),
            key_type: KeyType::Text,
            columns: UserColumn::ALL.map(|column| (!column.is_optional()).then(|| column.name().to_owned())),
            profile: Vec::new(),
            times: TimeFormat::default(),
        }
    }

    /// The schema that the table is in. Default: where the database looks first (`search_path`).
    pub fn in_schema(self, schema: impl Into<String>) -> Self {
        Self { schema: Some(schema.into()), ..self }
    }

    /// The key's column and type. Default: `id`, text.
    pub fn key(self, column: impl Into<String>, key_type: KeyType) -> Self {
        Self { key_type, ..self.with(UserColumn::Id, column) }
    }

    /// The column of the address. Default: `email`.
    pub fn email(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::Email, column)
    }

    /// The column of the canonical address. Default: `email_key`.
    pub fn email_key(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::EmailKey, column)
    }

    /// The column of the password hash. Default: `password_hash`.
    pub fn password_hash(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::PasswordHash, column)
    }

    /// The column of the role. Default: `role`.
    pub fn role(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::Role, column)
    }

    /// The column that says whether a user may sign in. Default: `is_active`.
    pub fn is_active(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::IsActive, column)
    }

    /// The column that says whether the address was proven.
    pub fn is_verified(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::IsVerified, column)
    }

    /// The column of the session epoch. Default: `session_epoch`.
    pub fn session_epoch(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::SessionEpoch, column)
    }

    /// The column of the row's creation. Default: `created_at`.
    pub fn created_at(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::CreatedAt, column)
    }

    /// The column of the row's last change.
    pub fn updated_at(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::UpdatedAt, column)
    }

    /// The column of the last sign-in.
    pub fn last_sign_in_at(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::LastSignInAt, column)
    }

    /// The column that marks a user as deleted.
    pub fn deleted_at(self, column: impl Into<String>) -> Self {
        self.with(UserColumn::DeletedAt, column)
    }

    /// One of the application's own columns, kept in the user's profile under its name. NULL and a missing field are one.
    pub fn profile(mut self, column: impl Into<String>, column_type: ColumnType) -> Self {
        self.profile.push(ProfileColumn { name: column.into(), column_type });
        self
    }

    /// How the table keeps instants, where the database has no type for them (`SQLite`). Default: as text.
    pub fn times(self, times: TimeFormat) -> Self {
        Self { times, ..self }
    }

    /// The schema, where one was named.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The key's type.
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The name of a column; `None`: the table has no such column.
    pub fn column(&self, column: UserColumn) -> Option<&str> {
        self.columns.get(column as usize).and_then(Option::as_deref)
    }

    /// The application's own columns.
    pub fn profile_columns(&self) -> &[ProfileColumn] {
        &self.profile
    }

    /// How instants are kept.
    pub const fn time_format(&self) -> TimeFormat {
        self.times
    }

    fn with(mut self, column: UserColumn, name: impl Into<String>) -> Self {
        if let Some(slot) = self.columns.get_mut(column as usize) {
            *slot = Some(name.into());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_own_place() {
        for (index, column) in UserColumn::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, index);
        }
    }

    #[test]
    fn nothing_optional_is_there_until_it_is_named() {
        let bare = UsersTable::new("users");
        for column in UserColumn::ALL {
            assert_eq!(bare.column(column).is_none(), column.is_optional(), "{column:?}");
        }
        assert_eq!(bare.deleted_at("gone").column(UserColumn::DeletedAt), Some("gone"));
    }
}
