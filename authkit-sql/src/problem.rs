//! What keeps a users table from fitting its mapping, each with the mend.

/// One thing that keeps a users table from fitting its mapping: what, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableProblem {
    /// A name that cannot name a table or a column.
    #[error("{what} is named {name:?}: a name has 1 to 63 bytes and no control character")]
    BadName {
        /// Whose name.
        what: String,
        /// As it was given.
        name: String,
    },
    /// One column is to hold two things.
    #[error("the column {column} is named for {first} and for {second}: name each column once")]
    NamedTwice {
        /// The column.
        column: String,
        /// What it holds first.
        first: String,
        /// What else it was named for.
        second: String,
    },
    /// There is no such table.
    #[error("there is no table {table}: create it, or name the right one (and its schema)")]
    MissingTable {
        /// The table, quoted as in a statement.
        table: String,
    },
    /// There is no such column.
    #[error("the table has no column {column} for {what}: name the right one, or add it: {mend}")]
    MissingColumn {
        /// The column.
        column: String,
        /// What it is for.
        what: String,
        /// The statement that adds it.
        mend: String,
    },
    /// The column holds another type.
    #[error("the column {column} for {what} is {found}, which cannot hold it: {mend}")]
    WrongType {
        /// The column.
        column: String,
        /// What it is for.
        what: String,
        /// The type that it has.
        found: String,
        /// The statement that changes it, or what to do.
        mend: String,
    },
    /// A column that must hold NULL may not.
    #[error("the column {column} for {what} refuses NULL, which it must be able to hold: {mend}")]
    RefusesNull {
        /// The column.
        column: String,
        /// What it is for.
        what: String,
        /// The statement that changes it, or what to do.
        mend: String,
    },
    /// An insert would leave out a column that must be given.
    #[error("the column {column} must be given at every insert and AuthKit does not know it: {mend}")]
    MustBeGiven {
        /// The column.
        column: String,
        /// The statements that mend it, or what to do.
        mend: String,
    },
    /// The canonical address is not unique.
    #[error("the column {column} has no unique index of its own: run the migration, or {mend}")]
    NotUnique {
        /// The column.
        column: String,
        /// The statement that makes one.
        mend: String,
    },
    /// The key is not unique, so nothing can refer to it.
    #[error("the key {column} is neither the primary key nor unique, so no session can refer to it: {mend}")]
    KeyNotUnique {
        /// The column.
        column: String,
        /// The statement that makes it unique.
        mend: String,
    },
    /// The database has no such schema.
    #[error("there is no schema {schema}: name none")]
    NoSchema {
        /// The schema.
        schema: String,
    },
    /// Rows whose addresses are one in canonical form.
    #[error(
        "these rows have one address in different spellings, of which only one may stay: {ids}; \
         decide which, change or remove the others, and run the migration again"
    )]
    Twins {
        /// The keys of the rows, group by group.
        ids: String,
    },
    /// Rows whose address is none.
    #[error("these rows hold no address that can be canonical: {ids}; mend or remove them and run the migration again")]
    BadAddresses {
        /// The keys of the rows.
        ids: String,
    },
}

/// One problem a line, for the text of an error.
pub fn lines(problems: &[TableProblem]) -> String {
    problems.iter().fold(String::new(), |lines, problem| format!("{lines}\n- {problem}"))
}
