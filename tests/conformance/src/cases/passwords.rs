//! The password: what is written is what the credential allowed.

use authkit_core::{EpochMove, EventCode, NewUser, PasswordHash, PasswordSwap, ReplacePassword, User};

use crate::bench::Bench;
use crate::failure::{Checked, Failure, same};
use crate::fixtures::{START, epoch, guard, hash, instant, new_user};

/// A change or reset from the row as it was seen.
pub(crate) fn change(user: &User, new_hash: PasswordHash, to: u64) -> PasswordSwap {
    let epochs = EpochMove { from: user.session_epoch, to: epoch(to) };
    PasswordSwap { epochs: Some(epochs), ..rehash(user, new_hash) }
}

/// A rehash of the row as it was seen.
pub(crate) fn rehash(user: &User, new_hash: PasswordHash) -> PasswordSwap {
    PasswordSwap { id: user.id, old_hash: user.password_hash.clone(), new_hash, epochs: None }
}

#[track_caller]
fn replaced(seen: ReplacePassword) -> Checked<User> {
    match seen {
        ReplacePassword::Replaced(user) => Ok(*user),
        other => Err(Failure::wrong(format!("expected Replaced, seen {other:?}"))),
    }
}

async fn try_it(b: &Bench, swap: PasswordSwap, at: u64) -> Checked<ReplacePassword> {
    let cause = b.cause(EventCode::PASSWORD_CHANGED, instant(at));
    Ok(b.users.replace_password(swap, cause).await?)
}

pub(crate) async fn u1_u3_a_change_moves_the_epoch_and_works_once(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let after = replaced(try_it(&b, change(&user, hash(11), 41), 1).await?)?;
    same("the epoch", &after.session_epoch, &epoch(41))?;
    same("the hash", &(after.password_hash == Some(hash(11))), &true)?;
    let again = try_it(&b, change(&user, hash(12), 42), 2).await?;
    same("the same once more", &again, &ReplacePassword::Stale)
}

pub(crate) async fn u1_a_change_needs_the_hash_the_epoch_and_an_active_user(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let swap = change(&user, hash(11), 41);
    let wrong_hash = PasswordSwap { old_hash: Some(hash(500)), ..swap.clone() };
    same("another hash", &try_it(&b, wrong_hash, 1).await?, &ReplacePassword::Stale)?;
    let no_hash = PasswordSwap { old_hash: None, ..swap.clone() };
    same("no hash", &try_it(&b, no_hash, 2).await?, &ReplacePassword::Stale)?;
    let wrong_epoch = EpochMove { from: epoch(500), to: epoch(41) };
    let wrong_epoch = PasswordSwap { epochs: Some(wrong_epoch), ..swap.clone() };
    same("another epoch", &try_it(&b, wrong_epoch, 3).await?, &ReplacePassword::Stale)?;
    let cause = b.cause(EventCode::USER_DISABLED, instant(4));
    // Even under the epoch that stands.
    let _ = b.users.set_active(&user.id, false, user.session_epoch, guard(), cause).await?;
    same("a disabled user", &try_it(&b, swap.clone(), 5).await?, &ReplacePassword::Stale)?;
    let cause = b.cause(EventCode::USER_DELETED, instant(6));
    let _ = b.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
    same("a deleted user", &try_it(&b, swap, 7).await?, &ReplacePassword::Missing)?;
    let nobody = User { id: authkit_core::UserId::from(4_711), ..user };
    same("nobody", &try_it(&b, change(&nobody, hash(11), 41), 8).await?, &ReplacePassword::Missing)
}

pub(crate) async fn u1_a_first_password_is_set_where_there_is_none(b: Bench) -> Checked {
    let user = b.insert(NewUser { password_hash: None, ..new_user(1) }, START).await?;
    let wrong = PasswordSwap { old_hash: Some(hash(1)), ..change(&user, hash(11), 41) };
    same("a hash that never was", &try_it(&b, wrong, 1).await?, &ReplacePassword::Stale)?;
    replaced(try_it(&b, change(&user, hash(11), 41), 2).await?)?;
    same("a second first", &try_it(&b, change(&user, hash(12), 42), 3).await?, &ReplacePassword::Stale)
}

// S-6
pub(crate) async fn u1_u3_a_rehash_is_guarded_by_the_hash_alone_and_moves_nothing_else(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let after = replaced(try_it(&b, rehash(&user, hash(21)), 9).await?)?;
    same("the epoch", &after.session_epoch, &user.session_epoch)?;
    same("updated_at", &after.updated_at, &user.updated_at)?;
    same("the old hash again", &try_it(&b, rehash(&user, hash(22)), 10).await?, &ReplacePassword::Stale)?;
    // A reset won in between: the old password must not come back.
    let reset = replaced(try_it(&b, change(&after, hash(23), 43), 11).await?)?;
    same("after a reset", &try_it(&b, rehash(&after, hash(24)), 12).await?, &ReplacePassword::Stale)?;
    // The state does not matter to a rehash.
    let cause = b.cause(EventCode::USER_DISABLED, instant(13));
    let _ = b.users.set_active(&user.id, false, epoch(44), guard(), cause).await?;
    replaced(try_it(&b, rehash(&reset, hash(25)), 14).await?)?;
    let cause = b.cause(EventCode::USER_DELETED, instant(15));
    let _ = b.users.delete_user(&user.id, epoch(45), guard(), cause).await?;
    let gone = User { password_hash: Some(hash(25)), ..reset };
    same("deleted", &try_it(&b, rehash(&gone, hash(26)), 16).await?, &ReplacePassword::Missing)
}
