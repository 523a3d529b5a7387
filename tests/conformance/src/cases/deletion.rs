//! Deleting, restoring and purging users.

use authkit_core::{EventCode, Guard, NewUser, PurgeUser, SetUser};

use crate::bench::Bench;
use crate::cases::changes::done;
use crate::failure::{Checked, same};
use crate::feature::Feature;
use crate::fixtures::{START, epoch, guard, instant, new_user};

pub(crate) async fn u1_u3_a_user_is_deleted_and_restored_to_the_state_before(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    for (n, is_active) in [(1, true), (2, false)] {
        let user = b.insert(NewUser { is_active, ..new_user(n) }, START).await?;
        let cause = |at| b.cause(EventCode::USER_DELETED, instant(at));
        let seen = b.users.restore_user(&user.id, epoch(70), guard(), cause(1)).await?;
        same("restoring who is not deleted", &seen, &SetUser::Unchanged)?;
        let after = done(b.users.delete_user(&user.id, epoch(71), guard(), cause(2)).await?)?;
        same("the mark", &after.deleted_at, &Some(instant(2)))?;
        same("the epoch when deleted", &after.session_epoch, &epoch(71))?;
        let seen = b.users.delete_user(&user.id, epoch(72), guard(), cause(3)).await?;
        same("again", &seen, &SetUser::Unchanged)?;
        let after = done(b.users.restore_user(&user.id, epoch(73), guard(), cause(4)).await?)?;
        same("the mark when restored", &after.deleted_at, &None)?;
        same("the epoch when restored", &after.session_epoch, &epoch(73))?;
        same("the state", &after.is_active, &is_active)?;
    }
    Ok(())
}

pub(crate) async fn u2_a_deletion_is_guarded_by_the_page_it_was_asked_on(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let cause = |at| b.cause(EventCode::USER_DELETED, instant(at));
    let stale = Guard { if_updated_at: Some(instant(5_000)), ..guard() };
    let seen = b.users.delete_user(&user.id, epoch(71), stale, cause(1)).await?;
    same("a stale page", &seen, &SetUser::Stale)?;
    let fresh = Guard { if_updated_at: Some(user.updated_at), ..guard() };
    done(b.users.delete_user(&user.id, epoch(72), fresh, cause(2)).await?).map(|_| ())
}

pub(crate) async fn u2_a_final_deletion_takes_the_row_and_its_sessions(b: Bench) -> Checked {
    if b.has(Feature::SoftDelete) {
        // Its opposite, and every other case about deletion, runs instead.
        return Ok(());
    }
    let (user, other) = (b.user(1).await?, b.user(2).await?);
    b.session(1, &user, instant(1)).await?;
    let kept = b.session(2, &other, instant(1)).await?;
    let cause = |at| b.cause(EventCode::USER_DELETED, instant(at));
    done(b.users.delete_user(&user.id, epoch(71), guard(), cause(2)).await?)?;
    same("the row", &b.users.find_user(&user.id).await?, &None)?;
    b.session_row(&kept).await?;
    let seen = b.users.delete_user(&user.id, epoch(71), guard(), cause(3)).await?;
    same("again", &seen, &SetUser::Missing)?;
    same("restoring", &b.users.restore_user(&user.id, epoch(72), guard(), cause(4)).await?, &SetUser::Missing)?;
    same("purging", &b.users.purge_user(&user.id, guard(), cause(5)).await?, &PurgeUser::Missing)?;
    same("purging by time", &b.users.purge_deleted_users(instant(99), 10).await?, &0)
}

pub(crate) async fn u2_one_deleted_user_is_purged_at_once_with_his_sessions(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    let (user, other) = (b.user(1).await?, b.user(2).await?);
    b.session(1, &user, instant(1)).await?;
    b.session(2, &other, instant(1)).await?;
    let cause = |at| b.cause(EventCode::USER_PURGED, instant(at));
    same("not deleted", &b.users.purge_user(&user.id, guard(), cause(2)).await?, &PurgeUser::NotDeleted)?;
    done(b.users.delete_user(&user.id, epoch(71), guard(), cause(3)).await?)?;
    same("deleted", &b.users.purge_user(&user.id, guard(), cause(4)).await?, &PurgeUser::Purged)?;
    same("gone", &b.users.purge_user(&user.id, guard(), cause(5)).await?, &PurgeUser::Missing)
}

pub(crate) async fn u2_deleted_users_are_purged_by_time_in_steps_and_without_an_event(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    for n in 1..=6 {
        let user = b.user(n).await?;
        b.session(n, &user, instant(1)).await?;
        if n <= 5 {
            let cause = b.cause(EventCode::USER_DELETED, instant(n * 10));
            done(b.users.delete_user(&user.id, epoch(80 + n), guard(), cause).await?)?;
        }
    }
    // Deleted at 10, 20, 30, 40 and 50; what is deleted at the instant itself is not before it.
    same("before the first", &b.users.purge_deleted_users(instant(10), 100).await?, &0)?;
    same("at most two", &b.users.purge_deleted_users(instant(40), 2).await?, &2)?;
    same("the third", &b.users.purge_deleted_users(instant(40), 2).await?, &1)?;
    same("no more", &b.users.purge_deleted_users(instant(40), 2).await?, &0)?;
    same("the rest", &b.users.purge_deleted_users(instant(1_000), 200).await?, &2)
}
