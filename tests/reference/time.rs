//! §5, windows, and §8, business time: instants are microseconds since 1970 in UTC.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::model::{Calendar, Span, Unit};

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

/// An interval of a date, as minutes since its midnight and as instants.
struct Open {
    date: NaiveDate,
    minutes: (i64, i64),
    from: i64,
    to: i64,
}

/// The open intervals of a date: `closed on` beats `open on`, which beats a holiday, which beats the week.
fn open_on(calendar: &Calendar, date: NaiveDate) -> Vec<Open> {
    let special = calendar.open.iter().find(|(open, _)| *open == date);
    let weekday = date.weekday().num_days_from_monday();
    let minutes: Vec<(i64, i64)> = if calendar.closed.contains(&date) {
        Vec::new()
    } else if let Some((_, intervals)) = special {
        intervals.clone()
    } else if calendar.holidays.contains(&date) {
        Vec::new()
    } else if calendar.always_open {
        vec![(0, 24 * 60)]
    } else {
        let days = calendar.week.iter().filter(|(days, _)| days.contains(&weekday));
        days.flat_map(|(_, intervals)| intervals.clone()).collect()
    };
    // One that ends at or before its beginning runs past midnight.
    let minutes = minutes.into_iter().map(|(from, to)| (from, if to <= from { to + 24 * 60 } else { to }));
    let at = |minutes| instant(calendar.zone, date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes));
    let mut open: Vec<Open> =
        minutes.map(|(from, to)| Open { date, minutes: (from, to), from: at(from), to: at(to) }).collect();
    open.retain(|open| open.from < open.to);
    open.sort_by_key(|open| open.from);
    open
}

/// `from ⊕ span`, and what of the calendar lies between.
pub fn business_later(calendar: &Calendar, from: i64, span: Span) -> (i64, Vec<&'static str>) {
    let due = forward(calendar, from, span);
    let (first, last) = (date(calendar.zone, from), date(calendar.zone, due));
    let within = |dates: &[NaiveDate]| dates.iter().any(|date| first <= *date && *date <= last);
    let special: Vec<NaiveDate> = calendar.open.iter().map(|(date, _)| *date).collect();
    let hours = || calendar.week.iter().flat_map(|(_, hours)| hours);
    let offset = |instant| local(calendar.zone, instant).and_utc().timestamp_micros() - instant;
    let crossed = [
        (span.count == 0, "business time: none"),
        (within(&calendar.closed), "business time: closed on"),
        (within(&special), "business time: open on"),
        (within(&calendar.holidays), "business time: a holiday"),
        (within(&calendar.holidays) && within(&special), "business time: open on a holiday, or by one"),
        (calendar.always_open, "business time: always open"),
        (hours().any(|(from, to)| to < from), "business time: past midnight"),
        (calendar.week.iter().any(|(_, hours)| hours.len() > 1), "business time: a break"),
        (offset(from) != offset(due), "business time: a change of the clocks"),
    ];
    (due, crossed.into_iter().filter(|(came_up, _)| *came_up).map(|(_, what)| what).collect())
}

/// Business time always moves forward.
fn forward(calendar: &Calendar, from: i64, span: Span) -> i64 {
    let first = date(calendar.zone, from) - Days::new(2);
    let open: Vec<Open> = first.iter_days().take(90).flat_map(|date| open_on(calendar, date)).collect();
    let start = open.iter().filter(|open| from < open.to).map(|open| open.from.max(from)).min().unwrap();
    if span.count == 0 {
        return start;
    }
    if span.unit == Unit::Day {
        let day = open.iter().filter(|open| open.from <= start && start < open.to).map(|open| open.date).min().unwrap();
        let dates: BTreeSet<NaiveDate> = open.iter().map(|open| open.date).filter(|date| *date > day).collect();
        let due = *dates.iter().nth(usize::try_from(span.count).unwrap() - 1).unwrap();
        // The local time of day, past midnight counted on.
        let time = local(calendar.zone, start) - day.and_time(NaiveTime::MIN);
        let on_the_day = open_on(calendar, due);
        let mut time_due = TimeDelta::minutes(on_the_day[0].minutes.0);
        for open in &on_the_day {
            if time >= TimeDelta::minutes(open.minutes.0) {
                time_due = time.min(TimeDelta::minutes(open.minutes.1));
            }
        }
        return instant(calendar.zone, due.and_time(NaiveTime::MIN) + time_due);
    }
    let (mut at, mut left) = (start, length(span));
    for open in &open {
        // What an interval shares with the one before it is counted once.
        let begins = open.from.max(at);
        if begins < open.to {
            if open.to - begins >= left {
                return begins + left;
            }
            left -= open.to - begins;
            at = open.to;
        }
    }
    panic!("{span:?} of business time does not fit 90 days")
}
