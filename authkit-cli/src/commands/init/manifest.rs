//! Dependencies for `Cargo.toml`, which keeps its comments and its order.

use std::path::Path;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use super::args::{Extra, Init, StoreKind};
use super::project::Project;
use crate::codes::CliCode;
use crate::failure::Failure;

/// A crate and the features that are needed of it.
struct Needed {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
    is_ours: bool,
    has_defaults: bool,
}

const OURS: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

const fn ours(name: &'static str, features: &'static [&'static str]) -> Needed {
    Needed { name, version: OURS, features, is_ours: true, has_defaults: true }
}

const fn other(name: &'static str, version: &'static str, features: &'static [&'static str]) -> Needed {
    Needed { name, version, features, is_ours: false, has_defaults: true }
}

/// The text of the manifest with what is missing.
pub(super) fn edit(text: &str, project: &Project, args: &Init, store: StoreKind) -> Result<String, Failure> {
    let mut manifest = project.manifest.clone();
    refuse_another_version(&manifest)?;
    let store = match store {
        StoreKind::Memory => "authkit-store-memory",
        StoreKind::Sqlite => "authkit-store-sqlite",
        StoreKind::Postgres => "authkit-store-postgres",
    };
    let checkout = args.authkit_path.as_deref().map(checkout).transpose()?;
    let poem = Needed { has_defaults: false, ..other("poem", "3.1", &["server"]) };
    let dependencies = [
        ours("authkit-core", &[]),
        ours("authkit-poem", &[]),
        ours(store, &[]),
        poem,
        other("tokio", "1", &["macros", "rt-multi-thread"]),
    ];
    add(&mut manifest, "dependencies", &dependencies, checkout.as_deref());
    if args.has(Extra::Tests) {
        let tests = [ours("authkit-poem", &["test"]), other("serde_json", "1", &[])];
        add(&mut manifest, "dev-dependencies", &tests, checkout.as_deref());
    }
    let edited = manifest.to_string();
    Ok(if text.contains("\r\n") { edited.replace("\r\n", "\n").replace('\n', "\r\n") } else { edited })
}

/// A manifest that names another version of ours is not for this command: its template may not fit.
fn refuse_another_version(manifest: &DocumentMut) -> Result<(), Failure> {
    let dependencies = manifest.get("dependencies").and_then(Item::as_table_like);
    for (name, item) in dependencies.iter().flat_map(|table| table.iter()) {
        let version = item.as_str().or_else(|| item.get("version").and_then(Item::as_str));
        let Some(version) = version.filter(|_| name.starts_with("authkit-")) else { continue };
        let bare = version.trim_start_matches(['^', '=', '~', ' ']);
        if bare != OURS && !bare.starts_with(&format!("{OURS}.")) {
            let why = format!("Cargo.toml has {name} {version}, and this is the command of {OURS}");
            return Err(Failure::new(CliCode::Refused, why)
                .fix(format!("cargo install authkit-cli --version '{version}', or raise the version in Cargo.toml")));
        }
    }
    Ok(())
}

/// Where a checkout is, from wherever cargo looks.
pub(super) fn checkout(path: &Path) -> Result<String, Failure> {
    let found = path.canonicalize().ok().filter(|path| path.join("authkit-core/Cargo.toml").exists());
    found.map(|path| path.to_string_lossy().into_owned()).ok_or_else(|| {
        Failure::new(CliCode::NotFound, format!("--authkit-path: {} is no checkout of AuthKit", path.display()))
    })
}

/// Adds what is not there; what is there keeps its version and gets no feature taken away.
fn add(manifest: &mut DocumentMut, table: &str, needed: &[Needed], checkout: Option<&str>) {
    let table = manifest.entry(table).or_insert_with(|| Item::Table(Table::new()));
    let Some(table) = table.as_table_like_mut() else { return };
    for one in needed {
        match table.get_mut(one.name) {
            None => {
                table.insert(one.name, Item::Value(fresh(one, checkout)));
            }
            Some(there) => complete(there, one),
        }
    }
}

fn fresh(one: &Needed, checkout: Option<&str>) -> Value {
    let path = checkout.filter(|_| one.is_ours);
    if path.is_none() && one.features.is_empty() && one.has_defaults {
        return Value::from(one.version);
    }
    let mut table = InlineTable::new();
    match path {
        Some(path) => table.insert("path", Value::from(format!("{path}/{}", one.name))),
        None => table.insert("version", Value::from(one.version)),
    };
    if !one.has_defaults {
        table.insert("default-features", Value::from(false));
    }
    if !one.features.is_empty() {
        table.insert("features", Value::Array(one.features.iter().copied().collect()));
    }
    Value::InlineTable(table)
}

/// The features that are missing of a dependency that is there.
fn complete(there: &mut Item, one: &Needed) {
    if one.features.is_empty() {
        return;
    }
    if let Some(version) = there.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", Value::from(version));
        table.insert("features", Value::Array(one.features.iter().copied().collect()));
        *there = Item::Value(Value::InlineTable(table));
        return;
    }
    let Some(table) = there.as_table_like_mut() else { return };
    let features = table.entry("features").or_insert_with(|| Item::Value(Value::Array(Array::new())));
    let Some(features) = features.as_array_mut() else { return };
    for feature in one.features {
        // What `full` holds need not be said again.
        let has = |name: &str| features.iter().any(|there| there.as_str() == Some(name));
        let holds_all = one.name == "tokio" && has("full");
        if !has(feature) && !holds_all {
            features.push(*feature);
        }
    }
}
