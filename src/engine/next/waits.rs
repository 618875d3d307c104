//! When time alone changes something that a stage asks about.

use super::facts::Facts;
use super::prove::{Effect, effect};
use super::world::World;
use crate::engine::evaluate::instant_of;
use crate::engine::moment::after;
use crate::engine::program::{Leaf, Op, Step};
use crate::engine::truth::Outcome;
use crate::policy::{Condition, GradeKind, Policy, ScoreRuleKind};
use crate::time::{Instant, zone};

const DAY: i64 = 24 * 60 * 60_000_000;
/// How many changes are looked at.
pub const MOST: usize = 24;
/// How many instants of one kind are looked at closely.
const MOST_POINTS: usize = 48;

/// Calls `each` with every condition that stages and disqualifications may ask for, and with its parts.
pub fn every_condition<'a>(policy: &'a Policy, each: &mut impl FnMut(&'a Condition)) {
    policy.disqualifiers.iter().for_each(|it| it.condition.visit(each));
    policy.stages.iter().for_each(|it| it.condition.visit(each));
    policy.criteria.iter().for_each(|it| it.condition.visit(each));
    policy.checklists.iter().flat_map(|it| &it.items).for_each(|(_, condition)| condition.visit(each));
    for rule in policy.scores.iter().flat_map(|score| &score.rules) {
        rule.condition.iter().for_each(|condition| condition.visit(each));
        if let ScoreRuleKind::Table(table) = &rule.kind {
            table.lines.iter().for_each(|(_, condition)| condition.visit(each));
        }
    }
    for grade in &policy.grades {
        if let GradeKind::Table(table) = &grade.kind {
            table.lines.iter().for_each(|(_, condition)| condition.visit(each));
        }
    }
}

/// When time alone changes something.
#[derive(Debug, Default)]
pub struct Changes {
    /// Instants after now between which no more than a few things change, the earliest first.
    pub rungs: Vec<Instant>,
    /// When an outcome changes, or a stage is no longer held back, the earliest first.
    pub found: Vec<Instant>,
    /// Whether those are all that were found.
    pub whole: bool,
}

/// What is compared: the outcomes of steps, and which stages are held back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    outcomes: Vec<Outcome>,
    held: Vec<bool>,
}

/// When time changes something among these steps.
pub fn changes(world: &mut World<'_>, order: &[Step]) -> Changes {
    let last = world.judge.effect.end.saturating_sub(1).min(crate::engine::json::writable(Instant::MAX));
    let points = points(world, order);
    let now = world.now;
    let mut rungs: Vec<Instant> = points.into_iter().filter(|at| now < *at && *at <= last).collect();
    rungs.sort_unstable();
    rungs.dedup();
    let mut found = Vec::new();
    let mut before = (now, seen(world, order, now));
    for rung in rungs.iter().copied() {
        let here = (rung, seen(world, order, rung));
        between(world, order, &before, &here, &mut found);
        before = here;
        if found.len() > MOST {
            break;
        }
    }
    let whole = found.len() <= MOST;
    found.truncate(MOST);
    Changes { rungs, found, whole }
}

fn seen(world: &mut World<'_>, order: &[Step], at: Instant) -> Seen {
    let facts = Facts { wait: Some(at), ..Facts::default() };
    world.with(&facts, order, |view| Seen {
        outcomes: order.iter().map(|step| view.state.outcome(*step)).collect(),
        held: view.state.stages.iter().map(|stage| stage.held_since.is_some()).collect(),
    })
}

/// Searches for the changes between two instants by halving.
fn between(
    world: &mut World<'_>,
    order: &[Step],
    before: &(Instant, Seen),
    after: &(Instant, Seen),
    found: &mut Vec<Instant>,
) {
    if before.1 == after.1 || found.len() > MOST {
        return;
    }
    if after.0 - before.0 <= 1 {
        found.push(after.0);
        return;
    }
    let middle = before.0.midpoint(after.0);
    let middle = (middle, seen(world, order, middle));
    between(world, order, before, &middle, found);
    between(world, order, &middle, after, found);
}

/// The facts with the shortest wait that reaches the stage: what happens meanwhile happens by then.
pub fn soonest(world: &mut World<'_>, facts: &Facts, stage: usize, order: &[Step], rungs: &[Instant]) -> Facts {
    let Some(wait) = facts.wait else { return facts.clone() };
    let until = |at: Instant| {
        let mut facts = facts.clone();
        facts.wait = Some(at);
        facts.events.values_mut().flatten().for_each(|own| *own = (*own).min(at));
        facts
    };
    let mut short = world.now;
    for rung in rungs.iter().copied().take_while(|rung| *rung < wait).chain([wait]) {
        let mut enough = rung;
        if effect(world, &until(rung), stage, order) != Effect::Reached {
            short = rung;
            continue;
        }
        while enough - short > 1 {
            let middle = short.midpoint(enough);
            if effect(world, &until(middle), stage, order) == Effect::Reached {
                enough = middle;
            } else {
                short = middle;
            }
        }
        return until(enough);
    }
    facts.clone()
}

/// Instants between which no more than a few things change: some steps into the future, and the ends of every window
/// round what the lead says.
fn points(world: &mut World<'_>, order: &[Step]) -> Vec<Instant> {
    let now = world.now;
    let (program, policy) = (&world.judge.program, &world.judge.policy);
    let of_time = |step: &Step| match program.steps.get(*step as usize) {
        Some(Op::Leaf(Leaf::Window(..)) | Op::Event(_) | Op::Stage(_) | Op::SumUp(_)) => true,
        Some(Op::Leaf(Leaf::Money(..)) | Op::GradeOf(_)) => !policy.rates.is_empty(),
        _ => false,
    };
    if !order.iter().any(of_time) {
        return Vec::new();
    }
    let mut points = Vec::new();
    let days = (1..=31).chain((5..=52).map(|week| week * 7)).chain((13..=61).map(|month| month * 30));
    points.extend(days.chain([3_660, 7_320]).map(|days: i64| now.saturating_add(days * DAY)));
    let coming = world.coming();
    points.extend(coming.into_iter().take(MOST_POINTS));
    let tz = policy.zone;
    points.extend(policy.rates.keys().map(|date| zone::start_of_day(tz, *date)).take(MOST_POINTS));
    let windows: Vec<(usize, crate::policy::Duration)> =
        program.tests.windows.iter().enumerate().map(|(at, plan)| (at, plan.duration)).collect();
    let order = order.to_vec();
    let seen = world.with(&Facts::default(), &order, |view| {
        let mut seen: Vec<(Instant, Option<crate::policy::Duration>)> = Vec::new();
        for step in &order {
            match view.judge.program.steps.get(*step as usize) {
                Some(Op::Leaf(Leaf::Window(slot, window))) => {
                    let Some(at) = instant_of(view.cell(*slot), tz) else { continue };
                    let duration = windows.iter().find(|(own, _)| own == window).map(|(_, duration)| *duration);
                    seen.push((at, duration));
                }
                Some(Op::Event(test)) => {
                    let times = view.log(test.event).map(|log| log.times().to_vec()).unwrap_or_default();
                    seen.extend(times.iter().rev().take(MOST_POINTS).map(|at| (*at, None)));
                }
                Some(Op::Stage(at)) => {
                    let Some(plan) = view.judge.program.stages.get(*at) else { continue };
                    for (events, hold) in &plan.left {
                        let latest = events.iter().filter_map(|event| view.log(*event)?.latest(Instant::MIN)).max();
                        let end = latest.zip(*hold).and_then(|(t, hold)| after(tz, view.known.hours, t, hold));
                        seen.extend(end.map(|end| (end, None)));
                    }
                }
                _ => {}
            }
        }
        seen
    });
    for (at, duration) in seen {
        points.push(at);
        let durations =
            windows.iter().map(|(_, duration)| *duration).filter(|own| duration.is_none_or(|of| of == *own));
        for duration in durations.take(8) {
            let days = length(duration);
            points.extend([at.saturating_add(days), at.saturating_sub(days)]);
            // Months are not equally long, and dates change at midnight.
            points.extend([-3, 3].map(|by| at.saturating_add(days).saturating_add(by * DAY)));
            points.extend([-3, 3].map(|by| at.saturating_sub(days).saturating_add(by * DAY)));
        }
    }
    points
}

/// About how long a duration is.
fn length(duration: crate::policy::Duration) -> i64 {
    use crate::policy::Unit;
    let amount = i64::from(duration.amount);
    duration.fixed_micros().unwrap_or_else(|| match duration.unit {
        Unit::Months => amount.saturating_mul(30 * DAY),
        Unit::Years => amount.saturating_mul(365 * DAY),
        Unit::BusinessDays => amount.saturating_mul(DAY),
        Unit::BusinessHours => amount.saturating_mul(60 * 60_000_000),
        _ => amount.saturating_mul(60_000_000),
    })
}
