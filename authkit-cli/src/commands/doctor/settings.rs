//! The settings: what the start would refuse, and what it would take and should be known.

use authkit_core::{AuthKit, Environment, SameSite};
use authkit_store_memory::MemoryStore;

use super::report::Report;
use crate::mail::Post;
use crate::settings::Settings;

/// What NIST SP 800-63B-4 §3.1.1.2 asks of a password that is the only factor.
const NIST_MINIMUM: u16 = 15;

pub(super) fn check(settings: &Settings, report: &mut Report) {
    let config = match settings.config() {
        Ok(config) => config,
        Err(failure) => {
            report.problems("settings", failure.problems);
            return;
        }
    };
    let kit = AuthKit::builder().store(MemoryStore::new()).config(config).mailer(Post::Nowhere).build();
    let kit = match kit {
        Ok(kit) => kit,
        Err(error) => {
            report.problems("settings", settings.refused(&error).problems);
            return;
        }
    };
    report.pass("settings", "the start takes them");
    if let Some(key) = settings.find("AUTHKIT_SECRET_KEY") {
        report.pass("secret", format!("{} bytes, from {}", key.value.expose().len(), key.source));
    } else {
        let why = "drawn anew at every start, since none is set: everybody is signed out then";
        report.warn("secret", why, "authkit secret generate --write .env");
    }
    for warning in kit.warnings() {
        report.warn("settings", warning, "see the guide, \"Settings\"");
    }
    environment(&kit, report);
    cookies(&kit, report);
    proxies(&kit, report);
    passwords(&kit, report);
}

fn environment(kit: &AuthKit, report: &mut Report) {
    match kit.settings().environment {
        Environment::Production => report.pass("environment", "production"),
        Environment::Development if kit.http().https => {
            let why = format!("development, and the base URL {} is one that others use", kit.settings().base_url);
            report.fail("environment", why, "set AUTHKIT_ENV=production");
        }
        Environment::Development => report.pass("environment", "development, on this machine"),
    }
}

fn cookies(kit: &AuthKit, report: &mut Report) {
    let http = kit.http();
    let domain = http.cookie_domain.as_deref().unwrap_or("this host alone");
    let secure = if http.cookie_secure { "Secure" } else { "not Secure, on this machine" };
    let same_site = match http.cookie_same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
        SameSite::None => "None",
    };
    let why = format!("{secure}, SameSite={same_site}, for {domain}; {}", kit.settings().base_url);
    if http.cookie_same_site == SameSite::None {
        let fix = "set AUTHKIT_COOKIE_SAMESITE=lax unless pages of other sites have to use the API";
        report.warn("cookies", why, fix);
    } else {
        report.pass("cookies", why);
    }
}

fn proxies(kit: &AuthKit, report: &mut Report) {
    let nets = &kit.http().trusted_proxies;
    if nets.is_empty() {
        report.pass("proxies", "none is trusted: the client's address is the socket's");
        return;
    }
    let names: Vec<String> = nets.iter().map(ToString::to_string).collect();
    report.pass("proxies", format!("forwarding headers are believed from {}", names.join(", ")));
}

fn passwords(kit: &AuthKit, report: &mut Report) {
    let min = kit.settings().password_policy.min();
    if min < NIST_MINIMUM {
        let why = format!("{min} characters at least; NIST wants {NIST_MINIMUM} where a password is the only factor");
        report.warn("passwords", why, format!("set AUTHKIT_PASSWORD_MIN_LENGTH={NIST_MINIMUM}"));
    } else {
        report.pass("passwords", format!("{min} characters at least"));
    }
}
