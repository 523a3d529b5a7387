//! What the new files say.

use authkit_http::{mounts, openapi, requests};

use super::args::{Extra, Init, StoreKind};
use crate::failure::Failure;

pub(super) const USER: &str = include_str!("../../../templates/user.rs.txt");
pub(super) const EMAILS: &str = include_str!("../../../templates/emails.rs.txt");

const MAIN: &str = include_str!("../../../templates/main.rs.txt");
const MODULE: &str = include_str!("../../../templates/mod.rs.txt");
const TESTS: &str = include_str!("../../../templates/tests.rs.txt");
const TESTS_OF_EMAILS: &str = include_str!("../../../templates/tests_emails.rs.txt");

/// The version that a file tells of itself.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// The program, with the module called `module`.
pub(super) fn main(module: &str) -> String {
    if module == "auth" {
        return MAIN.to_owned();
    }
    // The variable keeps its name.
    MAIN.replace("mod auth;", &format!("mod {module};")).replace("auth::", &format!("{module}::"))
}

pub(super) fn module(store: StoreKind, args: &Init) -> String {
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
    let tests = if args.has(Extra::Tests) { "#[cfg(test)]\nmod tests;\n" } else { "" };
    let (emails, kit) = if args.has(Extra::Emails) {
        ("mod emails;\n", include_str!("../../../templates/kit_emails.rs.txt"))
    } else {
        ("", include_str!("../../../templates/kit.rs.txt"))
    };
    MODULE
        .replace("{{on}}", on)
        .replace("{{version}}", VERSION)
        .replace("{{emails}}", emails)
        .replace("{{tests}}", tests)
        .replace("{{imports}}", imports)
        .replace("{{store_use}}", uses)
        .replace("{{store}}", opens)
        .replace("{{kit}}", kit)
}

pub(super) fn tests(args: &Init) -> String {
    let (uses, setup, emails) = if args.has(Extra::Emails) {
        ("emails, ", include_str!("../../../templates/setup_emails.rs.txt"), TESTS_OF_EMAILS)
    } else {
        ("", include_str!("../../../templates/setup.rs.txt"), "")
    };
    TESTS.replace("{{uses}}", uses).replace("{{setup}}", setup).replace("{{emails}}", emails)
}

/// Every route as a request.
pub(super) fn requests() -> Result<String, Failure> {
    let kit = crate::offline::plain_kit()?;
    Ok(requests::file(&openapi::document(&kit, &mounts(&kit))))
}
