//! `/system`: the configuration that is in force, to look at. It holds no secret, and nothing here changes it.

use std::time::Duration;

use askama::Template;
use authkit_core::{AuthKit, Environment, Limit, Permission, SameSite, TokenDelivery};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::shell::{Nav, Shell};
use super::view;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::Answer;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/system",
    Handler::Page(Page(|kit, visit, _| Box::pin(std::future::ready(show(kit, &visit))))),
)];

/// What belongs together.
struct Group {
    key: &'static str,
    icon: &'static str,
    /// Key of the name, and the value.
    facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage {
    s: Shell,
    warnings: Vec<String>,
    groups: Vec<Group>,
}

fn show(kit: &AuthKit, visit: &Visit) -> Answer {
    visit.operator.require(Permission::AuditRead)?;
    let s = Shell::of(kit, visit, Nav::System, visit.frame.console.messages.text("nav.system"))?;
    let groups =
        vec![process(kit, &s), sessions(kit), cookies(kit, &s), network(kit, &s), accounts(kit, &s), trail(kit, &s)];
    html::page(StatusCode::OK, &SystemPage { warnings: kit.warnings().to_vec(), groups, s })
}

fn process(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let environment = match settings.environment {
        Environment::Production => "system.production",
        Environment::Development => "system.development",
    };
    let mail = if kit.mailbox().is_some() { "system.mail_mailbox" } else { "system.mail_mailer" };
    let keys = if kit.jwks().is_some() { "system.keys_pair" } else { "system.keys_secret" };
    Group {
        key: "system.process",
        icon: "gear",
        facts: vec![
            ("system.version", env!("CARGO_PKG_VERSION").to_owned()),
            ("system.environment", s.t(environment).to_owned()),
            ("system.base_url", settings.base_url.clone()),
            ("system.mail", s.t(mail).to_owned()),
            ("system.keys", s.t(keys).to_owned()),
            ("system.docs", yes(s, kit.http().docs)),
        ],
    }
}

fn sessions(kit: &AuthKit) -> Group {
    let settings = kit.settings();
    Group {
        key: "system.sessions",
        icon: "screen",
        facts: vec![
            ("system.access_ttl", duration(settings.access_ttl)),
            ("system.idle_ttl", duration(settings.refresh_idle_ttl)),
            ("system.absolute_ttl", duration(settings.refresh_absolute_ttl)),
            ("system.grace", duration(settings.refresh_grace)),
            ("system.cap", settings.session_cap.to_string()),
            ("system.reset_ttl", duration(settings.reset_ttl)),
            ("system.verification_ttl", duration(settings.verification_ttl)),
        ],
    }
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
    Group {
        key: "system.cookies",
        icon: "key",
        facts: vec![
            ("system.names", format!("{}, {}", http.access_cookie, http.refresh_cookie)),
            ("system.secure", yes(s, http.cookie_secure)),
            ("system.same_site", site.to_owned()),
            ("system.domain", http.cookie_domain.clone().unwrap_or_else(|| s.t("system.this_host").to_owned())),
            ("system.delivery", s.t(delivery).to_owned()),
        ],
    }
}

fn network(kit: &AuthKit, s: &Shell) -> Group {
    let http = kit.http();
    Group {
        key: "system.network",
        icon: "arrow",
        facts: vec![
            ("system.proxies", list(s, http.trusted_proxies.iter().map(ToString::to_string))),
            ("system.origin_needed", yes(s, http.require_origin)),
            ("system.cors", list(s, http.cors_origins.iter().cloned())),
            ("system.paths", format!("{}, {}", http.auth_path, http.admin_path)),
            ("system.https", yes(s, http.https)),
        ],
    }
}

fn accounts(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let console = settings.console_roles.iter().map(|(role, _)| role.as_str().to_owned());
    Group {
        key: "system.accounts",
        icon: "users",
        facts: vec![
            ("system.registration", yes(s, settings.registration)),
            ("system.verified_email", yes(s, settings.require_verified_email)),
            ("system.roles", list(s, settings.roles.iter().map(|role| role.as_str().to_owned()))),
            ("system.default_role", settings.default_role.as_str().to_owned()),
            ("system.admin_role", settings.admin_role.as_str().to_owned()),
            ("system.console_roles", list(s, console)),
            ("system.password_min", settings.password_policy.min().to_string()),
            ("system.fields", view::number(settings.profile_fields.len() as u64)),
        ],
    }
}

fn trail(kit: &AuthKit, s: &Shell) -> Group {
    let settings = kit.settings();
    let mut facts = vec![
        ("system.audit", yes(s, kit.has_audit_log())),
        ("system.audit_refresh", yes(s, settings.audit_refresh)),
        ("system.retention", duration(settings.audit_retention)),
    ];
    match settings.throttle {
        None => facts.push(("system.throttle", s.t("system.throttle_off").to_owned())),
        Some(limits) => {
            let shared = if settings.throttle_shared { "system.throttle_shared" } else { "system.throttle_own" };
            facts.push(("system.throttle", s.t(shared).to_owned()));
            facts.push(("system.login_ip", limit(limits.login_ip)));
            facts.push(("system.login_account", limit(limits.login_account)));
        }
    }
    Group { key: "system.trail", icon: "page", facts }
}

fn yes(s: &Shell, is: bool) -> String {
    s.t(if is { "me.yes" } else { "me.no" }).to_owned()
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
