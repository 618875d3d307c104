//! One year of one calendar, summed up once so that every question about it is a search.

use chrono::{Datelike, NaiveDate};

use super::Instant;

/// No more dates than this have hours at one instant: an interval ends with the date after its own, at the latest.
pub(super) const NEAR: usize = 3;

/// The open time between two instants, and how much of its year's open time lies before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    open: Instant,
    close: Instant,
    before: i64,
}

/// The open time from a year's first instant to the next year's first.
///
/// A stretch that runs over the turn of the year is cut there, so that years add up without
/// counting anything twice. Dates, on the other hand, belong to the year in their name: an
/// overnight interval of 31 December puts open time into the next year and its date into this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Year {
    pub(super) number: i32,
    pub(super) start: Instant,
    pub(super) end: Instant,
    /// Half-open, in order, with time between each and the next.
    stretches: Vec<Stretch>,
    total: i64,
    /// The dates of this year on which any open time begins, in order.
    days: Vec<Day>,
}

/// A date and its open spans, in order. They are whole, whatever part of them lies in the next year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) spans: Box<[(Instant, Instant)]>,
}

impl Year {
    /// `spans` are the open spans that touch the year, in any order, overlapping or not.
    pub(super) fn new(
        number: i32,
        (start, end): (Instant, Instant),
        spans: Vec<(Instant, Instant)>,
        days: Vec<Day>,
    ) -> Self {
        let clipped = spans.into_iter().map(|(open, close)| (open.max(start), close.min(end))).collect();
        let mut total = 0_i64;
        let stretches = union(clipped)
            .into_iter()
            .map(|(open, close)| {
                let before = total;
                total += close - open;
                Stretch { open, close, before }
            })
            .collect();
        Self { number, start, end, stretches, total, days }
    }

    /// The first open instant of the year at or after `t`.
    pub(super) fn next_open(&self, t: Instant) -> Option<Instant> {
        let at = self.first_closing_after(t);
        self.stretches.get(at).map(|s| s.open.max(t))
    }

    pub(super) fn first_open(&self) -> Option<Instant> {
        self.stretches.first().map(|s| s.open)
    }

    pub(super) fn last_close(&self) -> Option<Instant> {
        self.stretches.last().map(|s| s.close)
    }

    /// The year's open time before `t`, in microseconds: none before the year, all after it.
    pub(super) fn open_before(&self, t: Instant) -> i64 {
        // Most years of a long stretch of time are asked about from end to end.
        if t <= self.start {
            return 0;
        } else if t >= self.end {
            return self.total;
        }
        let at = self.first_closing_after(t);
        match self.stretches.get(at) {
            Some(s) => s.before + (t.max(s.open) - s.open),
            None => self.total,
        }
    }

    /// The first instant before which the year has `goal` microseconds of open time, for a
    /// `goal` above zero; none where the year has less.
    pub(super) fn reach(&self, goal: i64) -> Option<Instant> {
        if goal > self.total {
            return None;
        }
        // The last stretch that begins with less than the goal, so that a goal which uses up a
        // stretch falls on its close and not on the next opening.
        let next = near(&self.stretches, (goal, self.total), |s| s.before < goal);
        let stretch = self.stretches.get(next.checked_sub(1)?)?;
        Some(stretch.open + (goal - stretch.before))
    }

    /// The open stretches of the year in `[a, b)`, in order, cut to it.
    pub(super) fn stretches_between(&self, a: Instant, b: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        let from = self.first_closing_after(a);
        let near = self.stretches.get(from..).unwrap_or_default().iter().take_while(move |s| s.open < b);
        near.map(move |s| (s.open.max(a), s.close.min(b)))
    }

    /// The open time of the whole year, in microseconds.
    pub(super) fn total(&self) -> i64 {
        self.total
    }

    /// The year's dates with open time that are later than `date`.
    pub(super) fn days_after(&self, date: NaiveDate) -> &[Day] {
        let whole = self.days.first().is_none_or(|first| first.date > date);
        let at = if whole { 0 } else { near(&self.days, of_year(date), |day| day.date <= date) };
        self.days.get(at..).unwrap_or_default()
    }

    /// The last dates whose hours have begun by `t`, in order: those in whose hours `t` may lie.
    pub(super) fn days_begun_by(&self, t: Instant) -> &[Day] {
        let begun = |day: &Day| day.spans.first().is_some_and(|(open, _)| *open <= t);
        let end = near(&self.days, (t.saturating_sub(self.start), self.end - self.start), begun);
        self.days.get(end.saturating_sub(NEAR)..end).unwrap_or_default()
    }

    /// The open spans that begin on a date of this year.
    pub(super) fn spans_of(&self, date: NaiveDate) -> &[(Instant, Instant)] {
        let at = near(&self.days, of_year(date), |day| day.date < date);
        self.days.get(at).filter(|day| day.date == date).map_or(&[], |day| &day.spans)
    }

    fn first_closing_after(&self, t: Instant) -> usize {
        near(&self.stretches, (t.saturating_sub(self.start), self.end - self.start), |s| s.close <= t)
    }
}

/// The place of a date in its year, as a share.
fn of_year(date: NaiveDate) -> (i64, i64) {
    (date.ordinal().into(), 366)
}

/// How many of the first items `belong`, as `partition_point` has it. Offices keep regular hours, so the share of the
/// year says nearly where to look; a search by halves goes wrong at every other step.
fn near<T>(items: &[T], (part, whole): (i64, i64), belongs: impl Fn(&T) -> bool) -> usize {
    const STEPS: usize = 8;
    let (len, whole) = (i64::try_from(items.len()).unwrap_or(0), whole.max(1));
    let guess = part.clamp(0, whole).saturating_mul(len) / whole;
    let mut at = usize::try_from(guess.min(len)).unwrap_or(0);
    let holds = |at: usize| items.get(at).is_some_and(&belongs);
    for _ in 0..STEPS {
        if holds(at) {
            at += 1;
        } else if at > 0 && !holds(at - 1) {
            at -= 1;
        } else {
            return at;
        }
    }
    items.partition_point(belongs)
}

/// The same time in spans that are in order, not empty, and neither overlap nor touch.
pub(super) fn union<T: Ord + Copy>(mut spans: Vec<(T, T)>) -> Vec<(T, T)> {
    spans.retain(|(open, close)| open < close);
    spans.sort_unstable();
    let mut merged: Vec<(T, T)> = Vec::with_capacity(spans.len());
    for (open, close) in spans {
        match merged.last_mut() {
            Some(last) if open <= last.1 => last.1 = last.1.max(close),
            _ => merged.push((open, close)),
        }
    }
    merged
}
