//! Events counted by the hour.

use std::collections::BTreeMap;
use std::sync::Arc;

use authkit_core::{
    AuditLog, ClientInfo, Event, EventCode, EventCount, HourlyCount, PeakOf, PeakQuery, Timestamp, UserId,
};

use crate::bench::Bench;
use crate::failure::{Checked, same};
use crate::fixtures::{START, client, instant};

const HOUR: u64 = 3_600;

/// Events in the first, the second and the fifth hour, some on their edges.
async fn fill(b: &Bench) -> Checked {
    let hour = START.hour();
    let at = |hours: u64, seconds: u64| hour + std::time::Duration::from_secs(hours * HOUR + seconds);
    let edge = std::time::Duration::from_micros(1);
    for (code, at) in [
        (EventCode::SESSION_OPENED, at(0, 0)),
        (EventCode::SESSION_OPENED, at(0, 1_800)),
        (EventCode::SESSION_CLOSED, at(1, 0) - edge),
        (EventCode::SESSION_OPENED, at(1, 0)),
        (EventCode::SESSION_OPENED, at(4, 10)),
        (EventCode::USER_CREATED, at(4, 10)),
        (EventCode::SESSION_OPENED, at(5, 0) - edge),
    ] {
        b.sink.record(b.event(code, at)).await?;
    }
    Ok(())
}

async fn all(log: &Arc<dyn AuditLog>) -> Checked<Vec<HourlyCount>> {
    Ok(log.list_stats(Timestamp::MIN, Timestamp::MAX).await?)
}

pub(crate) async fn a5_every_event_of_a_whole_hour_is_counted_once(b: Bench) -> Checked {
    let log = b.log()?;
    same("nothing is due without events", &log.roll_up_stats(instant(10 * HOUR), 100).await?, &0)?;
    fill(&b).await?;
    let hour = |n: u64| START.hour() + std::time::Duration::from_secs(n * HOUR);
    same("the hour that is not over", &log.roll_up_stats(instant(60), 100).await?, &0)?;
    same("nothing counted yet", &all(&log).await?, &vec![])?;
    same("up to the last hour", &log.roll_up_stats(hour(4) + std::time::Duration::from_secs(1), 100).await?, &4)?;
    same("again", &log.roll_up_stats(hour(4), 100).await?, &0)?;
    same("earlier", &log.roll_up_stats(hour(1), 100).await?, &0)?;
    same("the last hour", &log.roll_up_stats(hour(5), 100).await?, &1)?;
    let count =
        |n, metric: &EventCode, times| HourlyCount { hour: hour(n), metric: metric.as_str().to_owned(), n: times };
    let expected = vec![
        count(0, &EventCode::SESSION_CLOSED, 1),
        count(0, &EventCode::SESSION_OPENED, 2),
        count(1, &EventCode::SESSION_OPENED, 1),
        count(4, &EventCode::SESSION_OPENED, 2),
        count(4, &EventCode::USER_CREATED, 1),
    ];
    same("the counts", &all(&log).await?, &expected)?;
    let some = log.list_stats(hour(1), hour(4)).await?;
    same("from one hour to another, without it", &some, &vec![expected[2].clone()])
}

pub(crate) async fn a5_counting_goes_on_where_it_stopped_in_steps(b: Bench) -> Checked {
    let log = b.log()?;
    fill(&b).await?;
    let until = instant(6 * HOUR);
    for (limit, done) in [(2, 2), (1, 1), (1, 1), (10, 2), (10, 0)] {
        same("the hours of one step", &log.roll_up_stats(until, limit).await?, &done)?;
        all(&log).await?;
    }
    // New events in hours that are not counted yet.
    b.sink.record(b.event(EventCode::USER_CREATED, instant(8 * HOUR))).await?;
    same("what came since", &log.roll_up_stats(instant(9 * HOUR), 10).await?, &3)?;
    same("the rows", &all(&log).await?.len(), &6)
}

pub(crate) async fn a5_counts_outlive_their_events(b: Bench) -> Checked {
    let log = b.log()?;
    fill(&b).await?;
    log.roll_up_stats(instant(6 * HOUR), 100).await?;
    let before = all(&log).await?;
    log.purge_events(instant(10 * HOUR), 100, b.cause(EventCode::AUDIT_PURGED, instant(10 * HOUR))).await?;
    same("the counts", &all(&log).await?, &before)?;
    // Going on means from where it stopped, not from the oldest event that is left.
    same("the hours since", &log.roll_up_stats(instant(11 * HOUR), 100).await?, &5)?;
    let purged = all(&log).await?.into_iter().filter(|count| count.metric == "audit.purged");
    same("the event of the retention", &purged.map(|count| count.n).sum::<u64>(), &1)
}

pub(crate) async fn a5_racing_steps_count_every_event_once(b: Bench) -> Checked {
    b.log()?;
    let mut expected: BTreeMap<(Timestamp, String), u64> = BTreeMap::new();
    for n in 0..60_u64 {
        let code = if n % 3 == 0 { EventCode::SESSION_OPENED } else { EventCode::SESSION_CLOSED };
        let at = instant(n * 900);
        *expected.entry((at.hour(), code.as_str().to_owned())).or_default() += 1;
        b.sink.record(b.event(code, at)).await?;
    }
    let hours = instant(59 * 900).hour().since(START.hour()).as_secs() / HOUR + 1;
    let done = b
        .race(16, |i| {
            let log = b.store().log.clone();
            async move {
                let mut done = 0;
                while let Some(log) = &log {
                    let step = log.roll_up_stats(instant(100 * HOUR), 1 + i as u32 % 3).await?;
                    done += step;
                    if step == 0 || done > 1_000 {
                        break;
                    }
                }
                Ok(done)
            }
        })
        .await?;
    let until = instant(100 * HOUR).hour().since(START.hour()).as_secs() / HOUR;
    same("the hours that all of them did", &done.iter().sum::<u64>(), &until.max(hours))?;
    let store = b.store().log.clone();
    let counts = match store {
        Some(log) => log.list_stats(Timestamp::MIN, Timestamp::MAX).await?,
        None => Vec::new(),
    };
    let seen: BTreeMap<_, _> = counts.into_iter().map(|count| ((count.hour, count.metric), count.n)).collect();
    same("the counts", &seen, &expected)
}

pub(crate) async fn a6_counts_are_of_the_statistics_and_of_what_they_do_not_hold_yet(b: Bench) -> Checked {
    let log = b.log()?;
    fill(&b).await?;
    let hour = |n: u64| START.hour() + std::time::Duration::from_secs(n * HOUR);
    let count = |start, code: &EventCode, n| EventCount { start, code: code.clone(), n };
    let (opened, closed) = (EventCode::SESSION_OPENED, EventCode::SESSION_CLOSED);
    let both = [closed.clone(), opened.clone()];
    let by_hour = vec![
        count(hour(0), &closed, 1),
        count(hour(0), &opened, 2),
        count(hour(1), &opened, 1),
        count(hour(4), &opened, 2),
    ];
    for rolled in [None, Some(1), Some(3), Some(1)] {
        // Whatever part of them is rolled up already.
        if let Some(hours) = rolled {
            log.roll_up_stats(hour(5), hours).await?;
        }
        same("by the hour", &log.count_events(&both, hour(0), hour(5), 1).await?, &by_hour)?;
        let by_three = vec![count(hour(0), &closed, 1), count(hour(0), &opened, 3), count(hour(3), &opened, 2)];
        same("by three hours", &log.count_events(&both, hour(0), hour(6), 3).await?, &by_three)?;
        let some = log.count_events(&[opened.clone(), opened.clone()], hour(1), hour(4), 168).await?;
        same("one code that is named twice, some hours", &some, &vec![count(hour(1), &opened, 1)])?;
        same("no hours", &log.count_events(&both, hour(3), hour(3), 1).await?, &vec![])?;
        same("no codes", &log.count_events(&[], hour(0), hour(5), 1).await?, &vec![])?;
    }
    // The trail is asked for the last two days and no more.
    b.sink.record(b.event(opened.clone(), hour(100))).await?;
    b.sink.record(b.event(opened.clone(), hour(52))).await?;
    b.sink.record(b.event(opened.clone(), hour(51))).await?;
    let newest = vec![count(hour(100), &opened, 1)];
    same("the last two days", &log.count_events(&both, hour(50), hour(101), 1).await?, &newest)?;
    while log.roll_up_stats(hour(101), 100).await? > 0 {}
    let all = vec![count(hour(51), &opened, 1), count(hour(52), &opened, 1), count(hour(100), &opened, 1)];
    same("all that is rolled up", &log.count_events(&both, hour(50), hour(101), 1).await?, &all)
}

pub(crate) async fn a7_peaks_are_told_beside_the_week_before(b: Bench) -> Checked {
    // Failed sign-ins are what is asked for most, and a store may keep them by an index of their own.
    for code in [EventCode::SESSION_OPEN_FAILED, EventCode::PASSWORD_RESET_FAILED] {
        peaks_of(&b, &code).await?;
    }
    Ok(())
}

async fn peaks_of(b: &Bench, code: &EventCode) -> Checked {
    let log = b.log()?;
    let end = instant(9 * 24 * HOUR);
    let before = |hours: u64, seconds: u64| end - std::time::Duration::from_secs(hours * HOUR + seconds);
    let edge = std::time::Duration::from_micros(1);
    let (ada, bob) = (UserId::from(7), UserId::from(42));
    let failed = |at, from: ClientInfo, subject| Event { client: from, subject, ..b.event(code.clone(), at) };
    for event in [
        // The day: four from one address, three about Ada, two about Bob.
        failed(end - edge, client(1), Some(ada)),
        failed(before(1, 0), client(1), Some(ada)),
        failed(before(2, 0), client(1), Some(bob)),
        failed(before(24, 0), client(1), None),
        failed(before(3, 0), ClientInfo::none(), Some(ada)),
        failed(before(4, 0), client(2), Some(bob)),
        // Another code, and another day.
        Event { client: client(2), ..b.event(EventCode::SESSION_OPENED, before(5, 0)) },
        failed(end, client(2), Some(bob)),
        // The week before, on its edges, and what lies before that.
        failed(before(24, 0) - edge, client(1), Some(ada)),
        failed(before(48, 0), client(1), Some(ada)),
        failed(before(30, 0), client(3), Some(ada)),
        failed(before(48, 0) - edge, client(1), Some(bob)),
        failed(before(8 * 24, 0), client(1), None),
        failed(before(8 * 24, 0) - edge, client(1), Some(ada)),
    ] {
        b.sink.record(event).await?;
    }
    let ask = |min, limit| PeakQuery { code: code.clone(), to: end, min, limit };
    let peaks = log.list_peaks(&ask(2, 10)).await?;
    let told: Vec<_> = peaks.iter().map(|peak| (peak.of, peak.day, peak.week)).collect();
    let expected = vec![
        (PeakOf::Ip(client(1).ip.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into())), 4, [2, 1, 0, 0, 0, 0, 1]),
        (PeakOf::User(ada), 3, [3, 0, 0, 0, 0, 0, 0]),
        (PeakOf::User(bob), 2, [0, 1, 0, 0, 0, 0, 0]),
    ];
    same("the peaks", &told, &expected)?;
    same("two of them", &log.list_peaks(&ask(1, 2)).await?, &peaks[..2].to_vec())?;
    same("the highest alone", &log.list_peaks(&ask(4, 10)).await?, &peaks[..1].to_vec())?;
    same("none so high", &log.list_peaks(&ask(5, 10)).await?, &vec![])
}
