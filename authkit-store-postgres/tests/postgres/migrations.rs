//! Making and upgrading a database, and what must not be touched.

use std::sync::Arc;

use authkit_conformance::fixtures::{cause, instant, new_session, new_user};
use authkit_core::{Email, EventCode, InsertUser, SessionId, SessionStore as _, UserId, UserStore as _};
use authkit_store_postgres::{MigrationStatus, OpenError, PostgresBuilder, PostgresStore};
use authkit_test_postgres::{Database, Url, shared};
use tokio::sync::Barrier;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::tables::{self, MEMBERS, PEOPLE, builder, database};

/// What each version of the schema may hold, put in when that version was the newest.
const ROWS: [&str; 4] = [
    "INSERT INTO authkit.users VALUES ('ada', 'Ada@x.org', 'ada@x.org', NULL, 'user', true, true, decode(repeat('07', 16), \
     'hex'), '{\"a\": 1}', '2025-01-01Z', '2025-01-02Z', '2025-01-03Z', NULL)",
    "INSERT INTO authkit.sessions VALUES ('018d5e1c-0000-7000-8000-000000000001', 'ada', decode(repeat('07', 16), 'hex'), \
     decode(repeat('09', 32), 'hex'), 'key-1', 3, 'json', 60, '2025-01-01Z', '2025-01-01Z', '2025-01-01Z', '2025-01-01Z', \
     '2025-01-01Z', NULL, NULL, NULL, NULL, NULL)",
    "UPDATE authkit.users SET email = 'ADA@x.org'",
    "INSERT INTO authkit.audit_events VALUES ('018d5e1c-0000-7000-8000-000000000002', '2025-01-01Z', 'session.open_failed', \
     'failure', 'anonymous', NULL, 'ada', NULL, NULL, '192.0.2.1', NULL, NULL, NULL, '{}', NULL)",
];

/// Everything in AuthKit's schema, as the catalogue describes it.
async fn catalogue(client: &Client) -> Vec<String> {
    let sql = "
        SELECT format('%s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                      a.attcollation::regcollation, c.reloptions)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'authkit'::regnamespace AND c.relkind = 'r'
        UNION ALL SELECT pg_get_constraintdef(oid) || conrelid::regclass FROM pg_constraint
        WHERE connamespace = 'authkit'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'authkit'
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'authkit'::regnamespace
        UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'authkit'::regnamespace AND NOT t.tgisinternal
        UNION ALL SELECT format('%s %s', name, value) FROM authkit.meta
        UNION ALL SELECT format('%s %s %s', version, name, digest) FROM authkit.schema_version
        ORDER BY 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// How many things there are in a schema that a migration could have left.
async fn things(client: &Client, schema: &str) -> i64 {
    let sql = "
        SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1)
             + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = $1)
             + (SELECT count(*) FROM pg_namespace WHERE nspname = $1)";
    client.query_one(sql, &[&schema]).await.unwrap().get(0)
}

async fn fresh() -> (Database, PostgresBuilder, Client) {
    let database = shared().create_database().await;
    let (builder, client) = (PostgresStore::builder(database.url()), database.connect().await);
    (database, builder, client)
}

/// A fresh database, migrated.
async fn migrated() -> (Database, PostgresBuilder, Client) {
    let (database, builder, client) = fresh().await;
    builder.migrate().await.unwrap();
    (database, builder, client)
}

/// What each of the calls that look at the schema is refused with.
async fn refusals(builder: &PostgresBuilder) -> [OpenError; 3] {
    let refused =
        [builder.migrate().await.err(), builder.migration_status().await.err(), builder.connect().await.err()];
    refused.map(|error| error.unwrap())
}

// S-103
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_nodes_that_start_at_once_migrate_once() {
    // The indexes of a table that exists already are the application's.
    for (table, steps) in [(None, ROWS.len()), (Some(MEMBERS), ROWS.len() - 1)] {
        let database = database(table.unwrap_or_default()).await;
        let barrier = Arc::new(Barrier::new(16));
        let mut nodes = Vec::new();
        for _ in 0..16 {
            let builder = match table {
                None => PostgresStore::builder(database.url()),
                Some(_) => builder(&database, tables::members()),
            };
            let barrier = Arc::clone(&barrier);
            nodes.push(tokio::spawn(async move {
                barrier.wait().await;
                let status = builder.migrate().await?;
                builder.connect().await.map(|_| status)
            }));
        }
        for node in nodes {
            let status = node.await.unwrap().unwrap();
            assert_eq!((status.applied.len(), status.missing.len()), (steps, 0));
        }
        let sql = "SELECT count(*) FROM authkit.schema_version";
        let rows: i64 = database.connect().await.query_one(sql, &[]).await.unwrap().get(0);
        assert_eq!(rows, i64::try_from(steps).unwrap());
    }
}

#[tokio::test]
async fn the_status_says_what_is_done_and_what_is_missing() {
    let (_database, builder, client) = fresh().await;
    let before = builder.migration_status().await.unwrap();
    assert_eq!(before.applied, [""; 0]);
    let steps = ["0001_users", "0002_sessions_and_audit", "0003_users_domain", "0004_failed_sign_ins"];
    assert_eq!(before.missing, steps);
    assert_eq!(things(&client, "authkit").await, 0);
    let refused = builder.connect().await.err();
    let Some(OpenError::NotMigrated { missing, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!(missing, &before.missing);
    let done = MigrationStatus { applied: before.missing, missing: Vec::new() };
    assert_eq!(builder.migrate().await.unwrap(), done);
    assert_eq!(builder.migration_status().await.unwrap(), done);
    assert_eq!(builder.migrate().await.unwrap(), done);
    builder.connect().await.unwrap();
}

#[tokio::test]
async fn what_is_printed_makes_the_same_schema() {
    let (_one, builder, by_us) = migrated().await;
    let (_two, printed, by_hand) = fresh().await;
    // One text in one message, as psql sends a file with `-c`.
    by_hand.batch_execute(&printed.print_migrations()).await.unwrap();
    assert_eq!(catalogue(&by_hand).await, catalogue(&by_us).await);
    assert_eq!(printed.migration_status().await.unwrap(), builder.migration_status().await.unwrap());
    printed.connect().await.unwrap();
    by_hand.batch_execute(&printed.print_optional_indexes().replace(" CONCURRENTLY", "")).await.unwrap();
    printed.connect().await.unwrap();
}

/// As a tool does that keeps its migrations in files.
#[tokio::test]
async fn each_script_brings_the_database_one_version_on_and_all_of_them_make_the_same_schema() {
    let (_one, _, by_us) = migrated().await;
    let (_two, builder, by_hand) = fresh().await;
    let scripts = builder.migration_scripts();
    for (n, script) in scripts.iter().enumerate() {
        assert_eq!(builder.migration_status().await.unwrap().missing.first(), Some(&script.name));
        by_hand.batch_execute(&script.sql).await.unwrap();
        assert_eq!(builder.migration_status().await.unwrap().applied.len(), n + 1);
    }
    assert_eq!(catalogue(&by_hand).await, catalogue(&by_us).await);
    builder.connect().await.unwrap();
    assert_eq!(builder.migration_scripts(), scripts, "a text is the same whenever it is asked for");
}

#[tokio::test]
async fn the_optional_index_of_a_table_that_exists_already_serves_a_search_by_domain() {
    for (make, users) in [(MEMBERS, tables::members()), (PEOPLE, tables::people())] {
        let database = database(make).await;
        let builder = builder(&database, users);
        builder.migrate().await.unwrap();
        let client = database.connect().await;
        let printed = builder.print_optional_indexes();
        for _ in 0..2 {
            // One statement a message: what runs beside others runs in no transaction.
            for statement in printed.lines().filter(|line| line.starts_with("CREATE")) {
                client.batch_execute(statement).await.unwrap();
            }
        }
        client.batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off").await.unwrap();
        let key = if make == MEMBERS { "email_key" } else { "\"mail folded\"\"; DROP TABLE x\"" };
        let table = if make == MEMBERS { "members" } else { "\"Die \"\"Firma\"\"; --\".\"the \"\"people\"\"\"" };
        let sql = format!("EXPLAIN SELECT FROM {table} AS u WHERE split_part(u.{key}, '@', 2) = $1");
        let plan: String = client.query_typed(&sql, &[(&"x.org", Type::TEXT)]).await.unwrap()[0].get(0);
        assert!(plan.contains("authkit_users_domain"), "{plan}");
    }
}

#[tokio::test]
async fn a_database_of_each_earlier_version_is_upgraded_with_all_that_it_holds() {
    let (_newest, builder, client) = migrated().await;
    let newest = catalogue(&client).await;
    let printed = builder.print_migrations();
    let (printed, _) = printed.split_once("COMMIT;").unwrap();
    let steps: Vec<&str> = printed.split("-- 000").collect();
    assert_eq!(steps.len() - 1, ROWS.len(), "a new version needs rows of its own here");
    for version in 1..=ROWS.len() {
        let (_database, builder, client) = fresh().await;
        let mut sql = steps[0].to_owned();
        for step in 1..=version {
            sql = format!("{sql}-- 000{}{};", steps[step], ROWS[step - 1]);
        }
        client.batch_execute(&format!("{sql}COMMIT;")).await.unwrap();
        let status = builder.migration_status().await.unwrap();
        assert_eq!((status.applied.len(), status.missing.len()), (version, ROWS.len() - version));
        assert!(builder.connect().await.is_err() || version == ROWS.len());

        builder.migrate().await.unwrap();
        assert_eq!(catalogue(&client).await, newest);
        let store = builder.connect().await.unwrap();
        let ada = store.find_user(&UserId::new("ada").unwrap()).await.unwrap().unwrap();
        let address = if version >= 3 { "ADA@x.org" } else { "Ada@x.org" };
        assert_eq!((ada.email.as_str(), ada.session_epoch.as_bytes()), (address, &[7; 16]));
        if version >= 2 {
            let id = SessionId::from_uuid("018d5e1c-0000-7000-8000-000000000001".parse().unwrap());
            assert_eq!(store.find_session(id).await.unwrap().unwrap().generation, 3);
        }
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let (_database, builder, client) = migrated().await;
    let newer = "INSERT INTO authkit.schema_version VALUES (99, 'later', decode(repeat('00', 32), 'hex'), now())";
    client.batch_execute(newer).await.unwrap();
    for refused in refusals(&builder).await {
        assert!(matches!(refused, OpenError::NewerSchema { found: 99, known: 4, .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn a_step_that_is_not_ours_any_more_is_refused() {
    for change in [
        "UPDATE authkit.schema_version SET digest = decode(repeat('00', 32), 'hex') WHERE version = 1",
        "DELETE FROM authkit.schema_version WHERE version = 1",
    ] {
        let (_database, builder, client) = migrated().await;
        client.batch_execute(change).await.unwrap();
        for refused in refusals(&builder).await {
            assert!(matches!(refused, OpenError::ChangedStep { .. }), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn a_database_that_was_made_for_other_users_is_refused_by_their_names() {
    let database = database(&format!("{MEMBERS}; CREATE TABLE others (LIKE members INCLUDING ALL)")).await;
    let own = |schema: &str| PostgresStore::builder(database.url()).schema(schema);
    let members = |schema: &str| own(schema).users_table(tables::members());
    let others = |schema: &str| own(schema).users_table(members_in("others"));
    own("a").migrate().await.unwrap();
    members("b").migrate().await.unwrap();
    own("c").users_elsewhere().migrate().await.unwrap();
    for (builder, was, now) in [
        (members("a"), "users of AuthKit's own", "users in the table \"members\""),
        (own("a").users_elsewhere(), "users of AuthKit's own", "users in another database"),
        (own("b"), "users in the table public.members", "users of AuthKit's own"),
        (own("b").users_elsewhere(), "users in the table public.members", "users in another database"),
        (others("b"), "users in the table public.members", "users in the table \"others\""),
        (own("c"), "users in another database", "users of AuthKit's own"),
        (members("c"), "users in another database", "users in the table \"members\""),
    ] {
        for refused in refusals(&builder).await {
            let text = refused.to_string();
            assert!(matches!(refused, OpenError::OtherUsers { .. }), "{refused:?}");
            assert!(text.contains(&format!("made for {was} and is opened for {now}")), "{text}");
        }
    }
    // By whatever name it goes.
    let named = own("b").users_table(tables::members().in_schema("public"));
    named.connect().await.unwrap();
    let left: i32 = count_columns(&database.connect().await, "others").await;
    assert_eq!(left, 7);
}

fn members_in(table: &str) -> authkit_store_postgres::UsersTable {
    authkit_store_postgres::UsersTable::new(table).key("id", authkit_store_postgres::KeyType::BigInt)
}

async fn count_columns(client: &Client, table: &str) -> i32 {
    let sql = "SELECT count(*)::integer FROM information_schema.columns WHERE table_name = $1";
    client.query_one(sql, &[&table]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let database = database(MEMBERS).await;
    let client = database.connect().await;
    // The last thing that the second step makes.
    let in_the_way = "CREATE SCHEMA authkit; CREATE FUNCTION authkit.first_id(at timestamptz) RETURNS uuid LANGUAGE sql \
                      AS 'SELECT NULL::uuid'";
    client.batch_execute(in_the_way).await.unwrap();
    for builder in [PostgresStore::builder(database.url()), builder(&database, tables::members())] {
        let refused = builder.migrate().await.err();
        assert!(refused.as_ref().is_some_and(|error| error.to_string().contains("first_id")), "{refused:?}");
        assert_eq!(things(&client, "authkit").await, 2);
        assert_eq!(count_columns(&client, "members").await, 7);
    }
    client.batch_execute("DROP FUNCTION authkit.first_id").await.unwrap();
    let builder = builder(&database, tables::members());
    builder.migrate().await.unwrap();
    builder.connect().await.unwrap();
}

#[tokio::test]
async fn a_table_of_our_name_that_we_did_not_make_is_left_alone() {
    for (table, kind) in [("sessions", "TABLE"), ("users", "VIEW")] {
        let (_database, builder, client) = fresh().await;
        let made = if kind == "TABLE" { "(sid text)" } else { "AS SELECT 1 AS id" };
        client.batch_execute(&format!("CREATE SCHEMA authkit; CREATE {kind} authkit.{table} {made}")).await.unwrap();
        let before = things(&client, "authkit").await;
        for refused in refusals(&builder).await {
            let OpenError::NotOurs { table: named, .. } = &refused else { panic!("{refused:?}") };
            assert_eq!(named, &format!("\"authkit\".\"{table}\""));
        }
        assert_eq!(things(&client, "authkit").await, before);
        // In a schema of its own there is room for both.
        let beside = builder.schema("auth");
        beside.migrate().await.unwrap();
        beside.connect().await.unwrap();
    }
}

#[tokio::test]
async fn a_role_without_rights_on_the_database_works_in_a_schema_that_it_owns() {
    let (database, _, admin) = fresh().await;
    let role = format!("owner_{}", database.name());
    admin.batch_execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'canary'")).await.unwrap();
    let url = Url { user: role.clone(), password: "canary".to_owned(), ..database.parts().clone() };
    let builder = PostgresStore::builder(url.to_string()).schema("app auth");
    let refused = builder.migrate().await.err();
    let Some(OpenError::NoRights { what, .. }) = &refused else { panic!("{refused:?}") };
    assert!(what.contains("permission denied for database"), "{what}");
    admin.batch_execute(&format!("CREATE SCHEMA \"app auth\" AUTHORIZATION {role}")).await.unwrap();
    builder.migrate().await.unwrap();
    works(&builder.connect().await.unwrap(), 1).await;
    let sql = "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'";
    let extensions: i64 = admin.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(extensions, 0);
    admin.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
}

#[tokio::test]
async fn a_role_that_only_reads_and_writes_starts_on_what_the_owner_has_migrated() {
    let database = database(MEMBERS).await;
    let admin = database.connect().await;
    let role = format!("writer_{}", database.name());
    builder(&database, tables::members()).migrate().await.unwrap();
    admin
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'canary'; GRANT USAGE ON SCHEMA authkit TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA authkit, public TO {role}"
        ))
        .await
        .unwrap();
    let url = Url { user: role.clone(), password: "canary".to_owned(), ..database.parts().clone() };
    let builder = PostgresStore::builder(url.to_string()).users_table(tables::members());
    // Somebody writes to the table all the while: a start with nothing to do waits for nobody.
    let writer = database.connect().await;
    writer.batch_execute("BEGIN; LOCK TABLE members IN ROW EXCLUSIVE MODE").await.unwrap();
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    writer.batch_execute("ROLLBACK").await.unwrap();
    works(&store, 1).await;
    admin.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
}

/// A user comes and signs in.
async fn works(store: &PostgresStore, n: u64) -> UserId {
    let inserted = store.insert_user(new_user(n), cause(n, EventCode::USER_REGISTERED, instant(1))).await.unwrap();
    let InsertUser::Inserted(user) = inserted else { panic!("{inserted:?}") };
    let session = new_session(n, &user, instant(1));
    let (id, cause) = (session.id, cause(n + 1_000, EventCode::SESSION_OPENED, instant(1)));
    let _ = store.insert_session(session, 50, cause, None).await.unwrap();
    assert!(store.find_session(id).await.unwrap().is_some());
    user.id
}

#[tokio::test]
async fn two_schemas_of_one_database_know_nothing_of_each_other() {
    let database = shared().create_database().await;
    let names = ["Shop \"1\"; DROP SCHEMA authkit; --", "it's {schema}.shop%"];
    let builders = names.map(|name| PostgresStore::builder(database.url()).schema(name));
    let mut stores = Vec::new();
    for builder in &builders {
        builder.migrate().await.unwrap();
        stores.push(builder.connect().await.unwrap());
    }
    let ada = works(&stores[0], 1).await;
    assert!(stores[0].find_user(&ada).await.unwrap().is_some());
    assert_eq!(stores[1].find_user(&ada).await.unwrap(), None);
    let email = Email::parse("user1@example.com").unwrap();
    assert_eq!(stores[1].find_user_by_email(email.key()).await.unwrap(), None);
    works(&stores[1], 1).await;
    let printed = builders[0].print_migrations();
    let other = shared().create_database().await;
    other.connect().await.batch_execute(&printed).await.unwrap();
    PostgresStore::builder(other.url()).schema(names[0]).connect().await.unwrap();
}

#[tokio::test]
async fn odd_names_are_printed_so_that_they_can_be_run() {
    let database = database(PEOPLE).await;
    let builder = builder(&database, tables::people());
    database.connect().await.batch_execute(&builder.print_migrations()).await.unwrap();
    assert_eq!(builder.migration_status().await.unwrap().missing, [""; 0]);
    builder.migrate().await.unwrap();
    works(&builder.connect().await.unwrap(), 1).await;
}
