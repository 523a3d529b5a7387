//! `authkit user export`: the list of users as a file, recorded before the first row leaves.

use authkit_core::{ExportOf, ListRequest};
use authkit_http::files;
use clap::Args;
use serde_json::{Map, Value, json};

use super::list::Filter;
use crate::context::{Context, Installation};
use crate::export::To;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    to: To,
}

pub(crate) async fn run(args: Export, context: &Context) -> Result<(), Failure> {
    args.to.check(context)?;
    let installation = context.open().await?;
    let Installation { kit, operator, client, .. } = &installation;
    let query = args.filter.query(&installation)?;
    if context.is_dry_run() {
        let n = kit.count_users(operator, &query, u32::MAX).await.map_err(Installation::refused("the users"))?;
        context.out.done(&json!({"rows": n}), &format!("{n} users would be exported"));
        return Ok(());
    }
    let mut details = Map::new();
    details.insert("format".to_owned(), Value::from(args.to.format.format().as_str()));
    let given = [
        ("q", args.filter.search.clone()),
        ("role", args.filter.role.clone()),
        ("status", args.filter.status.map(|status| format!("{status:?}").to_lowercase())),
    ];
    details.extend(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))));
    let begun = kit.begin_export(operator, ExportOf::Users, details, client).await;
    begun.map_err(Installation::refused("the users"))?;
    let read = |cursor, limit| {
        let query = &query;
        async move { kit.list_users(operator, query, &ListRequest { cursor, limit: Some(limit) }).await }
    };
    args.to.write(context, &files::USERS, read, |format, item, bytes| files::user(kit, format, item, bytes)).await
}
