//! The administration sees what it did last.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::event::{Actor, Event};
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::event_group::EventGroup;
use crate::model::page::{MAX_PAGE, PageRequest};
use crate::model::permission::Permission;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

/// What operators do to no single user.
const EXPORTS: [EventCode; 2] = [EventCode::USER_EXPORTED, EventCode::AUDIT_EXPORTED];

impl AuthKit {
    /// What operators did to other users last, newest first, at most `limit` of the last 200 events of that kind. A reset link
    /// that was sent is not among them: users ask for those themselves all the time. Needs `audit.read`. One read.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`] (no audit log), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, ClientInfo, EventCode, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = register(&kit, "ada@example.com", "a lantern over the quay").await;
    /// let root = Operator::cli("root");
    /// kit.set_active(&root, &ada.id, false, Note::default(), &ClientInfo::none()).await?;
    /// let actions = kit.recent_admin_actions(&root, 10).await?;
    /// assert_eq!((actions.len(), &actions[0].code), (1, &EventCode::USER_DISABLED));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn recent_admin_actions(&self, operator: &Operator, limit: u16) -> Result<Vec<Event>, AuthError> {
        let flow = self.recent_admin_actions_observed(operator, limit);
        observed(debug_span!("authkit.recent_admin_actions"), flow).await
    }

    async fn recent_admin_actions_observed(&self, operator: &Operator, limit: u16) -> Result<Vec<Event>, AuthError> {
        operator.require(Permission::AuditRead)?;
        let log = self.audit_log()?;
        // Some of it users also do to themselves.
        let mut codes = EventGroup::AdminActions.codes();
        codes.retain(|code| !EXPORTS.contains(code));
        let filter = EventFilter { codes, ..EventFilter::default() };
        let found = log.list_events(&filter, &PageRequest::first(MAX_PAGE)).await?.items;
        Ok(found.into_iter().filter(is_by_operator).take(limit.into()).collect())
    }
}

/// Done by somebody to somebody else.
fn is_by_operator(event: &Event) -> bool {
    match &event.actor {
        Actor::User(id) => event.subject.as_ref() != Some(id),
        Actor::Cli(_) => true,
        Actor::System | Actor::Anonymous => false,
    }
}
