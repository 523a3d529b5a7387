//! `authkit openapi`: the document that describes the API.

use authkit_http::openapi::document;
use authkit_http::service::mounts;
use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::offline;

#[derive(Debug, Args)]
pub(crate) struct Openapi {}

pub(crate) fn run(_: &Openapi, context: &Context) -> Result<(), Failure> {
    let kit = offline::kit(&context.settings()?)?;
    let document = document(&kit, &mounts(&kit));
    let text = serde_json::to_string_pretty(&document);
    let text = text.map_err(|error| Failure::system("the document cannot be written", &error))?;
    context.out.data(&document, || format!("{text}\n"));
    Ok(())
}
