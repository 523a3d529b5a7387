//! The guide as a book: every page is in its summary, links stay inside or say the whole address, code is compiled.

use std::collections::HashMap;

use super::markdown::Page;

/// Where the book is, with its summary and the list of the pages whose code is compiled.
const FOLDER: &str = "docs/guide/";
const SUMMARY: &str = "docs/guide/SUMMARY.md";
const COMPILED: &str = "examples/src/guide.rs";

/// `text` gives the text of a file.
pub fn check(
    pages: &HashMap<&str, Page>,
    text: impl Fn(&str) -> Result<String, String>,
) -> Result<Vec<String>, String> {
    let Some(summary) = pages.get(SUMMARY) else { return Ok(Vec::new()) };
    let compiled = text(COMPILED)?;
    let mut problems = Vec::new();
    for (file, page) in pages.iter().filter(|(file, _)| file.starts_with(FOLDER) && **file != SUMMARY) {
        let name = &file[FOLDER.len()..];
        let entries = summary.links.iter().filter(|(_, link)| link == name).count();
        if entries != 1 {
            problems.push(format!("{file}: stands {entries} times in {SUMMARY}, not once"));
        }
        problems.extend(page.links.iter().filter(|(_, link)| leaves(name, link)).map(|(line, link)| {
            format!("{file}:{line}: {link}: leads out of the book; write the whole address, https://…/blob/main/…")
        }));
        let text = text(file)?;
        if text.contains("```rust,ignore") {
            problems.push(format!("{file}: has Rust that nobody compiles (`ignore`); `no_run` where it would wait"));
        } else if text.contains("```rust") && !compiled.contains(&format!("\"{name}\"")) {
            problems.push(format!("{file}: its Rust is compiled by nobody; name it in {COMPILED}"));
        }
    }
    Ok(problems)
}

/// Whether a relative link of the page `name` leaves the folder of the book.
fn leaves(name: &str, link: &str) -> bool {
    if link.contains("://") {
        return false;
    }
    let mut depth = name.matches('/').count();
    for part in link.split('#').next().unwrap_or_default().split('/') {
        match part {
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            "." => {}
            _ => depth += 1,
        }
    }
    link.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(summary: &str, page: &str, compiled: &str) -> Vec<String> {
        let pages = HashMap::from([(SUMMARY, Page::read(summary)), ("docs/guide/a.md", Page::read(page))]);
        let text = |file: &str| Ok(if file == COMPILED { compiled } else { page }.to_owned());
        check(&pages, text).unwrap()
    }

    #[test]
    fn a_page_stands_once_in_the_summary() {
        assert_eq!(problems("- [A](a.md)", "# A", ""), Vec::<String>::new());
        assert!(problems("", "# A", "")[0].contains("0 times"));
        assert!(problems("- [A](a.md)\n- [B](a.md)", "# A", "")[0].contains("2 times"));
    }

    #[test]
    fn rust_is_compiled() {
        let page = "```rust\nlet x = 1;\n```";
        assert_eq!(problems("[A](a.md)", page, "a = \"a.md\""), Vec::<String>::new());
        assert!(problems("[A](a.md)", page, "a = \"b.md\"")[0].contains("compiled by nobody"));
        assert!(problems("[A](a.md)", "```rust,ignore\n```", "a = \"a.md\"")[0].contains("nobody compiles"));
    }

    #[test]
    fn links_stay_in_the_book_or_say_the_whole_address() {
        assert!(!leaves("a.md", "b.md#c") && !leaves("a.md", "#c") && !leaves("errors/a.md", "../b.md"));
        assert!(!leaves("a.md", "https://example.com/../x") && !leaves("a.md", "./errors/../b.md"));
        assert!(leaves("a.md", "../x.md") && leaves("errors/a.md", "../../x.md") && leaves("a.md", "/x.md"));
    }
}
