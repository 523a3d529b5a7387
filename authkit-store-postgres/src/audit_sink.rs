//! The port for events without a change behind them.

use async_trait::async_trait;
use authkit_core::{AuditSink, Event, StoreError};

use crate::event_row;
use crate::sql::Sql;
use crate::store::PostgresStore;

#[async_trait]
impl AuditSink for PostgresStore {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        let recorded = self.db().write(Sql::InsertEvent, &[event_row::value(Some(&event))]).await;
        recorded.map(|_| ()).map_err(|trouble| trouble.during("record"))
    }
}
