//! The session store's calls, passed on.

use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, StoreError, Timestamp, UserId,
};

use super::tapped;

tapped! {
    SessionStore {
        find_session(id: SessionId) -> Option<Session>;
        list_sessions(filter: &SessionFilter, page: &PageRequest) -> Page<Session>;
        count_sessions(filter: &SessionFilter, cap: u32) -> u64;
        count_live_sessions(users: &[(UserId, Epoch)], at: Timestamp) -> Vec<u64>;
        revoke_session(id: SessionId, owner: Option<&UserId>, reason: RevokeReason; cause) -> RevokeSession;
        revoke_sessions(user: &UserId, epoch: Epoch, except: Option<SessionId>, reason: RevokeReason; cause)
            -> Vec<SessionId>;
        tidy_epoch(user: &UserId, left: Epoch, reason: RevokeReason, at: Timestamp) -> u64;
        confirm_session(id: SessionId; cause) -> ConfirmSession;
        purge_sessions(before: Timestamp, limit: u32) -> u64;
    }
    with {
            async fn insert_session(
                &self,
                session: NewSession,
                cap: u32,
                cause: Cause,
                cap_event: Option<Event>,
            ) -> Result<InsertSession, StoreError> {
                let cause = self.spoiled(cause);
                let cap_event = cap_event.map(|event| self.spoiled_event(event));
                self.through("insert_session", self.0.store.insert_session(session, cap, cause, cap_event)).await
            }

            async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
                let events = events.clone();
                let spoiled = |event: Option<Event>| event.map(|event| self.spoiled_event(event));
                let events = RotationEvents {
                    rotated: spoiled(events.rotated),
                    replayed: spoiled(events.replayed),
                    reused: spoiled(events.reused),
                };
                self.through("rotate", self.0.store.rotate(step, &events)).await
            }
    }
}
