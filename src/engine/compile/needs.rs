//! Which definitions need which, and which steps a wanted output needs.

use super::{Compiler, Definition, map, put};
use crate::engine::outputs::{Key, Outputs};
use crate::engine::program::*;
use crate::policy::{self, BandSubject, Condition, ConditionKind, Policy};

impl Compiler<'_> {
    /// Turns the steps that no wanted output needs into nothing.
    pub(super) fn prune(&mut self, outputs: Outputs) {
        let program = &self.program;
        let mut needed = vec![false; program.steps.len()];
        let mut need = |step: Step| put(&mut needed, step as usize, true);
        // Any test may count business time past the listed holidays, which is a warning.
        let all = outputs.has(Key::Warnings) && !program.past_holidays.is_empty();
        if all || outputs.decides_stage() {
            program.stages.iter().for_each(|stage| need(stage.outcome));
            program.disqualifiers.iter().for_each(|step| need(*step));
        }
        if all || outputs.has(Key::Criteria) {
            program.criteria.iter().for_each(|step| need(*step));
        }
        if all || outputs.has(Key::Checklists) {
            program.items.iter().for_each(|step| need(*step));
        }
        if outputs.has(Key::Scores) || outputs.has(Key::Warnings) {
            self.score_steps.iter().for_each(|step| need(*step));
        }
        if all || outputs.has(Key::Grades) {
            self.grade_steps.iter().for_each(|step| need(*step));
        }
        for at in (0..program.steps.len()).rev() {
            if needed.get(at) == Some(&true)
                && let Some(op) = program.steps.get(at)
            {
                self.needs_of(op, &mut |step| put(&mut needed, step as usize, true));
            }
        }
        let kept = needed.iter().enumerate().filter(|(_, needed)| **needed).map(|(at, _)| at as Step).collect();
        self.program.order = kept;
    }

    fn needs_of(&self, op: &Op, need: &mut impl FnMut(Step)) {
        let program = &self.program;
        match op {
            Op::Leaf(_) | Op::Event(_) => {}
            Op::All(parts) | Op::Any(parts) | Op::AtLeast(_, parts) => {
                program.parts.get(parts.clone()).unwrap_or_default().iter().for_each(|step| need(*step));
            }
            Op::Not(step) | Op::IfUnknown(step, _) => need(*step),
            Op::Score(score, test) => {
                let mut one = |score: usize| need(self.score_steps.get(score).copied().unwrap_or_default());
                one(*score);
                let _ = map(test, |value| {
                    if let ScoreValue::Score(other) = value {
                        one(*other);
                    }
                });
            }
            Op::Grade(grade, _) => need(self.grade_steps.get(*grade).copied().unwrap_or_default()),
            Op::SumUp(score) => {
                let rules = program.scores.get(*score).map(|plan| plan.rules.as_slice()).unwrap_or_default();
                for rule in rules {
                    rule.condition.into_iter().for_each(&mut *need);
                    match &rule.kind {
                        RuleKind::Table(lines, _) => lines.iter().for_each(|(_, step)| need(*step)),
                        RuleKind::Bands(Bands { by: BandsBy::Score(score), .. }, _) | RuleKind::Score { score, .. } => {
                            need(self.score_steps.get(*score).copied().unwrap_or_default());
                        }
                        _ => {}
                    }
                }
            }
            Op::GradeOf(grade) => match program.grades.get(*grade).map(|plan| &plan.kind) {
                Some(GradeKind::Bands(Bands { by: BandsBy::Score(score), .. })) => {
                    need(self.score_steps.get(*score).copied().unwrap_or_default());
                }
                Some(GradeKind::Table(steps)) => steps.iter().for_each(|step| need(*step)),
                _ => {}
            },
            Op::Stage(stage) => {
                if let Some(plan) = program.stages.get(*stage) {
                    need(plan.test);
                }
            }
        }
    }
}

/// Calls `each` with every definition that another one needs.
pub(super) fn needs(policy: &Policy, definition: Definition, each: &mut impl FnMut(Definition)) {
    let mut of_condition = |condition: &Condition| {
        condition.visit(&mut |part| match &part.kind {
            ConditionKind::Criterion(id, _) => each(Definition::Criterion(id.index())),
            ConditionKind::Checklist { checklist, .. } => each(Definition::Checklist(checklist.index())),
            ConditionKind::Grade(id, _) => each(Definition::Grade(id.index())),
            ConditionKind::Stage(id, _) => each(Definition::Stage(id.index())),
            ConditionKind::Score(id, test) => {
                each(Definition::Score(id.index()));
                let _ = map(test, |value| {
                    if let policy::ScoreOperand::Score(other) = value {
                        each(Definition::Score(other.index()));
                    }
                });
            }
            _ => {}
        });
    };
    match definition {
        Definition::Criterion(at) => {
            policy.criteria.get(at).iter().for_each(|criterion| of_condition(&criterion.condition));
        }
        Definition::Checklist(at) => {
            let items = policy.checklists.get(at).map(|checklist| checklist.items.as_slice()).unwrap_or_default();
            items.iter().for_each(|(_, condition)| of_condition(condition));
        }
        Definition::Stage(at) => policy.stages.get(at).iter().for_each(|stage| of_condition(&stage.condition)),
        Definition::Score(at) => {
            for rule in policy.scores.get(at).map(|score| score.rules.as_slice()).unwrap_or_default() {
                rule.condition.iter().for_each(&mut of_condition);
                if let policy::ScoreRuleKind::Table(table) = &rule.kind {
                    table.lines.iter().for_each(|(_, condition)| of_condition(condition));
                }
            }
            for rule in policy.scores.get(at).map(|score| score.rules.as_slice()).unwrap_or_default() {
                match &rule.kind {
                    policy::ScoreRuleKind::Bands(bands) => {
                        if let BandSubject::Score(score) = bands.by {
                            each(Definition::Score(score.index()));
                        }
                    }
                    policy::ScoreRuleKind::Score { score, .. } => each(Definition::Score(score.index())),
                    _ => {}
                }
            }
        }
        Definition::Grade(at) => match policy.grades.get(at).map(|grade| &grade.kind) {
            Some(policy::GradeKind::Table(table)) => {
                table.lines.iter().for_each(|(_, condition)| of_condition(condition));
            }
            Some(policy::GradeKind::Bands(bands)) => {
                if let BandSubject::Score(score) = bands.by {
                    each(Definition::Score(score.index()));
                }
            }
            None => {}
        },
    }
}
