//! Which indexes a migration makes.

/// The names of the indexes that a migration of ours makes, in its order: our files write `CREATE [UNIQUE] INDEX name ON`.
///
/// ```
/// let sql = "CREATE TABLE t (a int);\nCREATE UNIQUE INDEX t_a ON t (a);\nCREATE INDEX t_b\n  ON t (b);";
/// assert_eq!(authkit_sql::index_names(sql), ["t_a", "t_b"]);
/// ```
pub fn index_names(sql: &str) -> Vec<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let made = |window: &[&str]| match window {
        ["CREATE" | "UNIQUE", "INDEX", name, "ON"] => Some((*name).to_owned()),
        _ => None,
    };
    words.windows(4).filter_map(made).collect()
}
