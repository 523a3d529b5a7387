//! What the unit tests share.

use authkit_core::{AuthKit, Config, HttpSettings};
use authkit_store_memory::MemoryStore;

/// What HTTP needs of the development configuration: `http://127.0.0.1:8000`, cookies without a prefix.
pub(crate) fn settings() -> HttpSettings {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build();
    kit.expect("the development configuration is sound").http().clone()
}
