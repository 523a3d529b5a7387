//! The port that events without a change behind them go to.

use async_trait::async_trait;
use authkit_core::{AuditSink, Event, StoreError};

use crate::event_row::append;
use crate::store::SqliteStore;

#[async_trait]
impl AuditSink for SqliteStore {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.writer().run("record", move |conn| append(conn, &event)).await
    }
}
