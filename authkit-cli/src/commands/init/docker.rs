//! The program as an image, and as containers beside its database.

use std::path::Path;

use super::args::StoreKind;
use super::templates::VERSION;

pub(super) const IGNORED: &str = include_str!("../../../templates/dockerignore.txt");

const IMAGE: &str = include_str!("../../../templates/Dockerfile.txt");
const WITH_MEMORY: &str = include_str!("../../../templates/compose_memory.yaml.txt");
const WITH_SQLITE: &str = include_str!("../../../templates/compose_sqlite.yaml.txt");
const WITH_POSTGRES: &str = include_str!("../../../templates/compose_postgres.yaml.txt");

/// A checkout is outside of what docker sends to be built, so it is a context of its own, and stands in the image where
/// `Cargo.toml` looks for it.
const CHECKOUT: &str = "\
# The checkout that Cargo.toml names. compose.yaml hands it over; without it: docker build --build-context checkout={{path}} .
COPY --from=checkout {{paths}}
";

/// The Dockerfile of the program called `name`.
pub(super) fn image(name: &str, checkout: Option<&str>) -> String {
    let copy = checkout.map_or_else(String::new, |path| {
        // As a list, since a path may have spaces.
        CHECKOUT.replace("{{paths}}", &serde_json::json!([".", path]).to_string()).replace("{{path}}", path)
    });
    let from = checkout
        .map_or_else(|| format!("authkit-cli --version '~{VERSION}'"), |path| format!("--path '{path}/authkit-cli'"));
    IMAGE
        .replace("{{version}}", VERSION)
        .replace("{{rust}}", env!("CARGO_PKG_RUST_VERSION"))
        .replace("{{checkout}}", &copy)
        .replace("{{command}}", &from)
        .replace("{{name}}", name)
}

/// Where the containers are told. A file that docker would read instead of ours, or ours instead of it, stands for it.
pub(super) fn compose_file(root: &Path) -> &'static Path {
    let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    Path::new(names.into_iter().find(|name| root.join(name).exists()).unwrap_or("compose.yaml"))
}

/// The containers.
pub(super) fn compose(store: StoreKind, checkout: Option<&str>) -> String {
    let text = match store {
        StoreKind::Memory => WITH_MEMORY,
        StoreKind::Sqlite => WITH_SQLITE,
        StoreKind::Postgres => WITH_POSTGRES,
    };
    let contexts = checkout.map_or_else(String::new, |path| {
        format!("      additional_contexts:\n        checkout: {}\n", serde_json::json!(path))
    });
    text.replace("{{version}}", VERSION).replace("{{contexts}}", &contexts)
}
