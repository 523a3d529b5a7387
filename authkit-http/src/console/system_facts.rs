//! What the page about the system says: each fact with its value and, where it can be set, with who set it.

use std::time::Duration;

use authkit_core::{AuthKit, Environment, Limit, SameSite, SettingSource, TokenDelivery};

use super::shell::Shell;
use super::view::{self, Moment};

/// What belongs together.
pub(super) struct Group {
    pub(super) key: &'static str,
    pub(super) icon: &'static str,
    pub(super) facts: Vec<Fact>,
}

/// One line.
pub(super) struct Fact {
    /// Key of the name.
    pub(super) key: &'static str,
    pub(super) value: String,
    /// Who set it; empty: it cannot be set.
    pub(super) source: String,
}

/// Puts a group together.
struct Facts<'a> {
    kit: &'a AuthKit,
    s: &'a Shell,
    list: Vec<Fact>,
}

impl<'a> Facts<'a> {
    const fn of(kit: &'a AuthKit, s: &'a Shell) -> Self {
        Self { kit, s, list: Vec::new() }
    }

    /// What is so.
    fn say(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.list.push(Fact { key, value: value.into(), source: String::new() });
        self
    }

    /// What was set, by the setter of this name in the configuration.
    fn set(mut self, key: &'static str, value: impl Into<String>, setter: &str) -> Self {
        let source = match self.kit.settings().sources.of(setter) {
            Some(SettingSource::Default) => self.s.t("system.from_default").to_owned(),
            Some(SettingSource::Code) => self.s.t("system.from_code").to_owned(),
            Some(SettingSource::Variable(name)) => name.to_owned(),
            None => String::new(),
        };
        self.list.push(Fact { key, value: value.into(), source });
        self
    }

    fn group(self, key: &'static str, icon: &'static str) -> Group {
        Group { key, icon, facts: self.list }
    }
}

/// Everything that the page shows.
pub(super) fn groups(kit: &AuthKit, s: &Shell) -> Vec<Group> {
    let all = [process, store, sessions, cookies, network, accounts, passwords, trail, throttles];
    all.into_iter().map(|group| group(kit, s)).collect()
}

fn process(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let environment = match settings.environment {
        Environment::Production => "system.production",
        Environment::Development => "system.development",
    };
    let mail = if kit.mailbox().is_some() { "system.mail_mailbox" } else { "system.mail_mailer" };
    let keys = if kit.jwks().is_some() { "system.keys_pair" } else { "system.keys_secret" };
    Facts::of(kit, s)
        .say("system.version", env!("CARGO_PKG_VERSION"))
        .say("system.environment", s.t(environment))
        .set("system.base_url", &settings.base_url, "base_url")
        .say("system.mail", s.t(mail))
        .set("system.keys", s.t(keys), "algorithm")
        .set("system.docs", yes(s, kit.http().docs), "docs")
        .group("system.process", "gear")
}

fn store(kit: &AuthKit, s: &Shell) -> Group {
    let about = kit.about();
    let tidied = about.tidied_at.map(|at| Moment::of(at, kit.now()));
    let tidied =
        tidied.map_or_else(|| s.t("system.not_yet").to_owned(), |at| format!("{} UTC, {}", at.text, s.ago(&at)));
    let untold = || s.t("system.store_untold").to_owned();
    Facts::of(kit, s)
        .say("system.store_kind", about.store.unwrap_or_else(untold))
        .say("system.log_kind", yes(s, kit.has_audit_log()))
        .say("system.tidied", tidied)
        .group("system.store", "page")
}

fn sessions(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    Facts::of(kit, s)
        .set("system.access_ttl", duration(settings.access_ttl), "access_ttl")
        .set("system.idle_ttl", duration(settings.refresh_idle_ttl), "refresh_idle_ttl")
        .set("system.absolute_ttl", duration(settings.refresh_absolute_ttl), "refresh_absolute_ttl")
        .set("system.grace", duration(settings.refresh_grace), "refresh_grace")
        .set("system.cap", settings.session_cap.to_string(), "session_cap")
        .set("system.reset_ttl", duration(settings.reset_ttl), "reset_ttl")
        .set("system.verification_ttl", duration(settings.verification_ttl), "verification_ttl")
        .group("system.sessions", "screen")
}

fn cookies(kit: &AuthKit, s: &Shell) -> Group {
    let http = kit.http();
    let site = match http.cookie_same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
        SameSite::None => "None",
    };
    let delivery = match http.token_delivery {
        TokenDelivery::Auto => "system.delivery_auto",
        TokenDelivery::Both => "system.delivery_both",
        TokenDelivery::Cookie => "system.delivery_cookie",
        TokenDelivery::Bearer => "system.delivery_bearer",
    };
    let domain = http.cookie_domain.as_deref().unwrap_or_else(|| s.t("system.this_host"));
    Facts::of(kit, s)
        .set("system.access_cookie", &http.access_cookie, "access_cookie")
        .set("system.refresh_cookie", &http.refresh_cookie, "refresh_cookie")
        .say("system.http_only", s.t("me.yes"))
        .set("system.secure", yes(s, http.cookie_secure), "cookie_secure")
        .set("system.same_site", site, "cookie_same_site")
        .set("system.domain", domain, "cookie_domain")
        .set("system.delivery", s.t(delivery), "token_delivery")
        .group("system.cookies", "key")
}

fn network(kit: &AuthKit, s: &Shell) -> Group {
    let http = kit.http();
    Facts::of(kit, s)
        .set("system.proxies", list(s, http.trusted_proxies.iter().map(ToString::to_string)), "trusted_proxies")
        .set("system.origin_needed", yes(s, http.require_origin), "require_origin")
        .set("system.cors", list(s, http.cors_origins.iter().cloned()), "cors_origins")
        .set("system.auth_path", &http.auth_path, "auth_path")
        .set("system.admin_path", &http.admin_path, "admin_path")
        .say("system.https", yes(s, http.https))
        .set("system.hsts", yes(s, http.hsts_subdomains), "hsts_subdomains")
        .group("system.network", "arrow")
}

fn accounts(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let console = settings.console_roles.iter().map(|(role, _)| role.as_str().to_owned());
    let roles = settings.roles.iter().map(|role| role.as_str().to_owned());
    let fields = view::number(settings.profile_fields.len() as u64);
    Facts::of(kit, s)
        .set("system.registration", yes(s, settings.registration), "registration")
        .set("system.verified_email", yes(s, settings.require_verified_email), "require_verified_email")
        .set("system.roles", list(s, roles), "roles")
        .set("system.default_role", settings.default_role.as_str(), "default_role")
        .set("system.admin_role", settings.admin_role.as_str(), "admin_role")
        .set("system.console_roles", list(s, console), "console_roles")
        .set("system.fields", fields, "profile_fields")
        .group("system.accounts", "users")
}

fn passwords(kit: &AuthKit, s: &Shell) -> Group {
    let (settings, about) = (kit.settings(), kit.about());
    let cost = about.hash_cost.map(|cost| s.fill("system.measured", "n", cost.as_millis()));
    let cost = cost.unwrap_or_else(|| s.t("system.not_yet").to_owned());
    Facts::of(kit, s)
        .set("system.password_min", settings.password_policy.min().to_string(), "password_min_length")
        .set("system.hash_cost", cost, "argon2")
        .set("system.hash_threads", about.hash_threads.to_string(), "hash_concurrency")
        .group("system.passwords", "lock")
}

fn trail(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    Facts::of(kit, s)
        .set("system.audit", yes(s, settings.audit), "audit")
        .set("system.audit_refresh", yes(s, settings.audit_refresh), "audit_refresh")
        .set("system.retention", duration(settings.audit_retention), "audit_retention")
        .group("system.trail", "page")
}

fn throttles(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let mode = match (settings.throttle, settings.throttle_shared) {
        (None, _) => "system.throttle_off",
        (Some(_), true) => "system.throttle_shared",
        (Some(_), false) => "system.throttle_own",
    };
    let mut facts = Facts::of(kit, s).set("system.throttle", s.t(mode), "throttle");
    if let Some(limits) = settings.throttle {
        for (key, one) in [
            ("system.login_ip", limits.login_ip),
            ("system.login_account", limits.login_account),
            ("system.register_ip", limits.register_ip),
            ("system.reset_ip", limits.reset_ip),
        ] {
            facts = facts.set(key, limit(one), "throttle_limits");
        }
    }
    facts.group("system.throttles", "warning")
}

fn yes(s: &Shell, is: bool) -> &str {
    s.t(if is { "me.yes" } else { "me.no" })
}

fn list(s: &Shell, texts: impl Iterator<Item = String>) -> String {
    let text = texts.collect::<Vec<_>>().join(", ");
    if text.is_empty() { s.t("system.none").to_owned() } else { text }
}

fn limit(limit: Limit) -> String {
    format!("{} / {}", limit.max, duration(limit.window))
}

/// The greatest unit that it is whole in.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = units.into_iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    match unit {
        Some((unit, name)) => format!("{} {name}", view::number(seconds / unit)),
        None => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_its_greatest_whole_unit() {
        for (seconds, text) in
            [(0, "0 s"), (10, "10 s"), (90, "90 s"), (900, "15 min"), (86_400 * 7, "7 d"), (7_200, "2 h")]
        {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
    }
}
