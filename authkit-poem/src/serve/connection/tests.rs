//! What times a connection has, on a clock of the test's own.

use super::*;

const HEAD: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(60);

fn connection() -> (Arc<Connection>, Instant) {
    (Connection::new(Limits::default(), Arc::default()), Instant::now())
}

// S-92
#[tokio::test(start_paused = true)]
async fn a_new_connection_has_the_time_of_a_head_whatever_drips_in() {
    let (connection, start) = connection();
    let drip = async {
        loop {
            sleep_until(Instant::now() + Duration::from_millis(500)).await;
            connection.received();
        }
    };
    tokio::select! {
        () = connection.overdue() => {}
        () = drip => {}
    }
    assert_eq!(start.elapsed().as_secs(), HEAD.as_secs());
}

#[tokio::test(start_paused = true)]
async fn between_two_requests_keep_alive_counts_until_the_first_byte() {
    let (connection, _) = connection();
    connection.serves();
    connection.sends();
    connection.waits();
    let start = Instant::now();
    connection.overdue().await;
    assert_eq!(start.elapsed().as_secs(), KEEP_ALIVE.as_secs());

    connection.waits();
    let start = Instant::now();
    let first_byte = async {
        sleep_until(start + Duration::from_secs(33)).await;
        connection.received();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = connection.overdue() => {}
        () = first_byte => {}
    }
    assert_eq!(start.elapsed().as_secs(), 33 + HEAD.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_request_in_work_has_no_limit_here_and_its_answer_must_be_taken() {
    let (connection, start) = connection();
    connection.serves();
    assert_eq!(connection.waiting_since(), None);
    let served = async {
        sleep_until(start + Duration::from_secs(300)).await;
        connection.sends();
        sleep_until(start + Duration::from_secs(350)).await;
        connection.sent();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = connection.overdue() => {}
        () = served => {}
    }
    assert_eq!(start.elapsed().as_secs(), 350 + KEEP_ALIVE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_connection_to_give_way_is_told() {
    let waits = Arc::new(Notify::new());
    let connection = Connection::new(Limits::default(), Arc::clone(&waits));
    connection.serves();
    drop(Outgoing::new((), &connection));
    waits.notified().await;
    assert!(connection.waiting_since().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_shorter_than_the_one_before_is_kept() {
    let limits = Limits { keep_alive: Duration::from_secs(1), ..Limits::default() };
    let connection = Connection::new(limits, Arc::default());
    let start = Instant::now();
    let answered = async {
        sleep_until(start + Duration::from_secs(2)).await;
        connection.waits();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = connection.overdue() => {}
        () = answered => {}
    }
    assert_eq!(start.elapsed().as_secs(), 3);
}
