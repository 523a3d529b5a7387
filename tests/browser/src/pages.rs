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

/// All of them.
pub const PAGES: &[Page] = &[
    public("login", "/admin/login"),
    public("forgot", "/admin/forgot-password"),
    page("overview", "/admin"),
    page("users", "/admin/users"),
    page("user", "/admin/users/{id}"),
    page("sessions", "/admin/sessions"),
    page("audit", "/admin/audit"),
    page("system", "/admin/system"),
    page("me", "/admin/me"),
];
