//! Lengths of time as people and programs write them → a number of seconds, minutes, hours or days.

use std::ops::RangeInclusive;

use serde::Deserialize;

use super::mapping::Point;
use super::number::{Number, ungrouped};
use super::spelling::plain;
use crate::decimal::divide_half_away;

/// What time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Thousandths of a second.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of 24 hours.
    Days,
}

/// What two numbers with a colon are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Clock {
    /// `12:30` is twelve minutes and a half.
    #[default]
    #[serde(rename = "m:ss")]
    Minutes,
    /// `12:30` is twelve hours and a half.
    #[serde(rename = "h:mm")]
    Hours,
}

/// How lengths are written, and what they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// What they become a number of.
    pub unit: Unit,
    /// What a number alone counts.
    pub plain: Unit,
    /// What two numbers with a colon are.
    pub clock: Clock,
}

/// What is said of a text that is none.
pub const FORMS: &str = "`3 min`, `1h 5m`, `00:12:30`, `12:30`, `1 day, 02:10:00`, `PT12M30S` or a number alone";

/// Lengths are added in millionths of a second.
const MICROS: i128 = 1_000_000;

impl Unit {
    fn micros(self) -> i128 {
        match self {
            Unit::Milliseconds => MICROS / 1000,
            Unit::Seconds => MICROS,
            Unit::Minutes => 60 * MICROS,
            Unit::Hours => 3600 * MICROS,
            Unit::Days => 86_400 * MICROS,
        }
    }

    /// The unit of a word.
    fn of(word: &str) -> Option<Unit> {
        Some(match word {
            "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => Unit::Milliseconds,
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds,
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minutes,
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hours,
            "d" | "day" | "days" => Unit::Days,
            _ => return None,
        })
    }
}

impl Length {
    /// The length of a text, with up to six decimals; none where it is written in another way.
    pub fn read(&self, text: &str, point: Point) -> Option<String> {
        let text = plain(text);
        let micros = if let Some(iso) = text.strip_prefix('p') {
            iso_8601(iso)?
        } else if text.contains(':') {
            self.on_a_clock(&text, point)?
        } else if let Some(number) = number(&text, point) {
            number.in_parts(self.plain.micros())?
        } else {
            in_words(&text, point, Unit::Milliseconds..=Unit::Days)?
        };
        let parts = divide_half_away(micros.checked_mul(MICROS)?, self.unit.micros());
        Some(Number::new(parts, 6).to_string())
    }

    /// `00:12:30`, `12:30`, and days before them: `1 day, 02:10:00`.
    fn on_a_clock(&self, text: &str, point: Point) -> Option<i128> {
        let (days, clock) = text.rsplit_once(' ').unwrap_or(("", text));
        let days = match days.trim_end_matches(',') {
            "" => 0,
            days => in_words(days, point, Unit::Days..=Unit::Days)?,
        };
        let parts: Vec<&str> = clock.split(':').collect();
        let (hours, minutes, seconds) = match (parts.as_slice(), self.clock) {
            ([hours, minutes, seconds], _) => (*hours, *minutes, *seconds),
            ([minutes, seconds], Clock::Minutes) => ("0", *minutes, *seconds),
            ([hours, minutes], Clock::Hours) => (*hours, *minutes, "0"),
            _ => return None,
        };
        let whole = |text: &str| Number::parse(text).filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let (hours, minutes) = (whole(hours)?.in_parts(1)?, whole(minutes)?.in_parts(1)?);
        let micros = number(seconds, point)?.in_parts(MICROS)?;
        let has_hours = parts.len() == 3 || self.clock == Clock::Hours;
        // What stands behind a colon is never sixty or more.
        if micros >= Unit::Minutes.micros() || (has_hours && minutes >= 60) {
            return None;
        }
        let hours = hours.checked_mul(Unit::Hours.micros())?;
        days.checked_add(hours)?.checked_add(minutes.checked_mul(Unit::Minutes.micros())?)?.checked_add(micros)
    }
}

/// `1 h 5 min`, the larger units first, and only `these`.
fn in_words(text: &str, point: Point, these: RangeInclusive<Unit>) -> Option<i128> {
    let (mut rest, mut sum, mut before) = (text, 0i128, None);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_alphabetic())?;
        let (count, after) = rest.split_at_checked(end)?;
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (word, after) = after.split_at_checked(end)?;
        let unit = Unit::of(word).filter(|unit| these.contains(unit) && before.is_none_or(|before| *unit < before))?;
        sum = sum.checked_add(number(count.trim_end(), point)?.in_parts(unit.micros())?)?;
        before = Some(unit);
        rest = after.strip_prefix('.').unwrap_or(after).trim_start().trim_start_matches(',').trim_start();
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    before.map(|_| sum)
}

/// `PT12M30S`, without its `P`, in small letters.
fn iso_8601(text: &str) -> Option<i128> {
    let (days, clock) = text.split_once('t').unwrap_or((text, ""));
    let days = if days.is_empty() { Some(0) } else { in_words(days, Point::Point, Unit::Days..=Unit::Days) };
    let clock = if clock.is_empty() { Some(0) } else { in_words(clock, Point::Point, Unit::Seconds..=Unit::Hours) };
    (!text.is_empty()).then_some(days?.checked_add(clock?)?)
}

fn number(text: &str, point: Point) -> Option<Number> {
    Number::parse(&ungrouped(text, point)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_each_of_their_forms_and_in_no_other() {
        let length = Length { unit: Unit::Minutes, plain: Unit::Seconds, clock: Clock::Minutes };
        for (text, minutes) in [
            ("3 min", Some("3")),
            ("1h 5m", Some("65")),
            ("1h5m", Some("65")),
            ("1 Hour, 5 minutes and 30 seconds", Some("65.5")),
            ("1.5 hrs.", Some("90")),
            ("2 days", Some("2880")),
            ("1500 ms", Some("0.025")),
            ("00:12:30", Some("12.5")),
            ("12:30", Some("12.5")),
            ("95:30", Some("95.5")),
            ("1:00:00.6", Some("60.01")),
            ("1 day, 02:10:00", Some("1570")),
            ("0 days 00:12:30", Some("12.5")),
            ("PT12M30S", Some("12.5")),
            ("P1DT1H", Some("1500")),
            ("95", Some("1.583333")),
            ("1,200", Some("20")),
            (" 90 ", Some("1.5")),
            ("0", Some("0")),
            ("-5", None),
            ("5 5", None),
            ("5m 1h", None),
            ("5m 5m", None),
            ("12:60", None),
            ("1:60:00", None),
            ("1:2:3:4", None),
            ("1 h 02:10:00", None),
            ("ab:cd", None),
            ("3 moons", None),
            ("min", None),
            ("P", None),
            ("PT5D", None),
            ("", None),
            ("99999999999999999999999999999999999999 d", None),
        ] {
            assert_eq!(length.read(text, Point::Point).as_deref(), minutes, "{text:?}");
        }
        let hours = Length { unit: Unit::Hours, plain: Unit::Hours, clock: Clock::Hours };
        assert_eq!(hours.read("2:30", Point::Comma).as_deref(), Some("2.5"));
        assert_eq!(hours.read("2,5", Point::Comma).as_deref(), Some("2.5"));
        assert_eq!(hours.read("2:75", Point::Comma), None);
    }
}
