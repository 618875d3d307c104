//! §8, *Business time*, by writing down when the calendar is open, date by date, and counting it.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};

use crate::model::{Calendar, Span, Unit};
use crate::time::{DAY, date, instant, length, local};

/// How far ahead business time is sought: longer and longer, and ten years at most.
pub const HORIZONS: [i64; 4] = [4 * DAY, 20 * DAY, 400 * DAY, 3653 * DAY];

/// An interval of a date, as minutes since its midnight and as instants.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    date: NaiveDate,
    minutes: (i64, i64),
    from: i64,
    to: i64,
}

fn open_on(calendar: &Calendar, date: NaiveDate) -> Vec<Open> {
    calendar.open_on.borrow_mut().entry(date).or_insert_with(|| hours_of(calendar, date)).clone()
}

/// The open intervals of a date: `closed on` beats `open on`, which beats a holiday, which beats the week.
fn hours_of(calendar: &Calendar, date: NaiveDate) -> Vec<Open> {
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

/// The intervals of all dates that may be open between two instants.
fn intervals(calendar: &Calendar, from: i64, to: i64) -> Vec<Open> {
    let (first, last) = (date(calendar.zone, from) - Days::new(2), date(calendar.zone, to) + Days::new(1));
    dates(calendar, first, last).into_iter().flat_map(|date| open_on(calendar, date)).collect()
}

/// The dates, the first and the last included, that may have open time.
fn dates(calendar: &Calendar, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    let mut dates: Vec<NaiveDate> = if calendar.week.is_empty() && !calendar.always_open {
        // None but those that `open on` names.
        calendar.open.iter().map(|(date, _)| *date).collect()
    } else {
        first.iter_days().take_while(|date| *date <= last).collect()
    };
    dates.retain(|date| first <= *date && *date <= last);
    dates.sort_unstable();
    dates
}

/// The open time between two instants, in order; what an interval shares with the ones before it is counted once.
pub fn stretches(calendar: &Calendar, from: i64, to: i64) -> Vec<(i64, i64)> {
    let mut stretches = Vec::new();
    let mut at = from;
    for open in intervals(calendar, from, to) {
        let (begins, ends) = (open.from.max(at), open.to.min(to));
        if begins < ends {
            stretches.push((begins, ends));
            at = ends;
        }
    }
    stretches
}

/// The first open instant at or after another.
pub fn first_open(calendar: &Calendar, from: i64) -> Option<i64> {
    HORIZONS.iter().find_map(|horizon| stretches(calendar, from, from + horizon).first().map(|first| first.0))
}

/// When an instant has become so many later: of an arrival out of hours, of the first open instant after it.
pub fn due(calendar: &Calendar, from: i64, span: Span) -> Option<i64> {
    let start = first_open(calendar, from)?;
    if span.count == 0 {
        return Some(start);
    }
    if span.unit == Unit::Day {
        return later_day(calendar, start, usize::try_from(span.count).unwrap());
    }
    add(calendar, start, length(span))
}

/// The first instant by which so much open time has passed.
pub fn add(calendar: &Calendar, from: i64, amount: i64) -> Option<i64> {
    HORIZONS.iter().find_map(|horizon| at_amount(from, &stretches(calendar, from, from + horizon), amount))
}

/// Where in these stretches so much time has passed since an instant.
pub fn at_amount(from: i64, stretches: &[(i64, i64)], amount: i64) -> Option<i64> {
    let (mut at, mut left) = (from, amount);
    for (begins, ends) in stretches {
        if left == 0 {
            break;
        }
        let taken = left.min(ends - begins);
        left -= taken;
        at = begins + taken;
    }
    (left == 0).then_some(at)
}

/// At the same time of day on the N-th later date with open time, clamped to that date's open time.
fn later_day(calendar: &Calendar, start: i64, count: usize) -> Option<i64> {
    let open = intervals(calendar, start, start);
    let day = open.iter().filter(|open| open.from <= start && start < open.to).map(|open| open.date).min()?;
    // The local time of day, past midnight counted on.
    let time = local(calendar.zone, start) - day.and_time(NaiveTime::MIN);
    let later = HORIZONS.iter().find_map(|horizon| {
        let dates = dates(calendar, day + Days::new(1), date(calendar.zone, start + horizon));
        dates.into_iter().map(|date| open_on(calendar, date)).filter(|open| !open.is_empty()).nth(count - 1)
    });
    let on_the_day = later?;
    let mut time_due = TimeDelta::minutes(on_the_day[0].minutes.0);
    for open in &on_the_day {
        if time >= TimeDelta::minutes(open.minutes.0) {
            time_due = time.min(TimeDelta::minutes(open.minutes.1));
        }
    }
    Some(instant(calendar.zone, on_the_day[0].date.and_time(NaiveTime::MIN) + time_due))
}

/// What of a calendar lies between two instants.
pub fn crossed(calendar: &Calendar, from: i64, to: i64) -> Vec<&'static str> {
    let (first, last) = (date(calendar.zone, from), date(calendar.zone, to));
    let within = |dates: &[NaiveDate]| dates.iter().any(|date| first <= *date && *date <= last);
    let special: Vec<NaiveDate> = calendar.open.iter().map(|(date, _)| *date).collect();
    let hours = || calendar.week.iter().flat_map(|(_, hours)| hours);
    let offset = |instant| local(calendar.zone, instant).and_utc().timestamp_micros() - instant;
    let crossed = [
        (within(&calendar.closed), "business time: closed on"),
        (within(&special), "business time: open on"),
        (within(&calendar.holidays), "business time: a holiday"),
        (within(&calendar.holidays) && within(&special), "business time: open on a holiday, or by one"),
        (calendar.always_open, "business time: always open"),
        (hours().any(|(from, to)| to < from), "business time: past midnight"),
        (calendar.week.iter().any(|(_, hours)| hours.len() > 1), "business time: a break"),
        (offset(from) < offset(to), "business time: the clocks go forward"),
        (offset(from) > offset(to), "business time: the clocks go back"),
        (offset(from) % crate::time::HOUR != 0, "business time: a zone of half or quarter hours"),
    ];
    crossed.into_iter().filter(|(came_up, _)| *came_up).map(|(_, what)| what).collect()
}
