//! The users table of the system that this one replaces (`fast-authkit`), under both names that it occurs with.

use authkit_conformance::fixtures::{cause, instant, new_user};
use authkit_core::{
    AuthError, AuthKit, ClientInfo, Config, ConfigCode, Email, Epoch, EventCode, InsertUser, InvalidEmail, Login,
    NewUser, Password, Registration, ReplaceEmail, SetUser, UserId, UserStore as _,
};
use authkit_store_postgres::{OpenError, TableProblem};
use authkit_test_postgres::Database;
use tokio_postgres::Client;

use crate::tables::{self, FAST_AUTHKIT, MEMBERS, builder, database, fast_authkit};

const SHORT: &str = "a lantern over the quay";
const SHORT_HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OVhNTxhs/.HV7pH2tuyfor8bIcIttNYm";

/// 116 bytes, of which the old hash covers 72.
const LONG: &str = "correct horse battery staple correct horse battery staple correct horse battery staple \
                    correct horse battery staple ";
const LONG_HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OAdcyRnqeyP2yogdA3qLJuNoRdHSQylS";

async fn filled(table: &str) -> Database {
    let database = database(&FAST_AUTHKIT.replace("{table}", table)).await;
    let client = database.connect().await;
    insert(&client, table, "6f1b2c34-ada", "Ada@Example.COM", SHORT_HASH).await;
    insert(&client, table, "6f1b2c34-bob", "bob@example.com", LONG_HASH).await;
    database
}

/// A row as the old system writes it.
async fn insert(client: &Client, table: &str, id: &str, email: &str, hash: &str) {
    let sql = format!(
        "INSERT INTO {table} VALUES ($1, $2, $3, 'user', true, true, '2024-03-01 12:00:00.5', '2024-03-02 12:00:00', \
         'Ada L.', NULL, 7)"
    );
    client.execute(&sql, &[&id, &email, &hash]).await.unwrap();
}

async fn login(kit: &AuthKit, email: &str, password: &str) -> Result<UserId, AuthError> {
    kit.login(Login::new(email, password), &ClientInfo::none()).await.map(|signed_in| signed_in.user.id)
}

async fn hash(client: &Client, table: &str, id: &str) -> String {
    let sql = format!("SELECT hashed_password FROM {table} WHERE id = $1");
    client.query_one(&sql, &[&id]).await.unwrap().get(0)
}

fn key(text: &str) -> Result<Email, InvalidEmail> {
    Email::parse(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_users_sign_in_with_their_old_passwords_and_the_hash_is_replaced() {
    for table in ["authkit_users", "users"] {
        let database = filled(table).await;
        let client = database.connect().await;
        let builder = builder(&database, fast_authkit(table));
        builder.migrate().await.unwrap();
        let kit = AuthKit::builder().store(builder.connect().await.unwrap()).config(Config::development());
        let kit = kit.build().unwrap();

        let ada = login(&kit, "ada@example.com", SHORT).await.unwrap();
        assert_eq!(ada.as_str(), "6f1b2c34-ada");
        assert!(login(&kit, "ada@example.com", "a lantern over the key").await.is_err());
        login(&kit, "Bob@example.com", LONG).await.unwrap();
        for id in ["6f1b2c34-ada", "6f1b2c34-bob"] {
            let hash = hash(&client, table, id).await;
            assert!(hash.starts_with("$argon2id$") && hash.len() <= 255, "{hash}");
        }
        // The new hashes cover all of a password.
        login(&kit, "ADA@EXAMPLE.COM", SHORT).await.unwrap();
        login(&kit, "bob@example.com", LONG).await.unwrap();
        let only_the_beginning = &LONG[..72];
        assert!(login(&kit, "bob@example.com", only_the_beginning).await.is_err());

        // Nothing of the host's was touched, and instants are UTC.
        let sql = format!("SELECT team_id, full_name, email, created_at::text FROM {table} WHERE id = '6f1b2c34-ada'");
        let row = client.query_one(&sql, &[]).await.unwrap();
        let seen: (i32, &str, &str, &str) = (row.get(0), row.get(1), row.get(2), row.get(3));
        assert_eq!(seen, (7, "Ada L.", "Ada@Example.COM", "2024-03-01 12:00:00.5"));

        let password = Password::from("another lantern, dimmer");
        let registration = Registration { email: "Eve@example.com".into(), password, profile: serde_json::Map::new() };
        let eve = kit.register(registration, &ClientInfo::none()).await.unwrap().into_user().unwrap();
        let sql = format!("SELECT count(*) FROM {table} WHERE id = $1 AND created_at = updated_at AND team_id IS NULL");
        let rows: i64 = client.query_one(&sql, &[&eve.id.as_str()]).await.unwrap().get(0);
        assert_eq!(rows, 1);
    }
}

#[tokio::test]
async fn the_beginning_of_a_long_password_is_enough_only_until_the_hash_is_replaced() {
    let database = filled("users").await;
    let builder = builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    let kit = AuthKit::builder().store(builder.connect().await.unwrap()).config(Config::development()).build().unwrap();
    let other_end = format!("{}what the old hash never saw", &LONG[..72]);
    login(&kit, "bob@example.com", &other_end).await.unwrap();
    assert!(login(&kit, "bob@example.com", LONG).await.is_err());
}

#[tokio::test]
async fn rows_that_differ_in_case_only_are_named_and_never_merged() {
    let database = filled("users").await;
    let client = database.connect().await;
    insert(&client, "users", "twin-1", "Carol@example.com", SHORT_HASH).await;
    insert(&client, "users", "twin-2", "carol@example.com", LONG_HASH).await;
    insert(&client, "users", "twin-3", "CAROL@EXAMPLE.COM", LONG_HASH).await;
    let builder = builder(&database, fast_authkit("users"));
    for refused in [builder.migrate().await.err(), builder.connect().await.err()] {
        let Some(OpenError::UsersTable { problems, .. }) = &refused else { panic!("{refused:?}") };
        let [TableProblem::Twins { ids }] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(ids, "twin-1 and twin-2 and twin-3");
    }
    let rows: i64 = client.query_one("SELECT count(*) FROM users", &[]).await.unwrap().get(0);
    assert_eq!(rows, 5);
    client.batch_execute("DELETE FROM users WHERE id IN ('twin-2', 'twin-3')").await.unwrap();
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    let carol = store.find_user_by_email(key("carol@EXAMPLE.com").unwrap().key()).await.unwrap();
    assert_eq!(carol.unwrap().id.as_str(), "twin-1");
}

#[tokio::test]
async fn a_row_whose_address_is_none_is_named() {
    let database = filled("users").await;
    let client = database.connect().await;
    insert(&client, "users", "no-address", "not an address", SHORT_HASH).await;
    insert(&client, "users", "empty", "", SHORT_HASH).await;
    let refused = builder(&database, fast_authkit("users")).migrate().await.err();
    let Some(OpenError::UsersTable { problems, .. }) = &refused else { panic!("{refused:?}") };
    let [TableProblem::BadAddresses { ids }] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!(ids, "empty, no-address");
}

#[tokio::test]
async fn rows_of_another_program_are_found_by_id_at_once_and_by_address_after_the_next_migration() {
    let database = filled("users").await;
    let client = database.connect().await;
    let builder = builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    let sql = "INSERT INTO users (id, email, hashed_password, role, is_active, is_verified, created_at, updated_at) \
               VALUES ('late', 'Late@Example.com', NULL, 'user', true, false, now(), now())";
    client.batch_execute(sql).await.unwrap();
    let late = UserId::new("late").unwrap();
    let found = store.find_user(&late).await.unwrap().unwrap();
    assert_eq!((found.email.as_str(), found.email.key().as_str()), ("Late@Example.com", "late@example.com"));
    assert_eq!(found.session_epoch.as_bytes(), &[0; 16]);
    let by_address = key("late@example.com").unwrap();
    assert_eq!(store.find_user_by_email(by_address.key()).await.unwrap(), None);
    // Nobody registers the address meanwhile, in whatever spelling.
    for (n, spelling) in [(1, "Late@Example.com"), (2, "LATE@example.com")] {
        let same = NewUser { email: key(spelling).unwrap(), ..new_user(n) };
        let taken = store.insert_user(same, cause(n, EventCode::USER_REGISTERED, instant(1))).await.unwrap();
        assert_eq!(taken, InsertUser::EmailTaken, "{spelling}");
    }
    builder.migrate().await.unwrap();
    assert_eq!(store.find_user_by_email(by_address.key()).await.unwrap().unwrap().id, late);
}

#[tokio::test]
async fn an_address_that_a_row_of_another_program_has_is_taken_and_that_row_is_written_like_any_other() {
    let database = filled("users").await;
    let client = database.connect().await;
    let builder = builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    insert(&client, "users", "late", "Late@Example.com", SHORT_HASH).await;
    insert(&client, "users", "umlaut", "LATE@BÜCHER.example", SHORT_HASH).await;
    let id = |text: &str| UserId::new(text).unwrap();
    let replace = |n: u64, whose: &str, old: &str, new: &str| {
        let (store, whose) = (store.clone(), id(whose));
        let (old, new) = (key(old).unwrap().key().clone(), key(new).unwrap());
        let cause = cause(n, EventCode::EMAIL_CHANGED, instant(n));
        async move { store.replace_email(&whose, &old, new, Epoch::from_bytes([0; 16]), cause).await.unwrap() }
    };
    // The index knows nothing of it yet, and the address is taken all the same: no twin is made.
    for (n, new) in [(1, "late@example.com"), (2, "LATE@Example.com"), (3, "late@BÜCHER.example")] {
        assert_eq!(replace(n, "6f1b2c34-ada", "ada@example.com", new).await, ReplaceEmail::EmailTaken, "{new}");
    }
    let ada = store.find_user(&id("6f1b2c34-ada")).await.unwrap().unwrap();
    assert_eq!(ada.email.key().as_str(), "ada@example.com");
    // Written under its own address, and no other.
    let verify = |n: u64, address: &str| {
        let (store, address, cause) =
            (store.clone(), key(address).unwrap(), cause(n, EventCode::EMAIL_VERIFIED, instant(n)));
        async move { store.mark_verified(&id("late"), address.key(), cause).await.unwrap() }
    };
    assert_eq!(verify(4, "other@example.com").await, SetUser::Stale);
    assert_eq!(replace(5, "late", "other@example.com", "free@example.com").await, ReplaceEmail::Stale);
    let spelled = replace(6, "late", "late@example.com", "LATE@example.com").await;
    assert!(matches!(spelled, ReplaceEmail::Replaced(_)), "the own address in another spelling: {spelled:?}");
    client.batch_execute("UPDATE users SET email_key = NULL, is_verified = false WHERE id = 'late'").await.unwrap();
    let marked = verify(7, "late@example.com").await;
    assert!(matches!(marked, SetUser::Done { .. }), "{marked:?}");
    let found = store.find_user_by_email(key("late@example.com").unwrap().key()).await.unwrap();
    assert_eq!(found.map(|user| user.id), Some(id("late")), "its canonical address was kept with it");
}

#[tokio::test]
async fn twins_that_another_program_adds_later_are_named_and_keep_no_other_row_from_being_found() {
    let database = filled("users").await;
    let client = database.connect().await;
    let builder = builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    insert(&client, "users", "twin", "ADA@example.com", SHORT_HASH).await;
    insert(&client, "users", "late-1", "Late@example.com", SHORT_HASH).await;
    insert(&client, "users", "late-2", "late@example.com", SHORT_HASH).await;
    insert(&client, "users", "single", "single@example.com", SHORT_HASH).await;
    let refused = builder.migrate().await.err();
    let Some(OpenError::UsersTable { problems, .. }) = &refused else { panic!("{refused:?}") };
    let [TableProblem::Twins { ids }] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!(ids, "6f1b2c34-ada and twin; late-1 and late-2");
    let store = builder.connect().await.unwrap();
    for (address, id) in [("single@example.com", "single"), ("ada@example.com", "6f1b2c34-ada")] {
        let found = store.find_user_by_email(key(address).unwrap().key()).await.unwrap();
        assert_eq!(found.unwrap().id.as_str(), id);
    }
    assert_eq!(store.find_user_by_email(key("late@example.com").unwrap().key()).await.unwrap(), None);
}

#[tokio::test]
async fn an_epoch_that_is_null_counts_as_zeros_and_is_replaced_at_the_first_move() {
    let database = filled("users").await;
    let builder = builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    let kit = AuthKit::builder().store(builder.connect().await.unwrap()).config(Config::development()).build().unwrap();
    let signed_in = kit.login(Login::new("ada@example.com", SHORT), &ClientInfo::none()).await.unwrap();
    assert_eq!(signed_in.user.session_epoch.as_bytes(), &[0; 16]);
    let current = kit.current_user(&signed_in.tokens.access).await.unwrap();
    kit.sign_out_everywhere(&current, &ClientInfo::none()).await.unwrap();
    let refused = kit.refresh(&signed_in.tokens.refresh, &ClientInfo::none()).await.err();
    assert!(matches!(refused, Some(AuthError::SessionRevoked)), "{refused:?}");
    let client = database.connect().await;
    let sql = "SELECT octet_length(session_epoch) FROM users WHERE id = '6f1b2c34-ada'";
    let moved: Option<i32> = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(moved, Some(16));
}

#[tokio::test]
async fn a_wrong_mapping_is_told_whole_and_the_statements_that_it_names_mend_it() {
    let database = database(
        "CREATE TABLE users (id integer, email bytea, role varchar(50) NOT NULL, is_active integer NOT NULL,
                             created_at text NOT NULL, gone timestamptz NOT NULL, must text NOT NULL)",
    )
    .await;
    let users = fast_authkit("users").deleted_at("gone");
    let builder = builder(&database, users);
    let client = database.connect().await;
    let mut rounds = Vec::new();
    while let Err(refused) = builder.migrate().await {
        let OpenError::UsersTable { problems, .. } = &refused else { panic!("{refused:?}") };
        rounds.push(refused.to_string());
        assert!(rounds.len() < 3, "{rounds:?}");
        for problem in problems {
            let text = problem.to_string();
            let statement = text.find("ALTER TABLE").or_else(|| text.find("CREATE UNIQUE")).map(|at| &text[at..]);
            let statement = statement.unwrap_or_else(|| panic!("no statement in {text}"));
            client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        }
    }
    let first = rounds.first().unwrap();
    for said in [
        "the column id for the key is integer",
        "the column email for the address is bytea",
        "no column hashed_password for the password hash",
        "the column is_active for the state (active or not) is integer",
        "no column is_verified",
        "the column created_at for the instant of creation is text",
        "no column updated_at",
        "the column gone for the mark of deletion refuses NULL",
        "no column full_name",
        "no column seen_at",
        "the column must must be given at every insert",
        "the key id is neither the primary key nor unique",
    ] {
        assert!(first.contains(said), "{said}\n{first}");
    }
    builder.connect().await.unwrap();
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named_with_its_schema() {
    let database = database("CREATE TABLE other (id text)").await;
    let refused = builder(&database, tables::people()).migrate().await.err();
    let text = refused.map(|error| error.to_string()).unwrap_or_default();
    assert!(text.contains(r#"no table "Die ""Firma""; --"."the ""people""""#), "{text}");
}

#[tokio::test]
async fn proofs_of_addresses_are_wanted_only_of_a_table_that_can_keep_them() {
    let wanted = || Config::development().require_verified_email(true);
    let database = database(MEMBERS).await;
    let builder = builder(&database, tables::members());
    builder.migrate().await.unwrap();
    let refused = AuthKit::builder().store(builder.connect().await.unwrap()).config(wanted()).build().err();
    assert_eq!(refused.unwrap().problems()[0].code(), ConfigCode::NoMarkForVerified);
    let database = filled("users").await;
    let builder = self::builder(&database, fast_authkit("users"));
    builder.migrate().await.unwrap();
    AuthKit::builder().store(builder.connect().await.unwrap()).config(wanted()).build().unwrap();
}
