//! What a database has gone through.

/// Which steps a database has gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The steps that are done, in order.
    pub applied: Vec<String>,
    /// The steps that are missing, in order.
    pub missing: Vec<String>,
}
