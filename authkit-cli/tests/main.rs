//! The command as a user meets it: the built program in a temporary folder.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "cli/support.rs"]
mod support;

#[path = "cli/audit.rs"]
mod audit;
#[path = "cli/create_admin.rs"]
mod create_admin;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/guide.rs"]
mod guide;
#[path = "cli/looks.rs"]
mod looks;
#[path = "cli/mail.rs"]
mod mail;
#[path = "cli/migrate.rs"]
mod migrate;
#[path = "cli/postgres.rs"]
mod postgres;
#[path = "cli/secret.rs"]
mod secret;
#[path = "cli/sessions.rs"]
mod sessions;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/usage.rs"]
mod usage;
#[path = "cli/users.rs"]
mod users;
