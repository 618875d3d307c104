//! Events: which items of a log they are, and which are left out for what reason.

use std::cell;

use super::conditions::Tracer;
use super::{EventTrace, LeftOut, Occurrence, WhyLeftOut};
use crate::engine::decision::date_time;
use crate::engine::evaluate::{first_instant, logic};
use crate::engine::leaf::Cells;
use crate::engine::truth::Outcome;
use crate::intake::{self, Cell, Items, Lead, LeadError};
use crate::policy::{Condition, ConditionKind};
use crate::source::Span;

/// So many items that are left out are named.
const MOST_NAMED: usize = 10;

/// What is found of one event.
#[derive(Default)]
struct Found {
    occurrences: Vec<Occurrence>,
    left_out: Vec<(Why, LeftOut)>,
}

/// Why an item is left out, and by which part of the condition.
type Why = (WhyLeftOut, Option<Span>);

/// Looks at the items of a lead that is read once more.
struct Watch<'a> {
    tracer: Tracer<'a>,
    found: Vec<Found>,
    outcomes: Vec<Outcome>,
}

impl Tracer<'_> {
    /// The events that anything asks for, of the lead on `line`.
    pub fn events(&self, line: &[u8]) -> Result<Vec<EventTrace>, LeadError> {
        let (policy, program) = (&self.judge.policy, &self.judge.program);
        let found = policy.events.iter().map(|_| Found::default()).collect();
        let mut watch = Watch { tracer: *self, found, outcomes: Vec::new() };
        let mut lead = Lead::new(&program.shape);
        intake::read(&program.shape, line, &mut lead, &mut watch)?;
        let mut traces = Vec::new();
        for (at, (event, mut found)) in policy.events.iter().zip(watch.found).enumerate() {
            let used = self.traced.reads.events.get(at) == Some(&true);
            let (Some(plan), Some(log)) = (program.events.get(at), self.state.events.get(at)) else { continue };
            if !used {
                continue;
            }
            if !plan.from_list {
                self.single(lead.cell(plan.slot), &mut found);
            }
            found.occurrences.sort_by_key(|occurrence| (occurrence.at, occurrence.item));
            traces.push(EventTrace {
                name: event.name.as_str().into(),
                line: policy.sources.line(event.span),
                file: self.file(event.span),
                from: program.slots.get(plan.slot).map_or("", |slot| slot.path.as_str()).into(),
                log_absent: log.absent,
                occurrences: found.occurrences,
                left_out: found.left_out.into_iter().map(|(_, left_out)| left_out).collect(),
            });
        }
        Ok(traces)
    }

    /// An event that is dated by a field of the lead.
    fn single(&self, cell: Cell, found: &mut Found) {
        let at = match cell {
            Cell::Time(at) => at,
            Cell::Date(days) => first_instant(days, self.setting.tz),
            _ => return,
        };
        if at <= self.setting.moment.now {
            found.occurrences.push(Occurrence { at: date_time(at), item: None });
        } else {
            let left_out = LeftOut { why: WhyLeftOut::NotYet, text: None, line: None, items: 1, first: Vec::new() };
            found.left_out.push(((WhyLeftOut::NotYet, None), left_out));
        }
    }
}

impl Items for Watch<'_> {
    fn item(&mut self, list: usize, index: u32, lead: &Lead) {
        let program = &self.tracer.judge.program;
        let Some(items) = program.lists.iter().find(|items| items.slot == list) else { return };
        let past = cell::Cell::new(false);
        let known = self.tracer.setting.known(&past);
        self.outcomes.clear();
        for op in &items.steps {
            let outcome = logic(op, |step| self.outcome(step), &items.parts, Cells { lead, item: true }, known);
            self.outcomes.push(outcome.unwrap_or_default());
        }
        for event in &items.events {
            let fate = self.fate(event.event, event.dated_by, event.condition, lead);
            let Some(found) = self.found.get_mut(event.event) else { continue };
            match fate {
                Ok(at) => found.occurrences.push(Occurrence { at: date_time(at), item: Some(index) }),
                Err(why) => self.tracer.leave_out(found, why, index),
            }
        }
    }
}

impl Watch<'_> {
    /// When the item happened as this event, or why it is none.
    fn fate(&self, event: usize, dated_by: usize, condition: Option<u32>, lead: &Lead) -> Result<i64, Why> {
        let outcome = condition.map_or(Outcome::Met, |step| self.outcome(step));
        if outcome != Outcome::Met {
            let declared = self.tracer.judge.policy.events.get(event);
            let part = declared.and_then(|event| event.condition.as_ref()).map(|it| self.part(it, outcome));
            let why = if outcome == Outcome::NotMet { WhyLeftOut::NotMet } else { WhyLeftOut::Unknown };
            return Err((why, part));
        }
        let at = match lead.item_cell(dated_by) {
            Cell::Time(at) => at,
            Cell::Date(days) => first_instant(days, self.tracer.setting.tz),
            _ => return Err((WhyLeftOut::NoTime, None)),
        };
        if at > self.tracer.setting.moment.now { Err((WhyLeftOut::NotYet, None)) } else { Ok(at) }
    }

    fn outcome(&self, step: u32) -> Outcome {
        self.outcomes.get(step as usize).copied().unwrap_or_default()
    }

    /// The first part of a condition that makes it come out so.
    fn part(&self, condition: &Condition, outcome: Outcome) -> Span {
        if let ConditionKind::All(parts) = &condition.kind {
            let of = |part: &&Condition| {
                self.tracer.traced.items.get(&part.span).is_some_and(|step| self.outcome(*step) == outcome)
            };
            if let Some(part) = parts.iter().find(of) {
                return self.part(part, outcome);
            }
        }
        condition.span
    }
}

impl Tracer<'_> {
    fn leave_out(&self, found: &mut Found, why: Why, index: u32) {
        let known = found.left_out.iter().position(|(other, _)| *other == why);
        let at = known.unwrap_or_else(|| {
            let node = why.1.map(|span| self.node(span));
            let (text, line) = node.map_or((None, None), |node| (Some(node.text), Some(node.line)));
            found.left_out.push((why, LeftOut { why: why.0, text, line, items: 0, first: Vec::new() }));
            found.left_out.len() - 1
        });
        if let Some((_, left_out)) = found.left_out.get_mut(at) {
            left_out.items += 1;
            if left_out.first.len() < MOST_NAMED {
                left_out.first.push(index);
            }
        }
    }
}
