//! The administration looks at sessions and ends them.

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::ids::SessionId;
use crate::model::permission::Permission;
use crate::model::session::{RevokeReason, Session, SessionState};
use crate::model::session_filter::{RowState, SessionFilter};
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::session_store::RevokeSession;
use crate::steps::administration::Note;
use crate::steps::cursor::{ListRequest, Listing, UNINDEXED_WINDOW};
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::operator::Operator;
use std::collections::HashMap;
use std::net::IpAddr;

/// Which sessions to list or count. Everything that is given must fit.
///
/// `state`, `reasons` and `ip` without `user_id` look at sessions that were opened within at most seven days: the last seven
/// before `created_to` (or now) unless `created_from` says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionQuery {
    /// Only this user's.
    pub user_id: Option<UserId>,
    /// Only those in this state.
    pub state: Option<RowState>,
    /// Only those that were ended for any of these reasons; empty: whether ended or not.
    pub reasons: Vec<RevokeReason>,
    /// Only those opened from this address.
    pub ip: Option<IpAddr>,
    /// Only those opened at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Only those opened before this instant.
    pub created_to: Option<Timestamp>,
}

impl SessionQuery {
    /// Whether it looks at seven days at the most: nothing that it asks for has an index.
    pub fn scans_a_week(&self) -> bool {
        self.user_id.is_none() && (self.state.is_some() || self.ip.is_some() || !self.reasons.is_empty())
    }
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionItem {
    /// The row.
    pub session: Session,
    /// The user's address; `None`: the user is gone.
    pub email: Option<String>,
    /// What it is worth.
    pub state: SessionState,
}

impl AuthKit {
    /// A page of sessions, newest first. Needs `users.read`.
    ///
    /// Where a state is asked for, a page may hold fewer rows than its limit although more follow: sessions that their
    /// user's epoch has killed are told apart only here.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::InvalidCursor`], [`AuthError::Validation`] (the limit, or too wide a range),
    /// and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ListRequest, Operator, SessionQuery, SessionState};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let page = kit.list_sessions(&Operator::system(), &SessionQuery::default(), &ListRequest::default()).await?;
    /// assert_eq!((page.items[0].session.id, page.items[0].state), (ada.session.id, SessionState::Live));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn list_sessions(
        &self,
        operator: &Operator,
        query: &SessionQuery,
        request: &ListRequest,
    ) -> Result<Listing<SessionItem>, AuthError> {
        observed(debug_span!("authkit.list_sessions"), self.list_sessions_observed(operator, query, request)).await
    }

    async fn list_sessions_observed(
        &self,
        operator: &Operator,
        query: &SessionQuery,
        request: &ListRequest,
    ) -> Result<Listing<SessionItem>, AuthError> {
        operator.require(Permission::UsersRead)?;
        let at = self.now();
        let list = format!("sessions {query:?}");
        let page = self.page_request(request, &list)?;
        let page = self.0.sessions.list_sessions(&session_filter(query, at)?, &page).await?;
        let users = self.users_of(&page.items).await?;
        let item = |session: Session| {
            let user = users.get(&session.user_id);
            let state = session.state(user, at);
            let email = user.map(|user| user.email.as_str().to_owned());
            SessionItem { session, email, state }
        };
        let asked = |item: &SessionItem| query.state != Some(RowState::Open) || item.state == SessionState::Live;
        Ok(self.listing(page, &list).map(|rows| rows.into_iter().map(item).filter(asked).collect()))
    }

    /// How many sessions a query means, and at most `cap`. Needs `users.read`. The rows alone are asked: a session that its
    /// user's epoch has killed counts as open until the next [`AuthKit::tidy`] has marked it.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::Validation`] (too wide a range), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator, RowState, SessionQuery};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let open = SessionQuery { state: Some(RowState::Open), ..SessionQuery::default() };
    /// assert_eq!(kit.count_sessions(&Operator::system(), &open, 10_000).await?, 1);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn count_sessions(&self, operator: &Operator, query: &SessionQuery, cap: u32) -> Result<u64, AuthError> {
        observed(debug_span!("authkit.count_sessions"), self.count_sessions_observed(operator, query, cap)).await
    }

    async fn count_sessions_observed(
        &self,
        operator: &Operator,
        query: &SessionQuery,
        cap: u32,
    ) -> Result<u64, AuthError> {
        operator.require(Permission::UsersRead)?;
        let filter = session_filter(query, self.now())?;
        Ok(self.0.sessions.count_sessions(&filter, cap).await?)
    }

    /// One session, whatever it is worth. Needs `users.read`.
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
    /// let item = kit.find_session_for(&Operator::system(), ada.session.id).await?;
    /// assert_eq!(item.email.as_deref(), Some("ada@example.com"));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn find_session_for(&self, operator: &Operator, id: SessionId) -> Result<SessionItem, AuthError> {
        observed(debug_span!("authkit.find_session_for"), self.find_session_for_observed(operator, id)).await
    }

    async fn find_session_for_observed(&self, operator: &Operator, id: SessionId) -> Result<SessionItem, AuthError> {
        operator.require(Permission::UsersRead)?;
        let session = self.0.sessions.find_session(id).await?.ok_or(AuthError::NotFound)?;
        let users = self.users_of(std::slice::from_ref(&session)).await?;
        let user = users.get(&session.user_id);
        let state = session.state(user, self.now());
        let email = user.map(|user| user.email.as_str().to_owned());
        Ok(SessionItem { session, email, state })
    }

    /// Ends a session. Needs `sessions.revoke`. Ended before: done.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`] (also: of a user whose role allows what the operator's does not),
    /// [`AuthError::OwnSession`], [`AuthError::NotFound`], [`AuthError::Validation`] (the note), and the operator's.
    pub async fn revoke_session(
        &self,
        operator: &Operator,
        id: SessionId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.revoke_session"), self.revoke_session_observed(operator, id, note, client)).await
    }

    async fn revoke_session_observed(
        &self,
        operator: &Operator,
        id: SessionId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        operator.require(Permission::SessionsRevoke)?;
        if operator.session() == Some(id) {
            return Err(AuthError::OwnSession);
        }
        let session = self.0.sessions.find_session(id).await?.ok_or(AuthError::NotFound)?;
        if operator.actor().user() != Some(&session.user_id) {
            match self.target(operator, &session.user_id).await {
                // A session may outlive its user in another database.
                Ok(_) | Err(AuthError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let mut event = self.action(EventCode::SESSION_REVOKED, operator, &note, client)?.detail("by", "admin");
        event = event.about(session.user_id).in_session(id);
        let cause = self.cause(event);
        match self.0.sessions.revoke_session(id, None, RevokeReason::Admin, cause).await? {
            RevokeSession::Revoked(_) | RevokeSession::Already => Ok(()),
            RevokeSession::Missing => Err(AuthError::NotFound),
        }
    }

    /// The users of a page of sessions, in one read.
    async fn users_of(&self, sessions: &[Session]) -> Result<HashMap<UserId, User>, AuthError> {
        let mut ids: Vec<UserId> = Vec::with_capacity(sessions.len());
        for session in sessions {
            if !ids.contains(&session.user_id) {
                ids.push(session.user_id);
            }
        }
        let users = self.0.users.find_users(&ids).await?;
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }
}

/// The filter that stands for a query at an instant.
fn session_filter(query: &SessionQuery, at: Timestamp) -> Result<SessionFilter, AuthError> {
    let mut created_from = query.created_from;
    if query.scans_a_week() {
        let to = query.created_to.unwrap_or(at);
        let from = *created_from.get_or_insert(to - UNINDEXED_WINDOW);
        if to.since(from) > UNINDEXED_WINDOW {
            let text = "With these filters, at most seven days; or add user_id.";
            return Err(AuthError::Validation(vec![FieldError::new("created_from", "too_wide", text)]));
        }
    }
    Ok(SessionFilter {
        user_id: query.user_id,
        epoch: None,
        state: query.state,
        reasons: query.reasons.clone(),
        ip: query.ip.map(|ip| ip.to_canonical().to_string()),
        created_from,
        created_to: query.created_to,
        at,
    })
}
