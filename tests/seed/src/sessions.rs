//! The sessions: about one for every three users, most of them alive.

use std::time::Duration;

use authkit_core::{Digest, Epoch, KeyId, RevokeReason, Session, SessionId, Timestamp, Via};

use crate::clients;
use crate::dice::Dice;
use crate::failure::Failure;
use crate::people::Person;
use crate::plan::{DAY, Plan};

const IDLE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const KID: &str = "seeded";

/// Why sessions end, by how often.
const REASONS: [(u64, RevokeReason); 11] = [
    (50, RevokeReason::Logout),
    (8, RevokeReason::Owner),
    (3, RevokeReason::Admin),
    (2, RevokeReason::Cap),
    (1, RevokeReason::Reuse),
    (5, RevokeReason::Password),
    (4, RevokeReason::Reset),
    (2, RevokeReason::Disabled),
    (2, RevokeReason::Deleted),
    (6, RevokeReason::Everywhere),
    (8, RevokeReason::Replaced),
];

/// Those of one user: none for most, several for few.
pub fn sessions(plan: &Plan, person: &Person) -> Result<Vec<Session>, Failure> {
    let mut dice = Dice::of(plan.seed, 3, person.n);
    let count = match dice.below(100) {
        0..78 => 0,
        78..92 => 1,
        92..97 => 2,
        97..99 => 3,
        _ => 5,
    };
    (0..count).map(|_| session(plan, person, &mut dice)).collect()
}

fn session(plan: &Plan, person: &Person, dice: &mut Dice) -> Result<Session, Failure> {
    let user = &person.user;
    let last = user.last_sign_in_at;
    let earliest = (plan.at - DAY * 29).max(user.created_at).min(last);
    let created_at = if dice.once_in(2) { last } else { dice.between(earliest, last) };
    let absolute_at = created_at + ABSOLUTE;
    let used = created_at + plan.at.min(absolute_at).since(created_at).mul_f64(1.0 - dice.part().powi(3));
    let rotated_at = if dice.once_in(3) { created_at } else { used };
    let (revoked_at, revoked_reason, epoch) = ended(plan, person, rotated_at, dice);
    let client = clients::own(plan.seed, person.n, dice);
    Ok(Session {
        id: SessionId::from_uuid(dice.id(created_at)),
        user_id: user.id,
        epoch,
        token_hash: Digest::from_bytes(dice.bytes()),
        kid: KeyId::new(KID).ok_or_else(|| Failure::new("no key id"))?,
        generation: if rotated_at == created_at { 0 } else { 1 + dice.below(400) },
        via: *dice.weighed(&[(90, Via::Json), (8, Via::Host), (2, Via::Console)]),
        idle_ttl: IDLE,
        created_at,
        authenticated_at: created_at,
        rotated_at,
        idle_at: (rotated_at + IDLE).min(absolute_at),
        absolute_at,
        revoked_at,
        revoked_reason,
        client,
    })
}

/// Of three sessions, two are not ended. What a move of the user's epoch ended has an older epoch.
fn ended(
    plan: &Plan,
    person: &Person,
    rotated_at: Timestamp,
    dice: &mut Dice,
) -> (Option<Timestamp>, Option<RevokeReason>, Epoch) {
    let user = &person.user;
    let reason = match (user.is_active, user.deleted_at) {
        (false, _) => RevokeReason::Disabled,
        (true, Some(_)) => RevokeReason::Deleted,
        (true, None) if dice.once_in(3) => *dice.weighed(&REASONS),
        (true, None) => return (None, None, user.session_epoch),
    };
    let moved = matches!(
        reason,
        RevokeReason::Password
            | RevokeReason::Reset
            | RevokeReason::Disabled
            | RevokeReason::Deleted
            | RevokeReason::Everywhere
    );
    let epoch = if moved { Epoch::from_bytes(dice.bytes()) } else { user.session_epoch };
    (Some(dice.between(rotated_at, plan.at)), Some(reason), epoch)
}
