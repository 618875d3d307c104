//! Business time: opening hours, and counting in them.
//!
//! All open time is half-open, `[open, close)`. An interval belongs to the date it begins on, and
//! only its two ends are mapped to instants: whatever the clocks do in between, all of it is open.
//! Where intervals of neighbouring dates overlap, that time counts once.

use std::borrow::Cow;
use std::sync::OnceLock;

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::hours::regular_week;
use super::year::{Day, NEAR, Year};
use super::{Instant, zone};

pub use super::hours::{CalendarSpec, Interval, has_any_open_time, overlaps};

const MICROS_PER_WEEK: i64 = 7 * 24 * 3_600 * 1_000_000;
/// 365.2425 days.
const MICROS_PER_YEAR: i64 = 31_556_952 * 1_000_000;
/// No interval holds an instant whose date is further than this from the interval's own; one
/// would do, were it not for clocks that were set back by as much as a day.
const REACH: Days = Days::new(2);
/// How long a calendar may stay closed before counting gives up.
const PATIENCE_MONTHS: i32 = 120;

/// These years are kept once they are built. No zone changes its offset before them, and the
/// time zone data knows of no change after them, so that the other years repeat week by week.
const KEPT_YEARS: std::ops::Range<i32> = 1800..2200;
/// Beyond these years, at the ends of what a date can hold, no calendar is open.
const KNOWN_YEARS: std::ops::RangeInclusive<i32> = -262_000..=262_000;

/// A calendar ready for counting.
///
/// Open time is summed up year by year, each year when it is first needed, because a policy asks
/// about a few years of the centuries that it could ask about. What is kept is a pure function of
/// the specification: neither threads nor the order of questions change an answer.
#[derive(Debug)]
pub struct Calendar {
    spec: CalendarSpec,
    years: Box<[OnceLock<Box<Year>>]>,
    /// Open microseconds in a week without exceptions or clock changes.
    week_open: i64,
    /// Dates with open time in such a week.
    week_dates: i64,
    /// The first instant after the last year for which holidays are listed.
    holidays_end: Option<Instant>,
    /// The first instant of the known years.
    known_from: Instant,
}

impl Calendar {
    /// Takes the hours as they are; nothing is counted until something is asked.
    pub fn new(spec: CalendarSpec) -> Self {
        let (week_open, week_dates) = regular_week(&spec);
        let after = spec.last_year_of_holidays().and_then(|year| NaiveDate::from_ymd_opt(year + 1, 1, 1));
        let holidays_end = after.map(|date| zone::start_of_day(spec.zone, date));
        let first = NaiveDate::from_ymd_opt(*KNOWN_YEARS.start(), 1, 1).unwrap_or(NaiveDate::MIN);
        let known_from = zone::start_of_day(spec.zone, first);
        let years = KEPT_YEARS.map(|_| OnceLock::new()).collect();
        Self { years, spec, week_open, week_dates, holidays_end, known_from }
    }

    /// The specification that the calendar was made from.
    pub fn spec(&self) -> &CalendarSpec {
        &self.spec
    }

    /// Whether time up to `t` runs past the last year for which holidays are listed: what is counted there may be
    /// a holiday that the list does not know yet.
    pub fn runs_past_holidays(&self, t: Instant) -> bool {
        self.holidays_end.is_some_and(|end| t > end)
    }

    /// The same of a date that was counted to.
    pub fn is_past_holidays(&self, date: NaiveDate) -> bool {
        self.spec.last_year_of_holidays().is_some_and(|last| date.year() > last)
    }

    /// The first instant after the last year for which holidays are listed.
    pub fn holidays_end(&self) -> Option<Instant> {
        self.holidays_end
    }

    /// The first open instant at or after `t`: `t` itself while open, else the next opening (also
    /// at the very instant of closing). None if there is none within ten calendar years after `t`.
    pub fn next_open(&self, t: Instant) -> Option<Instant> {
        self.opening(t).map(|(open, _)| open)
    }

    /// The first open instant at or after `t`, and its year.
    fn opening(&self, t: Instant) -> Option<(Instant, Cow<'_, Year>)> {
        let mut year = self.year_at(t)?;
        loop {
            if let Some(open) = year.next_open(t) {
                return Some((open, year));
            }
            year = self.following(&year, t)?;
        }
    }

    /// The instant at which `micros` of open time have passed since the first open instant at or
    /// after `t`.
    ///
    /// An amount that uses up an interval exactly is due at its close; an amount of zero (or less)
    /// is due at that first open instant. None where ten years without open time come first.
    pub fn add_open(&self, t: Instant, micros: i64) -> Option<Instant> {
        let (start, mut year) = self.opening(t)?;
        if micros <= 0 {
            return Some(start);
        }
        let (mut at, mut left, mut closed_since) = (start, micros, start);
        loop {
            let before = year.open_before(at);
            if let Some(due) = year.reach(before.saturating_add(left)) {
                return Some(due);
            }
            left -= year.total() - before;
            closed_since = year.last_close().map_or(closed_since, |close| close.max(closed_since));
            at = year.end;
            year = self.following(&year, closed_since)?;
            let weeks = self.regular_weeks(year.number, at, left, self.week_open);
            if weeks > 0 {
                at = at.checked_add(weeks.checked_mul(MICROS_PER_WEEK)?)?;
                left -= weeks * self.week_open;
                year = self.year_at(at)?;
            }
        }
    }

    /// The instant `days` business days after the first open instant at or after `t`.
    ///
    /// That instant has a date: the one whose interval it lies in (of two, the earlier), even past
    /// midnight. The target is the same time on the clock, counted past 24:00 where need be, on
    /// the `days`-th later date that has any open time, moved into that date's hours: forward to
    /// the first opening, or back to the close before it. Zero days (or less) are due at the first
    /// open instant. None where ten years without open time come first.
    pub fn add_days(&self, t: Instant, days: i64) -> Option<Instant> {
        self.add_days_on(t, days).map(|(due, _)| due)
    }

    /// As [`Calendar::add_days`], and the date that was counted to.
    pub fn add_days_on(&self, t: Instant, days: i64) -> Option<(Instant, NaiveDate)> {
        let (start, year) = self.opening(t)?;
        let from = self.date_at(start, &year)?;
        if days <= 0 {
            return Some((start, from));
        }
        let to = self.later_date(from, days, start)?;

        let midnight = from.and_time(NaiveTime::MIN);
        let clock = zone::local(self.spec.zone, start).signed_duration_since(midnight);
        let wanted = to.and_time(NaiveTime::MIN).checked_add_signed(clock)?;
        let wanted = zone::first_instant(self.spec.zone, wanted);

        let year = self.year(to.year())?;
        let spans = year.spans_of(to);
        let (first_open, _) = *spans.first()?;
        let before = spans.iter().take_while(|(open, _)| *open <= wanted).last();
        Some((before.map_or(first_open, |(_, close)| wanted.min(*close)), to))
    }

    /// The open time in `[a, b)`, in microseconds; zero where `b` is not after `a`.
    pub fn open_between(&self, a: Instant, b: Instant) -> i64 {
        let mut at = a.max(self.known_from);
        let mut total = 0_i64;
        let mut year = self.year_at(at);
        while at < b {
            let Some(of) = &year else { break };
            let weeks = self.regular_weeks(of.number, at, b.saturating_sub(at), MICROS_PER_WEEK);
            if weeks > 0 {
                total = total.saturating_add(weeks.saturating_mul(self.week_open));
                at = at.saturating_add(weeks.saturating_mul(MICROS_PER_WEEK));
                year = self.year_at(at);
            } else {
                total = total.saturating_add(of.open_before(b) - of.open_before(at));
                at = of.end;
                year = self.year(of.number + 1);
            }
        }
        total
    }

    /// The open stretches in `[a, b)`, in order, cut to it. Of more than `most`, the last reaches to the end of the last
    /// one, over time that is not open.
    pub fn stretches(&self, a: Instant, b: Instant, most: usize) -> Vec<(Instant, Instant)> {
        let mut stretches: Vec<(Instant, Instant)> = Vec::new();
        let mut year = self.year_at(a.max(self.known_from));
        while let Some(of) = year.filter(|year| year.start < b) {
            for (open, close) in of.stretches_between(a, b) {
                let full = stretches.len() >= most;
                match stretches.last_mut() {
                    // What runs over the turn of the year is one stretch.
                    Some(last) if last.1 == open => last.1 = close,
                    Some(last) if full => {
                        // The end is all that is asked of the rest.
                        last.1 = self.close_before(b).max(close);
                        return stretches;
                    }
                    _ => stretches.push((open, close)),
                }
            }
            year = self.year(of.number + 1);
        }
        stretches
    }

    /// The last instant up to `b` at which open time ends, or `b` where it is open until then.
    fn close_before(&self, b: Instant) -> Instant {
        let last = |year: Cow<'_, Year>| year.stretches_between(Instant::MIN, b).last().map(|(_, close)| close);
        let year = self.year_at(b);
        let before = year.as_ref().and_then(|year| self.year(year.number - 1));
        year.and_then(last).or_else(|| before.and_then(last)).unwrap_or(b)
    }

    /// The date that an open instant of `year` counts for: the earliest whose hours it lies in.
    fn date_at(&self, t: Instant, year: &Year) -> Option<NaiveDate> {
        let near = year.days_begun_by(t);
        let holds = |day: &&Day| day.spans.iter().any(|(open, close)| (*open..*close).contains(&t));
        // Hours of the old year may run into the new one.
        if near.len() < NEAR {
            let before = self.year(year.number - 1)?;
            if let Some(day) = before.days_begun_by(t).iter().find(holds) {
                return Some(day.date);
            }
        }
        near.iter().find(holds).map(|day| day.date)
    }

    /// The `count`-th date after `date` that has any open time, for a `count` above zero.
    fn later_date(&self, date: NaiveDate, count: i64, since: Instant) -> Option<NaiveDate> {
        let mut year = self.year(date.year())?;
        let (mut after, mut left, mut closed_since) = (date, count, since);
        loop {
            let days = year.days_after(after);
            if let Some(found) = usize::try_from(left - 1).ok().and_then(|n| days.get(n)) {
                return Some(found.date);
            }
            left -= i64::try_from(days.len()).unwrap_or(0);
            closed_since = year.last_close().map_or(closed_since, |close| close.max(closed_since));
            after = NaiveDate::from_ymd_opt(year.number, 12, 31)?;
            year = self.following(&year, closed_since)?;
            let weeks = self.regular_weeks(year.number, year.start, left, self.week_dates);
            if weeks > 0 {
                after = after.checked_add_days(Days::new(u64::try_from(weeks * 7).ok()?))?;
                left -= weeks * self.week_dates;
                year = self.year(after.year())?;
            }
        }
    }

    /// How many weeks from `at` may be taken in one step, because each has the same open time and
    /// dates: fewer than `left` holds at `each` a week, and at least one week short of the next
    /// exception, so that the walk itself finds out when the calendar closed last.
    fn regular_weeks(&self, year: i32, at: Instant, left: i64, each: i64) -> i64 {
        if KEPT_YEARS.contains(&year) || each <= 0 {
            return 0;
        }
        let date = zone::date_of(self.spec.zone, at);
        let end = if year < KEPT_YEARS.start { KEPT_YEARS.start } else { *KNOWN_YEARS.end() };
        let Some(end) = NaiveDate::from_ymd_opt(end, 1, 1) else {
            return 0;
        };
        let near = date.checked_sub_days(REACH).unwrap_or(date);
        let end = self.spec.next_exception(near).map_or(end, |e| e.min(end));
        let regular = (end - date).num_days() / 7 - 1;
        ((left - 1) / each).min(regular).max(0)
    }

    /// The year after `year`, unless ten years have passed since `since` before it opens.
    fn following(&self, year: &Year, since: Instant) -> Option<Cow<'_, Year>> {
        let next = self.year(year.number + 1)?;
        let opens = next.first_open().unwrap_or(next.end);
        // Nine mean years are less than ten years of the calendar, which take longer to find.
        let soon = opens.saturating_sub(since) < 9 * MICROS_PER_YEAR;
        (soon || opens <= zone::add_months(self.spec.zone, since, PATIENCE_MONTHS)).then_some(next)
    }

    /// The year that an instant lies in: by the mean length of a year, which is wrong by one at most.
    fn year_at(&self, t: Instant) -> Option<Cow<'_, Year>> {
        let year = self.year(i32::try_from(1970 + t.div_euclid(MICROS_PER_YEAR)).ok()?)?;
        if t >= year.end {
            self.year(year.number + 1)
        } else if t < year.start {
            self.year(year.number - 1)
        } else {
            Some(year)
        }
    }

    fn year(&self, number: i32) -> Option<Cow<'_, Year>> {
        if !KNOWN_YEARS.contains(&number) {
            return None;
        }
        let slot = usize::try_from(number - KEPT_YEARS.start).ok();
        match slot.and_then(|slot| self.years.get(slot)) {
            Some(kept) => Some(Cow::Borrowed(kept.get_or_init(|| Box::new(self.build(number))))),
            None => Some(Cow::Owned(self.build(number))),
        }
    }

    fn build(&self, number: i32) -> Year {
        let first = NaiveDate::from_ymd_opt(number, 1, 1).unwrap_or(NaiveDate::MIN);
        let next = NaiveDate::from_ymd_opt(number + 1, 1, 1).unwrap_or(NaiveDate::MAX);
        let tz = self.spec.zone;
        let bounds = (zone::start_of_day(tz, first), zone::start_of_day(tz, next));
        let mut spans = Vec::new();
        let mut days = Vec::new();
        let begin = first.checked_sub_days(REACH).unwrap_or(first);
        for date in begin.iter_days().take_while(|date| *date < next) {
            let of_date = self.spec.spans(date);
            spans.extend(&of_date);
            if date >= first && !of_date.is_empty() {
                days.push(Day { date, spans: of_date.into() });
            }
        }
        Year::new(number, bounds, spans, days)
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "calendar_properties.rs"]
mod properties;
