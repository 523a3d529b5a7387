//! What the SQL stores have in common.
