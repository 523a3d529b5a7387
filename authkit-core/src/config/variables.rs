//! The `AUTHKIT_*` variables: one list that the reader, the reference and `.env.example` come from.

use std::time::Duration;

use super::Config;
use super::accounts::{console_roles, role, roles};
use super::addresses::{base_url, path, proxies};
use super::database_url::DatabaseUrl;
use super::setting::Unfit;
use super::settings::{Environment, SameSite, TokenDelivery};
use super::smtp::{smtp_from, smtp_host};
use super::throttle::ThrottleMode;
use crate::model::secret::SecretKey;
use crate::token::algorithm::Algorithm;

/// A variable that [`Config::from_vars`] reads.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    name: &'static str,
    doc: &'static str,
    default: Option<&'static str>,
    pub(super) kind: Kind,
}

/// What a value has to look like, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Flag(fn(&mut Config, bool)),
    /// The unit, the least and the most.
    Number(&'static str, u32, u32, fn(&mut Config, u32)),
    /// The choices, in words; `None`: not one of them.
    Choice(&'static str, fn(&mut Config, &str) -> Option<()>),
    /// What is expected, in words.
    Text(&'static str, fn(&mut Config, &str) -> Result<(), Unfit>),
    Secret(&'static str, fn(&mut Config, &str) -> Result<(), Unfit>),
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

    /// The value that holds in production where it is not set; `None`: there is none, or the line says what holds.
    pub const fn default(&self) -> Option<&'static str> {
        self.default
    }

    /// Whether its value must not be shown.
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret(..))
    }

    /// What its value is: `flag`, `number`, `choice` or `text`.
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Flag(_) => "flag",
            Kind::Number(..) => "number",
            Kind::Choice(..) => "choice",
            Kind::Text(..) | Kind::Secret(..) => "text",
        }
    }

    /// What values it takes, in a few words.
    pub fn expects(&self) -> String {
        match self.kind {
            Kind::Flag(_) => "true or false (also 1/0, on/off, yes/no, t/f, y/n)".to_owned(),
            Kind::Number(unit, min, max, _) => format!("a whole number from {min} to {max} ({unit})"),
            Kind::Choice(words, _) | Kind::Text(words, _) | Kind::Secret(words, _) => words.to_owned(),
        }
    }
}

/// All variables that are read, in the order of the reference.
///
/// # Examples
/// ```
/// for variable in authkit_core::config::variables() {
///     println!("# {} Takes {}.", variable.doc(), variable.expects());
///     println!("# {}={}", variable.name(), variable.default().unwrap_or_default());
/// }
/// ```
pub const fn variables() -> &'static [Variable] {
    VARIABLES
}

macro_rules! list {
    ($($name:literal, $default:expr, $kind:ident($($arg:literal),*), $doc:literal, $set:expr;)*) => {
        static VARIABLES: &[Variable] =
            &[$(Variable { name: $name, doc: $doc, default: $default, kind: Kind::$kind($($arg,)* $set) },)*];
    };
}

list! {
    "AUTHKIT_ENV", Some("production"), Choice("production or development"),
        "Where the process runs; development relaxes what has no place in production.",
        |c, t| Environment::named(t).map(|environment| c.environment = environment);
    "AUTHKIT_SECRET_KEY", None, Secret("at least 32 bytes drawn at random, as `openssl rand -base64 48` prints"),
        "The key that all others are derived from; in development, a random one for the run where none is set.",
        |c, t| {
            c.keys.secret.read(Some(SecretKey::new(t)));
            Ok(())
        };
    "AUTHKIT_PREVIOUS_SECRET_KEYS", None, Secret("keys with commas between"),
        "Keys that still verify and no longer sign, or do not sign yet.",
        |c, t| {
            c.keys.previous.read(list(t).map(SecretKey::from).collect());
            Ok(())
        };
    "AUTHKIT_ALGORITHM", Some("HS256"), Choice("HS256, HS384, HS512 or EdDSA"),
        "What tokens are signed with.",
        |c, t| algorithm(t).map(|algorithm| c.keys.algorithm.read(algorithm));
    "AUTHKIT_BASE_URL", None, Text("a URL of scheme, host and port, such as https://example.com"),
        "Where browsers reach the application; in development, http://127.0.0.1:8000 where it is not set.",
        |c, t| {
            c.http.base_url.read(Some(Ok(base_url(t)?)));
            Ok(())
        };
    "AUTHKIT_DATABASE_URL", None, Secret("sqlite://authkit.db, postgres://user:password@host/name or memory:"),
        "The database, for whoever makes the store from it.",
        |c, t| {
            c.database_url = Some(DatabaseUrl::parse(t)?);
            Ok(())
        };
    "AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", Some("15"), Number("minutes", 1, 60),
        "Life of an access token.",
        |c, n| c.sessions.access_ttl.read(minutes(n));
    "AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS", Some("7"), Number("days", 1, 90),
        "Life of a session that is not refreshed, up to the absolute limit.",
        |c, n| c.sessions.idle_ttl.read(days(n));
    "AUTHKIT_REFRESH_ABSOLUTE_DAYS", Some("30"), Number("days", 1, 90),
        "Life of a session however often it is refreshed.",
        |c, n| c.sessions.absolute_ttl.read(days(n));
    "AUTHKIT_REFRESH_GRACE_SECONDS", Some("10"), Number("seconds", 0, 60),
        "How long the predecessor of a refresh token may be presented again; 0 is strict.",
        |c, n| c.sessions.grace.read(seconds(n));
    "AUTHKIT_COOKIE_NAME_ACCESS", Some("authkit_access"), Text("a name of letters, digits and signs of a token"),
        "The access cookie's name without prefix.",
        |c, t| {
            c.http.access_cookie.read(t.to_owned());
            Ok(())
        };
    "AUTHKIT_COOKIE_NAME_REFRESH", Some("authkit_refresh"), Text("a name of letters, digits and signs of a token"),
        "The refresh cookie's name without prefix.",
        |c, t| {
            c.http.refresh_cookie.read(t.to_owned());
            Ok(())
        };
    "AUTHKIT_COOKIE_SECURE", Some("true"), Flag(),
        "Whether cookies are Secure; false only with an http base URL on this machine, and the default there in development.",
        |c, on| c.http.cookie_secure.read(Some(on));
    "AUTHKIT_COOKIE_SAMESITE", Some("lax"), Choice("lax, strict or none"),
        "SameSite of the cookies.",
        |c, t| SameSite::named(t).map(|same_site| c.http.same_site.read(same_site));
    "AUTHKIT_COOKIE_DOMAIN", None, Text("a domain such as example.com"),
        "Domain of the cookies, the host of the base URL or a parent of it; this host alone where it is not set.",
        |c, t| {
            c.http.cookie_domain.read(Some(t.to_owned()));
            Ok(())
        };
    "AUTHKIT_TOKEN_DELIVERY", Some("auto"), Choice("auto, both, cookie or bearer"),
        "Whether tokens are in bodies, cookies or both; auto: cookies alone for a browser's own request, else both.",
        |c, t| TokenDelivery::named(t).map(|delivery| c.http.delivery.read(delivery));
    "AUTHKIT_TRUSTED_PROXIES", None, Text("addresses and networks with commas between, such as 10.0.0.0/8"),
        "Proxies whose forwarding headers are believed; none where it is not set.",
        |c, t| {
            c.http.proxies.read(Ok(proxies(list(t))?));
            Ok(())
        };
    "AUTHKIT_AUTH_PATH", Some("/auth"), Text("a path such as /auth"),
        "Where the account routes are mounted.",
        |c, t| {
            c.http.auth_path.read(Ok(path(t)?));
            Ok(())
        };
    "AUTHKIT_ADMIN_PATH", Some("/admin"), Text("a path such as /admin"),
        "Where the administration is mounted.",
        |c, t| {
            c.http.admin_path.read(Ok(path(t)?));
            Ok(())
        };
    "AUTHKIT_ENABLE_REGISTER", Some("true"), Flag(),
        "Whether strangers may register.",
        |c, on| c.accounts.registration.read(on);
    "AUTHKIT_REQUIRE_VERIFIED_EMAIL", Some("false"), Flag(),
        "Whether an address must be proven by a link before its owner gets in; registration then does not tell a taken one.",
        |c, on| c.accounts.verified_email.read(on);
    "AUTHKIT_PASSWORD_MIN_LENGTH", Some("12"), Number("characters", 8, 64),
        "The fewest characters of a new password; NIST wants 15 where it is the only factor.",
        |c, n| c.accounts.min_length.read(u16::try_from(n).unwrap_or(u16::MAX));
    "AUTHKIT_HASH_CONCURRENCY", None, Number("threads", 1, 256),
        "How many password hashes may run at once; the number of cores where it is not set.",
        |c, n| c.accounts.concurrency.read(usize::try_from(n).ok());
    "AUTHKIT_ROLES", Some("user,moderator,editor,admin"), Text("roles of a-z, 0-9, _ and - with commas between"),
        "All roles that can be given.",
        |c, t| {
            c.accounts.roles.read(Ok(roles(list(t))?));
            Ok(())
        };
    "AUTHKIT_ADMIN_ROLE", Some("admin"), Text("one of the roles"),
        "The role that may do everything.",
        |c, t| {
            c.accounts.admin_role.read(Ok(role(t)?));
            Ok(())
        };
    "AUTHKIT_CONSOLE_ROLES", None, Text("pairs such as support:support,auditor:viewer"),
        "What other roles may do in the administration; nothing where it is not set.",
        |c, t| {
            c.accounts.console_roles.read(Ok(console_roles(t)?));
            Ok(())
        };
    "AUTHKIT_THROTTLE", Some("on"), Choice("on, shared or off"),
        "Whether attempts are counted, and whether in the store (shared, for several nodes); off is refused in production.",
        |c, t| ThrottleMode::named(t).map(|mode| c.limits.mode.read(mode));
    "AUTHKIT_ENABLE_AUDIT_LOGS", Some("true"), Flag(),
        "Whether an audit trail is kept.",
        |c, on| c.limits.audit.read(on);
    "AUTHKIT_AUDIT_REFRESH", Some("false"), Flag(),
        "Whether each refresh of a session is recorded.",
        |c, on| c.limits.audit_refresh.read(on);
    "AUTHKIT_AUDIT_RETENTION_DAYS", Some("365"), Number("days", 90, 36500),
        "How long events are kept.",
        |c, n| c.limits.retention.read(days(n));
    "AUTHKIT_ENABLE_SMTP", Some("false"), Flag(),
        "Whether mail goes out by SMTP, for whoever makes the mailer from it; otherwise by the application's own mailer.",
        |c, on| c.smtp.on.read(on);
    "AUTHKIT_SMTP_HOST", None, Text("a host such as mail.example.com"),
        "The mail server; required where SMTP is on.",
        |c, t| {
            c.smtp.host.read(Some(Ok(smtp_host(t)?)));
            Ok(())
        };
    "AUTHKIT_SMTP_PORT", Some("587"), Number("the port", 1, 65535),
        "The mail server's port: 465 with TLS from the first byte, any other with STARTTLS, on this machine without.",
        |c, n| c.smtp.port.read(u16::try_from(n).unwrap_or_default());
    "AUTHKIT_SMTP_USERNAME", None, Text("a name"),
        "The user at the mail server; nobody signs in there where it is not set.",
        |c, t| {
            c.smtp.username.read(Some(t.to_owned()));
            Ok(())
        };
    "AUTHKIT_SMTP_PASSWORD", None, Secret("a password"),
        "The user's password at the mail server.",
        |c, t| {
            c.smtp.password.read(Some(t.into()));
            Ok(())
        };
    "AUTHKIT_SMTP_FROM_EMAIL", None, Text("an address such as no-reply@example.com"),
        "The sender of mails; otherwise the user name where it is an address, else no-reply@ the base URL's host.",
        |c, t| {
            c.smtp.from.read(Some(Ok(smtp_from(t)?)));
            Ok(())
        };
}

/// In any case, unlike in a token's header.
fn algorithm(text: &str) -> Option<Algorithm> {
    Algorithm::ALL.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(text))
}

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
