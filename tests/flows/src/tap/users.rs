//! The user store's calls, passed on.

use authkit_core::{
    Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap, Profile,
    PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, Timestamp, User, UserFilter, UserId,
};

use super::tapped;

tapped! {
    UserStore {
        find_user(id: &UserId) -> Option<User>;
        find_user_by_email(key: &EmailKey) -> Option<User>;
        find_users(ids: &[UserId]) -> Vec<User>;
        list_users(filter: &UserFilter, page: &PageRequest) -> Page<User>;
        count_users(filter: &UserFilter, cap: u32) -> u64;
        insert_user(user: NewUser; cause) -> InsertUser;
        insert_first_admin(user: NewUser; cause) -> InsertFirstAdmin;
        replace_password(swap: PasswordSwap; cause) -> ReplacePassword;
        set_active(id: &UserId, active: bool, epoch: Epoch, guard: Guard; cause) -> SetUser;
        set_role(id: &UserId, role: Role, guard: Guard; cause) -> SetUser;
        delete_user(id: &UserId, epoch: Epoch, guard: Guard; cause) -> SetUser;
        restore_user(id: &UserId, epoch: Epoch, guard: Guard; cause) -> SetUser;
        mark_verified(id: &UserId, key: &EmailKey; cause) -> SetUser;
        replace_email(id: &UserId, old: &EmailKey, new: Email, if_epoch: Epoch; cause) -> ReplaceEmail;
        replace_profile(id: &UserId, profile: Profile, if_updated_at: Option<Timestamp>; cause) -> SetUser;
        advance_epoch(id: &UserId, from: Epoch, to: Epoch, if_role: Option<Role>; cause) -> SetUser;
        note_sign_in(id: &UserId, at: Timestamp) -> ();
        purge_deleted_users(before: Timestamp, limit: u32) -> u64;
        purge_user(id: &UserId, guard: Guard; cause) -> PurgeUser;
    }
}
