//! What the settings of HTTP are resolved to, and what is refused of them.

use super::addresses::{Link, base_url};
use super::codes::ConfigCode;
use super::http::Http;
use super::origin::{Origin, host_name};
use super::problems::Problems;
use super::setting::Setting;
use super::settings::{Environment, HttpSettings, SameSite};

/// What became of the settings.
pub(super) struct Checked {
    pub(super) http: HttpSettings,
    pub(super) host: String,
    pub(super) reset_url: String,
    pub(super) verify_url: String,
}

/// `None` where something is missing that the rest is made of, and then that is reported.
pub(super) fn check(http: &Http, environment: Environment, problems: &mut Problems) -> Option<Checked> {
    let base = base(&http.base_url, environment, problems);
    let paths = paths(http, problems);
    let (reset, verify) = (link(&http.reset_url, problems), link(&http.verify_url, problems));
    let trusted_proxies = problems.fit(&http.proxies);
    let cors_origins = problems.fit(&http.cors_origins);
    let names = names(http, problems);
    let (base, (auth_path, admin_path)) = (base?, paths?);
    let secure = secure(http, &base, environment, problems);
    let domain = domain(&http.cookie_domain, &base, problems);
    if *http.same_site.value() == SameSite::None && !secure {
        problems.refuse(
            ConfigCode::SameSiteNotSecure,
            format!(
                "{} is none and {} is off: browsers drop such cookies",
                http.same_site.place(),
                http.cookie_secure.name()
            ),
            format!("set {} to lax, or {} to true", http.same_site.name(), http.cookie_secure.name()),
        );
    }
    let [access_cookie, refresh_cookie] =
        names.map(|name| if secure && domain.is_none() { format!("__Host-{name}") } else { name.to_owned() });
    let page = |page| format!("{base}{admin_path}/{page}?token={}", Link::TOKEN);
    let reset_url = reset.unwrap_or_else(|| page("reset-password"));
    let verify_url = verify.unwrap_or_else(|| page("verify-email"));
    Some(Checked {
        host: base.host(),
        reset_url,
        verify_url,
        http: HttpSettings {
            access_cookie,
            refresh_cookie,
            cookie_secure: secure,
            cookie_same_site: *http.same_site.value(),
            cookie_domain: domain,
            origin: base.to_string(),
            https: base.https,
            hsts_subdomains: *http.hsts_subdomains.value(),
            trusted_proxies: trusted_proxies?.clone(),
            token_delivery: *http.delivery.value(),
            require_origin: *http.require_origin.value(),
            auth_path,
            admin_path,
            docs: http.docs.value().unwrap_or(environment == Environment::Development),
            cors_origins: cors_origins?.iter().map(ToString::to_string).collect(),
        },
    })
}

/// The base URL, or that of development; otherwise why there is none.
pub(super) fn base(
    setting: &Setting<Option<Result<Origin, super::setting::Unfit>>>,
    environment: Environment,
    problems: &mut Problems,
) -> Option<Origin> {
    if setting.value().is_none() {
        if environment == Environment::Development {
            return base_url("http://127.0.0.1:8000").ok();
        }
        problems.refuse(
            ConfigCode::BaseUrlMissing,
            format!("{} must be set in production", setting.both()),
            "set it to where browsers reach the application, such as https://example.com",
        );
    }
    let base = problems.fit_if_set(setting)?;
    if !base.is_safe() {
        problems.refuse(
            ConfigCode::BaseUrlInsecure,
            format!(
                "{} is http and not on this machine: passwords and cookies would travel in the clear",
                setting.place()
            ),
            "use https, or a host of this machine such as 127.0.0.1",
        );
    }
    Some(base.clone())
}

fn paths(http: &Http, problems: &mut Problems) -> Option<(String, String)> {
    let (auth, admin) = (problems.fit(&http.auth_path), problems.fit(&http.admin_path));
    let (auth, admin) = (auth?, admin?);
    let below =
        |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below(auth, admin) || below(admin, auth) {
        problems.refuse(
            ConfigCode::Path,
            format!(
                "{} and {} are the same path, or one is below the other",
                http.auth_path.place(),
                http.admin_path.place()
            ),
            "mount them side by side, such as /auth and /admin",
        );
    }
    Some((auth.clone(), admin.clone()))
}

fn link(setting: &Setting<Option<Result<Link, super::setting::Unfit>>>, problems: &mut Problems) -> Option<String> {
    let link = problems.fit_if_set(setting)?;
    if !link.is_safe {
        problems.refuse(
            ConfigCode::MailLink,
            format!("{} is http and not on this machine: the token would travel in the clear", setting.place()),
            "use https",
        );
    }
    Some(link.template.clone())
}

fn names<'a>(http: &'a Http, problems: &mut Problems) -> [&'a str; 2] {
    let settings = [&http.access_cookie, &http.refresh_cookie];
    for setting in settings {
        let name = setting.value();
        let reserved = ["__host-", "__secure-", "__http-"];
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_token) {
            problems.refuse(
                ConfigCode::CookieName,
                format!("{} must be 1 to 64 letters, digits and signs of a token", setting.place()),
                "write it like authkit_access",
            );
        } else if reserved.iter().any(|prefix| name.to_ascii_lowercase().starts_with(prefix)) {
            problems.refuse(
                ConfigCode::CookieName,
                format!("{} begins with a prefix that browsers reserve", setting.place()),
                "leave the prefix out: __Host- is added where cookies are Secure and have no domain",
            );
        }
    }
    let [access, refresh] = settings;
    if access.value().eq_ignore_ascii_case(refresh.value()) {
        problems.refuse(
            ConfigCode::CookieName,
            format!("{} and {} are the same name", access.place(), refresh.place()),
            "give each cookie a name of its own",
        );
    }
    settings.map(|setting| setting.value().as_str())
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn secure(http: &Http, base: &Origin, environment: Environment, problems: &mut Problems) -> bool {
    let plain = !base.https && base.is_loopback();
    let secure = http.cookie_secure.value().unwrap_or(!(plain && environment == Environment::Development));
    if !secure && !plain {
        problems.refuse(
            ConfigCode::CookieNotSecure,
            format!("{} is off, and the base URL is not http on this machine", http.cookie_secure.place()),
            format!("set {} to true, or leave it out", http.cookie_secure.name()),
        );
    }
    secure
}

fn domain(setting: &Setting<Option<String>>, base: &Origin, problems: &mut Problems) -> Option<String> {
    let text = setting.value().as_ref()?.trim();
    let domain = host_name(text.strip_prefix('.').unwrap_or(text)).filter(|domain| domain.contains('.'));
    if domain.as_ref().is_none_or(|domain| !base.is_within(domain)) {
        problems.refuse(
            ConfigCode::CookieDomain,
            format!("{} is not the host of the base URL or a domain above it", setting.place()),
            "give a domain that the host of the base URL ends with, or leave it out for this host alone",
        );
    }
    domain
}
