//! `authkit routes`: every route of the API that the server has, and who may use it.

use authkit_http::Handler;
use authkit_http::service::mounts;
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::offline;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Routes {
    /// With what each is for.
    #[arg(long)]
    about: bool,
}

#[derive(Serialize)]
struct Route {
    method: String,
    path: String,
    who: &'static str,
    about: &'static str,
}

pub(crate) fn run(args: &Routes, context: &Context) -> Result<(), Failure> {
    let kit = offline::kit(&context.settings()?)?;
    let mut routes = Vec::new();
    for mount in mounts(&kit) {
        for row in mount.table.rows {
            let who = match row.handler {
                Handler::Public(_) => "anybody",
                Handler::Token(_) => "refresh token",
                Handler::User(_) => "signed in",
                Handler::Operator(_) | Handler::Page(_) => "administration",
            };
            let path = format!("{}{}", mount.prefix, row.path);
            routes.push(Route { method: row.method.to_string(), path, who, about: row.about });
        }
    }
    context.out.data(&routes, || {
        let mut heading = vec!["METHOD", "PATH", "WHO"];
        heading.extend(args.about.then_some("FOR"));
        let mut table = Table::new(heading);
        for route in &routes {
            let mut row = vec![route.method.as_str().into(), route.path.as_str().into(), route.who.into()];
            row.extend(args.about.then(|| route.about.into()));
            table.row(row);
        }
        table.text("No routes.")
    });
    Ok(())
}
