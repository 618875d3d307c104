//! What conditions depend on: the facts that could turn them round, whatever else is so.

use super::facts::About;
use super::world::overlapping;
use crate::engine::judge::Judge;
use crate::engine::program::{Depends, NextPlan, Slot, Step};

/// For one lead: where a log is absent, more depends on whatever happens in it.
#[derive(Debug, Default)]
pub struct Support {
    steps: Vec<Vec<About>>,
    /// Of each score's rules.
    rules: Vec<Vec<Vec<About>>>,
    events: Vec<Vec<About>>,
}

impl Support {
    /// Of a lead in which these events' logs are absent.
    pub fn new(judge: &Judge, plan: &NextPlan, absent: &[bool]) -> Support {
        let program = &judge.program;
        let of_slot = |slot: Slot, about: &mut Vec<About>| {
            about.push(About::Value(slot));
            about.extend(overlapping(judge, slot).into_iter().map(About::Value));
            let dated = program.events.iter().enumerate().filter(|(_, of)| !of.from_list && of.slot == slot);
            about.extend(dated.map(|(at, _)| About::Event(at)));
        };
        let of_event = |event: usize, about: &mut Vec<About>| {
            let Some(plan) = program.events.get(event) else { return };
            about.push(About::Event(event));
            if !plan.from_list {
                of_slot(plan.slot, about);
            } else if absent.get(event) == Some(&true) {
                // Whatever happens in a log that is absent opens it.
                about.push(About::Log(plan.slot));
                let same = program.events.iter().enumerate().filter(|(_, of)| of.from_list && of.slot == plan.slot);
                about.extend(same.map(|(at, _)| About::Event(at)));
            }
        };
        let of = |depends: &Depends| {
            let mut about = Vec::new();
            depends.slots.iter().for_each(|slot| of_slot(*slot, &mut about));
            depends.events.iter().for_each(|event| of_event(*event, &mut about));
            about.sort_unstable();
            about.dedup();
            about
        };
        Support {
            steps: plan.depends.iter().map(of).collect(),
            rules: plan.rules.iter().map(|rules| rules.iter().map(of).collect()).collect(),
            events: (0..program.events.len())
                .map(|event| {
                    let mut about = Vec::new();
                    of_event(event, &mut about);
                    about
                })
                .collect(),
        }
    }

    /// Of a step, and of all that it needs.
    pub fn step(&self, step: Step) -> &[About] {
        self.steps.get(step as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Of a rule of a score.
    pub fn rule(&self, score: usize, rule: usize) -> &[About] {
        self.rules.get(score).and_then(|rules| rules.get(rule)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Of how often an event happened.
    pub fn event(&self, event: usize) -> &[About] {
        self.events.get(event).map(Vec::as_slice).unwrap_or_default()
    }
}
