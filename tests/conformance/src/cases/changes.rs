//! Changing one user: every outcome of every method, what it writes and what it leaves alone.

use std::time::Duration;

use authkit_core::{EventCode, Guard, NewUser, ReplaceEmail, SetUser, User};

use crate::bench::Bench;
use crate::failure::{Checked, Failure, same};
use crate::feature::Feature;
use crate::fixtures::{START, email, epoch, guard, instant, new_user, role};

/// The row after a change that must have been made.
#[track_caller]
pub(crate) fn done(seen: SetUser) -> Checked<User> {
    match seen {
        SetUser::Done { after, .. } => Ok(*after),
        other => Err(Failure::wrong(format!("expected Done, seen {other:?}"))),
    }
}

/// A guard against a row that changed since it was seen.
fn unless_changed(user: &User) -> Guard {
    Guard { if_updated_at: Some(user.updated_at), ..guard() }
}

/// A guard that saw an older row.
fn outdated(user: &User) -> Guard {
    Guard { if_updated_at: Some(user.updated_at - Duration::from_micros(1)), ..guard() }
}

/// A user who is deleted; `None` where the row is gone with the deletion.
async fn deleted(b: &Bench, n: u64) -> Checked<User> {
    let user = b.user(n).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(1));
    let _ = b.users.delete_user(&user.id, epoch(99), guard(), cause).await?;
    Ok(user)
}

pub(crate) async fn u1_u3_u4_a_role_is_set_once_with_before_and_after(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let cause = |at| b.cause(EventCode::USER_ROLE_CHANGED, instant(at));
    let set = |role, guard, cause| b.users.set_role(&user.id, role, guard, cause);
    same("stale", &set(role("editor"), outdated(&user), cause(1)).await?, &SetUser::Stale)?;
    let after = done(set(role("editor"), unless_changed(&user), cause(2)).await?)?;
    same("the epoch", &after.session_epoch, &user.session_epoch)?;
    same("again", &set(role("editor"), guard(), cause(3)).await?, &SetUser::Unchanged)?;
    let gone = deleted(&b, 2).await?;
    let seen = b.users.set_role(&gone.id, role("editor"), guard(), cause(4)).await?;
    same("deleted", &seen, &SetUser::Missing)?;
    let events = b.step.seen().await?.events;
    let change = events.iter().find(|event| event.code == EventCode::USER_ROLE_CHANGED);
    let change = change.and_then(|event| event.change.to_json());
    same("before and after", &change, &Some(serde_json::json!({"role": ["user", "editor"]})))
}

pub(crate) async fn u1_u3_u4_disabling_and_enabling_move_the_epoch(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let cause = |at| b.cause(EventCode::USER_DISABLED, instant(at));
    let set = |active, n, guard, cause| b.users.set_active(&user.id, active, epoch(n), guard, cause);
    same("stale", &set(false, 21, outdated(&user), cause(1)).await?, &SetUser::Stale)?;
    same("active already", &set(true, 22, guard(), cause(2)).await?, &SetUser::Unchanged)?;
    let off = done(set(false, 23, unless_changed(&user), cause(3)).await?)?;
    same("the epoch when disabled", &off.session_epoch, &epoch(23))?;
    same("disabled already", &set(false, 24, guard(), cause(4)).await?, &SetUser::Unchanged)?;
    let on = done(set(true, 25, guard(), cause(5)).await?)?;
    same("the epoch when enabled", &on.session_epoch, &epoch(25))?;
    let gone = deleted(&b, 2).await?;
    let seen = b.users.set_active(&gone.id, false, epoch(26), guard(), cause(6)).await?;
    same("deleted", &seen, &SetUser::Missing)
}

pub(crate) async fn u1_u4_an_address_is_verified_while_it_is_the_one_that_was_sent_to(b: Bench) -> Checked {
    b.needs(Feature::Verification)?;
    let user = b.insert(NewUser { is_verified: false, ..new_user(1) }, START).await?;
    let cause = |at| b.cause(EventCode::EMAIL_VERIFIED, instant(at));
    let seen = b.users.mark_verified(&user.id, email("other@example.com").key(), cause(1)).await?;
    same("another address", &seen, &SetUser::Stale)?;
    let after = done(b.users.mark_verified(&user.id, user.email.key(), cause(2)).await?)?;
    same("the epoch", &after.session_epoch, &user.session_epoch)?;
    let seen = b.users.mark_verified(&user.id, user.email.key(), cause(3)).await?;
    same("again", &seen, &SetUser::Unchanged)?;
    let gone = deleted(&b, 2).await?;
    let seen = b.users.mark_verified(&gone.id, gone.email.key(), cause(4)).await?;
    same("deleted", &seen, &SetUser::Missing)
}

pub(crate) async fn u1_u7_an_address_is_replaced_by_one_that_nobody_has(b: Bench) -> Checked {
    let user = b.insert(NewUser { is_verified: false, ..new_user(1) }, START).await?;
    let other = b.user(2).await?;
    let gone = deleted(&b, 3).await?;
    let cause = |at| b.cause(EventCode::EMAIL_CHANGED, instant(at));
    let old = user.email.key();
    let replace = |old, new: &str, epoch, at| b.users.replace_email(&user.id, old, email(new), epoch, cause(at));
    let seen = replace(other.email.key(), "new@example.com", user.session_epoch, 2).await?;
    same("another old address", &seen, &ReplaceEmail::Stale)?;
    let seen = replace(old, "new@example.com", epoch(77), 3).await?;
    same("another epoch", &seen, &ReplaceEmail::Stale)?;
    let seen = replace(old, "USER2@example.com", user.session_epoch, 4).await?;
    same("somebody's address", &seen, &ReplaceEmail::EmailTaken)?;
    if b.has(Feature::SoftDelete) {
        let seen = replace(old, gone.email.as_str(), user.session_epoch, 5).await?;
        same("a deleted user's address", &seen, &ReplaceEmail::EmailTaken)?;
    }
    let seen = b.users.replace_email(&gone.id, gone.email.key(), email("x@example.com"), epoch(99), cause(6)).await?;
    same("of a deleted user", &seen, &ReplaceEmail::Missing)?;
    let seen = replace(old, "USER1@EXAMPLE.COM", user.session_epoch, 7).await?;
    let ReplaceEmail::Replaced(after) = seen else {
        return Err(Failure::wrong(format!("expected Replaced, seen {seen:?}")));
    };
    same("his own in another spelling", &after.email.as_str(), &"USER1@EXAMPLE.COM")?;
    let seen = replace(old, "New@Example.com", user.session_epoch, 8).await?;
    let ReplaceEmail::Replaced(after) = seen else {
        return Err(Failure::wrong(format!("expected Replaced, seen {seen:?}")));
    };
    same("verified", &after.is_verified, &true)?;
    same("the epoch", &after.session_epoch, &user.session_epoch)?;
    same("the old address", &b.users.find_user_by_email(old).await?, &None)?;
    same("the new address", &b.users.find_user_by_email(after.email.key()).await?, &Some(*after))
}

pub(crate) async fn u1_u3_u4_a_profile_is_replaced_as_a_whole(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let [first, second] = b.store().shape.profiles.clone();
    let cause = |at| b.cause(EventCode::USER_PROFILE_CHANGED, instant(at));
    let replace = |profile, seen_at, at| b.users.replace_profile(&user.id, profile, seen_at, cause(at));
    let before = user.updated_at - Duration::from_micros(1);
    same("stale", &replace(second.clone(), Some(before), 1).await?, &SetUser::Stale)?;
    same("the same", &replace(first.clone(), None, 2).await?, &SetUser::Unchanged)?;
    let after = done(replace(second.clone(), Some(user.updated_at), 3).await?)?;
    same("the profile", &after.profile, &second)?;
    same("the epoch", &after.session_epoch, &user.session_epoch)?;
    done(replace(first.clone(), None, 4).await?)?;
    let gone = deleted(&b, 2).await?;
    let seen = b.users.replace_profile(&gone.id, second, None, cause(5)).await?;
    same("deleted", &seen, &SetUser::Missing)
}

pub(crate) async fn u1_the_epoch_moves_from_the_one_that_stands(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let cause = |at| b.cause(EventCode::SESSION_CLOSED_ALL, instant(at));
    let seen = b.users.advance_epoch(&user.id, epoch(31), epoch(32), None, cause(1)).await?;
    same("another epoch", &seen, &SetUser::Stale)?;
    let after = done(b.users.advance_epoch(&user.id, user.session_epoch, epoch(33), None, cause(2)).await?)?;
    same("the epoch", &after.session_epoch, &epoch(33))?;
    let seen = b.users.advance_epoch(&user.id, user.session_epoch, epoch(34), None, cause(3)).await?;
    same("the epoch that was left", &seen, &SetUser::Stale)?;
    let gone = deleted(&b, 2).await?;
    let seen = b.users.advance_epoch(&gone.id, epoch(99), epoch(35), None, cause(4)).await?;
    same("deleted", &seen, &SetUser::Missing)
}

pub(crate) async fn u2_a_sign_in_is_noted_forwards_and_touches_nothing_else(b: Bench) -> Checked {
    b.needs(Feature::LastSignIn)?;
    let user = b.user(1).await?;
    for (at, expected) in [(5, 5), (9, 9), (7, 9), (0, 9), (10, 10)] {
        b.users.note_sign_in(&user.id, instant(at)).await?;
        let row = b.row(&user.id).await?;
        same("last_sign_in_at", &row.last_sign_in_at, &instant(expected))?;
        same("updated_at", &row.updated_at, &user.updated_at)?;
    }
    Ok(())
}

pub(crate) async fn u3_a_step_back_of_the_clock_is_written_as_it_is(b: Bench) -> Checked {
    b.needs(Feature::UpdatedAt)?;
    let user = b.insert(new_user(1), instant(5_000)).await?;
    let cause = b.cause(EventCode::USER_ROLE_CHANGED, instant(100));
    let after = done(b.users.set_role(&user.id, role("editor"), unless_changed(&user), cause).await?)?;
    same("updated_at", &after.updated_at, &instant(100))?;
    same("created_at", &after.created_at, &instant(5_000))
}
