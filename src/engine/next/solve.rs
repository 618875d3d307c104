//! One value for each field that is to change, such that all that is asked of it holds.

use std::collections::BTreeMap;

use super::candidates::candidates;
use super::facts::{Facts, Witness};
use super::goals::{Need, NeedKind, wanted};
use super::world::{View, World, step_of};
use crate::engine::program::{Op, Program, Slot, Step};
use crate::intake::Cell;
use crate::policy::ConditionKind;

/// How many values are tried for one set of needs.
const MOST_TRIES: u32 = 400;

/// What came of it.
pub enum Solved {
    Values(BTreeMap<Slot, Witness>),
    /// No value does.
    Never,
    /// Some that might do were not tried.
    GivenUp,
}

/// What has been tried.
struct Tries {
    left: u32,
    /// Whether no value was left out.
    all: bool,
}

/// Finds values for `slots` such that the needs hold; the other fields keep theirs.
pub fn solve(world: &mut World<'_>, facts: &Facts, slots: &[Slot], needs: &[Need<'_>], order: &[Step]) -> Solved {
    let mut tries = Tries { left: MOST_TRIES, all: true };
    let mut facts = facts.clone();
    let mut needs: Vec<(&Need<'_>, Vec<Step>)> =
        needs.iter().map(|need| (need, closure(&world.judge.program, need, world, order))).collect();
    needs.retain(|(need, _)| need.slots.iter().any(|slot| slots.contains(slot)));
    match assign(world, &mut facts, slots, &needs, order, &mut tries) {
        true => Solved::Values(facts.values),
        false if tries.all => Solved::Never,
        false => Solved::GivenUp,
    }
}

fn assign(
    world: &mut World<'_>,
    facts: &mut Facts,
    slots: &[Slot],
    needs: &[(&Need<'_>, Vec<Step>)],
    order: &[Step],
    tries: &mut Tries,
) -> bool {
    let Some((slot, later)) = slots.split_first() else { return true };
    let own: Vec<&Need<'_>> = needs.iter().map(|(need, _)| *need).filter(|need| need.slots.contains(slot)).collect();
    let judge = world.judge;
    let steps = if own.iter().any(|need| is_of_score(need)) { order } else { &[] };
    let (values, all) = world.with(facts, steps, |view| candidates(&judge.policy, view, *slot, &own));
    tries.all &= all;
    // What is asked of fields that get their values later is asked then.
    let due: Vec<&(&Need<'_>, Vec<Step>)> = needs
        .iter()
        .filter(|(need, _)| need.slots.contains(slot) && !need.slots.iter().any(|slot| later.contains(slot)))
        .collect();
    let before = facts.values.get(slot).cloned();
    for value in values {
        if tries.left == 0 {
            tries.all = false;
            break;
        }
        tries.left -= 1;
        facts.values.insert(*slot, value);
        let holds = due.iter().all(|(need, steps)| world.with(facts, steps, |view| holds(need, view)));
        if holds && assign(world, facts, later, needs, order, tries) {
            return true;
        }
    }
    match before {
        Some(before) => facts.values.insert(*slot, before),
        None => facts.values.remove(slot),
    };
    false
}

/// Whether what is needed is so.
pub fn holds(need: &Need<'_>, view: View<'_>) -> bool {
    match need.kind {
        NeedKind::Condition(condition, mask) => wanted(view.outcome(condition), mask),
        NeedKind::Band(bands, place) => view.state.band(bands, view.setting) == place,
        NeedKind::Points(slot, low, high) => match view.cell(slot) {
            Cell::Number(number) => number.rounded_hundredths().is_some_and(|own| low <= own && own <= high),
            _ => false,
        },
    }
}

/// Whether a score is compared with a field.
fn is_of_score(need: &Need<'_>) -> bool {
    matches!(need.kind, NeedKind::Condition(condition, _) if matches!(condition.kind, ConditionKind::Score(..)))
}

/// The steps behind a need: tests of fields, and what joins them; of a score, all.
fn closure(program: &Program, need: &Need<'_>, world: &World<'_>, order: &[Step]) -> Vec<Step> {
    let NeedKind::Condition(condition, _) = need.kind else { return Vec::new() };
    if is_of_score(need) {
        return order.to_vec();
    }
    let mut steps: Vec<Step> = step_of(world.judge, condition).into_iter().collect();
    let mut at = 0;
    while let Some(step) = steps.get(at).copied() {
        at += 1;
        match program.steps.get(step as usize) {
            Some(Op::All(parts) | Op::Any(parts) | Op::AtLeast(_, parts)) => {
                steps.extend(program.parts.get(parts.clone()).unwrap_or_default());
            }
            Some(Op::Not(step) | Op::IfUnknown(step, _)) => steps.push(*step),
            _ => {}
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}
