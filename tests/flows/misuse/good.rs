//! A kit with everything that it needs.

use authkit_core::{AuthKit, Config, ConfigError};
use authkit_store_memory::MemoryStore;

pub fn kit() -> Result<AuthKit, ConfigError> {
    AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()
}
