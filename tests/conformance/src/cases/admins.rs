//! Administrators: the first one, and the last one.

use authkit_core::{EventCode, Guard, InsertFirstAdmin, NewUser, SetUser, User, UserId};

use crate::bench::Bench;
use crate::cases::changes::done;
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, epoch, guard, instant, new_admin, new_user, role, uuid_at};

async fn first(b: &Bench, user: NewUser, at: u64) -> Checked<InsertFirstAdmin> {
    let user = NewUser { profile: b.store().shape.profiles[0].clone(), ..user };
    let cause = b.cause(EventCode::USER_CREATED, instant(at));
    Ok(b.users.insert_first_admin(user, cause).await?)
}

/// Takes an administrator away in each of the three ways and tells what came of it.
async fn take_away(b: &Bench, user: &User, at: u64) -> Checked<[SetUser; 3]> {
    let cause = |code| b.cause(code, instant(at));
    Ok([
        b.users.set_active(&user.id, false, epoch(50), guard(), cause(EventCode::USER_DISABLED)).await?,
        b.users.set_role(&user.id, role("user"), guard(), cause(EventCode::USER_ROLE_CHANGED)).await?,
        b.users.delete_user(&user.id, epoch(51), guard(), cause(EventCode::USER_DELETED)).await?,
    ])
}

pub(crate) async fn u1_u2_a_first_admin_is_inserted_once(b: Bench) -> Checked {
    b.user(1).await?;
    let taken = NewUser { suggested_id: UserId::from(uuid_at(START, 60)), ..new_admin(1) };
    same("an address that is taken", &first(&b, taken, 1).await?, &InsertFirstAdmin::EmailTaken)?;
    let seen = first(&b, new_admin(2), 2).await?;
    holds(matches!(seen, InsertFirstAdmin::Inserted(_)), "Inserted", &seen)?;
    same("a second", &first(&b, new_admin(3), 3).await?, &InsertFirstAdmin::AdminExists)?;
    let seen = first(&b, NewUser { role: role("owner"), ..new_user(4) }, 4).await?;
    holds(matches!(seen, InsertFirstAdmin::Inserted(_)), "the first of another role", &seen)
}

pub(crate) async fn u1_an_admin_who_is_disabled_or_deleted_is_none(b: Bench) -> Checked {
    b.insert(NewUser { is_active: false, ..new_admin(1) }, START).await?;
    let admin = b.admin(2).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(1));
    // A guard for another role lets the last admin go.
    let other = Guard { admin_role: role("owner"), ..guard() };
    done(b.users.delete_user(&admin.id, epoch(50), other, cause).await?)?;
    let seen = first(&b, new_admin(3), 2).await?;
    holds(matches!(seen, InsertFirstAdmin::Inserted(_)), "Inserted", &seen)
}

// S-69
pub(crate) async fn u5_the_last_active_admin_stays(b: Bench) -> Checked {
    let admin = b.admin(1).await?;
    b.insert(NewUser { is_active: false, ..new_admin(2) }, START).await?;
    b.user(3).await?;
    let gone = b.admin(4).await?;
    done(b.users.delete_user(&gone.id, epoch(52), guard(), b.cause(EventCode::USER_DELETED, instant(1))).await?)?;
    same(
        "with no other",
        &take_away(&b, &admin, 2).await?,
        &[SetUser::LastAdmin, SetUser::LastAdmin, SetUser::LastAdmin],
    )?;
    // What takes none away is no matter of the last admin.
    let cause = || b.cause(EventCode::USER_ROLE_CHANGED, instant(3));
    same("the role he has", &b.users.set_role(&admin.id, role("admin"), guard(), cause()).await?, &SetUser::Unchanged)?;
    let seen = b.users.set_active(&admin.id, true, epoch(53), guard(), cause()).await?;
    same("the state he has", &seen, &SetUser::Unchanged)?;
    if b.has(Feature::UpdatedAt) {
        let stale = Guard { if_updated_at: Some(instant(9)), ..guard() };
        let seen = b.users.set_role(&admin.id, role("user"), stale, cause()).await?;
        same("a stale page", &seen, &SetUser::Stale)?;
    }
    Ok(())
}

// S-69
pub(crate) async fn u5_an_admin_may_go_while_another_remains(b: Bench) -> Checked {
    for n in [1, 2] {
        let (here, _) = (b.admin(n).await?, b.admin(n + 10).await?);
        let cause = b.cause(EventCode::USER_DISABLED, instant(n));
        if n == 1 {
            done(b.users.set_active(&here.id, false, epoch(60), guard(), cause).await?)?;
        } else {
            done(b.users.set_role(&here.id, role("user"), guard(), cause).await?)?;
        }
    }
    let (one, other) = (b.admin(3).await?, b.admin(13).await?);
    let cause = || b.cause(EventCode::USER_DELETED, instant(9));
    done(b.users.delete_user(&one.id, epoch(61), guard(), cause()).await?)?;
    for n in [11, 12] {
        let id = b.users.find_user_by_email(new_admin(n).email.key()).await?.map(|user| user.id);
        done(b.users.delete_user(&id.unwrap_or(one.id), epoch(62), guard(), cause()).await?)?;
    }
    let seen = b.users.delete_user(&other.id, epoch(63), guard(), cause()).await?;
    same("the last of six", &seen, &SetUser::LastAdmin)
}

pub(crate) async fn u5_a_disabled_admin_is_demoted_and_deleted_freely(b: Bench) -> Checked {
    b.admin(1).await?;
    let idle = b.insert(NewUser { is_active: false, ..new_admin(2) }, START).await?;
    let cause = || b.cause(EventCode::USER_ROLE_CHANGED, instant(1));
    done(b.users.set_role(&idle.id, role("user"), guard(), cause()).await?)?;
    done(b.users.set_role(&idle.id, role("admin"), guard(), cause()).await?)?;
    done(b.users.delete_user(&idle.id, epoch(64), guard(), cause()).await?).map(|_| ())
}
