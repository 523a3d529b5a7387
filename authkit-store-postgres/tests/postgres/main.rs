//! The store against real servers.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod elsewhere;
mod growth;
mod limits;
mod mapped;
mod migrations;
mod predecessor;
mod refused;
mod statements;
mod tables;
mod tls;
mod trail;

use std::error::Error;

use authkit_store_postgres::{OpenError, PostgresStore};
use authkit_test_postgres::Url;

/// The same place with other parameters behind the `?`.
fn with(url: &Url, options: &str) -> String {
    Url { options: options.to_owned(), ..url.clone() }.to_string()
}

/// Migrates, then opens: both reach the server, the latter as an application does.
async fn open(url: &str) -> Result<PostgresStore, OpenError> {
    PostgresStore::builder(url).migrate().await?;
    PostgresStore::connect(url).await
}

/// The error of a URL that cannot be opened. The password of the URL is neither in it nor in its causes.
async fn refusal(url: &str) -> OpenError {
    let Err(error) = open(url).await else { panic!("{url} was opened") };
    let mut shown = format!("{error:?}");
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(error) = cause {
        shown = format!("{shown}\n{error}");
        cause = error.source();
    }
    let password = Url::parse(url).map(|url| url.password).unwrap_or_default();
    assert!(password.is_empty() || !shown.contains(&password), "{shown}");
    error
}
