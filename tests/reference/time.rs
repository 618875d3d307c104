//! §5, windows: instants are microseconds since 1970 in UTC.

use chrono::{DateTime, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::model::{Span, Unit};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub fn utc(instant: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(instant).unwrap()
}

/// RFC 3339 in UTC, with a fraction only where there is one, without its trailing zeros.
pub fn rfc3339(instant: i64) -> String {
    let text = utc(instant).format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    format!("{}Z", text.trim_end_matches('0').trim_end_matches('.').to_owned()).replace("T00:00Z", "T00:00:00Z")
}

pub fn local(zone: Tz, instant: i64) -> NaiveDateTime {
    utc(instant).with_timezone(&zone).naive_local()
}

pub fn date(zone: Tz, instant: i64) -> NaiveDate {
    local(zone, instant).date()
}

/// A local time that does not exist is the first instant after the gap; one that occurs twice is the first.
pub fn instant(zone: Tz, local_time: NaiveDateTime) -> i64 {
    match zone.from_local_datetime(&local_time) {
        LocalResult::Single(one) | LocalResult::Ambiguous(one, _) => one.timestamp_micros(),
        LocalResult::None => {
            let near = local_time.and_utc().timestamp_micros();
            let (mut before, mut after) = (near - 30 * HOUR, near + 30 * HOUR);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if local(zone, middle) > local_time { after = middle } else { before = middle }
            }
            after
        }
    }
}

pub fn first_instant(zone: Tz, date: NaiveDate) -> i64 {
    instant(zone, date.and_time(NaiveTime::MIN))
}

/// A length in microseconds, of units that always have the same.
pub fn length(span: Span) -> i64 {
    let unit = match span.unit {
        Unit::Minute => MINUTE,
        Unit::Hour => HOUR,
        Unit::Day => DAY,
        Unit::Week => 7 * DAY,
        Unit::Month | Unit::Year => panic!("no fixed length: {span:?}"),
    };
    span.count * unit
}

pub fn is_of_the_calendar(span: Span) -> bool {
    matches!(span.unit, Unit::Month | Unit::Year)
}

fn months(span: Span) -> Months {
    Months::new(u32::try_from(if span.unit == Unit::Year { 12 * span.count } else { span.count }).unwrap())
}

/// Plain units are absolute; months and years keep the local time and are clamped to the month's end.
pub fn later(zone: Tz, from: i64, span: Span) -> i64 {
    if is_of_the_calendar(span) { instant(zone, local(zone, from) + months(span)) } else { from + length(span) }
}

pub fn earlier(zone: Tz, from: i64, span: Span) -> i64 {
    if is_of_the_calendar(span) { instant(zone, local(zone, from) - months(span)) } else { from - length(span) }
}

pub fn later_date(from: NaiveDate, span: Span) -> NaiveDate {
    if is_of_the_calendar(span) { from + months(span) } else { from + whole_days(span) }
}

pub fn earlier_date(from: NaiveDate, span: Span) -> NaiveDate {
    if is_of_the_calendar(span) { from - months(span) } else { from - whole_days(span) }
}

fn whole_days(span: Span) -> Days {
    Days::new(u64::try_from(length(span) / DAY).unwrap())
}
