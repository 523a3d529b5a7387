//! Traces of the machine that a file was written on: paths of a home, of this checkout, of what lies beside it.

use std::env;
use std::fs;
use std::path::Path;

use super::Report;
use crate::workspace::Workspace;

/// Put together here, so that this file is not found itself.
const BESIDE: &str = concat!("..", "/shared");
const HOMES: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("C:\\Us", "ers\\")];

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut own: Vec<String> = vec![workspace.root.to_string_lossy().into_owned()];
    own.extend(env::var("HOME"));
    // A path of one part, like `/app` in a container, stands in files for other reasons.
    own.retain(|path| Path::new(path).components().count() > 2);
    let mut problems = Vec::new();
    for file in &workspace.files {
        let bytes = fs::read(workspace.root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let text = String::from_utf8_lossy(&bytes);
        problems.extend(traces(&text, &own).into_iter().map(|(line, trace)| format!("{file}:{line}: {trace}")));
    }
    Ok(problems.into())
}

/// The lines, counted from 1, that hold a path under a home, one of `own`, or the folder beside the checkout.
fn traces<'a>(text: &'a str, own: &[String]) -> Vec<(usize, &'a str)> {
    let traced =
        |line: &str| line.contains(BESIDE) || own.iter().any(|path| line.contains(path.as_str())) || has_home(line);
    text.lines().zip(1..).filter(|(line, _)| traced(line)).map(|(line, number)| (number, line.trim())).collect()
}

/// A home with a name behind it, and nothing before it that makes it a part of a longer path or of a URL.
fn has_home(line: &str) -> bool {
    HOMES.iter().any(|home| {
        line.match_indices(home).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + home.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/' | '}' | '~'))
                && after.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> bool {
        !traces(line, &["/srv/checkout".to_owned()]).is_empty()
    }

    #[test]
    fn a_path_of_a_home_or_of_the_checkout_is_found() {
        for home in HOMES {
            assert!(found(&format!("see `{home}ada/x`")), "{home}");
        }
        assert!(found("at /srv/checkout/src") && found(&format!("see {BESIDE}/A.md")));
    }

    #[test]
    fn words_that_only_look_like_one_pass() {
        let home = HOMES[0];
        for line in
            [format!("https://example.com{home}x"), format!("{{base}}{home}x"), home.to_owned(), "/srv".to_owned()]
        {
            assert!(!found(&line), "{line}");
        }
    }

    #[test]
    fn the_line_is_told() {
        assert_eq!(traces(&format!("a\n  {BESIDE}\n"), &[]), [(2, BESIDE)]);
    }
}
