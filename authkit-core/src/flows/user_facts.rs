//! What the administration sees of one user beside the row.

use std::time::Duration;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::event::Event;
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::page::{MAX_PAGE, PageRequest};
use crate::model::permission::Permission;
use crate::model::session_filter::{RowState, SessionFilter};
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

/// How far back failed sign-ins are counted.
const FAILURES_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known of a user from the sessions, the throttle and the audit trail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserFacts {
    /// The last use of a session that is live now: its sign-in or last refresh. `None`: no live session.
    pub last_used_at: Option<Timestamp>,
    /// Until when the account is closed to sign-in after failures, [`Timestamp::MAX`]: until somebody unlocks it or the
    /// password is reset. `None`: it is open.
    pub locked_until: Option<Timestamp>,
    /// When the password was last changed or reset. `None`: never, before the trail begins, or the trail may not be read.
    pub password_changed_at: Option<Timestamp>,
    /// Sign-ins to the account that failed or were refused in the last 24 hours, 200 standing for 200 or more. `None`: the
    /// trail may not be read.
    pub failed_sign_ins: Option<u16>,
}

impl AuthKit {
    /// What is known of a user beside the row, deleted or not. Needs `users.read`, and `audit.read` for what comes from
    /// the audit trail, if there is one. At most five reads.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let facts = kit.user_facts(&Operator::system(), &ada.user.id).await?;
    /// assert_eq!(facts.last_used_at, Some(ada.session.rotated_at));
    /// assert_eq!((facts.locked_until, facts.failed_sign_ins), (None, Some(0)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn user_facts(&self, operator: &Operator, id: &UserId) -> Result<UserFacts, AuthError> {
        observed(debug_span!("authkit.user_facts"), self.user_facts_observed(operator, id)).await
    }

    async fn user_facts_observed(&self, operator: &Operator, id: &UserId) -> Result<UserFacts, AuthError> {
        operator.require(Permission::UsersRead)?;
        let user = self.0.users.find_user(id).await?.ok_or(AuthError::NotFound)?;
        let at = self.now();
        let mut facts = UserFacts::default();
        if user.exists() && user.is_active {
            let (epoch, state) = (Some(user.session_epoch), Some(RowState::Open));
            let filter = SessionFilter { user_id: Some(*id), epoch, state, ..SessionFilter::all(at) };
            let live = self.0.sessions.list_sessions(&filter, &PageRequest::first(MAX_PAGE)).await?;
            facts.last_used_at = live.items.iter().map(|session| session.rotated_at).max();
        }
        facts.locked_until = self.locked_until(std::slice::from_ref(&user)).await?.first().copied().flatten();
        if !operator.permissions().allows(Permission::AuditRead) || !self.has_audit_log() {
            return Ok(facts);
        }
        let changes = vec![EventCode::PASSWORD_CHANGED, EventCode::PASSWORD_RESET_COMPLETED];
        let newest = self.newest_about(id, changes, None, 1).await?;
        facts.password_changed_at = newest.first().map(|event| event.at);
        let failed = vec![EventCode::SESSION_OPEN_FAILED];
        let failed = self.newest_about(id, failed, Some(at - FAILURES_WITHIN), MAX_PAGE).await?;
        facts.failed_sign_ins = u16::try_from(failed.len()).ok();
        Ok(facts)
    }

    async fn newest_about(
        &self,
        id: &UserId,
        codes: Vec<EventCode>,
        from: Option<Timestamp>,
        limit: u16,
    ) -> Result<Vec<Event>, AuthError> {
        let Ok(log) = self.audit_log() else { return Ok(Vec::new()) };
        let filter = EventFilter { codes, subject: Some(*id), from, ..EventFilter::default() };
        Ok(log.list_events(&filter, &PageRequest::first(limit)).await?.items)
    }
}
