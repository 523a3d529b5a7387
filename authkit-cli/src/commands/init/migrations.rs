//! The database's schema as files: the very SQL that the store runs, for whoever reviews it or runs it by a tool.

use std::fs;
use std::path::{Path, PathBuf};

use authkit_store_postgres::{MigrationScript, PostgresStore};
use authkit_store_sqlite::SqliteStore;

use super::args::StoreKind;
use super::project::Project;

/// What a file of ours begins with, in every version.
const MARK: &str = "-- AuthKit's tables";

/// One file for every version of the schema, by its path. No file says which version of AuthKit wrote it, since the next one
/// finds it as it would write it, and only adds files.
pub(super) fn files(store: StoreKind, project: &Project) -> Vec<(PathBuf, String)> {
    // Neither file nor server is looked at.
    let (scripts, who) = match store {
        StoreKind::Memory => return Vec::new(),
        StoreKind::Sqlite => {
            (SqliteStore::builder("authkit.db").migration_scripts(), "the program, when it opens the database")
        }
        StoreKind::Postgres => {
            (PostgresStore::builder("postgres://localhost").migration_scripts(), "authkit migrate up")
        }
    };
    let folder = folder(project, &scripts);
    let file = |MigrationScript { name, sql }| {
        let head = format!(
            "{MARK}: {name}. This is run by {who},\n-- from a copy of its own. The file is for reading, and for a tool of your \
             own, which runs each once,\n-- whole, in one transaction, in the order of their names.\n"
        );
        (folder.join(format!("{name}.sql")), format!("{head}\n{sql}"))
    };
    scripts.into_iter().map(file).collect()
}

/// `migrations`, unless another tool has its files there and would run ours among them.
fn folder(project: &Project, scripts: &[MigrationScript]) -> PathBuf {
    let usual = Path::new("migrations");
    let is_ours = |script: &MigrationScript| {
        let text = project.text(&usual.join(format!("{}.sql", script.name)));
        matches!(text, Ok(Some(text)) if text.starts_with(MARK))
    };
    let is_empty = fs::read_dir(project.root.join(usual)).map_or(true, |mut entries| entries.next().is_none());
    if is_empty || scripts.iter().any(is_ours) { usual.to_owned() } else { PathBuf::from("authkit-migrations") }
}
