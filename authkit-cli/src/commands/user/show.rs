//! `authkit user show`: one user, and what sessions, throttle and trail know of the account.

use authkit_core::{Timestamp, UserFacts, UserItem};
use authkit_http::objects;
use serde_json::json;

use super::list::{came, state};
use super::who::find;
use crate::context::{Context, Installation};
use crate::failure::Failure;
use crate::output::{BAD, DIM, PLAIN};
use crate::table::{Cell, facts};
use crate::times::both;

pub(crate) async fn run(name: &str, context: &Context) -> Result<(), Failure> {
    let installation = context.open().await?;
    let id = find(&installation, name).await?;
    let Installation { kit, operator, .. } = &installation;
    let item = kit.find_user_for(operator, &id).await.map_err(Installation::refused(name))?;
    let known: UserFacts = kit.user_facts(operator, &id).await.map_err(Installation::refused(name))?;
    let data = json!({
        "user": objects::user(kit, &item),
        "last_used_at": known.last_used_at,
        "locked_until": known.locked_until,
        "password_changed_at": known.password_changed_at,
        "failed_sign_ins": known.failed_sign_ins,
    });
    context.out.data(&data, || {
        let now = kit.now();
        let at = |at: Timestamp| at_cell(at, now);
        let maybe = |at: Option<Timestamp>, none: &str| at.map_or_else(|| Cell::new(none, DIM), |t| at_cell(t, now));
        let UserItem { user, sessions, .. } = &item;
        let mut lines = vec![
            ("Email", user.email.as_str().into()),
            ("Id", user.id.as_str().into()),
            ("Role", user.role.as_str().into()),
            ("State", state(&item)),
            ("Verified", if user.is_verified { "yes" } else { "no" }.into()),
            ("Password", if user.password_hash.is_some() { "set" } else { "none" }.into()),
            ("Live sessions", sessions.to_string().into()),
            ("Created", at(user.created_at)),
            ("Updated", at(user.updated_at)),
            ("Last sign-in", maybe(Some(user.last_sign_in_at).filter(|_| came(user)), "never")),
            ("Last used", maybe(known.last_used_at, "no live session")),
            ("Password changed", maybe(known.password_changed_at, "not since the trail begins")),
            (
                "Failed sign-ins",
                known.failed_sign_ins.map_or_else(|| "-".to_owned(), |n| format!("{n} in 24 hours")).into(),
            ),
        ];
        if let Some(until) = known.locked_until {
            let text = if until == Timestamp::MAX { "until it is unlocked".to_owned() } else { both(until, now) };
            lines.push(("Locked", Cell::new(&text, BAD)));
        }
        if let Some(deleted) = user.deleted_at {
            lines.push(("Deleted", at(deleted)));
        }
        facts(lines)
    });
    Ok(())
}

fn at_cell(at: Timestamp, now: Timestamp) -> Cell {
    Cell::new(&both(at, now), PLAIN)
}
