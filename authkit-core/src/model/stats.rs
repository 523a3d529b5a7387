//! Events counted: by the hour, by a span of hours.

use crate::model::event_code::EventCode;
use crate::model::timestamp::Timestamp;

/// How many hours that are not rolled up yet are counted from the trail itself.
pub const HOURS_FROM_THE_TRAIL: u32 = 48;

/// How often something happened in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourlyCount {
    /// The start of the hour.
    pub hour: Timestamp,
    /// What was counted: the code of an audit event.
    pub metric: String,
    /// How often.
    pub n: u64,
}

/// How often something happened in one span of hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// The start of the span.
    pub start: Timestamp,
    /// What happened.
    pub code: EventCode,
    /// How often.
    pub n: u64,
}
