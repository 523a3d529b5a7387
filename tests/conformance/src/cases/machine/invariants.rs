//! What no history may break, whatever the reference says: invariants of the rows before and after one step.

use authkit_core::Session;

use crate::failure::{Checked, holds, same};
use crate::fixtures::role;
use crate::lockstep::Snapshot;

/// Compares what was there before a step with what is there after it.
pub(crate) fn hold(before: &Snapshot, after: &Snapshot) -> Checked {
    for (old, new) in before.sessions.iter().zip(&after.sessions) {
        if let (Some(old), Some(new)) = (old, new) {
            session(old, new)?;
        }
    }
    for new in after.sessions.iter().flatten() {
        holds(new.idle_at <= new.absolute_at, "I6: idle_at not after absolute_at", new)?;
        holds(new.revoked_at.is_some() == new.revoked_reason.is_some(), "a reason with every revocation", new)?;
    }
    let is_admin = |user: &&authkit_core::User| user.exists() && user.is_active && user.role == role("admin");
    let had = before.users.iter().flatten().any(|user| is_admin(&user));
    let has = after.users.iter().flatten().any(|user| is_admin(&user));
    holds(!had || has, "I12: an active administrator after there was one", &after.users)
}

fn session(old: &Session, new: &Session) -> Checked {
    same("I6: absolute_at", &new.absolute_at, &old.absolute_at)?;
    same("I7: the owner", &new.user_id, &old.user_id)?;
    same("created_at", &new.created_at, &old.created_at)?;
    same("the epoch", &new.epoch, &old.epoch)?;
    if old.revoked_at.is_some() {
        return same("I3: a revoked row", new, old);
    }
    if new.token_hash == old.token_hash {
        same("I8: the generation of a row that was not rotated", &new.generation, &old.generation)?;
        same("I8: its idle limit", &new.idle_at, &old.idle_at)
    } else {
        same("I2: the generation of a row that was rotated", &new.generation, &(old.generation + 1))
    }
}
