//! Users and sessions, and no word on the audit trail.

use authkit_core::{AuthKit, Config, ConfigError};
use authkit_store_memory::MemoryStore;

pub fn kit() -> Result<AuthKit, ConfigError> {
    let store = std::sync::Arc::new(MemoryStore::new());
    AuthKit::builder().users(store.clone()).sessions(store).config(Config::development()).build()
}
