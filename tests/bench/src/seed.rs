//! Rows by the hundred thousand, made by the server itself.

use tokio_postgres::Client;

use crate::failure::Failure;
use crate::world::World;

/// Rows a statement.
const BATCH: i64 = 1_000;

/// Users with a session each, from `$1` on, as long as those that the core makes, with ids in the order of time.
const USERS: &str = "
WITH made AS MATERIALIZED (
    SELECT n, overlay(replace(gen_random_uuid()::text, '-', '')
                      PLACING lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
                      FROM 1 FOR 12)::uuid AS id,
           now() AS at, decode(md5(n::text), 'hex') AS epoch
    FROM generate_series($1::bigint, $1 + $2 - 1) AS n
),
users AS (
    INSERT INTO authkit.users
    SELECT id::text, 'seeded-' || n || '@example.com', 'seeded-' || n || '@example.com', NULL,
           CASE WHEN n % 1000 = 0 THEN 'admin' ELSE 'user' END, n % 100 > 0, n % 10 > 0, epoch, '{}', at, at,
           at - n % 1000 * interval '1 hour', NULL
    FROM made
)
INSERT INTO authkit.sessions
SELECT id, id::text, epoch, sha256(epoch), 'a-key', 0, 'json', 604800, at, at, at, at + interval '7 days',
       at + interval '30 days', NULL, NULL, '10.0.' || n / 256 % 256 || '.' || n % 256,
       'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'
FROM made";

/// Fills a world's database up to so many users with a session each; its own people are spread among them.
pub async fn users(database: &Client, world: &mut World, total: usize, people: usize) -> Result<(), Failure> {
    // The rows are checked by nobody after a crash.
    database.batch_execute("SET synchronous_commit = off").await?;
    let batches = i64::try_from(total)?.div_euclid(BATCH).max(1);
    let mine = people.div_euclid(usize::try_from(batches)?).max(1);
    let theirs = BATCH - i64::try_from(mine)?;
    for batch in 0..batches {
        if theirs > 0 {
            database.execute(USERS, &[&(batch * BATCH), &theirs]).await?;
        }
        if world.people.len() < people {
            world.add(mine).await?;
        }
    }
    settle(database).await
}

/// What the server would do by and by while others are measured.
async fn settle(database: &Client) -> Result<(), Failure> {
    database.batch_execute("VACUUM (ANALYZE)").await?;
    Ok(database.batch_execute("CHECKPOINT").await?)
}
