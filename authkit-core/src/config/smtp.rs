//! Mail by SMTP: setters, checks, and what a mailer is made from. Core itself sends nothing.

use std::net::IpAddr;

use super::Config;
use super::codes::ConfigCode;
use super::error::ConfigError;
use super::http_checks;
use super::origin::{Origin, host_name};
use super::problems::Problems;
use super::setting::{Setting, Unfit};
use crate::model::email::Email;
use crate::model::secret::SecretText;

#[derive(Debug, Clone)]
pub(super) struct Smtp {
    pub(super) on: Setting<bool>,
    pub(super) host: Setting<Option<Result<String, Unfit>>>,
    pub(super) port: Setting<u16>,
    pub(super) username: Setting<Option<String>>,
    pub(super) password: Setting<Option<SecretText>>,
    pub(super) from: Setting<Option<Result<String, Unfit>>>,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            on: Setting::new("AUTHKIT_ENABLE_SMTP", "smtp", false),
            host: Setting::new("AUTHKIT_SMTP_HOST", "smtp_host", None),
            port: Setting::new("AUTHKIT_SMTP_PORT", "smtp_port", 587),
            username: Setting::new("AUTHKIT_SMTP_USERNAME", "smtp_username", None),
            password: Setting::new("AUTHKIT_SMTP_PASSWORD", "smtp_password", None),
            from: Setting::new("AUTHKIT_SMTP_FROM_EMAIL", "smtp_from", None),
        }
    }
}

/// What a mailer that speaks SMTP is made from: `authkit_mail_smtp::SmtpMailer::from_config` takes it from here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmtpSettings {
    /// The server's name or address, an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User and password there.
    pub credentials: Option<(String, SecretText)>,
    /// The sender: as it is set, else the user where that is an address, else `no-reply@` the host of the base URL, or
    /// `localhost` where that is an IP address.
    pub from: String,
    /// The name beside it: the product's.
    pub from_name: String,
}

/// Mail by SMTP.
impl Config {
    /// Whether mail goes out by SMTP; `build()` then wants a mailer, which `authkit-mail-smtp` makes from the settings
    /// here. `AUTHKIT_ENABLE_SMTP`; no by default.
    #[must_use]
    pub fn smtp(mut self, on: bool) -> Self {
        self.smtp.on.set(on);
        self
    }

    /// The mail server's name or address. `AUTHKIT_SMTP_HOST`; required where SMTP is on.
    #[must_use]
    pub fn smtp_host(mut self, host: impl AsRef<str>) -> Self {
        self.smtp.host.set(Some(smtp_host(host.as_ref())));
        self
    }

    /// The mail server's port; 465 means TLS from the first byte. `AUTHKIT_SMTP_PORT`; 587 by default.
    #[must_use]
    pub fn smtp_port(mut self, port: u16) -> Self {
        self.smtp.port.set(port);
        self
    }

    /// The user at the mail server. `AUTHKIT_SMTP_USERNAME`; none by default, and then nobody signs in there.
    #[must_use]
    pub fn smtp_username(mut self, name: impl Into<String>) -> Self {
        self.smtp.username.set(Some(name.into()));
        self
    }

    /// The user's password at the mail server. `AUTHKIT_SMTP_PASSWORD`; none by default.
    #[must_use]
    pub fn smtp_password(mut self, password: impl Into<SecretText>) -> Self {
        self.smtp.password.set(Some(password.into()));
        self
    }

    /// The sender of mails. `AUTHKIT_SMTP_FROM_EMAIL`; by default the user at the mail server where that is an address,
    /// else `no-reply@` the host of the base URL.
    #[must_use]
    pub fn smtp_from(mut self, address: impl AsRef<str>) -> Self {
        self.smtp.from.set(Some(smtp_from(address.as_ref())));
        self
    }

    /// What a mailer is to be made from; `None` where SMTP is off.
    ///
    /// # Errors
    /// [`ConfigError`]: SMTP is on without a host, or a value does not fit.
    ///
    /// # Examples
    /// ```
    /// use authkit_core::config::Config;
    ///
    /// let config = Config::development().base_url("https://example.com").smtp(true);
    /// assert!(config.smtp_settings().is_err(), "the host is missing");
    /// let settings = config.smtp_host("mail.example.com").smtp_settings()?.expect("it is on");
    /// assert_eq!((settings.port, settings.from.as_str()), (587, "no-reply@example.com"));
    /// # Ok::<(), authkit_core::config::ConfigError>(())
    /// ```
    pub fn smtp_settings(&self) -> Result<Option<SmtpSettings>, ConfigError> {
        let mut problems = Problems::default();
        let host = self.smtp.check(&mut problems);
        if !self.smtp.on.value() {
            return problems.finish(Some(None));
        }
        let base = http_checks::base(&self.http.base_url, self.environment, &mut problems);
        let settings = host.zip(base).map(|(host, base)| SmtpSettings {
            host: host.to_owned(),
            port: *self.smtp.port.value(),
            credentials: self.smtp.username.value().clone().zip(self.smtp.password.value().clone()),
            from: self.smtp.sender(&base),
            from_name: self.accounts.product.value().clone(),
        });
        problems.finish(settings.map(Some))
    }

    /// Whether SMTP is on.
    pub(crate) const fn is_smtp_on(&self) -> bool {
        *self.smtp.on.value()
    }
}

impl Smtp {
    /// The host, where there is one. What does not fit is reported whether SMTP is on or not.
    pub(super) fn check(&self, problems: &mut Problems) -> Option<&str> {
        let host = problems.fit_if_set(&self.host);
        problems.fit_if_set(&self.from);
        if *self.port.value() == 0 {
            problems.out_of_range(&self.port.place(), "1 to 65535 (the port)");
        }
        if *self.on.value() {
            if self.host.value().is_none() {
                let why = format!("{} is on, and {} is not set", self.on.place(), self.host.both());
                problems.refuse(ConfigCode::SmtpIncomplete, why, "name the mail server, such as mail.example.com");
            }
            self.check_credentials(problems);
        }
        host.map(String::as_str)
    }

    fn check_credentials(&self, problems: &mut Problems) {
        let (given, missing) = match (self.username.value(), self.password.value()) {
            (Some(_), None) => (self.username.place(), self.password.both()),
            (None, Some(_)) => (self.password.place(), self.username.both()),
            _ => return,
        };
        let why = format!("{given} is set, and {missing} is not");
        problems.refuse(ConfigCode::SmtpIncomplete, why, "set both, or neither for a server that wants no sign-in");
    }

    fn sender(&self, base: &Origin) -> String {
        if let Some(Ok(from)) = self.from.value() {
            return from.clone();
        }
        let user = self.username.value().as_deref().map(str::trim);
        user.filter(|user| Email::parse(user).is_ok())
            .map_or_else(|| format!("no-reply@{}", base.mail_domain()), str::to_owned)
    }
}

/// The host of a mail server.
pub(super) fn smtp_host(text: &str) -> Result<String, Unfit> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match bare.parse::<IpAddr>() {
        Ok(ip) => Ok(ip.to_string()),
        Err(_) => host_name(text.strip_suffix('.').unwrap_or(text)).ok_or(Unfit {
            code: ConfigCode::InvalidValue,
            why: "is neither the name of a host nor an IP address",
            fix: "write it like mail.example.com, without scheme and port",
        }),
    }
}

/// The sender of mails.
pub(super) fn smtp_from(text: &str) -> Result<String, Unfit> {
    let text = text.trim();
    let unfit = Unfit {
        code: ConfigCode::InvalidValue,
        why: "is not an email address",
        fix: "write it like no-reply@example.com, without a name",
    };
    Email::parse(text).map(|_| text.to_owned()).map_err(|_| unfit)
}
