//! Whether a table fits its mapping: everything that does not, in one go.

use std::collections::BTreeMap;

use crate::identifier::{is_identifier, quote};
use crate::problem::TableProblem;
use crate::users_table::{ColumnType, KeyType, UserColumn, UsersTable};

/// A table as the database's catalogue describes it.
#[derive(Debug, Clone, Default)]
pub struct FoundTable {
    /// Its columns.
    pub columns: Vec<FoundColumn>,
    /// Columns that have a unique index of their own.
    pub unique: Vec<String>,
}

/// A column as the database's catalogue describes it.
#[derive(Debug, Clone)]
pub struct FoundColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the database calls it.
    pub type_name: String,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether an insert may leave it out: it has a default, is generated, or may be NULL.
    pub may_be_left_out: bool,
}

/// What a column must be able to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A key.
    Key(KeyType),
    /// An instant that only this crate reads.
    Time,
    /// Sixteen bytes.
    Epoch,
    /// A value of the profile, or text or a boolean of the user's own.
    Value(ColumnType),
}

/// What one database calls things.
pub trait Dialect {
    /// Whether a column of this type holds what is wanted.
    fn fits(&self, wanted: Wanted, type_name: &str) -> bool;

    /// The type to declare for it.
    fn declare(&self, wanted: Wanted) -> &'static str;

    /// How to change a column's type, or what to do instead.
    fn alter_type(&self, table: &str, column: &str, wanted: Wanted) -> String;

    /// How to let a column be NULL, or what to do instead.
    fn allow_null(&self, table: &str, column: &str) -> String;
}

impl UserColumn {
    /// What it is for, in words.
    const fn purpose(self) -> &'static str {
        match self {
            Self::Id => "the key",
            Self::Email => "the address",
            Self::EmailKey => "the canonical address",
            Self::PasswordHash => "the password hash",
            Self::Role => "the role",
            Self::IsActive => "the state (active or not)",
            Self::IsVerified => "the mark of a verified address",
            Self::SessionEpoch => "the session epoch",
            Self::CreatedAt => "the instant of creation",
            Self::UpdatedAt => "the instant of the last change",
            Self::LastSignInAt => "the instant of the last sign-in",
            Self::DeletedAt => "the mark of deletion",
        }
    }

    /// What the column must be able to hold.
    pub const fn wanted(self, key_type: KeyType) -> Wanted {
        match self {
            Self::Id => Wanted::Key(key_type),
            Self::Email | Self::EmailKey | Self::PasswordHash | Self::Role => Wanted::Value(ColumnType::Text),
            Self::IsActive | Self::IsVerified => Wanted::Value(ColumnType::Boolean),
            Self::SessionEpoch => Wanted::Epoch,
            Self::CreatedAt | Self::UpdatedAt | Self::LastSignInAt | Self::DeletedAt => Wanted::Time,
        }
    }
}

/// All that keeps a table from fitting, in the order of the columns; nothing: it fits.
///
/// `migrated` says whether the migration that adds [`UserColumn::is_added`] has run; before, their absence is no problem.
pub fn check_table(
    users: &UsersTable,
    found: Option<&FoundTable>,
    migrated: bool,
    dialect: &dyn Dialect,
) -> Vec<TableProblem> {
    let mut problems = Vec::new();
    let wanted = wanted_columns(users);
    check_names(users, &wanted, &mut problems);
    let table = qualified(users);
    let Some(found) = found else {
        problems.push(TableProblem::MissingTable { table });
        return problems;
    };
    for (name, what, wanted, column) in &wanted {
        let added = column.is_some_and(UserColumn::is_added);
        let Some(there) = found.columns.iter().find(|there| there.name == *name) else {
            if !added || migrated {
                let declared = dialect.declare(*wanted);
                let mend = format!("ALTER TABLE {table} ADD COLUMN {} {declared};", quote(name));
                problems.push(TableProblem::MissingColumn { column: name.clone(), what: what.clone(), mend });
            }
            continue;
        };
        if !dialect.fits(*wanted, &there.type_name) {
            let (column, what, found) = (name.clone(), what.clone(), there.type_name.clone());
            let mend = dialect.alter_type(&table, name, *wanted);
            problems.push(TableProblem::WrongType { column, what, found, mend });
        }
        if *column == Some(UserColumn::DeletedAt) && !there.nullable {
            let mend = dialect.allow_null(&table, name);
            problems.push(TableProblem::RefusesNull { column: name.clone(), what: what.clone(), mend });
        }
        if *column == Some(UserColumn::Id) && users.key_type() == KeyType::BigInt && !there.may_be_left_out {
            let mend = "let the table make its keys (an identity column or a sequence as its default)".to_owned();
            problems.push(TableProblem::MustBeGiven { column: name.clone(), mend });
        }
        if migrated && *column == Some(UserColumn::EmailKey) && !found.unique.contains(name) {
            let mend = format!("CREATE UNIQUE INDEX ON {table} ({});", quote(name));
            problems.push(TableProblem::NotUnique { column: name.clone(), mend });
        }
    }
    for there in &found.columns {
        let known = wanted.iter().any(|(name, ..)| *name == there.name);
        if !known && !there.may_be_left_out {
            let mend = format!(
                "map it with `.profile({:?}, ..)`, give it a default, or let it be NULL: {}",
                there.name,
                dialect.allow_null(&table, &there.name)
            );
            problems.push(TableProblem::MustBeGiven { column: there.name.clone(), mend });
        }
    }
    problems
}

/// The table as a statement names it.
pub fn qualified(users: &UsersTable) -> String {
    let table = quote(users.table());
    users.schema().map_or_else(|| table.clone(), |schema| format!("{}.{table}", quote(schema)))
}

type WantedColumn = (String, String, Wanted, Option<UserColumn>);

fn wanted_columns(users: &UsersTable) -> Vec<WantedColumn> {
    let own = UserColumn::ALL.into_iter().filter_map(|column| {
        let name = users.column(column)?.to_owned();
        Some((name, column.purpose().to_owned(), column.wanted(users.key_type()), Some(column)))
    });
    let profile = users.profile_columns().iter().map(|column| {
        let what = format!("the profile field {}", column.name);
        (column.name.clone(), what, Wanted::Value(column.column_type), None)
    });
    own.chain(profile).collect()
}

fn check_names(users: &UsersTable, wanted: &[WantedColumn], problems: &mut Vec<TableProblem>) {
    let tables = users.schema().map(|name| ("the schema", name)).into_iter().chain([("the table", users.table())]);
    let columns = wanted.iter().map(|(name, what, ..)| (what.as_str(), name.as_str()));
    for (what, name) in tables.chain(columns) {
        if !is_identifier(name) {
            problems.push(TableProblem::BadName { what: what.to_owned(), name: name.to_owned() });
        }
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, what, ..) in wanted {
        if let Some(first) = seen.insert(name, what) {
            let (column, first, second) = (name.clone(), first.to_owned(), what.clone());
            problems.push(TableProblem::NamedTwice { column, first, second });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;

    impl Dialect for Plain {
        fn fits(&self, wanted: Wanted, type_name: &str) -> bool {
            self.declare(wanted) == type_name
        }

        fn declare(&self, wanted: Wanted) -> &'static str {
            match wanted {
                Wanted::Key(KeyType::BigInt) => "bigint",
                Wanted::Key(_) | Wanted::Value(ColumnType::Text) => "text",
                Wanted::Time => "time",
                Wanted::Epoch => "bytes",
                Wanted::Value(_) => "value",
            }
        }

        fn alter_type(&self, table: &str, column: &str, wanted: Wanted) -> String {
            format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {};", self.declare(wanted))
        }

        fn allow_null(&self, table: &str, column: &str) -> String {
            format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;")
        }
    }

    fn column(name: &str, type_name: &str) -> FoundColumn {
        FoundColumn { name: name.to_owned(), type_name: type_name.to_owned(), nullable: true, may_be_left_out: true }
    }

    fn fitting() -> FoundTable {
        let names =
            [("id", "text"), ("email", "text"), ("password_hash", "text"), ("role", "text"), ("is_active", "value")];
        let more = [("created_at", "time"), ("email_key", "text"), ("session_epoch", "bytes")];
        let columns = names.into_iter().chain(more).map(|(name, type_name)| column(name, type_name)).collect();
        FoundTable { columns, unique: vec!["email_key".to_owned()] }
    }

    fn problems(users: &UsersTable, found: &FoundTable) -> Vec<String> {
        check_table(users, Some(found), true, &Plain).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_table_that_fits_has_no_problem() {
        assert_eq!(problems(&UsersTable::new("users"), &fitting()), Vec::<String>::new());
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once_with_its_mend() {
        let mut found = fitting();
        found.columns.retain(|column| column.name != "role");
        found.columns[1].type_name = "bytes".to_owned();
        found.columns.push(FoundColumn { may_be_left_out: false, ..column("tenant", "text") });
        found.unique.clear();
        let users = UsersTable::new("users").in_schema("app").profile("company", ColumnType::Text);
        let said = problems(&users, &found).join("\n");
        for part in [
            "no column role for the role",
            "ALTER TABLE \"app\".\"users\" ADD COLUMN \"role\" text;",
            "the column email for the address is bytes",
            "no column company for the profile field company",
            "tenant must be given",
            "email_key has no unique index",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
    }

    #[test]
    fn what_a_migration_adds_is_missed_only_after_it() {
        let mut found = fitting();
        found.columns.retain(|column| column.name != "email_key" && column.name != "session_epoch");
        let users = UsersTable::new("users");
        assert_eq!(check_table(&users, Some(&found), false, &Plain), []);
        assert_eq!(check_table(&users, Some(&found), true, &Plain).len(), 2);
    }

    #[test]
    fn names_are_checked_before_they_reach_a_statement() {
        let users = UsersTable::new("").email("id").role("a\0b");
        let said = problems(&users, &fitting()).join("\n");
        assert!(said.contains("the table is named \"\"") && said.contains("the role is named \"a\\0b\""), "{said}");
        assert!(said.contains("the column id is named for the key and for the address"), "{said}");
    }

    #[test]
    fn a_table_that_makes_its_keys_needs_a_default_for_them() {
        let mut found = fitting();
        found.columns[0] = FoundColumn { may_be_left_out: false, ..column("id", "bigint") };
        let said = problems(&UsersTable::new("users").key("id", KeyType::BigInt), &found).join("\n");
        assert!(said.contains("let the table make its keys"), "{said}");
    }
}
