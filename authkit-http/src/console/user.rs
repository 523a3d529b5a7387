//! `/users/{id}`: one user. Who it is, and what may be done, on every tab; the profile and the danger on two of them.

use askama::Template;
use authkit_core::{AuthKit, LogCode, Permission, Timestamp, User, UserId, UserItem};
use http::{Method, StatusCode};

use super::door::Visit;
use super::extend::{ConsoleUser, Markup};
use super::html;
use super::shell::{Nav, Shell};
use super::view::{Lock, Moment, Monogram, encoded};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/users/{id}",
        Handler::Page(Page(|kit, visit, request| Box::pin(profile(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::GET,
        "/users/{id}/danger",
        Handler::Page(Page(|kit, visit, request| Box::pin(danger(kit, visit, request)))),
    ),
];

/// What stands above every tab.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and a template asks for it by name")]
pub(crate) struct UserHead {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) monogram: Monogram,
    /// Kind and key of the status: shape and word.
    pub(crate) status: &'static str,
    pub(crate) status_key: &'static str,
    /// Sign-in is held back, whatever the status.
    pub(crate) lock: Option<Lock>,
    pub(crate) role: String,
    pub(crate) is_admin: bool,
    pub(crate) is_active: bool,
    pub(crate) is_deleted: bool,
    /// The operator's own account: nothing may be done to it here.
    pub(crate) is_self: bool,
    pub(crate) sessions: u64,
    /// Where its pages are.
    pub(crate) path: String,
    /// What the application has added and the operator may do: title and link.
    pub(crate) actions: Vec<(String, String)>,
    /// Which tab is shown.
    pub(crate) tab: &'static str,
}

/// A fact of the profile.
pub(crate) struct Fact {
    name: String,
    text: String,
    moment: Option<Moment>,
}

#[derive(Template)]
#[template(path = "user_profile.html")]
struct ProfilePage {
    s: Shell,
    u: UserHead,
    facts: Vec<Fact>,
    fields: Vec<Fact>,
    raw: String,
    /// The application's own: title and content.
    panels: Vec<(String, Markup)>,
}

#[derive(Template)]
#[template(path = "user_danger.html")]
struct DangerPage {
    s: Shell,
    u: UserHead,
    /// Until when the deletion can be taken back.
    until: Option<Moment>,
}

impl UserHead {
    pub(crate) fn of(kit: &AuthKit, visit: &Visit, item: &UserItem, tab: &'static str) -> Self {
        let user = &item.user;
        let (status, status_key) = status_of(item);
        let path = path_of(visit, &user.id);
        let actions = visit.frame.console.actions.iter();
        let actions = actions.filter(|action| visit.operator.permissions().allows(action.needs));
        let link = |code: &str| format!("{path}/host-action?code={}", encoded(code));
        Self {
            actions: actions.map(|action| (action.title.clone(), link(&action.code))).collect(),
            id: user.id.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            monogram: Monogram::of(user.email.as_str()),
            status,
            status_key,
            lock: item.locked_until.map(|until| Lock::of(until, kit.now())),
            role: user.role.as_str().to_owned(),
            is_admin: user.role == kit.settings().admin_role,
            is_active: user.is_active,
            is_deleted: !user.exists(),
            is_self: user.id == visit.who.user.id,
            sessions: item.sessions,
            path,
            tab,
        }
    }
}

/// The page of a user.
pub(crate) fn path_of(visit: &Visit, id: &UserId) -> String {
    visit.frame.path(&format!("/users/{}", encoded(id.as_str())))
}

/// The status by shape and word, and the key of the word.
pub(crate) fn status_of(item: &UserItem) -> (&'static str, &'static str) {
    let user = &item.user;
    if !user.exists() {
        ("deleted", "status.deleted")
    } else if !user.is_active {
        ("disabled", "status.disabled")
    } else if item.locked_until.is_some() {
        ("locked", "status.locked")
    } else if !user.is_verified && never_came(user) {
        // Invited, and did not come yet.
        ("pending", "status.pending")
    } else {
        ("active", "status.active")
    }
}

/// Whether there was never a sign-in.
pub(crate) fn never_came(user: &User) -> bool {
    user.last_sign_in_at == user.created_at
}

/// The user that the path names, with what stands above its tabs.
pub(crate) async fn found(
    kit: &AuthKit,
    visit: &Visit,
    id: &UserId,
    tab: &'static str,
) -> Result<(UserItem, UserHead, Shell), crate::problem::Problem> {
    let item = kit.find_user_for(&visit.operator, id).await?;
    let head = UserHead::of(kit, visit, &item, tab);
    let shell = Shell::of(kit, visit, Nav::Users, &head.email)?;
    Ok((item, head, shell))
}

async fn profile(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "profile").await?;
    let (user, now) = (&item.user, kit.now());
    let when = |name: &str, at: Timestamp| Fact {
        name: s.t(name).to_owned(),
        text: String::new(),
        moment: Some(Moment::of(at, now)),
    };
    let text = |name: &str, text: &str| Fact { name: s.t(name).to_owned(), text: text.to_owned(), moment: None };
    let verified = s.t(if user.is_verified { "user.verified" } else { "user.not_verified" });
    let mut facts = vec![
        text("user.email", &format!("{} · {verified}", user.email.as_str())),
        text("user.role", user.role.as_str()),
        when("user.created", user.created_at),
        when("user.updated", user.updated_at),
    ];
    if never_came(user) {
        facts.push(text("user.last_sign_in", s.t("user.never")));
    } else {
        facts.push(when("user.last_sign_in", user.last_sign_in_at));
    }
    if let Some(at) = user.deleted_at {
        facts.push(when("user.deleted_at", at));
    }
    let mut fields = Vec::new();
    let columns: std::collections::BTreeMap<String, serde_json::Value> = user.profile.read().unwrap_or_default();
    for (name, value) in columns {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        fields.push(Fact { name, text, moment: None });
    }
    let raw = serde_json::to_string_pretty(&crate::shapes::UserRow { kit, item: &item })
        .map_err(crate::problem::Problem::internal)?;
    let panels = panels(&visit, &s, user).await;
    html::page(StatusCode::OK, &ProfilePage { s, u, facts, fields, raw, panels })
}

/// The application's own panels, all at once. One that fails says so and takes nothing else with it.
async fn panels(visit: &Visit, s: &Shell, user: &User) -> Vec<(String, Markup)> {
    let panels = visit.frame.console.panels.iter().filter(|panel| s.may(panel.needs));
    let shown = panels.map(|panel| async {
        let content = (panel.show)(ConsoleUser::of(user)).await.unwrap_or_else(|error| {
            tracing::error!(
                ak = LogCode::HostPart.as_str(),
                panel = panel.title,
                error = %error,
                "a panel of the application's own could not be shown"
            );
            Markup::text(s.t("common.broken"))
        });
        (panel.title.clone(), content)
    });
    futures_util::future::join_all(shown).await
}

async fn danger(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    visit.operator.require(Permission::UsersWrite)?;
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "danger").await?;
    let until =
        item.user.deleted_at.map(|at| Moment::of(at + std::time::Duration::from_secs(7 * 24 * 60 * 60), kit.now()));
    html::page(StatusCode::OK, &DangerPage { s, u, until })
}
