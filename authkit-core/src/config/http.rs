//! What HTTP needs: setters.

use ipnet::IpNet;

use super::Config;
use super::addresses::{Link, base_url, cors_origins, path, proxies};
use super::origin::Origin;
use super::setting::{Setting, Unfit};
use super::settings::{SameSite, TokenDelivery};

#[derive(Debug, Clone)]
pub(super) struct Http {
    pub(super) base_url: Setting<Option<Result<Origin, Unfit>>>,
    pub(super) reset_url: Setting<Option<Result<Link, Unfit>>>,
    pub(super) verify_url: Setting<Option<Result<Link, Unfit>>>,
    pub(super) auth_path: Setting<Result<String, Unfit>>,
    pub(super) admin_path: Setting<Result<String, Unfit>>,
    pub(super) access_cookie: Setting<String>,
    pub(super) refresh_cookie: Setting<String>,
    pub(super) cookie_secure: Setting<Option<bool>>,
    pub(super) same_site: Setting<SameSite>,
    pub(super) cookie_domain: Setting<Option<String>>,
    pub(super) delivery: Setting<TokenDelivery>,
    pub(super) proxies: Setting<Result<Vec<IpNet>, Unfit>>,
    pub(super) cors_origins: Setting<Result<Vec<Origin>, Unfit>>,
    pub(super) require_origin: Setting<bool>,
    pub(super) hsts_subdomains: Setting<bool>,
    pub(super) docs: Setting<Option<bool>>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            base_url: Setting::new("AUTHKIT_BASE_URL", "base_url", None),
            reset_url: Setting::in_code_only("reset_url", None),
            verify_url: Setting::in_code_only("verify_url", None),
            auth_path: Setting::new("AUTHKIT_AUTH_PATH", "auth_path", path("/auth")),
            admin_path: Setting::new("AUTHKIT_ADMIN_PATH", "admin_path", path("/admin")),
            access_cookie: Setting::new("AUTHKIT_COOKIE_NAME_ACCESS", "access_cookie", "authkit_access".to_owned()),
            refresh_cookie: Setting::new("AUTHKIT_COOKIE_NAME_REFRESH", "refresh_cookie", "authkit_refresh".to_owned()),
            cookie_secure: Setting::new("AUTHKIT_COOKIE_SECURE", "cookie_secure", None),
            same_site: Setting::new("AUTHKIT_COOKIE_SAMESITE", "cookie_same_site", SameSite::Lax),
            cookie_domain: Setting::new("AUTHKIT_COOKIE_DOMAIN", "cookie_domain", None),
            delivery: Setting::new("AUTHKIT_TOKEN_DELIVERY", "token_delivery", TokenDelivery::Auto),
            proxies: Setting::new("AUTHKIT_TRUSTED_PROXIES", "trusted_proxies", Ok(Vec::new())),
            cors_origins: Setting::in_code_only("cors_origins", Ok(Vec::new())),
            require_origin: Setting::in_code_only("require_origin", false),
            hsts_subdomains: Setting::in_code_only("hsts_subdomains", false),
            docs: Setting::in_code_only("docs", None),
        }
    }
}

/// Addresses, cookies and cross-site rules.
impl Config {
    /// Where browsers reach the application: `https`, or `http` on this machine, with host and port and nothing else.
    /// Links and origin checks come from it, never from a request. `AUTHKIT_BASE_URL`; required in production,
    /// `http://127.0.0.1:8000` in development.
    #[must_use]
    pub fn base_url(mut self, url: impl AsRef<str>) -> Self {
        self.http.base_url.set(Some(base_url(url.as_ref())));
        self
    }

    /// The link in reset mails, `{token}` where the token goes; `https`, or `http` on this machine. In code only;
    /// `{base}{admin_path}/reset-password?token={token}` by default.
    #[must_use]
    pub fn reset_url(mut self, template: impl AsRef<str>) -> Self {
        self.http.reset_url.set(Some(Link::parse(template.as_ref())));
        self
    }

    /// The link in mails that prove an address, as [`Self::reset_url`]. In code only;
    /// `{base}{admin_path}/verify-email?token={token}` by default.
    #[must_use]
    pub fn verify_url(mut self, template: impl AsRef<str>) -> Self {
        self.http.verify_url.set(Some(Link::parse(template.as_ref())));
        self
    }

    /// Where the account routes are mounted. `AUTHKIT_AUTH_PATH`; `/auth` by default.
    #[must_use]
    pub fn auth_path(mut self, mounted_at: impl AsRef<str>) -> Self {
        self.http.auth_path.set(path(mounted_at.as_ref()));
        self
    }

    /// Where the administration is mounted. `AUTHKIT_ADMIN_PATH`; `/admin` by default.
    #[must_use]
    pub fn admin_path(mut self, mounted_at: impl AsRef<str>) -> Self {
        self.http.admin_path.set(path(mounted_at.as_ref()));
        self
    }

    /// The access cookie's name without prefix: 1 to 64 characters of a token (RFC 9110 §5.6.2).
    /// `AUTHKIT_COOKIE_NAME_ACCESS`; `authkit_access` by default.
    #[must_use]
    pub fn access_cookie(mut self, name: impl Into<String>) -> Self {
        self.http.access_cookie.set(name.into());
        self
    }

    /// The refresh cookie's name without prefix, as [`Self::access_cookie`]. `AUTHKIT_COOKIE_NAME_REFRESH`;
    /// `authkit_refresh` by default.
    #[must_use]
    pub fn refresh_cookie(mut self, name: impl Into<String>) -> Self {
        self.http.refresh_cookie.set(name.into());
        self
    }

    /// Whether cookies are `Secure`; with it and without a domain they are named `__Host-…`. No only with an `http` base
    /// URL on this machine. `AUTHKIT_COOKIE_SECURE`; yes by default, no in development on `http`.
    #[must_use]
    pub fn cookie_secure(mut self, secure: bool) -> Self {
        self.http.cookie_secure.set(Some(secure));
        self
    }

    /// `SameSite` of the cookies. `AUTHKIT_COOKIE_SAMESITE`; [`SameSite::Lax`] by default.
    #[must_use]
    pub fn cookie_same_site(mut self, same_site: SameSite) -> Self {
        self.http.same_site.set(same_site);
        self
    }

    /// `Domain` of the cookies: the host of the base URL or a parent of it; every subdomain then gets them, and they lose
    /// the `__Host-` prefix. `AUTHKIT_COOKIE_DOMAIN`; none by default.
    #[must_use]
    pub fn cookie_domain(mut self, domain: impl Into<String>) -> Self {
        self.http.cookie_domain.set(Some(domain.into()));
        self
    }

    /// Whether tokens are in bodies, cookies or both. `AUTHKIT_TOKEN_DELIVERY`; [`TokenDelivery::Auto`] by default.
    #[must_use]
    pub fn token_delivery(mut self, delivery: TokenDelivery) -> Self {
        self.http.delivery.set(delivery);
        self
    }

    /// Addresses or networks (`10.0.0.0/8`) of the proxies whose forwarding headers are believed.
    /// `AUTHKIT_TRUSTED_PROXIES`; none by default.
    #[must_use]
    pub fn trusted_proxies<N: AsRef<str>>(mut self, networks: impl IntoIterator<Item = N>) -> Self {
        self.http.proxies.set(proxies(networks));
        self
    }

    /// Origins whose scripts may read answers, with credentials: exact, such as `https://app.example.com`. In code only;
    /// none by default.
    #[must_use]
    pub fn cors_origins<O: AsRef<str>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.http.cors_origins.set(cors_origins(origins));
        self
    }

    /// Whether a cookie counts with an unsafe method only if `Sec-Fetch-Site` or `Origin` is beside it: programs that
    /// keep cookies and send neither are then refused. In code only; no by default.
    #[must_use]
    pub fn require_origin(mut self, required: bool) -> Self {
        self.http.require_origin.set(required);
        self
    }

    /// Whether `Strict-Transport-Security` covers subdomains. In code only; no by default.
    #[must_use]
    pub fn hsts_subdomains(mut self, covered: bool) -> Self {
        self.http.hsts_subdomains.set(covered);
        self
    }

    /// Whether `/docs` and `/openapi.json` answer. In code only; yes in development, no in production.
    #[must_use]
    pub fn docs(mut self, on: bool) -> Self {
        self.http.docs.set(Some(on));
        self
    }
}
