//! Administrators who are made and taken away by many at once.

use std::sync::Arc;

use authkit_core::{EventCode, Guard, InsertFirstAdmin, NewUser, SetUser};

use crate::bench::Bench;
use crate::failure::{Checked, holds, same};
use crate::fixtures::{START, epoch, instant, new_admin, new_user, role};

const ROUNDS: u64 = 20;

pub(crate) async fn u1_of_sixteen_first_admins_one_is_inserted(b: Bench) -> Checked {
    for round in 0..ROUNDS {
        let b = b.fresh().await;
        let answers = b
            .race(16, |i| {
                let users = Arc::clone(&b.store().users);
                // Every other round all of them have one address.
                let n = if round % 2 == 0 { i as u64 } else { 0 };
                let user = NewUser {
                    suggested_id: new_user(100 + i as u64).suggested_id,
                    profile: b.store().shape.profiles[0].clone(),
                    ..new_admin(n)
                };
                let cause = b.cause(EventCode::USER_CREATED, START);
                async move {
                    let address = user.email.clone();
                    let seen = users.insert_first_admin(user, cause).await?;
                    Ok((seen, users.find_user_by_email(address.key()).await?.is_some()))
                }
            })
            .await?;
        let inserted = answers.iter().filter(|(seen, _)| matches!(seen, InsertFirstAdmin::Inserted(_))).count();
        same("inserted", &inserted, &1)?;
        same("the events", &b.count(&EventCode::USER_CREATED).await?, &1)?;
        let rows = answers.iter().filter(|(_, found)| *found).count();
        same("callers who find a row under their address", &rows, &if round % 2 == 0 { 1 } else { 16 })?;
    }
    Ok(())
}

// S-69
pub(crate) async fn u5_i12_racing_removals_leave_an_admin(b: Bench) -> Checked {
    for round in 0..ROUNDS {
        // A role of its own for every round: its holders are the only administrators there.
        let admin = role(&format!("admin-{round}"));
        let guard = Guard { admin_role: admin, if_updated_at: None, if_role: None };
        let many = if round % 4 == 3 { 3 } else { 2 };
        let mut admins = Vec::new();
        for i in 0..many {
            admins.push(b.insert(NewUser { role: admin, ..new_user(100 * (round + 1) + i) }, START).await?);
        }
        let before = b.step.seen().await?.events.len();
        let answers = b
            .race(16, |i| {
                let users = Arc::clone(&b.store().users);
                let (id, at) = (admins[i % admins.len()].id, instant(1));
                // Each way alone in some rounds, all of them together in others.
                let way = if round < 12 { round % 3 } else { (i as u64 / 3) % 3 };
                let cause = b.cause(EventCode::USER_ROLE_CHANGED, at);
                async move {
                    match way {
                        0 => users.set_role(&id, role("user"), guard, cause).await,
                        1 => users.set_active(&id, false, epoch(5_000 + i as u64), guard, cause).await,
                        _ => users.delete_user(&id, epoch(6_000 + i as u64), guard, cause).await,
                    }
                }
            })
            .await?;
        let mut left = 0;
        for user in &admins {
            let row = b.store().users.find_user(&user.id).await?;
            left += usize::from(row.is_some_and(|row| row.exists() && row.is_active && row.role == admin));
        }
        same("the administrators that remain", &left, &1)?;
        let last = answers.iter().filter(|seen| **seen == SetUser::LastAdmin).count();
        holds(last > 0, "some call to be told that it is the last one", &answers)?;
        let done = answers.iter().filter(|seen| matches!(seen, SetUser::Done { .. })).count();
        same("the events", &(b.step.seen().await?.events.len() - before), &done)?;
    }
    Ok(())
}
