//! Arrows between modules: in the core downwards in the order of docs/ARCHITECTURE.md, never up, never across; in every
//! published crate never in a circle.

mod circles;
mod tree;

use super::{Report, architecture};
use crate::workspace::Workspace;
use tree::Tree;

/// The crate whose order the document lists.
const ORDERED: &str = "authkit-core";

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let order = Order::read(&architecture::block(workspace, "core-modules")?)?;
    let mut problems = Vec::new();
    for member in workspace.members()?.iter().filter(|member| member.published) {
        let source = format!("{}/src/", member.folder);
        let mut files = Vec::new();
        for file in workspace.ending(".rs").filter(|file| file.starts_with(&source)) {
            files.push((file.to_owned(), workspace.text(file)?));
        }
        let tree = Tree::read(&source, &member.name.replace('-', "_"), &files);
        if member.name == ORDERED {
            problems.extend(order.judge(&tree));
        }
        problems.extend(circles::circles(&tree));
    }
    Ok(problems.into())
}

/// The modules from top to bottom.
#[derive(Debug)]
struct Order(Vec<Level>);

#[derive(Debug)]
struct Level {
    module: String,
    /// Written `module/*`: its files know nothing of each other.
    apart: bool,
}

impl Order {
    /// A line is a module and, after a space, words for the reader.
    fn read(lines: &[String]) -> Result<Self, String> {
        let mut levels: Vec<Level> = Vec::new();
        for name in lines.iter().filter_map(|line| line.split_whitespace().next()) {
            let (module, apart) = name.strip_suffix("/*").map_or((name, false), |module| (module, true));
            if levels.iter().any(|level| level.module == module) {
                return Err(format!("{}: {module} is listed twice", architecture::FILE));
            }
            levels.push(Level { module: module.to_owned(), apart });
        }
        Ok(Self(levels))
    }

    fn judge(&self, tree: &Tree) -> Vec<String> {
        let mut problems = Vec::new();
        for module in tree.modules.iter().map(|module| top(module)) {
            if self.rank(module).is_none() {
                problems.push(format!("the module {module} is missing in the order of {}", architecture::FILE));
            }
        }
        problems.dedup();
        for arrow in tree.arrows() {
            if let Some(why) = self.refusal(&arrow.from, &arrow.to) {
                problems.push(format!(
                    "{}:{}: {why} (names crate::{})",
                    arrow.file,
                    arrow.line,
                    arrow.target.join("::")
                ));
            }
        }
        problems
    }

    fn refusal(&self, from: &[String], to: &[String]) -> Option<String> {
        let (own, other) = (top(from), top(to));
        // A module that is missing in the order has been reported as such.
        let (own_rank, other_rank) = (self.rank(own)?, self.rank(other)?);
        if own != other {
            return (other_rank < own_rank)
                .then(|| format!("{own} uses {other}, which is above it in {}", architecture::FILE));
        }
        let (file, sibling) = (from.get(1), to.get(1));
        let across = self.0[own_rank].apart && file.is_some() && sibling.is_some() && file != sibling;
        across.then(|| {
            format!("{} uses {}, and the files of {own} know nothing of each other", from.join("::"), to.join("::"))
        })
    }

    fn rank(&self, module: &str) -> Option<usize> {
        self.0.iter().position(|level| level.module == module)
    }
}

/// The root of the crate is called `lib`.
fn top(module: &[String]) -> &str {
    module.first().map_or("lib", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(files: &[(&str, &str)]) -> Vec<String> {
        let order = "lib the root\nflows/* one file each\nkit\nmodel".lines().map(str::to_owned).collect::<Vec<_>>();
        let files: Vec<_> = files.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
        Order::read(&order).unwrap().judge(&Tree::read("src/", "authkit_core", &files))
    }

    #[test]
    fn downward_arrows_pass() {
        let flow = "use crate::kit::AuthKit; use crate::{model::user::User, flows::Shared}; use super::Shared;";
        let files = [
            ("lib.rs", "pub mod flows; pub use kit::AuthKit; pub use crate::model::user::User;"),
            ("flows/mod.rs", "mod login; mod logout; pub use login::Login; pub struct Shared;"),
            ("flows/login.rs", flow),
            ("kit.rs", "use crate::model; use crate::User;"),
            ("model/user.rs", "use super::session::Session;"),
            ("model/session.rs", "fn f() { super::helper() }"),
        ];
        assert_eq!(judge(&files), [""; 0]);
    }

    #[test]
    fn an_upward_arrow_fails_however_it_is_written() {
        for line in [
            "use crate::kit::AuthKit;",
            "use crate::{model, kit};",
            "use super::super::kit;",
            "fn f() { crate::kit::go() }",
            "use crate::AuthKit;",
            "use crate::*;",
            "use authkit_core::kit::AuthKit;",
        ] {
            let found = judge(&[("lib.rs", "pub use kit::AuthKit;"), ("kit.rs", ""), ("model/user.rs", line)]);
            assert!(found[0].starts_with("src/model/user.rs:1: model uses "), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_flow_that_uses_another_flow_fails_also_through_a_re_export() {
        for line in ["use super::logout::Logout;", "use crate::flows::logout;", "use super::Logout;", "use super::*;"] {
            let shared = "mod login; mod logout; pub use logout::Logout;";
            let found = judge(&[("flows/mod.rs", shared), ("flows/login.rs", line), ("flows/logout.rs", "")]);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert!(found[0].contains("flows::login uses flows::logout"), "{line}: {found:?}");
        }
    }

    #[test]
    fn the_parts_of_one_flow_may_use_each_other() {
        let files = [("flows/login.rs", "mod step; use step::Step;"), ("flows/login/step.rs", "use super::Login;")];
        assert_eq!(judge(&files), [""; 0]);
    }

    #[test]
    fn a_module_that_the_order_does_not_list_fails_once() {
        let found = judge(&[("extra/a.rs", "use crate::kit;"), ("extra/b.rs", "")]);
        assert_eq!(found, ["the module extra is missing in the order of docs/ARCHITECTURE.md"]);
    }

    #[test]
    fn tests_may_use_anything() {
        let files = [
            ("model/user.rs", "#[cfg(test)] mod tests { use crate::kit::AuthKit; } #[cfg(test)] mod more;"),
            ("model/user/more.rs", "use crate::kit::AuthKit;"),
            ("kit.rs", ""),
        ];
        assert_eq!(judge(&files), [""; 0]);
    }

    #[test]
    fn a_module_listed_twice_is_an_error() {
        assert!(Order::read(&["kit".to_owned(), "model".to_owned(), "kit".to_owned()]).is_err());
    }
}
