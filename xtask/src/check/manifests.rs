//! Versions and lints stand once, in the root manifest. A crate that forgets to inherit the lints is checked by none of
//! them, in silence.

use super::Report;
use crate::workspace::{Member, Workspace};

/// What every manifest takes from the root.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut problems = Vec::new();
    for member in workspace.members()? {
        let file = format!("{}/Cargo.toml", member.folder);
        problems
            .extend(judge(&member, &workspace.text(&file)?).into_iter().map(|problem| format!("{file}: {problem}")));
    }
    Ok(problems.into())
}

fn judge(member: &Member, manifest: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for key in INHERITED {
        if !manifest.lines().any(|line| line == format!("{key}.workspace = true")) {
            problems.push(format!("needs {key}.workspace = true"));
        }
    }
    // Tests, examples and xtask have a table of their own.
    let ships = !member.folder.contains('/') && member.published;
    if ships && !manifest.contains("[lints]\nworkspace = true\n") {
        problems.push("needs [lints] with workspace = true".to_owned());
    }
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.trim_end_matches(']').split('.').any(|part| part.ends_with("dependencies"));
        } else if in_dependencies && has_version(line) {
            problems.push(format!("a version that belongs into the root manifest: {line}"));
        }
    }
    problems
}

/// `name = "1"` or `name = { version = "1" }`.
fn has_version(line: &str) -> bool {
    let Some((key, value)) = line.split_once('=') else { return false };
    let key = key.trim();
    key == "version"
        || value.contains("version =")
        || (value.trim_start().starts_with('"') && !key.contains('.') && key != "path")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"x\"\nversion.workspace = true\nedition.workspace = true\n\
                        rust-version.workspace = true\nlicense.workspace = true\n\n[lints]\nworkspace = true\n\n\
                        [dependencies]\nserde.workspace = true\ntokio = { workspace = true, features = [\"rt\"] }\n\
                        [dev-dependencies]\nother = { path = \"../other\" }\n";

    fn judged(folder: &str, manifest: &str) -> Vec<String> {
        let (name, folder) = ("x".to_owned(), folder.to_owned());
        judge(&Member { name, folder, published: true, dependencies: Vec::new() }, manifest)
    }

    #[test]
    fn a_manifest_that_inherits_everything_passes() {
        assert_eq!(judged("x", GOOD), [""; 0]);
    }

    #[test]
    fn a_key_that_is_not_inherited_fails() {
        assert_eq!(judged("x", &GOOD.replace("edition.workspace = true", "edition = \"2021\"")).len(), 1);
    }

    #[test]
    fn forgotten_lints_fail_in_a_crate_that_ships_and_not_in_tests() {
        let manifest = GOOD.replace("[lints]\nworkspace = true\n", "");
        assert_eq!((judged("x", &manifest).len(), judged("tests/x", &manifest).len()), (1, 0));
    }

    #[test]
    fn a_version_in_a_member_fails_however_it_is_written() {
        for line in ["serde = \"1\"", "serde = { version = \"1\" }", "[dependencies.serde]\nversion = \"1\""] {
            assert_eq!(judged("x", &format!("{GOOD}[target.x.dependencies]\n{line}\n")).len(), 1, "{line}");
        }
    }
}
