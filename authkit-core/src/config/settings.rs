//! What `build()` made of the configuration: checked, resolved once, read by every flow.

use std::time::Duration;

use ipnet::IpNet;

use super::sources::Sources;
use crate::model::attempts::{Backoff, Limit};
use crate::model::permission::Permissions;
use crate::model::profile::Field;
use crate::model::role::Role;
use crate::password::policy::PasswordPolicy;

/// The configuration as it is in force. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, and none depends on another")]
pub struct Settings {
    /// Where the process runs.
    pub environment: Environment,
    /// `scheme://host[:port]`, without a slash at the end: what links are built from.
    pub base_url: String,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of a session without a rotation, whole seconds.
    pub refresh_idle_ttl: Duration,
    /// Life of a session, whatever happens.
    pub refresh_absolute_ttl: Duration,
    /// How long the predecessor of a refresh token may be presented again.
    pub refresh_grace: Duration,
    /// Live sessions a user.
    pub session_cap: u32,
    /// Life of a reset token.
    pub reset_ttl: Duration,
    /// The reset link with `{token}` where the token goes.
    pub reset_url: String,
    /// Life of a token that proves an address.
    pub verification_ttl: Duration,
    /// The link that proves an address, with `{token}` where the token goes.
    pub verify_url: String,
    /// Whether strangers may register.
    pub registration: bool,
    /// Whether an address must be proven before its owner gets in.
    pub require_verified_email: bool,
    /// The role of whoever registers.
    pub default_role: Role,
    /// The role that may do everything.
    pub admin_role: Role,
    /// All roles that can be given.
    pub roles: Vec<Role>,
    /// What roles beside the admin role may do in the administration.
    pub console_roles: Vec<(Role, Permissions)>,
    /// Which new passwords are taken.
    pub password_policy: PasswordPolicy,
    /// The product's name, for mails and as a word that a password may not rest on.
    pub product: String,
    /// Whether an audit trail is kept.
    pub audit: bool,
    /// Whether every rotation is recorded.
    pub audit_refresh: bool,
    /// How long events are kept.
    pub audit_retention: Duration,
    /// The throttles' limits; `None`: switched off.
    pub throttle: Option<Throttle>,
    /// Whether the throttles count in the store.
    pub throttle_shared: bool,
    /// The application's own columns, as request bodies may carry them.
    pub profile_fields: Vec<Field>,
    /// What HTTP needs.
    pub http: HttpSettings,
    /// Where the values came from.
    pub sources: Sources,
}

impl Settings {
    /// What a role may do in the administration. A role that the configuration does not know may do nothing.
    pub fn permissions(&self, role: &Role) -> Permissions {
        if *role == self.admin_role {
            return Permissions::ADMIN;
        }
        self.console_roles
            .iter()
            .find(|(name, _)| name == role)
            .map_or(Permissions::NONE, |(_, permissions)| *permissions)
    }
}

/// Where the process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Nothing unsafe is accepted.
    Production,
    /// On a developer's machine.
    Development,
}

impl Environment {
    /// The one that settings call so, in any case.
    pub(super) fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "production" => Some(Self::Production),
            "development" => Some(Self::Development),
            _ => None,
        }
    }
}

/// How often what may be tried.
///
/// # Examples
/// ```
/// use authkit_core::{Limit, Throttle};
/// use std::time::Duration;
///
/// let wider = Limit { max: 100, window: Duration::from_secs(60), backoff: None };
/// let limits = Throttle { register_ip: wider, ..Throttle::default() };
/// assert_eq!(limits.login_ip.max, 30);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Sign-ins an address of the network.
    pub login_ip: Limit,
    /// Failed sign-ins an address of the network.
    pub login_failures_ip: Limit,
    /// Failed sign-ins an account.
    pub login_account: Limit,
    /// Registrations an address of the network.
    pub register_ip: Limit,
    /// Refreshes a session.
    pub refresh_session: Limit,
    /// Requests for a reset an address of the network.
    pub reset_ip: Limit,
    /// Reset mails an account, short term.
    pub reset_account: Limit,
    /// Reset mails an account, longer term.
    pub reset_account_hourly: Limit,
    /// Requests for a link that proves an address, an address of the network.
    pub verification_ip: Limit,
    /// Mails that prove an address or tell that it is taken, an account, short term.
    pub verification_account: Limit,
    /// The same, longer term.
    pub verification_account_hourly: Limit,
}

/// Sign-ins 30 a minute and address; failures 10 a minute and address, 5 per 5 minutes and account, then a delay of 1 s
/// that doubles to 15 min, and a stop after 100 in a row; registrations 20 a minute and address; refreshes 120 a minute
/// and session; resets 20 a minute and address, mails 1 a minute and 5 an hour and account; the same for the mails that
/// prove an address.
impl Default for Throttle {
    fn default() -> Self {
        let minute = |max| Limit { max, window: Duration::from_secs(60), backoff: None };
        let hour = |max| Limit { max, window: Duration::from_secs(3600), backoff: None };
        Self {
            login_ip: minute(30),
            login_failures_ip: minute(10),
            login_account: Limit {
                max: 5,
                window: Duration::from_secs(300),
                backoff: Some(Backoff {
                    first: Duration::from_secs(1),
                    longest: Duration::from_secs(900),
                    stop_after: 100,
                }),
            },
            register_ip: minute(20),
            refresh_session: minute(120),
            reset_ip: minute(20),
            reset_account: minute(1),
            reset_account_hourly: hour(5),
            verification_ip: minute(20),
            verification_account: minute(1),
            verification_account_hourly: hour(5),
        }
    }
}

/// What HTTP needs, resolved.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, and none depends on another")]
pub struct HttpSettings {
    /// The access cookie's name, prefix included.
    pub access_cookie: String,
    /// The refresh cookie's name, prefix included.
    pub refresh_cookie: String,
    /// Whether cookies are `Secure`.
    pub cookie_secure: bool,
    /// `SameSite` of the cookies.
    pub cookie_same_site: SameSite,
    /// `Domain` of the cookies.
    pub cookie_domain: Option<String>,
    /// The origin of the base URL, as a browser writes it: scheme and host in lower case, no default port.
    pub origin: String,
    /// Whether the base URL is `https`.
    pub https: bool,
    /// Whether HSTS covers subdomains.
    pub hsts_subdomains: bool,
    /// From whom forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether tokens are in bodies, cookies or both.
    pub token_delivery: TokenDelivery,
    /// Whether a cookie counts only with `Sec-Fetch-Site` or `Origin` beside it.
    pub require_origin: bool,
    /// Where the account routes are, such as `/auth`.
    pub auth_path: String,
    /// Where the administration is, such as `/admin`.
    pub admin_path: String,
    /// Whether `/docs` and `/openapi.json` answer.
    pub docs: bool,
    /// Origins that may read answers from scripts; exact.
    pub cors_origins: Vec<String>,
}

/// `SameSite` of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// Sent with requests of the same site and with links that lead here.
    Lax,
    /// Sent with requests of the same site only.
    Strict,
    /// Sent always; needs `Secure`.
    None,
}

impl SameSite {
    /// The one that settings call so, in any case.
    pub(super) fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "lax" => Some(Self::Lax),
            "strict" => Some(Self::Strict),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// Where the tokens of a sign-in go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenDelivery {
    /// A browser's own request gets cookies only, any other client gets both.
    Auto,
    /// Body and cookies.
    Both,
    /// Cookies only.
    Cookie,
    /// The body only.
    Bearer,
}

impl TokenDelivery {
    /// The one that settings call so, in any case.
    pub(super) fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Some(Self::Auto),
            "both" => Some(Self::Both),
            "cookie" => Some(Self::Cookie),
            "bearer" => Some(Self::Bearer),
            _ => None,
        }
    }
}
