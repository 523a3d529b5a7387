//! `/users/bulk`: one thing for many users. What is ticked, or all that match; the question first, then the work, in steps.

use askama::Template;
use authkit_core::{
    AuthError, AuthKit, BulkAction, BulkOutcome, BulkResult, ListRequest, Note, Permission, Permissions, Role, UserId,
};
use http::{Method, StatusCode};

use super::door::Visit;
use super::shell::{Nav, Shell};
use super::user_confirm::ConfirmPage;
use super::users_filter::{COUNTED, Filters};
use super::view::{capped, encoded, number};
use super::{html, notice, reauth};
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::fields::Fields;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// Addresses that the question shows.
const SAMPLES: usize = 5;
/// Longest `next` that the step-up takes.
const LONGEST_NEXT: usize = 2_000;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 3] = [
    Endpoint::of_page(
        Method::GET,
        "/users/bulk",
        Handler::Page(Page(|kit, visit, request| Box::pin(asked_again(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/users/bulk",
        Handler::Page(Page(|kit, visit, request| Box::pin(ask(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/users/bulk/run",
        Handler::Page(Page(|kit, visit, request| Box::pin(run(kit, visit, request)))),
    ),
];

/// What is asked for.
struct Work {
    name: String,
    action: BulkAction,
    /// The role to give, where it is one.
    role: Option<String>,
    /// Everybody who matches the filters, instead of `ids`.
    all: bool,
    ids: Vec<UserId>,
    filters: Filters,
}

#[derive(Template)]
#[template(path = "users_bulk.html")]
struct BulkPage {
    s: Shell,
    heading: String,
    /// How many of what.
    lines: Vec<(String, String)>,
    /// Who was refused, and why.
    refused: Vec<(String, String, String)>,
    stopped: Option<String>,
    /// Fields of the form that goes on; none: there is no more to do.
    next: Vec<(&'static str, String)>,
    /// Whether the script may go on by itself.
    goes_on: bool,
    back: String,
}

impl Work {
    /// `None`: there is no such action.
    fn new(
        name: String,
        role: Option<String>,
        all: bool,
        ids: impl Iterator<Item = String>,
        filters: Filters,
    ) -> Option<Self> {
        let action = match name.as_str() {
            "enable" => BulkAction::Enable,
            "disable" => BulkAction::Disable,
            "end-sessions" => BulkAction::EndSessions,
            "delete" => BulkAction::Delete,
            "set-role" => BulkAction::SetRole(role.as_deref().and_then(Role::new)?),
            _ => return None,
        };
        let ids = if all { Vec::new() } else { ids.filter_map(|id| UserId::new(&id)).collect() };
        Some(Self { name, action, role, all, ids, filters })
    }

    fn read(fields: &mut Fields) -> Result<Self, Problem> {
        let (name, role) = (fields.text("action"), fields.optional_text("give"));
        let (all, ids) = (fields.optional_text("all").is_some(), fields.texts("id"));
        let filters = Filters::of(|name| fields.optional_text(name));
        let work = Self::new(name, role, all, ids.into_iter(), filters);
        work.ok_or_else(|| {
            let error = authkit_core::FieldError::new("action", "invalid", "There is no such action.");
            Problem::validation_failed(vec![error])
        })
    }

    /// What a form or a link holds to ask for this.
    fn given(&self) -> Vec<(&'static str, String)> {
        let mut given = vec![("action", self.name.clone())];
        given.extend(self.role.clone().map(|role| ("give", role)));
        given.extend(self.all.then(|| ("all", "true".to_owned())));
        given.extend(self.ids.iter().map(|id| ("id", id.to_string())));
        given.extend(self.filters.given().iter().cloned());
        given
    }

    fn list(&self, visit: &Visit) -> String {
        visit.frame.path(&format!("/users{}", self.filters.link("", "", "")))
    }

    /// Keys of the heading and of the sentence below it.
    const fn words(&self) -> (&'static str, &'static str) {
        match self.action {
            BulkAction::Enable => ("bulk.enable", "bulk.enable_text"),
            BulkAction::Disable => ("bulk.disable", "bulk.disable_text"),
            BulkAction::SetRole(_) => ("bulk.set_role", "bulk.set_role_text"),
            BulkAction::EndSessions => ("bulk.end_sessions", "bulk.end_sessions_text"),
            BulkAction::Delete => ("bulk.delete", "bulk.delete_text"),
        }
    }

    fn heading(&self, s: &Shell) -> String {
        s.fill(self.words().0, "role", self.role.as_deref().unwrap_or_default())
    }
}

/// The question by a link: after a step-up.
async fn asked_again(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let (name, role) = (query.text("action").unwrap_or_default(), query.text("give"));
    let (all, filters) = (query.text("all").is_some(), Filters::read(&mut query));
    let ids: Vec<_> = std::iter::from_fn(|| query.text("id")).collect();
    match Work::new(name, role, all, ids.into_iter(), filters) {
        Some(work) => question(kit, &visit, &work).await,
        None => html::see_other(&visit.frame.path("/users")),
    }
}

async fn ask(kit: &AuthKit, mut visit: Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let password = fields.peek("password").is_some().then(|| fields.password("password"));
    let work = Work::read(&mut fields)?;
    fields.finish()?;
    if let Some(password) = password {
        // The form of a step-up whose question fits into no link.
        match kit.reauthenticate(&visit.who, password, &client(kit, request.head())).await {
            Ok(proven) => visit.operator = kit.operator(&proven)?,
            Err(error) => {
                let problem = Problem::from(error);
                let Some(text) = reauth::told(&visit, &problem) else { return Err(problem) };
                return reauth::ask(kit, &visit, problem.status(), "/users/bulk", work.given(), Some(text));
            }
        }
    }
    question(kit, &visit, &work).await
}

async fn question(kit: &AuthKit, visit: &Visit, work: &Work) -> Answer {
    let query = work.filters.user_query();
    // Whoever may not is told before the form is filled in; the ticket fixes who matches.
    let ticket = match kit.begin_bulk(&visit.operator, work.action, &query) {
        Ok(ticket) => ticket,
        Err(AuthError::ReauthenticationRequired) => return prove(kit, visit, work),
        Err(error) => return Err(error.into()),
    };
    if !work.all && work.ids.is_empty() {
        let mut response = html::see_other(&work.list(visit))?;
        notice::leave(response.headers_mut(), kit.http(), "notice.none_ticked");
        return Ok(response);
    }
    let s = Shell::of(kit, visit, Nav::Users, visit.frame.console.messages.text("users.title"))?;
    let mut samples = Vec::new();
    if work.all {
        let page = ListRequest { cursor: None, limit: Some(5) };
        let listing = kit.list_users(&visit.operator, &query, &page).await?;
        samples.extend(listing.items.iter().map(|item| item.user.email.to_string()));
    } else {
        for id in work.ids.iter().take(SAMPLES) {
            samples.push(name_of(kit, visit, &s, id).await?);
        }
    }
    let count = if work.all {
        let n = kit.count_users(&visit.operator, &query, COUNTED).await?;
        s.fill("bulk.all", "n", capped(n, COUNTED.into()))
    } else {
        number(work.ids.len() as u64)
    };
    let mut lines = vec![(s.t("bulk.users").to_owned(), count), (s.t("bulk.samples").to_owned(), samples.join(", "))];
    if work.all {
        let chips = work.filters.chips(&s);
        let words: Vec<_> = chips.into_iter().map(|chip| chip.text).collect();
        let words = if words.is_empty() { s.t("bulk.no_filter").to_owned() } else { words.join(", ") };
        lines.push((s.t("users.filters").to_owned(), words));
    }
    let mut hidden = work.given();
    if work.all {
        hidden.push(("ticket", ticket));
    }
    let page = ConfirmPage {
        heading: work.heading(&s),
        text: s.t(work.words().1).to_owned(),
        lines,
        action: s.path("/users/bulk/run"),
        hidden,
        roles: Vec::new(),
        typed: false,
        destructive: matches!(work.action, BulkAction::Delete | BulkAction::Disable),
        button: work.heading(&s),
        back: work.list(visit),
        s,
    };
    html::page(StatusCode::OK, &page)
}

/// To the step-up, and back to the same question: by a link, and where it fits into none, by a form that carries it.
fn prove(kit: &AuthKit, visit: &Visit, work: &Work) -> Answer {
    let pairs: Vec<_> = work.given().iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let back = visit.frame.path(&format!("/users/bulk?{}", pairs.join("&")));
    if back.len() > LONGEST_NEXT {
        return reauth::ask(kit, visit, StatusCode::OK, "/users/bulk", work.given(), None);
    }
    html::see_other(&format!("{}?next={}", visit.frame.path("/reauth"), encoded(&back)))
}

async fn run(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let work = Work::read(&mut fields)?;
    let (ticket, reason) = (fields.optional_text("ticket"), fields.optional_text("reason"));
    fields.finish()?;
    let note = Note { reason: reason.clone(), if_updated_at: None };
    let (client, query) = (client(kit, request.head()), work.filters.user_query());
    let s = Shell::of(kit, &visit, Nav::Users, visit.frame.console.messages.text("users.title"))?;
    let mut next = Vec::new();
    let mut lines = Vec::new();
    let done = if let (true, Some(ticket)) = (work.all, ticket) {
        let step = kit.bulk_matching(&visit.operator, work.action, &query, &ticket, note, &client).await;
        let step = match step {
            Err(AuthError::ReauthenticationRequired) => return prove(kit, &visit, &work),
            other => other?,
        };
        lines.push((s.t("bulk.reached").to_owned(), number(step.reached.into())));
        if step.limited {
            lines.push((s.t("bulk.limited").to_owned(), s.t("bulk.limited_text").to_owned()));
        }
        if let Some(ticket) = step.next {
            next = work.given();
            next.push(("ticket", ticket));
        }
        step.outcome
    } else {
        let outcome = match kit.bulk(&visit.operator, work.action, &work.ids, note, &client).await {
            Err(AuthError::ReauthenticationRequired) => return prove(kit, &visit, &work),
            other => other?,
        };
        if outcome.stopped.is_some() {
            let left = work.ids.iter().filter(|id| outcome.items.iter().all(|item| item.id != **id)).copied();
            next = Work {
                ids: left.collect(),
                name: work.name.clone(),
                role: work.role.clone(),
                filters: work.filters.clone(),
                ..work
            }
            .given();
        }
        outcome
    };
    if !next.is_empty() {
        next.extend(reason.map(|reason| ("reason", reason)));
    }
    lines.extend(counts(&s, &done));
    let mut refused = Vec::new();
    for item in &done.items {
        if let BulkResult::Refused(code) = item.result {
            let path = s.path(&format!("/users/{}", encoded(item.id.as_str())));
            refused.push((name_of(kit, &visit, &s, &item.id).await?, path, why(&s, code)));
        }
    }
    let page = BulkPage {
        heading: work_heading(&s, &next, &done),
        lines,
        refused,
        stopped: done.stopped.as_ref().map(|stop| s.fill("bulk.stopped", "why", &stop.error)),
        goes_on: done.stopped.is_none(),
        next,
        back: visit.frame.path("/users"),
        s,
    };
    html::page(StatusCode::OK, &page)
}

fn work_heading(s: &Shell, next: &[(&'static str, String)], done: &BulkOutcome) -> String {
    let key = match (next.is_empty(), &done.stopped) {
        (_, Some(_)) => "bulk.stopped_title",
        (false, None) => "bulk.under_way",
        (true, None) => "bulk.done_title",
    };
    s.t(key).to_owned()
}

/// How many of what became of it.
fn counts(s: &Shell, done: &BulkOutcome) -> [(String, String); 3] {
    let of = |fits: fn(&BulkResult) -> bool| number(done.items.iter().filter(|item| fits(&item.result)).count() as u64);
    [
        (s.t("bulk.done").to_owned(), of(|result| *result == BulkResult::Done)),
        (s.t("bulk.unchanged").to_owned(), of(|result| *result == BulkResult::Unchanged)),
        (s.t("bulk.refused").to_owned(), of(|result| matches!(result, BulkResult::Refused(_)))),
    ]
}

fn why(s: &Shell, code: &'static str) -> String {
    let key = match code {
        "self_forbidden" => "bulk.why_self",
        "last_admin" => "bulk.why_last_admin",
        "not_found" => "bulk.why_not_found",
        "forbidden" => "bulk.why_forbidden",
        "stale" => "bulk.why_stale",
        code => code,
    };
    s.t(key).to_owned()
}

/// The address that goes with an id.
async fn name_of(kit: &AuthKit, visit: &Visit, s: &Shell, id: &UserId) -> Result<String, Problem> {
    match kit.find_user_for(&visit.operator, id).await {
        Ok(item) => Ok(item.user.email.to_string()),
        Err(AuthError::NotFound) => Ok(s.fill("bulk.unknown", "id", id)),
        Err(error) => Err(error.into()),
    }
}

/// The actions that somebody may ask for, as buttons of the list: value, key of the word, whether it destroys.
pub(crate) fn offers(permissions: Permissions) -> Vec<(&'static str, &'static str, bool)> {
    let all = [
        (Permission::UsersWrite, ("disable", "users.disable", false)),
        (Permission::UsersWrite, ("enable", "users.enable", false)),
        (Permission::SessionsRevoke, ("end-sessions", "users.end_sessions", false)),
        (Permission::UsersDelete, ("delete", "users.delete", true)),
    ];
    all.into_iter().filter(|(needs, _)| permissions.allows(*needs)).map(|(_, offer)| offer).collect()
}
