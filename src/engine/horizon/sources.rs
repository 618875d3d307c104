//! The instants at which time may turn something round, from the nearest on.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::days;
use super::edges::Edges;
use super::gather::{Gathered, gather};
use crate::engine::Evaluator;
use crate::engine::judge::Judge;
use crate::engine::leaf::time;
use crate::engine::moment::{Hours, after};
use crate::engine::outputs::Key;
use crate::engine::program::{EventWindow, Leaf, Op, Program, RuleKind, StagePlan, Step, WindowPlan};
use crate::intake::LeadError;
use crate::policy::Window;
use crate::time::Instant;

/// All of them for one lead: those that are far away are worked out when their turn comes.
#[derive(Debug)]
pub struct Sources<'a> {
    now: Instant,
    /// Instants, each with the place of what it comes from.
    queue: BinaryHeap<Reverse<(Instant, usize)>>,
    all: Vec<Source<'a>>,
    /// When something more has happened to the lead, in order.
    coming: Vec<Instant>,
    spent: u64,
}

/// In the queue, what is an instant by itself.
const ONCE: usize = usize::MAX;

/// What gives one instant after another.
#[derive(Debug)]
enum Source<'a> {
    /// Times (or days), in order, that a window round now passes. In the queue stands the earliest instant at which it
    /// may pass the next of them.
    Window { edges: Edges<'a>, times: Vec<i64>, next: usize },
    /// Whole periods after an instant, up to a last one.
    Periods { period: i64, last: Instant },
}

impl<'a> Sources<'a> {
    /// Those of the lead on this line.
    pub fn of(evaluator: &'a Evaluator, line: &[u8]) -> Result<Sources<'a>, LeadError> {
        let moment = evaluator.moment();
        let mut sources =
            Sources { now: moment.now, queue: BinaryHeap::new(), all: Vec::new(), coming: Vec::new(), spent: 0 };
        for (judge, moment) in evaluator.versions.iter().zip(&evaluator.now.moments) {
            sources.dates_of(judge);
            let gathered = gather(judge, moment, line)?;
            sources.lead_of(judge, gathered);
        }
        // Only this warning names the day.
        if evaluator.now.out_of_effect.is_some() && evaluator.judge().outputs.has(Key::Warnings) {
            let tomorrow = days::near(moment.today, 1).skip(2);
            sources.once(tomorrow.flat_map(|date| days::begins(evaluator.policy().zone, date)));
        }
        sources.coming.sort_unstable();
        Ok(sources)
    }

    /// When something more has happened to the lead, in order.
    pub fn coming(&self) -> &[Instant] {
        &self.coming
    }

    /// What finding them has cost.
    pub fn spent(&self) -> u64 {
        self.spent / 100
    }

    /// The first instant after this one, which is not before the last that was asked for.
    pub fn next_after(&mut self, after: Instant) -> Option<Instant> {
        loop {
            let &Reverse((at, of)) = self.queue.peek()?;
            if at > after && !matches!(self.all.get(of), Some(Source::Window { .. })) {
                return Some(at);
            }
            self.spent += 1;
            self.queue.pop();
            match self.all.get_mut(of) {
                None => {}
                Some(Source::Periods { period, last }) => {
                    let passed = after.saturating_sub(at).max(0) / *period + 1;
                    let next = at.saturating_add(passed.saturating_mul(*period));
                    if next <= *last {
                        self.queue.push(Reverse((next, of)));
                    }
                }
                Some(Source::Window { edges, times, next }) => {
                    let due = times.get(*next).map(|t| edges.of(*t)).unwrap_or_default();
                    *next += 1;
                    let following = times.get(*next).map(|t| Reverse((edges.reach(*t).0, of)));
                    self.queue.extend(due.into_iter().map(|at| Reverse((at, ONCE))).chain(following));
                    self.spent += 40;
                }
            }
        }
    }

    fn once(&mut self, all: impl IntoIterator<Item = Instant>) {
        let now = self.now;
        self.queue.extend(all.into_iter().filter(|at| *at > now).map(|at| Reverse((at, ONCE))));
    }

    /// What a version says of dates, whatever the lead.
    fn dates_of(&mut self, judge: &Judge) {
        let policy = &judge.policy;
        self.once([judge.effect.start, judge.effect.end]);
        let until = policy.effective_until.and_then(|date| date.succ_opt());
        let dates = policy.effective_from.into_iter().chain(until).chain(policy.rates.keys().copied());
        self.once(dates.flat_map(|date| days::begins(policy.zone, date)).collect::<Vec<_>>());
        for calendar in &judge.program.calendars {
            self.once(calendar.holidays_end().map(|end| end.saturating_add(1)));
        }
    }

    /// What a version reads of the lead.
    fn lead_of(&mut self, judge: &'a Judge, gathered: Gathered) {
        let program = &judge.program;
        for log in &gathered.logs {
            let to_come = log.get(log.partition_point(|at| *at <= self.now)..).unwrap_or_default();
            self.coming.extend_from_slice(to_come);
            self.once(to_come.iter().copied());
        }
        let mut windows: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
        let log = |event: usize| gathered.logs.get(event).map(Vec::as_slice).unwrap_or_default();
        for step in steps(program) {
            match program.steps.get(step as usize) {
                Some(Op::Leaf(Leaf::Window(slot, window))) => {
                    windows.entry(*window).or_default().extend(time(gathered.lead.cell(*slot)));
                }
                Some(Op::Event(test)) => {
                    if let Some(EventWindow::Now(window)) = test.window {
                        windows.entry(window).or_default().extend(log(test.event));
                    }
                }
                Some(Op::SumUp(score)) => self.score(judge, *score, &gathered, &mut windows),
                Some(Op::Stage(stage)) => {
                    if let Some(plan) = program.stages.get(*stage) {
                        self.stage(judge, plan, &gathered.logs);
                    }
                }
                _ => {}
            }
        }
        for (window, t) in &gathered.windows {
            windows.entry(*window).or_default().push(*t);
        }
        for (window, times) in windows {
            self.window(judge, window, times);
        }
    }

    fn window(&mut self, judge: &'a Judge, window: usize, mut times: Vec<i64>) {
        let program = &judge.program;
        let Some(plan) = program.tests.windows.get(window).copied() else { return };
        let edges = self.edges(judge, plan);
        times.sort_unstable();
        times.dedup();
        self.once(edges.ends_of_calendar().collect::<Vec<_>>());
        // The near end of the window passes what is still to come.
        for t in &times {
            if plan.date {
                let date = i32::try_from(*t).ok().and_then(chrono::NaiveDate::from_epoch_days);
                let dates = date.into_iter().chain(date.and_then(|date| date.succ_opt()));
                self.once(dates.flat_map(|date| days::begins(edges.tz, date)).collect::<Vec<_>>());
            } else {
                self.once([*t, t.saturating_add(1)]);
            }
        }
        let next = times.partition_point(|t| edges.reach(*t).1 <= self.now);
        if let Some(t) = times.get(next) {
            self.queue.push(Reverse((edges.reach(*t).0, self.all.len())));
            self.all.push(Source::Window { edges, times, next });
        }
    }

    fn edges<'b>(&self, judge: &'b Judge, plan: WindowPlan) -> Edges<'b> {
        let calendar = judge.program.default_calendar.and_then(|at| judge.program.calendars.get(at));
        Edges { plan, tz: judge.policy.zone, calendar, now: self.now }
    }

    fn score(&mut self, judge: &Judge, score: usize, gathered: &Gathered, windows: &mut BTreeMap<usize, Vec<i64>>) {
        let Some(plan) = judge.program.scores.get(score) else { return };
        for rule in &plan.rules {
            let RuleKind::ForEach { event, within, decay, .. } = &rule.kind else { continue };
            let log = gathered.logs.get(*event).map(Vec::as_slice).unwrap_or_default();
            if let Some(window) = within {
                windows.entry(*window).or_default().extend(log);
            }
            let Some(decay) = decay else { continue };
            let periods = i64::try_from(decay.worth.len()).unwrap_or(i64::MAX);
            for t in log {
                self.periods(*t, decay.every, t.saturating_add(periods.saturating_mul(decay.every)));
            }
        }
    }

    fn periods(&mut self, from: Instant, period: i64, last: Instant) {
        if last > self.now && period > 0 {
            self.queue.push(Reverse((from, self.all.len())));
            self.all.push(Source::Periods { period, last });
        }
    }

    /// Until when exits keep a stage shut. Where a log is absent, an exit might have been just after what else is known.
    fn stage(&mut self, judge: &Judge, plan: &StagePlan, logs: &[Vec<Instant>]) {
        let program = &judge.program;
        let past = Cell::new(false);
        let hours = hours_of(program, &past);
        for event in plan.entered.iter().chain(plan.left.iter().flat_map(|(events, _)| events)) {
            let Some(log) = logs.get(*event) else { continue };
            let latest = log.partition_point(|t| *t <= self.now).saturating_sub(1);
            for t in log.iter().skip(latest) {
                let next = t.saturating_add(1);
                self.once([next, next.saturating_add(1)]);
                for hold in plan.left.iter().filter_map(|(_, hold)| *hold) {
                    self.once([*t, next].into_iter().filter_map(|t| after(judge.policy.zone, hours, t, hold)));
                }
            }
        }
        // An exit might have been just now, too, and what it keeps shut counts on from there.
        for duration in plan.left.iter().filter_map(|(_, hold)| *hold) {
            let edges = self.edges(judge, WindowPlan { window: Window::WithinNext, duration, date: false });
            self.once(edges.ends_of_calendar().collect::<Vec<_>>());
        }
    }
}

fn hours_of<'a>(program: &'a Program, past: &'a Cell<bool>) -> Option<Hours<'a>> {
    let calendar = program.default_calendar.and_then(|at| program.calendars.get(at))?;
    Some(Hours { calendar, past })
}

/// The steps that a decision and its clocks may need, each once.
fn steps(program: &Program) -> Vec<Step> {
    let of_clocks = program.slas.iter().flat_map(|sla| &sla.as_of_start);
    let mut steps: Vec<Step> = program.order.iter().chain(&program.clock_order).chain(of_clocks).copied().collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}
