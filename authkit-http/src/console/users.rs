//! `/users`: the list of users.

use askama::Template;
use authkit_core::{AuthError, AuthKit, Permission, Permissions, Timestamp, User, UserItem, UserSort};
use http::{Method, StatusCode};

use super::door::Visit;
use super::extend::{Column, ConsoleUser, Markup};
use super::pager::Pager;
use super::shell::{Nav, Shell};
use super::user::{never_came, status_of};
use super::users_filter::{COUNTED, Chip, Choice, Filters};
use super::view::{Lock, Moment, Monogram, capped, encoded, number};
use super::{html, users_bulk};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    s: Shell,
    /// How many match, or how many are on this page.
    shown: String,
    rows: Vec<Row>,
    filters: FilterForm,
    chips: Vec<Chip>,
    /// The query of a file with the same users.
    file: String,
    headings: [Heading; 3],
    /// Headings of the application's own columns.
    columns: Vec<String>,
    /// What the caption says of the order.
    order: &'static str,
    pager: Pager,
    /// What may be done to many: value, key and whether it destroys. None: nobody can be ticked.
    offers: Vec<(&'static str, &'static str, bool)>,
    /// The roles that may be given.
    roles: Vec<String>,
    /// The filters, for the form of what is ticked.
    given: Vec<(&'static str, String)>,
    /// Nobody else is there yet.
    is_first_run: bool,
}

/// The choices of the filter form.
struct FilterForm {
    selects: Vec<Select>,
    query: String,
    is_anywhere: bool,
    /// Name, key of the label, value.
    days: Vec<(&'static str, &'static str, String)>,
    on: usize,
}

struct Select {
    name: &'static str,
    /// Key of its label.
    label: &'static str,
    choices: Vec<Choice>,
}

/// A heading that sorts.
struct Heading {
    key: &'static str,
    href: String,
    /// `ascending` or `descending` where the list is in this order.
    order: Option<&'static str>,
}

/// A user as the list shows it.
struct Row {
    id: String,
    /// Relative to the page, since it stands in every row more than once.
    href: String,
    email: String,
    mono: Monogram,
    is_verified: bool,
    status: &'static str,
    status_key: &'static str,
    /// Beside the status that says so.
    lock: Option<Lock>,
    role: String,
    is_admin: bool,
    /// `None`: never.
    last_sign_in: Option<Moment>,
    /// The day.
    created: String,
    sessions: String,
    is_self: bool,
    /// The application's own columns, in the order of their headings.
    cells: Vec<Markup>,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let (filters, cursor) = (Filters::read(&mut query), query.text("cursor"));
    let mut s = Shell::of(kit, &visit, Nav::Users, visit.frame.console.messages.text("users.title"))?;
    if let Some(ip) = filters.value("query").strip_prefix("ip:") {
        return html::see_other(&format!("{}?ip={}", s.path("/sessions"), encoded(ip.trim())));
    }
    let wanted = filters.user_query();
    // Counted once, not on every page; a count that takes too long is left out.
    let find = |cursor| kit.list_and_count_users(&visit.operator, &wanted, cursor, COUNTED);
    let (listing, counted) = match find(&filters.page(cursor)).await {
        // Of another filter or another time: the list starts anew.
        Err(AuthError::InvalidCursor) => find(&filters.page(None)).await?,
        other => other?,
    };
    filters.value("query").clone_into(&mut s.search);
    let rest = filters.link("", "", "");
    let pager = Pager::of(&listing, &s.path("/users"), rest.strip_prefix('?').unwrap_or_default());
    let pager = Pager { rows: filters.rows(), ..pager };
    let now = kit.now();
    let rows: Vec<_> = listing.items.iter().map(|item| row(kit, &visit, item, now)).collect();
    let is_first_run = !filters.narrows() && pager.previous.is_none() && rows.iter().all(|row| row.is_self);
    let chips = filters.chips(&s);
    let shown = match (counted, rows.len()) {
        (Some(1), _) => s.t("users.counted_one").to_owned(),
        (Some(n), _) => s.fill("users.counted", "n", capped(n, COUNTED.into())),
        (None, n) => s.fill("users.shown", "n", n),
    };
    let page = UsersPage {
        filters: filter_form(kit, &s, &filters, chips.len()),
        headings: headings(&s, &filters),
        columns: visit.frame.console.columns.iter().map(|column| column.title.clone()).collect(),
        order: match filters.sort() {
            UserSort::Newest => "users.sort_newest",
            UserSort::LastSignIn => "users.sort_last_sign_in",
            UserSort::Email => "users.sort_email",
        },
        s,
        shown,
        rows,
        chips,
        file: filters.link("limit", "", ""),
        pager,
        offers: users_bulk::offers(visit.operator.permissions()),
        roles: if visit.operator.permissions() == Permissions::ADMIN {
            kit.settings().roles.iter().map(ToString::to_string).collect()
        } else {
            Vec::new()
        },
        given: filters.given().to_vec(),
        is_first_run,
    };
    html::page(StatusCode::OK, &page)
}

fn row(kit: &AuthKit, visit: &Visit, item: &UserItem, now: Timestamp) -> Row {
    let user = &item.user;
    let (status, status_key) = status_of(item);
    Row {
        id: user.id.to_string(),
        href: format!("users/{}", encoded(user.id.as_str())),
        email: user.email.as_str().to_owned(),
        mono: Monogram::of(user.email.as_str()),
        is_verified: user.is_verified,
        status,
        status_key,
        lock: item.locked_until.filter(|_| status == "locked").map(|until| Lock::of(until, now)),
        role: user.role.to_string(),
        is_admin: kit.settings().permissions(&user.role) == Permissions::ADMIN,
        last_sign_in: (!never_came(user)).then(|| Moment::of(user.last_sign_in_at, now)),
        created: Moment::of(user.created_at, now).day().to_owned(),
        sessions: number(item.sessions),
        is_self: user.id == visit.who.user.id,
        cells: cells(&visit.frame.console.columns, user),
    }
}

fn cells(columns: &[Column], user: &User) -> Vec<Markup> {
    if columns.is_empty() {
        return Vec::new();
    }
    let user = ConsoleUser::of(user);
    columns.iter().map(|column| (column.cell)(&user)).collect()
}

fn filter_form(kit: &AuthKit, s: &Shell, filters: &Filters, on: usize) -> FilterForm {
    let names = [
        ("status", "users.status"),
        ("role", "users.role"),
        ("verified", "users.address"),
        ("signed_in", "users.last_sign_in"),
        ("sort", "users.order"),
        ("limit", "users.length"),
    ];
    let select = |(name, label)| Select { name, label, choices: filters.choices(kit, s, name) };
    FilterForm {
        selects: names.map(select).into(),
        query: filters.value("query").to_owned(),
        is_anywhere: filters.is_anywhere(),
        days: filters.days(),
        on,
    }
}

fn headings(s: &Shell, filters: &Filters) -> [Heading; 3] {
    let sort = filters.sort();
    let all = [
        ("users.user", "email", UserSort::Email, "ascending"),
        ("users.last_sign_in", "last_sign_in", UserSort::LastSignIn, "descending"),
        ("users.created", "newest", UserSort::Newest, "descending"),
    ];
    all.map(|(key, value, by, order)| Heading {
        key,
        href: s.path(&format!("/users{}", filters.link("sort", "sort", value))),
        order: (sort == by).then_some(order),
    })
}
