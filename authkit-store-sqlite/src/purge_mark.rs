//! Where the walk of the purge through the sessions goes on.

use std::sync::{Arc, Mutex, PoisonError};

/// Where the walk through the table goes on: the id of the last row that was looked at. Lost with the process, which only
/// makes the next walk start at the oldest row.
#[derive(Debug, Clone, Default)]
pub(crate) struct PurgeMark(Arc<Mutex<Vec<u8>>>);

impl PurgeMark {
    pub(crate) fn read(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn write(&self, id: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}
