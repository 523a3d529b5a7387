//! How the suite reads back what a store recorded.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use authkit_core::{AuditLog, AuditSink, Event, EventFilter, PageRequest, StoreError};

/// Reads every event that was recorded, in any order.
#[async_trait]
pub trait Trail: Send + Sync + 'static {
    /// All events.
    ///
    /// # Errors
    /// [`StoreError`]: they cannot be read.
    async fn events(&self) -> Result<Vec<Event>, StoreError>;
}

/// A sink that can be read back, for a store that hands its events to a sink of its owner's choice.
///
/// Give one clone to the store and the other to [`crate::Subject::trail`].
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Event>>>);

#[async_trait]
impl AuditSink for Recorder {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        Ok(())
    }
}

#[async_trait]
impl Trail for Recorder {
    async fn events(&self) -> Result<Vec<Event>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Reads events page by page through the port.
pub(crate) struct LogTrail(pub(crate) Arc<dyn AuditLog>);

#[async_trait]
impl Trail for LogTrail {
    async fn events(&self) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        let mut request = PageRequest::first(200);
        // A store whose pages never end is caught by P-3; here it must not hang.
        for _ in 0..1_000 {
            let page = self.0.list_events(&EventFilter::default(), &request).await?;
            events.extend(page.items);
            let Some(next) = page.next else { break };
            request = PageRequest::first(200).after(next);
        }
        Ok(events)
    }
}
