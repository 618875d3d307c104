//! Definitions and conditions, and what they read.

use std::cell;

use super::Tell;
use super::found::found;
use super::line::{Counts, Line, Looked, StayLine, Value};
use super::plan::{Definition, Named, Reading, Traced};
use super::value::{DefinitionKind, ObservedKind, Reason, WhyNot};
use crate::engine::decision::PRIVATE;
use crate::engine::evaluate::{Setting, State};
use crate::engine::events::{self, History};
use crate::engine::leaf::{Cells, Known};
use crate::engine::program::{Op, Program, Step};
use crate::engine::stage::{self, StageState};
use crate::engine::truth::Outcome;
use crate::intake::Cell;
use crate::policy::{Condition, ConditionKind, EventWindow, FieldId, Ordered, Policy, ScoreOperand, Stage};
use crate::time::Instant;

/// One lead by one version of a policy, as of one instant.
#[derive(Clone, Copy)]
pub struct Tracer<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
    pub traced: &'a Traced,
    pub setting: Setting<'a>,
    pub known: Known<'a>,
    /// Told where business time runs past the listed holidays, which the decision has said.
    pub past: &'a cell::Cell<bool>,
    pub state: &'a State,
    /// The lead as it came.
    pub line: &'a [u8],
}

impl<'a> Tracer<'a> {
    pub fn disqualifiers(&self, tell: &mut impl Tell) {
        for (it, plan) in self.policy.disqualifiers.iter().zip(&self.traced.disqualifiers) {
            let line = Line { outcome: Some(self.outcome(&it.condition)), ..definition(plan) };
            self.over(&line, &it.condition, tell);
        }
    }

    pub fn stages(&self, tell: &mut impl Tell) {
        let states = self.traced.stages.iter().zip(&self.state.stages);
        for (at, (it, (plan, state))) in self.policy.stages.iter().zip(states).enumerate() {
            let line = Line {
                outcome: Some(state.outcome),
                reason: (state.outcome == Outcome::Unknown && state.by_log).then_some(Reason::NoLog),
                stay: self.stay(at, it, state),
                ..definition(plan)
            };
            self.over(&line, &it.condition, tell);
        }
    }

    fn stay(&self, at: usize, stage: &Stage, of: &StageState) -> Option<StayLine> {
        if stage.entered.is_empty() && stage.left.is_empty() {
            return None;
        }
        let plan = self.program.stages.get(at).filter(|_| of.held_since.is_some());
        let held_until =
            plan.and_then(|plan| stage::held_until(plan, &self.state.events, self.setting.clock(self.past)));
        Some(StayLine { test: of.test, since: of.since, held_since: of.held_since, held_until })
    }

    pub fn criteria(&self, tell: &mut impl Tell) {
        let plans = self.traced.criteria.iter().zip(&self.program.criteria);
        for (it, (plan, step)) in self.policy.criteria.iter().zip(plans) {
            let unknown = self.outcome(&it.condition) == Outcome::Unknown;
            let line = Line {
                outcome: Some(self.state.outcome(*step)),
                treated_as: it.if_unknown.filter(|_| unknown).map(Outcome::of),
                ..definition(plan)
            };
            self.over(&line, &it.condition, tell);
        }
    }

    pub fn checklists(&self, tell: &mut impl Tell) {
        for (it, plan) in self.policy.checklists.iter().zip(&self.traced.checklists) {
            tell.open(&definition(plan));
            let items = it.items.iter().zip(&plan.parts);
            items.for_each(|((_, condition), label)| self.named(condition, Some(label), tell));
            tell.close();
        }
    }

    /// A line whose only part is a condition.
    fn over(&self, line: &Line<'_>, condition: &Condition, tell: &mut impl Tell) {
        tell.open(line);
        self.condition(condition, tell);
        tell.close();
    }

    pub fn outcome(&self, condition: &Condition) -> Outcome {
        self.step(condition).map_or(Outcome::Unknown, |step| self.state.outcome(step))
    }

    fn step(&self, condition: &Condition) -> Option<Step> {
        self.traced.line(condition.span)?.step
    }

    /// A condition with all of its parts, whatever decides.
    pub fn condition(&self, condition: &Condition, tell: &mut impl Tell) {
        self.named(condition, None, tell);
    }

    fn named(&self, condition: &Condition, name: Option<&'a Named>, tell: &mut impl Tell) {
        let Some(plan) = self.traced.line(condition.span) else { return };
        let outcome = plan.step.map_or(Outcome::Unknown, |step| self.state.outcome(step));
        let mut line = Line { name, outcome: Some(outcome), ..Line::new(&plan.words) };
        let parts = match &condition.kind {
            ConditionKind::All(parts)
            | ConditionKind::Any(parts)
            | ConditionKind::None(parts)
            | ConditionKind::AtLeast(_, parts) => parts.as_slice(),
            kind => {
                self.definitions(kind, plan.step, &mut line);
                self.fields(&plan.reads, kind, &mut line);
                &[]
            }
        };
        tell.open(&line);
        parts.iter().for_each(|part| self.condition(part, tell));
        tell.close();
    }

    /// The definitions that a test asks for, and what was read of them.
    fn definitions(&self, kind: &ConditionKind, step: Option<Step>, line: &mut Line<'a>) {
        let traced = self.traced;
        let name = |of: &'a [Definition], at: usize| of.get(at).map(|it| &it.name);
        match kind {
            ConditionKind::Score(id, test) => {
                line.observed.extend(self.score(id.index()));
                let (first, second) = match test {
                    Ordered::Compare(_, value) => (value, None),
                    Ordered::Between(low, high) => (low, Some(high)),
                };
                for value in [Some(first), second].into_iter().flatten() {
                    if let ScoreOperand::Score(other) = value {
                        line.observed.extend(self.score(other.index()));
                    }
                }
                line.refers_to = name(&traced.scores, id.index()).map(|name| (DefinitionKind::Score, name));
            }
            ConditionKind::Event { event, window, .. } => {
                line.refers_to = traced.event_names.get(event.index()).map(|name| (DefinitionKind::Event, name));
                self.occurrences(step, *window, line);
            }
            ConditionKind::Criterion(id, _) => {
                line.refers_to = name(&traced.criteria, id.index()).map(|name| (DefinitionKind::Criterion, name));
            }
            ConditionKind::Checklist { checklist, .. } => {
                let Some(name) = name(&traced.checklists, checklist.index()) else { return };
                let items = self.program.checklists.get(checklist.index()).cloned();
                let items = items.and_then(|items| self.program.items.get(items)).unwrap_or_default();
                let count = |of: Outcome| items.iter().filter(|step| self.state.outcome(**step) == of).count();
                let (met, not_met, unknown) = (count(Outcome::Met), count(Outcome::NotMet), count(Outcome::Unknown));
                let value = Value::Counts { met, not_met, unknown };
                line.observed.push(Looked::new(ObservedKind::Checklist, name, value));
                line.refers_to = Some((DefinitionKind::Checklist, name));
            }
            ConditionKind::Grade(id, _) => {
                let Some(name) = name(&traced.grades, id.index()) else { return };
                let value = self.letter(id.index()).map_or(Value::None, |letter| Value::Text(&letter.text));
                line.observed.push(Looked::new(ObservedKind::Grade, name, value));
                line.refers_to = Some((DefinitionKind::Grade, name));
            }
            ConditionKind::Stage(id, _) => {
                line.refers_to = name(&traced.stages, id.index()).map(|name| (DefinitionKind::Stage, name));
            }
            _ => {}
        }
    }

    /// The fields that a test reads, and which of them leaves it unknown.
    fn fields(&self, reads: &'a [Reading], kind: &ConditionKind, line: &mut Line<'a>) {
        let mut reason = None;
        for reading in reads {
            let (looked, cell) = self.look(reading);
            reason = reason.or(missing(cell));
            if reading.domain {
                reason = reason.or_else(|| matches!(looked.value, Value::None).then_some(Reason::Empty));
            }
            line.observed.push(looked);
        }
        if line.outcome == Some(Outcome::Unknown) && line.reason.is_none() {
            // Money that is there and cannot be compared lacks a rate.
            let money = matches!(kind, ConditionKind::Money(..)).then_some(Reason::NoRate);
            line.reason = reason.or(money);
        }
    }

    /// The value of a field of the lead.
    pub fn field(&self, field: FieldId) -> Option<(Looked<'a>, Cell)> {
        self.traced.field(field).map(|reading| self.look(reading))
    }

    fn look(&self, reading: &'a Reading) -> (Looked<'a>, Cell) {
        let lead = &self.state.lead;
        let cell = Cells { lead, item: false }.get(reading.slot);
        let (kind, value) = if reading.domain {
            let domain = match cell {
                Cell::Text(text) => crate::engine::text::domain(lead.text(text)),
                _ => None,
            };
            let shown = domain.map(|domain| if reading.private { PRIVATE } else { domain });
            (ObservedKind::Domain, shown.map_or(Value::None, Value::Text))
        } else {
            (ObservedKind::Field, Value::of(cell, lead, reading.private))
        };
        let found = if cell == Cell::WrongType { self.found(reading) } else { None };
        (Looked { found, ..Looked::new(kind, &reading.path, value) }, cell)
    }

    /// What stands where a field could not be read.
    fn found(&self, reading: &Reading) -> Option<String> {
        let field = self.policy.fields.get(reading.field.index())?;
        if reading.private { Some(PRIVATE.to_owned()) } else { found(self.line, &field.path) }
    }

    /// A score as it is observed.
    pub fn score(&self, at: usize) -> Option<Looked<'a>> {
        let (plan, points) = (self.traced.scores.get(at)?, self.state.scores.get(at)?);
        Some(Looked::new(ObservedKind::Score, &plan.name, Value::Points(*points)))
    }

    /// The letter of a grade.
    pub fn letter(&self, at: usize) -> Option<&'a Named> {
        self.traced.grades.get(at)?.parts.get(*self.state.grades.get(at)? as usize)
    }

    /// Which occurrences a test of an event counts.
    fn occurrences(&self, step: Option<Step>, window: Option<EventWindow>, line: &mut Line<'a>) {
        let op = step.and_then(|step| self.program.steps.get(step as usize));
        let Some(Op::Event(test)) = op else { return };
        let floor = test.score.map_or(Instant::MIN, |score| self.state.floor(score));
        let events = self.state.events.as_slice();
        if let Some(EventWindow::SinceLast(other) | EventWindow::AfterLast(_, other) | EventWindow::BeforeFirst(other)) =
            window
            && let Some(name) = self.traced.event_names.get(other.index())
        {
            let times = events.get(other.index()).map(|log| log.between(floor, Instant::MAX)).unwrap_or_default();
            let first = matches!(window, Some(EventWindow::BeforeFirst(_)));
            let at = if first { times.first() } else { times.last() };
            let value = at.map_or(Value::None, |at| Value::Time(*at));
            line.observed.push(Looked::new(ObservedKind::Event, name, value));
        }
        let history = History { events, floor, tz: self.setting.tz, known: self.known };
        let Some(counted) = events::counted(test, history) else {
            line.reason = Some(Reason::NoLog);
            return;
        };
        line.counted = Some(Counts::Times(counted));
        let log = events.get(test.event);
        let all = log.map_or(0, |log| log.times().len());
        let since = log.map_or(0, |log| log.between(floor, Instant::MAX).len());
        line.not_counted = [
            (WhyNot::OutsideWindow, since.saturating_sub(counted.len())),
            (WhyNot::CountedOnce, 0),
            (WhyNot::BeforeRestart, all.saturating_sub(since)),
        ];
    }
}

/// A line for a definition.
pub fn definition(plan: &Definition) -> Line<'_> {
    Line { name: Some(&plan.name), ..Line::new(&plan.words) }
}

/// Why a field says nothing, if it does not.
pub fn missing(cell: Cell) -> Option<Reason> {
    match cell {
        Cell::Empty => Some(Reason::Empty),
        Cell::WrongType => Some(Reason::WrongType),
        _ => None,
    }
}
