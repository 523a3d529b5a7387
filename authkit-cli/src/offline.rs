//! Kits for what depends on no key: the routes, the document, a line in the audit trail.

use authkit_core::{AuthKit, ClientInfo, Config, Store, Upkeep};
use authkit_store_memory::MemoryStore;
use serde_json::{Map, Value};

use crate::context::{Installation, operator};
use crate::failure::Failure;
use crate::mail::Post;
use crate::secrets;
use crate::settings::Settings;

/// The configuration with what has no default, the key and the base URL, filled in where it is missing.
pub(crate) fn config(settings: &Settings) -> Result<Config, Failure> {
    let mut vars: Vec<(String, String)> = settings.vars().collect();
    let mut fill = |name: &str, value: String| {
        if settings.find(name).is_none() {
            vars.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
            vars.push((name.to_owned(), value));
        }
    };
    fill("AUTHKIT_SECRET_KEY", secrets::draw()?.expose().to_owned());
    fill("AUTHKIT_BASE_URL", "http://127.0.0.1:8000".to_owned());
    Config::from_vars(vars).map_err(|error| settings.refused(&error))
}

/// A kit with no settings but the defaults, over no database.
pub(crate) fn plain_kit() -> Result<AuthKit, Failure> {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).mailer(Post::Nowhere).build();
    kit.map_err(|error| Failure::system("the routes", &error))
}

/// A kit over no database.
pub(crate) fn kit(settings: &Settings) -> Result<AuthKit, Failure> {
    with(settings, config(settings)?, MemoryStore::new())
}

/// Records what was done to the installation as a whole.
pub(crate) async fn record(
    settings: &Settings,
    config: Config,
    store: impl Store,
    what: Upkeep,
    details: Map<String, Value>,
) -> Result<(), Failure> {
    let kit = with(settings, config, store)?;
    let recorded = kit.record_upkeep(&operator(), what, details, &ClientInfo::none()).await;
    recorded.map_err(Installation::refused("the audit trail"))
}

fn with(settings: &Settings, config: Config, store: impl Store) -> Result<AuthKit, Failure> {
    let kit = AuthKit::builder().store(store).config(config).mailer(Post::Nowhere).build();
    kit.map_err(|error| settings.refused(&error))
}
