//! The spans of time that the overview tells of.

use std::time::Duration;

use crate::model::timestamp::Timestamp;

/// A span of time that the overview tells of, in points of equal length; the last point is the running one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Period {
    /// 24 points of an hour.
    Day,
    /// 28 points of six hours.
    Week,
    /// 30 points of a day.
    #[default]
    Month,
    /// 90 points of a day.
    Quarter,
}

impl Period {
    /// All, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// A name for links: `24h`, `7d`, `30d` or `90d`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
        }
    }

    /// The period of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.as_str() == name)
    }

    /// The hours of one point.
    pub const fn hours(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 6,
            Self::Month | Self::Quarter => 24,
        }
    }

    /// How many points it has.
    pub const fn points(self) -> u32 {
        match self {
            Self::Day => 24,
            Self::Week => 28,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// The length of one point.
    pub(crate) fn point(self) -> Duration {
        Duration::from_secs(u64::from(self.hours()) * 60 * 60)
    }

    /// The start of the period whose last point `now` falls in.
    pub(crate) fn start(self, now: Timestamp) -> Timestamp {
        let point = i64::from(self.hours()) * 60 * 60;
        let end = now.as_seconds().div_euclid(point).saturating_add(1).saturating_mul(point);
        Timestamp::from_seconds(end) - self.point() * self.points()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_the_point_that_is_running() {
        let now = Timestamp::from_seconds(1_800_000_000); // 2027-01-15 08:00:00
        for (period, end) in
            [(Period::Day, 1_800_003_600), (Period::Week, 1_800_014_400), (Period::Month, 1_800_057_600)]
        {
            assert_eq!(
                period.start(now) + period.point() * period.points(),
                Timestamp::from_seconds(end),
                "{period:?}"
            );
            assert_eq!(Period::named(period.as_str()), Some(period));
        }
        assert_eq!(Period::named("1 year"), None);
    }
}
