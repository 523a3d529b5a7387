//! `cargo xtask test`: all that must pass, in the order in which a failure tells most, ending at the first.

use authkit_test_postgres::variable;

use crate::browser;
use crate::cargo;
use crate::postgres::Servers;
use crate::workspace::Workspace;

/// The server that the end-to-end tests start.
const SANDBOX: &str = "sandbox";

/// What `--without` may leave out. Also the word in the paths of the tests that it leaves out of the other packages.
const POSTGRES: &str = "postgres";

/// The other thing that `--without` may leave out, and the package whose tests need it.
const BROWSER: &str = "browser";
const NEEDS_BROWSER: &str = "authkit-browser";

/// The packages all of whose tests need PostgreSQL, or all but the unit tests.
const NEED_POSTGRES: [&str; 3] = ["authkit-test-postgres", "authkit-faults", STORE];
const STORE: &str = "authkit-store-postgres";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Options {
    long: bool,
    without_postgres: bool,
    without_browser: bool,
}

/// A title and the arguments of cargo.
type Step = (&'static str, Vec<&'static str>);

/// # Errors
/// The step that failed, what is missing, or an argument that is not known.
pub fn run(args: &[String]) -> Result<(), String> {
    let options = options(args)?;
    let root = Workspace::open()?.root;
    let metadata = cargo::read(&root, &["metadata", "--no-deps", "--format-version", "1"])
        .and_then(|text| serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}")))?;
    // First, since it costs nothing to find out.
    if !options.without_browser {
        browser::provide()?;
    }
    let servers = if options.without_postgres { None } else { Some(Servers::start()?) };

    let mut variables: Vec<(&str, &str)> = Vec::new();
    if options.long {
        variables.push(("AUTHKIT_TEST_LONG", "1"));
    }
    if options.without_postgres {
        variables.push((variable::WITHOUT, POSTGRES));
    }
    let told = servers.iter().flat_map(|servers| &servers.variables);
    variables.extend(told.map(|(name, value)| (*name, value.as_str())));

    let steps = steps(options, has_binary(&metadata, SANDBOX));
    for (number, (what, command)) in steps.iter().enumerate() {
        println!("\n=== test {} of {}: {what}", number + 1, steps.len());
        cargo::run(&root, command, &variables).map_err(|error| format!("stopped at \"{what}\": {error}"))?;
    }
    match left_out(options) {
        None => println!("\nAll tests passed."),
        Some(what) => println!("\nAll that was run has passed. LEFT OUT, {what}. What they hold is not known to hold."),
    }
    Ok(())
}

/// What a run did not run, in words.
fn left_out(options: Options) -> Option<String> {
    let postgres = options.without_postgres.then(|| {
        format!(
            "as --without postgres says: the tests of {}, and every test with \"{POSTGRES}\" in its path",
            NEED_POSTGRES.join(", ")
        )
    });
    let browser = options.without_browser.then(|| format!("as --without browser says: the tests of {NEEDS_BROWSER}"));
    let all: Vec<_> = postgres.into_iter().chain(browser).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn options(args: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = args;
    loop {
        rest = match rest {
            [] => return Ok(options),
            [flag, rest @ ..] if flag == "--long" => {
                options.long = true;
                rest
            }
            [flag, what, rest @ ..] if flag == "--without" && what == POSTGRES => {
                options.without_postgres = true;
                rest
            }
            [flag, what, rest @ ..] if flag == "--without" && what == BROWSER => {
                options.without_browser = true;
                rest
            }
            _ => {
                return Err(format!("takes --long, --without postgres and --without browser, not: {}", args.join(" ")));
            }
        };
    }
}

fn steps(options: Options, has_sandbox: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    if has_sandbox {
        steps.push(("the server that the end-to-end tests start", vec!["build", "--workspace", "--bin", SANDBOX]));
    }
    let mut tests = vec!["test", "--workspace", "--all-targets"];
    if options.without_browser {
        tests.extend(["--exclude", NEEDS_BROWSER]);
    }
    if options.without_postgres {
        for package in NEED_POSTGRES {
            tests.extend(["--exclude", package]);
        }
        tests.extend(["--", "--skip", POSTGRES]);
    }
    steps.push(("unit tests, flows, contract, examples, end to end", tests));
    if options.without_postgres {
        steps.push((
            "unit tests of the Postgres store that need no server",
            vec!["test", "--package", STORE, "--lib", "--", "--skip", POSTGRES],
        ));
    }
    steps.push(("doctests", vec!["test", "--workspace", "--doc"]));
    steps
}

fn has_binary(metadata: &serde_json::Value, name: &str) -> bool {
    let targets =
        metadata["packages"].as_array().into_iter().flatten().filter_map(|package| package["targets"].as_array());
    targets.flatten().any(|target| target["name"] == name && target["kind"][0] == "bin")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        options(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_sandbox_is_built_only_where_there_is_one() {
        let with = serde_json::json!({ "packages": [{ "targets": [{ "name": "sandbox", "kind": ["bin"] }] }] });
        let without = serde_json::json!({ "packages": [{ "targets": [{ "name": "sandbox", "kind": ["example"] }] }] });
        assert!(has_binary(&with, SANDBOX) && !has_binary(&without, SANDBOX));
    }

    #[test]
    fn an_unknown_argument_runs_nothing() {
        assert!(run(&["--fast".to_owned()]).unwrap_err().contains("--fast"));
        for line in ["--without", "--without sqlite", "postgres"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn nothing_is_left_out_unless_it_is_typed() {
        assert_eq!(parsed("").unwrap(), Options::default());
        let all = steps(parsed("--long").unwrap(), true);
        assert!(all.iter().all(|(_, command)| !command.contains(&"--skip") && !command.contains(&"--exclude")));
        let without = steps(parsed("--long --without postgres").unwrap(), true);
        assert!(without[1].1.ends_with(&["--", "--skip", "postgres"]), "{without:?}");
        let without = steps(parsed("--without browser").unwrap(), true);
        assert!(without[1].1.ends_with(&["--exclude", "authkit-browser"]), "{without:?}");
    }

    #[test]
    fn what_was_left_out_is_said() {
        assert_eq!(left_out(parsed("--long").unwrap()), None);
        let both = left_out(parsed("--without browser --without postgres").unwrap()).unwrap();
        assert!(both.contains("authkit-browser") && both.contains("authkit-faults"), "{both}");
    }
}
