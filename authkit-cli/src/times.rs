//! Instants for people: how long ago, and exactly when.

use std::time::Duration;

use authkit_core::Timestamp;

/// Units with their seconds, the largest first.
const UNITS: [(u64, &str, &str); 4] =
    [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds")];

/// How long ago, or in how long: `3 minutes ago`, `in 2 days`.
pub(crate) fn relative(at: Timestamp, now: Timestamp) -> String {
    if at > now {
        return format!("in {}", length(at.since(now)));
    }
    let ago = now.since(at);
    if ago < Duration::from_secs(1) { "just now".to_owned() } else { format!("{} ago", length(ago)) }
}

/// Exactly when, to the second: `2026-01-31 12:00:00 UTC`.
pub(crate) fn exact(at: Timestamp) -> String {
    let text = at.to_string();
    let second: String = text.chars().take(19).collect();
    format!("{} UTC", second.replace('T', " "))
}

/// Both: `2026-01-31 12:00:00 UTC (3 minutes ago)`.
pub(crate) fn both(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", exact(at), relative(at, now))
}

/// A length in its largest unit, rounded down.
pub(crate) fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    for (unit, one, many) in UNITS {
        if seconds >= unit {
            let n = seconds / unit;
            return format!("{n} {}", if n == 1 { one } else { many });
        }
    }
    "0 seconds".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        let now = Timestamp::from_seconds(1_000_000);
        for (seconds, text) in [
            (0, "just now"),
            (1, "1 second ago"),
            (59, "59 seconds ago"),
            (60, "1 minute ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (864_000, "10 days ago"),
            (-90, "in 1 minute"),
        ] {
            assert_eq!(relative(Timestamp::from_seconds(1_000_000 - seconds), now), text);
        }
    }

    #[test]
    fn an_exact_time_says_its_zone() {
        assert_eq!(exact(Timestamp::from_seconds(1_700_000_000)), "2023-11-14 22:13:20 UTC");
    }
}
