//! The memory store as an audit sink.

use async_trait::async_trait;
use authkit_core::{AuditSink, Event, StoreError};

use crate::MemoryStore;

#[async_trait]
impl AuditSink for MemoryStore {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.write().events.append("record", [event])
    }
}
