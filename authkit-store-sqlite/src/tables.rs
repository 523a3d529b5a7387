//! Where the users are, and the statements on them.

use authkit_sql::UsersTable;

use crate::connection::Users;
use crate::layout::Layout;
use crate::statements::Statements;

/// What a store knows about its users from the moment it is opened.
#[derive(Debug)]
pub(crate) struct Tables {
    /// Whether they are in this file at all.
    pub(crate) users: Users,
    pub(crate) layout: Layout,
    pub(crate) sql: Statements,
}

impl Tables {
    pub(crate) fn new(users: Users, mapped: Option<UsersTable>) -> Self {
        let layout = mapped.map_or(Layout::own(), Layout::mapped);
        let sql = Statements::of(&layout);
        Self { users, layout, sql }
    }
}
