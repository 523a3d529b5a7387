//! Instants of a table that exists already, in the form in which it keeps them.

use authkit_core::Timestamp;
use authkit_sql::TimeFormat;
use rusqlite::types::{Value, ValueRef};

/// The SQL function that reads an instant kept as text: microseconds, or NULL where it is none.
pub(crate) const MICROS_OF_TEXT: &str = "ak_micros";

/// An instant as the table keeps it.
pub(crate) fn write(format: TimeFormat, at: Timestamp) -> Value {
    match format {
        TimeFormat::Text => Value::Text(at.to_string().replace('T', " ").replace('Z', "")),
        TimeFormat::Seconds => Value::Integer(at.as_seconds()),
        TimeFormat::Micros => Value::Integer(at.as_micros()),
    }
}

/// What the table keeps of an instant.
pub(crate) fn held(format: TimeFormat, at: Timestamp) -> Timestamp {
    match format {
        TimeFormat::Seconds => Timestamp::from_seconds(at.as_seconds()),
        TimeFormat::Text | TimeFormat::Micros => at,
    }
}

/// `None`: no instant in this form, or one that the core does not know.
pub(crate) fn read(format: TimeFormat, cell: ValueRef<'_>) -> Option<Timestamp> {
    match format {
        TimeFormat::Text => parse(cell.as_str().ok()?),
        TimeFormat::Seconds => within(cell.as_i64().ok()?.checked_mul(1_000_000)?),
        TimeFormat::Micros => within(cell.as_i64().ok()?),
    }
}

/// `2026-01-31 12:00:00.123456`, with a space or a `T`, with or without fraction and zone; without one it is UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    plain(text.as_bytes()).or_else(|| other(text))
}

/// What most rows hold, `2026-01-31 12:00:00.123456`: read without a detour, since a list of a million rows reads them all.
fn plain(text: &[u8]) -> Option<Timestamp> {
    let &[y3, y2, y1, y0, b'-', mo1, mo0, b'-', d1, d0, b' ', h1, h0, b':', mi1, mi0, b':', s1, s0, ref fraction @ ..] =
        text
    else {
        return None;
    };
    let micros = match fraction {
        [] => 0,
        [b'.', digits @ ..] if digits.len() == 6 => number(digits)?,
        _ => return None,
    };
    let (year, month, day) = (number(&[y3, y2, y1, y0])?, number(&[mo1, mo0])?, number(&[d1, d0])?);
    let (hour, minute, second) = (number(&[h1, h0])?, number(&[mi1, mi0])?, number(&[s1, s0])?);
    // What is at the edge of the calendar is left to the one that knows it.
    if year < 1970 || !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59
    {
        return None;
    }
    // Days since 1970, in years that begin with March, so that the leap day is a year's last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    within((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

fn other(text: &str) -> Option<Timestamp> {
    let (date, time) = (text.get(..10)?, text.get(10..)?);
    let Some(time) = time.strip_prefix([' ', 'T', 't']) else {
        return time.is_empty().then(|| Timestamp::parse(&format!("{date}T00:00:00Z"))).flatten();
    };
    let zone = if time.contains(['Z', 'z', '+', '-']) { "" } else { "Z" };
    Timestamp::parse(&format!("{date}T{time}{zone}"))
}

fn within(micros: i64) -> Option<Timestamp> {
    let at = Timestamp::from_micros(micros);
    (at.as_micros() == micros).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_micros(1_706_702_400_123_456);

    #[test]
    fn every_form_comes_back_as_it_was_written() {
        for format in [TimeFormat::Text, TimeFormat::Micros] {
            assert_eq!(read(format, ValueRef::from(&write(format, AT))), Some(AT));
        }
        let seconds = write(TimeFormat::Seconds, AT);
        assert_eq!(seconds, Value::Integer(1_706_702_400));
        assert_eq!(read(TimeFormat::Seconds, ValueRef::from(&seconds)), Some(held(TimeFormat::Seconds, AT)));
        assert_eq!(write(TimeFormat::Text, AT), Value::Text("2024-01-31 12:00:00.123456".to_owned()));
    }

    #[test]
    fn both_ways_of_reading_agree_through_all_years() {
        // 17 hours and a few odd parts, so that every day and hour is met.
        let step = 61_234_567_891;
        for micros in (0..4_102_444_800_000_000).step_by(step) {
            let at = Timestamp::from_micros(micros);
            let text = at.to_string().replace('T', " ").replace('Z', "");
            assert_eq!(other(&text), Some(at), "{text}");
            assert!(plain(text.as_bytes()).is_none_or(|read| read == at), "{text}");
            assert_eq!(plain(text.as_bytes()).is_none(), text.get(8..10) > Some("28"), "{text}");
        }
    }

    #[test]
    fn text_is_read_in_every_form_that_is_met() {
        let whole = Timestamp::from_seconds(1_706_702_400);
        for (text, at) in [
            ("2024-01-31 12:00:00.123456", AT),
            ("2024-01-31T12:00:00.123456Z", AT),
            ("2024-01-31 12:00:00", whole),
            ("2024-01-31T12:00:00", whole),
            ("2024-01-31T12:00:00Z", whole),
            ("2024-01-31 14:00:00+02:00", whole),
            ("2024-01-31", Timestamp::from_seconds(1_706_659_200)),
        ] {
            assert_eq!(parse(text), Some(at), "{text}");
        }
        for text in ["", "yesterday", "2024-13-31 12:00:00", "2024-01-31x", "2024-01-31 ", "2024-01-3\u{e9} 12:00:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
