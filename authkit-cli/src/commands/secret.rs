//! `authkit secret`: drawing the key that all others are derived from, and replacing it without signing anybody out.

use std::path::{Path, PathBuf};

use authkit_core::config::Config;
use authkit_core::{SecretKey, Upkeep};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::ask;
use crate::codes::CliCode;
use crate::context::Context;
use crate::database::Database;
use authkit_core::config::EnvEntry;

use crate::env_file;
use crate::failure::Failure;
use crate::offline;
use crate::output::WARN;
use crate::secrets;

const KEY: &str = "AUTHKIT_SECRET_KEY";
const PREVIOUS: &str = "AUTHKIT_PREVIOUS_SECRET_KEYS";

#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Draw a key: to standard output, or into a file that is the owner's alone.
    Generate(Generate),
    /// Replace the key in a file and keep the old one for verifying, so that everybody stays signed in.
    Rotate(Rotate),
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Write it into this file as `AUTHKIT_SECRET_KEY`, and do not print it. Everything else in the file stays.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Replace a key that is good, which signs everyone out. One that the start refuses is replaced without this.
    #[arg(long, requires = "write")]
    replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The file that has the key.
    #[arg(long, value_name = "FILE", default_value = crate::settings::DEFAULT_FILE)]
    write: PathBuf,
}

impl Secret {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Generate(_) => "generate",
            Self::Rotate(_) => "rotate",
        }
    }
}

pub(crate) async fn run(args: Secret, context: &Context) -> Result<(), Failure> {
    match args {
        Secret::Generate(Generate { write: None, .. }) => {
            let key = secrets::draw()?;
            context.out.data(&json!({"secret": key.expose()}), || format!("{}\n", key.expose()));
            Ok(())
        }
        Secret::Generate(Generate { write: Some(file), replace }) => generate(&file, replace, context).await,
        Secret::Rotate(args) => rotate(&args.write, context).await,
    }
}

/// A file of settings as it is now.
struct File {
    text: Zeroizing<String>,
    entries: Vec<EnvEntry>,
}

impl File {
    /// One that is not there is empty.
    fn read(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Ok(Self { text: Zeroizing::new(String::new()), entries: Vec::new() });
        }
        let entries = env_file::read(path)?;
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| Failure::system(&path.display().to_string(), &error))?;
        Ok(Self { text: Zeroizing::new(text), entries })
    }

    fn value(&self, name: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        Some(entry.value.expose()).filter(|value| !value.is_empty())
    }

    fn write(&self, path: &Path, values: &[(&str, &str)]) -> Result<(), Failure> {
        secrets::write(path, &secrets::edit(&self.text, &self.entries, values))
    }
}

async fn generate(path: &Path, replace: bool, context: &Context) -> Result<(), Failure> {
    let file = File::read(path)?;
    let shown = path.display();
    // A key that every start refuses signs nobody: there is nothing to lose.
    let good = file.value(KEY).is_some_and(is_good);
    if good && !replace {
        let why = format!("{shown} sets {KEY}, and another key would sign everyone out");
        return Err(Failure::new(CliCode::KeyInUse, why).fix(format!(
            "authkit secret rotate --write {shown}      (keeps everyone signed in; --replace does not)"
        )));
    }
    let data = json!({"file": path.display().to_string(), "replaced": file.value(KEY).is_some()});
    if context.is_dry_run() {
        context.out.done(&data, &format!("a new key would be written to {shown}"));
        return Ok(());
    }
    if good {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ask::confirm(
            context,
            "a new key signs everyone out, and no link that was mailed works any more",
            "the file's name",
            &name,
        )?;
    }
    let key = secrets::draw()?;
    file.write(path, &[(KEY, key.expose())])?;
    context.out.done(&data, &format!("a new key is in {shown}, for its owner alone; start the server anew"));
    warn_of_environment(context);
    record(context, "generate").await
}

async fn rotate(path: &Path, context: &Context) -> Result<(), Failure> {
    let file = File::read(path)?;
    let shown = path.display();
    let Some(old) = file.value(KEY) else {
        let why = format!("{shown} sets no {KEY}");
        return Err(Failure::new(CliCode::NotFound, why).fix(format!("authkit secret generate --write {shown}")));
    };
    if !is_good(old) || old.contains(',') {
        let why = format!("the key in {shown} cannot be kept for verifying: the start refuses it, or it has a comma");
        return Err(Failure::new(CliCode::NotTaken, why)
            .fix(format!("authkit secret generate --write {shown} --replace      (signs everyone out)")));
    }
    let mut previous = vec![old];
    previous.extend(
        file.value(PREVIOUS).into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|key| !key.is_empty()),
    );
    let data = json!({"file": path.display().to_string(), "previous": previous.len()});
    if context.is_dry_run() {
        context.out.done(&data, &format!("the key in {shown} would be replaced, and the old one kept for verifying"));
        return Ok(());
    }
    let key = secrets::draw()?;
    let previous = Zeroizing::new(previous.join(","));
    file.write(path, &[(KEY, key.expose()), (PREVIOUS, &previous)])?;
    context
        .out
        .done(&data, &format!("the key in {shown} is replaced, and the old one verifies; start the server anew"));
    context.out.say(&format!(
        "Take the old key out of {PREVIOUS} when AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS have passed. More than one node: see the guide, \"Operations\"."
    ));
    warn_of_environment(context);
    record(context, "rotate").await
}

/// Whether the core would start with it.
fn is_good(key: &str) -> bool {
    let vars = [(KEY.to_owned(), key.to_owned()), ("AUTHKIT_ENV".to_owned(), "development".to_owned())];
    let config = Config::from_vars(vars);
    let kit = config.and_then(|config| {
        authkit_core::AuthKit::builder().store(authkit_store_memory::MemoryStore::new()).config(config).build()
    });
    kit.is_ok() && !SecretKey::from(key).expose().is_empty()
}

/// The environment goes before every file.
fn warn_of_environment(context: &Context) {
    if std::env::var_os(KEY).is_some_and(|value| !value.is_empty()) {
        context.out.tell(&format!("{WARN}warning{WARN:#}: the environment sets {KEY}, too, and goes before the file"));
    }
}

/// Says it in the audit trail, where there is one already.
async fn record(context: &Context, how: &str) -> Result<(), Failure> {
    let settings = context.settings()?;
    let Ok(url) = settings.database_url() else { return Ok(()) };
    let opened = match Database::of(&url) {
        Ok(database) => database.open().await,
        Err(failure) => Err(failure),
    };
    let (Ok(store), Ok(config)) = (opened, offline::config(&settings)) else {
        context
            .out
            .say("The audit trail is out of reach, so it is not recorded now; the next start of the server says it.");
        return Ok(());
    };
    let details = Map::from_iter([("by".to_owned(), Value::from(format!("secret {how}")))]);
    offline::record(&settings, config, store, Upkeep::KeysChanged, details).await
}
