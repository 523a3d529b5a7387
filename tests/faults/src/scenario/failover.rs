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

pub async fn failover(form: Form) -> Vec<Row> {
    let mut times = Vec::new();
    let (mut acknowledged, mut lost, mut halves, mut counts) = (0, 0, 0, Vec::new());
    for round in 0..form.pick(1, 5) {
        let world = World::start().await;
        let standby = world.cluster.standby("standby").await;
        world.cluster.set_synchronous("standby").await;
        let node = Node::start(&both(&world, &standby), &[("AUTHKIT_AUDIT_REFRESH", "on")]).await;
        let writers = Writers::start(&[node.address()], WRITERS, round, &world.journal);
        writers.until(form.pick(150, 2_000)).await;
        let killed = Instant::now();
        world.cluster.kill9().await;
        // As long as a watchman takes to notice.
        sleep(Duration::from_millis(500)).await;
        standby.promote().await;
        let promoted = Instant::now();
        let before = writers.acknowledged();
        writers.until(before + form.pick(100, 1_000)).await;
        let ledger = writers.stop().await;
        times.push(format!(
            "{} after the kill, {} after the promotion",
            seconds(world.journal.last_failure(killed)),
            seconds(world.journal.last_failure(promoted))
        ));
        assert!(world.journal.last_failure(promoted) < Duration::from_secs(5), "{times:?}");
        let sql = authkit_test_postgres::connect(&on(&world, &standby).to_string()).await;
        let audit = ledger.compare(&sql).await;
        audit.expect_clean();
        let mut caller = world.caller(&node);
        ledger.go_on(&mut caller).await;
        acknowledged += ledger.acknowledged;
        lost += audit.lost.len();
        halves += audit.halves.len();
        counts.push(world.journal.counts(killed));
        assert!(world.journal.since(killed).iter().all(|record| record.status != 0), "{counts:?}");
        world.journal.verdict();
    }
    vec![
        Row::new("Failover: works again", times.join("; "), "by itself, < 5 s after the promotion", true),
        Row::new("Failover: answers", counts.join("; "), "only 200 and 503", true),
        Row::new(
            "Failover: acknowledged writes lost",
            format!("{lost} of {acknowledged}, {halves} half states"),
            "0",
            lost + halves == 0,
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
