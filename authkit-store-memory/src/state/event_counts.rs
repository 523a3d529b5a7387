//! Events counted by spans of hours, and where most of a day's events are.

use std::collections::BTreeMap;
use std::time::Duration;

use authkit_core::{Event, EventCode, EventCount, HOURS_FROM_THE_TRAIL, Peak, PeakOf, PeakQuery, Timestamp, UserId};

use crate::state::events::Events;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

impl Events {
    /// Counts by spans of `hours` from `from` on: from the statistics, and what they do not hold yet from the events.
    pub(crate) fn count(&self, codes: &[EventCode], from: Timestamp, to: Timestamp, hours: u32) -> Vec<EventCount> {
        let mut counts: BTreeMap<(Timestamp, &str), u64> = BTreeMap::new();
        let span = HOUR.saturating_mul(hours.max(1));
        let mut add = |at: Timestamp, code, n: u64| {
            let spans = u32::try_from(at.since(from).as_secs() / span.as_secs().max(1)).unwrap_or(u32::MAX);
            *counts.entry((from + span.saturating_mul(spans), code)).or_default() += n;
        };
        let asked = |code: &str| codes.iter().any(|one| one.as_str() == code);
        for ((hour, metric), n) in self.stats_between(from, to).filter(|((_, metric), _)| asked(metric)) {
            add(*hour, metric.as_str(), *n);
        }
        let trail = self.counted_to().max(to - HOUR.saturating_mul(HOURS_FROM_THE_TRAIL)).max(from);
        let events = self.iter().filter(|event| event.at >= trail && event.at < to && asked(event.code.as_str()));
        for event in events {
            add(event.at, event.code.as_str(), 1);
        }
        let counts = counts.into_iter();
        counts.map(|((start, code), n)| EventCount { start, code: EventCode::from_stored(code), n }).collect()
    }

    /// The addresses and users with the most events of a day.
    pub(crate) fn peaks(&self, query: &PeakQuery) -> Vec<Peak> {
        let begin = query.to - DAY;
        let mut peaks: BTreeMap<(bool, String), Peak> = BTreeMap::new();
        let of_code = || self.iter().filter(|event| event.code == query.code && event.at < query.to);
        for event in of_code().filter(|event| event.at >= begin) {
            for (key, of) in ends(event) {
                peaks.entry(key).or_insert_with(|| Peak { of, day: 0, week: [0; 7] }).day += 1;
            }
        }
        peaks.retain(|_, peak| peak.day >= u64::from(query.min));
        for event in of_code().filter(|event| event.at < begin) {
            // The instant at which a day begins is its own.
            let days = (begin.since(event.at).as_micros().saturating_sub(1)) / DAY.as_micros();
            for (key, _) in ends(event) {
                let day = peaks.get_mut(&key).and_then(|peak| peak.week.get_mut(usize::try_from(days).ok()?));
                if let Some(n) = day {
                    *n += 1;
                }
            }
        }
        let mut peaks: Vec<Peak> = peaks.into_values().collect();
        peaks.sort_by_key(|peak| std::cmp::Reverse(peak.day));
        peaks.truncate(query.limit.into());
        peaks
    }
}

/// Where an event came from and whom it is about, addresses first and each by its text.
fn ends(event: &Event) -> impl Iterator<Item = ((bool, String), PeakOf)> {
    let ip = event.client.ip.map(|ip| ((false, ip.to_string()), PeakOf::Ip(ip)));
    let user = |id: UserId| ((true, id.as_str().to_owned()), PeakOf::User(id));
    ip.into_iter().chain(event.subject.map(user))
}
