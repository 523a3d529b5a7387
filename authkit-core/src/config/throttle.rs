//! Throttles and the audit trail: setters and checks.

use std::time::Duration;

use super::Config;
use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::Setting;
use super::settings::{Environment, Throttle};
use crate::model::attempts::Limit;

/// Whether and where attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottleMode {
    /// In the memory of each process.
    On,
    /// In the store, so that the limits hold across nodes.
    Shared,
    /// Not at all: for load tests, refused in production.
    Off,
}

impl ThrottleMode {
    /// The one that settings call so, in any case.
    pub(super) fn named(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "on" => Some(Self::On),
            "shared" => Some(Self::Shared),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) mode: Setting<ThrottleMode>,
    pub(super) throttle: Setting<Throttle>,
    pub(super) audit: Setting<bool>,
    pub(super) audit_refresh: Setting<bool>,
    pub(super) retention: Setting<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mode: Setting::new("AUTHKIT_THROTTLE", "throttle", ThrottleMode::On),
            throttle: Setting::in_code_only("throttle_limits", Throttle::default()),
            audit: Setting::new("AUTHKIT_ENABLE_AUDIT_LOGS", "audit", true),
            audit_refresh: Setting::new("AUTHKIT_AUDIT_REFRESH", "audit_refresh", false),
            retention: Setting::new(
                "AUTHKIT_AUDIT_RETENTION_DAYS",
                "audit_retention",
                Duration::from_secs(365 * 86_400),
            ),
        }
    }
}

/// Throttles and the audit trail.
impl Config {
    /// Whether and where attempts are counted. `AUTHKIT_THROTTLE`; [`ThrottleMode::On`] by default.
    #[must_use]
    pub fn throttle(mut self, mode: ThrottleMode) -> Self {
        self.limits.mode.set(mode);
        self
    }

    /// How often what may be tried: each limit 1 or more in a window of a second or more. In code only; the defaults are
    /// those of [`Throttle`].
    #[must_use]
    pub fn throttle_limits(mut self, limits: Throttle) -> Self {
        self.limits.throttle.set(limits);
        self
    }

    /// Whether an audit trail is kept. `AUTHKIT_ENABLE_AUDIT_LOGS`; yes by default.
    #[must_use]
    pub fn audit(mut self, on: bool) -> Self {
        self.limits.audit.set(on);
        self
    }

    /// Whether each refresh of a session is recorded: a hundred rows a day and user. `AUTHKIT_AUDIT_REFRESH`; no by
    /// default.
    #[must_use]
    pub fn audit_refresh(mut self, on: bool) -> Self {
        self.limits.audit_refresh.set(on);
        self
    }

    /// How long events are kept: 90 days to 100 years. `AUTHKIT_AUDIT_RETENTION_DAYS`; 365 days by default.
    #[must_use]
    pub fn audit_retention(mut self, retention: Duration) -> Self {
        self.limits.retention.set(retention);
        self
    }
}

impl Limits {
    pub(super) fn check(&self, environment: Environment, problems: &mut Problems, warnings: &mut Vec<String>) {
        if *self.mode.value() == ThrottleMode::Off {
            let place = self.mode.place();
            if environment == Environment::Production {
                problems.refuse(
                    ConfigCode::ThrottleOff,
                    format!("{place} lets passwords be guessed without limit"),
                    "set it to on, or to shared where several nodes run",
                );
            } else {
                warnings.push(format!("{place}: nothing limits how often passwords are tried"));
            }
        }
        self.check_limits(problems, warnings);
        let (shortest, longest) = (Duration::from_secs(90 * 86_400), Duration::from_secs(36_500 * 86_400));
        if !(shortest..=longest).contains(self.retention.value()) {
            problems.out_of_range(&self.retention.place(), "90 to 36500 days");
        }
    }

    fn check_limits(&self, problems: &mut Problems, warnings: &mut Vec<String>) {
        let limits = self.throttle.value();
        for (name, limit) in [
            ("login_ip", limits.login_ip),
            ("login_failures_ip", limits.login_failures_ip),
            ("login_account", limits.login_account),
            ("register_ip", limits.register_ip),
            ("refresh_session", limits.refresh_session),
            ("reset_ip", limits.reset_ip),
            ("reset_account", limits.reset_account),
            ("reset_account_hourly", limits.reset_account_hourly),
            ("verification_ip", limits.verification_ip),
            ("verification_account", limits.verification_account),
            ("verification_account_hourly", limits.verification_account_hourly),
        ] {
            if let Some(why) = unusable(limit) {
                let why = format!("{name} of {}: {why}", self.throttle.place());
                problems.refuse(ConfigCode::ThrottleLimit, why, "mend the limit, or leave it at Throttle::default()");
            }
        }
        if limits.login_account.backoff.is_none_or(|backoff| backoff.stop_after > 100) {
            warnings.push(format!(
                "login_account of {}: more than 100 failures in a row are allowed, against NIST SP 800-63B-4",
                self.throttle.place()
            ));
        }
    }
}

fn unusable(limit: Limit) -> Option<&'static str> {
    if limit.max == 0 {
        return Some("an attempt at least must be allowed");
    }
    if limit.window < Duration::from_secs(1) {
        return Some("the window must be a second or more");
    }
    let backoff = limit.backoff?;
    if backoff.first.is_zero() || backoff.first > backoff.longest {
        return Some("the first delay must be more than nothing and not above the longest");
    }
    (backoff.stop_after < limit.max).then_some("the stop must not come before the limit")
}
