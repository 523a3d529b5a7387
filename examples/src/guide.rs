//! The code of the guide: every Rust block of its pages is compiled, and run where it does not wait for anybody.
//!
//! `cargo xtask check links` holds this list to the pages.

macro_rules! pages {
    ($($name:ident = $file:literal,)*) => {
        $(#[cfg(doctest)] #[doc = include_str!(concat!("../../docs/guide/", $file))] mod $name {})*
    };
}

pages! {
    addresses = "addresses.md",
    audit = "audit.md",
    concepts = "concepts.md",
    deployment = "deployment.md",
    elsewhere = "from-elsewhere.md",
    extending = "extending-the-dashboard.md",
    hardening = "hardening.md",
    mail = "mail.md",
    observability = "observability.md",
    passwords = "passwords.md",
    quickstart = "quickstart.md",
    roles = "roles.md",
    sessions = "sessions.md",
    stores = "stores-and-migrations.md",
    testing = "testing.md",
    tutorial = "tutorial.md",
    users_table = "users-table.md",
}
