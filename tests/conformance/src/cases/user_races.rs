//! Writes to users by many at once: of those that exclude each other, one wins.

use std::sync::Arc;

use authkit_core::{EventCode, InsertUser, NewUser, ReplaceEmail, ReplacePassword, SetUser, UserId};

use crate::bench::Bench;
use crate::cases::passwords::{change, rehash};
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, email, epoch, guard, hash, instant, new_user, role, uuid_at};

const ROUNDS: u64 = 20;

// S-53
pub(crate) async fn u1_of_sixteen_resets_one_wins_and_is_seen_by_the_losers(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let answers = b
            .race(16, |i| {
                let users = Arc::clone(&b.store().users);
                let n = 1_000 * round + i as u64;
                let swap = change(&user, hash(n), n);
                let cause = b.cause(EventCode::PASSWORD_RESET_COMPLETED, instant(1));
                let old = user.password_hash.clone();
                async move {
                    let id = swap.id;
                    let seen = users.replace_password(swap, cause).await?;
                    let row = users.find_user(&id).await?;
                    let visible = row.is_some_and(|row| row.password_hash != old);
                    Ok((seen, visible))
                }
            })
            .await?;
        let won: Vec<_> = answers.iter().filter(|(seen, _)| matches!(seen, ReplacePassword::Replaced(_))).collect();
        let lost = answers.iter().filter(|(seen, _)| *seen == ReplacePassword::Stale).count();
        same("replaced, stale", &(won.len(), lost), &(1, 15))?;
        holds(answers.iter().all(|(_, visible)| *visible), "the winner's write to be seen by each loser", &answers)?;
        let row = b.row(&user.id).await?;
        same("the row", &ReplacePassword::Replaced(Box::new(row)), &won[0].0)?;
        same(
            "the events",
            &b.count(&EventCode::PASSWORD_RESET_COMPLETED).await?,
            &(usize::try_from(round).unwrap_or(0)),
        )?;
    }
    Ok(())
}

pub(crate) async fn u1_of_a_reset_a_rehash_and_a_sign_out_everywhere_one_wins(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let before = b.step.seen().await?.events.len();
        let won = b
            .race(16, |i| {
                let (users, user) = (Arc::clone(&b.store().users), user.clone());
                let n = 1_000 * round + i as u64;
                let cause = b.cause(EventCode::PASSWORD_CHANGED, instant(1));
                async move {
                    let done = match i % 3 {
                        0 => {
                            let seen = users.replace_password(change(&user, hash(n), n), cause).await?;
                            matches!(seen, ReplacePassword::Replaced(_))
                        }
                        1 => {
                            let seen = users.replace_password(rehash(&user, hash(n)), cause).await?;
                            matches!(seen, ReplacePassword::Replaced(_))
                        }
                        _ => {
                            let seen = users.advance_epoch(&user.id, user.session_epoch, epoch(n), None, cause).await?;
                            matches!(seen, SetUser::Done { .. })
                        }
                    };
                    Ok((i % 3, done))
                }
            })
            .await?;
        let count = |kind| won.iter().filter(|(of, done)| *of == kind && *done).count();
        let (changed, rehashed, moved) = (count(0), count(1), count(2));
        // A change excludes both others; a rehash and a sign-out do not exclude each other.
        holds(
            (changed == 1 && rehashed == 0 && moved == 0)
                || (changed == 0 && rehashed <= 1 && moved <= 1 && rehashed + moved >= 1),
            "one change alone, or at most one rehash and one sign-out",
            &(changed, rehashed, moved),
        )?;
        let written = b.step.seen().await?.events.len() - before;
        same("the events", &written, &(changed + rehashed + moved))?;
    }
    Ok(())
}

// S-15
pub(crate) async fn u7_of_fifty_registrations_of_one_address_one_wins(b: Bench) -> Checked {
    for round in 0..5_u64 {
        let spellings = [
            format!("Race{round}@Example.com"),
            format!("RACE{round}@EXAMPLE.COM"),
            format!("race{round}@example.com"),
        ];
        let answers = b
            .race(50, |i| {
                let users = Arc::clone(&b.store().users);
                let address = email(&spellings[i % 3]);
                let user = NewUser {
                    email: address.clone(),
                    profile: b.store().shape.profiles[0].clone(),
                    ..new_user(1_000 * (round + 1) + i as u64)
                };
                let cause = b.cause(EventCode::USER_REGISTERED, instant(1));
                async move {
                    let seen = users.insert_user(user, cause).await?;
                    let found = users.find_user_by_email(address.key()).await?.map(|user| user.id);
                    Ok((seen, found))
                }
            })
            .await?;
        let mut won = answers.iter().filter_map(|(seen, _)| match seen {
            InsertUser::Inserted(user) => Some(user.id),
            InsertUser::EmailTaken => None,
        });
        let (winner, second) = (won.next(), won.next());
        holds(winner.is_some() && second.is_none(), "one that was inserted", &answers.len())?;
        holds(answers.iter().all(|(_, found)| *found == winner), "each caller to find the winner's row", &winner)?;
        let registered = usize::try_from(round + 1).unwrap_or(0);
        same("the events", &b.count(&EventCode::USER_REGISTERED).await?, &registered)?;
    }
    Ok(())
}

pub(crate) async fn u7_of_those_who_want_one_address_one_gets_it(b: Bench) -> Checked {
    for round in 0..5_u64 {
        let mut users = Vec::new();
        for i in 0..8 {
            users.push(b.user(100 * (round + 1) + i).await?);
        }
        let wanted = format!("Wanted{round}@example.com");
        let won = b
            .race(16, |i| {
                let store = Arc::clone(&b.store().users);
                let (user, wanted) = (users[i % 8].clone(), email(&wanted));
                let cause = b.cause(EventCode::EMAIL_CHANGED, instant(1));
                let fresh = NewUser {
                    email: wanted.clone(),
                    profile: b.store().shape.profiles[0].clone(),
                    ..new_user(10_000 * (round + 1) + i as u64)
                };
                async move {
                    Ok(if i < 8 {
                        let seen =
                            store.replace_email(&user.id, user.email.key(), wanted, user.session_epoch, cause).await?;
                        matches!(seen, ReplaceEmail::Replaced(_))
                    } else {
                        matches!(store.insert_user(fresh, cause).await?, InsertUser::Inserted(_))
                    })
                }
            })
            .await?;
        same("those who got it", &won.iter().filter(|won| **won).count(), &1)?;
    }
    Ok(())
}

pub(crate) async fn u1_of_sixteen_moves_of_one_epoch_one_wins(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let answers = b
            .race(16, |i| {
                let users = Arc::clone(&b.store().users);
                let (id, from, to) = (user.id, user.session_epoch, epoch(1_000 * round + i as u64));
                let cause = b.cause(EventCode::SESSION_CLOSED_ALL, instant(1));
                async move { users.advance_epoch(&id, from, to, None, cause).await }
            })
            .await?;
        let done = answers.iter().filter(|seen| matches!(seen, SetUser::Done { .. })).count();
        let stale = answers.iter().filter(|seen| **seen == SetUser::Stale).count();
        same("done, stale", &(done, stale), &(1, 15))?;
    }
    Ok(())
}

pub(crate) async fn u4_of_sixteen_equal_writes_one_is_a_change(b: Bench) -> Checked {
    b.admin(9_999).await?;
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let before = b.step.seen().await?.events.len();
        let answers = b
            .race(16, |_| {
                let users = Arc::clone(&b.store().users);
                let (id, off) = (user.id, epoch(1_000 + round));
                let cause = b.cause(EventCode::USER_DISABLED, instant(1));
                async move {
                    if round % 2 == 0 {
                        users.set_active(&id, false, off, guard(), cause).await
                    } else {
                        users.set_role(&id, role("editor"), guard(), cause).await
                    }
                }
            })
            .await?;
        let done = answers.iter().filter(|seen| matches!(seen, SetUser::Done { .. })).count();
        let unchanged = answers.iter().filter(|seen| **seen == SetUser::Unchanged).count();
        same("done, unchanged", &(done, unchanged), &(1, 15))?;
        same("the events", &(b.step.seen().await?.events.len() - before), &1)?;
    }
    Ok(())
}

pub(crate) async fn u1_of_sixteen_writes_from_one_page_one_wins(b: Bench) -> Checked {
    b.needs(Feature::UpdatedAt)?;
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let answers = b
            .race(16, |i| {
                let (users, id) = (Arc::clone(&b.store().users), user.id);
                let seen = authkit_core::Guard { if_updated_at: Some(user.updated_at), ..guard() };
                let cause = b.cause(EventCode::USER_ROLE_CHANGED, instant(1 + i as u64));
                async move { users.set_role(&id, role(&format!("role-{i}")), seen, cause).await }
            })
            .await?;
        let done = answers.iter().filter(|seen| matches!(seen, SetUser::Done { .. })).count();
        let stale = answers.iter().filter(|seen| **seen == SetUser::Stale).count();
        same("done, stale", &(done, stale), &(1, 15))?;
    }
    Ok(())
}

pub(crate) async fn u2_racing_sign_ins_leave_the_latest(b: Bench) -> Checked {
    b.needs(Feature::LastSignIn)?;
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        b.race(16, |i| {
            let (users, id) = (Arc::clone(&b.store().users), user.id);
            async move { users.note_sign_in(&id, instant((i as u64 * 7) % 16)).await }
        })
        .await?;
        same("last_sign_in_at", &b.row(&user.id).await?.last_sign_in_at, &instant(15))?;
    }
    Ok(())
}

pub(crate) async fn u1_a_racing_deletion_and_purge_happen_once(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let id: UserId = user.id;
        let answers = b
            .race(16, |_| {
                let users = Arc::clone(&b.store().users);
                let cause = b.cause(EventCode::USER_DELETED, instant(1));
                async move { users.delete_user(&id, epoch(1_000 + round), guard(), cause).await }
            })
            .await?;
        let done = answers.iter().filter(|seen| matches!(seen, SetUser::Done { .. })).count();
        same("done", &done, &1)?;
        same("the events", &b.count(&EventCode::USER_DELETED).await?, &usize::try_from(round).unwrap_or(0))?;
        let purged = b
            .race(16, |_| {
                let users = Arc::clone(&b.store().users);
                let cause = b.cause(EventCode::USER_PURGED, instant(2));
                async move { users.purge_user(&id, guard(), cause).await }
            })
            .await?;
        let purged = purged.iter().filter(|seen| matches!(seen, authkit_core::PurgeUser::Purged)).count();
        same("purged", &purged, &usize::from(b.has(Feature::SoftDelete)))?;
        same("the row", &b.store().users.find_user(&id).await?, &None)?;
        let again = NewUser { suggested_id: UserId::from(uuid_at(START, 70_000 + round)), ..new_user(round) };
        b.insert(again, instant(3)).await?;
    }
    Ok(())
}
