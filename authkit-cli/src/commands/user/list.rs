//! `authkit user list`: users that fit some filters, a page at a time.

use authkit_core::{ListRequest, Role, User, UserItem, UserQuery, UserStatus};
use authkit_http::objects;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::context::{Context, Installation};
use crate::failure::Failure;
use crate::output::{BAD, DIM, GOOD, PLAIN, WARN};
use crate::page::{Page, say_next};
use crate::table::{Cell, Table};
use crate::times::relative;

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    page: Page,
}

/// Which users.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// An id, an address or its beginning, or `domain:example.com`.
    pub(crate) search: Option<String>,
    /// Only this role.
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// Only users in this state; without it active and disabled ones.
    #[arg(long, value_enum)]
    pub(crate) status: Option<Status>,
    /// Let the search stand anywhere in the address. Slow in large tables.
    #[arg(long)]
    pub(crate) anywhere: bool,
    /// Only users who never signed in.
    #[arg(long)]
    pub(crate) never_signed_in: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Status {
    Active,
    Disabled,
    Deleted,
}

impl Filter {
    pub(crate) fn query(&self, installation: &Installation) -> Result<UserQuery, Failure> {
        Ok(UserQuery {
            status: self.status.map(|status| match status {
                Status::Active => UserStatus::Active,
                Status::Disabled => UserStatus::Disabled,
                Status::Deleted => UserStatus::Deleted,
            }),
            role: self.role.as_deref().map(|name| installation.role(name)).transpose()?,
            never_signed_in: self.never_signed_in,
            query: self.search.clone(),
            anywhere: self.anywhere,
            ..UserQuery::default()
        })
    }
}

pub(crate) async fn run(args: List, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let Installation { kit, operator, .. } = &installation;
    let query = args.filter.query(&installation)?;
    let request: ListRequest = args.page.request();
    let listing = kit.list_users(operator, &query, &request).await.map_err(Installation::refused("the users"))?;
    let items: Vec<_> = listing.items.iter().map(|item| objects::user(kit, item)).collect();
    context.out.data(&json!({"items": values(&items), "next_cursor": listing.next_cursor}), || {
        let now = kit.now();
        let mut table = Table::new(["EMAIL", "ROLE", "STATE", ">SESSIONS", "LAST SIGN-IN", "CREATED", "ID"]);
        for item in &listing.items {
            let UserItem { user, sessions, .. } = item;
            let signed_in = if came(user) { relative(user.last_sign_in_at, now) } else { "never".to_owned() };
            table.row([
                user.email.as_str().into(),
                role(installation.kit.settings().admin_role, user.role),
                state(item),
                sessions.to_string().into(),
                signed_in.into(),
                relative(user.created_at, now).into(),
                Cell::new(user.id.as_str(), DIM),
            ]);
        }
        table.text("No users.")
    });
    say_next(context, listing.next_cursor.as_deref());
    Ok(())
}

/// Serialisable rows as values, for a list inside of other data.
pub(crate) fn values(rows: &[impl serde::Serialize]) -> Vec<serde_json::Value> {
    rows.iter().map(|row| serde_json::to_value(row).unwrap_or_default()).collect()
}

/// The row repeats the day of its making until the first sign-in.
pub(crate) fn came(user: &User) -> bool {
    user.last_sign_in_at != user.created_at
}

fn role(admin: Role, role: Role) -> Cell {
    Cell::new(role.as_str(), if role == admin { WARN } else { PLAIN })
}

/// Whether the user can sign in, and what is in the way.
pub(crate) fn state(item: &UserItem) -> Cell {
    match (item.user.deleted_at, item.user.is_active, item.locked_until) {
        (Some(_), _, _) => Cell::new("deleted", BAD),
        (None, false, _) => Cell::new("disabled", WARN),
        (None, true, Some(_)) => Cell::new("locked", WARN),
        (None, true, None) => Cell::new("active", GOOD),
    }
}
