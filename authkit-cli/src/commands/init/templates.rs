//! What the new files say.

use authkit_http::{mounts, openapi, requests};

use super::args::StoreKind;
use crate::failure::Failure;

pub(super) const USER: &str = include_str!("../../../templates/user.rs.txt");
pub(super) const TESTS: &str = include_str!("../../../templates/tests.rs.txt");
pub(super) const DOCKERIGNORE: &str = include_str!("../../../templates/dockerignore.txt");

const MAIN: &str = include_str!("../../../templates/main.rs.txt");
const MODULE: &str = include_str!("../../../templates/mod.rs.txt");
const DOCKERFILE: &str = include_str!("../../../templates/Dockerfile.txt");

/// The version that a file tells of itself.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// The program, with the module called `module`.
pub(super) fn main(module: &str) -> String {
    if module == "auth" {
        return MAIN.to_owned();
    }
    // The variable keeps its name.
    MAIN.replace("mod auth;", &format!("mod {module};")).replace("auth::", &format!("{module}::"))
}

pub(super) fn module(store: StoreKind, with_tests: bool) -> String {
    let (on, uses, imports, opens) = match store {
        StoreKind::Memory => (
            "in memory",
            "authkit_store_memory::MemoryStore",
            "",
            include_str!("../../../templates/store_memory.rs.txt"),
        ),
        StoreKind::Sqlite => {
            let opens = include_str!("../../../templates/store_sqlite.rs.txt");
            ("on SQLite", "authkit_store_sqlite::SqliteStore", ", DatabaseUrl", opens)
        }
        StoreKind::Postgres => {
            let opens = include_str!("../../../templates/store_postgres.rs.txt");
            ("on Postgres", "authkit_store_postgres::PostgresStore", ", DatabaseUrl", opens)
        }
    };
    let tests = if with_tests { "#[cfg(test)]\nmod tests;\n" } else { "" };
    MODULE
        .replace("{{on}}", on)
        .replace("{{version}}", VERSION)
        .replace("{{tests}}", tests)
        .replace("{{imports}}", imports)
        .replace("{{store_use}}", uses)
        .replace("{{store}}", opens)
}

pub(super) fn dockerfile(name: &str) -> String {
    DOCKERFILE
        .replace("{{version}}", VERSION)
        .replace("{{rust}}", env!("CARGO_PKG_RUST_VERSION"))
        .replace("{{name}}", name)
}

/// Every route as a request.
pub(super) fn requests() -> Result<String, Failure> {
    let kit = crate::offline::plain_kit()?;
    Ok(requests::file(&openapi::document(&kit, &mounts(&kit))))
}
