//! The pages that ask before something is done to a user: what, to whom, and why. The forms go to the actions of the API.

use askama::Template;
use authkit_core::{AuthKit, Permission, UserItem};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::shell::Shell;
use super::user::found;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};

/// What is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    ToggleActive,
    ChangeRole,
    Delete,
    Restore,
    Purge,
    SendReset,
    RevokeSessions,
    Unlock,
}

const fn row(path: &'static str, handler: Handler) -> Endpoint {
    Endpoint::of_page(Method::GET, path, handler)
}

/// The rows of these pages, at the paths of their actions.
pub(crate) static ROWS: [Endpoint; 8] = [
    row("/users/{id}/toggle-active", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::ToggleActive))))),
    row("/users/{id}/change-role", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::ChangeRole))))),
    row("/users/{id}/delete", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::Delete))))),
    row("/users/{id}/restore", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::Restore))))),
    row("/users/{id}/purge", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::Purge))))),
    row("/users/{id}/send-reset", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::SendReset))))),
    row("/users/{id}/revoke-sessions", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::RevokeSessions))))),
    row("/users/{id}/unlock", Handler::Page(Page(|k, v, r| Box::pin(ask(k, v, r, Ask::Unlock))))),
];

#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) s: Shell,
    pub(crate) heading: String,
    pub(crate) text: String,
    /// What it is about, by name.
    pub(crate) lines: Vec<(String, String)>,
    /// Where the form goes.
    pub(crate) action: String,
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// The roles to choose from, and which it is now; none: it is not about a role.
    pub(crate) roles: Vec<(String, bool)>,
    /// Whether the address must be typed.
    pub(crate) typed: bool,
    pub(crate) destructive: bool,
    pub(crate) button: String,
    pub(crate) back: String,
}

impl Ask {
    /// Last segment of the action's path, keys of heading and text, what it needs.
    const fn words(self, item: &UserItem) -> (&'static str, &'static str, &'static str, Permission) {
        match self {
            Self::ToggleActive if item.user.is_active => {
                ("toggle-active", "user.disable", "user.disable_text", Permission::UsersWrite)
            }
            Self::ToggleActive => ("toggle-active", "user.enable", "user.enable_text", Permission::UsersWrite),
            Self::ChangeRole => ("change-role", "user.change_role", "user.change_role_text", Permission::UsersWrite),
            Self::Delete => ("delete", "user.delete", "user.delete_text", Permission::UsersDelete),
            Self::Restore => ("restore", "user.restore", "user.restore_text", Permission::UsersWrite),
            Self::Purge => ("purge", "user.purge", "user.purge_text", Permission::UsersDelete),
            Self::SendReset => ("send-reset", "user.send_reset", "user.send_reset_text", Permission::UsersWrite),
            Self::RevokeSessions => {
                ("revoke-sessions", "user.end_sessions", "user.end_sessions_text", Permission::SessionsRevoke)
            }
            Self::Unlock => ("unlock", "user.unlock", "user.unlock_text", Permission::UsersWrite),
        }
    }

    /// Whether the flow asks for a fresh proof: better before the form is filled in than after.
    const fn needs_proof(self) -> bool {
        matches!(self, Self::ChangeRole | Self::Delete | Self::Purge)
    }
}

async fn ask(kit: &AuthKit, visit: Visit, request: Request, ask: Ask) -> Answer {
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "").await?;
    let (segment, heading, text, needs) = ask.words(&item);
    visit.operator.require(needs)?;
    if ask.needs_proof() {
        visit.operator.require_recent_proof(kit.now())?;
    }
    let mut hidden = vec![("updated_at", item.user.updated_at.to_string())];
    if ask == Ask::ToggleActive {
        hidden.push(("is_active", (!item.user.is_active).to_string()));
    }
    let roles = if ask == Ask::ChangeRole {
        kit.settings().roles.iter().map(|role| (role.as_str().to_owned(), *role == item.user.role)).collect()
    } else {
        Vec::new()
    };
    let page = ConfirmPage {
        heading: s.t(heading).to_owned(),
        text: s.t(text).to_owned(),
        lines: vec![
            (s.t("confirm.user").to_owned(), u.email.clone()),
            (s.t("confirm.id").to_owned(), u.id.clone()),
            (s.t("user.role").to_owned(), u.role.clone()),
        ],
        action: format!("{}/{segment}", u.path),
        hidden,
        roles,
        typed: matches!(ask, Ask::Delete | Ask::Purge),
        destructive: matches!(ask, Ask::Delete | Ask::Purge) || (ask == Ask::ToggleActive && item.user.is_active),
        button: s.t(heading).to_owned(),
        back: u.path,
        s,
    };
    html::page(StatusCode::OK, &page)
}
