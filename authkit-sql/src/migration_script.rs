//! A migration as a text.

/// One migration as SQL, with the lines that record that it was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationScript {
    /// Number and name, such as `0001_init`. What was published keeps its name and its text for ever.
    pub name: String,
    /// The SQL, to be run whole, in one transaction that it does not begin itself.
    pub sql: String,
}
