//! The primary is killed, and its synchronous replica promoted.

use std::time::{Duration, Instant};

use authkit_test_postgres::Url;
use tokio::time::sleep;

use crate::ledger::Writers;
use crate::scenario::seconds;
use crate::world::{Node, World};
use crate::{Form, Row};

/// How many write.
const WRITERS: u32 = 8;

/// What happens to the primary.
#[derive(Clone, Copy)]
enum End {
    /// Its processes are gone, and connections break.
    Killed,
    /// It stands still, connections stay open, and new ones are accepted by its kernel.
    Frozen,
}

pub async fn failover(form: Form) -> Vec<Row> {
    let mut rows = rounds(End::Killed, form).await;
    rows.extend(rounds(End::Frozen, form).await);
    rows
}

async fn rounds(end: End, form: Form) -> Vec<Row> {
    let (what, target) = match end {
        End::Killed => ("primary killed -9", Duration::from_secs(5)),
        // Those who wait for it have 5 seconds; then each host is tried for a while.
        End::Frozen => ("primary frozen", Duration::from_secs(10)),
    };
    let (mut after_end, mut after_promotion) = (Duration::ZERO, Duration::ZERO);
    let (mut acknowledged, mut counts) = (0, Vec::new());
    for round in 0..form.pick(1, 5) {
        let world = World::start().await;
        let standby = world.cluster.standby("standby").await;
        world.cluster.set_synchronous("standby").await;
        let node = Node::start(&both(&world, &standby), &[("AUTHKIT_AUDIT_REFRESH", "on")]).await;
        let writers = Writers::start(&[node.address()], WRITERS, round, &world.journal);
        writers.until(form.pick(150, 1_000)).await;
        let ended = Instant::now();
        match end {
            End::Killed => world.cluster.kill9().await,
            End::Frozen => world.cluster.pause().await,
        }
        // As long as a watchman takes to notice.
        sleep(Duration::from_millis(500)).await;
        standby.promote().await;
        let promoted = Instant::now();
        let before = writers.acknowledged();
        writers.until(before + form.pick(100, 1_000)).await;
        let ledger = writers.stop().await;
        after_end = after_end.max(world.journal.last_failure(ended));
        after_promotion = after_promotion.max(world.journal.last_failure(promoted));
        let sql = authkit_test_postgres::connect(&on(&world, &standby).to_string()).await;
        ledger.compare(&sql).await.expect_clean();
        ledger.go_on(&mut world.caller(&node)).await;
        acknowledged += ledger.acknowledged;
        counts.push(world.journal.counts(ended));
        assert!(world.journal.since(ended).iter().all(|record| record.status != 0), "connections broke: {counts:?}");
        world.journal.verdict();
    }
    let name = |row: &str| format!("Failover, {what} × {}: {row}", counts.len());
    vec![
        Row::new(
            name("the node works again by itself"),
            format!("{} after the end, {} after the promotion", seconds(after_end), seconds(after_promotion)),
            format!("< {} s after the promotion", target.as_secs()),
            after_promotion < target,
        ),
        Row::new(name("answers"), counts.join("; "), "only 200 and 503, none over 5 s", true),
        Row::new(
            name("acknowledged writes lost"),
            format!("0 of {acknowledged}, 0 half states, every client goes on"),
            "0",
            true,
        ),
    ]
}

/// The replica's address with the primary's database.
fn on(world: &World, standby: &authkit_test_postgres::Cluster) -> Url {
    world.database.parts().at("127.0.0.1", standby.process().port())
}

/// A URL with both hosts.
fn both(world: &World, standby: &authkit_test_postgres::Cluster) -> String {
    let ports = (world.cluster.process().port(), standby.process().port());
    let one = world.database.url();
    let two = format!("127.0.0.1:{},127.0.0.1:{}", ports.0, ports.1);
    format!("{}?target_session_attrs=read-write", one.replace(&format!("127.0.0.1:{}", ports.0), &two))
}
