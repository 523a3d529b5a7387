//! Arrows between the crates: a published crate depends on those that docs/ARCHITECTURE.md lists for it and no other of
//! ours. Dependencies for tests are free.

use super::{Report, architecture};
use crate::workspace::{Member, Workspace};

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    Ok(judge(&rules(&architecture::block(workspace, "crates")?)?, &workspace.members()?).into())
}

/// A line is `crate -> crate crate`; nothing behind the arrow means none.
fn rules(lines: &[String]) -> Result<Vec<(&str, Vec<&str>)>, String> {
    let rule = |line| {
        let (from, to) = str::split_once(line, "->").ok_or(format!("{}: no arrow in: {line}", architecture::FILE))?;
        Ok((from.trim(), to.split_whitespace().collect()))
    };
    lines.iter().map(|line| rule(line.as_str())).collect()
}

fn judge(rules: &[(&str, Vec<&str>)], members: &[Member]) -> Vec<String> {
    let mut problems = Vec::new();
    for member in members {
        let rule = rules.iter().find(|(name, _)| *name == member.name);
        if rule.is_none() && member.published {
            problems.push(format!("{} is published and missing in the crates of {}", member.name, architecture::FILE));
        }
        let Some((name, allowed)) = rule else { continue };
        let ours = member.dependencies.iter().map(|dependency| (dependency.name.as_str(), dependency.dev));
        for (used, _) in ours.filter(|(used, dev)| !dev && members.iter().any(|member| member.name == *used)) {
            if !allowed.contains(&used) {
                problems.push(format!("{name} depends on {used}, which {} does not allow", architecture::FILE));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn member(name: &str, dependencies: &[(&str, bool)]) -> Member {
        let dependency = |(name, dev): &(&str, bool)| Dependency {
            name: (*name).to_owned(),
            in_code: name.replace('-', "_"),
            dev: *dev,
        };
        let dependencies = dependencies.iter().map(dependency).collect();
        Member { name: name.to_owned(), folder: name.to_owned(), published: true, dependencies }
    }

    fn judged(members: &[Member]) -> Vec<String> {
        let lines = ["poem -> core http".to_owned(), "http -> core".to_owned(), "core ->".to_owned()];
        judge(&rules(&lines).unwrap(), members)
    }

    #[test]
    fn listed_arrows_and_foreign_crates_and_test_dependencies_pass() {
        let core = member("core", &[("serde", false), ("http", true)]);
        assert_eq!(judged(&[core, member("http", &[("core", false)]), member("poem", &[("http", false)])]), [""; 0]);
    }

    #[test]
    fn an_arrow_that_is_not_listed_fails() {
        let found = judged(&[member("core", &[("http", false)]), member("http", &[])]);
        assert_eq!(found, ["core depends on http, which docs/ARCHITECTURE.md does not allow"]);
    }

    #[test]
    fn a_published_crate_without_a_rule_fails() {
        assert_eq!(judged(&[member("mail", &[])]).len(), 1);
    }

    #[test]
    fn a_line_without_an_arrow_is_an_error() {
        assert!(rules(&["poem core".to_owned()]).is_err());
    }
}
