//! What operators do to users, to one or to many: who may, the write, what became of it.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::cause::Cause;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::model::role::Role;
use crate::model::session::RevokeReason;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::user_store::{Guard, SetUser};
use crate::steps::administration::{Note, judged};
use crate::steps::operator::Operator;

/// How often sessions are ended whose user another write has changed. Each loss is another call's success.
const MAX_TRIES: u32 = 16;
/// How often a write is tried that rests on what was seen: once more with a new look at who it is about.
pub(crate) const LOOKS: u32 = 2;

/// What an operator does to many users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// Enables them, as [`AuthKit::set_active`].
    Enable,
    /// Disables them, as [`AuthKit::set_active`].
    Disable,
    /// Gives them a role, as [`AuthKit::set_role`].
    SetRole(Role),
    /// Ends their sessions, as [`AuthKit::revoke_sessions_of`].
    EndSessions,
    /// Deletes them, as [`AuthKit::delete_user`].
    Delete,
}

/// What became of an action on one user.
#[derive(Debug)]
pub(crate) struct Acted {
    /// The row as it is now.
    pub(crate) user: User,
    /// `false`: it was so already, and nothing was written.
    pub(crate) changed: bool,
    /// Live sessions that it ended on purpose, as counted just before.
    pub(crate) sessions: u64,
}

impl AuthKit {
    /// Whether an operator may do something to users at all.
    pub(crate) fn allow(&self, operator: &Operator, action: BulkAction) -> Result<(), AuthError> {
        match action {
            BulkAction::Enable | BulkAction::Disable => operator.require(Permission::UsersWrite),
            BulkAction::EndSessions => operator.require(Permission::SessionsRevoke),
            BulkAction::SetRole(role) => {
                operator.require_to_grant(self.now())?;
                self.known_role(role.as_str()).map(drop)
            }
            BulkAction::Delete => {
                operator.require(Permission::UsersDelete)?;
                operator.require_recent_proof(self.now())
            }
        }
    }

    /// A role by its name.
    pub(crate) fn known_role(&self, name: &str) -> Result<Role, AuthError> {
        Role::new(name).filter(|role| self.0.settings.roles.contains(role)).ok_or(AuthError::UnknownRole)
    }

    /// Does it to one user: one atomic write with its event, or a refusal. [`Self::allow`] comes first.
    pub(crate) async fn act(
        &self,
        operator: &Operator,
        action: BulkAction,
        id: &UserId,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<Acted, AuthError> {
        let users = &self.0.users;
        let (code, left) = match action {
            BulkAction::EndSessions => return self.end_sessions(operator, id, note, client).await,
            BulkAction::Enable => (EventCode::USER_ENABLED, Some(RevokeReason::Disabled)),
            BulkAction::Disable => (EventCode::USER_DISABLED, Some(RevokeReason::Disabled)),
            BulkAction::SetRole(_) => (EventCode::USER_ROLE_CHANGED, None),
            BulkAction::Delete => (EventCode::USER_DELETED, Some(RevokeReason::Deleted)),
        };
        let (mut target, mut outcome) = (None, SetUser::Stale);
        for _ in 0..LOOKS {
            let (seen, guard, cause) = self.prepare(operator, code.clone(), id, note, client).await?;
            outcome = match action {
                BulkAction::SetRole(role) => users.set_role(id, role, guard, cause).await?,
                BulkAction::Delete => users.delete_user(id, self.new_epoch()?, guard, cause).await?,
                _ => {
                    let active = action == BulkAction::Enable;
                    users.set_active(id, active, self.new_epoch()?, guard, cause).await?
                }
            };
            target = Some(seen);
            if outcome != SetUser::Stale {
                break;
            }
        }
        let Some((before, after)) = self.settled(outcome, operator, id, client).await? else {
            let user = target.ok_or(AuthError::NotFound)?;
            return Ok(Acted { user, changed: false, sessions: 0 });
        };
        if let Some(reason) = left {
            self.tidy_left_epoch(&before, reason).await;
        }
        Ok(Acted { user: after, changed: true, sessions: 0 })
    }

    /// Whom it is about, what the write rests on, and what becomes durable with it.
    pub(crate) async fn prepare(
        &self,
        operator: &Operator,
        code: EventCode,
        id: &UserId,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<(User, Guard, Cause), AuthError> {
        let target = self.target(operator, id).await?;
        let event = self.action(code, operator, note, client)?.about(*id);
        let guard = self.guard(operator, &target, note, client).await?;
        Ok((target, guard, self.cause(event)))
    }

    /// Moves the user's epoch, which also kills a session that a sign-in in flight inserts later. Where another write moved
    /// it first, that one may have let somebody in under its own epoch: look again and move that. So, too, where the user got
    /// another role.
    async fn end_sessions(
        &self,
        operator: &Operator,
        id: &UserId,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<Acted, AuthError> {
        for _ in 0..MAX_TRIES {
            let target = self.target(operator, id).await?;
            self.require_unchanged(&target, operator, note, client).await?;
            let epoch = target.session_epoch;
            let live = self.0.sessions.count_live_sessions(&[(*id, epoch)], self.now()).await?;
            let live = live.first().copied().unwrap_or_default();
            let event = self.action(EventCode::SESSION_REVOKED, operator, note, client)?.about(*id);
            let cause = self.cause(event.detail("by", "admin").counting(live));
            let judged = judged(operator, &target);
            match self.0.users.advance_epoch(id, epoch, self.new_epoch()?, judged, cause).await? {
                SetUser::Done { before, after } => {
                    self.tidy_left_epoch(&before, RevokeReason::Admin).await;
                    return Ok(Acted { user: *after, changed: true, sessions: live });
                }
                SetUser::Missing => return Err(AuthError::NotFound),
                SetUser::Unchanged | SetUser::Stale | SetUser::LastAdmin => {}
            }
        }
        self.record_refusal(operator, id, AuthError::Stale.code(), client).await?;
        Err(AuthError::Stale)
    }
}
