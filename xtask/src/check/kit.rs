//! The test kit is reachable through the feature `test` and in no other way: hashes that cost nothing and a clock that
//! anybody moves have no place in a program. And the crates build without it, as whoever uses them gets them.

use serde_json::Value;

use super::Report;
use crate::cargo;
use crate::workspace::Workspace;

/// The feature, in every crate that has a part of the kit.
const FEATURE: &str = "test";
/// The modules that are the kit.
const MODULES: [&str; 2] = ["test", "testing"];
/// What may stand above such a module.
const GUARDS: [&str; 3] = ["#[cfg(test)]", "#[cfg(feature = \"test\")]", "#[cfg(any(test, feature = \"test\"))]"];
/// The crate that reaches all others that have a part of it.
const TOP: &str = "authkit-poem";

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let text = cargo::read(&workspace.root, &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut problems: Vec<String> =
        metadata["packages"].as_array().into_iter().flatten().filter(|package| ships(package)).flat_map(ways).collect();
    for member in workspace.members()?.iter().filter(|member| member.published) {
        let source = format!("{}/src/", member.folder);
        for file in workspace.ending(".rs").filter(|file| file.starts_with(&source)) {
            problems
                .extend(bare(&workspace.text(file)?).into_iter().map(|line| format!("{file}:{line}: needs a #[cfg]")));
        }
    }
    cargo::run(&workspace.root, &["check", "--quiet", "--package", TOP, "--lib"], &[])
        .map_err(|error| format!("{TOP} does not build without the feature `{FEATURE}`: {error}"))?;
    Ok(problems.into())
}

/// `publish = false` is an empty list of registries. The suite for stores is published and is nothing but tests.
fn ships(package: &Value) -> bool {
    package["publish"].as_array().is_none_or(|registries| !registries.is_empty())
        && package["name"] != "authkit-conformance"
}

/// The ways on which a package switches the feature on without being asked.
fn ways(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let mut problems = Vec::new();
    for (feature, needs) in package["features"].as_object().into_iter().flatten() {
        for need in needs.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let reaches = need == FEATURE || need.rsplit_once('/').is_some_and(|(_, of)| of == FEATURE);
            if reaches && feature != FEATURE {
                problems.push(format!("{name}: the feature {feature} switches {need} on"));
            }
        }
    }
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let asks = dependency["features"].as_array().into_iter().flatten().any(|feature| feature == FEATURE);
        let ours = dependency["name"].as_str().is_some_and(|name| name.starts_with("authkit-"));
        if asks && ours && dependency["kind"] != "dev" {
            let dependency = dependency["name"].as_str().unwrap_or_default();
            problems.push(format!(
                "{name}: the dependency on {dependency} switches {FEATURE} on, and is no dev-dependency"
            ));
        }
    }
    problems
}

/// The lines, counted from 1, that declare a module of the kit without a guard above.
fn bare(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let declares = |line: &str| {
        let name = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ");
        name.is_some_and(|name| MODULES.contains(&name.trim_end_matches([';', ' ', '{'])))
    };
    let is_guarded =
        |at: usize| at.checked_sub(1).and_then(|above| lines.get(above)).is_some_and(|l| GUARDS.contains(l));
    (0..lines.len()).filter(|at| declares(lines[*at]) && !is_guarded(*at)).map(|at| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_module_of_the_kit_needs_a_guard_right_above() {
        for guarded in
            ["#[cfg(feature = \"test\")]\npub mod test;", "#[cfg(test)]\nmod testing;", "mod tests {", "mod latest;"]
        {
            assert_eq!(bare(guarded), [0; 0], "{guarded}");
        }
        for open in ["pub mod test;", "mod a;\n#[cfg(unix)]\nmod testing;", "#[cfg(test)]\n\npub(crate) mod testing {"]
        {
            assert_eq!(bare(open).len(), 1, "{open}");
        }
    }

    #[test]
    fn nothing_switches_it_on_but_the_feature_of_the_same_name_and_tests() {
        let package = |features: Value, dependency: Value| json!({"name": "x", "features": features, "dependencies": [dependency]});
        let dependency =
            |kind: Value, features: Value| json!({"name": "authkit-core", "kind": kind, "features": features});
        let plain = || dependency(Value::Null, json!([]));
        let good = package(
            json!({"test": ["authkit-core/test", "dep:serde"], "default": []}),
            dependency(json!("dev"), json!(["test"])),
        );
        assert_eq!(ways(&good), [""; 0]);
        for bad in [
            package(json!({"default": ["test"]}), plain()),
            package(json!({"full": ["authkit-core/test"]}), plain()),
            package(json!({}), dependency(Value::Null, json!(["test"]))),
        ] {
            assert_eq!(ways(&bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn what_is_not_published_may_switch_it_on() {
        assert!(!ships(&json!({"name": "x", "publish": []})) && ships(&json!({"name": "x", "publish": null})));
    }
}
