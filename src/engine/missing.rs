//! What is missing: the fields behind every unknown part of an unknown stage or disqualification.

use super::evaluate::{Setting, State};
use super::leaf::{self, Cells};
use super::program::{EventWindow, Op, ScoreValue, Slot, Step};
use super::truth::Outcome;
use crate::policy::Ordered;

/// Room for the search; reused.
#[derive(Debug, Default)]
pub struct Missing {
    /// Whether each field is missing, by its slot.
    pub slots: Vec<bool>,
    seen: Vec<bool>,
    stack: Vec<Step>,
}

impl Missing {
    /// Begins a new search.
    pub fn clear(&mut self, setting: Setting<'_>) {
        self.slots.clear();
        self.slots.resize(setting.program.slots.len(), false);
        self.seen.clear();
        self.seen.resize(setting.program.steps.len(), false);
    }

    /// Adds what is missing for `root`, where that is unknown.
    pub fn add(&mut self, root: Step, state: &State, setting: Setting<'_>) {
        self.stack.push(root);
        while let Some(step) = self.stack.pop() {
            let new = self.seen.get_mut(step as usize).is_some_and(|seen| !std::mem::replace(seen, true));
            // A part that is decided, or closed by `if unknown`, hides what is behind it.
            if new && state.outcome(step) == Outcome::Unknown {
                self.step(step, state, setting);
            }
        }
    }

    fn step(&mut self, step: Step, state: &State, setting: Setting<'_>) {
        let program = setting.program;
        let Some(op) = program.steps.get(step as usize) else { return };
        match op {
            Op::All(parts) | Op::Any(parts) | Op::AtLeast(_, parts) => {
                self.stack.extend(program.parts.get(parts.clone()).unwrap_or_default());
            }
            Op::Not(step) | Op::IfUnknown(step, _) => self.stack.push(*step),
            Op::Leaf(leaf) => {
                let cells = Cells { lead: &state.lead, item: false };
                leaf::unknown_slots(leaf, cells, |slot| mark(&mut self.slots, slot));
            }
            Op::Event(test) => {
                self.log(test.event, state, setting);
                if let Some(EventWindow::SinceLast(o) | EventWindow::BeforeFirst(o) | EventWindow::AfterLast(_, o)) =
                    test.window
                {
                    self.log(o, state, setting);
                }
            }
            Op::Score(_, test) => {
                let values = match test {
                    Ordered::Compare(_, value) => [Some(value), None],
                    Ordered::Between(low, high) => [Some(low), Some(high)],
                };
                let cells = Cells { lead: &state.lead, item: false };
                for value in values.into_iter().flatten() {
                    if let ScoreValue::Slot(slot) = value
                        && !cells.is_known(*slot)
                    {
                        mark(&mut self.slots, *slot);
                    }
                }
            }
            Op::Stage(at) => {
                let (Some(plan), Some(stage)) = (program.stages.get(*at), state.stages.get(*at)) else { return };
                if stage.by_test {
                    self.stack.push(plan.test);
                }
                if stage.by_log {
                    let left = plan.left.iter().flat_map(|(events, _)| events);
                    plan.entered.iter().chain(left).for_each(|event| self.log(*event, state, setting));
                }
            }
            Op::Grade(..) | Op::SumUp(_) | Op::GradeOf(_) => {}
        }
    }

    /// The field of an event whose log is absent.
    fn log(&mut self, event: usize, state: &State, setting: Setting<'_>) {
        if state.events.get(event).is_some_and(|log| log.absent)
            && let Some(plan) = setting.program.events.get(event)
        {
            mark(&mut self.slots, plan.slot);
        }
    }
}

fn mark(slots: &mut [bool], slot: Slot) {
    if let Some(place) = slots.get_mut(slot) {
        *place = true;
    }
}
