//! The administration reads the audit trail and its statistics.

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::event::Event;
use crate::model::event_filter::EventFilter;
use crate::model::ids::EventId;
use crate::model::permission::Permission;
use crate::model::stats::HourlyCount;
use crate::model::timestamp::Timestamp;
use crate::steps::cursor::{ListRequest, Listing, UNINDEXED_WINDOW};
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

/// The most codes of one list: a store reads as many ranges of an index.
const MAX_CODES: usize = 32;

impl AuthKit {
    /// A page of the audit trail, newest first. Needs `audit.read`.
    ///
    /// `outcomes`, `session_id`, `request_id` and `ip` without `codes`, `actor`, `subject` or `concerning` look at a window
    /// of at most seven days: the last seven before `to` (or now) unless `from` says otherwise. At most 32 codes.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`] (no audit log), [`AuthError::InvalidCursor`],
    /// [`AuthError::Validation`] (the limit, too wide a window, or too many codes), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, EventCode, EventFilter, ListRequest, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let filter = EventFilter { subject: Some(ada.user.id), ..EventFilter::default() };
    /// let page = kit.list_events(&Operator::system(), &filter, &ListRequest::default()).await?;
    /// assert_eq!(page.items[0].code, EventCode::SESSION_OPENED);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn list_events(
        &self,
        operator: &Operator,
        filter: &EventFilter,
        request: &ListRequest,
    ) -> Result<Listing<Event>, AuthError> {
        observed(debug_span!("authkit.list_events"), self.list_events_observed(operator, filter, request)).await
    }

    async fn list_events_observed(
        &self,
        operator: &Operator,
        filter: &EventFilter,
        request: &ListRequest,
    ) -> Result<Listing<Event>, AuthError> {
        operator.require(Permission::AuditRead)?;
        let log = self.audit_log()?;
        let filter = plain(filter)?;
        let list = format!("events {filter:?}");
        let page = self.page_request(request, &list)?;
        let page = log.list_events(&self.narrowed(filter)?, &page).await?;
        Ok(self.listing(page, &list))
    }

    /// One event. Needs `audit.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`], [`AuthError::NotFound`], and the operator's.
    pub async fn find_event(&self, operator: &Operator, id: EventId) -> Result<Event, AuthError> {
        observed(debug_span!("authkit.find_event"), self.find_event_observed(operator, id)).await
    }

    async fn find_event_observed(&self, operator: &Operator, id: EventId) -> Result<Event, AuthError> {
        operator.require(Permission::AuditRead)?;
        self.audit_log()?.find_event(id).await?.ok_or(AuthError::NotFound)
    }

    /// Events counted by hour and code, for whole hours that [`AuthKit::tidy`] has rolled up. Needs `audit.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`], and the operator's.
    pub async fn statistics(
        &self,
        operator: &Operator,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<HourlyCount>, AuthError> {
        observed(debug_span!("authkit.statistics"), self.statistics_observed(operator, from, to)).await
    }

    async fn statistics_observed(
        &self,
        operator: &Operator,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<HourlyCount>, AuthError> {
        operator.require(Permission::AuditRead)?;
        Ok(self.audit_log()?.list_stats(from, to).await?)
    }

    fn narrowed(&self, mut filter: EventFilter) -> Result<EventFilter, AuthError> {
        let of_user = filter.actor.is_some() || filter.subject.is_some() || filter.concerning.is_some();
        let caused = filter.session_id.is_some() || filter.request_id.is_some() || filter.ip.is_some();
        if (caused || !filter.outcomes.is_empty()) && filter.codes.is_empty() && !of_user {
            let to = filter.to.unwrap_or_else(|| self.now());
            let from = *filter.from.get_or_insert(to - UNINDEXED_WINDOW);
            if to.since(from) > UNINDEXED_WINDOW {
                let text = "With these filters, at most seven days; or add code, actor, subject or concerning.";
                return Err(AuthError::Validation(vec![FieldError::new("from", "too_wide", text)]));
            }
        }
        Ok(filter)
    }
}

/// The same filter in the one form that every cursor of its list is bound to.
fn plain(filter: &EventFilter) -> Result<EventFilter, AuthError> {
    if filter.codes.len() > MAX_CODES {
        let error = FieldError::new("code", "too_many", "At most 32 codes.");
        return Err(AuthError::Validation(vec![error]));
    }
    let mut filter = EventFilter { ip: filter.ip.map(|ip| ip.to_canonical()), ..filter.clone() };
    filter.codes.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    filter.codes.dedup();
    filter.outcomes.sort_unstable_by_key(|outcome| outcome.as_str());
    filter.outcomes.dedup();
    Ok(filter)
}
