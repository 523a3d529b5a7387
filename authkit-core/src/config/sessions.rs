//! How long tokens and sessions live: setters and checks.

use std::time::Duration;

use super::Config;
use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::Setting;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const SECOND: Duration = Duration::from_secs(1);

/// Longer ones are allowed, and said so.
const LONG_SESSION: Duration = Duration::from_secs(30 * 86_400);

#[derive(Debug, Clone)]
pub(super) struct Sessions {
    pub(super) access_ttl: Setting<Duration>,
    pub(super) idle_ttl: Setting<Duration>,
    pub(super) absolute_ttl: Setting<Duration>,
    pub(super) grace: Setting<Duration>,
    pub(super) cap: Setting<u32>,
    pub(super) reset_ttl: Setting<Duration>,
    pub(super) verification_ttl: Setting<Duration>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            access_ttl: Setting::new("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", "access_ttl", 15 * MINUTE),
            idle_ttl: Setting::new("AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS", "refresh_idle_ttl", 7 * DAY),
            absolute_ttl: Setting::new("AUTHKIT_REFRESH_ABSOLUTE_DAYS", "refresh_absolute_ttl", 30 * DAY),
            grace: Setting::new("AUTHKIT_REFRESH_GRACE_SECONDS", "refresh_grace", 10 * SECOND),
            cap: Setting::in_code_only("session_cap", 50),
            reset_ttl: Setting::in_code_only("reset_ttl", 15 * MINUTE),
            verification_ttl: Setting::in_code_only("verification_ttl", DAY),
        }
    }
}

/// Lifetimes.
impl Config {
    /// Life of an access token: whole seconds, 1 s to 60 min. `AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES`; 15 min by default.
    #[must_use]
    pub fn access_ttl(mut self, ttl: Duration) -> Self {
        self.sessions.access_ttl.set(ttl);
        self
    }

    /// Life of a session that is not refreshed: whole seconds, 1 s up to the absolute limit.
    /// `AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS`; 7 days by default.
    #[must_use]
    pub fn refresh_idle_ttl(mut self, ttl: Duration) -> Self {
        self.sessions.idle_ttl.set(ttl);
        self
    }

    /// Life of a session however often it is refreshed: whole seconds, 1 s to 90 days, with a warning above 30.
    /// `AUTHKIT_REFRESH_ABSOLUTE_DAYS`; 30 days by default.
    #[must_use]
    pub fn refresh_absolute_ttl(mut self, ttl: Duration) -> Self {
        self.sessions.absolute_ttl.set(ttl);
        self
    }

    /// How long the predecessor of a refresh token is answered with the same successor again: 0 to 60 s; 0 is strict
    /// and ends the session of a client that lost an answer. `AUTHKIT_REFRESH_GRACE_SECONDS`; 10 s by default.
    #[must_use]
    pub fn refresh_grace(mut self, grace: Duration) -> Self {
        self.sessions.grace.set(grace);
        self
    }

    /// Live sessions a user, 1 or more; one more ends the oldest. In code only; 50 by default.
    #[must_use]
    pub fn session_cap(mut self, sessions: u32) -> Self {
        self.sessions.cap.set(sessions);
        self
    }

    /// Life of a reset token: whole seconds, 1 s to 60 min. In code only; 15 min by default.
    #[must_use]
    pub fn reset_ttl(mut self, ttl: Duration) -> Self {
        self.sessions.reset_ttl.set(ttl);
        self
    }

    /// Life of the link that proves an address: whole seconds, 1 s to 24 h. In code only; 24 h by default.
    #[must_use]
    pub fn verification_ttl(mut self, ttl: Duration) -> Self {
        self.sessions.verification_ttl.set(ttl);
        self
    }
}

impl Sessions {
    pub(super) fn check(&self, problems: &mut Problems, warnings: &mut Vec<String>) {
        let whole = |setting: &Setting<Duration>| setting.value().subsec_nanos() == 0;
        for (setting, longest, range) in [
            (&self.access_ttl, HOUR, "1 second to 60 minutes"),
            (&self.idle_ttl, 90 * DAY, "1 second to 90 days"),
            (&self.absolute_ttl, 90 * DAY, "1 second to 90 days"),
            (&self.reset_ttl, HOUR, "1 second to 60 minutes"),
            (&self.verification_ttl, DAY, "1 second to 24 hours"),
        ] {
            if !(SECOND..=longest).contains(setting.value()) || !whole(setting) {
                problems.out_of_range(&setting.place(), &format!("{range}, in whole seconds"));
            }
        }
        if *self.grace.value() > MINUTE {
            problems.out_of_range(&self.grace.place(), "0 to 60 seconds");
        }
        if *self.cap.value() == 0 {
            problems.out_of_range(&self.cap.place(), "1 session or more");
        }
        if self.idle_ttl.value() > self.absolute_ttl.value() {
            problems.refuse(
                ConfigCode::IdleAboveAbsolute,
                format!("{} is longer than {}", self.idle_ttl.place(), self.absolute_ttl.place()),
                format!("lower {} or raise {}", self.idle_ttl.name(), self.absolute_ttl.name()),
            );
        }
        if *self.absolute_ttl.value() > LONG_SESSION {
            warnings.push(format!("{}: a session may live longer than 30 days", self.absolute_ttl.place()));
        }
    }
}
