//! What a crate must not reach through any of its dependencies, however deep: `cargo tree` is asked.

use super::Report;
use crate::cargo;
use crate::workspace::Workspace;

const RUNTIMES: &[&str] = &["tokio", "mio", "async-std", "async-io", "smol", "actix-rt"];
const SERVERS: &[&str] = &["hyper", "poem", "axum", "actix-web", "reqwest"];
const HTTP_TYPES: &[&str] = &["http", "http-body"];
const SQL_DRIVERS: &[&str] =
    &["rusqlite", "libsqlite3-sys", "tokio-postgres", "postgres", "deadpool-postgres", "sqlx", "sqlx-core", "diesel"];

/// Each crate with all that it must stay free of.
const RULES: [(&str, &[&[&str]]); 5] = [
    ("authkit-core", &[RUNTIMES, SERVERS, HTTP_TYPES, SQL_DRIVERS]),
    ("authkit-http", &[RUNTIMES, SERVERS, SQL_DRIVERS]),
    ("authkit-store-memory", &[RUNTIMES, SERVERS, HTTP_TYPES, SQL_DRIVERS]),
    ("authkit-store-sqlite", &[RUNTIMES, SERVERS, HTTP_TYPES]),
    ("authkit-mail-smtp", &[SERVERS, HTTP_TYPES, SQL_DRIVERS]),
];

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut problems = Vec::new();
    for (name, forbidden) in RULES {
        let args = [
            "tree",
            "--package",
            name,
            "--edges",
            "normal",
            "--all-features",
            "--prefix",
            "depth",
            "--charset",
            "ascii",
        ];
        problems.extend(offences(&cargo::read(&workspace.root, &args)?, &forbidden.concat()));
    }
    Ok(problems.into())
}

/// `tree` has a line a crate: its depth, and right behind it the name. Each offender is told once, with the way to it.
fn offences(tree: &str, forbidden: &[&str]) -> Vec<String> {
    let mut way: Vec<&str> = Vec::new();
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    for line in tree.lines() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (depth, rest) = line.split_at(digits);
        let (Ok(depth), Some(name)) = (depth.parse::<usize>(), rest.split_whitespace().next()) else {
            continue;
        };
        way.truncate(depth);
        way.push(name);
        if forbidden.contains(&name) && !seen.contains(&name) {
            seen.push(name);
            problems.push(format!("{} reaches {name}: {}", way[0], way.join(" -> ")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0authkit-core v0.1.0 (/w/authkit-core)\n1argon2 v0.6.0\n2blake2 v0.11.0\n1x v1.0.0\n2y v1.0.0\n\
                        3tokio v1.54.1\n4mio v1.0.0\n1z v1.0.0\n2tokio v1.54.1 (*)\n1http-body-util v0.1.0\n";

    #[test]
    fn an_offender_is_told_once_with_the_way_to_it() {
        assert_eq!(
            offences(TREE, &["tokio", "hyper", "mio"]),
            [
                "authkit-core reaches tokio: authkit-core -> x -> y -> tokio",
                "authkit-core reaches mio: authkit-core -> x -> y -> tokio -> mio",
            ]
        );
    }

    #[test]
    fn only_whole_names_count() {
        assert_eq!(offences(TREE, &["http", "http-body", "blake"]), [""; 0]);
    }
}
