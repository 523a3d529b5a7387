//! Rotation: the one decision that every store must make alike, as a pure function.

use std::time::Duration;

use crate::model::event::Event;
use crate::model::ids::{Digest, KeyId, SessionId};
use crate::model::session::{RevokeReason, Session};
use crate::model::timestamp::Timestamp;

/// A node whose clock is behind by up to this much still replays.
const CLOCK_SKEW: Duration = Duration::from_secs(5);

/// A client presents a refresh token and wants the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The session that the token names.
    pub session: SessionId,
    /// The digest of the presented token's `jti`.
    pub presented: Digest,
    /// The digest of its one successor's `jti`.
    pub successor: Digest,
    /// The key that signs the successor if this call makes it current.
    pub kid: KeyId,
    /// How long the predecessor of the current token may be presented again.
    pub grace: Duration,
    /// The instant of the step.
    pub at: Timestamp,
}

/// What became of a [`Rotation`].
#[must_use = "an outcome that is not looked at is a decision that nobody makes"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotate {
    /// The row now holds the successor; here it is.
    Rotated(Session),
    /// The successor was there already and the grace lasts: the row as it is, unchanged.
    Replayed(Session),
    /// The successor was written later than this node's clock says: ask again.
    ClockBehind,
    /// An older token came back: the session is revoked now, and stays so.
    Reused,
    /// Past its idle or absolute limit; unchanged.
    Expired,
    /// Revoked before; unchanged.
    Revoked,
    /// There is no such session.
    Missing,
}

/// The events prepared for the outcomes that have one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RotationEvents {
    /// For [`Rotate::Rotated`]; off by default.
    pub rotated: Option<Event>,
    /// For [`Rotate::Replayed`]: the only event that is written without a change.
    pub replayed: Option<Event>,
    /// For [`Rotate::Reused`].
    pub reused: Option<Event>,
}

impl RotationEvents {
    /// The event that must become durable with the outcome.
    pub const fn of(&self, outcome: &Rotate) -> Option<&Event> {
        match outcome {
            Rotate::Rotated(_) => self.rotated.as_ref(),
            Rotate::Replayed(_) => self.replayed.as_ref(),
            Rotate::Reused => self.reused.as_ref(),
            Rotate::ClockBehind | Rotate::Expired | Rotate::Revoked | Rotate::Missing => None,
        }
    }
}

/// Decides a rotation and brings the row to what it is afterwards: the reference that every store is tested against.
///
/// Pure: no clock, no randomness, no I/O. A store calls it inside its atomic step, or says the same in SQL. The row is
/// changed for [`Rotate::Rotated`] and [`Rotate::Reused`] only.
///
/// Source: RFC 9700 §4.14.2 (rotation and reuse), FAPI 2.0 Security Profile §5.3.2.1 (retry after a lost answer).
///
/// ```
/// use authkit_core::{decide, Digest, KeyId, Rotate, Rotation, Session, Timestamp};
/// # use authkit_core::{ClientInfo, Epoch, NewSession, SessionId, UserId, Via};
/// # use std::time::Duration;
/// # let start = Timestamp::from_seconds(1_000);
/// # let kid = KeyId::new("k1").ok_or("kid")?;
/// # let session = NewSession { id: SessionId::from_uuid(Default::default()), user_id: UserId::from(1), epoch: Epoch::from_bytes([0; 16]),
/// #     token_hash: Digest::from_bytes([1; 32]), kid, via: Via::Json, idle_ttl: Duration::from_secs(600),
/// #     absolute_at: start + Duration::from_secs(6_000), client: ClientInfo::none() };
/// # let mut row: Session = session.into_session(start);
/// let step = Rotation {
///     session: row.id,
///     presented: Digest::from_bytes([1; 32]),
///     successor: Digest::from_bytes([2; 32]),
///     kid,
///     grace: Duration::from_secs(10),
///     at: start + Duration::from_secs(60),
/// };
/// assert!(matches!(decide(&mut row, &step), Rotate::Rotated(_)));
/// assert!(matches!(decide(&mut row, &step), Rotate::Replayed(_))); // a retry gets the same successor
/// let late = Rotation { at: step.at + Duration::from_secs(11), ..step };
/// assert_eq!(decide(&mut row, &late), Rotate::Reused); // too late: somebody else holds the token
/// assert_eq!(decide(&mut row, &step), Rotate::Revoked);
/// # Ok::<(), &str>(())
/// ```
pub fn decide(row: &mut Session, step: &Rotation) -> Rotate {
    if row.revoked_at.is_some() {
        return Rotate::Revoked;
    }
    if row.is_over(step.at) {
        return Rotate::Expired;
    }
    if row.token_hash == step.presented {
        row.token_hash = step.successor;
        row.kid = step.kid;
        row.generation += 1;
        row.rotated_at = step.at;
        row.idle_at = (step.at + row.idle_ttl).min(row.absolute_at);
        return Rotate::Rotated(row.clone());
    }
    if row.token_hash == step.successor && step.at <= row.rotated_at + step.grace {
        return if step.at < row.rotated_at - step.grace.min(CLOCK_SKEW) {
            Rotate::ClockBehind
        } else {
            Rotate::Replayed(row.clone())
        };
    }
    row.revoke(RevokeReason::Reuse, step.at);
    Rotate::Reused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::client::ClientInfo;
    use crate::model::ids::Epoch;
    use crate::model::session::{NewSession, Via};
    use crate::model::user_id::UserId;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    fn digest(n: u8) -> Digest {
        Digest::from_bytes([n; 32])
    }

    fn kid(name: &str) -> KeyId {
        KeyId::new(name).expect("a name")
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn row() -> Session {
        NewSession {
            id: SessionId::from_uuid(uuid::Uuid::nil()),
            user_id: UserId::from(1),
            epoch: Epoch::from_bytes([7; 16]),
            token_hash: digest(1),
            kid: kid("old"),
            via: Via::Json,
            idle_ttl: seconds(600),
            absolute_at: START + seconds(1_000),
            client: ClientInfo::none(),
        }
        .into_session(START)
    }

    fn step(presented: u8, at: Timestamp) -> Rotation {
        Rotation {
            session: row().id,
            presented: digest(presented),
            successor: digest(presented + 1),
            kid: kid("new"),
            grace: seconds(10),
            at,
        }
    }

    // S-31
    #[test]
    fn the_idle_limit_rolls_and_the_absolute_one_stays() {
        let mut row = row();
        let at = START + seconds(500);
        assert!(matches!(decide(&mut row, &step(1, at)), Rotate::Rotated(_)));
        assert_eq!((row.idle_at, row.absolute_at), (START + seconds(1_000), START + seconds(1_000)));
        assert_eq!((row.generation, row.kid, row.rotated_at), (1, kid("new"), at));
        assert_eq!(decide(&mut row, &step(2, START + seconds(1_000))), Rotate::Expired);
    }

    // S-29
    #[test]
    fn a_replay_changes_nothing_up_to_the_last_instant_of_the_grace() {
        let mut row = row();
        let at = START + seconds(60);
        let _ = decide(&mut row, &step(1, at));
        let rotated = row.clone();
        for later in [Duration::ZERO, seconds(10)] {
            assert_eq!(decide(&mut row, &step(1, at + later)), Rotate::Replayed(rotated.clone()));
            assert_eq!(row, rotated);
        }
    }

    // S-30
    #[test]
    fn the_predecessor_after_the_grace_and_any_older_token_end_the_session() {
        let at = START + seconds(60);
        let mut late = row();
        let _ = decide(&mut late, &step(1, at));
        assert_eq!(decide(&mut late, &step(1, at + seconds(10) + Duration::from_micros(1))), Rotate::Reused);
        assert_eq!(late.revoked_reason, Some(RevokeReason::Reuse));

        let mut older = row();
        let _ = decide(&mut older, &step(1, at));
        let _ = decide(&mut older, &step(2, at));
        assert_eq!(decide(&mut older, &step(1, at)), Rotate::Reused);
        assert_eq!(decide(&mut older, &step(3, at)), Rotate::Revoked, "the newest token is dead too");
    }

    #[test]
    fn a_clock_that_is_behind_spends_nothing() {
        let mut row = row();
        let at = START + seconds(60);
        let _ = decide(&mut row, &step(1, at));
        assert!(matches!(decide(&mut row, &step(1, at - seconds(5))), Rotate::Replayed(_)));
        let before = row.clone();
        assert_eq!(decide(&mut row, &step(1, at - seconds(6))), Rotate::ClockBehind);
        assert_eq!(row, before);
    }

    #[test]
    fn without_grace_the_first_repetition_ends_the_session() {
        let mut row = row();
        let at = START + seconds(60);
        let strict = |at| Rotation { grace: Duration::ZERO, ..step(1, at) };
        assert!(matches!(decide(&mut row, &strict(at)), Rotate::Rotated(_)));
        assert_eq!(decide(&mut row, &strict(at + Duration::from_micros(1))), Rotate::Reused);
    }
}
