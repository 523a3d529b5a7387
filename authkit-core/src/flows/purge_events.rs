//! An operator removes the events that are past their time, out of the turn of the housekeeping.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::page::MAX_PAGE;
use crate::model::page::PageRequest;
use crate::model::permission::Permission;
use crate::steps::administration::Note;
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::operator::Operator;

/// Events that one call removes at the most.
const MAX_ROWS: u32 = 1_000;

impl AuthKit {
    /// How many events are past the retention, and at most `cap`. Needs `audit.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`], and the operator's.
    pub async fn count_events_past_retention(&self, operator: &Operator, cap: u64) -> Result<u64, AuthError> {
        observed(
            debug_span!("authkit.count_events_past_retention"),
            self.count_events_past_retention_observed(operator, cap),
        )
        .await
    }

    async fn count_events_past_retention_observed(&self, operator: &Operator, cap: u64) -> Result<u64, AuthError> {
        operator.require(Permission::AuditRead)?;
        let log = self.0.audit_log.as_ref().ok_or(AuthError::NotKept)?;
        let filter = EventFilter { to: Some(self.now() - self.0.settings.audit_retention), ..EventFilter::default() };
        let mut request = PageRequest::first(MAX_PAGE);
        let mut n = 0;
        loop {
            let page = log.list_events(&filter, &request).await?;
            n += page.items.len() as u64;
            match page.next {
                Some(position) if n < cap => request = PageRequest::first(MAX_PAGE).after(position),
                _ => return Ok(n.min(cap)),
            }
        }
    }

    /// Removes at most 1000 of the events that are past the retention, the oldest first, and says how many. Only who may do
    /// everything does that, with a password proven in the last five minutes. The setting alone says what is past; nothing
    /// younger can be removed.
    ///
    /// # Atomicity
    /// One step of the log removes them and records `audit.purged` with the number; none: no event.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::NotKept`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let (operator, client) = (Operator::cli("root"), ClientInfo::none());
    /// while kit.purge_events(&operator, 1_000, &client).await? > 0 {}
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn purge_events(&self, operator: &Operator, rows: u32, client: &ClientInfo) -> Result<u64, AuthError> {
        observed(info_span!("authkit.purge_events"), self.purge_events_observed(operator, rows, client)).await
    }

    async fn purge_events_observed(
        &self,
        operator: &Operator,
        rows: u32,
        client: &ClientInfo,
    ) -> Result<u64, AuthError> {
        operator.require_to_grant(self.now())?;
        let log = self.0.audit_log.as_ref().ok_or(AuthError::NotKept)?;
        let event = self.action(EventCode::AUDIT_PURGED, operator, &Note::default(), client)?;
        let before = self.now() - self.0.settings.audit_retention;
        Ok(log.purge_events(before, rows.clamp(1, MAX_ROWS), self.cause(event)).await?)
    }
}
