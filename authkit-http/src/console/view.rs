//! Values as pages show them.

use authkit_core::Timestamp;

/// Two letters on a hue, for an address or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Monogram {
    pub(crate) letters: String,
    /// 0 to 6.
    pub(crate) hue: u8,
}

impl Monogram {
    pub(crate) fn of(text: &str) -> Self {
        let local = text.split('@').next().unwrap_or_default();
        let mut words = local.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
        let letters: String = match (words.next(), words.next()) {
            (Some(first), Some(second)) => [first, second].into_iter().collect(),
            _ => local.chars().filter(|c| c.is_alphanumeric()).take(2).collect(),
        };
        let sum = text.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        Self { letters: letters.to_uppercase(), hue: sum % 7 }
    }
}

/// An instant as a page shows it: exact in `datetime`, to the second as text, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// RFC 3339.
    pub(crate) iso: String,
    /// `2026-01-31 12:00:00`
    pub(crate) text: String,
    /// How long it is ago, or ahead, for a text beside the exact one, never instead of it: key and number.
    pub(crate) away: (&'static str, u64),
}

impl Moment {
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        let iso = at.to_string();
        let text = iso.get(..19).unwrap_or(&iso).replace('T', " ");
        Self { away: away(at, now), text, iso }
    }

    /// The instant to the second, for lists.
    pub(crate) fn second(&self) -> String {
        self.iso.get(..19).map_or_else(|| self.iso.clone(), |second| format!("{second}Z"))
    }

    /// `2026-01-31`
    pub(crate) fn day(&self) -> &str {
        self.text.get(..10).unwrap_or(&self.text)
    }

    /// `12:00:00`
    pub(crate) fn clock(&self) -> &str {
        self.text.get(11..).unwrap_or_default()
    }
}

/// A lock of an account, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// When it ends by itself; `None`: never.
    pub(crate) until: Option<Moment>,
}

impl Lock {
    pub(crate) fn of(until: Timestamp, now: Timestamp) -> Self {
        Self { until: (until < Timestamp::MAX).then(|| Moment::of(until, now)) }
    }
}

/// In the greatest unit that fits.
fn away(at: Timestamp, now: Timestamp) -> (&'static str, u64) {
    let (seconds, ahead) = if at > now { (at.since(now).as_secs(), true) } else { (now.since(at).as_secs(), false) };
    let (n, past, future) = match seconds {
        0..60 => (0, "time.just_now", "time.soon"),
        60..3_600 => (seconds / 60, "time.minutes_ago", "time.in_minutes"),
        3_600..86_400 => (seconds / 3_600, "time.hours_ago", "time.in_hours"),
        86_400..5_184_000 => (seconds / 86_400, "time.days_ago", "time.in_days"),
        _ => (seconds / 2_592_000, "time.months_ago", "time.in_months"),
    };
    (if ahead { future } else { past }, n)
}

/// A number with a comma at every third place.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count that was cut off at `cap`.
pub(crate) fn capped(n: u64, cap: u64) -> String {
    if n >= cap { format!("{}+", number(cap)) } else { number(n) }
}

/// A text as the value of a query's parameter (percent-encoded).
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}"); // writing to a `String` cannot fail
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(n), text);
        }
        assert_eq!(capped(10_000, 10_000), "10,000+");
    }

    #[test]
    fn a_monogram_has_at_most_two_letters() {
        for (text, letters) in [("ada.lovelace@x", "AL"), ("bob@x", "BO"), ("x@y", "X"), ("", "")] {
            assert_eq!(Monogram::of(text).letters, letters);
        }
    }

    #[test]
    fn the_exact_time_stands_beside_the_rough_one() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let moment = Moment::of(now - std::time::Duration::from_secs(200), now);
        assert_eq!((moment.away, moment.text.len()), (("time.minutes_ago", 3), 19));
        assert_eq!(Moment::of(now + std::time::Duration::from_secs(9_000), now).away, ("time.in_hours", 2));
    }
}
