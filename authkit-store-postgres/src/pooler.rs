//! What stands between the store and the server.

/// What stands between the store and the server: `pooler=…` in the URL, or the builder's setting of the same name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pooler {
    /// Nothing: connections lead to the server itself. The limits of time and the durability of writes are set by start-up
    /// options, statements are named and kept.
    #[default]
    None,
    /// A pooler in transaction mode that keeps prepared statements (`pooler=keeps-statements`): PgBouncer 1.21 or newer
    /// with `max_prepared_statements` above 0. Statements are named and kept; no start-up options are sent, so the limits
    /// have to be set on the role.
    KeepsStatements,
    /// A pooler in transaction mode that forgets prepared statements (`pooler=forgets-statements`): an older PgBouncer, or
    /// one without `max_prepared_statements`. Statements are sent unnamed, each parsed anew.
    ForgetsStatements,
}
