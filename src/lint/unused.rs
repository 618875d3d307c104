//! `unused`: what a policy declares and nothing uses.

use std::collections::HashSet;

use super::Finding;
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::*;
use crate::source::{FileId, Span};

/// What is used: fields, items of lists, lists, events, calendars.
#[derive(Default)]
struct Uses {
    fields: HashSet<FieldId>,
    items: HashSet<(FieldId, u32)>,
    lists: HashSet<ListId>,
    events: HashSet<EventId>,
    calendars: HashSet<CalendarId>,
}

/// Finds fields, lists, events and calendars that nothing uses.
pub fn find(policy: &Policy, found: &mut Vec<Finding>) {
    let uses = uses(policy);
    let mut say = |span: Span, what: &str, name: &str, help: &str| {
        // What a library declares is for others.
        if span.file == FileId(0) {
            let message = format!("nothing uses the {what} `{name}`");
            found.push(Finding::new(Diagnostic::new(&codes::UNUSED, span, message).help(help)));
        }
    };
    for (id, field) in (0..).map(FieldId).zip(&policy.fields) {
        let items = (0..).zip(&field.items);
        if !uses.fields.contains(&id) {
            // Reports split leads by fields that need not decide anything; those are worth a comment.
            say(
                field.span,
                "field",
                &field.dotted(),
                "Delete its line, or use it in a condition; fields of a lead that are not declared are ignored. Where it is kept for a report, write `# allow unused` above it.",
            );
            continue;
        }
        for (at, item) in items {
            if !uses.items.contains(&(id, at)) {
                say(
                    item.span,
                    "field",
                    &item.dotted(),
                    "Delete its bullet, or use it in the `where` of an event that reads this list.",
                );
            }
        }
    }
    for (id, list) in (0..).map(ListId).zip(&policy.lists) {
        if !uses.lists.contains(&id) {
            say(list.span, "list", &list.name, "Delete it, or ask for it: `domain of email is in list \"…\"`.");
        }
    }
    for (id, event) in (0..).map(EventId).zip(&policy.events) {
        if !uses.events.contains(&id) {
            say(
                event.span,
                "event",
                &event.name,
                "Delete it, or ask for it: `\"…\" happened within the last 30 days`.",
            );
        }
    }
    for (id, calendar) in (0..).map(CalendarId).zip(&policy.calendars) {
        if !uses.calendars.contains(&id) {
            say(
                calendar.span,
                "calendar",
                &calendar.name,
                "Delete it, or name it under `policy` or in an SLA: `working hours of \"…\"`.",
            );
        }
    }
}

fn uses(policy: &Policy) -> Uses {
    let mut uses = Uses::default();
    uses.calendars.extend(policy.calendar);
    uses.fields.extend(
        (0..).map(FieldId).zip(&policy.fields).filter(|(_, it)| it.path == policy.identified_by).map(|(id, _)| id),
    );
    for event in &policy.events {
        uses.fields.extend(event.from);
        for field in [Some(event.dated_by), event.reason_in].into_iter().flatten() {
            uses.field(field, event.from);
        }
        event.condition.iter().for_each(|condition| uses.condition(condition, event.from));
    }
    if let Some(handover) = &policy.handover {
        let kinds =
            [&handover.handed_over, &handover.accepted, &handover.rejected, &handover.contacted, &handover.converted];
        uses.events.extend(kinds.into_iter().flatten());
        uses.fields.extend(handover.owner);
        if let Some(Cost::Field(field)) = handover.cost {
            uses.fields.insert(field);
        }
    }
    for condition in roots(policy) {
        uses.condition(condition, None);
    }
    for score in &policy.scores {
        uses.events.extend(&score.starts_again);
        score.rules.iter().for_each(|rule| uses.rule(&rule.kind));
    }
    for stage in &policy.stages {
        uses.events.extend(stage.entered.iter().chain(stage.left.iter().flat_map(|(events, _)| events)));
    }
    for sla in &policy.slas {
        uses.events.extend([&sla.starts, &sla.stops, &sla.cancels, &sla.restarts].into_iter().flatten());
        uses.events.extend(sla.pauses.iter().flat_map(|(from, until)| [*from, *until]));
        if let Some(hours) = &sla.hours {
            uses.calendars.extend(hours.lines.iter().map(|(calendar, _)| *calendar).chain([hours.otherwise]));
        }
    }
    uses
}

/// Every condition on leads, but those of examples.
pub fn roots(policy: &Policy) -> Vec<&Condition> {
    let mut roots: Vec<&Condition> = policy.criteria.iter().map(|it| &it.condition).collect();
    roots.extend(policy.checklists.iter().flat_map(|it| it.items.iter().map(|(_, item)| item)));
    for rule in policy.scores.iter().flat_map(|score| &score.rules) {
        roots.extend(&rule.condition);
        if let ScoreRuleKind::Table(table) = &rule.kind {
            roots.extend(table.lines.iter().map(|(_, line)| line));
        }
    }
    for grade in &policy.grades {
        if let GradeKind::Table(table) = &grade.kind {
            roots.extend(table.lines.iter().map(|(_, line)| line));
        }
    }
    roots.extend(policy.disqualifiers.iter().map(|it| &it.condition));
    roots.extend(policy.stages.iter().map(|it| &it.condition));
    for sla in &policy.slas {
        roots.extend(&sla.condition);
        roots.extend(sla.allowed.lines.iter().map(|(_, line)| line));
        roots.extend(sla.hours.iter().flat_map(|hours| hours.lines.iter().map(|(_, line)| line)));
    }
    roots
}

impl Uses {
    fn field(&mut self, field: FieldRef, list: Option<FieldId>) {
        match (field, list) {
            (FieldRef::Lead(id), _) => {
                self.fields.insert(id);
            }
            (FieldRef::Item(at), Some(list)) => {
                self.items.insert((list, at));
            }
            (FieldRef::Item(_), None) => {}
        }
    }

    fn operand<T>(&mut self, operand: &Operand<T>, list: Option<FieldId>) {
        if let Operand::Field(field) = operand {
            self.field(*field, list);
        }
    }

    fn ordered<T>(&mut self, of: FieldRef, test: &Ordered<Operand<T>>, list: Option<FieldId>) {
        self.field(of, list);
        match test {
            Ordered::Compare(_, value) => self.operand(value, list),
            Ordered::Between(low, high) => {
                self.operand(low, list);
                self.operand(high, list);
            }
        }
    }

    fn condition(&mut self, condition: &Condition, list: Option<FieldId>) {
        condition.visit(&mut |part| self.test(&part.kind, list));
    }

    fn test(&mut self, test: &ConditionKind, list: Option<FieldId>) {
        match test {
            ConditionKind::FilledIn(subject, _) => self.field(subject.field(), list),
            ConditionKind::Text { of, test, .. } => {
                self.field(of.field(), list);
                match test {
                    TextTest::Is(values) | TextTest::Find(_, values) => {
                        values.iter().for_each(|value| self.operand(value, list));
                    }
                    TextTest::InList(id) => {
                        self.lists.insert(*id);
                    }
                    TextTest::Pattern(_) => {}
                }
            }
            ConditionKind::Number(of, test) => self.ordered(*of, test, list),
            ConditionKind::Money(of, test) => self.ordered(*of, test, list),
            ConditionKind::Date(of, test) => self.ordered(*of, test, list),
            ConditionKind::Time(of, test) => self.ordered(*of, test, list),
            ConditionKind::Window { of, .. } | ConditionKind::YesNo(of, _) => self.field(*of, list),
            ConditionKind::Includes(of, _, values) => {
                self.field(*of, list);
                values.iter().for_each(|value| self.operand(value, list));
            }
            ConditionKind::Score(_, test) => {
                let operands = match test {
                    Ordered::Compare(_, value) => [Some(value), None],
                    Ordered::Between(low, high) => [Some(low), Some(high)],
                };
                for operand in operands.into_iter().flatten() {
                    if let ScoreOperand::Field(field) = operand {
                        self.fields.insert(*field);
                    }
                }
            }
            ConditionKind::Event { event, window, .. } => {
                self.events.insert(*event);
                if let Some(EventWindow::SinceLast(o) | EventWindow::BeforeFirst(o) | EventWindow::AfterLast(_, o)) =
                    window
                {
                    self.events.insert(*o);
                }
            }
            ConditionKind::All(_)
            | ConditionKind::Any(_)
            | ConditionKind::None(_)
            | ConditionKind::AtLeast(..)
            | ConditionKind::Criterion(..)
            | ConditionKind::Checklist { .. }
            | ConditionKind::Grade(..)
            | ConditionKind::Stage(..) => {}
        }
    }

    fn rule(&mut self, kind: &ScoreRuleKind) {
        match kind {
            ScoreRuleKind::Bands(Bands { by: BandSubject::Field(field), .. }) | ScoreRuleKind::Field(field) => {
                self.fields.insert(*field);
            }
            ScoreRuleKind::ForEach { event, .. } | ScoreRuleKind::ForEveryWithout { event, .. } => {
                self.events.insert(*event);
            }
            _ => {}
        }
    }
}
