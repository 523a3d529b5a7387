//! The canonical addresses of a users table that exists already: made by the core's own rules, and then unique.

use authkit_core::Email;
use authkit_sql::{TableProblem, UserColumn, UsersTable, qualified, quote};
use tokio_postgres::{Client, Row};

use crate::open_error::OpenError;
use crate::refusal::refusal;
use crate::run::typed;
use crate::start::misfit;
use crate::tables::Tables;
use crate::value::Value;

/// Rows that one transaction fills in, so that no sign-in waits long.
const BATCH: i64 = 1_000;

/// Rows that an error names.
const NAMED: usize = 50;

/// Fills in what is missing and makes the addresses unique; stops at rows that have one address, or none, and names them.
/// Answers how many rows it filled in. Two at once are safe, and so is being broken off: it goes on where it stopped.
pub(crate) async fn backfill(
    client: &mut Client,
    tables: &Tables,
    users: &UsersTable,
    target: &str,
) -> Result<u64, OpenError> {
    let filled = fill(client, tables, users, target).await?;
    refuse_twins(client, users, target).await?;
    let (table, key) = (qualified(users), name(users, UserColumn::EmailKey));
    let refused = |error| refusal(target, error);
    let tx = client.transaction().await.map_err(refused)?;
    tx.batch_execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0").await.map_err(refused)?;
    // Its own name in the table's schema; there already, where another node or an earlier run made it.
    let index = quote(&format!("{}_authkit_email_key", users.table().chars().take(40).collect::<String>()));
    tx.batch_execute(&format!("CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {table} ({key})"))
        .await
        .map_err(refused)?;
    tx.commit().await.map_err(refused)?;
    Ok(filled)
}

/// Refuses rows whose addresses are one in canonical form.
pub(crate) async fn refuse_twins(client: &Client, users: &UsersTable, target: &str) -> Result<(), OpenError> {
    let (table, id, key) = (qualified(users), name(users, UserColumn::Id), name(users, UserColumn::EmailKey));
    let sql = format!(
        "SELECT string_agg({id}::text, ' and ' ORDER BY {id}::text) FROM {table} WHERE {key} IS NOT NULL \
         GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT {NAMED}"
    );
    let rows = client.query_typed(&sql, &[]).await.map_err(|error| refusal(target, error))?;
    let groups: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    if groups.is_empty() { Ok(()) } else { Err(misfit(target, vec![TableProblem::Twins { ids: groups.join("; ") }])) }
}

async fn fill(client: &Client, tables: &Tables, users: &UsersTable, target: &str) -> Result<u64, OpenError> {
    let refused = |error| refusal(target, error);
    let table = qualified(users);
    let [id, email, key] = [UserColumn::Id, UserColumn::Email, UserColumn::EmailKey].map(|column| name(users, column));
    // By the key, so that rows that cannot be filled in are passed by.
    let next = format!(
        "SELECT {id}::text, {email}::text FROM {table} WHERE {key} IS NULL AND ($1::text IS NULL OR {id}::text > $1) \
         ORDER BY {id}::text LIMIT {BATCH}"
    );
    // Only while the address is the one that the key was made of.
    let fill = tables.render(&format!(
        "UPDATE {table} AS u SET {key} = given.key FROM unnest($1, $2, $3) AS given (id, email, key) \
         WHERE u.{id} = given.id::{{key_type}} AND u.{email}::text = given.email AND u.{key} IS NULL"
    ));
    let (mut filled, mut last, mut bad) = (0, None::<String>, Vec::new());
    loop {
        let rows = client.query_typed(&next, &typed(&[last.as_deref().into()])).await.map_err(refused)?;
        let read = |row: &Row| Ok((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?));
        let rows = rows.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let Some((end, _)) = rows.last() else { break };
        last = Some(end.clone());
        let mut good: Vec<(&str, &str, String)> = Vec::new();
        for (id, email) in &rows {
            match Email::parse(email) {
                Ok(parsed) => good.push((id, email, parsed.key().as_str().to_owned())),
                Err(_) => bad.push(id.clone()),
            }
        }
        let values = [
            Value::Texts(good.iter().map(|(id, ..)| *id).collect()),
            Value::Texts(good.iter().map(|(_, email, _)| *email).collect()),
            Value::Texts(good.iter().map(|(.., key)| key.as_str()).collect()),
        ];
        client.query_typed(&fill, &typed(&values)).await.map_err(refused)?;
        filled += good.len() as u64;
    }
    if bad.is_empty() {
        return Ok(filled);
    }
    bad.truncate(NAMED);
    Err(misfit(target, vec![TableProblem::BadAddresses { ids: bad.join(", ") }]))
}

fn name(users: &UsersTable, column: UserColumn) -> String {
    quote(users.column(column).unwrap_or(column.name()))
}
