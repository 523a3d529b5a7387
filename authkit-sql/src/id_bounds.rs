//! Windows of time as ranges of ids: a `UUIDv7` begins with its milliseconds.

use std::time::Duration;

use authkit_core::Timestamp;

/// How far the instant of a row may lie from the one in its id: both are read in one call, the id a little earlier. The
/// row's own time is compared as well, so a wide margin only costs a few rows.
const MARGIN: Duration = Duration::from_secs(600);

/// No row that happened at or after `at` has a smaller id.
pub fn lowest(at: Timestamp) -> [u8; 16] {
    first_of_millisecond(at - MARGIN)
}

/// Every row that happened before `at` has a smaller id.
pub fn highest(at: Timestamp) -> [u8; 16] {
    first_of_millisecond(at + MARGIN)
}

/// 48 bits of milliseconds hold any year to 9999.
fn first_of_millisecond(at: Timestamp) -> [u8; 16] {
    let millis = at.as_micros() / 1_000;
    (i128::from(millis) << 80).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_uuid_of_that_millisecond_with_nothing_behind() {
        let at = Timestamp::from_seconds(1_700_000_000);
        let millis: u64 = 1_700_000_000_000 - 600_000;
        assert_eq!(lowest(at).to_vec(), [millis.to_be_bytes()[2..].to_vec(), vec![0; 10]].concat());
        assert!(lowest(at) < highest(at));
        assert!(highest(at) < highest(Timestamp::MAX));
    }
}
