//! The containers. No docker runs here: the files are read as docker reads them, and held to each other.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::project::{Project, checkout};

const STORES: [&str; 3] = ["memory", "sqlite", "postgres"];

fn project(store: &str, more: &[&str]) -> (Project, Value) {
    let project = Project::empty();
    project.done(&[&["--store", store, "--with", "docker"], more].concat());
    let text = project.text("compose.yaml");
    assert!(!text.contains("{{"), "{text}");
    let compose = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (project, compose)
}

fn services(compose: &Value) -> impl Iterator<Item = (&String, &Value)> {
    compose["services"].as_object().expect("services").iter()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The stages that a Dockerfile names, and those that it takes from.
fn stages(dockerfile: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let named =
        dockerfile.lines().filter(|line| line.starts_with("FROM ")).filter_map(|line| line.split(" AS ").nth(1));
    let words = dockerfile.split_whitespace();
    (named.collect(), words.filter_map(|word| word.strip_prefix("--from=")).collect())
}

// S-99
#[test]
fn no_secret_stands_in_the_files_and_none_has_a_default() {
    for store in STORES {
        let (project, compose) = project(store, &[]);
        let settings = project.text(".env");
        let files = [project.text("compose.yaml"), project.text("Dockerfile")].concat();
        for line in
            settings.lines().filter(|line| line.starts_with("AUTHKIT_SECRET_KEY=") || line.contains("PASSWORD="))
        {
            let (_, secret) = line.split_once('=').expect("a value");
            assert!(secret.len() >= 32 && !files.contains(secret), "{store}: {line}");
        }
        assert_eq!(settings.contains("POSTGRES_PASSWORD="), store == "postgres", "{settings}");
        assert_eq!(compose["services"]["app"]["env_file"], ".env");
        if store == "postgres" {
            let password = "${POSTGRES_PASSWORD:?set it in .env}";
            assert_eq!(compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"], password);
            let url = compose["services"]["app"]["environment"]["AUTHKIT_DATABASE_URL"].as_str().expect("a URL");
            assert_eq!(files.matches("${POSTGRES_PASSWORD").count(), 2);
            assert!(url.starts_with(&format!("postgres://app:{password}@postgres/app")), "{url}");
        }
        assert!(project.text(".dockerignore").lines().any(|line| line == ".env"), "no image gets the key");
    }
}

#[test]
fn the_program_is_reached_from_this_machine_alone_and_listens_where_docker_looks_for_it() {
    for store in STORES {
        let (project, compose) = project(store, &[]);
        for (name, service) in services(&compose) {
            let ports = texts(&service["ports"]);
            assert_eq!(ports, if name == "app" { &["127.0.0.1:8000:8000"][..] } else { &[] }, "{store}: {name}");
        }
        assert!(project.text("Dockerfile").contains("\nENV LISTEN_ADDRESS=0.0.0.0:8000\nEXPOSE 8000\n"));
        assert!(project.text("src/main.rs").contains("env::var(\"LISTEN_ADDRESS\")"));
    }
}

#[test]
fn what_runs_in_them_has_no_more_rights_than_it_needs() {
    for store in STORES {
        let (_, compose) = project(store, &[]);
        for (name, service) in services(&compose) {
            assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{store}: {name}");
            if name != "postgres" {
                assert_eq!(service["read_only"], true, "{store}: {name}");
                assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{store}: {name}");
            }
        }
    }
}

#[test]
fn the_database_is_kept_and_ready_and_migrated_before_the_first_start() {
    let (_, compose) = project("postgres", &[]);
    let [app, command, postgres] = ["app", "authkit", "postgres"].map(|name| &compose["services"][name]);
    assert_eq!(app["depends_on"]["authkit"]["condition"], "service_completed_successfully");
    assert_eq!(texts(&command["command"]), ["migrate", "up"]);
    assert_eq!(command["depends_on"]["postgres"]["condition"], "service_healthy");
    assert_eq!(texts(&postgres["healthcheck"]["test"])[..2], ["CMD", "pg_isready"]);
    assert_eq!(texts(&postgres["volumes"]), ["postgres:/var/lib/postgresql/data"]);
    assert!(compose["volumes"].as_object().is_some_and(|volumes| volumes.contains_key("postgres")));

    let (_, compose) = project("sqlite", &[]);
    for name in ["app", "authkit"] {
        let service = &compose["services"][name];
        assert_eq!(texts(&service["volumes"]), ["data:/data"]);
        assert_eq!(service["environment"]["AUTHKIT_DATABASE_URL"], "sqlite:///data/authkit.db");
    }
    assert!(compose["volumes"].as_object().is_some_and(|volumes| volumes.contains_key("data")));
    // It migrates by itself, so the command waits to be called.
    assert_eq!(texts(&compose["services"]["authkit"]["profiles"]), ["command"]);
}

#[test]
fn every_stage_and_context_that_is_taken_from_is_there() {
    let path = checkout();
    for store in STORES {
        for more in [&[][..], &["--authkit-path", &path]] {
            let (project, compose) = project(store, more);
            let dockerfile = project.text("Dockerfile");
            assert!(!dockerfile.contains("{{"), "{dockerfile}");
            let (mut named, taken) = stages(&dockerfile);
            for (name, service) in services(&compose).filter(|(name, _)| *name != "postgres") {
                let target = service["build"]["target"].as_str();
                assert!(target.is_none_or(|target| named.contains(target)), "{store}: {name}");
                assert_eq!(service["build"]["context"], ".");
                let checkout = &service["build"]["additional_contexts"]["checkout"];
                assert_eq!(checkout.as_str(), (!more.is_empty()).then_some(path.as_str()), "{store}: {name}");
            }
            if more.is_empty() {
                assert!(dockerfile.contains("cargo install authkit-cli --version '~0."), "{dockerfile}");
            } else {
                // It stands in the image where Cargo.toml looks for it.
                named.insert("checkout");
                assert!(dockerfile.contains(&format!("COPY --from=checkout [\".\",\"{path}\"]")), "{dockerfile}");
                assert!(project.text("Cargo.toml").contains(&format!("path = \"{path}/authkit-core\"")));
            }
            assert!(taken.is_subset(&named), "{taken:?} of {named:?}");
        }
    }
}

#[test]
fn a_compose_file_by_another_name_is_theirs_and_stays_alone() {
    for name in ["compose.yml", "docker-compose.yml", "docker-compose.yaml"] {
        let project = Project::empty();
        project.write(name, "services: {}\n");
        let told = project.done(&["--with", "docker"]);
        assert!(told.contains(&format!("kept (differs)  {name}")), "{told}");
        assert!(!project.0.join("compose.yaml").exists());
    }
}
