//! The console's pages, as far as they have a path of their own.

/// A page: what its picture is called, and where it is. `{id}` stands for the user that the pictures are of.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub name: &'static str,
    pub path: &'static str,
    /// Nobody needs to be signed in.
    pub is_public: bool,
}

const fn page(name: &'static str, path: &'static str) -> Page {
    Page { name, path, is_public: false }
}

const fn public(name: &'static str, path: &'static str) -> Page {
    Page { name, path, is_public: true }
}

/// All of them. Lists have few rows, so that a picture of one can be looked at.
pub const PAGES: &[Page] = &[
    public("login", "/admin/login"),
    public("forgot", "/admin/forgot-password"),
    public("reset", "/admin/reset-password"),
    public("verify", "/admin/verify-email"),
    public("verify-done", "/admin/verify-email?done=1"),
    public("resend", "/admin/resend-verification"),
    public("mailbox", "/auth/dev/mailbox"),
    page("overview", "/admin"),
    page("users", "/admin/users?limit=25"),
    page("users-none", "/admin/users?query=nobody-at-all"),
    page("users-new", "/admin/users/new"),
    page("user", "/admin/users/{id}"),
    page("user-sessions", "/admin/users/{id}/sessions"),
    page("user-security", "/admin/users/{id}/security"),
    page("user-activity", "/admin/users/{id}/activity"),
    page("user-danger", "/admin/users/{id}/danger"),
    page("user-disable", "/admin/users/{id}/toggle-active"),
    page("user-delete", "/admin/users/{id}/delete"),
    page("user-role", "/admin/users/{id}/change-role"),
    page("sessions", "/admin/sessions?limit=25"),
    page("sessions-none", "/admin/sessions?ip=203.0.113.99"),
    page("audit", "/admin/audit?limit=25"),
    page("audit-none", "/admin/audit?code=keys.changed"),
    page("me", "/admin/me"),
    page("system", "/admin/system"),
    page("reauth", "/admin/reauth"),
];
