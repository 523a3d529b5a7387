//! The database: whether it is there, migrated, and as fast as it should be.

use authkit_core::AuthKit;

use super::report::Report;
use super::rows::{self, Rows};
use crate::context::operator;
use crate::database::Database;
use crate::mail::Post;
use crate::offline;
use crate::settings::Settings;

/// The difference between two clocks that tokens forgive.
const SKEW_MICROS: i64 = 2_500_000;

/// Looks at the database, and at its rows where it can be opened. Broken settings keep the rows from being looked at only
/// where the rows could not be understood without them.
pub(super) async fn check(settings: &Settings, report: &mut Report) {
    let database = match settings.database_url().and_then(|url| Database::of(&url)) {
        Ok(database) => database,
        Err(failure) => return report.problems("database", failure.problems),
    };
    match database.status().await {
        Ok(status) if status.missing.is_empty() => report.pass("migrations", "all are done"),
        Ok(status) => {
            let why = format!("{} missing: {}", status.missing.len(), status.missing.join(", "));
            return report.fail("migrations", why, "authkit migrate up");
        }
        Err(failure) => return report.problems("database", failure.problems),
    }
    own_file(&database, report);
    indexes(&database, report).await;
    clock(&database, report).await;
    let store = match database.open().await {
        Ok(store) => store,
        Err(failure) => return report.problems("database", failure.problems),
    };
    for warning in store.warnings() {
        report.warn("database", warning, "see the guide, \"Stores and migrations\"");
    }
    // What is wrong with them is told already.
    let Ok(config) = offline::config(settings) else { return };
    let kit = AuthKit::builder().store(store).config(config).mailer(Post::Nowhere).build();
    let Ok(kit) = kit else { return };
    rows::check(&Rows { kit, operator: operator() }, report).await;
}

/// A file of SQLite holds addresses and hashes of passwords.
#[cfg(unix)]
fn own_file(database: &Database, report: &mut Report) {
    use std::os::unix::fs::MetadataExt as _;

    let Database::Sqlite(path, _) = database else { return };
    let Ok(data) = std::fs::metadata(path) else { return };
    let shown = path.display();
    if data.mode().trailing_zeros() >= 3 {
        report.pass("database file", format!("{shown} is closed to others"));
    } else {
        let why = format!("{shown} has mode {:04o}: everybody on this machine can read it", data.mode() & 0o7777);
        report.warn("database file", why, format!("chmod 600 {shown}"));
    }
}

#[cfg(not(unix))]
fn own_file(_: &Database, _: &mut Report) {}

async fn indexes(database: &Database, report: &mut Report) {
    match database.missing_indexes().await {
        Ok(missing) if missing.is_empty() => report.pass("indexes", "all are there"),
        Ok(missing) => {
            let why = format!("{} missing or not valid: lists are slow, or fail", missing.join(", "));
            report.fail("indexes", why, "make them anew from what `authkit migrate print` prints");
        }
        Err(failure) => report.problems("indexes", failure.problems),
    }
}

async fn clock(database: &Database, report: &mut Report) {
    match database.clock_ahead().await {
        Ok(None) => {}
        Ok(Some(ahead)) if ahead.abs() <= SKEW_MICROS => report.pass("clock", "as the database's"),
        Ok(Some(ahead)) => {
            let seconds = ahead.abs() / 1_000_000;
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            let why = format!("the database's is {seconds} seconds {way} this machine's");
            report.fail("clock", why, "let both follow a time server (NTP)");
        }
        Err(failure) => report.problems("clock", failure.problems),
    }
}
