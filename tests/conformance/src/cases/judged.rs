//! Writes that rest on the role by which it was judged that they are allowed.

use std::sync::Arc;

use authkit_core::{EventCode, Guard, PurgeUser, Role, SetUser, StoreError, User, UserStore};

use crate::bench::Bench;
use crate::cases::changes::done;
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{epoch, guard, instant, role};

const ROUNDS: u64 = 20;

/// A guard that saw this role.
fn judged(role: Role) -> Guard {
    Guard { if_role: Some(role), ..guard() }
}

/// Every write that takes the role, under its name.
const WRITES: [&str; 5] = ["set_active", "set_role", "advance_epoch", "delete_user", "restore_user"];

// S-66
pub(crate) async fn u11_a_write_that_rests_on_another_role_is_stale(b: Bench) -> Checked {
    let cause = || b.cause(EventCode::USER_ROLE_CHANGED, instant(1));
    for (n, right) in [(1, false), (2, true)] {
        let user = b.user(n).await?;
        let judged = judged(if right { user.role } else { role("editor") });
        let seen = [
            b.users.set_active(&user.id, false, user.session_epoch, judged, cause()).await?,
            b.users.advance_epoch(&user.id, user.session_epoch, epoch(30 + n), judged.if_role, cause()).await?,
            b.users.restore_user(&user.id, epoch(40 + n), judged, cause()).await?,
            b.users.set_role(&user.id, role("other"), judged, cause()).await?,
        ];
        let names = ["set_active", "advance_epoch", "restore_user", "set_role"];
        for (seen, what) in seen.iter().zip(names) {
            let expected = match what {
                _ if !right => matches!(seen, SetUser::Stale),
                "restore_user" => matches!(seen, SetUser::Unchanged),
                _ => matches!(seen, SetUser::Done { .. }),
            };
            holds(expected, what, seen)?;
        }
        let purged = b.users.purge_user(&user.id, judged, cause()).await?;
        same("purging who has another role by now", &purged, &PurgeUser::Stale)?;
    }
    // As if it were the page: what it shows and what was judged must both stand.
    let user = b.user(3).await?;
    let both = Guard { if_updated_at: Some(user.updated_at), ..judged(role("editor")) };
    let seen = b.users.delete_user(&user.id, epoch(50), both, cause()).await?;
    same("the right page and the wrong role", &seen, &SetUser::Stale)?;
    done(b.users.delete_user(&user.id, epoch(51), judged(user.role), cause()).await?).map(drop)
}

// S-66
pub(crate) async fn u11_a_deleted_user_is_restored_and_purged_by_the_role_that_stands(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    let cause = || b.cause(EventCode::USER_PURGED, instant(1));
    let user = b.user(1).await?;
    let (right, wrong) = (judged(user.role), judged(role("editor")));
    done(b.users.delete_user(&user.id, epoch(60), right, cause()).await?)?;
    same("restoring", &b.users.restore_user(&user.id, epoch(61), wrong, cause()).await?, &SetUser::Stale)?;
    done(b.users.restore_user(&user.id, epoch(62), right, cause()).await?)?;
    done(b.users.delete_user(&user.id, epoch(63), right, cause()).await?)?;
    same("purging", &b.users.purge_user(&user.id, wrong, cause()).await?, &PurgeUser::Stale)?;
    same("purging", &b.users.purge_user(&user.id, right, cause()).await?, &PurgeUser::Purged)
}

/// One write that was judged when the user had a role.
async fn write(users: &dyn UserStore, what: &str, user: &User, n: u64, b: &Causes) -> Result<SetUser, StoreError> {
    let (id, judged, cause) = (&user.id, judged(user.role), b.next());
    match what {
        "set_active" => users.set_active(id, n.is_multiple_of(2), epoch(n), judged, cause).await,
        "set_role" => {
            users.set_role(id, role(if n.is_multiple_of(2) { "other" } else { "another" }), judged, cause).await
        }
        "advance_epoch" => users.advance_epoch(id, user.session_epoch, epoch(n), judged.if_role, cause).await,
        "delete_user" => users.delete_user(id, epoch(n), judged, cause).await,
        _ => users.restore_user(id, epoch(n), judged, cause).await,
    }
}

/// Causes for one task, made before it starts.
struct Causes(std::sync::Mutex<Vec<authkit_core::Cause>>);

impl Causes {
    fn of(b: &Bench) -> Self {
        let causes = (0..3).map(|_| b.cause(EventCode::USER_ROLE_CHANGED, instant(2)));
        Self(std::sync::Mutex::new(causes.collect()))
    }

    fn next(&self) -> authkit_core::Cause {
        let mut causes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        causes.pop().unwrap_or_else(|| authkit_core::Cause::silent(instant(2)))
    }
}

// S-66
pub(crate) async fn u11_of_fifteen_judged_writes_none_reaches_a_user_who_was_promoted(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        for (k, what) in (0..).zip(WRITES) {
            if what == "restore_user" && !b.has(Feature::SoftDelete) {
                continue;
            }
            let user = b.user(100 * round + k).await?;
            if what == "restore_user" {
                let cause = b.cause(EventCode::USER_DELETED, instant(1));
                let _ = b.users.delete_user(&user.id, epoch(7), guard(), cause).await?;
            }
            let answers = b
                .race(16, |i| {
                    let (users, user, causes) = (Arc::clone(&b.store().users), user.clone(), Causes::of(&b));
                    async move {
                        if i != 0 {
                            return write(&*users, what, &user, i as u64, &causes).await.map(Some);
                        }
                        if what == "restore_user" {
                            let _ = users.restore_user(&user.id, epoch(8), guard(), causes.next()).await?;
                        }
                        let _ = users.set_role(&user.id, role("editor"), guard(), causes.next()).await?;
                        if what == "restore_user" {
                            let _ = users.delete_user(&user.id, epoch(9), guard(), causes.next()).await?;
                        }
                        Ok(None)
                    }
                })
                .await?;
            for seen in answers.iter().flatten() {
                if let SetUser::Done { before, .. } = seen {
                    same(&format!("the role that {what} found"), &before.role, &user.role)?;
                }
            }
        }
    }
    Ok(())
}

// S-66
pub(crate) async fn u11_of_fifteen_judged_purges_none_removes_a_user_who_was_promoted(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let cause = b.cause(EventCode::USER_DELETED, instant(1));
        done(b.users.delete_user(&user.id, epoch(7), guard(), cause).await?)?;
        let answers = b
            .race(16, |i| {
                let (users, user, causes) = (Arc::clone(&b.store().users), user.clone(), Causes::of(&b));
                async move {
                    if i != 0 {
                        let seen = users.purge_user(&user.id, judged(user.role), causes.next()).await?;
                        return Ok(seen == PurgeUser::Purged);
                    }
                    let _ = users.restore_user(&user.id, epoch(8), guard(), causes.next()).await?;
                    let promoted = users.set_role(&user.id, role("editor"), guard(), causes.next()).await?;
                    let _ = users.delete_user(&user.id, epoch(9), guard(), causes.next()).await?;
                    Ok(matches!(promoted, SetUser::Done { .. }))
                }
            })
            .await?;
        let won = answers.iter().filter(|won| **won).count();
        // A purge, and then there is nobody to promote; or a promotion, and then no purge.
        same("who was promoted, or else purged once", &won, &1)?;
    }
    Ok(())
}
