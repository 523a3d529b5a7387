//! Clusters, standbys and poolers as the tests use them.

use std::time::Duration;

use authkit_test_postgres::{Cluster, Options, PoolerOptions, Stop, Url, connect, shared};
use tokio::time::timeout;
use tokio_postgres::NoTls;

async fn number(url: &str, query: &str) -> i64 {
    let row = connect(url).await.query_typed(query, &[]).await.unwrap();
    row[0].get(0)
}

#[tokio::test]
async fn a_database_of_the_shared_server_is_new_and_is_dropped_at_the_end() {
    let server = shared();
    let (one, two) = (server.create_database().await, server.create_database().await);
    let kept = one.connect().await;
    kept.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    two.connect().await.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    let name = one.name().to_owned();
    drop(one);
    let left = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(number(&server.url(), &left).await, 0);
}

#[tokio::test]
async fn the_shared_pooler_answers_and_refuses_options_at_the_start() {
    let database = shared().create_database().await;
    assert_eq!(number(database.pooled_url(), "SELECT 7::bigint").await, 7);
    let options = format!("{}?options=-c%20statement_timeout%3D5000", database.pooled_url());
    let error = tokio_postgres::connect(&options, NoTls).await.err().expect("Debian's version knows no options");
    assert!(error.as_db_error().unwrap().message().contains("unsupported startup parameter"), "{error:?}");
}

#[tokio::test]
async fn a_pooler_gives_one_server_connection_to_many_clients() {
    let cluster = Cluster::start().await;
    let pooler = cluster.pooler(PoolerOptions::default().pool_size(1)).await;
    let database = cluster.create_database_behind(&pooler).await;
    let (one, two) = (connect(database.pooled_url()).await, connect(database.pooled_url()).await);
    let query = "SELECT pg_backend_pid()::bigint";
    let [one, two]: [i64; 2] =
        [one.query_typed(query, &[]).await.unwrap()[0].get(0), two.query_typed(query, &[]).await.unwrap()[0].get(0)];
    assert_eq!(one, two);
}

#[tokio::test]
async fn a_cluster_is_reached_by_socket_and_refuses_a_wrong_password() {
    let cluster = Cluster::start().await;
    assert_eq!(number(&cluster.socket_url(), "SELECT 1::bigint").await, 1);
    let wrong = Url { password: "wrong".to_owned(), ..Url::parse(&cluster.url()).unwrap() };
    let error = tokio_postgres::connect(&wrong.to_string(), NoTls).await.err().expect("a password is asked for");
    assert_eq!(error.code().unwrap().code(), "28P01");
}

#[tokio::test]
async fn what_is_committed_outlives_every_way_to_stop() {
    let cluster = Cluster::start_with(Options::default().durable()).await;
    let database = cluster.create_database().await;
    database.connect().await.batch_execute("CREATE TABLE t (id bigint)").await.unwrap();
    for round in 1..=3 {
        database.connect().await.execute_typed("INSERT INTO t VALUES (1)", &[]).await.unwrap();
        match round {
            1 => cluster.restart(Stop::Fast).await,
            2 => cluster.restart(Stop::Immediate).await,
            _ => {
                cluster.kill9().await;
                cluster.start_server().await;
            }
        }
        assert_eq!(number(database.url(), "SELECT count(*) FROM t").await, round);
    }
}

#[tokio::test]
async fn a_paused_server_keeps_its_connections_and_answers_later() {
    let cluster = Cluster::start().await;
    let client = cluster.connect().await;
    cluster.pause().await;
    let query = client.simple_query("SELECT 1");
    tokio::pin!(query);
    assert!(timeout(Duration::from_millis(200), &mut query).await.is_err());
    cluster.resume().await;
    query.await.unwrap();
}

#[tokio::test]
async fn a_promoted_standby_has_every_row_that_was_acknowledged() {
    let primary = Cluster::start_with(Options::default().durable()).await;
    let standby = primary.standby("second").await;
    primary.set_synchronous("second").await;
    let database = primary.create_database().await;
    let client = database.connect().await;
    // A standby acknowledges what it has not replayed yet: this one waits until it knows the database.
    client.batch_execute("SET synchronous_commit = remote_apply; CREATE TABLE t (id bigint)").await.unwrap();
    client.batch_execute("SET synchronous_commit = on; INSERT INTO t SELECT generate_series(1, 100)").await.unwrap();
    let on_standby = Url::parse(database.url()).unwrap().at("127.0.0.1", standby.process().port()).to_string();
    let refused = connect(&on_standby).await.batch_execute("DELETE FROM t").await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "25006");

    primary.kill9().await;
    standby.promote().await;
    assert_eq!(number(&on_standby, "SELECT count(*) FROM t").await, 100);
    connect(&on_standby).await.batch_execute("INSERT INTO t VALUES (101)").await.unwrap();
}

#[tokio::test]
async fn a_certificate_is_signed_by_the_authority_that_is_given() {
    let cluster = Cluster::start_with(Options::default().tls()).await;
    let said = cluster.connect().await.query_typed("SHOW ssl", &[]).await.unwrap();
    assert_eq!(said[0].get::<_, &str>(0), "on");
    let authority = cluster.root_certificate();
    let server = authority.with_file_name("server.crt");
    let verified = std::process::Command::new("openssl")
        .args(["verify", "-purpose", "sslserver", "-verify_ip", "127.0.0.1", "-CAfile"])
        .args([authority, server])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test]
async fn a_server_sorts_as_people_do() {
    let cluster = Cluster::start().await;
    let query = "SELECT (CASE WHEN 'a' < 'B' THEN 1 ELSE 0 END)::bigint";
    assert_eq!(number(&cluster.url(), query).await, 1);
}
