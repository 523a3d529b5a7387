//! Inserting and finding users.

use authkit_core::{
    Cause, EventCode, InsertSession, InsertUser, NewUser, Profile, RevokeReason, Role, SessionFilter, SetUser, User,
    UserFilter, UserId, UserSearch,
};
use uuid::Uuid;

use crate::bench::Bench;
use crate::failure::{Checked, Failure, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, email, event, guard, instant, new_session, new_user, role, uuid_at};
use crate::lists;

pub(crate) async fn u2_u3_an_inserted_user_is_found_as_given_and_its_event_is_about_its_key(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let found = b.users.find_user(&user.id).await?;
    same("the user by id", &found, &Some(user.clone()))?;
    let found = b.users.find_user_by_email(user.email.key()).await?;
    same("the user by address", &found, &Some(user.clone()))?;
    let events = b.step.seen().await?.events;
    same("the number of events", &events.len(), &1)?;
    same("the event's subject", &events[0].subject, &Some(user.id))
}

/// [`new_user`] with a profile that the users table can hold.
fn holdable(b: &Bench, n: u64) -> NewUser {
    NewUser { profile: b.store().shape.profiles[0].clone(), ..new_user(n) }
}

pub(crate) async fn u10_every_value_is_kept_as_it_came(b: Bench) -> Checked {
    let odd = NewUser {
        email: email("Ünï.Çødé+tag_100%@BÜCHER.example"),
        password_hash: None,
        role: Role::from_stored("Some Other Röle").expect("a stored role"),
        is_active: false,
        is_verified: false,
        ..new_user(2)
    };
    let odd = b.insert(odd, instant(0)).await?;
    same("the address as typed", &odd.email.as_str(), &"Ünï.Çødé+tag_100%@BÜCHER.example")?;
    let other = b.store().shape.profiles[1].clone();
    let cause = b.cause(EventCode::USER_CREATED, START);
    let InsertUser::Inserted(user) =
        b.users.insert_user(NewUser { profile: other.clone(), ..new_user(3) }, cause).await?
    else {
        return Err(Failure::wrong("expected Inserted"));
    };
    same("the profile", &user.profile, &other)
}

pub(crate) async fn u7_an_address_is_taken_in_every_spelling(b: Bench) -> Checked {
    b.insert(NewUser { email: email("Ada@Bücher.example"), ..new_user(1) }, START).await?;
    for spelling in ["Ada@Bücher.example", "ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example", "ａｄａ@bücher.example"]
    {
        let user = NewUser { email: email(spelling), ..holdable(&b, 2) };
        let seen = b.users.insert_user(user, b.cause(EventCode::USER_REGISTERED, instant(1))).await?;
        same(spelling, &seen, &InsertUser::EmailTaken)?;
        let found = b.users.find_user_by_email(email(spelling).key()).await?;
        holds(found.is_some(), "the user under every spelling of the address", &spelling)?;
    }
    Ok(())
}

pub(crate) async fn u7_a_deleted_users_address_stays_taken_until_the_purge(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let again = || NewUser { suggested_id: UserId::from(uuid_at(START, 50)), ..holdable(&b, 1) };
    let cause = b.cause(EventCode::USER_DELETED, instant(5));
    let _ = b.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
    if b.has(Feature::SoftDelete) {
        let seen = b.users.insert_user(again(), b.cause(EventCode::USER_CREATED, instant(6))).await?;
        same("the same address again", &seen, &InsertUser::EmailTaken)?;
        let _ = b.users.purge_user(&user.id, guard(), b.cause(EventCode::USER_PURGED, instant(7))).await?;
    }
    b.insert(again(), instant(8)).await.map(|_| ())
}

pub(crate) async fn u9_a_deleted_user_is_found_with_the_mark(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    let user = b.user(1).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(5));
    let _ = b.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
    let marked = Some(instant(5));
    let found = b.users.find_user(&user.id).await?;
    same("by id", &found.and_then(|user| user.deleted_at), &marked)?;
    let found = b.users.find_user_by_email(user.email.key()).await?;
    same("by address", &found.and_then(|user| user.deleted_at), &marked)?;
    let found = b.users.find_users(&[user.id]).await?;
    same("among many", &found.first().and_then(|user| user.deleted_at), &marked)
}

pub(crate) async fn u8_users_are_found_many_at_once_without_those_that_are_not(b: Bench) -> Checked {
    let mut ids = Vec::new();
    for n in 1..=7 {
        ids.push(b.user(n).await?.id);
    }
    ids.remove(2);
    same("none", &b.users.find_users(&[]).await?, &Vec::<User>::new())?;
    same("some", &b.users.find_users(&ids).await?.len(), &6)?;
    ids.extend((0..190).map(|n| UserId::from(uuid_at(instant(9), n))));
    ids.extend(strange_ids().into_iter().take(4));
    same("two hundred", &b.users.find_users(&ids).await?.len(), &6)
}

pub(crate) async fn u8_an_id_that_no_row_can_have_is_missing_and_never_an_error(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let at = instant(3);
    let cause = || b.cause(EventCode::USER_ROLE_CHANGED, at);
    for id in strange_ids() {
        let (id, epoch) = (&id, user.session_epoch);
        same("find_user", &b.users.find_user(id).await?, &None)?;
        let seen = [
            b.users.set_active(id, false, epoch, guard(), cause()).await?,
            b.users.set_role(id, role("other"), guard(), cause()).await?,
            b.users.delete_user(id, epoch, guard(), cause()).await?,
            b.users.restore_user(id, epoch, guard(), cause()).await?,
            b.users.mark_verified(id, user.email.key(), cause()).await?,
            b.users.replace_profile(id, Profile::default(), None, cause()).await?,
            b.users.advance_epoch(id, epoch, epoch, None, cause()).await?,
        ];
        for (seen, what) in
            seen.iter().zip(["set_active", "set_role", "delete", "restore", "verify", "profile", "epoch"])
        {
            same(what, seen, &SetUser::Missing)?;
        }
        let _ = b.users.replace_email(id, user.email.key(), email("new@example.com"), epoch, cause()).await?;
        let _ = b.users.purge_user(id, guard(), cause()).await?;
        let by_id = UserFilter { search: Some(UserSearch::Id(*id)), ..UserFilter::default() };
        same("list_users", &lists::users(&b, &by_id).keys(5).await?, &vec![])?;
        let of_user = SessionFilter { user_id: Some(*id), ..SessionFilter::all(at) };
        same("list_sessions", &lists::sessions(&b, &of_user).keys(5).await?, &vec![])?;
        let ended = b.sessions.revoke_sessions(id, epoch, None, RevokeReason::Admin, cause()).await?;
        same("revoke_sessions", &ended, &vec![])?;
        same("tidy_epoch", &b.sessions.tidy_epoch(id, epoch, RevokeReason::Reset, at).await?, &0)?;
        if b.has(Feature::OneDatabase) {
            let nobody = User { id: *id, ..user.clone() };
            let session = new_session(b.serial(), &nobody, at);
            let seen = b.sessions.insert_session(session, 5, cause(), None).await?;
            same("insert_session", &seen, &InsertSession::UserMissing)?;
        }
        b.users.note_sign_in(id, at).await?;
        same("count", &b.sessions.count_live_sessions(&[(*id, epoch)], at).await?, &vec![0])?;
    }
    Ok(())
}

/// Ids that fit no key, or fit one kind of key and belong to nobody.
fn strange_ids() -> Vec<UserId> {
    let long = "x".repeat(64);
    ["no such user", "0", "-1", "007", "9223372036854775807", "9223372036854775808", "ä%_'\"", &long]
        .iter()
        .filter_map(|text| UserId::new(text))
        .chain([UserId::from(Uuid::nil()), UserId::from(i64::MIN)])
        .collect()
}

pub(crate) async fn u2_a_change_without_an_event_records_none(b: Bench) -> Checked {
    let user = holdable(&b, 1);
    let InsertUser::Inserted(user) = b.users.insert_user(user, Cause::silent(START)).await? else {
        return Err(Failure::wrong("expected Inserted"));
    };
    let _ = b.users.set_role(&user.id, role("editor"), guard(), Cause::silent(instant(1))).await?;
    same("the events", &b.step.seen().await?.events.len(), &0)
}

// S-76
pub(crate) async fn u2_an_event_that_cannot_be_written_takes_its_change_with_it(b: Bench) -> Checked {
    b.needs(Feature::EventsInside)?;
    let user = b.user(1).await?;
    let taken = event(7, EventCode::SYSTEM_STARTED, instant(1));
    b.sink.record(taken.clone()).await?;
    let cause = Cause { at: instant(1), event: Some(taken.clone()) };
    // An event whose id is there already. Stores that can refuse it refuse the call; none may keep one without the other.
    let store = b.store();
    let role_set = store.users.set_role(&user.id, role("editor"), guard(), cause.clone()).await;
    let inserted = store.users.insert_user(holdable(&b, 2), cause).await;
    let role_now = b.row(&user.id).await?.role;
    let added = store.users.find_user_by_email(new_user(2).email.key()).await?.is_some();
    let events = b.step.seen().await?.events;
    let copies = events.iter().filter(|event| event.id == taken.id).count();
    let changes = usize::from(role_now == role("editor")) + usize::from(added);
    let answered = usize::from(role_set.is_ok()) + usize::from(inserted.is_ok());
    same("the changes that were made, and the calls that were answered", &changes, &answered)?;
    same("the events with one id, and the changes they belong to", &copies, &(changes + 1))
}
