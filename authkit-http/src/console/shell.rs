//! What stands around every page.

use authkit_core::{AuthError, AuthKit, Permission};

use super::assets;
use super::door::Visit;
use super::form_token;
use super::frame::Frame;
use super::view;

/// Keys of what the script says. Its first line takes them in this order.
const SCRIPT_TEXTS: [&str; 13] = [
    "script.copy",
    "script.copied",
    "script.show",
    "script.hide",
    "script.show_password",
    "script.shortcuts",
    "script.key_search",
    "script.key_rows",
    "script.key_tick",
    "script.key_open",
    "script.key_pages",
    "script.key_go",
    "script.key_close",
];

/// The places of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nav {
    Overview,
    Users,
    Sessions,
    Audit,
    System,
    /// None of them.
    Elsewhere,
}

/// An entry of the rail.
#[derive(Debug)]
pub(crate) struct NavLink {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) icon: &'static str,
    pub(crate) is_current: bool,
}

/// What stands around a page of the console, and what its template asks for texts, times and rights.
#[derive(Debug)]
pub(crate) struct Shell {
    frame: Frame,
    pub(crate) title: String,
    pub(crate) product: String,
    pub(crate) nav: Vec<NavLink>,
    /// Address of whoever is signed in; empty: nobody is.
    pub(crate) who: String,
    /// What every form of the page must carry as `csrf_token`.
    pub(crate) csrf: String,
    /// What stands in the search box.
    pub(crate) search: String,
    /// The notice to show, as text.
    pub(crate) notice: Option<String>,
    permissions: authkit_core::Permissions,
}

impl Shell {
    /// Around a page for somebody who is in.
    ///
    /// # Errors
    /// The operator's: no token for its forms could be made.
    pub(crate) fn of(kit: &AuthKit, visit: &Visit, here: Nav, title: &str) -> Result<Self, AuthError> {
        let mut shell = Self::outside(kit, &visit.frame, title);
        shell.permissions = visit.operator.permissions();
        visit.who.user.email.as_str().clone_into(&mut shell.who);
        shell.csrf = form_token::make(kit, visit.who.session.id)?;
        let places = [
            (Nav::Overview, "nav.overview", "", "home", Permission::AuditRead),
            (Nav::Users, "nav.users", "/users", "users", Permission::UsersRead),
            (Nav::Sessions, "nav.sessions", "/sessions", "screen", Permission::UsersRead),
            (Nav::Audit, "nav.audit", "/audit", "page", Permission::AuditRead),
            (Nav::System, "nav.system", "/system", "gear", Permission::AuditRead),
        ];
        for (place, key, below, icon, needs) in places {
            if shell.may(needs) {
                let (href, title) = (shell.path(below), shell.t(key).to_owned());
                shell.nav.push(NavLink { title, href, icon, is_current: place == here });
            }
        }
        for item in visit.frame.console.nav.iter().filter(|item| visit.operator.permissions().allows(item.needs)) {
            let (title, href) = (item.title.clone(), item.href.clone());
            shell.nav.push(NavLink { title, href, icon: "arrow", is_current: false });
        }
        Ok(shell)
    }

    /// Around a page that anybody may see.
    pub(crate) fn outside(kit: &AuthKit, frame: &Frame, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            product: frame.console.branding.product.clone().unwrap_or_else(|| kit.settings().product.clone()),
            nav: Vec::new(),
            who: String::new(),
            csrf: String::new(),
            search: String::new(),
            notice: frame.notice.as_deref().map(|key| frame.console.messages.text(key).to_owned()),
            permissions: authkit_core::Permissions::NONE,
            frame: frame.clone(),
        }
    }

    /// A text of the catalogue.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.frame.console.messages.text(key)
    }

    /// A text of the catalogue with one value in it.
    pub(crate) fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.frame.console.messages.fill(key, &[(name, &value.to_string())])
    }

    /// A text of the catalogue with several values in it.
    pub(crate) fn fill_all(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.frame.console.messages.fill(key, values)
    }

    /// How long an instant is ago, or ahead: `3 min ago`.
    pub(crate) fn ago(&self, at: &view::Moment) -> String {
        let (key, n) = at.away;
        self.fill(key, "n", n)
    }

    /// What the script says, in the order in which it takes them.
    pub(crate) fn script_texts(&self) -> String {
        let texts: Vec<_> = SCRIPT_TEXTS.iter().map(|key| self.t(key)).collect();
        texts.join("|")
    }

    /// A path of the console.
    pub(crate) fn path(&self, below: &str) -> String {
        self.frame.path(below)
    }

    /// Whether whoever is in may do this: what is not allowed is not shown (and refused all the same).
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.permissions.allows(permission)
    }

    pub(crate) fn style(&self) -> String {
        let [style, _, _] = assets::names();
        self.path(&format!("/assets/{style}"))
    }

    /// The style sheet of the host's colours.
    pub(crate) fn brand(&self) -> Option<String> {
        assets::brand_name(&self.frame.console).map(|name| self.path(&format!("/assets/{name}")))
    }

    /// Where people get help.
    pub(crate) fn support(&self) -> Option<&str> {
        self.frame.console.branding.support_url.as_deref()
    }

    pub(crate) fn script(&self) -> String {
        let [_, script, _] = assets::names();
        self.path(&format!("/assets/{script}"))
    }

    pub(crate) fn icon(&self) -> String {
        let [_, _, icon] = assets::names();
        self.path(&format!("/assets/{icon}"))
    }

    /// `dark`, `light`, or nothing where the system decides.
    pub(crate) fn theme(&self) -> &'static str {
        match (self.frame.prefs.dark, self.frame.prefs.light) {
            (true, _) => "dark",
            (_, true) => "light",
            _ => "",
        }
    }

    pub(crate) fn prefs(&self) -> super::prefs::Prefs {
        self.frame.prefs
    }

    pub(crate) fn environment(&self) -> &str {
        self.frame.console.branding.environment.as_deref().unwrap_or_default()
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.frame.request_id
    }

    /// The two letters and the hue that stand for an address.
    pub(crate) fn monogram(&self) -> view::Monogram {
        view::Monogram::of(&self.who)
    }
}
