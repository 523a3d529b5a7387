//! Dependencies that a crate declares and never names in its code.

use std::collections::HashSet;

use crate::source::tokens::{Token, tokens};
use crate::workspace::{Member, Workspace};

/// One line for each crate whose `.rs` files do not name all that it declares.
///
/// # Errors
/// A file or manifest cannot be read.
pub fn check(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for member in workspace.members()? {
        let mut named = HashSet::new();
        for file in workspace.ending(".rs").filter(|file| file.starts_with(&format!("{}/", member.folder))) {
            let text = workspace.text(file)?;
            named.extend(names(&text));
        }
        // A README that is the documentation of its crate has doctests, too.
        let readme = format!("{}/README.md", member.folder);
        if workspace.has(&readme) {
            named.extend(words(&workspace.text(&readme)?).map(str::to_owned));
        }
        problems.extend(unused(&member, &named));
    }
    Ok(problems)
}

fn unused(member: &Member, named: &HashSet<String>) -> Option<String> {
    let idle = member.dependencies.iter().filter(|dependency| !named.contains(&dependency.in_code));
    let idle: Vec<_> = idle.map(|dependency| dependency.name.as_str()).collect();
    if idle.is_empty() { None } else { Some(format!("{} declares and never names: {}", member.name, idle.join(" "))) }
}

/// Every word of the code, and of the documentation too, since a doctest may be all that uses a dependency.
fn names(text: &str) -> HashSet<String> {
    let code = tokens(text).into_iter().filter_map(|(_, token)| match token {
        Token::Word(word) => Some(word.to_owned()),
        Token::Sign(_) | Token::Path => None,
    });
    let docs = text.lines().map(str::trim_start).filter(|line| line.starts_with("///") || line.starts_with("//!"));
    code.chain(docs.flat_map(words).map(str::to_owned)).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn member(dependency: &str) -> Member {
        let dependency = Dependency { name: dependency.to_owned(), in_code: dependency.replace('-', "_"), dev: false };
        let dependencies = vec![dependency];
        Member { name: "authkit-x".to_owned(), folder: "authkit-x".to_owned(), published: true, dependencies }
    }

    #[test]
    fn a_dependency_that_only_a_comment_or_a_string_names_is_unused() {
        let named = names("// hyper_util\nfn f() { \"hyper_util\"; }");
        assert_eq!(unused(&member("hyper-util"), &named).unwrap(), "authkit-x declares and never names: hyper-util");
    }

    #[test]
    fn a_dependency_in_code_or_in_a_doctest_is_used() {
        assert_eq!(unused(&member("hyper-util"), &names("use hyper_util::rt;")), None);
        assert_eq!(unused(&member("tokio"), &names("/// # tokio::runtime::Runtime::new();")), None);
    }
}
