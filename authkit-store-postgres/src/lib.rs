//! AuthKit's stores on PostgreSQL.
