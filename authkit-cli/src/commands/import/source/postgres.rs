//! A database of Postgres, in a transaction that only reads.

use authkit_core::SecretText;
use authkit_store_postgres::{ClientWrapper, PostgresStore};

use super::super::convert::Row;
use super::read::{ROWS, unread};
use crate::codes::CliCode;
use crate::failure::Failure;

pub(super) struct Postgres(ClientWrapper);

impl Postgres {
    pub(super) async fn open(url: &SecretText) -> Result<Self, Failure> {
        let client = PostgresStore::builder(url.expose()).connections(2).client().await;
        let client = client.map_err(|error| unread(&error))?;
        // One snapshot for all that is read. The first read sorts a table, which may take longer than a call of the store.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0";
        client.batch_execute(begin).await.map_err(|error| unread(&error))?;
        Ok(Self(client))
    }

    pub(super) async fn texts(&self, sql: &str) -> Result<Vec<String>, Failure> {
        let rows = self.0.query_typed(sql, &[]).await.map_err(|error| unread(&error))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| unread(&error))).collect()
    }

    pub(super) async fn page(&self, sql: &str, begun: &mut bool) -> Result<Vec<Row>, Failure> {
        if !*begun {
            let declare = format!("CLOSE ALL; DECLARE rows NO SCROLL CURSOR FOR {sql}");
            self.0.batch_execute(&declare).await.map_err(|error| unread(&error))?;
            *begun = true;
        }
        let texts = self.texts(&format!("FETCH {ROWS} FROM rows")).await?;
        let read = |text: &String| serde_json::from_str(text);
        let rows: Result<Vec<Row>, _> = texts.iter().map(read).collect();
        rows.map_err(|error| {
            Failure::new(CliCode::DatabaseRefused, format!("--from: a row is no JSON object: {error}"))
        })
    }
}
