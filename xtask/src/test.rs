//! `cargo xtask test`: all that must pass, in the order in which a failure tells most, ending at the first.

use crate::cargo;
use crate::workspace::Workspace;

/// The server that the end-to-end tests start.
const SANDBOX: &str = "sandbox";

/// # Errors
/// The step that failed, or an argument that is not known.
pub fn run(args: &[String]) -> Result<(), String> {
    let long = match args {
        [] => false,
        [flag] if flag == "--long" => true,
        _ => return Err(format!("takes nothing or --long, not: {}", args.join(" "))),
    };
    let root = Workspace::open()?.root;
    let variables: &[_] = if long { &[("AUTHKIT_TEST_LONG", "1")] } else { &[] };
    let has_sandbox = cargo::read(&root, &["metadata", "--no-deps", "--format-version", "1"])
        .and_then(|text| serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}")))
        .map(|metadata| has_binary(&metadata, SANDBOX))?;

    let mut steps: Vec<(&str, &[&str])> = Vec::new();
    if has_sandbox {
        steps.push(("the server that the end-to-end tests start", &["build", "--workspace", "--bin", SANDBOX]));
    }
    steps.push(("unit tests, flows, contract, examples, end to end", &["test", "--workspace", "--all-targets"]));
    steps.push(("doctests", &["test", "--workspace", "--doc"]));
    for (number, (what, command)) in steps.iter().enumerate() {
        println!("\n=== test {} of {}: {what}", number + 1, steps.len());
        cargo::run(&root, command, variables).map_err(|error| format!("stopped at \"{what}\": {error}"))?;
    }
    println!("\nAll tests passed.");
    Ok(())
}

fn has_binary(metadata: &serde_json::Value, name: &str) -> bool {
    let targets =
        metadata["packages"].as_array().into_iter().flatten().filter_map(|package| package["targets"].as_array());
    targets.flatten().any(|target| target["name"] == name && target["kind"][0] == "bin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_built_only_where_there_is_one() {
        let with = serde_json::json!({ "packages": [{ "targets": [{ "name": "sandbox", "kind": ["bin"] }] }] });
        let without = serde_json::json!({ "packages": [{ "targets": [{ "name": "sandbox", "kind": ["example"] }] }] });
        assert!(has_binary(&with, SANDBOX) && !has_binary(&without, SANDBOX));
    }

    #[test]
    fn an_unknown_argument_runs_nothing() {
        assert!(run(&["--fast".to_owned()]).unwrap_err().contains("--fast"));
    }
}
