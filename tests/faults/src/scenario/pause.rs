//! S6: every process of the server is stopped, and no connection breaks.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::load::Load;
use crate::scenario::seconds;
use crate::world::World;
use crate::{Caller, Form, Journal, Row};

pub async fn pause(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let node = world.node().await;
    let load = Load::start(&node, &world.journal).await;
    sleep(form.pick(Duration::from_secs(1), Duration::from_secs(5))).await;
    let before = node.resident();

    let length = form.pick(Duration::from_secs(7), Duration::from_secs(30));
    // Judged by itself: it must not say 503 at any time.
    let alive = Journal::default();
    let mut probe = Caller::new(node.address(), &alive);
    let (mut highest, mut slowest_probe) = (before, Duration::ZERO);
    let began = Instant::now();
    world.cluster.pause().await;
    while began.elapsed() < length {
        let answer = probe.get("/healthz", "").await;
        assert_eq!(answer.status, 200, "/healthz: {answer:?}");
        slowest_probe = slowest_probe.max(answer.took);
        highest = highest.max(node.resident());
        sleep(Duration::from_millis(250)).await;
    }
    world.cluster.resume().await;
    let resumed = Instant::now();
    sleep(form.pick(Duration::from_secs(4), Duration::from_secs(12))).await;
    let slowest = world.journal.slowest(began);
    let recovery = world.journal.last_failure(resumed);
    let late = world.journal.since(Instant::now() - Duration::from_secs(1));
    assert!(!late.is_empty() && late.iter().all(|record| record.is_good()), "it has not settled: {late:?}");
    let counts = world.journal.counts(began);
    let lost = load.stop().await;
    world.journal.verdict();
    let grown = highest.saturating_sub(before);
    let name = |what: &str| format!("S6: server paused {} s, {what}", length.as_secs());
    vec![
        Row::new(
            name("answers"),
            format!("slowest {}; {counts}", seconds(slowest)),
            "200 and 503, ≤ 5 s (+ 1 s)",
            slowest < crate::journal::SLOWEST,
        ),
        Row::new(name("memory"), format!("{before} MiB, + {grown} MiB"), "flat (+ 16 MiB)", grown <= 16),
        Row::new(name("/healthz"), format!("200, slowest {}", seconds(slowest_probe)), "alive", true),
        Row::new(name("recovery"), seconds(recovery), "< 5 s", recovery < Duration::from_secs(5)),
        Row::new(name("sessions lost"), lost.to_string(), "0", lost == 0),
    ]
}
