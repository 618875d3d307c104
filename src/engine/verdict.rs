//! What is said of a decided lead, before it is a value or JSON.

use super::Evaluator;
use super::evaluate::{Setting, State, Warning};
use super::missing::Missing;
use super::program::Step;
use super::sla::Clocks;
use super::truth::Outcome;
use super::why::{Said, Told};

/// A lead that was decided, and the evaluator that did it.
#[derive(Clone, Copy)]
pub struct Verdict<'a> {
    pub evaluator: &'a Evaluator,
    pub state: &'a State,
    pub clocks: &'a Clocks,
}

/// Room to find out more in; reused.
#[derive(Debug, Default)]
pub struct Scratch {
    missing: Missing,
    said: Said,
    why: String,
}

impl Scratch {
    /// Of each slot, whether its field is missing for a step that is unknown.
    pub fn behind(&mut self, step: Step, state: &State, setting: Setting<'_>) -> &[bool] {
        self.missing.clear(setting);
        self.missing.add(step, state, setting);
        &self.missing.slots
    }
}

impl<'a> Verdict<'a> {
    /// The place of the last stage that is met; none where the lead is disqualified.
    pub fn stage(self) -> Option<usize> {
        let judge = self.evaluator.judge();
        let disqualified = || self.disqualifiers().any(|outcome| outcome == Outcome::Met);
        let last = self.state.stages.iter().rposition(|stage| stage.outcome == Outcome::Met);
        last.filter(|_| judge.outputs.decides_stage() && !disqualified())
    }

    /// The place of the last stage whose stay is open.
    pub fn recorded_stage(self) -> Option<usize> {
        self.state.stages.iter().rposition(|stage| stage.since.is_some())
    }

    pub fn disqualifiers(self) -> impl Iterator<Item = Outcome> + 'a {
        self.outcomes(&self.evaluator.judge().program.disqualifiers)
    }

    pub fn criteria(self) -> impl Iterator<Item = Outcome> + 'a {
        self.outcomes(&self.evaluator.judge().program.criteria)
    }

    /// The outcomes of each checklist's items.
    pub fn checklists(self) -> impl Iterator<Item = impl Iterator<Item = Outcome> + Clone + 'a> + 'a {
        let program = &self.evaluator.judge().program;
        let items = |range: &std::ops::Range<usize>| program.items.get(range.clone()).unwrap_or_default();
        program.checklists.iter().map(move |range| self.outcomes(items(range)))
    }

    /// The sentence that says why this stage.
    pub fn why(self, scratch: &mut Scratch) -> &str {
        let setting = self.evaluator.setting();
        let told = Told { state: self.state, setting, missing: &mut scratch.missing, said: &mut scratch.said };
        self.evaluator.judge().stories.tell(self.stage(), told, &mut scratch.why);
        &scratch.why
    }

    /// Of each slot, whether its field is missing.
    pub fn missing(self, scratch: &mut Scratch) -> &[bool] {
        let (program, setting) = (&self.evaluator.judge().program, self.evaluator.setting());
        scratch.missing.clear(setting);
        let stages = program.stages.iter().map(|stage| stage.outcome);
        stages.chain(program.disqualifiers.iter().copied()).for_each(|step| {
            scratch.missing.add(step, self.state, setting);
        });
        &scratch.missing.slots
    }

    pub fn warnings(self) -> impl Iterator<Item = &'a Warning> {
        let no_id = self.state.lead.id().is_none().then_some(&Warning::NO_ID);
        self.evaluator.now.out_of_effect.iter().chain(no_id).chain(&self.state.warnings).chain(&self.clocks.warnings)
    }

    fn outcomes(self, steps: &'a [Step]) -> impl Iterator<Item = Outcome> + Clone + 'a {
        steps.iter().map(move |step| self.state.outcome(*step))
    }
}
