//! What everything depends on, for the search for next steps.

use super::{Compiler, map};
use crate::engine::program::*;
use crate::policy::{FieldId, FieldRef, Ordered};

impl Compiler<'_> {
    /// Finds what each stage, each step and each rule depends on.
    pub(super) fn next(&self) -> NextPlan {
        let roots = |stage: Step| -> Vec<Step> { self.program.disqualifiers.iter().copied().chain([stage]).collect() };
        let orders = self.program.stages.iter().map(|stage| self.needed_by(&roots(stage.outcome))).collect();
        let depends = self.depends();
        let of_rule = |rule: &RulePlan| {
            let mut depends_on = own_of_rule(&rule.kind);
            let lines: &[(i64, Step)] = if let RuleKind::Table(lines, _) = &rule.kind { lines } else { &[] };
            let scores = match &rule.kind {
                RuleKind::Bands(Bands { by: BandsBy::Score(score), .. }, _) | RuleKind::Score { score, .. } => {
                    self.score_steps.get(*score).copied()
                }
                _ => None,
            };
            let steps = rule.condition.into_iter().chain(lines.iter().map(|(_, step)| *step)).chain(scores);
            steps.filter_map(|step| depends.get(step as usize)).for_each(|other| depends_on.take_in(other));
            depends_on
        };
        let rules = self.program.scores.iter().map(|score| score.rules.iter().map(of_rule).collect()).collect();
        let steps = self.traced.as_ref().map(|(lead, _)| lead.clone()).unwrap_or_default();
        let fields = (0u32..).take(self.policy.fields.len());
        let slots = fields.map(|at| self.reads.slot(FieldRef::Lead(FieldId(at)), None));
        let slots = slots.map(|slot| (slot != usize::MAX).then_some(slot)).collect();
        NextPlan { steps, slots, orders, depends, rules }
    }

    /// What every step depends on: a step needs only steps before it.
    fn depends(&self) -> Vec<Depends> {
        let program = &self.program;
        let mut all: Vec<Depends> = Vec::with_capacity(program.steps.len());
        for op in &program.steps {
            let mut own = Depends::default();
            let restarts = |score: usize| program.scores.get(score).map(|plan| plan.starts_again.as_slice());
            match op {
                Op::Leaf(leaf) => leaf.slots(&mut |slot| {
                    own.slots.insert(slot);
                }),
                Op::Event(test) => {
                    own.events.insert(test.event);
                    own.events.extend(test.window.and_then(EventWindow::other));
                    own.events.extend(test.score.and_then(restarts).unwrap_or_default());
                }
                Op::Score(_, test) => {
                    let _ = map(test, |value| {
                        if let ScoreValue::Slot(slot) = value {
                            own.slots.insert(*slot);
                        }
                    });
                }
                Op::SumUp(score) => {
                    own.events.extend(restarts(*score).unwrap_or_default());
                    let rules = program.scores.get(*score).map(|plan| plan.rules.as_slice()).unwrap_or_default();
                    rules.iter().for_each(|rule| own.take_in(&own_of_rule(&rule.kind)));
                }
                Op::GradeOf(grade) => {
                    if let Some(GradeKind::Bands(Bands { by: BandsBy::Slot(slot), .. })) =
                        program.grades.get(*grade).map(|plan| &plan.kind)
                    {
                        own.slots.insert(*slot);
                    }
                }
                Op::Stage(stage) => {
                    if let Some(plan) = program.stages.get(*stage) {
                        own.events.extend(plan.entered.iter().chain(plan.left.iter().flat_map(|(events, _)| events)));
                    }
                }
                _ => {}
            }
            self.needs_of(op, &mut |step| {
                if let Some(other) = all.get(step as usize) {
                    own.take_in(other);
                }
            });
            all.push(own);
        }
        all
    }
}

/// What a rule asks for by itself.
fn own_of_rule(kind: &RuleKind) -> Depends {
    let mut own = Depends::default();
    match kind {
        RuleKind::Bands(Bands { by: BandsBy::Slot(slot), .. }, _) | RuleKind::Field(slot) => {
            own.slots.insert(*slot);
        }
        RuleKind::ForEach { event, .. } | RuleKind::ForEveryWithout { event, .. } => {
            own.events.insert(*event);
        }
        _ => {}
    }
    own
}

impl Depends {
    fn take_in(&mut self, other: &Depends) {
        self.slots.extend(&other.slots);
        self.events.extend(&other.events);
    }
}

impl EventWindow {
    /// The event that it is measured from.
    fn other(self) -> Option<usize> {
        match self {
            EventWindow::Now(_) => None,
            EventWindow::SinceLast(other) | EventWindow::BeforeFirst(other) | EventWindow::AfterLast(_, other) => {
                Some(other)
            }
        }
    }
}

impl Leaf {
    /// Calls `each` with every slot that it reads.
    fn slots(&self, each: &mut impl FnMut(Slot)) {
        fn values<T>(test: &Ordered<Value<T>>, each: &mut impl FnMut(Slot)) {
            let _ = map(test, |value| {
                if let Value::Slot(slot) = value {
                    each(*slot);
                }
            });
        }
        match self {
            Leaf::FilledIn(of) | Leaf::TextIn(of, _) | Leaf::TextFind(of, _) | Leaf::TextPattern(of, _) => {
                each(of.slot)
            }
            Leaf::TextIs(of, slot) | Leaf::TextFindField(of, _, slot) => [of.slot, *slot].into_iter().for_each(each),
            Leaf::Window(slot, _) | Leaf::YesNo(slot, _) | Leaf::Includes(slot, _) => each(*slot),
            Leaf::IncludesField(slot, with) => [*slot, *with].into_iter().for_each(each),
            Leaf::Number(slot, test) => {
                each(*slot);
                values(test, each);
            }
            Leaf::Money(slot, test) => {
                each(*slot);
                values(test, each);
            }
            Leaf::Date(slot, test) => {
                each(*slot);
                values(test, each);
            }
            Leaf::Time(slot, test) => {
                each(*slot);
                values(test, each);
            }
        }
    }
}
