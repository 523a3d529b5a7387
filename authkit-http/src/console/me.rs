//! `/me`: the own account of whoever is in, and how the pages look.

use askama::Template;
use authkit_core::{AuthError, AuthKit, Password, Permission, Session};
use http::{Method, StatusCode};

use super::door::Visit;
use super::prefs::{self, Prefs};
use super::shell::{Nav, Shell};
use super::view::Moment;
use super::{html, notice};
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::{cookies, input};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 5] = [
    Endpoint::of_page(Method::GET, "/me", Handler::Page(Page(|kit, visit, _| Box::pin(show(kit, visit))))),
    Endpoint::of_page(
        Method::POST,
        "/me/password",
        Handler::Page(Page(|kit, visit, request| Box::pin(change_password(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/me/sessions/end-others",
        Handler::Page(Page(|kit, visit, request| Box::pin(end_others(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/me/sessions/{id}/end",
        Handler::Page(Page(|kit, visit, request| Box::pin(end_one(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/me/appearance",
        Handler::Page(Page(|kit, visit, request| Box::pin(std::future::ready(appearance(kit, &visit, request))))),
    ),
];

/// A session of one's own.
struct OwnSession {
    id: String,
    device: String,
    ip: String,
    started: Moment,
    seen: Moment,
    expires: Moment,
    is_current: bool,
}

/// What was wrong with a change of the password.
#[derive(Debug, Default)]
struct Failed {
    current: Option<String>,
    new: Option<String>,
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    s: Shell,
    role: String,
    is_verified: bool,
    created: Moment,
    signed_in: Moment,
    /// What the role may do here.
    permissions: Vec<&'static str>,
    min: u16,
    failed: Failed,
    sessions: Vec<OwnSession>,
    prefs: Prefs,
}

async fn show(kit: &AuthKit, visit: Visit) -> Answer {
    render(kit, &visit, StatusCode::OK, Failed::default()).await
}

async fn change_password(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let (current, new) = (fields.optional_text("current_password"), fields.optional_text("new_password"));
    fields.finish()?;
    let messages = &visit.frame.console.messages;
    let (Some(current), Some(new)) = (&current, &new) else {
        let missing = |there: bool| (!there).then(|| messages.text("me.missing").to_owned());
        let failed = Failed { current: missing(current.is_some()), new: missing(new.is_some()) };
        return render(kit, &visit, StatusCode::UNPROCESSABLE_ENTITY, failed).await;
    };
    let (current, new) = (Password::new(current.clone()), Password::new(new.clone()));
    let problem = match kit.change_password(&visit.who, current, new, &client(kit, request.head())).await {
        Ok(sign_in) => {
            let mut response = html::see_other(&visit.frame.path("/me"))?;
            cookies::set(response.headers_mut(), kit.http(), &sign_in.tokens);
            notice::leave(response.headers_mut(), kit.http(), "notice.password_changed");
            return Ok(response);
        }
        Err(error) => Problem::from(error),
    };
    let at_current = |text: String| Failed { current: Some(text), new: None };
    let failed = match problem.code() {
        "invalid_credentials" => at_current(messages.text("reauth.failed").to_owned()),
        "throttled" => {
            at_current(messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())]))
        }
        "busy" => at_current(messages.text("sign_in.busy").to_owned()),
        "weak_password" => Failed { current: None, new: Some(problem.to_string()) },
        _ => return Err(problem),
    };
    render(kit, &visit, problem.status(), failed).await
}

async fn end_others(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    request.fields()?.finish()?;
    kit.revoke_other_sessions(&visit.who, &client(kit, request.head())).await?;
    back(kit, &visit, "notice.others_ended")
}

async fn end_one(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    request.fields()?.finish()?;
    let id = input::session_id(&request)?;
    if id == visit.who.session.id {
        // Signing out is what ends this one: it clears the cookies, too.
        return Err(AuthError::OwnSession.into());
    }
    kit.revoke_own_session(&visit.who, id, &client(kit, request.head())).await?;
    back(kit, &visit, "notice.session_ended")
}

fn back(kit: &AuthKit, visit: &Visit, notice: &str) -> Answer {
    let mut response = html::see_other(&visit.frame.path("/me"))?;
    notice::leave(response.headers_mut(), kit.http(), notice);
    Ok(response)
}

fn appearance(kit: &AuthKit, visit: &Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let mut is = |name: &str, value: &str| fields.optional_text(name).as_deref() == Some(value);
    let (compact, local, solid) = (is("density", "compact"), is("times", "local"), is("solid", "true"));
    let no_keys = !is("shortcuts", "true");
    let theme = fields.optional_text("theme").unwrap_or_default();
    fields.finish()?;
    let prefs = Prefs { dark: theme == "dark", light: theme == "light", solid, compact, local, no_keys };
    let mut response = html::see_other(&visit.frame.path("/me#appearance"))?;
    let path = &kit.http().admin_path;
    cookies::put(response.headers_mut(), kit.http(), prefs::COOKIE, &prefs.cookie(), prefs::LASTS, path);
    notice::leave(response.headers_mut(), kit.http(), "notice.saved");
    Ok(response)
}

async fn render(kit: &AuthKit, visit: &Visit, status: StatusCode, failed: Failed) -> Answer {
    let s = Shell::of(kit, visit, Nav::Elsewhere, visit.frame.console.messages.text("me.title"))?;
    let (user, now) = (&visit.who.user, kit.now());
    let all = [
        Permission::UsersRead,
        Permission::UsersWrite,
        Permission::UsersDelete,
        Permission::SessionsRevoke,
        Permission::AuditRead,
        Permission::Export,
    ];
    let sessions = kit.list_own_sessions(&visit.who).await?;
    let current = visit.who.session.id;
    let sessions = sessions.iter().map(|session| OwnSession::of(kit, &s, session, session.id == current)).collect();
    let page = MePage {
        role: user.role.as_str().to_owned(),
        is_verified: user.is_verified,
        created: Moment::of(user.created_at, now),
        signed_in: Moment::of(visit.who.session.authenticated_at, now),
        permissions: all.into_iter().filter(|one| s.may(*one)).map(Permission::as_str).collect(),
        min: kit.settings().password_policy.min(),
        failed,
        sessions,
        prefs: visit.frame.prefs,
        s,
    };
    html::page(status, &page)
}

impl OwnSession {
    fn of(kit: &AuthKit, s: &Shell, session: &Session, is_current: bool) -> Self {
        let now = kit.now();
        let device = session.client.device.clone().or_else(|| session.client.user_agent.clone());
        Self {
            id: session.id.to_string(),
            device: device.unwrap_or_else(|| s.t("session.unknown_device").to_owned()),
            ip: session.client.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            started: Moment::of(session.created_at, now),
            seen: Moment::of(session.rotated_at, now),
            expires: Moment::of(session.idle_at.min(session.absolute_at), now),
            is_current,
        }
    }
}
