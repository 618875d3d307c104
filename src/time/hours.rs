//! Opening hours as a policy states them, and what they say about one date or one week.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::year::union;
use super::{Instant, zone};

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MINUTES_PER_WEEK: i64 = 7 * 24 * 60;
/// An interval may not run past the end of the date after its own.
const LAST_MINUTE: u16 = 2 * 24 * 60;

/// The opening hours as a policy states them, with the names that traces show.
///
/// `closed_on` beats `open_on`, which beats `holidays`, which beat the week. Whichever rule
/// decides a date decides all the hours that begin on it, those past midnight included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarSpec {
    /// The zone whose clocks the hours are read on.
    pub zone: Tz,
    /// Open around the clock on every weekday, in place of `weekly`; the other rules still hold.
    pub always_open: bool,
    /// The hours of the seven weekdays, Monday first.
    pub weekly: [Vec<Interval>; 7],
    /// Dates with hours of their own.
    pub open_on: BTreeMap<NaiveDate, Vec<Interval>>,
    /// Dates on which nothing opens, and why.
    pub closed_on: BTreeMap<NaiveDate, String>,
    /// Holidays from a list, by name.
    pub holidays: BTreeMap<NaiveDate, String>,
}

impl CalendarSpec {
    /// The last year for which holidays are listed; none where there is no such list.
    pub fn last_year_of_holidays(&self) -> Option<i32> {
        self.holidays.last_key_value().map(|(date, _)| date.year())
    }
}

/// Opening hours in minutes after 00:00, on the clock, of the date they begin on.
///
/// 1440 is 24:00, and a `to` of up to 2880 lies on the next date: 22:00 to 06:00 is 1320 to 1800.
/// An interval that does not end after it begins is empty; one that runs past 2880 is cut there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    /// The minute at which it opens.
    pub from: u16,
    /// The minute at which it closes.
    pub to: u16,
}

/// Whether the calendar can ever be open: on some weekday, or on some date that is not closed.
pub fn has_any_open_time(spec: &CalendarSpec) -> bool {
    let any = |hours: &[Interval]| hours.iter().any(|i| !i.is_empty());
    let some_date = || spec.open_on.iter().any(|(date, hours)| any(hours) && !spec.closed_on.contains_key(date));
    (0..7).any(|weekday| any(spec.week(weekday))) || some_date()
}

/// The intervals of one date that share time with one that begins before them, as pairs of places in the slice, the
/// lower place first. Intervals that only touch (09:00 to 12:00, 12:00 to 17:00) do not.
pub fn overlaps(hours: &[Interval]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<(usize, &Interval)> =
        hours.iter().enumerate().filter(|(_, interval)| !interval.is_empty()).collect();
    sorted.sort_by_key(|(place, interval)| (interval.from, *place));
    let (mut pairs, mut longest) = (Vec::new(), None::<(usize, &Interval)>);
    for (place, interval) in sorted {
        if let Some((other, before)) = longest.filter(|(_, before)| interval.from < before.to) {
            pairs.push((place.min(other), place.max(other)));
            if interval.to <= before.to {
                continue;
            }
        }
        longest = Some((place, interval));
    }
    pairs
}

/// The open microseconds, and the number of dates with open time, of a week that repeats.
pub(super) fn regular_week(spec: &CalendarSpec) -> (i64, i64) {
    let mut spans = Vec::new();
    let mut dates = 0;
    for (weekday, midnight) in (0..7).zip((0..).step_by(24 * 60)) {
        let hours = spec.week(weekday);
        let hours = || hours.iter().filter(|i| !i.is_empty());
        dates += i64::from(hours().next().is_some());
        for interval in hours() {
            let open = midnight + i64::from(interval.from);
            let close = midnight + i64::from(interval.to.min(LAST_MINUTE));
            // What runs past Sunday is the start of every Monday.
            spans.push((open, close.min(MINUTES_PER_WEEK)));
            spans.push(((open - MINUTES_PER_WEEK).max(0), close - MINUTES_PER_WEEK));
        }
    }
    let minutes: i64 = union(spans).iter().map(|(open, close)| close - open).sum();
    (minutes * MICROS_PER_MINUTE, dates)
}

impl CalendarSpec {
    /// A calendar of `zone` that is never open, to be filled in.
    pub fn new(zone: Tz) -> Self {
        Self {
            zone,
            always_open: false,
            weekly: Default::default(),
            open_on: BTreeMap::new(),
            closed_on: BTreeMap::new(),
            holidays: BTreeMap::new(),
        }
    }

    fn week(&self, weekday: usize) -> &[Interval] {
        const AROUND_THE_CLOCK: [Interval; 1] = [Interval { from: 0, to: 1440 }];
        if self.always_open { &AROUND_THE_CLOCK } else { self.weekly.get(weekday).map_or(&[], Vec::as_slice) }
    }

    fn hours(&self, date: NaiveDate) -> &[Interval] {
        if self.closed_on.contains_key(&date) {
            &[]
        } else if let Some(hours) = self.open_on.get(&date) {
            hours
        } else if self.holidays.contains_key(&date) {
            &[]
        } else {
            let weekday = date.weekday().num_days_from_monday();
            self.week(usize::try_from(weekday).unwrap_or(0))
        }
    }

    /// Why nothing opens on a date: the name of the holiday, or what `closed on` says; an empty name where the week has no
    /// hours for it. None for a date on which something opens.
    pub fn closed_because(&self, date: NaiveDate) -> Option<&str> {
        if self.hours(date).iter().any(|interval| !interval.is_empty()) {
            return None;
        }
        let named = self.closed_on.get(&date).or_else(|| match self.open_on.contains_key(&date) {
            true => None,
            false => self.holidays.get(&date),
        });
        Some(named.map_or("", String::as_str))
    }

    /// The first date at or after `date` for which the week does not speak alone.
    pub(super) fn next_exception(&self, date: NaiveDate) -> Option<NaiveDate> {
        let open = self.open_on.range(date..).next().map(|(date, _)| *date);
        let closed = self.closed_on.range(date..).next().map(|(date, _)| *date);
        let holiday = self.holidays.range(date..).next().map(|(date, _)| *date);
        open.into_iter().chain(closed).chain(holiday).min()
    }

    /// The open spans of the hours that begin on `date`, as instants.
    pub(super) fn spans(&self, date: NaiveDate) -> Vec<(Instant, Instant)> {
        let instant = |minute: u16| {
            let local = zone::wall_time(date, minute.min(LAST_MINUTE))?;
            Some(zone::first_instant(self.zone, local))
        };
        let hours = self.hours(date).iter().filter(|i| !i.is_empty());
        union(hours.filter_map(|i| Some((instant(i.from)?, instant(i.to)?))).collect())
    }
}

impl Interval {
    fn is_empty(self) -> bool {
        self.from >= self.to.min(LAST_MINUTE)
    }
}
