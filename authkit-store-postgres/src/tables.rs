//! The names of the store's tables and columns, and how they stand in a statement.

use authkit_core::UserId;
use authkit_sql::{ColumnType, KeyType, ProfileColumn, UserColumn, UsersTable, qualified, quote, render};

use crate::value::Value;

/// Where the users are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Users {
    /// In a table of this store's own.
    Own,
    /// In a table that exists already, in the same database.
    Mapped(Box<UsersTable>),
    /// In another store.
    Elsewhere,
}

/// The columns that a user is read from, in this order: what [`Tables::columns`] selects.
const ORDER: [UserColumn; 8] = [
    UserColumn::Email,
    UserColumn::EmailKey,
    UserColumn::PasswordHash,
    UserColumn::Role,
    UserColumn::IsActive,
    UserColumn::IsVerified,
    UserColumn::SessionEpoch,
    UserColumn::CreatedAt,
];

/// The latest instant that the core knows.
const END_OF_TIME: &str = "'9999-12-31 23:59:59.999999+00'::timestamptz";

/// All names of a store.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    schema: String,
    users: Users,
    /// Columns of a mapped table that hold instants without a zone (`timestamp`): UTC.
    zoneless: Vec<String>,
}

impl Tables {
    pub(crate) fn new(schema: &str, users: Users) -> Self {
        Self { schema: schema.to_owned(), users, zoneless: Vec::new() }
    }

    /// With what the catalogue says of the columns of instants.
    pub(crate) fn with_zoneless(self, zoneless: Vec<String>) -> Self {
        Self { zoneless, ..self }
    }

    /// The schema's name as it was given.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    pub(crate) fn users(&self) -> &Users {
        &self.users
    }

    /// What kind of key the users have.
    pub(crate) fn key_type(&self) -> KeyType {
        match &self.users {
            Users::Mapped(table) => table.key_type(),
            Users::Own | Users::Elsewhere => KeyType::Text,
        }
    }

    /// A user's key as the table keeps it; `None`: no row can have it.
    pub(crate) fn key<'a>(&self, id: &'a UserId) -> Option<Value<'a>> {
        match self.key_type() {
            KeyType::Text => Some(Value::from(id.as_str())),
            KeyType::Uuid => id.as_uuid().map(Value::from),
            KeyType::BigInt => id.as_i64().map(Value::from),
        }
    }

    /// No key, with the type that one would have.
    pub(crate) fn no_key(&self) -> Value<'static> {
        match self.key_type() {
            KeyType::Text => Value::Text(None),
            KeyType::Uuid => Value::Uuid(None),
            KeyType::BigInt => Value::OptionalLong(None),
        }
    }

    /// Keys as an array; those that no row can have are left out.
    pub(crate) fn keys<'a>(&self, ids: impl Iterator<Item = &'a UserId>) -> Value<'a> {
        match self.key_type() {
            KeyType::Text => Value::Texts(ids.map(UserId::as_str).collect()),
            KeyType::Uuid => Value::Uuids(ids.filter_map(UserId::as_uuid).collect()),
            KeyType::BigInt => Value::Longs(ids.filter_map(UserId::as_i64).collect()),
        }
    }

    /// Whether the users have this column.
    pub(crate) fn has(&self, column: UserColumn) -> bool {
        match &self.users {
            Users::Mapped(table) => table.column(column).is_some(),
            Users::Own | Users::Elsewhere => true,
        }
    }

    /// The columns of an address, by their plain names.
    pub(crate) fn address_columns(&self) -> [&str; 2] {
        [UserColumn::Email, UserColumn::EmailKey].map(|column| match &self.users {
            Users::Mapped(table) => table.column(column).unwrap_or(column.name()),
            Users::Own | Users::Elsewhere => column.name(),
        })
    }

    /// A statement with the names filled in.
    pub(crate) fn render(&self, template: &str) -> String {
        render(template, |name, argument| self.token(name, argument))
    }

    /// A column of `u` as the store reads it, whatever the table lacks.
    pub(crate) fn read(&self, column: UserColumn) -> String {
        let Some(name) = self.name(column) else {
            return match column {
                UserColumn::IsVerified => "true".to_owned(),
                UserColumn::DeletedAt => "NULL::timestamptz".to_owned(),
                _ => self.read(UserColumn::CreatedAt),
            };
        };
        let mut name = format!("u.{name}");
        if self.is_zoneless(column) {
            name = format!("({name} AT TIME ZONE 'UTC')");
        }
        match (&self.users, column) {
            (Users::Mapped(_), UserColumn::Email | UserColumn::PasswordHash | UserColumn::Role) => {
                format!("{name}::text")
            }
            // A column that was added later is NULL in older rows.
            (Users::Mapped(_), UserColumn::UpdatedAt | UserColumn::LastSignInAt) => {
                format!("coalesce({name}, {})", self.read(UserColumn::CreatedAt))
            }
            (Users::Mapped(_), UserColumn::SessionEpoch) => {
                format!("coalesce({name}, decode(repeat('00', 16), 'hex'))")
            }
            (Users::Mapped(table), UserColumn::Id) => match table.key_type() {
                KeyType::Text => format!("{name}::text"),
                KeyType::BigInt => format!("{name}::bigint"),
                KeyType::Uuid => name,
            },
            _ => name,
        }
    }

    fn token(&self, name: &str, argument: &str) -> Option<String> {
        let own = UserColumn::ALL.into_iter().find(|column| column.name() == name);
        if let Some(column) = own {
            return Some(match column {
                // Read where they stand in a condition; the others are written too.
                UserColumn::DeletedAt => self.read(column),
                column => self.name(column).unwrap_or_else(|| "NULL".to_owned()),
            });
        }
        Some(match name {
            "schema" => quote(&self.schema),
            "users" => self.users_table(),
            "key_type" => match self.key_type() {
                KeyType::Uuid => "uuid",
                KeyType::BigInt => "bigint",
                KeyType::Text => "text",
            }
            .to_owned(),
            "references_users" => match self.users {
                Users::Elsewhere => String::new(),
                _ => format!(
                    " REFERENCES {} ({}) ON DELETE CASCADE",
                    self.users_table(),
                    self.name(UserColumn::Id).unwrap_or_default()
                ),
            },
            "user_exists" => match self.users {
                Users::Elsewhere => "true".to_owned(),
                _ => format!(
                    "EXISTS (SELECT FROM {} AS u WHERE u.{} = {argument})",
                    self.users_table(),
                    self.name(UserColumn::Id).unwrap_or_default()
                ),
            },
            "address_is_free" => self.address_is_free(argument),
            "columns" => self.columns(),
            "is_deleted" => format!("({} IS NOT NULL)", self.read(UserColumn::DeletedAt)),
            "touch" => self.assignment(UserColumn::UpdatedAt, argument),
            "set_deleted" => self.assignment(UserColumn::DeletedAt, argument),
            "set_verified" => self.assignment(UserColumn::IsVerified, "true"),
            "set_profile" => self.profile_assignments(argument),
            "last_sign_in" => self.read(UserColumn::LastSignInAt),
            "last_sign_in_value" => self.time(UserColumn::LastSignInAt, argument),
            "delete" => self.delete(argument),
            "insert_columns" => self.inserted().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", "),
            "insert_values" => self.inserted().into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(", "),
            "instant" => instant(argument),
            "end_of_time" => END_OF_TIME.to_owned(),
            _ => return None,
        })
    }

    /// Whether no row that another program inserted, and that has no canonical address yet, has one of these addresses, given
    /// in small letters: the unique index does not see it. Such rows are few, and the index finds them.
    fn address_is_free(&self, addresses: &str) -> String {
        let Users::Mapped(_) = &self.users else { return "true".to_owned() };
        let [email, key] =
            [UserColumn::Email, UserColumn::EmailKey].map(|column| self.name(column).unwrap_or_default());
        let table = self.users_table();
        format!(
            "NOT EXISTS (SELECT FROM {table} AS o WHERE o.{key} IS NULL AND lower(o.{email}::text) IN ({addresses}))"
        )
    }

    fn users_table(&self) -> String {
        match &self.users {
            Users::Mapped(table) => qualified(table),
            Users::Own | Users::Elsewhere => format!("{}.users", quote(&self.schema)),
        }
    }

    /// A column's quoted name; `None`: the users have none.
    fn name(&self, column: UserColumn) -> Option<String> {
        match &self.users {
            Users::Mapped(table) => table.column(column).map(quote),
            Users::Own | Users::Elsewhere => Some(column.name().to_owned()),
        }
    }

    /// What a user is read from, under the names that the statements go on with.
    fn columns(&self) -> String {
        let mut columns = vec![format!("{} AS id", self.read(UserColumn::Id))];
        columns.extend(ORDER.map(|column| format!("{} AS {}", self.read(column), column.name())));
        for column in [UserColumn::UpdatedAt, UserColumn::LastSignInAt, UserColumn::DeletedAt] {
            columns.push(format!("{} AS {}", self.read(column), column.name()));
        }
        columns.push(format!("{} AS profile", self.profile()));
        columns.join(", ")
    }

    fn profile(&self) -> String {
        let Users::Mapped(table) = &self.users else {
            return "u.profile".to_owned();
        };
        let mut profile = "'{}'::jsonb".to_owned();
        for column in table.profile_columns() {
            let name = format!("u.{}", quote(&column.name));
            let key = literal(&column.name);
            let value = match column.column_type {
                ColumnType::Timestamptz if self.zoneless.contains(&column.name) => printed(&name),
                ColumnType::Timestamptz => instant(&name),
                _ => name.clone(),
            };
            let object = format!("jsonb_build_object({key}, {value})");
            profile = format!("{profile} || CASE WHEN {name} IS NULL THEN '{{}}'::jsonb ELSE {object} END");
        }
        format!("({profile})")
    }

    /// `, column = value`, or nothing where the users have no such column.
    fn assignment(&self, column: UserColumn, value: &str) -> String {
        self.name(column).map(|name| format!(", {name} = {}", self.time(column, value))).unwrap_or_default()
    }

    /// An instant as the column keeps it.
    fn time(&self, column: UserColumn, value: &str) -> String {
        let zoneless = value != "NULL" && self.is_zoneless(column);
        if zoneless { format!("({value} AT TIME ZONE 'UTC')") } else { value.to_owned() }
    }

    fn profile_assignments(&self, profile: &str) -> String {
        let Users::Mapped(table) = &self.users else {
            return format!(", profile = {profile}::jsonb");
        };
        let columns = table.profile_columns().iter();
        columns
            .map(|column| format!(", {} = {}", quote(&column.name), self.field(column, profile)))
            .collect::<Vec<_>>()
            .concat()
    }

    /// The columns of a new user and their values: $1 id, $2 and $3 the address as typed and canonical, $4 hash, $5 role,
    /// $6 active, $7 verified, $8 epoch, $9 profile, $10 the instant.
    fn inserted(&self) -> Vec<(String, String)> {
        let makes_keys = self.key_type() == KeyType::BigInt;
        let mut columns = Vec::new();
        let mut add = |column: UserColumn, value: &str| {
            if let Some(name) = self.name(column) {
                columns.push((name, self.time(column, value)));
            }
        };
        if !makes_keys {
            add(UserColumn::Id, "$1");
        }
        for (place, column) in (2..).zip(&ORDER[..7]) {
            add(*column, &format!("${place}"));
        }
        for column in [UserColumn::CreatedAt, UserColumn::UpdatedAt, UserColumn::LastSignInAt] {
            add(column, "$10");
        }
        match &self.users {
            Users::Mapped(table) => columns
                .extend(table.profile_columns().iter().map(|column| (quote(&column.name), self.field(column, "$9")))),
            Users::Own | Users::Elsewhere => columns.push(("profile".to_owned(), "$9::jsonb".to_owned())),
        }
        columns
    }

    /// One field of a profile as the value of its column; a missing field is NULL.
    fn field(&self, column: &ProfileColumn, profile: &str) -> String {
        let key = literal(&column.name);
        let text = format!("({profile}::jsonb ->> {key})");
        match column.column_type {
            ColumnType::Text => text,
            ColumnType::Integer => format!("{text}::integer"),
            ColumnType::BigInt => format!("{text}::bigint"),
            ColumnType::Boolean => format!("{text}::boolean"),
            ColumnType::Timestamptz if self.zoneless.contains(&column.name) => {
                format!("({text}::timestamptz AT TIME ZONE 'UTC')")
            }
            ColumnType::Timestamptz => format!("{text}::timestamptz"),
            ColumnType::Uuid => format!("{text}::uuid"),
            ColumnType::Json => format!("({profile}::jsonb -> {key})"),
        }
    }

    fn is_zoneless(&self, column: UserColumn) -> bool {
        let Users::Mapped(table) = &self.users else { return false };
        table.column(column).is_some_and(|name| self.zoneless.iter().any(|zoneless| zoneless == name))
    }

    /// The deletion of the row that `step` says `done` of: a mark with a new epoch, or the end of the row.
    fn delete(&self, argument: &str) -> String {
        let (epoch, at) = argument.split_once(' ').unwrap_or((argument, "NULL"));
        let (table, id) = (self.users_table(), self.name(UserColumn::Id).unwrap_or_default());
        if self.has(UserColumn::DeletedAt) {
            let name = self.name(UserColumn::SessionEpoch).unwrap_or_default();
            let marks = format!(
                "{name} = {epoch}{}{}",
                self.assignment(UserColumn::DeletedAt, at),
                self.assignment(UserColumn::UpdatedAt, at)
            );
            format!("UPDATE {table} AS u SET {marks} FROM step WHERE step.outcome = 'done' AND u.{id} = $1")
        } else {
            format!("DELETE FROM {table} AS u USING step WHERE step.outcome = 'done' AND u.{id} = $1")
        }
    }
}

/// An instant as the core prints it.
fn instant(value: &str) -> String {
    printed(&format!("{value} AT TIME ZONE 'UTC'"))
}

/// The same of an instant without a zone.
fn printed(value: &str) -> String {
    format!("to_char({value}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
}

/// A text between single quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_table_reads_what_it_lacks_from_what_it_has() {
        let tables = Tables::new("authkit", Users::Mapped(Box::new(UsersTable::new("members").created_at("joined"))));
        assert_eq!(tables.read(UserColumn::UpdatedAt), "u.\"joined\"");
        assert_eq!(tables.read(UserColumn::IsVerified), "true");
        assert_eq!(tables.render("{touch $5}|{set_deleted $5}"), "|");
        assert!(tables.render("{delete $2 $5}").starts_with("DELETE FROM \"members\""));
    }

    #[test]
    fn instants_without_a_zone_are_utc() {
        let users = UsersTable::new("users").updated_at("changed");
        let tables = Tables::new("authkit", Users::Mapped(Box::new(users))).with_zoneless(vec!["changed".to_owned()]);
        assert_eq!(tables.render("{touch $5}"), ", \"changed\" = ($5 AT TIME ZONE 'UTC')");
        assert_eq!(
            tables.read(UserColumn::UpdatedAt),
            "coalesce((u.\"changed\" AT TIME ZONE 'UTC'), u.\"created_at\")"
        );
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let users = UsersTable::new("a\"b").profile("it's", ColumnType::Text);
        let tables = Tables::new("s\"; DROP", Users::Mapped(Box::new(users)));
        assert_eq!(tables.render("{schema} {users}"), "\"s\"\"; DROP\" \"a\"\"b\"");
        assert!(tables.render("{columns}").contains("jsonb_build_object('it''s', u.\"it's\")"));
    }
}
