//! Where PostgreSQL and PgBouncer come from when they are not there: the system's packages, if this may install any, or
//! the line that does.

use authkit_test_postgres::process::{OLDEST, Programs, find_pgbouncer};

use crate::packages::{self, has};

/// The package managers, and what they call the packages.
const LINES: [(&str, &str); 4] = [
    ("apt-get", "sudo apt-get install postgresql pgbouncer"),
    ("dnf", "sudo dnf install postgresql-server postgresql-contrib pgbouncer"),
    ("pacman", "sudo pacman -S postgresql pgbouncer"),
    ("brew", "brew install postgresql@17 pgbouncer"),
];

/// Makes sure that both are there.
///
/// # Errors
/// What is missing, and the exact line to type.
pub fn provide() -> Result<(), String> {
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    if packages::install(&packages)? && missing().is_empty() {
        return Ok(());
    }
    Err(advice(&Programs::find().err().unwrap_or_default(), &has))
}

fn missing() -> Vec<&'static str> {
    let wanted = [("postgresql", Programs::find().is_ok()), ("pgbouncer", find_pgbouncer().is_some())];
    wanted.into_iter().filter(|(_, found)| !found).map(|(package, _)| package).collect()
}

/// `found`: what was wrong with PostgreSQL, or nothing.
fn advice(found: &str, has: &dyn Fn(&str) -> bool) -> String {
    let lacking = if found.is_empty() { "no `pgbouncer` was found" } else { found };
    let line = packages::line(&LINES, has);
    let mut text = format!("the tests need PostgreSQL {OLDEST} or newer and PgBouncer, and {lacking}. Install them:\n");
    if found.contains("too old") && has("apt-get") {
        text += "    sudo apt-get install postgresql-common\n    \
                 sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh\n    \
                 sudo apt-get install postgresql-17 pgbouncer";
    } else {
        text += &format!("    {line}");
    }
    text + "\nOr name a server (AUTHKIT_TEST_POSTGRES_URL), or leave its tests out: cargo xtask test --without postgres"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_type_is_that_of_the_machine() {
        let on = |manager: &'static str| move |name: &str| name == manager;
        let fedora = advice("no server programs were found", &on("dnf"));
        assert!(fedora.contains("no server programs") && fedora.contains("sudo dnf install"), "{fedora}");
        let old = advice("PostgreSQL 14 is too old", &on("apt-get"));
        assert!(old.contains("apt.postgresql.org.sh"), "{old}");
        assert!(advice("", &on("brew")).contains("no `pgbouncer` was found"));
    }
}
