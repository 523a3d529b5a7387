//! Which database a URL names.

use std::path::PathBuf;
use std::str::FromStr;

use super::codes::ConfigCode;
use super::setting::Unfit;
use crate::model::secret::SecretText;

/// What `AUTHKIT_DATABASE_URL` names. The core opens nothing: whoever makes the store reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file. `sqlite://authkit.db` is relative to the working directory, `sqlite:///var/lib/authkit.db` absolute.
    ///
    /// With a driver (`sqlite+aiosqlite:///authkit.db`) the URL is read as `SQLAlchemy` does: three slashes are followed by
    /// a relative path, four begin an absolute one.
    Sqlite(PathBuf),
    /// `postgres://…`, whatever driver the URL named. May hold a password.
    Postgres(SecretText),
    /// `memory:`, and what SQLite calls `:memory:`.
    Memory,
}

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, Unfit> {
        if matches!(text.to_ascii_lowercase().as_str(), "memory:" | "memory://") {
            return Ok(Self::Memory);
        }
        let (scheme, rest) = text.split_once(':').ok_or(UNKNOWN)?;
        let scheme = scheme.to_ascii_lowercase();
        let (engine, driver) = scheme.split_once('+').map_or((scheme.as_str(), None), |(e, d)| (e, Some(d)));
        match engine {
            "sqlite" => sqlite(rest, driver.is_some()),
            "postgres" | "postgresql" if rest.len() > 2 && rest.starts_with("//") => {
                Ok(Self::Postgres(SecretText::new(format!("postgres:{rest}"))))
            }
            _ => Err(UNKNOWN),
        }
    }
}

/// A text that is no [`DatabaseUrl`]. Its own text does not repeat it: there may be a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {fix}")]
pub struct InvalidDatabaseUrl {
    why: &'static str,
    fix: &'static str,
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).map_err(|Unfit { why, fix, .. }| InvalidDatabaseUrl { why, fix })
    }
}

const UNKNOWN: Unfit = Unfit {
    code: ConfigCode::InvalidValue,
    why: "names no database that is known",
    fix: "write it like sqlite://authkit.db, postgres://user:password@host/name or memory:",
};

const PARAMETERS: Unfit = Unfit {
    code: ConfigCode::InvalidValue,
    why: "has parameters after the file's name",
    fix: "leave out the ? and what follows it",
};

/// `rest` is what stands after `sqlite:`.
fn sqlite(rest: &str, sqlalchemy: bool) -> Result<DatabaseUrl, Unfit> {
    let path = match rest.strip_prefix("//") {
        // SQLAlchemy's third slash ends an empty host; and nobody means `/./authkit.db`.
        Some(path) => path
            .strip_prefix('/')
            .filter(|below| sqlalchemy || below.starts_with('/') || below.starts_with("./") || below.starts_with("../"))
            .unwrap_or(path),
        None => rest,
    };
    if path.contains('?') {
        return Err(PARAMETERS);
    }
    match path {
        "" | "/" => Err(UNKNOWN),
        ":memory:" | "/:memory:" => Ok(DatabaseUrl::Memory),
        _ => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_sqlite_url_names_its_file() {
        for (url, path) in [
            ("sqlite://authkit.db", "authkit.db"),
            ("SQLite://data/authkit.db", "data/authkit.db"),
            ("sqlite:authkit.db", "authkit.db"),
            ("sqlite:///var/lib/authkit.db", "/var/lib/authkit.db"),
            ("sqlite:////var/lib/authkit.db", "/var/lib/authkit.db"),
            ("sqlite:///./authkit.db", "./authkit.db"),
            ("sqlite:///../authkit.db", "../authkit.db"),
            ("sqlite+aiosqlite://authkit.db", "authkit.db"),
            ("sqlite+aiosqlite:///authkit.db", "authkit.db"),
            ("sqlite+aiosqlite:///./authkit.db", "./authkit.db"),
            ("sqlite+aiosqlite:////var/lib/authkit.db", "/var/lib/authkit.db"),
        ] {
            assert_eq!(DatabaseUrl::parse(url), Ok(DatabaseUrl::Sqlite(PathBuf::from(path))), "{url}");
        }
    }

    #[test]
    fn memory_has_several_names() {
        for url in
            ["memory:", "memory://", "MEMORY:", "sqlite::memory:", "sqlite://:memory:", "sqlite+aiosqlite:///:memory:"]
        {
            assert_eq!(DatabaseUrl::parse(url), Ok(DatabaseUrl::Memory), "{url}");
        }
    }

    // S-96
    #[test]
    fn a_postgres_url_loses_its_driver_and_never_prints_itself() {
        for url in
            ["postgres://ada:canary@db/app", "postgresql://ada:canary@db/app", "postgresql+asyncpg://ada:canary@db/app"]
        {
            let parsed = DatabaseUrl::parse(url).unwrap();
            assert_eq!(parsed, DatabaseUrl::Postgres(SecretText::from("postgres://ada:canary@db/app")));
            assert!(!format!("{parsed:?}").contains("canary"));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for url in [
            "",
            "sqlite",
            "sqlite:",
            "sqlite://",
            "sqlite:///",
            "postgres:",
            "postgres://",
            "mysql://x",
            "authkit.db",
            "c:\\x",
        ] {
            assert_eq!(DatabaseUrl::parse(url), Err(UNKNOWN), "{url}");
        }
        assert_eq!(DatabaseUrl::parse("sqlite://a.db?mode=rwc"), Err(PARAMETERS));
    }
}
