//! The cutting proxy against a real server.

use std::time::Duration;

use authkit_test_postgres::{CuttingProxy, Database, connect, shared};
use tokio::time::timeout;
use tokio_postgres::NoTls;

const INSERT: &str = "INSERT INTO t VALUES (1)";

async fn table() -> (Database, CuttingProxy) {
    let database = shared().create_database().await;
    database.connect().await.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    let proxy = CuttingProxy::start(database.url()).await;
    (database, proxy)
}

async fn rows(database: &Database) -> i64 {
    database.connect().await.query_one("SELECT count(*) FROM t", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_lost_answer_is_that_of_a_statement_which_was_carried_out() {
    let (database, proxy) = table().await;
    let client = connect(&proxy.url(database.url())).await;
    client.execute(INSERT, &[]).await.unwrap();
    proxy.lose_next_answer();
    // Preparing it first is a round trip of its own, and not the one that is lost.
    let error = client.execute(INSERT, &[]).await.unwrap_err();
    assert!(error.is_closed() || error.code().is_none(), "{error:?}");
    assert_eq!((rows(&database).await, proxy.losses()), (2, 1));
    connect(&proxy.url(database.url())).await.execute(INSERT, &[]).await.unwrap();
    assert_eq!((rows(&database).await, proxy.losses()), (3, 1));
}

#[tokio::test]
async fn only_the_answer_with_the_tag_is_lost() {
    let (database, proxy) = table().await;
    let mut client = connect(&proxy.url(database.url())).await;
    proxy.lose_next_answer_of("COMMIT");
    let transaction = client.transaction().await.unwrap();
    transaction.execute(INSERT, &[]).await.unwrap();
    assert!(transaction.execute("SELECT 1 / (SELECT 0)", &[]).await.unwrap_err().code().is_some());
    transaction.rollback().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    transaction.execute(INSERT, &[]).await.unwrap();
    transaction.commit().await.unwrap_err();
    assert_eq!((rows(&database).await, proxy.losses()), (1, 1));
}

#[tokio::test]
async fn answers_before_the_lost_one_arrive_in_a_pipeline() {
    let (database, proxy) = table().await;
    let client = connect(&proxy.url(database.url())).await;
    let (select, insert) = (client.prepare("SELECT 1").await.unwrap(), client.prepare(INSERT).await.unwrap());
    proxy.lose_next_answer_of("INSERT");
    let (first, second) = tokio::join!(client.query(&select, &[]), client.execute(&insert, &[]));
    assert_eq!(first.unwrap().len(), 1);
    second.unwrap_err();
    assert_eq!(rows(&database).await, 1);
}

#[tokio::test]
async fn a_lost_request_is_never_carried_out() {
    let (database, proxy) = table().await;
    let client = connect(&proxy.url(database.url())).await;
    let insert = client.prepare(INSERT).await.unwrap();
    proxy.lose_next_request();
    client.execute(&insert, &[]).await.unwrap_err();
    assert_eq!((rows(&database).await, proxy.losses()), (0, 1));
}

#[tokio::test]
async fn a_cut_ends_all_connections_and_lets_new_ones_through_unless_told() {
    let (database, proxy) = table().await;
    let url = proxy.url(database.url());
    let (one, two) = (connect(&url).await, connect(&url).await);
    proxy.cut();
    one.simple_query("SELECT 1").await.unwrap_err();
    two.simple_query("SELECT 1").await.unwrap_err();
    connect(&url).await.simple_query("SELECT 1").await.unwrap();
    proxy.refuse();
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    proxy.allow();
    connect(&url).await.simple_query("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn a_silent_proxy_keeps_the_connection_and_goes_on_later() {
    let (database, proxy) = table().await;
    let url = proxy.url(database.url());
    let client = connect(&url).await;
    proxy.fall_silent();
    let (query, other) = (client.simple_query("SELECT 1"), connect(&url));
    tokio::pin!(query, other);
    let both = async { tokio::join!(&mut query, &mut other) };
    assert!(timeout(Duration::from_millis(200), both).await.is_err());
    proxy.resume();
    query.await.unwrap();
    other.await.simple_query("SELECT 1").await.unwrap();
}
