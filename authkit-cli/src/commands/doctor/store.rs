//! The database: whether it is there and migrated, and what its rows tell.

use authkit_core::AuthKit;

use super::Report;
use crate::context::operator;
use crate::database::Database;
use crate::settings::Settings;

/// `kit`: the one that the settings make; without it only the database itself is looked at.
pub(super) async fn check(settings: &Settings, kit: Option<&AuthKit>, report: &mut Report) {
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
    if kit.is_none() {
        return;
    }
    let store = match database.open().await {
        Ok(store) => store,
        Err(failure) => return report.problems("database", failure.problems),
    };
    let Ok(config) = settings.config() else { return };
    let kit = AuthKit::builder().store(store).config(config).mailer(crate::mail::Post::Nowhere).build();
    let Ok(kit) = kit else { return };
    let _ = operator();
    match kit.needs_setup().await {
        Ok(false) => report.pass("administrator", "there is an active one"),
        Ok(true) => {
            report.fail("administrator", "there is none: nobody gets into the administration", "authkit create-admin");
        }
        Err(error) => report.fail("administrator", crate::failure::chain(&error), "see the text"),
    }
}
