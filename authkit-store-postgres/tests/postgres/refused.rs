//! What keeps a store from opening, each by its name and with its mend.

use std::net::TcpListener;
use std::time::Duration;

use authkit_store_postgres::OpenError;
use authkit_test_postgres::{Cluster, Options, Stop, Url, connect, shared};
use tokio::time::timeout;

use crate::{open, refusal, with};

fn shared_url() -> Url {
    Url::parse(&shared().url()).unwrap()
}

/// A URL with the places of two clusters that have one password.
fn of_both(one: &Cluster, two: &Cluster) -> String {
    let place = |cluster: &Cluster| format!("127.0.0.1:{}", cluster.process().port());
    one.url().replace(&place(one), &format!("{},{}", place(one), place(two)))
}

#[tokio::test]
async fn a_wrong_password_is_named() {
    let url = Url { password: "canary/@wrong".to_owned(), ..shared_url() };
    let error = refusal(&url.to_string()).await;
    assert!(matches!(error, OpenError::WrongPassword { .. }), "{error:?}");
    assert!(error.to_string().contains(&url.user), "{error}");
    let none = Url { password: String::new(), ..url };
    let error = refusal(&none.to_string()).await;
    assert!(matches!(error, OpenError::WrongPassword { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_database_is_named() {
    let error = refusal(&shared_url().in_database("not there").to_string()).await;
    assert!(matches!(error, OpenError::DatabaseMissing { .. }), "{error:?}");
    assert!(error.to_string().contains("/not there"), "{error}");
}

#[tokio::test]
async fn a_place_where_nothing_listens_is_unreachable() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = shared_url().at("127.0.0.1", free);
    let error = refusal(&url.to_string()).await;
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{free}")) && text.contains("nothing listens"), "{text}");
    let error = refusal(&url.at("/nonexistent", free).to_string()).await;
    assert!(error.to_string().contains("no such socket"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_does_not_hold_up_the_start_forever() {
    let cluster = Cluster::start().await;
    let url = cluster.url();
    cluster.pause().await;
    let refused = timeout(Duration::from_secs(20), refusal(&url)).await;
    cluster.resume().await;
    let error = refused.expect("an answer");
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("does not answer"), "{error}");
}

#[tokio::test]
async fn a_full_server_is_named_and_opens_when_there_is_room_again() {
    let cluster = Cluster::start_with(Options::default().max_connections(5)).await;
    let url = cluster.url();
    let mut taken = Vec::new();
    for _ in 0..5 {
        taken.push(connect(&url).await);
    }
    let error = refusal(&url).await;
    assert!(matches!(error, OpenError::TooManyClients { .. }), "{error:?}");
    drop(taken);
    let again = async {
        while let Err(error) = open(&url).await {
            assert!(matches!(error, OpenError::TooManyClients { .. }), "{error:?}");
        }
    };
    timeout(Duration::from_secs(30), again).await.expect("the server takes connections back");
}

#[tokio::test]
async fn a_replica_is_refused_and_the_primary_found_beside_it() {
    let primary = Cluster::start().await;
    let replica = primary.standby("replica").await;
    let url = replica.process().url();
    for options in ["", "target_session_attrs=read-write"] {
        let error = refusal(&with(&url, options)).await;
        assert!(matches!(error, OpenError::ReadOnly { .. }), "{error:?}");
    }
    open(&of_both(&replica, &primary)).await.unwrap();

    // As while it recovers: up, and letting nobody in.
    replica.process().set("hot_standby", "off").unwrap();
    replica.restart(Stop::Fast).await;
    let error = refusal(&url.to_string()).await;
    assert!(matches!(error, OpenError::NotReady { .. }), "{error:?}");
}

#[tokio::test]
async fn a_promoted_replica_is_found_behind_a_primary_that_is_frozen() {
    let primary = Cluster::start().await;
    let replica = primary.standby("replica").await;
    replica.promote().await;
    primary.pause().await;
    let found = open(&format!("{}?connect_timeout=1", of_both(&primary, &replica))).await;
    primary.resume().await;
    found.unwrap();
}

#[tokio::test]
async fn a_pooler_is_noticed_and_works_when_it_is_named() {
    let database = shared().create_database().await;
    let url = database.pooled_url();
    let error = refusal(url).await;
    assert!(matches!(error, OpenError::OptionsRefused { .. }), "{error:?}");
    let store = open(&format!("{url}?pooler=forgets-statements")).await.unwrap();
    drop(store);
}

#[tokio::test]
async fn a_role_that_may_create_nothing_is_told_what_it_lacks() {
    let cluster = Cluster::start().await;
    let admin = cluster.connect().await;
    admin.batch_execute("CREATE DATABASE shop").await.unwrap();
    admin.batch_execute("CREATE ROLE app LOGIN PASSWORD 'canary'").await.unwrap();
    let url = Url { user: "app".to_owned(), password: "canary".to_owned(), ..cluster.process().url() };
    let error = refusal(&url.in_database("shop").to_string()).await;
    assert!(matches!(error, OpenError::NoRights { .. }), "{error:?}");
    admin.batch_execute("GRANT CREATE ON DATABASE shop TO app").await.unwrap();
    open(&url.in_database("shop").to_string()).await.unwrap();
    admin.batch_execute("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC").await.unwrap();
    let error = refusal(&url.to_string()).await;
    assert!(matches!(error, OpenError::NoRights { .. }), "{error:?}");
}
