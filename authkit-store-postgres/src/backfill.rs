//! The canonical addresses of a users table that exists already: made by the core's own rules, and then unique.

use std::collections::BTreeMap;

use authkit_core::Email;
use authkit_sql::{TableProblem, UserColumn, UsersTable, qualified, quote};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Row};

use crate::migrate::ALONE;
use crate::open_error::OpenError;
use crate::refusal::refusal;
use crate::run::typed;
use crate::start::{find_table, misfit};
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
    // Most starts find it, and need neither a lock on the table nor the rights of its owner.
    if is_unique(client, users, target).await? {
        return Ok(filled);
    }
    let tx = client.transaction().await.map_err(refused)?;
    tx.batch_execute(ALONE).await.map_err(refused)?;
    // Asked again, since the lock was waited for.
    if is_unique(tx.client(), users, target).await? {
        return Ok(filled);
    }
    tx.batch_execute(&format!("CREATE UNIQUE INDEX ON {table} ({key})")).await.map_err(refused)?;
    tx.commit().await.map_err(refused)?;
    Ok(filled)
}

/// Whether canonical addresses are unique already.
async fn is_unique(client: &Client, users: &UsersTable, target: &str) -> Result<bool, OpenError> {
    let column = users.column(UserColumn::EmailKey).unwrap_or(UserColumn::EmailKey.name());
    let found = find_table(client, users, target).await?;
    Ok(found.is_some_and(|found| found.unique.iter().any(|name| name == column)))
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
    let holders = format!("SELECT {id}::text, {key} FROM {table} WHERE {key} = ANY ($1)");
    let (mut filled, mut last, mut bad, mut twins) = (0, None::<String>, Vec::new(), Vec::new());
    loop {
        let rows = client.query_typed(&next, &typed(&[last.as_deref().into()])).await.map_err(refused)?;
        let read = |row: &Row| Ok((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?));
        let rows = rows.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let Some((end, _)) = rows.last() else { break };
        last = Some(end.clone());
        let mut good = Vec::new();
        for (id, email) in &rows {
            match Email::parse(email) {
                Ok(parsed) => good.push(Keyed { id, email, key: parsed.key().as_str().to_owned() }),
                Err(_) => bad.push(id.clone()),
            }
        }
        if let Err(error) = client.query_typed(&fill, &typed(&keyed(&good))).await {
            if error.code() != Some(&SqlState::UNIQUE_VIOLATION) {
                return Err(refused(error));
            }
            // Unique since an earlier run: the rows that would be second are told, and the others filled in.
            let keys = [Value::Texts(good.iter().map(|row| row.key.as_str()).collect())];
            let found = client.query_typed(&holders, &typed(&keys)).await.map_err(refused)?;
            twins.extend(take_twins(&mut good, &found));
            client.query_typed(&fill, &typed(&keyed(&good))).await.map_err(refused)?;
        }
        filled += good.len() as u64;
    }
    let mut problems = Vec::new();
    if !twins.is_empty() {
        twins.truncate(NAMED);
        problems.push(TableProblem::Twins { ids: twins.join("; ") });
    }
    if !bad.is_empty() {
        bad.truncate(NAMED);
        problems.push(TableProblem::BadAddresses { ids: bad.join(", ") });
    }
    if problems.is_empty() { Ok(filled) } else { Err(misfit(target, problems)) }
}

/// A row and the key that its address has.
struct Keyed<'r> {
    id: &'r str,
    email: &'r str,
    key: String,
}

fn keyed<'r>(rows: &'r [Keyed<'r>]) -> [Value<'r>; 3] {
    [
        Value::Texts(rows.iter().map(|row| row.id).collect()),
        Value::Texts(rows.iter().map(|row| row.email).collect()),
        Value::Texts(rows.iter().map(|row| row.key.as_str()).collect()),
    ]
}

/// Takes out the rows whose key another has too; answers with the ids of each group.
fn take_twins(rows: &mut Vec<Keyed<'_>>, holders: &[Row]) -> Vec<String> {
    let mut groups = BTreeMap::<String, Vec<String>>::new();
    for row in holders {
        if let (Ok(id), Ok(key)) = (row.try_get(0), row.try_get(1)) {
            groups.entry(key).or_default().push(id);
        }
    }
    for row in &*rows {
        groups.entry(row.key.clone()).or_default().push(row.id.to_owned());
    }
    groups.retain(|_, ids| ids.len() > 1);
    rows.retain(|row| !groups.contains_key(&row.key));
    groups.into_values().map(|ids| ids.join(" and ")).collect()
}

fn name(users: &UsersTable, column: UserColumn) -> String {
    quote(users.column(column).unwrap_or(column.name()))
}
