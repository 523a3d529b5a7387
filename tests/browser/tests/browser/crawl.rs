//! Looking changes nothing: every link of the console is followed, and the database is as it was.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use authkit_browser::ADMIN;
use authkit_e2e::{Client, Kind, Sandbox};
use rusqlite::{Connection, OpenFlags};

/// How many pages of one kind are looked at: those of two users show what those of two hundred would.
const OF_A_KIND: usize = 12;

/// All rows of all tables, as text.
fn rows(file: &Path) -> BTreeMap<String, Vec<String>> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database");
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = database.prepare(names).expect("its tables");
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("names").collect::<Result<_, _>>().expect("names");
    let all = |table: &String| {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|n| Ok(format!("{:?}", row.get_ref(n)?))).collect::<Result<Vec<_>, _>>()
        });
        let mut rows: Vec<_> = rows.expect("rows").map(|row| row.expect("a row").join(" ")).collect();
        rows.sort_unstable();
        rows
    };
    tables.iter().map(|table| (table.clone(), all(table))).collect()
}

/// Where a page's links lead, inside the console. An export is recorded, as it should be.
fn links(page: &str) -> impl Iterator<Item = String> {
    let targets = page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let targets = targets.map(|(target, _)| target.replace("&#38;", "&").replace("&amp;", "&"));
    targets
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| target.starts_with("/admin") && !target.contains("/export"))
}

/// A page's kind: its path with `{}` for ids, and the names in its query.
fn kind(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let part = |part: &str| if part.len() == 36 { "{}".to_owned() } else { part.to_owned() };
    let path: Vec<_> = path.split('/').map(part).collect();
    let names: Vec<_> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    format!("{}?{}", path.join("/"), names.join("&"))
}

#[tokio::test]
async fn following_every_link_changes_nothing() {
    let sandbox = Sandbox::start_with(&["--demo"], &[("AUTHKIT_DATABASE_URL", "sqlite://demo.db")]);
    let mut client = Client::new(Kind::Program, sandbox.address);
    client.login(ADMIN.0, ADMIN.1).await.expect(200);
    let file = sandbox.folder.join("demo.db");
    let before = rows(&file);

    let mut queue = VecDeque::from(["/admin", "/admin/users", "/admin/audit"].map(str::to_owned));
    let (mut seen, mut kinds) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    let mut shown = 0;
    while let Some(target) = queue.pop_front() {
        let of_a_kind = kinds.entry(kind(&target)).or_default();
        if *of_a_kind == OF_A_KIND || !seen.insert(target.clone()) {
            continue;
        }
        *of_a_kind += 1;
        let answer = client.get(&target).await;
        let status = answer.status.as_u16();
        assert!(status < 500 && ![400, 403, 405, 422].contains(&status), "{target}: {status}");
        if let Some(location) = answer.header("location") {
            queue.push_back(location.to_owned());
        }
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            queue.extend(links(&String::from_utf8_lossy(&answer.body)));
            shown += usize::from(status == 200);
        }
    }
    assert!(shown > 60, "only {shown} pages: {kinds:#?}");

    let after = rows(&file);
    for (table, before) in &before {
        let after = &after[table];
        let lost: Vec<_> = before.iter().filter(|row| after.binary_search(row).is_err()).take(3).collect();
        let new: Vec<_> = after.iter().filter(|row| before.binary_search(row).is_err()).take(3).collect();
        assert!(lost.is_empty() && new.is_empty(), "{table}: gone {lost:#?}, new {new:#?}");
    }
}
