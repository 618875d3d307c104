//! Conditions → steps: equal conditions are one step, and what is compared with a field is a part of its own.

use std::ops::Range;

use super::{Compiler, map, push};
use crate::decimal::Decimal;
use crate::engine::program::*;
use crate::engine::text::{Finder, Set};
use crate::intake::Currency;
use crate::policy::{
    self, Condition, ConditionKind, FieldRef, Includes, Operand, Ordered, Place, StageTest, TextSubject, TextTest,
    Window,
};

impl Compiler<'_> {
    pub(super) fn condition(&mut self, condition: &Condition, list: Option<usize>) -> Step {
        self.condition_in(condition, list, None)
    }

    /// Compiles a condition: of an item of `list`, or in the rules of the score `own`.
    pub(super) fn condition_in(&mut self, condition: &Condition, list: Option<usize>, own: Option<usize>) -> Step {
        let step = self.step_of(condition, list, own);
        if let Some((lead, items)) = &mut self.traced {
            let steps = if list.is_none() { lead } else { items };
            steps.insert(condition.span, step);
        }
        step
    }

    fn step_of(&mut self, condition: &Condition, list: Option<usize>, own: Option<usize>) -> Step {
        match &condition.kind {
            ConditionKind::All(parts) => {
                let parts = self.group(parts, list, own);
                self.step(Op::All(parts))
            }
            ConditionKind::Any(parts) => {
                let parts = self.group(parts, list, own);
                self.step(Op::Any(parts))
            }
            ConditionKind::None(parts) => {
                let parts = self.group(parts, list, own);
                let any = self.step(Op::Any(parts));
                self.step(Op::Not(any))
            }
            ConditionKind::AtLeast(count, parts) => {
                let parts = self.group(parts, list, own);
                self.step(Op::AtLeast(*count, parts))
            }
            ConditionKind::FilledIn(of, filled) => {
                let subject = self.subject(*of, list);
                let step = self.step(Op::Leaf(Leaf::FilledIn(subject)));
                self.negated(step, !filled)
            }
            ConditionKind::Text { of, not, test } => {
                let subject = self.subject(*of, list);
                let step = self.text_test(subject, test, list);
                self.negated(step, *not)
            }
            ConditionKind::Number(of, test) => {
                let test = self.ordered(test, list, |number| *number);
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::Number(slot, test)))
            }
            ConditionKind::Money(of, test) => {
                // The checker lets no other currencies through.
                let nothing = (Decimal::ZERO, Currency::default());
                let test = self.ordered(test, list, |money| {
                    Currency::parse(&money.currency).map_or(nothing, |currency| (money.amount, currency))
                });
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::Money(slot, test)))
            }
            ConditionKind::Date(of, test) => {
                let test = self.ordered(test, list, |date| *date);
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::Date(slot, test)))
            }
            ConditionKind::Time(of, test) => {
                let test = self.ordered(test, list, |instants| *instants);
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::Time(slot, test)))
            }
            ConditionKind::Window { of, date, window, duration } => {
                let window = self.window(*window, *duration, *date);
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::Window(slot, window)))
            }
            ConditionKind::YesNo(of, yes) => {
                let slot = self.reads.slot(*of, list);
                self.step(Op::Leaf(Leaf::YesNo(slot, *yes)))
            }
            ConditionKind::Includes(of, how, values) => {
                let slot = self.reads.slot(*of, list);
                self.includes(slot, *how, values, list)
            }
            ConditionKind::Score(score, test) => {
                let value = |value: &policy::ScoreOperand| match value {
                    policy::ScoreOperand::Points(points) => ScoreValue::Points(*points),
                    policy::ScoreOperand::Score(score) => ScoreValue::Score(score.index()),
                    policy::ScoreOperand::Field(field) => {
                        ScoreValue::Slot(self.reads.slot(FieldRef::Lead(*field), None))
                    }
                };
                let test = map(test, value);
                self.step(Op::Score(score.index(), test))
            }
            ConditionKind::Event { event, count, window } => {
                let window = window.map(|window| match window {
                    policy::EventWindow::WithinLast(d) => EventWindow::Now(self.window(Window::WithinLast, d, false)),
                    policy::EventWindow::MoreThanAgo(d) => EventWindow::Now(self.window(Window::MoreThanAgo, d, false)),
                    policy::EventWindow::SinceLast(other) => EventWindow::SinceLast(other.index()),
                    policy::EventWindow::BeforeFirst(other) => EventWindow::BeforeFirst(other.index()),
                    policy::EventWindow::AfterLast(d, other) => EventWindow::AfterLast(d, other.index()),
                });
                self.step(Op::Event(EventTest { event: event.index(), count: *count, window, score: own }))
            }
            ConditionKind::Criterion(criterion, met) => {
                let step = self.program.criteria.get(criterion.index()).copied().unwrap_or_default();
                self.negated(step, !met)
            }
            ConditionKind::Checklist { checklist, count, including } => {
                let range = self.program.checklists.get(checklist.index()).cloned().unwrap_or_default();
                let items: Vec<Step> = self.program.items.get(range).unwrap_or_default().to_vec();
                let mut all: Vec<Step> = including.iter().filter_map(|at| items.get(*at as usize).copied()).collect();
                let items = self.parts(items);
                let counted = self.step(Op::AtLeast(*count, items));
                if all.is_empty() {
                    return counted;
                }
                all.push(counted);
                let all = self.parts(all);
                self.step(Op::All(all))
            }
            ConditionKind::Grade(grade, asked) => {
                let plan = self.program.grades.get(grade.index());
                let letters = plan.map(|plan| plan.letters.as_slice()).unwrap_or_default();
                let places = (0..).zip(letters).filter(|(_, letter)| asked.contains(letter)).map(|(at, _)| at);
                let places = places.collect();
                self.step(Op::Grade(grade.index(), places))
            }
            ConditionKind::Stage(stage, test) => {
                let plan = self.program.stages.get(stage.index());
                let (outcome, passes) = plan.map_or((0, 0), |plan| (plan.outcome, plan.test));
                match test {
                    StageTest::Reached => outcome,
                    StageTest::NotReached => self.step(Op::Not(outcome)),
                    StageTest::PassesTest => passes,
                }
            }
        }
    }

    fn group(&mut self, parts: &[Condition], list: Option<usize>, own: Option<usize>) -> Range<usize> {
        let steps: Vec<Step> = parts.iter().map(|part| self.condition_in(part, list, own)).collect();
        self.parts(steps)
    }

    fn parts(&mut self, steps: Vec<Step>) -> Range<usize> {
        if let Some(parts) = self.known_parts.get(&steps) {
            return parts.clone();
        }
        let start = self.program.parts.len();
        self.program.parts.extend(&steps);
        let parts = start..self.program.parts.len();
        self.known_parts.insert(steps, parts.clone());
        parts
    }

    /// The place of a step, a new one unless there is an equal one.
    pub(super) fn step(&mut self, op: Op) -> Step {
        if let Some(step) = self.known.get(&op) {
            return *step;
        }
        let step = Step::try_from(self.program.steps.len()).unwrap_or(Step::MAX);
        self.program.steps.push(op.clone());
        self.known.insert(op, step);
        step
    }

    fn negated(&mut self, step: Step, not: bool) -> Step {
        if not { self.step(Op::Not(step)) } else { step }
    }

    fn subject(&self, of: TextSubject, list: Option<usize>) -> Subject {
        Subject { slot: self.reads.slot(of.field(), list), domain: matches!(of, TextSubject::DomainOf(_)) }
    }

    fn ordered<T, U>(
        &self,
        test: &Ordered<Operand<T>>,
        list: Option<usize>,
        literal: impl Fn(&T) -> U,
    ) -> Ordered<Value<U>> {
        map(test, |operand| match operand {
            Operand::Literal(value) => Value::Literal(literal(value)),
            Operand::Field(field) => Value::Slot(self.reads.slot(*field, list)),
        })
    }

    /// A test of a text. What is compared with fields is met when any of the parts is.
    fn text_test(&mut self, subject: Subject, test: &TextTest, list: Option<usize>) -> Step {
        let (values, place) = match test {
            TextTest::InList(id) => {
                let set = self.table(format!("list {}", id.index()), |compiler| {
                    let entries = compiler.policy.lists.get(id.index()).map(|list| list.entries.as_slice());
                    let set = Set::new(entries.unwrap_or_default().iter().map(String::as_str));
                    push(&mut compiler.program.tests.sets, set)
                });
                return self.step(Op::Leaf(Leaf::TextIn(subject, set)));
            }
            TextTest::Pattern(pattern) => {
                let place = self.table(format!("pattern {}", pattern.text), |compiler| {
                    push(&mut compiler.program.tests.patterns, pattern.regex.clone())
                });
                return self.step(Op::Leaf(Leaf::TextPattern(subject, place)));
            }
            TextTest::Is(values) => (values, None),
            TextTest::Find(place, values) => (values, Some(*place)),
        };
        let mut steps = Vec::new();
        let texts: Vec<&str> = literals(values);
        if !texts.is_empty() {
            let leaf = match place {
                None => Leaf::TextIn(subject, self.set(&texts)),
                Some(place) => Leaf::TextFind(subject, self.finder(place, &texts)),
            };
            steps.push(self.step(Op::Leaf(leaf)));
        }
        for field in fields(values) {
            let other = self.reads.slot(field, list);
            let leaf = match place {
                None => Leaf::TextIs(subject, other),
                Some(place) => Leaf::TextFindField(subject, place, other),
            };
            steps.push(self.step(Op::Leaf(leaf)));
        }
        self.any(steps)
    }

    fn any(&mut self, steps: Vec<Step>) -> Step {
        if let [step] = steps.as_slice() {
            return *step;
        }
        let parts = self.parts(steps);
        self.step(Op::Any(parts))
    }

    fn includes(&mut self, slot: Slot, how: Includes, values: &[Operand<String>], list: Option<usize>) -> Step {
        let texts: Vec<&str> = literals(values);
        let mut steps = Vec::new();
        if how == Includes::All {
            for text in texts {
                let set = self.set(&[text]);
                steps.push(self.step(Op::Leaf(Leaf::Includes(slot, set))));
            }
        } else if !texts.is_empty() {
            let set = self.set(&texts);
            steps.push(self.step(Op::Leaf(Leaf::Includes(slot, set))));
        }
        for field in fields(values) {
            let other = self.reads.slot(field, list);
            steps.push(self.step(Op::Leaf(Leaf::IncludesField(slot, other))));
        }
        match how {
            Includes::Any => self.any(steps),
            Includes::All => {
                let parts = self.parts(steps);
                self.step(Op::All(parts))
            }
            Includes::None => {
                let any = self.any(steps);
                self.step(Op::Not(any))
            }
        }
    }

    fn set(&mut self, texts: &[&str]) -> usize {
        self.table(format!("set {texts:?}"), |compiler| {
            push(&mut compiler.program.tests.sets, Set::new(texts.iter().copied()))
        })
    }

    fn finder(&mut self, place: Place, texts: &[&str]) -> usize {
        self.table(format!("find {place:?} {texts:?}"), |compiler| {
            push(&mut compiler.program.tests.finders, Finder::new(place, texts.iter().copied()))
        })
    }

    pub(super) fn window(&mut self, window: Window, duration: policy::Duration, date: bool) -> usize {
        let plan = WindowPlan { window, duration, date };
        let windows = &mut self.program.tests.windows;
        windows.iter().position(|known| *known == plan).unwrap_or_else(|| push(windows, plan))
    }

    /// The place of a table, made unless there is an equal one.
    fn table(&mut self, key: String, make: impl FnOnce(&mut Self) -> usize) -> usize {
        if let Some(place) = self.tables.get(&key) {
            return *place;
        }
        let place = make(self);
        self.tables.insert(key, place);
        place
    }
}

fn literals(values: &[Operand<String>]) -> Vec<&str> {
    let mut texts = Vec::new();
    for value in values {
        if let Operand::Literal(text) = value {
            texts.push(text.as_str());
        }
    }
    texts
}

fn fields(values: &[Operand<String>]) -> impl Iterator<Item = FieldRef> {
    values.iter().filter_map(|value| match value {
        Operand::Literal(_) => None,
        Operand::Field(field) => Some(*field),
    })
}
