//! The store contract on the memory store.

use std::sync::Arc;

use authkit_conformance::Subject;
use authkit_store_memory::MemoryStore;

// S-100
authkit_conformance::store_contract!(|| async {
    let store = Arc::new(MemoryStore::new());
    Subject::of(&store).audit_log(&store).attempts(&store)
});
