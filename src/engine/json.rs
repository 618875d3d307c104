//! JSON as decisions write it: no formatting machinery, no allocation, one value after another.

use crate::time::Instant;

/// Writes what comes after a comma, unless it is the first.
pub fn key(out: &mut Vec<u8>, start: usize, key: &[u8]) {
    if out.len() > start {
        out.push(b',');
    }
    out.extend_from_slice(key);
}

/// `["a","b"]`, of names that are quoted already.
pub fn array<'a>(out: &mut Vec<u8>, names: impl Iterator<Item = &'a Vec<u8>>) {
    out.push(b'[');
    let start = out.len();
    names.for_each(|name| key(out, start, name));
    out.push(b']');
}

/// `{"a":…}`, of names that are quoted already.
pub fn object<'a, T>(
    out: &mut Vec<u8>,
    entries: impl Iterator<Item = (&'a Vec<u8>, T)>,
    mut value: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'{');
    let start = out.len();
    for (name, it) in entries {
        key(out, start, name);
        out.push(b':');
        value(out, it);
    }
    out.push(b'}');
}

/// A text in quotes, on its own.
pub fn quote(name: &str) -> Vec<u8> {
    let mut quoted = Vec::new();
    text(&mut quoted, name);
    quoted
}

/// Texts in quotes.
pub fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Vec<u8>> {
    names.map(quote).collect()
}

/// A text in quotes.
pub fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x7f);
    if text.bytes().all(|byte| is_plain(&byte)) {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.bytes().for_each(|byte| escaped(out, byte));
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0..=0x1f | 0x7f => {
            out.extend_from_slice(b"\\u00");
            let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
            out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        _ => out.push(byte),
    }
}

/// A whole number.
pub fn number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0u8; 20];
    let (mut rest, mut first) = (number, digits.len());
    for (at, place) in digits.iter_mut().enumerate().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
        first = at;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(first..).unwrap_or_default());
}

/// Hundredths as the shortest decimal: `52.5`, `60`, `-0.25`.
pub fn hundredths(out: &mut Vec<u8>, points: i64) {
    if points < 0 {
        out.push(b'-');
    }
    let size = points.unsigned_abs();
    number(out, size / 100);
    let rest = (size % 100) as u8;
    if rest != 0 {
        out.extend_from_slice(&[b'.', b'0' + rest / 10]);
        if !rest.is_multiple_of(10) {
            out.push(b'0' + rest % 10);
        }
    }
}

/// An instant in quotes.
pub fn instant(out: &mut Vec<u8>, at: Instant) {
    out.push(b'"');
    timestamp(out, at);
    out.push(b'"');
}

/// The first and the last instant that RFC 3339 can write: it has four digits for a year. A local time of the first or
/// the last day can lie beyond them.
pub const WRITABLE: (Instant, Instant) = (-62_167_219_200_000_000, 253_402_300_799_999_999);

/// The nearest instant that can be written.
pub fn writable(at: Instant) -> Instant {
    at.clamp(WRITABLE.0, WRITABLE.1)
}

/// An instant: RFC 3339 in UTC, a fraction only where there is one, without trailing zeros.
pub fn timestamp(out: &mut Vec<u8>, at: Instant) {
    let at = writable(at);
    let (seconds, micros) = (at.div_euclid(1_000_000), at.rem_euclid(1_000_000) as u32);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    let (year, month, day) = civil(days);
    let [y1, y2] = two_digits(year / 100);
    let [y3, y4] = two_digits(year % 100);
    let ([m1, m2], [d1, d2]) = (two_digits(month), two_digits(day));
    let ([h1, h2], [n1, n2], [s1, s2]) =
        (two_digits(second / 3_600), two_digits(second / 60 % 60), two_digits(second % 60));
    let text = [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'];
    out.extend_from_slice(&text);
    if micros != 0 {
        out.pop();
        out.push(b'.');
        (0..6).rev().for_each(|place| out.push(b'0' + (micros / 10u32.pow(place) % 10) as u8));
        while out.last() == Some(&b'0') {
            out.pop();
        }
        out.push(b'Z');
    }
}

/// The digits of a number below 100.
fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// Year, month and day of a day of the years 0 to 9999, counted from 1970. A decision writes up to a dozen dates, which is
/// worth ten lines: years begin in March here, so that the leap day is the last of its year.
fn civil(days: i64) -> (u32, u32, u32) {
    const DAYS_TO_1970: i64 = 719_468;
    // 400 years on, so that nothing is below zero.
    let days = (days + DAYS_TO_1970 + 146_097) as u32;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (turn, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (era * 400 + year_of_era + turn - 400, month, day)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};

    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_shortest_decimals() {
        for (points, shown) in [(5250, "52.5"), (6000, "60"), (-25, "-0.25"), (0, "0"), (7, "0.07"), (-100, "-1")] {
            assert_eq!(written(|out| hundredths(out, points)), shown);
        }
    }

    #[test]
    fn instants_keep_their_fractions_without_trailing_zeros() {
        assert_eq!(written(|out| instant(out, 0)), "\"1970-01-01T00:00:00Z\"");
        assert_eq!(written(|out| instant(out, 1_500_000)), "\"1970-01-01T00:00:01.5Z\"");
        assert_eq!(written(|out| instant(out, -1)), "\"1969-12-31T23:59:59.999999Z\"");
        assert_eq!(written(|out| instant(out, Instant::MIN)), "\"0000-01-01T00:00:00Z\"");
        assert_eq!(written(|out| instant(out, Instant::MAX)), "\"9999-12-31T23:59:59.999999Z\"");
    }

    #[test]
    fn every_day_of_the_years_that_can_be_written() {
        let first = NaiveDate::from_ymd_opt(0, 1, 1).unwrap();
        let mut count = 0;
        for date in first.iter_days().take_while(|date| date.year() <= 9999) {
            let shown = (date.year().unsigned_abs(), date.month(), date.day());
            assert_eq!(civil(date.to_epoch_days().into()), shown);
            count += 1;
        }
        assert_eq!(count, 3_652_425);
    }

    #[test]
    fn texts_are_json() {
        let odd = "a\"b\\c\u{1b}\u{7f}\n\u{0}é";
        let json = written(|out| text(out, odd));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), odd);
        assert!(json.bytes().all(|byte| byte >= 0x20));
    }
}
