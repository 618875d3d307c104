//! Dates and times as leads write them, by the places of their digits.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use crate::time::zone;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// What a text or number says about when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// `2026-03-10`, in days since 1970-01-01.
    Date(i32),
    /// `2026-03-10 09:00`, in the policy's zone: days, and microseconds since midnight.
    Local(i32, i64),
    /// `2026-03-10T09:00:00Z`, or milliseconds since 1970: microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

impl Moment {
    /// Reads a trimmed text; `None` for anything but a date or time that exists.
    #[inline]
    pub(super) fn parse(text: &[u8]) -> Option<Moment> {
        if let Some(instant) = utc_second(text) {
            return Some(Moment::Instant(instant));
        }
        let Some((days, rest)) = date(text) else { return epoch_millis(text) };
        let rest = match rest {
            [] => return Some(Moment::Date(days)),
            [b'T' | b't' | b' ', rest @ ..] => rest,
            _ => return None,
        };
        let (micros, rest) = time_of_day(rest)?;
        let offset = match rest {
            [] => return Some(Moment::Local(days, micros)),
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), a, b, b':', c, d] | [sign @ (b'+' | b'-'), a, b, c, d] => {
                let (hours, minutes) = (pair(*a, *b)?, pair(*c, *d)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let offset = i64::from(hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
                if *sign == b'-' { -offset } else { offset }
            }
            _ => return None,
        };
        Some(Moment::Instant(i64::from(days) * MICROS_PER_DAY + micros - offset))
    }

    /// As an instant: a date is its first one, and a local time is in `zone`.
    #[inline]
    pub(super) fn instant(self, zone: Tz) -> Option<i64> {
        let (days, micros) = match self {
            Moment::Instant(instant) => return Some(instant),
            Moment::Date(days) => (days, 0),
            Moment::Local(days, micros) => (days, micros),
        };
        if zone == Tz::UTC {
            return Some(i64::from(days) * MICROS_PER_DAY + micros);
        }
        let midnight = NaiveDate::from_epoch_days(days)?.and_hms_opt(0, 0, 0)?;
        Some(zone::first_instant(zone, midnight.checked_add_signed(TimeDelta::microseconds(micros))?))
    }

    /// As a date, in days since 1970-01-01: a time is on its date in `zone`.
    #[inline]
    pub(super) fn days(self, zone: Tz) -> Option<i32> {
        match self {
            Moment::Date(days) => Some(days),
            other => {
                let instant = other.instant(zone)?;
                if zone == Tz::UTC {
                    return i32::try_from(instant.div_euclid(MICROS_PER_DAY)).ok();
                }
                Some(zone::date_of(zone, instant).to_epoch_days())
            }
        }
    }
}

/// Milliseconds since 1970: exactly 12 to 14 digits.
#[inline]
pub(super) fn epoch_millis(text: &[u8]) -> Option<Moment> {
    if !(12..=14).contains(&text.len()) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = text.iter().fold(0, |millis, digit| millis * 10 + i64::from(digit - b'0'));
    Some(Moment::Instant(millis * 1000))
}

/// `2026-03-10` at the head of a text, and what follows it.
#[inline]
fn date(text: &[u8]) -> Option<(i32, &[u8])> {
    let [a, b, c, d, b'-', e, f, b'-', g, h, rest @ ..] = text else { return None };
    let year = pair(*a, *b)? * 100 + pair(*c, *d)?;
    let (month, day) = (pair(*e, *f)?, pair(*g, *h)?);
    Some((days(year, month, day)?, rest))
}

/// Days since 1970-01-01; `None` for dates that do not exist.
#[inline]
fn days(year: i32, month: i32, day: i32) -> Option<i32> {
    /// Of each month, its days in a common year, and the days from the first of March on that stand before it.
    #[rustfmt::skip]
    const MONTHS: [(i32, i32); 13] = [
        (0, 0), (31, 306), (28, 337), (31, 0), (30, 31), (31, 61), (30, 92), (31, 122), (31, 153), (30, 184), (31, 214),
        (30, 245), (31, 275),
    ];
    let (length, before) = *MONTHS.get(usize::try_from(month).ok()?)?;
    // Years begin in March here, so that the leap day is the last of its year.
    let of_march = if month > 2 { year } else { year - 1 };
    let is_leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if day == 0 || day > length + i32::from(is_leap) {
        return None;
    }
    // The year before the first is a leap year too: 400 years on, nothing is below zero.
    let of_march = (of_march + 400).cast_unsigned();
    let days = of_march * 365 + of_march / 4 - of_march / 100 + of_march / 400;
    Some(days.cast_signed() + before + day - 1 - DAYS_TO_1970)
}

/// `2026-03-10T09:00:00Z`, which most times are, eight bytes at once. `None` says no more than that the text is
/// not of this form, or no time that exists.
#[inline]
fn utc_second(text: &[u8]) -> Option<i64> {
    const YEAR: Form = Form::new(b"0000-00-");
    const DAY: Form = Form::new(b"00T00:00");
    const SECOND: Form = Form::new(b"0:00:00Z");
    if text.len() != 20 {
        return None;
    }
    let (head, rest) = text.split_first_chunk()?;
    let year = YEAR.pairs(head)?;
    let day = DAY.pairs(rest.first_chunk()?)?;
    let [_, _, _, _, _, second, ..] = SECOND.pairs(text.last_chunk()?)?;
    let ([century, _, year, _, _, month, ..], [day, _, _, hour, _, _, minute, _]) = (year, day);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(i32::from(century) * 100 + i32::from(year), i32::from(month), i32::from(day))?;
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    Some(i64::from(days) * MICROS_PER_DAY + (minutes * 60 + i64::from(second)) * MICROS_PER_SECOND)
}

/// Eight bytes with digits where this has zeros.
struct Form {
    zeros: u64,
    /// What a byte must not be above, as its distance from 127.
    slack: u64,
}

impl Form {
    const fn new(form: &[u8; 8]) -> Form {
        const fn slack(byte: u8) -> u8 {
            if byte == b'0' { 0x7f - 9 } else { 0x7f }
        }
        let [a, b, c, d, e, f, g, h] = *form;
        let slack = [slack(a), slack(b), slack(c), slack(d), slack(e), slack(f), slack(g), slack(h)];
        Form { zeros: u64::from_le_bytes(*form), slack: u64::from_le_bytes(slack) }
    }

    /// For each place the number that its digit and the next one write, if the text has this form.
    #[inline(always)]
    fn pairs(self, text: &[u8; 8]) -> Option<[u8; 8]> {
        const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
        let digits = u64::from_le_bytes(*text) ^ self.zeros;
        let beyond = ((digits & !HIGH).wrapping_add(self.slack) | digits) & HIGH;
        // No digit is above 9, so that no byte runs over into the next.
        (beyond == 0).then(|| (digits.wrapping_mul(10).wrapping_add(digits >> 8)).to_le_bytes())
    }
}

/// From the first of March 400 years before the year 0 to 1970-01-01.
const DAYS_TO_1970: i32 = 719_468 + 146_097;

/// `09:00`, `09:00:00` or `09:00:00.123` at the head of a text in microseconds, and what follows it.
#[inline]
fn time_of_day(text: &[u8]) -> Option<(i64, &[u8])> {
    let [a, b, b':', c, d, rest @ ..] = text else { return None };
    let (hour, minute) = (pair(*a, *b)?, pair(*c, *d)?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let minutes = i64::from(hour * 60 + minute);
    let [b':', e, f, rest @ ..] = rest else { return Some((minutes * 60 * MICROS_PER_SECOND, rest)) };
    let second = pair(*e, *f)?;
    if second > 59 {
        return None;
    }
    let micros = (minutes * 60 + i64::from(second)) * MICROS_PER_SECOND;
    let [b'.', rest @ ..] = rest else { return Some((micros, rest)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(length).filter(|_| length > 0)?;
    // Digits past the sixth are cut.
    let (fraction, _) = digits
        .iter()
        .fold((0, MICROS_PER_SECOND), |(sum, unit), digit| (sum + i64::from(digit - b'0') * (unit / 10), unit / 10));
    Some((micros + fraction, rest))
}

/// The number that two digits write.
#[inline]
fn pair(tens: u8, ones: u8) -> Option<i32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i32::from(tens) * 10 + i32::from(ones))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        let good = "2026-03-10T09:08:07Z";
        let long = |text: &str| Moment::parse(text.replace('Z', "+00:00").as_bytes());
        assert_eq!(utc_second(good.as_bytes()), Some(1_773_133_687_000_000));
        for place in 0..good.len() {
            for byte in 0..=255u8 {
                let mut text = good.as_bytes().to_vec();
                text[place] = byte;
                let Ok(text) = String::from_utf8(text) else { continue };
                let short = utc_second(text.as_bytes()).map(Moment::Instant);
                if text.ends_with('Z') && byte != b'Z' && !b" tz".contains(&byte) {
                    assert_eq!(short, long(&text), "{text}");
                } else {
                    assert_eq!(short.is_some(), text == good, "{text}");
                }
            }
        }
        for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "2024-02-29T12:00:00Z"] {
            assert_eq!(utc_second(text.as_bytes()).map(Moment::Instant), long(text), "{text}");
        }
        for text in ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z"] {
            assert_eq!(utc_second(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn every_date_of_the_common_calendar_and_no_other() {
        for year in 0..=9999 {
            for month in 0..=13 {
                for day in [0, 1, 2, 27, 28, 29, 30, 31, 32] {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    let expected =
                        NaiveDate::from_ymd_opt(year, month, day).map(|date| Moment::Date(date.to_epoch_days()));
                    assert_eq!(Moment::parse(text.as_bytes()), expected, "{text}");
                }
            }
        }
    }
}
