//! The kit is for tests.

use std::process::Command;

use authkit_core::Config;
use authkit_poem::test::TestApp;
use futures_util::FutureExt as _;
use poem::Route;

/// Run by the test below in a process of its own.
#[tokio::test]
async fn a_kit_is_made() {
    TestApp::new(|_| Route::new()).await;
}

// S-94
#[test]
fn a_process_that_says_production_gets_no_kit_and_a_clear_message() {
    let run = |environment: &str| {
        let mut test = Command::new(std::env::current_exe().expect("this test"));
        test.args(["production::a_kit_is_made", "--exact"]).env("AUTHKIT_ENV", environment);
        let output = test.output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(run("development").0);
    let (passed, said) = run("production");
    assert!(!passed, "{said}");
    for part in ["authkit_poem::test is for tests, and AUTHKIT_ENV says production", "[dev-dependencies]"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

// S-94
#[tokio::test]
async fn a_configuration_for_production_is_refused_with_all_that_the_kit_is_made_of() {
    let setup = TestApp::setup();
    let setup = setup.config(|_| Config::production("https://example.com", "q7Vd2mXz9LhT4bRk8WnYc3FsJp6GaUe5"));
    let started = std::panic::AssertUnwindSafe(setup.start(|_| Route::new())).catch_unwind().await;
    let panic = started.expect_err("refused");
    let said = panic.downcast_ref::<String>().expect("a text");
    assert!(said.contains("AK0130") && said.contains("AK0134"), "{said}");
}
