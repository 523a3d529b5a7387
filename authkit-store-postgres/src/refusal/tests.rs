//! What each answer of a server becomes, with the driver in between.

use std::path::PathBuf;

use deadpool_postgres::{Manager, Pool, Runtime};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_postgres::{Config, NoTls};

use super::*;

const TARGET: &str = "db:5432/shop";

/// The driver's error after a server answered the start-up message with a fatal error.
async fn answered(code: &str, message: &str) -> tokio_postgres::Error {
    let mut fields = Vec::new();
    for (kind, value) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', code), (b'M', message)] {
        fields.push(kind);
        fields.extend(value.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let mut answer = vec![b'E'];
    answer.extend(u32::try_from(fields.len() + 4).unwrap().to_be_bytes());
    answer.extend(fields);
    after(&answer).await
}

/// The driver's error after a server answered something and closed.
async fn after(answer: &[u8]) -> tokio_postgres::Error {
    let (client, mut server) = duplex(4096);
    let serve = async move {
        let mut request = [0; 512];
        assert!(server.read(&mut request).await.unwrap() > 0);
        server.write_all(answer).await.unwrap();
    };
    let mut config = Config::new();
    config.user("app").dbname("shop");
    let (connected, ()) = futures_util::future::join(config.connect_raw(client, NoTls), serve).await;
    connected.err().unwrap()
}

/// The variant's name.
fn name(error: &OpenError) -> String {
    format!("{:?}", error.code())
}

#[tokio::test]
async fn each_answer_of_a_server_has_its_name_and_mend() {
    let cases = [
        ("28P01", "password authentication failed for user \"app\"", "WrongPassword", "percent-encoded"),
        ("28000", "role \"app\" does not exist", "NotLetIn", "CREATE ROLE"),
        (
            "28000",
            "no pg_hba.conf entry for host \"::1\", user \"app\", no encryption",
            "NotLetIn",
            "sslmode=verify-full",
        ),
        ("28000", "no pg_hba.conf entry for host \"::1\", user \"app\", SSL encryption", "NotLetIn", "add a line"),
        ("28000", "connection requires a valid client certificate", "NotLetIn", "not supported yet"),
        ("3D000", "database \"shop\" does not exist", "DatabaseMissing", "CREATE DATABASE"),
        ("53300", "sorry, too many clients already", "TooManyClients", "max_connections"),
        ("57P03", "the database system is starting up", "NotReady", "start again"),
        ("57P01", "terminating connection due to administrator command", "NotReady", "start again"),
        ("25006", "cannot execute CREATE TABLE in a read-only transaction", "ReadOnly", "target_session_attrs"),
        ("42501", "permission denied for schema public", "NoRights", "migrate print"),
        ("55P03", "canceling statement due to lock timeout", "Busy", "holds locks"),
        ("53100", "could not extend file: No space left on device", "DiskFull", "make space"),
        ("08P01", "unsupported startup parameter: options", "OptionsRefused", "pooler=keeps-statements"),
        ("08P01", "no such database: shop", "DatabaseMissing", "name another"),
        ("08P01", "no more connections allowed (max_client_conn)", "TooManyClients", "its limits"),
        ("08P01", "query_wait_timeout", "TooManyClients", "its limits"),
        ("08P01", "no such user: app", "WrongPassword", "no such user"),
        ("08P01", "SASL authentication failed", "WrongPassword", "in the URL"),
        ("08P01", "SSL required", "NotLetIn", "sslmode=verify-full"),
        ("08P01", "server login has been failing, try again later (server_login_retry)", "Unreachable", "the pooler"),
        ("08P01", "broken startup packet", "Other", "broken startup packet"),
        ("XX000", "Tenant or user not found", "Other", "Tenant or user not found"),
    ];
    for (code, message, variant, mend) in cases {
        let error = refusal(TARGET, answered(code, message).await);
        let text = error.to_string();
        assert_eq!(name(&error), variant, "{code} {message}");
        assert!(text.contains(TARGET) && text.contains(mend), "{text}");
        assert!(error.source().is_some(), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_closes_or_is_no_postgres_is_told_apart() {
    let error = refusal(TARGET, after(b"").await);
    assert_eq!(name(&error), "Unreachable", "{error}");
    assert!(error.to_string().contains("closed the connection"), "{error}");
    let error = refusal(TARGET, after(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
    assert!(["Other", "Unreachable"].contains(&name(&error).as_str()), "{error}");
}

#[tokio::test]
async fn a_password_that_is_asked_for_and_not_there_is_named() {
    let asks_for_clear_text = [b'R', 0, 0, 0, 8, 0, 0, 0, 3];
    let error = refusal(TARGET, after(&asks_for_clear_text).await);
    assert_eq!(name(&error), "WrongPassword", "{error}");
    assert!(error.to_string().contains("there is none"), "{error}");
}

#[tokio::test]
async fn an_address_where_nothing_listens_is_unreachable() {
    let mut config = Config::new();
    config.user("app").host_path(PathBuf::from("/nonexistent"));
    let error = refusal(TARGET, config.connect(NoTls).await.err().unwrap());
    assert_eq!(name(&error), "Unreachable", "{error}");
    assert!(error.to_string().contains("no such socket"), "{error}");
}

#[test]
fn what_the_system_says_is_explained() {
    let cases = [
        (io::ErrorKind::ConnectionRefused.into(), "nothing listens"),
        (io::ErrorKind::TimedOut.into(), "does not answer"),
        (io::ErrorKind::ConnectionReset.into(), "closed the connection"),
        (io::ErrorKind::PermissionDenied.into(), "may not use the socket"),
        (io::Error::other("failed to lookup address information: Name or service not known"), "cannot be resolved"),
        (io::Error::other("No route to host"), "No route to host"),
    ];
    for (error, said) in cases {
        let why = reach::why(&error);
        assert!(why.contains(said), "{why}");
    }
}

#[tokio::test]
async fn a_pool_that_gives_nothing_says_why() {
    let mut config = Config::new();
    config.user("app").host_path(PathBuf::from("/nonexistent"));
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(1).runtime(Runtime::Tokio1).build().unwrap();
    let error = pool_refusal(TARGET, pool.get().await.err().unwrap());
    assert_eq!(name(&error), "Unreachable", "{error}");
    pool.close();
    let error = pool_refusal(TARGET, pool.get().await.err().unwrap());
    assert!(error.to_string().contains("it is closed"), "{error}");
    for (refused, variant, said) in [
        (PoolError::Timeout(TimeoutType::Wait), "Pool", "busy"),
        (PoolError::Timeout(TimeoutType::Create), "Unreachable", "does not answer"),
        (PoolError::NoRuntimeSpecified, "Pool", "Runtime::Tokio1"),
        (PoolError::PostCreateHook(HookError::message("no")), "Pool", "post_create"),
    ] {
        let error = pool_refusal(TARGET, refused);
        assert_eq!(name(&error), variant, "{error}");
        assert!(error.to_string().contains(said) && error.source().is_some(), "{error}");
    }
}
