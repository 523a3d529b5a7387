//! What every action of the administration has in common: the note it carries, whom it may touch, how it is recorded.

use serde_json::Value;

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::clean::printable;
use crate::model::client::ClientInfo;
use crate::model::event::{Event, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::role::Role;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::user_store::{Guard, SetUser};
use crate::steps::operator::Operator;

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

/// What an administrator may say beside an action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Why, at most 200 characters; kept in the event's details.
    pub reason: Option<String>,
    /// The `updated_at` of the row that the administrator saw. Given and different: [`AuthError::Stale`].
    pub if_updated_at: Option<Timestamp>,
}

impl Note {
    /// It is short enough.
    pub(crate) fn check(&self) -> Result<(), AuthError> {
        match &self.reason {
            Some(reason) if reason.chars().count() > MAX_REASON => {
                let error = FieldError::new("reason", "too_long", "At most 200 characters.");
                Err(AuthError::Validation(vec![error]))
            }
            _ => Ok(()),
        }
    }
}

impl AuthKit {
    /// The event of an action, with its note.
    pub(crate) fn action(
        &self,
        code: EventCode,
        operator: &Operator,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<Event, AuthError> {
        note.check()?;
        let mut event = self.event(code, self.now(), client)?.by(operator.actor().clone());
        if let Some(reason) = &note.reason {
            event.details.insert("reason".to_owned(), Value::from(printable(reason, 1_024)));
        }
        event.session_id = operator.session();
        Ok(event)
    }

    /// The user that an action is about, if the operator may touch it: not the own account, and nobody whose role allows
    /// what the operator's does not.
    pub(crate) async fn target(&self, operator: &Operator, id: &UserId) -> Result<User, AuthError> {
        if operator.actor().user() == Some(id) {
            return Err(AuthError::SelfForbidden);
        }
        let user = self.0.users.find_user(id).await?.ok_or(AuthError::NotFound)?;
        if !operator.permissions().covers(self.0.settings.permissions(&user.role)) {
            return Err(AuthError::Forbidden);
        }
        Ok(user)
    }

    /// The row is still the one that the administrator saw.
    pub(crate) async fn require_unchanged(
        &self,
        target: &User,
        operator: &Operator,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        if note.if_updated_at.is_none_or(|seen| seen == target.updated_at) {
            return Ok(());
        }
        self.record_refusal(operator, &target.id, AuthError::Stale.code(), client).await?;
        Err(AuthError::Stale)
    }

    /// What the write rests on: the row that the operator saw, if a note says which, and for one who may not touch
    /// everybody the role that was just looked at: whoever gets another meanwhile is judged anew.
    pub(crate) async fn guard(
        &self,
        operator: &Operator,
        target: &User,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<Guard, AuthError> {
        self.require_unchanged(target, operator, note, client).await?;
        let admin_role = self.0.settings.admin_role;
        Ok(Guard { admin_role, if_updated_at: note.if_updated_at, if_role: judged(operator, target) })
    }

    /// The row before and after; `None`: it was so already. A refusal is recorded.
    pub(crate) async fn settled(
        &self,
        outcome: SetUser,
        operator: &Operator,
        target: &UserId,
        client: &ClientInfo,
    ) -> Result<Option<(User, User)>, AuthError> {
        let error = match outcome {
            SetUser::Done { before, after } => return Ok(Some((*before, *after))),
            SetUser::Unchanged => return Ok(None),
            SetUser::LastAdmin => AuthError::LastAdmin,
            SetUser::Stale => AuthError::Stale,
            SetUser::Missing => return Err(AuthError::NotFound),
        };
        self.record_refusal(operator, target, error.code(), client).await?;
        Err(error)
    }

    /// Records that an action on a user was refused.
    pub(crate) async fn record_refusal(
        &self,
        operator: &Operator,
        target: &UserId,
        reason: &'static str,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let event = self.action(EventCode::ACCESS_REFUSED, operator, &Note::default(), client)?;
        self.record_event(event.about(*target).ended(EventOutcome::Refused).detail("reason", reason)).await
    }
}

/// The role that a write must still find, so that the operator is known to be allowed it. An administrator is, whatever the
/// role.
pub(crate) fn judged(operator: &Operator, target: &User) -> Option<Role> {
    (!operator.is_admin()).then_some(target.role)
}
