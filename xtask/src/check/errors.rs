//! The codes that operators look up: each has its page, each page its code, and both have one title. What is logged has one.

use std::collections::BTreeMap;

use super::Report;
use crate::workspace::Workspace;

const FOLDER: &str = "docs/guide/errors/";
const INDEX: &str = "docs/guide/errors.md";

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let (mut titles, mut problems) = (BTreeMap::new(), Vec::new());
    for file in workspace.ending(".rs").filter(|file| file.starts_with("authkit-") && file.contains("/src/")) {
        let text = workspace.text(file)?;
        for (code, title) in text.lines().filter_map(definition) {
            if titles.insert(code.to_owned(), title.to_owned()).is_some() {
                problems.push(format!("{file}: {code} is defined twice"));
            }
        }
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        problems.extend(logged_without(shipped).map(|line| format!("{file}:{line}: is logged without a code (`ak`)")));
    }
    let mut pages = BTreeMap::new();
    for file in workspace.ending(".md").filter_map(|file| file.strip_prefix(FOLDER)) {
        let page = workspace.text(&format!("{FOLDER}{file}"))?;
        pages.insert(file.trim_end_matches(".md").to_owned(), page);
    }
    problems.extend(compare(&titles, &pages, &workspace.text(INDEX)?));
    Ok(problems.into())
}

/// `Name = "AK0102", .., "the title";` as the lists of codes have it.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().split_once(" = \"")?;
    let (code, rest) = rest.split_once("\", ")?;
    let title = rest.strip_suffix("\";")?.rsplit('"').next()?;
    let is_code = code.len() == 6 && code.starts_with("AK") && code[2..].bytes().all(|b| b.is_ascii_digit());
    (is_code && name.bytes().all(|b| b.is_ascii_alphanumeric())).then_some((code, title))
}

/// The lines of warnings and errors that name no code.
fn logged_without(text: &str) -> impl Iterator<Item = usize> {
    let starts = ["tracing::warn!(", "tracing::error!("].into_iter().flat_map(|start| text.match_indices(start));
    starts.filter_map(|(at, _)| {
        let call = text[at..].split(';').next().unwrap_or_default();
        (!call.contains("ak = ")).then(|| text[..at].lines().count())
    })
}

fn compare(titles: &BTreeMap<String, String>, pages: &BTreeMap<String, String>, index: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (code, title) in titles {
        let heading = format!("# {code}: {title}");
        match pages.get(code) {
            None => problems.push(format!("{FOLDER}{code}.md is missing: \"{heading}\"")),
            Some(page) if page.lines().next() != Some(&heading) => {
                problems.push(format!("{FOLDER}{code}.md: the first line must be \"{heading}\""));
            }
            Some(page) if !page.contains("\n## What to do\n") => {
                problems.push(format!("{FOLDER}{code}.md: needs the section \"## What to do\""));
            }
            Some(_) => {}
        }
        if !index.contains(&format!("| [{code}](errors/{code}.md) | {title} |")) {
            problems.push(format!("{INDEX}: lacks {code} with its title"));
        }
    }
    let orphans = pages.keys().filter(|code| !titles.contains_key(*code));
    problems.extend(orphans.map(|code| format!("{FOLDER}{code}.md: no code of this name is in the source")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_definition_is_a_name_a_code_and_a_title() {
        let line = r#"    TooShort = "AK0102", "the key is short";"#;
        assert_eq!(definition(line), Some(("AK0102", "the key is short")));
        let line = r#"    NeedsYes = "AK0207", Refused, "this has to be confirmed";"#;
        assert_eq!(definition(line), Some(("AK0207", "this has to be confirmed")));
        for line in [r#"let code = "AK0102";"#, r#"X = "AK01", "t";"#, r#"X = "AB0102", "t";"#, ""] {
            assert_eq!(definition(line), None, "{line}");
        }
    }

    #[test]
    fn code_page_and_text_belong_together_in_both_directions() {
        let titles = map(&[("AK0102", "short")]);
        let index = "| [AK0102](errors/AK0102.md) | short |";
        let page = "# AK0102: short\n\nText.\n\n## What to do\n\n- This.\n";
        assert_eq!(compare(&titles, &map(&[("AK0102", page)]), index), Vec::<String>::new());
        assert!(compare(&titles, &map(&[]), index)[0].contains("is missing"));
        assert!(compare(&titles, &map(&[("AK0102", "# AK0102: long\n")]), index)[0].contains("first line"));
        assert!(compare(&titles, &map(&[("AK0102", "# AK0102: short\n")]), index)[0].contains("What to do"));
        assert!(compare(&titles, &map(&[("AK0102", page)]), "")[0].contains("lacks AK0102"));
        assert!(compare(&map(&[]), &map(&[("AK0102", page)]), "")[0].contains("no code"));
    }

    #[test]
    fn what_is_logged_names_its_code() {
        let text =
            "\ntracing::error!(ak = LogCode::X.as_str(), \"a\");\ntracing::warn!(\n  \"b\"\n);\ntracing::info!(\"c\");";
        assert_eq!(logged_without(text).collect::<Vec<_>>(), [2]);
    }
}
