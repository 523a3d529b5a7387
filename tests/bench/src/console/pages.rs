//! Which pages there are: the first of every list, one deep in it, and those of every filter.

use authkit_seed::Person;

use super::Desk;
use crate::failure::Failure;
use crate::http::Connection;

/// How far a deep page is, in steps of 200 rows; less where the list ends before.
const DEEP: usize = 300;

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

/// Lists as people see them, and the same lists as programs get them.
const LISTS: [(&str, &str); 3] =
    [("users", "/admin/api/users"), ("sessions", "/admin/api/sessions"), ("events", "/admin/api/audit")];

/// All of them.
pub async fn pages(desk: &Desk) -> Result<Vec<Page>, Failure> {
    let mut pages = Vec::new();
    for (name, list) in LISTS {
        pages.push(Page::list(format!("{name}, newest"), list));
        let cursor = deep(desk, list, DEEP).await?;
        pages.push(Page::list(format!("{name}, deep"), format!("{list}?cursor={cursor}")));
    }
    // The first who came does far more than others, and is called the same in every store.
    let first = Person::new(&desk.plan, 0).map_err(|failure| Failure::new(failure.to_string()))?.user.email;
    let busy = find(desk, first.as_str()).await?;
    let beginning: String = first.as_str().chars().take(4).collect();
    let filtered = [
        ("users, disabled", "/admin/api/users?status=disabled".to_owned()),
        ("users, deleted", "/admin/api/users?status=deleted".to_owned()),
        ("users, by role", "/admin/api/users?role=admin".to_owned()),
        ("users, not verified", "/admin/api/users?verified=false".to_owned()),
        ("users, by their beginning", format!("/admin/api/users?query={beginning}")),
        ("sessions, live", "/admin/api/sessions?state=live".to_owned()),
        ("events, by a rare code", "/admin/api/audit?code=user.role_changed".to_owned()),
        ("events, by a common code", "/admin/api/audit?code=session.opened".to_owned()),
        ("events, failures", "/admin/api/audit?outcome=failure".to_owned()),
        ("events, about one user", format!("/admin/api/audit?subject={busy}")),
    ];
    pages.extend(filtered.map(|(name, path)| Page::list(name, path)));
    let user = format!("/admin/users/{busy}");
    pages.push(Page::of_user("page of a user's sessions", format!("{user}/sessions")));
    pages.push(Page::of_user("page of a user's activity", format!("{user}/activity")));
    pages.push(Page::of_user("page of a user", user));
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

/// The cursor after so many steps; after half of them where the list is shorter.
async fn deep(desk: &Desk, list: &str, steps: usize) -> Result<String, Failure> {
    let mut connection = Connection::open(desk.server.address).await?;
    // A short list has only short steps.
    for rows in [200, 20] {
        let mut cursors: Vec<String> = Vec::new();
        while cursors.len() < steps {
            let after = cursors.last().map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let answer = connection.call(&desk.get(&format!("{list}?limit={rows}{after}"))).await?;
            answer.expect(200)?;
            let Some(cursor) = answer.text("next_cursor") else {
                cursors.truncate(cursors.len().div_ceil(2));
                break;
            };
            cursors.push(std::str::from_utf8(cursor)?.to_owned());
        }
        if let Some(cursor) = cursors.pop() {
            return Ok(cursor);
        }
    }
    Err(Failure::new(format!("{list} has one page only")))
}
