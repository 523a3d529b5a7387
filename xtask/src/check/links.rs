//! Links between the Markdown files: to a tracked file or folder, and to a heading that is there; the guide as a book.

mod book;
mod markdown;

use std::collections::HashMap;

use super::Report;
use crate::workspace::Workspace;
use markdown::Page;

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut pages = HashMap::new();
    for file in workspace.ending(".md") {
        pages.insert(file, Page::read(&workspace.text(file)?));
    }
    let repository = repository(&workspace.text("Cargo.toml")?);
    let mut problems = Vec::new();
    for (file, page) in &pages {
        for (line, link) in &page.links {
            let problem =
                target(file, link, &repository).and_then(|(path, anchor)| dead(&path, anchor, workspace, &pages));
            problems.extend(problem.map(|why| format!("{file}:{line}: {link}: {why}")));
        }
    }
    problems.extend(book::check(&pages, |file| workspace.text(file))?);
    problems.sort();
    Ok(problems.into())
}

/// `repository = "…"` of the workspace, under which an absolute link points into this very checkout.
fn repository(manifest: &str) -> String {
    let line = manifest.lines().find_map(|line| line.strip_prefix("repository = \""));
    line.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// The path from the root and the anchor; `None` for a link that leads out of the project.
fn target<'a>(file: &str, link: &'a str, repository: &str) -> Option<(String, &'a str)> {
    let own = link.strip_prefix(repository).filter(|_| !repository.is_empty());
    let own = own.and_then(|rest| rest.strip_prefix("/blob/main/").or_else(|| rest.strip_prefix("/tree/main/")));
    if own.is_none() && (link.contains("://") || link.starts_with("mailto:") || link.starts_with("//")) {
        return None;
    }
    let (path, anchor) = own.unwrap_or(link).split_once('#').unwrap_or((own.unwrap_or(link), ""));
    let mut parts: Vec<&str> = match path {
        "" => file.split('/').collect(),
        path if own.is_some() || path.starts_with('/') => Vec::new(),
        _ => file.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part != ".." {
            parts.push(part);
        } else if parts.pop().is_none() {
            parts.push("..");
        }
    }
    Some((parts.join("/"), anchor))
}

fn dead(path: &str, anchor: &str, workspace: &Workspace, pages: &HashMap<&str, Page>) -> Option<&'static str> {
    let folder = format!("{path}/");
    let exists = path.is_empty() || workspace.has(path) || workspace.files.iter().any(|file| file.starts_with(&folder));
    if !exists {
        return Some("no tracked file or folder");
    }
    let heading_is_there = pages.get(path).is_none_or(|page| page.anchors.iter().any(|known| known == anchor));
    if anchor.is_empty() || heading_is_there { None } else { Some("no such heading") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPOSITORY: &str = "https://example.com/us/it";

    fn path(file: &str, link: &str) -> Option<String> {
        target(file, link, REPOSITORY).map(|(path, anchor)| format!("{path}#{anchor}"))
    }

    #[test]
    fn a_relative_link_starts_at_the_folder_of_its_file() {
        assert_eq!(path("docs/a/b.md", "../c.md#d").unwrap(), "docs/c.md#d");
        assert_eq!(path("README.md", "./docs/").unwrap(), "docs#");
        assert_eq!(path("docs/a.md", "#b").unwrap(), "docs/a.md#b");
        assert_eq!(path("docs/a.md", "/LICENSE").unwrap(), "LICENSE#");
        assert_eq!(path("a.md", "../x.md").unwrap(), "../x.md#");
    }

    #[test]
    fn a_link_into_the_own_repository_is_checked_and_one_to_elsewhere_is_not() {
        assert_eq!(path("a.md", "https://example.com/us/it/blob/main/docs/b.md#c").unwrap(), "docs/b.md#c");
        assert_eq!(path("a.md", "https://example.com/us/it/issues"), None);
        assert_eq!(path("a.md", "mailto:a@example.com"), None);
    }

    #[test]
    fn a_link_to_nothing_and_an_anchor_to_nothing_are_dead() {
        let files = vec!["docs/a.md".to_owned(), "src/b.rs".to_owned()];
        let workspace = Workspace { root: ".".into(), files };
        let pages = HashMap::from([("docs/a.md", Page::read("# One heading"))]);
        assert_eq!(dead("docs/a.md", "one-heading", &workspace, &pages), None);
        assert_eq!(dead("src", "", &workspace, &pages), None);
        assert_eq!(dead("src/b.rs", "L3", &workspace, &pages), None);
        assert_eq!(dead("docs/a.md", "other", &workspace, &pages), Some("no such heading"));
        assert_eq!(dead("docs/c.md", "", &workspace, &pages), Some("no tracked file or folder"));
        assert_eq!(dead("doc", "", &workspace, &pages), Some("no tracked file or folder"));
    }

    #[test]
    fn the_repository_is_read_from_the_manifest() {
        assert_eq!(repository("[workspace.package]\nrepository = \"https://x.org/y\"\n"), "https://x.org/y");
    }
}
