//! Events counted by the hour.

use crate::model::timestamp::Timestamp;

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
