//! The flags of every list: how many rows, and where to go on.

use authkit_core::ListRequest;
use clap::Args;

use crate::context::Context;

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// Rows at the most.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    limit: u32,
    /// Go on where the page before ended.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

impl Page {
    /// The page that is meant.
    pub(crate) fn request(&self) -> ListRequest {
        ListRequest { cursor: self.cursor.clone(), limit: Some(self.limit) }
    }
}

/// Says how to get the next page, if there is one.
pub(crate) fn say_next(context: &Context, cursor: Option<&str>) {
    if let Some(cursor) = cursor {
        context.out.say(&format!("There are more. The next page: --cursor {cursor}"));
    }
}
