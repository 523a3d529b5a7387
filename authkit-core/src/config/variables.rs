//! The `AUTHKIT_*` variables: one list that the reader, the reference and `.env.example` come from.

use std::time::Duration;

use super::Config;
use super::accounts::{console_roles, role, roles};
use super::addresses::{base_url, path, proxies};
use super::database_url::DatabaseUrl;
use super::setting::Unfit;
use super::settings::{Environment, SameSite, TokenDelivery};
use super::throttle::ThrottleMode;
use crate::model::secret::SecretKey;

/// A variable that [`Config::from_vars`] reads.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    name: &'static str,
    doc: &'static str,
    default: &'static str,
    pub(super) kind: Kind,
}

/// What a value has to look like, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Flag(fn(&mut Config, bool)),
    Number {
        unit: &'static str,
        min: u32,
        max: u32,
        set: fn(&mut Config, u32),
    },
    /// `None`: not one of the choices.
    Choice {
        choices: &'static str,
        set: fn(&mut Config, &str) -> Option<()>,
    },
    Text {
        expects: &'static str,
        set: fn(&mut Config, &str) -> Result<(), Unfit>,
    },
    Secret {
        expects: &'static str,
        set: fn(&mut Config, &str) -> Result<(), Unfit>,
    },
}

impl Variable {
    /// Its name, in capitals.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it sets, in a line.
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// What holds where it is not set.
    pub const fn default(&self) -> &'static str {
        self.default
    }

    /// Whether its value must not be shown.
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret { .. })
    }

    /// What values it takes, in a few words.
    pub fn expects(&self) -> String {
        match self.kind {
            Kind::Flag(_) => "true or false (also 1/0, on/off, yes/no, t/f, y/n)".to_owned(),
            Kind::Number { unit, min, max, .. } => format!("a whole number of {unit} from {min} to {max}"),
            Kind::Choice { choices, .. } => choices.to_owned(),
            Kind::Text { expects, .. } | Kind::Secret { expects, .. } => expects.to_owned(),
        }
    }
}

/// All variables that are read, in the order of the reference.
///
/// # Examples
/// ```
/// for variable in authkit_core::config::variables() {
///     println!("# {} Takes {}.\n# {}={}", variable.doc(), variable.expects(), variable.name(), variable.default());
/// }
/// ```
pub const fn variables() -> &'static [Variable] {
    VARIABLES
}

macro_rules! variable {
    ($name:literal, $default:literal, $doc:literal, $kind:expr) => {
        Variable { name: concat!("AUTHKIT_", $name), doc: $doc, default: $default, kind: $kind }
    };
}

static VARIABLES: &[Variable] = &[
    variable!(
        "ENV",
        "production",
        "Where the process runs; development relaxes what has no place in production.",
        Kind::Choice {
            choices: "production or development",
            set: |c, t| Environment::named(t).map(|e| c.environment = e)
        }
    ),
    variable!(
        "SECRET_KEY",
        "none; in development a random key for the run",
        "The key that all others are derived from.",
        Kind::Secret {
            expects: "at least 32 bytes drawn at random, such as `openssl rand -base64 48` prints",
            set: |c, t| {
                c.keys.secret.read(Some(SecretKey::new(t)));
                Ok(())
            }
        }
    ),
    variable!(
        "PREVIOUS_SECRET_KEYS",
        "none",
        "Keys that still verify and no longer sign, or do not sign yet.",
        Kind::Secret {
            expects: "keys with commas between",
            set: |c, t| {
                c.keys.previous.read(list(t).map(SecretKey::from).collect());
                Ok(())
            }
        }
    ),
    variable!(
        "ALGORITHM",
        "HS256",
        "What tokens are signed with.",
        Kind::Choice {
            choices: "HS256, HS384, HS512 or EdDSA",
            set: |c, t| {
                let names = ["HS256", "HS384", "HS512", "EdDSA"];
                names.into_iter().find(|name| name.eq_ignore_ascii_case(t)).map(|name| c.keys.algorithm.read(name))
            }
        }
    ),
    variable!(
        "BASE_URL",
        "none; in development http://127.0.0.1:8000",
        "Where browsers reach the application; links and origin checks come from it.",
        Kind::Text {
            expects: "a URL of scheme, host and port, such as https://example.com",
            set: |c, t| {
                c.http.base_url.read(Some(Ok(base_url(t)?)));
                Ok(())
            }
        }
    ),
    variable!(
        "DATABASE_URL",
        "none; whoever makes the store decides",
        "The database, for whoever makes the store from it.",
        Kind::Secret {
            expects: "sqlite://authkit.db, postgres://… or memory:",
            set: |c, t| {
                c.database_url = Some(DatabaseUrl::parse(t)?);
                Ok(())
            }
        }
    ),
    variable!(
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        "15",
        "Life of an access token.",
        Kind::Number { unit: "minutes", min: 1, max: 60, set: |c, n| c.sessions.access_ttl.read(minutes(n)) }
    ),
    variable!(
        "REFRESH_TOKEN_EXPIRE_DAYS",
        "7",
        "Life of a session that is not refreshed.",
        Kind::Number { unit: "days", min: 1, max: 90, set: |c, n| c.sessions.idle_ttl.read(days(n)) }
    ),
    variable!(
        "REFRESH_ABSOLUTE_DAYS",
        "30",
        "Life of a session however often it is refreshed.",
        Kind::Number { unit: "days", min: 1, max: 90, set: |c, n| c.sessions.absolute_ttl.read(days(n)) }
    ),
    variable!(
        "REFRESH_GRACE_SECONDS",
        "10",
        "How long the predecessor of a refresh token may be presented again; 0 is strict.",
        Kind::Number { unit: "seconds", min: 0, max: 60, set: |c, n| c.sessions.grace.read(seconds(n)) }
    ),
    variable!(
        "COOKIE_NAME_ACCESS",
        "authkit_access",
        "The access cookie's name without prefix.",
        Kind::Text {
            expects: "a name of letters, digits and _",
            set: |c, t| {
                c.http.access_cookie.read(t.to_owned());
                Ok(())
            }
        }
    ),
    variable!(
        "COOKIE_NAME_REFRESH",
        "authkit_refresh",
        "The refresh cookie's name without prefix.",
        Kind::Text {
            expects: "a name of letters, digits and _",
            set: |c, t| {
                c.http.refresh_cookie.read(t.to_owned());
                Ok(())
            }
        }
    ),
    variable!(
        "COOKIE_SECURE",
        "true; in development on http false",
        "Whether cookies are Secure; false only with an http base URL on this machine.",
        Kind::Flag(|c, on| c.http.cookie_secure.read(Some(on)))
    ),
    variable!(
        "COOKIE_SAMESITE",
        "lax",
        "SameSite of the cookies.",
        Kind::Choice {
            choices: "lax, strict or none",
            set: |c, t| SameSite::named(t).map(|s| c.http.same_site.read(s))
        }
    ),
    variable!(
        "COOKIE_DOMAIN",
        "none",
        "Domain of the cookies: the host of the base URL or a parent of it.",
        Kind::Text {
            expects: "a domain such as example.com",
            set: |c, t| {
                c.http.cookie_domain.read(Some(t.to_owned()));
                Ok(())
            }
        }
    ),
    variable!(
        "TOKEN_DELIVERY",
        "auto",
        "Whether tokens are in bodies, cookies or both.",
        Kind::Choice {
            choices: "auto, both, cookie or bearer",
            set: |c, t| TokenDelivery::named(t).map(|d| c.http.delivery.read(d))
        }
    ),
    variable!(
        "TRUSTED_PROXIES",
        "none",
        "Proxies whose forwarding headers are believed.",
        Kind::Text {
            expects: "addresses and networks with commas between, such as 10.0.0.0/8",
            set: |c, t| {
                c.http.proxies.read(Ok(proxies(list(t))?));
                Ok(())
            }
        }
    ),
    variable!(
        "AUTH_PATH",
        "/auth",
        "Where the account routes are mounted.",
        Kind::Text {
            expects: "a path such as /auth",
            set: |c, t| {
                c.http.auth_path.read(Ok(path(t)?));
                Ok(())
            }
        }
    ),
    variable!(
        "ADMIN_PATH",
        "/admin",
        "Where the administration is mounted.",
        Kind::Text {
            expects: "a path such as /admin",
            set: |c, t| {
                c.http.admin_path.read(Ok(path(t)?));
                Ok(())
            }
        }
    ),
    variable!(
        "ENABLE_REGISTER",
        "true",
        "Whether strangers may register.",
        Kind::Flag(|c, on| c.accounts.registration.read(on))
    ),
    variable!(
        "REQUIRE_VERIFIED_EMAIL",
        "false",
        "Whether an address must be verified first; true is refused, since this version has no verification.",
        Kind::Flag(|c, on| c.not_available("AUTHKIT_REQUIRE_VERIFIED_EMAIL", on))
    ),
    variable!(
        "PASSWORD_MIN_LENGTH",
        "12",
        "The fewest characters of a new password.",
        Kind::Number {
            unit: "characters",
            min: 8,
            max: 64,
            set: |c, n| c.accounts.min_length.read(u16::try_from(n).unwrap_or(u16::MAX))
        }
    ),
    variable!(
        "HASH_CONCURRENCY",
        "the number of cores",
        "How many password hashes may run at once.",
        Kind::Number {
            unit: "threads",
            min: 1,
            max: 256,
            set: |c, n| c.accounts.concurrency.read(usize::try_from(n).ok())
        }
    ),
    variable!(
        "ROLES",
        "user,moderator,editor,admin",
        "All roles that can be given.",
        Kind::Text {
            expects: "roles of a-z, 0-9, _ and - with commas between",
            set: |c, t| {
                c.accounts.roles.read(Ok(roles(list(t))?));
                Ok(())
            }
        }
    ),
    variable!(
        "ADMIN_ROLE",
        "admin",
        "The role that may do everything.",
        Kind::Text {
            expects: "one of the roles",
            set: |c, t| {
                c.accounts.admin_role.read(Ok(role(t)?));
                Ok(())
            }
        }
    ),
    variable!(
        "CONSOLE_ROLES",
        "none",
        "What other roles may do in the administration.",
        Kind::Text {
            expects: "pairs such as support:support,auditor:viewer",
            set: |c, t| {
                c.accounts.console_roles.read(Ok(console_roles(t)?));
                Ok(())
            }
        }
    ),
    variable!(
        "THROTTLE",
        "on",
        "Whether attempts are counted, and whether in the store (shared); off is refused in production.",
        Kind::Choice {
            choices: "on, shared or off",
            set: |c, t| ThrottleMode::named(t).map(|m| c.limits.mode.read(m))
        }
    ),
    variable!(
        "ENABLE_AUDIT_LOGS",
        "true",
        "Whether an audit trail is kept.",
        Kind::Flag(|c, on| c.limits.audit.read(on))
    ),
    variable!(
        "AUDIT_REFRESH",
        "false",
        "Whether each refresh of a session is recorded.",
        Kind::Flag(|c, on| c.limits.audit_refresh.read(on))
    ),
    variable!(
        "AUDIT_RETENTION_DAYS",
        "365",
        "How long events are kept.",
        Kind::Number { unit: "days", min: 90, max: 36_500, set: |c, n| c.limits.retention.read(days(n)) }
    ),
    variable!(
        "ENABLE_SMTP",
        "false",
        "Whether mail goes out by SMTP; true is refused, since this version has no SMTP mailer.",
        Kind::Flag(|c, on| c.not_available("AUTHKIT_ENABLE_SMTP", on))
    ),
    variable!(
        "SMTP_HOST",
        "none",
        "The mail server; not used by this version.",
        Kind::Text { expects: "a host", set: |_, _| Ok(()) }
    ),
    variable!(
        "SMTP_PORT",
        "587",
        "The mail server's port; not used by this version.",
        Kind::Number { unit: "the port", min: 1, max: 65_535, set: |_, _| () }
    ),
    variable!(
        "SMTP_USERNAME",
        "none",
        "The user at the mail server; not used by this version.",
        Kind::Text { expects: "a name", set: |_, _| Ok(()) }
    ),
    variable!(
        "SMTP_PASSWORD",
        "none",
        "The password at the mail server; not used by this version.",
        Kind::Secret { expects: "a password", set: |_, _| Ok(()) }
    ),
    variable!(
        "SMTP_FROM_EMAIL",
        "none",
        "The sender of mails; not used by this version.",
        Kind::Text { expects: "an address", set: |_, _| Ok(()) }
    ),
];

/// What stands between commas, without white space around it and without what is empty.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn seconds(n: u32) -> Duration {
    Duration::from_secs(n.into())
}

fn minutes(n: u32) -> Duration {
    seconds(n).saturating_mul(60)
}

fn days(n: u32) -> Duration {
    seconds(n).saturating_mul(86_400)
}
