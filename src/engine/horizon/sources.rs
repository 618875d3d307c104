//! What may change a decision as time passes, and when it next may.
//!
//! An instant too many costs a decision; an instant too few would be a change that is not seen. So where months differ or
//! clocks are set, the days around are offered as well.

use std::cell;

use chrono::NaiveDate;

use crate::engine::Evaluator;
use crate::engine::Worker;
use crate::engine::evaluate::{State, first_instant};
use crate::engine::judge::Judge;
use crate::engine::moment::{Hours, add_business, after, before, shift_date};
use crate::engine::program::{EventWindow, Leaf, Op, RuleKind, WindowPlan};
use crate::intake::{self, Cell, Items, Lead};
use crate::policy::{Unit, Window};
use crate::time::{Instant, zone};

/// The days around a date where calendar months may begin and end.
const NEAR: i64 = 4;

/// The first instant after another one, of all that are offered.
pub struct Soonest {
    after: Instant,
    found: Option<Instant>,
}

impl Soonest {
    pub fn after(after: Instant) -> Soonest {
        Soonest { after, found: None }
    }

    pub fn found(&self) -> Option<Instant> {
        self.found
    }

    pub fn offer(&mut self, at: Instant) {
        if at > self.after && self.found.is_none_or(|found| at < found) {
            self.found = Some(at);
        }
    }
}

/// What is the same at every instant: the times in the lead that are still to come, and dates of the policy.
pub struct Sources {
    instants: Vec<Instant>,
    /// Of each version, the values of items that windows ask about.
    items: Vec<Vec<(usize, i64)>>,
}

impl Sources {
    /// The sources for the lead on `line`; none where it cannot be read.
    pub fn of(evaluator: &Evaluator, line: &[u8]) -> Option<Sources> {
        let now = evaluator.moment().now;
        let mut sources = Sources { instants: Vec::new(), items: Vec::new() };
        for judge in evaluator.versions.iter() {
            sources.instants.extend([judge.effect.start, judge.effect.end]);
            let policy = &judge.policy;
            let days = [policy.effective_from, policy.effective_until.and_then(|date| date.succ_opt())];
            let rates = policy.rates.keys().copied();
            let days = days.into_iter().flatten().chain(rates);
            sources.instants.extend(days.map(|date| zone::start_of_day(policy.zone, date)));
            let mut gather = Gather { judge, now, instants: &mut sources.instants, windows: Vec::new() };
            let mut lead = Lead::new(&judge.program.shape);
            intake::read(&judge.program.shape, line, &mut lead, &mut gather).ok()?;
            for plan in judge.program.events.iter().filter(|plan| !plan.from_list) {
                gather.in_the_future(lead.cell(plan.slot));
            }
            let windows = gather.windows;
            sources.items.push(windows);
        }
        sources.instants.retain(|at| *at > now);
        sources.instants.sort_unstable();
        Some(sources)
    }

    /// Offers when each source may next change the decision that `worker` has just made.
    pub fn offer(&self, worker: &mut Worker, line: &[u8], to: &mut Soonest) {
        if let Some(at) = self.instants.get(self.instants.partition_point(|at| *at <= to.after)) {
            to.offer(*at);
        }
        let evaluator = worker.evaluator.clone();
        if evaluator.now.out_of_effect.is_some() {
            // The warning names the day.
            let (today, tz) = (evaluator.moment().today, evaluator.judge().policy.zone);
            to.offer(today.succ_opt().map_or(Instant::MAX, |date| zone::start_of_day(tz, date)));
        }
        for ((judge, seat), items) in evaluator.versions.iter().zip(&worker.seats).zip(&self.items) {
            let version = Version { judge, state: &seat.state };
            version.steps(to);
            items.iter().for_each(|(plan, value)| version.window(*plan, *value, to));
        }
        let (mut scene, clocks) = worker.scene(line);
        clocks.instants(&mut scene, |at| to.offer(at));
    }
}

/// Looks at all items, whatever they are.
struct Gather<'a> {
    judge: &'a Judge,
    now: Instant,
    instants: &'a mut Vec<Instant>,
    windows: Vec<(usize, i64)>,
}

impl Gather<'_> {
    fn in_the_future(&mut self, cell: Cell) {
        let at = match cell {
            Cell::Time(at) => at,
            Cell::Date(days) => first_instant(days, self.judge.policy.zone),
            _ => return,
        };
        if at > self.now {
            self.instants.push(at);
        }
    }
}

impl Items for Gather<'_> {
    fn item(&mut self, list: usize, _index: u32, lead: &Lead) {
        let Some(items) = self.judge.program.lists.iter().find(|items| items.slot == list) else { return };
        items.events.iter().for_each(|event| self.in_the_future(lead.item_cell(event.dated_by)));
        for op in &items.steps {
            if let Op::Leaf(Leaf::Window(slot, plan)) = op {
                self.windows.extend(value(lead.item_cell(*slot)).map(|value| (*plan, value)));
            }
        }
    }
}

/// What a window asks about: an instant, or days since 1970-01-01.
fn value(cell: Cell) -> Option<i64> {
    match cell {
        Cell::Time(at) => Some(at),
        Cell::Date(days) => Some(days.into()),
        _ => None,
    }
}

/// A lead by one version of the policy, as it has been decided.
struct Version<'a> {
    judge: &'a Judge,
    state: &'a State,
}

impl Version<'_> {
    fn steps(&self, to: &mut Soonest) {
        let program = &self.judge.program;
        for op in &program.steps {
            match op {
                Op::Leaf(Leaf::Window(slot, plan)) => {
                    if let Some(value) = value(self.state.lead.cell(*slot)) {
                        self.window(*plan, value, to);
                    }
                }
                Op::Event(test) => {
                    if let Some(EventWindow::Now(plan)) = test.window {
                        self.times(test.event).iter().for_each(|at| self.window(plan, *at, to));
                    }
                }
                Op::SumUp(score) => self.score(*score, to),
                Op::Stage(stage) => self.stage(*stage, to),
                _ => {}
            }
        }
        self.holidays(to);
    }

    fn times(&self, event: usize) -> &[Instant] {
        self.state.events.get(event).map(|log| log.times()).unwrap_or_default()
    }

    /// A window round now, and a value that it asks about.
    fn window(&self, plan: usize, value: i64, to: &mut Soonest) {
        let Some(plan) = self.judge.program.tests.windows.get(plan) else { return };
        if plan.date {
            let day = i32::try_from(value).ok().and_then(NaiveDate::from_epoch_days);
            day.into_iter().for_each(|day| self.window_of_date(plan, day, to));
        } else {
            self.window_of_time(plan, value, to);
        }
    }

    /// Days begin and end windows of dates.
    fn window_of_date(&self, plan: &WindowPlan, day: NaiveDate, to: &mut Soonest) {
        let back = matches!(plan.window, Window::WithinNext | Window::MoreThanAhead);
        let end = shift_date(day, plan.duration, back);
        for (around, from) in [(day, 0), (end, -NEAR)] {
            for days in from..=NEAR {
                let day = around.checked_add_signed(chrono::TimeDelta::days(days));
                day.into_iter().for_each(|day| to.offer(zone::start_of_day(self.judge.policy.zone, day)));
            }
        }
    }

    fn window_of_time(&self, plan: &WindowPlan, t: Instant, to: &mut Soonest) {
        let (tz, past) = (self.judge.policy.zone, cell::Cell::new(false));
        let mut both = |at: Instant| {
            to.offer(at);
            to.offer(at.saturating_add(1));
        };
        both(t);
        let ahead = matches!(plan.window, Window::WithinNext | Window::MoreThanAhead);
        let hours = self.hours(&past);
        match plan.duration.unit {
            unit if unit.is_business() => {
                let Some(hours) = hours else { return };
                let end = |at| add_business(hours, at, plan.duration);
                let found = if ahead { first(to.after, t, |at| end(at).is_none_or(|end| end >= t)) } else { end(t) };
                found.into_iter().for_each(|at| {
                    to.offer(at);
                    to.offer(at.saturating_add(1));
                });
            }
            Unit::Months | Unit::Years => {
                let end = if ahead { before(tz, t, plan.duration) } else { after(tz, hours, t, plan.duration) };
                let Some(end) = end else { return };
                both(end);
                let (date, clock) = (zone::date_of(tz, end), zone::local(tz, t).time());
                for days in -NEAR..=NEAR {
                    let Some(day) = date.checked_add_signed(chrono::TimeDelta::days(days)) else { continue };
                    both(zone::start_of_day(tz, day));
                    both(zone::first_instant(tz, day.and_time(clock)));
                }
            }
            _ => {
                let length = plan.duration.fixed_micros().unwrap_or(0);
                both(if ahead { t.saturating_sub(length) } else { t.saturating_add(length) });
            }
        }
    }

    fn hours<'b>(&'b self, past: &'b cell::Cell<bool>) -> Option<Hours<'b>> {
        let program = &self.judge.program;
        let calendar = program.default_calendar.and_then(|at| program.calendars.get(at))?;
        Some(Hours { calendar, past })
    }

    /// When a window of business time, or a clock, begins to run past the listed holidays.
    fn holidays(&self, to: &mut Soonest) {
        let program = &self.judge.program;
        for calendar in &program.calendars {
            calendar.holidays_end().into_iter().for_each(|end| to.offer(end.saturating_add(1)));
        }
        let past = cell::Cell::new(false);
        let Some(hours) = self.hours(&past) else { return };
        let Some(last) = hours.calendar.holidays_end() else { return };
        let ahead = |plan: &&WindowPlan| matches!(plan.window, Window::WithinNext | Window::MoreThanAhead);
        for plan in program.tests.windows.iter().filter(ahead).filter(|plan| plan.duration.unit.is_business()) {
            let runs_past = |at: Instant| {
                past.set(false);
                let end = add_business(hours, at, plan.duration);
                end.is_none() || past.get()
            };
            first(to.after, last, runs_past).into_iter().for_each(|at| to.offer(at));
        }
    }

    fn score(&self, score: usize, to: &mut Soonest) {
        let Some(plan) = self.judge.program.scores.get(score) else { return };
        let floor = self.state.floor(score);
        for rule in &plan.rules {
            match &rule.kind {
                RuleKind::ForEach { event, within, decay, .. } => {
                    for at in self.times(*event).iter().filter(|at| **at >= floor) {
                        within.iter().for_each(|plan| self.window(*plan, *at, to));
                        if let Some(decay) = decay {
                            let periods = (to.after - at) / decay.every + 1;
                            if usize::try_from(periods).is_ok_and(|periods| periods <= decay.worth.len()) {
                                to.offer(at.saturating_add(periods.saturating_mul(decay.every)));
                            }
                        }
                    }
                }
                RuleKind::ForEveryWithout { points, period, event } => {
                    let Some(latest) = self.times(*event).last().filter(|at| **at >= floor) else { continue };
                    let periods = (to.after - latest) / period + 1;
                    // Once it is at its bound, or has pushed the score to its own, it changes nothing more.
                    let bound = rule.at_most.min(self.reach(score, rule.remove));
                    if (periods - 1).saturating_mul(*points) <= bound {
                        to.offer(latest.saturating_add(periods.saturating_mul(*period)));
                    }
                }
                _ => {}
            }
        }
    }

    /// So many points, in hundredths, that a score to which they are added, or from which they are removed, stays at its
    /// bound whatever its other rules come to.
    fn reach(&self, score: usize, remove: bool) -> i64 {
        let Some(plan) = self.judge.program.scores.get(score) else { return i64::MAX };
        let bound = if remove { plan.never_below } else { plan.never_above };
        if bound == i64::MIN || bound == i64::MAX {
            return i64::MAX;
        }
        let mut reach = plan.starts_at.saturating_abs().saturating_add(bound.saturating_abs());
        for rule in &plan.rules {
            let most = match &rule.kind {
                RuleKind::Points(points) => *points,
                RuleKind::Table(lines, otherwise) => lines.iter().map(|(points, _)| *points).fold(*otherwise, i64::max),
                RuleKind::Bands(_, points) => points.iter().copied().max().unwrap_or(0),
                RuleKind::ForEach { points, event, .. } => {
                    points.saturating_mul(i64::try_from(self.times(*event).len()).unwrap_or(i64::MAX))
                }
                // It is what others are measured by; two of them may push against each other for ever.
                RuleKind::ForEveryWithout { .. } if plan.rules.iter().filter(|it| is_quiet(&it.kind)).count() < 2 => 0,
                _ => i64::MAX,
            };
            reach = reach.saturating_add(most.min(rule.at_most));
        }
        reach
    }

    fn stage(&self, stage: usize, to: &mut Soonest) {
        let Some(plan) = self.judge.program.stages.get(stage) else { return };
        let past = cell::Cell::new(false);
        for (_, hold) in &plan.left {
            let Some(hold) = hold else { continue };
            let left = plan.left.iter().flat_map(|(events, _)| events);
            for event in plan.entered.iter().chain(left) {
                // What an absent log may hold counts from the microsecond after what is known.
                for at in self.times(*event).iter().flat_map(|at| [*at, at.saturating_add(1)]) {
                    after(self.judge.policy.zone, self.hours(&past), at, *hold).into_iter().for_each(|at| to.offer(at));
                }
            }
        }
    }
}

fn is_quiet(kind: &RuleKind) -> bool {
    matches!(kind, RuleKind::ForEveryWithout { .. })
}

/// The first instant after `from`, and up to `until`, for which `holds`, which holds for all later ones too.
fn first(from: Instant, until: Instant, holds: impl Fn(Instant) -> bool) -> Option<Instant> {
    let (mut low, mut high) = (from, until);
    if high <= low || holds(low) || !holds(high) {
        return None;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}
