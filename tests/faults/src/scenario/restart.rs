//! S5: the server is restarted under load.

use std::time::{Duration, Instant};

use authkit_test_postgres::Stop;
use tokio::time::sleep;

use crate::load::Load;
use crate::scenario::seconds;
use crate::world::World;
use crate::{Form, Row};

/// The node must work again so long after the server does.
const RECOVERY: Duration = Duration::from_secs(5);

pub async fn restart(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let node = world.node().await;
    let load = Load::start(&node, &world.journal).await;
    let mut rows = Vec::new();
    for (how, stop) in [("fast", Stop::Fast), ("immediate", Stop::Immediate)] {
        let (mut recovery, mut outage, mut counts) = (Duration::ZERO, Duration::ZERO, Vec::new());
        for _ in 0..form.pick(1, 5) {
            sleep(form.pick(Duration::from_secs(1), Duration::from_secs(3))).await;
            let began = Instant::now();
            world.cluster.restart(stop).await;
            let ready = Instant::now();
            sleep(form.pick(Duration::from_secs(3), RECOVERY + Duration::from_secs(5))).await;
            recovery = recovery.max(world.journal.last_failure(ready));
            outage = outage.max(ready - began);
            counts.push(world.journal.counts(began));
            let late = world.journal.since(Instant::now() - Duration::from_secs(1));
            assert!(!late.is_empty() && late.iter().all(|record| record.is_good()), "it has not settled: {late:?}");
        }
        rows.push(Row::new(
            format!("S5: restart, {how}, {} × at 200 req/s", counts.len()),
            format!(
                "0 failures {} after a server that was away {}; {}",
                seconds(recovery),
                seconds(outage),
                counts.join("; ")
            ),
            "only 200 and 503, none over 5 s, then 0 errors; < 5 s",
            recovery < RECOVERY,
        ));
    }
    let lost = load.stop().await;
    world.journal.verdict();
    rows.push(Row::new("S5: sessions lost", lost.to_string(), "0", lost == 0));
    rows
}
