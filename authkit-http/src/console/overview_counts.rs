//! The numbers of the overview: counts of some events over a period, and over the one before it.

use std::time::Duration;

use authkit_core::{AuthError, AuthKit, EventCode, HourlyCount, Operator, Timestamp};

use super::view::Moment;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
/// The most rows that a store answers at once.
const MAX_ROWS: usize = 20_000;

/// Over which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// As the query names it.
    pub(crate) name: &'static str,
    /// Key of what it is called.
    pub(crate) key: &'static str,
    /// Key of what it is called in a sentence.
    pub(crate) long: &'static str,
    /// Seconds of one point of the chart.
    bucket: u64,
    /// How many points.
    points: usize,
}

impl Period {
    /// All, shortest first.
    pub(crate) const ALL: [Self; 4] = [
        Self { name: "24h", key: "overview.24h", long: "overview.24h_long", bucket: HOUR, points: 24 },
        Self { name: "7d", key: "overview.7d", long: "overview.7d_long", bucket: 6 * HOUR, points: 28 },
        Self::DEFAULT,
        Self { name: "90d", key: "overview.90d", long: "overview.90d_long", bucket: DAY, points: 90 },
    ];
    const DEFAULT: Self = Self { name: "30d", key: "overview.30d", long: "overview.30d_long", bucket: DAY, points: 30 };

    /// The one of that name, or thirty days.
    pub(crate) fn named(name: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|period| Some(period.name) == name).unwrap_or(Self::DEFAULT)
    }

    fn lasts(self) -> Duration {
        Duration::from_secs(self.bucket.saturating_mul(self.points as u64))
    }

    /// The end of the point that `now` falls in.
    fn end(self, now: Timestamp) -> Timestamp {
        let bucket = i64::try_from(self.bucket).unwrap_or(i64::MAX);
        Timestamp::from_seconds(now.as_seconds().div_euclid(bucket).saturating_add(1).saturating_mul(bucket))
    }
}

/// How often something happened: now, before, and point by point.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) now: u64,
    pub(crate) before: u64,
    pub(crate) points: Vec<u64>,
}

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sign_ins: Counted,
    pub(crate) failures: Counted,
    pub(crate) sign_ups: Counted,
    /// The name of each point.
    pub(crate) labels: Vec<String>,
}

impl Counts {
    /// Whether nothing at all was counted.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.sign_ins, &self.failures, &self.sign_ups].iter().all(|counted| counted.now == 0 && counted.before == 0)
    }
}

/// Counts over a period and the one before.
///
/// # Errors
/// As [`AuthKit::statistics`].
pub(crate) async fn count(kit: &AuthKit, operator: &Operator, period: Period) -> Result<Counts, AuthError> {
    let now = kit.now();
    let end = period.end(now);
    let start = end - period.lasts();
    let rows = statistics(kit, operator, start - period.lasts(), end).await?;
    let counted = |code: &EventCode| {
        let mut counted = Counted { points: vec![0; period.points], ..Counted::default() };
        for row in rows.iter().filter(|row| row.metric == code.as_str()) {
            if row.hour < start {
                counted.before = counted.before.saturating_add(row.n);
                continue;
            }
            counted.now = counted.now.saturating_add(row.n);
            let at = usize::try_from(row.hour.since(start).as_secs() / period.bucket).unwrap_or(usize::MAX);
            if let Some(point) = counted.points.get_mut(at) {
                *point = point.saturating_add(row.n);
            }
        }
        counted
    };
    let label = |at: usize| {
        let moment = Moment::of(start + Duration::from_secs(period.bucket.saturating_mul(at as u64)), now);
        let hour = moment.clock().get(..5).unwrap_or_default().to_owned();
        match period.bucket {
            HOUR => hour,
            DAY => moment.day().to_owned(),
            _ => format!("{} {hour}", moment.day()),
        }
    };
    Ok(Counts {
        sign_ins: counted(&EventCode::SESSION_OPENED),
        failures: counted(&EventCode::SESSION_OPEN_FAILED),
        sign_ups: counted(&EventCode::USER_REGISTERED),
        labels: (0..period.points).map(label).collect(),
    })
}

/// All rows of a span: the stores answer a part of a long one, which ends within an hour.
async fn statistics(
    kit: &AuthKit,
    operator: &Operator,
    mut from: Timestamp,
    to: Timestamp,
) -> Result<Vec<HourlyCount>, AuthError> {
    let mut all = Vec::new();
    loop {
        let rows = kit.statistics(operator, from, to).await?;
        let last = rows.last().map_or(to, |row| row.hour);
        if rows.len() < MAX_ROWS || last <= from {
            all.extend(rows);
            return Ok(all);
        }
        all.extend(rows.into_iter().filter(|row| row.hour < last));
        from = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_the_point_that_is_running() {
        let now = Timestamp::from_seconds(1_800_000_000); // 2027-01-15 08:00:00
        for (name, end) in [("24h", 1_800_003_600), ("7d", 1_800_014_400), ("30d", 1_800_057_600)] {
            assert_eq!(Period::named(Some(name)).end(now), Timestamp::from_seconds(end), "{name}");
        }
        assert_eq!(Period::named(Some("1 year")), Period::named(None));
    }
}
