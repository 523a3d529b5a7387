//! The statements on users, with the names of their table filled in once.

use crate::layout::Layout;

macro_rules! statements {
    ($($name:ident),* $(,)?) => {
        /// Every statement on users, named like its file in `sql/users/`.
        #[derive(Debug)]
        pub(crate) struct Statements {
            $(pub(crate) $name: String,)*
        }

        impl Statements {
            pub(crate) fn of(layout: &Layout) -> Self {
                Self {
                    $($name: layout.render(include_str!(concat!("../sql/users/", stringify!($name), ".sql"))),)*
                }
            }
        }
    };
}

statements! {
    advance_epoch,
    delete_user,
    email_taken,
    find_user,
    find_user_by_email,
    find_users,
    insert_user,
    keyless_addresses,
    mark_verified,
    note_sign_in,
    other_admin,
    purge_deleted_users,
    purge_user,
    rehash_password,
    replace_email,
    replace_password,
    replace_profile,
    restore_user,
    set_active,
    set_role,
    user_exists,
}
