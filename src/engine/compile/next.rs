//! The way back from conditions to their steps, for the search for next steps.

use std::collections::HashMap;

use super::Compiler;
use crate::engine::program::{NextPlan, Step};
use crate::policy::{Condition, FieldId, FieldRef, GradeKind, ScoreRuleKind};
use crate::source::Span;

impl Compiler<'_> {
    /// Finds the step of every condition again: equal conditions are one step, so none is added.
    pub(super) fn next(&mut self) -> NextPlan {
        let policy = self.policy;
        let mut steps = HashMap::new();
        let criteria = policy.criteria.iter().map(|it| &it.condition);
        let items = policy.checklists.iter().flat_map(|it| it.items.iter().map(|(_, condition)| condition));
        let others = policy.disqualifiers.iter().map(|it| &it.condition);
        let stages = policy.stages.iter().map(|it| &it.condition);
        let grades = policy.grades.iter().flat_map(|grade| match &grade.kind {
            GradeKind::Table(table) => table.lines.as_slice(),
            GradeKind::Bands(_) => &[],
        });
        let grades = grades.map(|(_, condition)| condition);
        for condition in criteria.chain(items).chain(others).chain(stages).chain(grades) {
            self.steps_of(condition, None, &mut steps);
        }
        for (at, score) in policy.scores.iter().enumerate() {
            let own = (!score.starts_again.is_empty()).then_some(at);
            for rule in &score.rules {
                rule.condition.iter().for_each(|condition| self.steps_of(condition, own, &mut steps));
                if let ScoreRuleKind::Table(table) = &rule.kind {
                    table.lines.iter().for_each(|(_, condition)| self.steps_of(condition, own, &mut steps));
                }
            }
        }
        let roots = |stage: Step| -> Vec<Step> { self.program.disqualifiers.iter().copied().chain([stage]).collect() };
        let orders = self.program.stages.iter().map(|stage| self.needed_by(&roots(stage.outcome))).collect();
        let fields = (0u32..).take(policy.fields.len()).map(|at| self.reads.slot(FieldRef::Lead(FieldId(at)), None));
        let slots = fields.map(|slot| (slot != usize::MAX).then_some(slot)).collect();
        NextPlan { steps, orders, slots }
    }

    fn steps_of(&mut self, condition: &Condition, own: Option<usize>, steps: &mut HashMap<Span, Step>) {
        condition.visit(&mut |part| {
            steps.insert(part.span, self.condition_in(part, None, own));
        });
    }
}
