//! How many statements a page leads to, by the log of the database server.

use std::time::{Duration, Instant};

use authkit_test_postgres::process::Cluster;
use tokio_postgres::Client;

use super::{Desk, Page};
use crate::failure::Failure;
use crate::http::Connection;

/// One number for each page; the guard's two statements are among them.
pub async fn statements(
    cluster: &Cluster,
    database: &Client,
    desk: &Desk,
    pages: &[Page],
) -> Result<Vec<usize>, Failure> {
    let mut connection = Connection::open(desk.server.address).await?;
    log(cluster, database, "all").await?;
    let mut counts = Vec::with_capacity(pages.len());
    for page in pages {
        let before = cluster.log().len();
        connection.call(&desk.get(&page.path)).await?.expect(200)?;
        let log = cluster.log();
        counts.push(log.get(before..).unwrap_or_default().matches("LOG:  execute ").count());
    }
    log(cluster, database, "none").await?;
    Ok(counts)
}

/// Which statements the server logs; returns when it does so.
async fn log(cluster: &Cluster, database: &Client, which: &str) -> Result<(), Failure> {
    cluster.set("log_statement", which).map_err(Failure::new)?;
    let patience = Instant::now() + Duration::from_secs(10);
    while database.query_one("SHOW log_statement", &[]).await?.get::<_, &str>(0) != which {
        if Instant::now() > patience {
            return Err(Failure::new("the server does not read its configuration again"));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
