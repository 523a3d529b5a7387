//! Where the users are and how their rows stand in a statement: in the store's own table, or in one that exists already.

use std::fmt::Write as _;

use authkit_core::{Profile, Timestamp, UserId};
use authkit_sql::{ColumnType, KeyType, TimeFormat, UserColumn, UsersTable, qualified, quote, render};
use rusqlite::types::Value;

use crate::profile_columns;
use crate::times::{self, MICROS_OF_TEXT};
use crate::trouble::SqliteTrouble;

/// The columns that a user is read from, in this order; `None` is the profile of a table of our own. The columns of an
/// application's own profile follow them.
const READ: [Option<UserColumn>; 13] = [
    Some(UserColumn::Id),
    Some(UserColumn::Email),
    Some(UserColumn::EmailKey),
    Some(UserColumn::PasswordHash),
    Some(UserColumn::Role),
    Some(UserColumn::IsActive),
    Some(UserColumn::IsVerified),
    Some(UserColumn::SessionEpoch),
    None,
    Some(UserColumn::CreatedAt),
    Some(UserColumn::UpdatedAt),
    Some(UserColumn::LastSignInAt),
    Some(UserColumn::DeletedAt),
];

/// The table of the users.
#[derive(Debug)]
pub(crate) struct Layout(Option<UsersTable>);

impl Layout {
    pub(crate) const fn own() -> Self {
        Self(None)
    }

    pub(crate) const fn mapped(table: UsersTable) -> Self {
        Self(Some(table))
    }

    /// The table that exists already.
    pub(crate) const fn table(&self) -> Option<&UsersTable> {
        self.0.as_ref()
    }

    /// Whether the table makes its own keys.
    pub(crate) fn makes_keys(&self) -> bool {
        self.key_type() == KeyType::BigInt
    }

    pub(crate) fn has(&self, column: UserColumn) -> bool {
        self.name(column).is_some()
    }

    /// A key as the table keeps it. NULL, which no row has, where the table can hold no such key.
    pub(crate) fn key(&self, id: &UserId) -> Value {
        match self.key_type() {
            KeyType::BigInt => id.as_i64().map_or(Value::Null, Value::Integer),
            KeyType::Text | KeyType::Uuid => Value::Text(id.as_str().to_owned()),
        }
    }

    /// An instant as the table keeps it.
    pub(crate) fn time(&self, at: Timestamp) -> Value {
        times::write(self.times(), at)
    }

    /// What the table keeps of an instant.
    pub(crate) fn held(&self, at: Timestamp) -> Timestamp {
        times::held(self.times(), at)
    }

    /// `updated_at` after a change at an instant.
    pub(crate) fn updated(&self, before: Timestamp, at: Timestamp) -> Timestamp {
        if self.has(UserColumn::UpdatedAt) { self.held(at) } else { before }
    }

    /// An instant to compare with `{order.…}`.
    pub(crate) fn order_value(&self, at: Timestamp) -> i64 {
        match self.times() {
            TimeFormat::Seconds => at.as_seconds(),
            TimeFormat::Text | TimeFormat::Micros => at.as_micros(),
        }
    }

    /// The end of a range of `{order.…}`: the first value that is not before the instant.
    pub(crate) fn order_bound(&self, at: Timestamp) -> i64 {
        let value = self.order_value(at);
        if self.times() == TimeFormat::Seconds && Timestamp::from_seconds(value) < at { value + 1 } else { value }
    }

    /// What the table keeps of a profile.
    pub(crate) fn held_profile(&self, profile: Profile) -> Result<Profile, SqliteTrouble> {
        match self.table() {
            Some(table) => profile_columns::held(table.profile_columns(), self.times(), &profile),
            None => Ok(profile),
        }
    }

    /// The values of the application's own columns.
    pub(crate) fn profile_values(&self, profile: &Profile) -> Result<Vec<Value>, SqliteTrouble> {
        match self.table() {
            Some(table) => profile_columns::write(table.profile_columns(), self.times(), profile),
            None => Ok(Vec::new()),
        }
    }

    pub(crate) fn times(&self) -> TimeFormat {
        self.table().map_or(TimeFormat::Micros, UsersTable::time_format)
    }

    fn key_type(&self) -> KeyType {
        self.table().map_or(KeyType::Text, UsersTable::key_type)
    }

    /// A column's name in a statement; `None`: the table has no such column.
    pub(crate) fn name(&self, column: UserColumn) -> Option<String> {
        match self.table() {
            Some(table) => table.column(column).map(quote),
            None => Some(column.name().to_owned()),
        }
    }

    /// A condition on whether the user is deleted.
    pub(crate) fn is_deleted(&self, deleted: bool) -> String {
        match (self.name(UserColumn::DeletedAt), deleted) {
            (Some(name), true) => format!("{name} IS NOT NULL"),
            (Some(name), false) => format!("{name} IS NULL"),
            (None, deleted) => u8::from(!deleted).to_string(),
        }
    }

    /// A statement with the names filled in.
    pub(crate) fn render(&self, template: &str) -> String {
        render(template, |name, argument| self.token(name, argument))
    }

    fn token(&self, name: &str, argument: &str) -> Option<String> {
        if let Some(column) = UserColumn::ALL.into_iter().find(|column| column.name() == name) {
            return Some(self.name(column).unwrap_or_else(|| "NULL".to_owned()));
        }
        if let Some(name) = name.strip_prefix("order.") {
            let column = UserColumn::ALL.into_iter().find(|column| column.name() == name)?;
            return Some(self.order(column));
        }
        Some(match name {
            "users" => self.table().map_or_else(|| "ak_users".to_owned(), qualified),
            "users.table" => self.table().map_or_else(|| "ak_users".to_owned(), |table| quote(table.table())),
            "key_type" => if self.makes_keys() { "INTEGER" } else { "TEXT" }.to_owned(),
            "columns" => self.columns(),
            "epoch" => self.epoch(),
            "key_is" => self.key_is(argument),
            "alive" => self.and_deleted(false),
            "dead" => self.and_deleted(true),
            "touch" => self.assignment(UserColumn::UpdatedAt, argument),
            "verify" => self.assignment(UserColumn::IsVerified, "1"),
            "set_profile" => self.set_profile(),
            "insert_columns" => self.inserted().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", "),
            "insert_values" => self.inserted().into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(", "),
            _ => return None,
        })
    }

    /// An expression whose order is that of the instants, whatever form they are kept in.
    fn order(&self, column: UserColumn) -> String {
        let read = |column| {
            let name = self.name(column)?;
            let is_text = self.times() == TimeFormat::Text;
            Some(if is_text { format!("{MICROS_OF_TEXT}({name})") } else { name })
        };
        let Some(own) = read(column) else {
            return if column.is_optional() && column != UserColumn::DeletedAt {
                self.order(UserColumn::CreatedAt)
            } else {
                "NULL".to_owned()
            };
        };
        if self.table().is_some() && column == UserColumn::LastSignInAt {
            return format!("coalesce({own}, {})", self.order(UserColumn::CreatedAt));
        }
        own
    }

    fn columns(&self) -> String {
        let mut columns: Vec<String> = READ
            .into_iter()
            .map(|column| match (column, self.table()) {
                (None, None) => "profile".to_owned(),
                (None, Some(_)) => "NULL".to_owned(),
                (Some(column), _) => self
                    .name(column)
                    .unwrap_or_else(|| if column == UserColumn::IsVerified { "1" } else { "NULL" }.to_owned()),
            })
            .collect();
        columns.extend(self.profile_names());
        columns.join(", ")
    }

    fn profile_names(&self) -> impl Iterator<Item = String> {
        self.table().map(UsersTable::profile_columns).unwrap_or_default().iter().map(|column| quote(&column.name))
    }

    fn epoch(&self) -> String {
        let name = self.name(UserColumn::SessionEpoch).unwrap_or_default();
        if self.table().is_some() { format!("coalesce({name}, zeroblob(16))") } else { name }
    }

    /// The key that was decided on; a row of another program has none yet.
    fn key_is(&self, value: &str) -> String {
        let name = self.name(UserColumn::EmailKey).unwrap_or_default();
        if self.table().is_some() {
            format!("({name} = {value} OR {name} IS NULL)")
        } else {
            format!("{name} = {value}")
        }
    }

    /// Nothing where the table has no mark of deletion.
    fn and_deleted(&self, deleted: bool) -> String {
        if self.has(UserColumn::DeletedAt) { format!(" AND {}", self.is_deleted(deleted)) } else { String::new() }
    }

    fn assignment(&self, column: UserColumn, value: &str) -> String {
        self.name(column).map(|name| format!(", {name} = {value}")).unwrap_or_default()
    }

    /// ?2 is the whole profile; the application's own columns are from ?4 on.
    fn set_profile(&self) -> String {
        if self.table().is_none() {
            return "profile = ?2".to_owned();
        }
        let mut text = String::new();
        for (place, name) in (4..).zip(self.profile_names()) {
            let comma = if text.is_empty() { "" } else { ", " };
            // Writing to a string never fails.
            let _ = write!(text, "{comma}{name} = ?{place}");
        }
        text
    }

    /// The columns of a new user and their values: ?1 to ?8 as they are read, ?9 the whole profile, ?10 the instant, the
    /// application's own columns from ?11 on.
    fn inserted(&self) -> Vec<(String, String)> {
        let mut columns = Vec::new();
        for (place, column) in (1..).zip(READ) {
            let value = match column {
                Some(UserColumn::Id) if self.makes_keys() => continue,
                Some(UserColumn::CreatedAt | UserColumn::UpdatedAt | UserColumn::LastSignInAt) => "?10".to_owned(),
                Some(UserColumn::DeletedAt) => "NULL".to_owned(),
                _ => format!("?{place}"),
            };
            let name = match column {
                Some(column) => self.name(column),
                None => self.table().is_none().then(|| "profile".to_owned()),
            };
            columns.extend(name.map(|name| (name, value)));
        }
        columns.extend((11..).zip(self.profile_names()).map(|(place, name)| (name, format!("?{place}"))));
        columns
    }
}

/// The type of an application's own column and its place in a row.
pub(crate) fn profile_places(table: &UsersTable) -> impl Iterator<Item = (usize, &str, ColumnType)> {
    (READ.len()..).zip(table.profile_columns()).map(|(place, column)| (place, column.name.as_str(), column.column_type))
}
