//! What depends on now but not on the lead: windows as two numbers each, today's rates, dates of effect.

use std::cell::Cell;
use std::cmp::Ordering;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::program::{Money, Program, WindowPlan};
use crate::decimal::Decimal;
use crate::intake::Currency;
use crate::policy::{Duration, Policy, Unit, Window};
use crate::time::calendar::Calendar;
use crate::time::{Instant, zone};

const MINUTE: i64 = 60_000_000;

/// A calendar to count in.
#[derive(Clone, Copy)]
pub struct Hours<'a> {
    pub calendar: &'a Calendar,
    /// Set where counting runs past the last year for which holidays are listed.
    pub past: &'a Cell<bool>,
}

impl Hours<'_> {
    /// The instant so many microseconds of open time after another one.
    pub fn add_open(self, t: Instant, micros: i64) -> Option<Instant> {
        self.calendar.add_open(t, micros).map(|end| self.seen(end))
    }

    /// The open microseconds between two instants.
    pub fn open_between(self, a: Instant, b: Instant) -> i64 {
        self.calendar.open_between(a, self.seen(b))
    }

    fn seen(self, end: Instant) -> Instant {
        if self.calendar.runs_past_holidays(end) {
            self.past.set(true);
        }
        end
    }
}

/// Now, and what follows from it.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    pub now: Instant,
    pub today: NaiveDate,
    /// Of each window the instants (or days) that lie in it, or how to find out, and whether it runs past the listed
    /// holidays.
    windows: Vec<(WindowAt, bool)>,
    /// From one currency into another: so much of the first is worth so much of the second.
    rates: Vec<(Currency, Decimal, Currency, Decimal)>,
    /// Since when they hold.
    rates_on: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug)]
enum WindowAt {
    /// Both ends included.
    Between(i64, i64),
    /// In business time, counted forward from each instant: whether that must come to now, or must not.
    Business(Duration, bool),
}

impl Moment {
    /// The windows and rates of a policy as of `now`.
    pub fn new(now: Instant, policy: &Policy, program: &Program) -> Moment {
        let mut moment = Moment::default();
        moment.set(now, policy, program);
        moment
    }

    /// Becomes that of another instant for the same policy, in the room that there is.
    pub fn set(&mut self, now: Instant, policy: &Policy, program: &Program) {
        self.now = now;
        self.today = zone::date_of(policy.zone, now);
        let calendar = program.default_calendar.and_then(|at| program.calendars.get(at));
        let (today, windows) = (self.today, &program.tests.windows);
        self.windows.clear();
        self.windows.extend(windows.iter().map(|plan| {
            let past = Cell::new(false);
            let hours = calendar.map(|calendar| Hours { calendar, past: &past });
            (window_at(plan, now, today, policy.zone, hours), past.get())
        }));
        let table = policy.rates.range(..=today).next_back();
        let rates_on = table.map(|(date, _)| *date);
        if self.rates_on == rates_on {
            return;
        }
        let rates = table.map(|(_, rates)| rates.iter()).into_iter().flatten();
        self.rates_on = rates_on;
        self.rates.clear();
        self.rates.extend(rates.filter_map(|rate| {
            let (from, to) = (Currency::parse(&rate.from.currency)?, Currency::parse(&rate.to.currency)?);
            Some((from, rate.from.amount, to, rate.to.amount))
        }));
    }

    /// The first and the last instant of a window, unless it is counted from each instant in business time.
    pub fn ends(&self, window: usize, hours: Option<Hours<'_>>) -> Option<(Instant, Instant)> {
        let (WindowAt::Between(first, last), past) = self.windows.get(window)? else { return None };
        if let (true, Some(hours)) = (*past, hours) {
            hours.past.set(true);
        }
        Some((*first, *last))
    }

    /// Whether an instant (or a day) lies in a window.
    pub fn in_window(&self, window: usize, t: i64, hours: Option<Hours<'_>>) -> bool {
        let Some((window, past)) = self.windows.get(window) else { return false };
        if let (true, Some(hours)) = (*past, hours) {
            hours.past.set(true);
        }
        window.holds(t, self.now, hours)
    }

    /// How two amounts compare through today's rates, exactly; none where there is no rate.
    pub fn compare_money(&self, (a, of): Money, (b, with): Money) -> Option<Ordering> {
        if of == with {
            return Some(a.cmp(&b));
        }
        for (from, so_much, to, is_worth) in &self.rates {
            if *from == of && *to == with {
                // a ÷ so_much × is_worth against b.
                return Some(Decimal::compare_products(a, *is_worth, b, *so_much));
            }
        }
        let inverse = self.rates.iter().find(|(from, _, to, _)| *from == with && *to == of)?;
        let (_, so_much, _, is_worth) = inverse;
        Some(Decimal::compare_products(a, *so_much, b, *is_worth))
    }
}

impl WindowAt {
    fn holds(&self, t: i64, now: Instant, hours: Option<Hours<'_>>) -> bool {
        match self {
            WindowAt::Between(first, last) => *first <= t && t <= *last,
            WindowAt::Business(duration, reaches_now) => {
                // Where business never opens again the time never runs out.
                let end = hours.and_then(|hours| add_business(hours, t, *duration));
                t <= now && end.is_none_or(|end| end >= now) == *reaches_now
            }
        }
    }
}

/// Whether an instant (or a day) lies in a window round an instant that need not be now.
pub fn lies_in(plan: &WindowPlan, t: i64, now: Instant, tz: Tz, hours: Option<Hours<'_>>) -> bool {
    window_at(plan, now, zone::date_of(tz, now), tz, hours).holds(t, now, hours)
}

fn window_at(plan: &WindowPlan, now: Instant, today: NaiveDate, tz: Tz, hours: Option<Hours<'_>>) -> WindowAt {
    let business = plan.duration.unit.is_business();
    match plan.window {
        Window::WithinLast if business => return WindowAt::Business(plan.duration, true),
        Window::MoreThanAgo if business => return WindowAt::Business(plan.duration, false),
        _ => {}
    }
    let back = matches!(plan.window, Window::WithinLast | Window::MoreThanAgo);
    let (here, there) = if plan.date {
        (i64::from(today.to_epoch_days()), i64::from(shift_date(today, plan.duration, back).to_epoch_days()))
    } else {
        let there = if back { before(tz, now, plan.duration) } else { after(tz, hours, now, plan.duration) };
        (now, there.unwrap_or(i64::MAX))
    };
    match plan.window {
        Window::WithinLast => WindowAt::Between(there, here),
        Window::MoreThanAgo => WindowAt::Between(i64::MIN, there.saturating_sub(1)),
        Window::WithinNext => WindowAt::Between(here, there),
        Window::MoreThanAhead if there == i64::MAX => WindowAt::Between(1, 0),
        Window::MoreThanAhead => WindowAt::Between(there.saturating_add(1), i64::MAX),
    }
}

/// The instant a duration after another one; none where business never opens again.
pub fn after(tz: Tz, hours: Option<Hours<'_>>, t: Instant, duration: Duration) -> Option<Instant> {
    match duration.unit {
        Unit::BusinessMinutes | Unit::BusinessHours | Unit::BusinessDays => add_business(hours?, t, duration),
        Unit::Months | Unit::Years => Some(zone::add_months(tz, t, months(duration))),
        _ => Some(t.saturating_add(duration.fixed_micros()?)),
    }
}

pub fn before(tz: Tz, t: Instant, duration: Duration) -> Option<Instant> {
    match duration.unit {
        Unit::Months | Unit::Years => Some(zone::add_months(tz, t, -months(duration))),
        _ => Some(t.saturating_sub(duration.fixed_micros()?)),
    }
}

pub fn add_business(hours: Hours<'_>, t: Instant, duration: Duration) -> Option<Instant> {
    let amount = i64::from(duration.amount);
    match duration.unit {
        Unit::BusinessDays => {
            let (end, date) = hours.calendar.add_days_on(t, amount)?;
            // A day that begins at midnight is due at the first instant after the last that is listed.
            if hours.calendar.is_past_holidays(date) {
                hours.past.set(true);
            }
            Some(hours.seen(end))
        }
        Unit::BusinessHours => hours.add_open(t, amount.saturating_mul(60 * MINUTE)),
        _ => hours.add_open(t, amount.saturating_mul(MINUTE)),
    }
}

fn months(duration: Duration) -> i32 {
    let amount = i32::try_from(duration.amount).unwrap_or(i32::MAX);
    if duration.unit == Unit::Years { amount.saturating_mul(12) } else { amount }
}

pub fn shift_date(today: NaiveDate, duration: Duration, back: bool) -> NaiveDate {
    let end = if back { NaiveDate::MIN } else { NaiveDate::MAX };
    let shifted = match duration.unit {
        Unit::Months | Unit::Years => {
            let months = chrono::Months::new(months(duration).unsigned_abs());
            if back { today.checked_sub_months(months) } else { today.checked_add_months(months) }
        }
        unit => {
            let days = u64::from(duration.amount).saturating_mul(if unit == Unit::Weeks { 7 } else { 1 });
            let days = chrono::Days::new(days);
            if back { today.checked_sub_days(days) } else { today.checked_add_days(days) }
        }
    };
    shifted.unwrap_or(end)
}
