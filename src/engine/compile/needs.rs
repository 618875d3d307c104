//! Which definitions need which, and which steps a wanted output needs.

use super::{Compiler, Definition, map, put};
use crate::engine::outputs::{Key, Outputs, With};
use crate::engine::program::*;
use crate::policy::{self, BandSubject, Bound, Condition, ConditionKind, Policy};

impl Compiler<'_> {
    /// Finds the steps that the wanted output needs, and those that its clocks need.
    pub(super) fn prune(&mut self, outputs: Outputs) {
        let program = &self.program;
        let (mut roots, mut of_clocks) = (Vec::new(), Vec::new());
        // Any test may count business time past the listed holidays, which is a warning.
        let counts = program.default_calendar.and_then(|at| program.past_holidays.get(at));
        let all = outputs.has(Key::Warnings) && counts.is_some_and(|warning| !warning.is_empty());
        if all || outputs.decides_stage() {
            roots.extend(program.stages.iter().map(|stage| stage.outcome));
            roots.extend(&program.disqualifiers);
        }
        if all || outputs.has(Key::Criteria) {
            roots.extend(&program.criteria);
        }
        if all || outputs.has(Key::Checklists) {
            roots.extend(&program.items);
        }
        if outputs.has(Key::Scores) || outputs.has(Key::Warnings) {
            roots.extend(&self.score_steps);
        }
        if all || outputs.has(Key::Grades) {
            roots.extend(&self.grade_steps);
        }
        if let Some((steps, _)) = &self.traced
            && outputs.adds(With::Trace)
        {
            roots.extend(steps.values());
            roots.extend(&self.score_steps);
            roots.extend(&self.grade_steps);
            roots.extend(&program.criteria);
            roots.extend(program.stages.iter().map(|stage| stage.outcome));
        }
        let mut as_of_start = Vec::new();
        for plan in &program.slas {
            let needed = self.needed_by(&plan.conditions());
            let (then, now): (Vec<Step>, Vec<Step>) = self.apart_by_now(&needed);
            of_clocks.extend(now);
            as_of_start.push(then);
        }
        roots.extend(&of_clocks);
        let (order, clock_order) = (self.needed_by(&roots), self.needed_by(&of_clocks));
        let items = program.lists.iter().flat_map(|list| &list.steps);
        let items_depend_on_now = items.clone().any(|op| self.op_depends_on_now(op));
        for (plan, steps) in self.program.slas.iter_mut().zip(as_of_start) {
            plan.as_of_now = steps.iter().filter(|step| order.binary_search(step).is_err()).copied().collect();
            plan.as_of_start = steps;
        }
        self.program.order = order;
        self.program.clock_order = clock_order;
        self.program.items_depend_on_now = items_depend_on_now;
    }

    /// These steps and all that they need, in their order.
    pub(super) fn needed_by(&self, roots: &[Step]) -> Vec<Step> {
        let mut needed = vec![false; self.program.steps.len()];
        roots.iter().for_each(|step| put(&mut needed, *step as usize, true));
        for at in (0..needed.len()).rev() {
            if needed.get(at) == Some(&true)
                && let Some(op) = self.program.steps.get(at)
            {
                self.needs_of(op, &mut |step| put(&mut needed, step as usize, true));
            }
        }
        needed.iter().enumerate().filter(|(_, needed)| **needed).map(|(at, _)| at as Step).collect()
    }

    /// Of steps in their order, with all that they need: those that may come out otherwise at another instant, and the others.
    fn apart_by_now(&self, steps: &[Step]) -> (Vec<Step>, Vec<Step>) {
        let (mut then, mut now) = (Vec::new(), Vec::new());
        for step in steps {
            let Some(op) = self.program.steps.get(*step as usize) else { continue };
            let mut depends = self.op_depends_on_now(op);
            self.needs_of(op, &mut |needed| depends |= then.binary_search(&needed).is_ok());
            if depends { then.push(*step) } else { now.push(*step) }
        }
        (then, now)
    }

    /// Whether a step, apart from those that it needs, may come out otherwise at another instant: by what has happened
    /// until then, by a window, or by the rates of the day.
    fn op_depends_on_now(&self, op: &Op) -> bool {
        let rates = !self.policy.rates.is_empty();
        let by_rates = |bands: &Bands| rates && bands.bounds.iter().any(|bound| matches!(bound, Bound::Money(_)));
        match op {
            Op::Leaf(Leaf::Window(..)) | Op::Event(_) => true,
            Op::Leaf(Leaf::Money(..)) => rates,
            Op::SumUp(score) => {
                let rules = self.program.scores.get(*score).map(|plan| plan.rules.as_slice()).unwrap_or_default();
                rules.iter().any(|rule| match &rule.kind {
                    RuleKind::ForEach { .. } | RuleKind::ForEveryWithout { .. } => true,
                    RuleKind::Bands(bands, _) => by_rates(bands),
                    _ => false,
                })
            }
            Op::GradeOf(grade) => match self.program.grades.get(*grade).map(|plan| &plan.kind) {
                Some(GradeKind::Bands(bands)) => by_rates(bands),
                _ => false,
            },
            Op::Stage(stage) => {
                let plan = self.program.stages.get(*stage);
                plan.is_some_and(|plan| !plan.entered.is_empty() || !plan.left.is_empty())
            }
            _ => false,
        }
    }

    pub(super) fn needs_of(&self, op: &Op, need: &mut impl FnMut(Step)) {
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
