//! When an instant, or a day, comes into a window round now, and when it goes out of it.

use std::cell::Cell;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::days;
use crate::engine::moment::{Hours, add_business, after, before, lies_in, shift_date};
use crate::engine::program::WindowPlan;
use crate::policy::{Unit, Window};
use crate::time::calendar::Calendar;
use crate::time::{Instant, zone};

/// By so many days the end of a month moves what is counted in months: 28 February to 31 March.
const ENDS_OF_MONTHS: u64 = 5;
const AWAY: i64 = (ENDS_OF_MONTHS as i64 + 1) * 86_400_000_000;

/// A window round now, while now moves on.
#[derive(Clone, Copy, Debug)]
pub struct Edges<'a> {
    pub plan: WindowPlan,
    pub tz: Tz,
    pub calendar: Option<&'a Calendar>,
    /// Nothing up to then is of interest.
    pub now: Instant,
}

impl Edges<'_> {
    /// The first and the last instant at which the far end of the window may pass `t`. The later `t`, the later both.
    pub fn reach(self, t: i64) -> (Instant, Instant) {
        let duration = self.plan.duration;
        if self.plan.date {
            let far = zone::start_of_day(self.tz, self.far_day(day(t)));
            return (far.saturating_sub(AWAY), far.saturating_add(AWAY));
        }
        match duration.unit {
            unit if unit.is_business() => {
                let at = self.business(t);
                (at, at)
            }
            Unit::Months | Unit::Years => {
                let far = self.far(t);
                (far.saturating_sub(AWAY), far.saturating_add(AWAY))
            }
            _ => {
                let far = self.far(t);
                (far, far.saturating_add(1))
            }
        }
    }

    /// Every instant after now at which `t` comes into the window or goes out of it, in order.
    pub fn of(self, t: i64) -> Vec<Instant> {
        let unit = self.plan.duration.unit;
        let mut all: Vec<Instant> = Vec::new();
        if self.plan.date {
            let own = day(t);
            let dates = days::near(self.far_day(own), ENDS_OF_MONTHS).chain([own]).chain(own.succ_opt());
            all.extend(dates.flat_map(|date| days::begins(self.tz, date)));
        } else {
            all.extend([t, t.saturating_add(1)]);
            if unit.is_business() {
                all.push(self.business(t));
            } else if matches!(unit, Unit::Months | Unit::Years) {
                self.months(t, &mut all);
            } else {
                all.extend([self.far(t), self.far(t).saturating_add(1)]);
            }
        }
        all.sort_unstable();
        all.dedup();
        all.retain(|at| *at > self.now && self.holds(t, *at) != self.holds(t, *at - 1));
        all
    }

    /// The first instant from which on business time counted from it passes the holidays that are listed, and that from
    /// which on it never ends, where the window reaches so far ahead.
    pub fn ends_of_calendar(self) -> impl Iterator<Item = Instant> {
        let ahead = !self.is_back() && self.plan.duration.unit.is_business();
        let passes = move |at: Instant| self.ahead(at).is_none_or(|(_, past)| past);
        let never = move |at: Instant| self.ahead(at).is_none();
        let first = move |holds: &dyn Fn(Instant) -> bool| {
            let changes = ahead && !holds(self.now) && holds(super::LAST);
            changes.then(|| days::first(self.now, super::LAST, holds))
        };
        [first(&passes), first(&never)].into_iter().flatten()
    }

    fn is_back(self) -> bool {
        matches!(self.plan.window, Window::WithinLast | Window::MoreThanAgo)
    }

    fn holds(self, t: i64, at: Instant) -> bool {
        self.counting(|hours| lies_in(&self.plan, t, at, self.tz, hours)).0
    }

    /// What is counted in the default calendar, and whether that runs past its holidays.
    fn counting<T>(self, count: impl FnOnce(Option<Hours<'_>>) -> T) -> (T, bool) {
        let past = Cell::new(false);
        let counted = count(self.calendar.map(|calendar| Hours { calendar, past: &past }));
        (counted, past.get())
    }

    /// The end of the window as of an instant, counted ahead in business time.
    fn ahead(self, at: Instant) -> Option<(Instant, bool)> {
        let (end, past) = self.counting(|hours| add_business(hours?, at, self.plan.duration));
        end.map(|end| (end, past))
    }

    /// When the far end of a window in business time passes `t`.
    fn business(self, t: Instant) -> Instant {
        if self.is_back() {
            return self.ahead(t).map_or(Instant::MAX, |(end, _)| end.saturating_add(1));
        }
        let reaches = |at: Instant| self.ahead(at).is_none_or(|(end, _)| end >= t);
        if t <= self.now { t } else { days::first(self.now, t, reaches) }
    }

    /// About when the far end of the window passes `t`.
    fn far(self, t: Instant) -> Instant {
        let duration = self.plan.duration;
        let far = if self.is_back() { after(self.tz, None, t, duration) } else { before(self.tz, t, duration) };
        far.unwrap_or(Instant::MAX)
    }

    fn far_day(self, date: NaiveDate) -> NaiveDate {
        shift_date(date, self.plan.duration, !self.is_back())
    }

    /// Months are of many lengths, so a window in months may let go of an instant and take it back for a part of the next
    /// day. Within a day, and between changes of the clocks, its end only moves on.
    fn months(self, t: Instant, all: &mut Vec<Instant>) {
        let near = days::near(zone::date_of(self.tz, self.far(t)), ENDS_OF_MONTHS);
        let mut parts: Vec<Instant> = near.flat_map(|date| days::begins(self.tz, date)).collect();
        parts.sort_unstable();
        parts.dedup();
        for part in parts.windows(2) {
            let &[from, until] = part else { continue };
            let held = self.holds(t, from);
            if self.holds(t, until - 1) != held {
                all.push(days::first(from, until - 1, |at| self.holds(t, at) != held));
            }
        }
        all.extend(parts);
    }
}

fn day(t: i64) -> NaiveDate {
    i32::try_from(t).ok().and_then(NaiveDate::from_epoch_days).unwrap_or_default()
}
