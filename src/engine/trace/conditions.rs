//! Conditions, and what they read.

use std::cell;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Counted, DefinitionKind, Node, NotCounted, Observed, ObservedKind, Reason, Reference, Seen, WhyNot};
use crate::engine::decision::PRIVATE;
use crate::engine::decision::{Points, date_time};
use crate::engine::evaluate::{Setting, State};
use crate::engine::events::{self, History};
use crate::engine::judge::Judge;
use crate::engine::leaf::Cells;
use crate::engine::program::{Op, Step, Traced};
use crate::engine::reads::fields_of;
use crate::engine::truth::Outcome;
use crate::intake::Cell;
use crate::policy::{Condition, ConditionKind, EventWindow, Field, FieldRef, Ordered, ScoreOperand, TextSubject};
use crate::source::Span;
use crate::time::Instant;

/// One lead by one version of a policy, as of one instant.
#[derive(Clone, Copy)]
pub struct Tracer<'a> {
    pub judge: &'a Judge,
    pub traced: &'a Traced,
    pub setting: Setting<'a>,
    pub state: &'a State,
    /// Told where business time runs past the listed holidays, which the decision has said.
    pub past: &'a cell::Cell<bool>,
}

impl<'a> Tracer<'a> {
    /// A node for what was written at a place.
    pub fn node(&self, span: Span) -> Node {
        let sources = &self.judge.policy.sources;
        let words = sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        Node { text: words, line: sources.line(span), file: self.file(span), ..Node::default() }
    }

    /// The file of a place, where it is not the policy's own.
    pub fn file(&self, span: Span) -> Option<Arc<str>> {
        let policy = &self.judge.policy;
        (span.file != policy.span.file).then(|| policy.sources.file(span.file).map_or("", |file| file.path()).into())
    }

    /// A node for a definition: its statement word and its name.
    pub fn definition(&self, word: &str, name: &str, span: Span) -> Node {
        let node = self.node(span);
        Node { text: format!("{word} {}", node.text), name: Some(name.into()), ..node }
    }

    pub fn outcome(&self, condition: &Condition) -> Outcome {
        self.step(condition).map_or(Outcome::Unknown, |step| self.state.outcome(step))
    }

    fn step(&self, condition: &Condition) -> Option<Step> {
        self.traced.steps.get(&condition.span).copied()
    }

    fn cells(&self) -> Cells<'a> {
        Cells { lead: &self.state.lead, item: false }
    }

    /// A condition with all of its parts, whatever decides.
    pub fn condition(&self, condition: &Condition) -> Node {
        let policy = &self.judge.policy;
        let outcome = self.outcome(condition);
        let mut node = Node { outcome: Some(outcome), ..self.node(condition.span) };
        match &condition.kind {
            ConditionKind::All(parts)
            | ConditionKind::Any(parts)
            | ConditionKind::None(parts)
            | ConditionKind::AtLeast(_, parts) => {
                node.children = parts.iter().map(|part| self.condition(part)).collect();
                return node;
            }
            ConditionKind::Score(id, test) => {
                node.observed.extend(self.score(id.index()));
                let (first, second) = match test {
                    Ordered::Compare(_, value) => (value, None),
                    Ordered::Between(low, high) => (low, Some(high)),
                };
                for value in [Some(first), second].into_iter().flatten() {
                    if let ScoreOperand::Score(other) = value {
                        node.observed.extend(self.score(other.index()));
                    }
                }
                node.refers_to = policy.scores.get(id.index()).map(|it| refers(DefinitionKind::Score, &it.name));
            }
            ConditionKind::Event { event, window, .. } => {
                node.refers_to = policy.events.get(event.index()).map(|it| refers(DefinitionKind::Event, &it.name));
                self.occurrences(condition, *window, &mut node);
            }
            ConditionKind::Criterion(id, _) => {
                node.refers_to = policy.criteria.get(id.index()).map(|it| refers(DefinitionKind::Criterion, &it.name));
            }
            ConditionKind::Checklist { checklist, .. } => {
                if let Some(checklist) = policy.checklists.get(checklist.index()) {
                    let items = || checklist.items.iter().map(|(_, condition)| self.outcome(condition));
                    let count = |of: Outcome| items().filter(|outcome| *outcome == of).count();
                    let (met, not_met) = (count(Outcome::Met), count(Outcome::NotMet));
                    let value = Seen::Counts { met, not_met, unknown: count(Outcome::Unknown) };
                    node.observed.push(Observed {
                        kind: ObservedKind::Checklist,
                        name: checklist.name.as_str().into(),
                        value: Some(value),
                    });
                    node.refers_to = Some(refers(DefinitionKind::Checklist, &checklist.name));
                }
            }
            ConditionKind::Grade(id, _) => {
                if let Some(grade) = policy.grades.get(id.index()) {
                    let value = self.letter(id.index()).map(|letter| Seen::One(letter.to_owned()));
                    node.observed.push(Observed { kind: ObservedKind::Grade, name: grade.name.as_str().into(), value });
                    node.refers_to = Some(refers(DefinitionKind::Grade, &grade.name));
                }
            }
            ConditionKind::Stage(id, _) => {
                node.refers_to = policy.stages.get(id.index()).map(|it| refers(DefinitionKind::Stage, &it.name));
            }
            _ => {}
        }
        self.fields(condition, &mut node);
        node
    }

    /// The fields that a test reads, and which of them leaves it unknown.
    fn fields(&self, condition: &Condition, node: &mut Node) {
        let domain = matches!(
            &condition.kind,
            ConditionKind::FilledIn(TextSubject::DomainOf(_), _)
                | ConditionKind::Text { of: TextSubject::DomainOf(_), .. }
        );
        let mut fields = Vec::new();
        fields_of(condition, &mut |field, _| {
            if !fields.contains(&field) {
                fields.push(field);
            }
        });
        let mut reason = None;
        for (at, field) in fields.into_iter().enumerate() {
            let FieldRef::Lead(id) = field else { continue };
            let Some(declared) = self.judge.policy.fields.get(id.index()) else { continue };
            let cell = self.cells().get(self.traced.reads.slot(field, None));
            reason = reason.or(match cell {
                Cell::Empty => Some(Reason::Empty),
                Cell::WrongType => Some(Reason::WrongType),
                _ => None,
            });
            let (kind, value) = if domain && at == 0 {
                let value = self.domain(cell, declared);
                reason = reason.or_else(|| value.is_none().then_some(Reason::Empty));
                (ObservedKind::Domain, value)
            } else {
                (ObservedKind::Field, self.seen(cell, declared))
            };
            node.observed.push(Observed { kind, name: declared.dotted().into(), value });
        }
        if node.outcome == Some(Outcome::Unknown) && node.reason.is_none() {
            // Money that is there and cannot be compared lacks a rate.
            let money = matches!(condition.kind, ConditionKind::Money(..)).then_some(Reason::NoRate);
            node.reason = reason.or(money);
        }
    }

    /// The value of a field of the lead.
    pub fn field(&self, field: crate::policy::FieldId) -> Option<(Observed, Cell)> {
        let declared = self.judge.policy.fields.get(field.index())?;
        let cell = self.cells().get(self.traced.reads.slot(FieldRef::Lead(field), None));
        let value = self.seen(cell, declared);
        Some((Observed { kind: ObservedKind::Field, name: declared.dotted().into(), value }, cell))
    }

    fn domain(&self, cell: Cell, field: &Field) -> Option<Seen> {
        let Cell::Text(text) = cell else { return None };
        let domain = crate::engine::text::domain(self.state.lead.text(text))?;
        Some(Seen::One(if field.private { PRIVATE } else { domain }.to_owned()))
    }

    fn seen(&self, cell: Cell, field: &Field) -> Option<Seen> {
        let lead = &self.state.lead;
        let value = match cell {
            Cell::Empty | Cell::WrongType | Cell::Items => return None,
            _ if field.private => PRIVATE.to_owned(),
            Cell::Text(text) => lead.raw(text).to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Money(amount, currency) => format!("{currency} {amount}"),
            Cell::Date(days) => NaiveDate::from_epoch_days(days).unwrap_or_default().to_string(),
            Cell::Time(at) => crate::engine::timestamp(date_time(at)),
            Cell::YesNo(yes) => if yes { "yes" } else { "no" }.to_owned(),
            Cell::Texts { first, count } => {
                let texts = lead.texts(first, count).iter().map(|text| lead.raw(*text).to_owned());
                return Some(Seen::Many(texts.collect()));
            }
        };
        Some(Seen::One(value))
    }

    /// A score as it is observed.
    pub fn score(&self, at: usize) -> Option<Observed> {
        let name = self.judge.policy.scores.get(at)?.name.as_str().into();
        let value = Seen::One(Points::of(*self.state.scores.get(at)?).to_string());
        Some(Observed { kind: ObservedKind::Score, name, value: Some(value) })
    }

    /// The letter of a grade.
    pub fn letter(&self, at: usize) -> Option<&'a str> {
        let place = *self.state.grades.get(at)? as usize;
        self.judge.program.grades.get(at)?.letters.get(place).map(String::as_str)
    }

    /// Which occurrences a test of an event counts.
    fn occurrences(&self, condition: &Condition, window: Option<EventWindow>, node: &mut Node) {
        let program = &self.judge.program;
        let op = self.step(condition).and_then(|step| program.steps.get(step as usize));
        let Some(Op::Event(test)) = op else { return };
        let floor = test.score.map_or(Instant::MIN, |score| self.state.floor(score));
        let events = self.state.events.as_slice();
        if let Some(EventWindow::SinceLast(other) | EventWindow::AfterLast(_, other) | EventWindow::BeforeFirst(other)) =
            window
            && let Some(declared) = self.judge.policy.events.get(other.index())
        {
            let times = events.get(other.index()).map(|log| log.between(floor, Instant::MAX)).unwrap_or_default();
            let first = matches!(window, Some(EventWindow::BeforeFirst(_)));
            let at = if first { times.first() } else { times.last() };
            let value = at.map(|at| Seen::One(crate::engine::timestamp(date_time(*at))));
            node.observed.push(Observed { kind: ObservedKind::Event, name: declared.name.as_str().into(), value });
        }
        let known = self.setting.known(self.past);
        let history = History { events, floor, tz: self.setting.tz, known };
        let Some(counted) = events::counted(test, history) else {
            node.reason = Some(Reason::NoLog);
            return;
        };
        node.counted = Some(counted.iter().map(|at| Counted { at: date_time(*at), points: None }).collect());
        let log = events.get(test.event);
        let all = log.map_or(0, |log| log.times().len());
        let since = log.map_or(0, |log| log.between(floor, Instant::MAX).len());
        node.not_counted = not_counted([
            (WhyNot::OutsideWindow, since.saturating_sub(counted.len())),
            (WhyNot::CountedOnce, 0),
            (WhyNot::BeforeRestart, all.saturating_sub(since)),
        ]);
    }
}

/// Those that there are.
pub fn not_counted(all: [(WhyNot, usize); 3]) -> Vec<NotCounted> {
    all.into_iter().filter(|(_, times)| *times > 0).map(|(why, times)| NotCounted { why, times }).collect()
}

pub fn refers(kind: DefinitionKind, name: &str) -> Reference {
    Reference { kind, name: name.into() }
}
