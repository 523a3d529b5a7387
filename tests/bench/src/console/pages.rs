//! Which pages there are: the first of every list, one deep in it, and those of every filter.

use authkit_seed::Person;

use super::Desk;
use crate::failure::Failure;
use crate::http::Connection;

/// How far a deep page is, in pages; less where the list ends before.
const DEEP: usize = 500;

/// A page and what it is called in the table.
pub struct Page {
    pub name: String,
    pub path: String,
    /// The most statements that it may take, the guard's two among them.
    pub statements: usize,
}

impl Page {
    /// A list: three statements of its own.
    fn list(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into(), statements: 3 + 2 }
    }

    /// A page of one user: one more, since it also looks for the user.
    fn of_user(name: &str, path: String) -> Self {
        Self { statements: 4 + 2, ..Self::list(name, path) }
    }
}

/// Lists as people see them.
const USERS: &str = "/admin/users";
const SESSIONS: &str = "/admin/api/sessions";
/// Of all times, which is the hardest.
const EVENTS: &str = "/admin/audit?window=all";

/// Three for the figures and the chart, four for what needs attention, one for the last actions, one for the names in them; one
/// more each where hardly anybody is there and where users are created in numbers.
const OVERVIEW: usize = 11;

/// Each in its own order, and in the others that there are.
const LISTS: [(&str, &str); 5] = [
    ("users", USERS),
    ("users by address", "/admin/users?sort=email"),
    ("users by last sign-in", "/admin/users?sort=last_sign_in"),
    ("sessions", SESSIONS),
    ("events", EVENTS),
];

/// All of them.
pub async fn pages(desk: &Desk) -> Result<Vec<Page>, Failure> {
    let mut pages = Vec::new();
    for (name, list) in LISTS {
        pages.push(Page::list(format!("{name}, first"), list));
        pages.push(Page::list(format!("{name}, deep"), deep(desk, list).await?));
    }
    // The first who came does far more than others, and is called the same in every store.
    let first = Person::new(&desk.plan, 0).map_err(|failure| Failure::new(failure.to_string()))?.user.email;
    let busy = find(desk, first.as_str()).await?;
    let beginning: String = first.as_str().chars().take(4).collect();
    let filtered = [
        ("users, disabled", format!("{USERS}?status=disabled")),
        ("users, deleted", format!("{USERS}?status=deleted")),
        ("users, by role", format!("{USERS}?role=admin")),
        ("users, not verified", format!("{USERS}?verified=false")),
        ("users, by their beginning", format!("{USERS}?query={beginning}")),
        ("sessions, live", format!("{SESSIONS}?state=live")),
        ("events, by a rare code", format!("{EVENTS}&code=user.role_changed")),
        ("events, by a common code", format!("{EVENTS}&code=session.opened")),
        ("events of a day", "/admin/audit".to_owned()),
        ("events of a week, failures", "/admin/audit?window=7d&outcome=failure".to_owned()),
        ("events by one user", format!("{EVENTS}&actor={busy}")),
        ("events, about one user", format!("{EVENTS}&subject={busy}")),
    ];
    pages.extend(filtered.map(|(name, path)| Page::list(name, path)));
    for page in pages.iter_mut().filter(|page| page.path.contains("?query=")) {
        // What was typed may be an id, which is looked for first.
        page.statements = 4 + 2;
    }
    let user = format!("/admin/users/{busy}");
    pages.push(Page::of_user("page of a user's sessions", format!("{user}/sessions")));
    pages.push(Page::of_user("page of a user's activity", format!("{user}/activity")));
    pages.push(Page::of_user("page of a user", user));
    pages.push(Page { statements: OVERVIEW + 2, ..Page::list("overview", "/admin") });
    Ok(pages)
}

/// The id of the user with an address.
async fn find(desk: &Desk, email: &str) -> Result<String, Failure> {
    let mut connection = Connection::open(desk.server.address).await?;
    let answer = connection.call(&desk.get(&format!("/admin/api/users?query={email}"))).await?;
    answer.expect(200)?;
    let id = answer.text("id").ok_or_else(|| Failure::new(format!("there is no {email}")))?;
    Ok(std::str::from_utf8(id)?.to_owned())
}

/// The page after so many steps from one to the next; after half of them where the list is shorter.
async fn deep(desk: &Desk, list: &str) -> Result<String, Failure> {
    let mut connection = Connection::open(desk.server.address).await?;
    let mut seen = vec![list.to_owned()];
    while seen.len() <= DEEP {
        let path = seen.last().cloned().unwrap_or_default();
        let answer = connection.call(&desk.get(&path)).await?;
        answer.expect(200)?;
        let Some(next) = next(list, std::str::from_utf8(answer.body)?) else {
            seen.truncate(seen.len() / 2 + 1);
            break;
        };
        seen.push(next);
    }
    seen.pop().filter(|last| *last != list).ok_or_else(|| Failure::new(format!("{list} has one page only")))
}

/// Where a page leads on: a link for people, a cursor for programs.
fn next(list: &str, body: &str) -> Option<String> {
    if let Some((_, rest)) = body.split_once(r#"rel="next" href=""#) {
        return Some(rest.split_once('"')?.0.replace("&#38;", "&").replace("&amp;", "&"));
    }
    let (_, rest) = body.split_once(r#""next_cursor":""#)?;
    Some(format!("{list}?cursor={}", rest.split_once('"')?.0))
}
