//! S4: kill -9 of the node and of the server while writes are acknowledged.

use std::time::{Duration, Instant};

use crate::ledger::Writers;
use crate::scenario::seconds;
use crate::world::World;
use crate::{Form, Row};

/// How many write.
const WRITERS: u32 = 8;

const REFRESHES_RECORDED: [(&str, &str); 1] = [("AUTHKIT_AUDIT_REFRESH", "on")];

pub async fn kill_node(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let sql = world.sql().await;
    let (mut acknowledged, mut slowest) = (0, Duration::ZERO);
    let kills = form.pick(2, 20);
    for round in 0..kills {
        let node = world.node_with(&REFRESHES_RECORDED).await;
        let writers = Writers::start(&[node.address()], WRITERS, round, &world.journal);
        writers.until(form.pick(200, 500)).await;
        drop(node);
        let ledger = writers.stop().await;
        let began = Instant::now();
        let node = world.node_with(&REFRESHES_RECORDED).await;
        world.ready(&node).await;
        slowest = slowest.max(began.elapsed());
        ledger.compare(&sql).await.expect_clean();
        ledger.go_on(&mut world.caller(&node)).await;
        acknowledged += ledger.acknowledged;
    }
    world.journal.verdict();
    vec![
        Row::new(
            format!("S4: kill -9 of the node × {kills}"),
            format!("0 of {acknowledged} acknowledged writes lost, 0 half states, every client goes on"),
            "0 lost, 0 half states",
            true,
        ),
        Row::new("S4: a node is ready again", seconds(slowest), "< 2 s", slowest < Duration::from_secs(2)),
    ]
}

pub async fn kill_server(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let node = world.node_with(&REFRESHES_RECORDED).await;
    let (mut acknowledged, mut slowest, mut server) = (0, Duration::ZERO, Duration::ZERO);
    let kills = form.pick(2, 20);
    for round in 0..kills {
        let writers = Writers::start(&[node.address()], WRITERS, round, &world.journal);
        writers.until(form.pick(200, 500)).await;
        let killed = Instant::now();
        world.cluster.kill9().await;
        world.cluster.start_server().await;
        let started = Instant::now();
        server = server.max(started - killed);
        let before = writers.acknowledged();
        writers.until(before + form.pick(50, 200)).await;
        let ledger = writers.stop().await;
        slowest = slowest.max(world.journal.last_failure(started));
        ledger.compare(&world.sql().await).await.expect_clean();
        ledger.go_on(&mut world.caller(&node)).await;
        acknowledged += ledger.acknowledged;
        assert!(world.journal.since(killed).iter().all(|record| record.status != 0), "the node broke connections");
    }
    world.journal.verdict();
    vec![
        Row::new(
            format!("S4: kill -9 of the whole server × {kills}"),
            format!("0 of {acknowledged} acknowledged writes lost, 0 half states, every client goes on"),
            "0 lost, 0 half states",
            true,
        ),
        Row::new(
            "S4: recovery without a restart of the node",
            format!("{} after the server, which needed {}", seconds(slowest), seconds(server)),
            "< 5 s",
            slowest < Duration::from_secs(5),
        ),
    ]
}
