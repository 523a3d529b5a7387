//! Where each value of the configuration came from.

use super::Config;
use super::setting::{Setting, Source};

/// Where the values that are in force came from, by the name of their setter in [`Config`].
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<(&'static str, SettingSource)>);

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingSource {
    /// Nobody: it is the default.
    Default,
    /// The application, in code.
    Code,
    /// This variable.
    Variable(&'static str),
}

impl Sources {
    /// Who set what the setter of this name sets, such as `access_ttl`; `None`: there is no such setter.
    pub fn of(&self, setter: &str) -> Option<SettingSource> {
        self.0.iter().find(|(name, _)| *name == setter).map(|(_, source)| *source)
    }
}

impl<T> Setting<T> {
    fn told(&self) -> (&'static str, SettingSource) {
        let source = match (self.source, self.variable) {
            (Source::Default, _) => SettingSource::Default,
            (Source::Variable, Some(variable)) => SettingSource::Variable(variable),
            (Source::Code, _) | (Source::Variable, None) => SettingSource::Code,
        };
        (self.method, source)
    }
}

impl Config {
    pub(super) fn sources(&self) -> Sources {
        let Self { keys, sessions, accounts, limits, http, .. } = self;
        Sources(vec![
            keys.secret.told(),
            keys.previous.told(),
            keys.algorithm.told(),
            keys.issuer.told(),
            keys.audience.told(),
            sessions.access_ttl.told(),
            sessions.idle_ttl.told(),
            sessions.absolute_ttl.told(),
            sessions.grace.told(),
            sessions.cap.told(),
            sessions.reset_ttl.told(),
            sessions.verification_ttl.told(),
            accounts.registration.told(),
            accounts.verified_email.told(),
            accounts.roles.told(),
            accounts.default_role.told(),
            accounts.admin_role.told(),
            accounts.console_roles.told(),
            accounts.min_length.told(),
            accounts.context_words.told(),
            accounts.product.told(),
            accounts.argon2.told(),
            accounts.concurrency.told(),
            accounts.profile_fields.told(),
            limits.mode.told(),
            limits.throttle.told(),
            limits.audit.told(),
            limits.audit_refresh.told(),
            limits.retention.told(),
            http.base_url.told(),
            http.reset_url.told(),
            http.verify_url.told(),
            http.auth_path.told(),
            http.admin_path.told(),
            http.access_cookie.told(),
            http.refresh_cookie.told(),
            http.cookie_secure.told(),
            http.same_site.told(),
            http.cookie_domain.told(),
            http.delivery.told(),
            http.proxies.told(),
            http.cors_origins.told(),
            http.require_origin.told(),
            http.hsts_subdomains.told(),
            http.docs.told(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_says_who_set_it() {
        let vars = [("AUTHKIT_ENV", "development"), ("AUTHKIT_REFRESH_GRACE_SECONDS", "5")];
        let config = Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
        let sources = config.session_cap(3).sources();
        for (setter, source) in [
            ("refresh_grace", Some(SettingSource::Variable("AUTHKIT_REFRESH_GRACE_SECONDS"))),
            ("session_cap", Some(SettingSource::Code)),
            ("access_ttl", Some(SettingSource::Default)),
            ("no_such_setter", None),
        ] {
            assert_eq!(sources.of(setter), source, "{setter}");
        }
    }

    #[test]
    fn no_setter_is_named_twice() {
        let mut names: Vec<_> = Config::development().sources().0.into_iter().map(|(name, _)| name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
