//! The configuration: what can be set, where it is read, what it is resolved to.
//!
//! [`Config`] is what an application sets, in code or by the `AUTHKIT_*` variables of [`variables`];
//! [`Settings`](settings::Settings) is what `build()` resolves it to. Whatever is unsafe is refused there, everything at
//! once, by a [`ConfigError`].

mod accounts;
mod addresses;
mod codes;
mod database_url;
mod env_file;
mod error;
mod http;
mod http_checks;
mod keys;
mod nearest;
mod origin;
mod problems;
mod profile;
mod read;
mod reference;
mod resolve;
mod sessions;
mod setting;
pub mod settings;
mod smtp;
mod sources;
mod throttle;
mod variables;

#[cfg(test)]
mod tests;

pub use codes::ConfigCode;
pub use database_url::{DatabaseUrl, InvalidDatabaseUrl};
pub use env_file::{EnvEntry, EnvFileError, read_env_file};
pub use error::{ConfigError, ConfigProblem};
pub use reference::env_example;
pub use smtp::SmtpSettings;
pub use sources::{SettingSource, Sources};
pub use throttle::ThrottleMode;
pub use variables::{Variable, variables};

use settings::Environment;

use crate::model::secret::SecretKey;

/// What an application sets. Everything has a default but the base URL and the secret key of production.
///
/// Each setter names its unit, its range, its default and its variable. Nothing is checked before `build()`, which
/// refuses what is unsafe and tells everything that is wrong at once.
///
/// # Examples
/// ```
/// use authkit_core::config::Config;
/// use std::time::Duration;
///
/// // On a developer's machine: nothing to set.
/// let config = Config::development();
/// // In production, from the environment or in code.
/// # let vars = [("AUTHKIT_BASE_URL".to_owned(), "https://example.com".to_owned())];
/// let config = Config::from_vars(vars)?.access_ttl(Duration::from_secs(300));
/// let config = Config::production("https://example.com", "4 random words are no key: use openssl rand");
/// # let _ = config;
/// # Ok::<(), authkit_core::config::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    environment: Environment,
    /// Development was asked for in code where the process says production.
    misplaced: bool,
    database_url: Option<DatabaseUrl>,
    keys: keys::Keys,
    sessions: sessions::Sessions,
    accounts: accounts::Accounts,
    limits: throttle::Limits,
    http: http::Http,
    smtp: smtp::Smtp,
}

impl Config {
    /// For a developer's machine: base URL `http://127.0.0.1:8000`, cookies without `Secure`, `/docs` on, and a random
    /// key for the run where none is set.
    ///
    /// Reads one variable of the process, `AUTHKIT_ENV`: where it says `production`, `build()` refuses.
    pub fn development() -> Self {
        Self::development_where(std::env::var("AUTHKIT_ENV").ok().as_deref())
    }

    /// For everything else: nothing unsafe is accepted. `base_url` as in [`Self::base_url`], `secret_key` as in
    /// [`Self::secret_key`].
    pub fn production(base_url: impl AsRef<str>, secret_key: impl Into<SecretKey>) -> Self {
        Self::new(Environment::Production).base_url(base_url).secret_key(secret_key)
    }

    /// Reads the `AUTHKIT_*` variables among `vars`, such as `std::env::vars()`; all others are passed over. For
    /// production, unless `AUTHKIT_ENV` says `development`.
    ///
    /// Names count in any case. A later pair of the same name replaces an earlier one, and an empty value is as none. All
    /// but secrets are taken without white space around them. What is set in code afterwards replaces what was read.
    ///
    /// `std::env::vars()` panics where any variable of the process is not UTF-8; where that may be, pass what is left of
    /// `std::env::vars_os()`.
    ///
    /// # Errors
    /// [`ConfigError`]: an unknown name (but for those under `AUTHKIT_TEST_`), one name in two spellings, or a value that
    /// does not fit; with what `build()` would refuse, as far as that is known.
    ///
    /// # Examples
    /// ```
    /// use authkit_core::config::Config;
    ///
    /// let vars = [("AUTHKIT_ENV", "development"), ("AUTHKIT_COOKIE_SECURE", "off"), ("PATH", "/bin")];
    /// let config = Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned())))?;
    /// # let _ = config;
    /// # Ok::<(), authkit_core::config::ConfigError>(())
    /// ```
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        read::read(vars)
    }

    /// Where the process runs.
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// What `AUTHKIT_DATABASE_URL` names. The core opens nothing: make the store from it.
    pub const fn database_url(&self) -> Option<&DatabaseUrl> {
        self.database_url.as_ref()
    }

    fn new(environment: Environment) -> Self {
        Self {
            environment,
            misplaced: false,
            database_url: None,
            keys: keys::Keys::default(),
            sessions: sessions::Sessions::default(),
            accounts: accounts::Accounts::default(),
            limits: throttle::Limits::default(),
            http: http::Http::default(),
            smtp: smtp::Smtp::default(),
        }
    }

    fn development_where(process: Option<&str>) -> Self {
        let misplaced = process.is_some_and(|text| text.trim().eq_ignore_ascii_case("production"));
        Self { misplaced, ..Self::new(Environment::Development) }
    }
}
