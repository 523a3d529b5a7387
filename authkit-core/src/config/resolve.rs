//! From what was set to what is in force.

use std::num::NonZeroUsize;

use super::codes::ConfigCode;
use super::error::ConfigError;
use super::problems::Problems;
use super::settings::{Environment, Settings};
use super::throttle::ThrottleMode;
use super::{Config, http_checks};
use crate::model::secret::SecretKey;
use crate::password::argon2id::Argon2id;
use crate::token::algorithm::Algorithm;

/// A configuration that was checked as far as that is possible without ports.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) settings: Settings,
    /// `None`: in development, a random key for the run.
    pub(crate) secret: Option<SecretKey>,
    pub(crate) previous: Vec<SecretKey>,
    pub(crate) algorithm: Algorithm,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) argon2: Argon2id,
    pub(crate) hash_concurrency: NonZeroUsize,
    /// What is accepted and worth a line in the log, each with the name of its setting.
    pub(crate) warnings: Vec<String>,
}

impl Config {
    /// Checks everything and resolves it.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong.
    pub(crate) fn resolve(self) -> Result<Resolved, ConfigError> {
        let mut problems = Problems::default();
        let mut warnings = Vec::new();
        self.check_environment(&mut problems, &mut warnings);
        self.keys.check(&mut problems);
        self.sessions.check(&mut problems, &mut warnings);
        self.limits.check(self.environment, &mut problems, &mut warnings);
        self.smtp.check(&mut problems);
        let http = http_checks::check(&self.http, self.environment, &mut problems);
        let host = http.as_ref().map_or("", |http| http.host.as_str());
        let accounts = self.accounts.check(host, &mut problems);
        let resolved = http.zip(accounts).map(|(http, accounts)| Resolved {
            settings: Settings {
                environment: self.environment,
                base_url: http.http.origin.clone(),
                access_ttl: *self.sessions.access_ttl.value(),
                refresh_idle_ttl: *self.sessions.idle_ttl.value(),
                refresh_absolute_ttl: *self.sessions.absolute_ttl.value(),
                refresh_grace: *self.sessions.grace.value(),
                session_cap: *self.sessions.cap.value(),
                reset_ttl: *self.sessions.reset_ttl.value(),
                reset_url: http.reset_url,
                verification_ttl: *self.sessions.verification_ttl.value(),
                verify_url: http.verify_url,
                registration: *self.accounts.registration.value(),
                require_verified_email: *self.accounts.verified_email.value(),
                default_role: accounts.default_role,
                admin_role: accounts.admin_role,
                roles: accounts.roles,
                console_roles: accounts.console_roles,
                password_policy: accounts.policy,
                product: self.accounts.product.value().clone(),
                audit: *self.limits.audit.value(),
                audit_refresh: *self.limits.audit_refresh.value(),
                audit_retention: *self.limits.retention.value(),
                throttle: (*self.limits.mode.value() != ThrottleMode::Off).then_some(*self.limits.throttle.value()),
                throttle_shared: *self.limits.mode.value() == ThrottleMode::Shared,
                profile_fields: self.accounts.profile_fields.value().clone(),
                http: http.http,
                sources: self.sources(),
            },
            secret: self.keys.secret.value().clone(),
            previous: self.keys.previous.value().clone(),
            algorithm: *self.keys.algorithm.value(),
            issuer: self.keys.issuer.value().clone(),
            audience: self.keys.audience.value().clone(),
            argon2: accounts.argon2,
            hash_concurrency: accounts.concurrency,
            warnings,
        });
        problems.finish(resolved)
    }

    fn check_environment(&self, problems: &mut Problems, warnings: &mut Vec<String>) {
        if self.misplaced {
            problems.refuse(
                ConfigCode::DevelopmentInProduction,
                "AUTHKIT_ENV says production, and the code says Config::development()",
                "use Config::from_vars(std::env::vars()), or set AUTHKIT_ENV to development",
            );
        }
        if self.keys.secret.value().is_some() {
            return;
        }
        let missing = self.keys.secret.both();
        match self.environment {
            Environment::Production => problems.refuse(
                ConfigCode::SecretMissing,
                format!("{missing} must be set in production"),
                "draw one with `openssl rand -base64 48`, and keep it out of the code",
            ),
            Environment::Development => warnings
                .push(format!("no {missing}: a random key for this run, and everyone is signed out when it ends")),
        }
    }
}
