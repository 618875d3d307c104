//! Which of the facts are needed: every subset is judged.

use super::facts::{About, Facts};
use super::world::World;
use crate::engine::program::Step;
use crate::engine::truth::Outcome;

/// Sets of more facts than this are made smaller one by one only.
const MOST: usize = 12;

/// What facts do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    #[default]
    Short,
    /// The stage is met, and the lead is not disqualified.
    Reached,
    /// The stage is met, but the lead is disqualified.
    Disqualified,
}

/// What facts do for a stage.
pub fn effect(world: &mut World<'_>, facts: &Facts, stage: usize, order: &[Step]) -> Effect {
    world.with(facts, order, |view| match (view.stage(stage), view.disqualified()) {
        (Outcome::Met, None) => Effect::Reached,
        (Outcome::Met, Some(_)) => Effect::Disqualified,
        _ => Effect::Short,
    })
}

/// The smallest of these facts that reach the stage, and whether no fewer do for certain; none where fewer would reach
/// the stage and disqualify the lead.
pub fn smallest(world: &mut World<'_>, facts: &Facts, stage: usize, order: &[Step]) -> Option<(Facts, bool)> {
    let about = facts.about();
    let found = if about.len() <= MOST { least(world, facts, &about, stage, order)? } else { facts.clone() };
    let (mut found, certain) = (found, about.len() <= MOST);
    if !certain {
        for one in &about {
            let rest: Vec<About> = found.about().into_iter().filter(|other| other != one).collect();
            let fewer = found.only(&rest);
            if effect(world, &fewer, stage, order) == Effect::Reached {
                found = fewer;
            }
        }
    }
    fewer_times(world, &mut found, stage, order);
    // With fewer occurrences the facts are others, so they are judged again.
    let about = found.about();
    if about.len() <= MOST && least(world, &found, &about, stage, order)?.len() < about.len() {
        return None;
    }
    Some((found, certain))
}

/// The first subset, by size and then in order, that reaches the stage.
fn least(world: &mut World<'_>, facts: &Facts, about: &[About], stage: usize, order: &[Step]) -> Option<Facts> {
    for size in 0..=about.len() {
        let mut chosen: Vec<usize> = (0..size).collect();
        loop {
            let keep: Vec<About> = chosen.iter().filter_map(|at| about.get(*at).copied()).collect();
            let some = facts.only(&keep);
            match effect(world, &some, stage, order) {
                Effect::Reached => return Some(some),
                Effect::Disqualified => return None,
                Effect::Short => {}
            }
            if !advance(&mut chosen, about.len()) {
                break;
            }
        }
    }
    None
}

/// The next choice of as many places among so many, in order.
fn advance(chosen: &mut [usize], of: usize) -> bool {
    let size = chosen.len();
    for at in (0..size).rev() {
        let Some(place) = chosen.get(at).copied() else { return false };
        if place + (size - at) < of {
            for (by, later) in chosen.iter_mut().skip(at).enumerate() {
                *later = place + 1 + by;
            }
            return true;
        }
    }
    false
}

/// Takes occurrences away that are not needed.
fn fewer_times(world: &mut World<'_>, facts: &mut Facts, stage: usize, order: &[Step]) {
    for event in facts.events.keys().copied().collect::<Vec<_>>() {
        let mut tries = 64;
        let mut at = 0;
        while tries > 0 && facts.events.get(&event).is_some_and(|times| times.len() > 1 && at < times.len()) {
            tries -= 1;
            let mut fewer = facts.clone();
            if let Some(times) = fewer.events.get_mut(&event) {
                times.remove(at);
            }
            if effect(world, &fewer, stage, order) == Effect::Reached {
                *facts = fewer;
            } else {
                at += 1;
            }
        }
    }
}
