//! What decides: criteria, checklists, disqualifications, stages, SLAs, targets and examples.

use std::collections::HashMap;

use super::conditions::Scope;
use super::cycles::Node;
use super::names::{Kind, duplicate};
use super::{Checker, owner_of, text_of, values::describe};
use crate::decimal::Decimal;
use crate::diagnostic::{Diagnostic, codes};
use crate::policy::{
    CalendarId, Checklist, Criterion, CriterionId, Disqualifier, DisqualifierId, EventId, Example, Expectation,
    ExpectationKind, FieldRef, Given, Sla, SlaId, SlaStep, Stage, StageId, Table, Target, TargetGoal, Type, Unit,
};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, SlaStepWhen, Statement, StatementKind};

impl Checker<'_> {
    fn begin(&mut self, kind: Kind, id: usize, statement: &Statement) {
        self.owner = Some(Node { kind, id: u32::try_from(id).unwrap_or(u32::MAX) });
        self.broken = statement.broken;
    }

    pub(super) fn criteria(&mut self, statements: &[(String, Statement)]) -> Vec<Criterion> {
        let mut criteria = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Criterion(criterion) = &statement.kind else { continue };
            self.begin(Kind::Criterion, criteria.len(), statement);
            let condition = self.required(&criterion.condition, statement.span, Scope::Lead);
            criteria.push(Criterion {
                span: criterion.name.span,
                name: criterion.name.node.clone(),
                owner: owner_of(&criterion.owner),
                condition,
                if_unknown: criterion.if_unknown.as_ref().map(|met| met.node),
                because: text_of(&criterion.because),
            });
        }
        self.owner = None;
        criteria
    }

    pub(super) fn checklists(&mut self, statements: &[(String, Statement)]) -> Vec<Checklist> {
        let mut checklists = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Checklist(checklist) = &statement.kind else { continue };
            self.begin(Kind::Checklist, checklists.len(), statement);
            let mut items: Vec<(String, crate::policy::Condition)> = Vec::new();
            let mut labels: HashMap<&str, Span> = HashMap::new();
            for item in &checklist.items {
                if let Some(first) = labels.insert(&item.label.node, item.label.span) {
                    let message = format!("the checklist has two items `{}`", item.label.node);
                    self.report(duplicate(&message, item.label.span, first, "Give one of them another label."));
                }
                let condition = self.condition(&item.condition, Scope::Lead);
                items.push((item.label.node.clone(), condition));
            }
            checklists.push(Checklist {
                span: checklist.name.span,
                name: checklist.name.node.clone(),
                owner: owner_of(&checklist.owner),
                items,
                because: text_of(&checklist.because),
            });
        }
        self.owner = None;
        checklists
    }

    pub(super) fn disqualifiers(&mut self, statements: &[(String, Statement)]) -> Vec<Disqualifier> {
        let mut disqualifiers = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Disqualify(disqualify) = &statement.kind else { continue };
            let condition = self.required(&disqualify.condition, statement.span, Scope::Lead);
            disqualifiers.push(Disqualifier {
                span: disqualify.name.span,
                name: disqualify.name.node.clone(),
                condition,
                because: text_of(&disqualify.because),
            });
        }
        disqualifiers
    }

    pub(super) fn stages(&mut self, statements: &[(String, Statement)]) -> Vec<Stage> {
        let mut stages = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Stage(stage) = &statement.kind else { continue };
            let place = stages.len();
            self.begin(Kind::Stage, place, statement);
            let before = self.references.len();
            let condition = self.required(&stage.condition, statement.span, Scope::Lead);
            self.later_stages(place, &stage.name, before);
            let entered = self.find_all(Kind::Event, &stage.entered, EventId);
            let mut left = Vec::new();
            for exit in &stage.left {
                let events = self.find_all(Kind::Event, &exit.events, EventId);
                if let Some(hold) = &exit.hold {
                    self.has_hours(hold);
                }
                left.push((events, exit.hold.as_ref().map(|hold| hold.node)));
            }
            if let (Some(span), true) = (stage.only_while, stage.entered.is_empty() && !statement.broken) {
                self.report(
                    Diagnostic::new(
                        &codes::MISSING_LINE,
                        span,
                        "this speaks of the time that a lead stays in the stage, and nothing says when it enters it",
                    )
                    .help("Add `entered when \"…\"` with an event, or delete this line."),
                );
            }
            stages.push(Stage {
                span: stage.name.span,
                name: stage.name.node.clone(),
                owner: owner_of(&stage.owner),
                condition,
                entered,
                left,
                only_while: stage.only_while.is_some(),
                because: text_of(&stage.because),
            });
        }
        self.owner = None;
        stages
    }

    /// Reports references of the stage at `place` to itself and to later ones.
    fn later_stages(&mut self, place: usize, name: &ast::Quoted, before: usize) {
        let references = self.references.get(before..).unwrap_or_default().to_vec();
        for (_, to, span) in references {
            if to.kind != Kind::Stage || (to.id as usize) < place {
                continue;
            }
            let itself = to.id as usize == place;
            let message = if itself {
                format!("the stage `{}` asks for itself", name.node)
            } else {
                let later = self.names.name(Kind::Stage, to.id);
                format!("the stage `{}` asks for `{later}`, which comes later", name.node)
            };
            let mut diagnostic = Diagnostic::new(&codes::LATER_STAGE, span, message).help(if itself {
                "Take this condition out; a stage cannot need itself."
            } else {
                "A stage may ask for earlier stages only: stages stand in the order of the ladder, the lowest first."
            });
            if !itself {
                diagnostic = diagnostic.also(self.names.span(Kind::Stage, to.id), "it stands here");
            }
            self.report(diagnostic);
        }
    }

    pub(super) fn slas(&mut self, statements: &[(String, Statement)]) -> Vec<Sla> {
        let mut slas = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Sla(sla) = &statement.kind else { continue };
            self.broken = statement.broken;
            slas.push(self.sla(sla));
        }
        slas
    }

    fn sla(&mut self, sla: &ast::Sla) -> Sla {
        let condition = sla.condition.as_ref().map(|condition| self.condition(condition, Scope::Lead));
        let pauses: Vec<_> = sla
            .pauses
            .iter()
            .filter_map(|(from, until)| {
                let (from, until) = (self.find(Kind::Event, from), self.find(Kind::Event, until));
                Some((EventId(from?), EventId(until?)))
            })
            .collect();
        let hours = sla.hours.as_ref().and_then(|lines| {
            self.table(&lines.node, lines.span, "\"Sofia office\"", |checker, name| {
                checker.find(Kind::Calendar, name).map(CalendarId)
            })
        });
        let has_hours = self.has_calendar || sla.hours.is_some() || self.broken;
        let allowed = sla.allowed.as_ref().and_then(|lines| {
            self.table(&lines.node, lines.span, "2 business days", |checker, duration| {
                checker.clock_duration(duration, has_hours).map(|()| duration.node)
            })
        });
        if let Some(percent) = &sla.at_risk {
            self.share(percent);
        }
        let steps = sla.steps.iter().map(|step| self.step(step, has_hours)).collect();
        let otherwise = ast::Duration { amount: 0, unit: Unit::Minutes };
        let nothing = Table { lines: Vec::new(), otherwise, spans: Vec::new() };
        Sla {
            span: sla.name.span,
            name: sla.name.node.clone(),
            owner: owner_of(&sla.owner),
            condition,
            starts: self.find_all(Kind::Event, &sla.starts, EventId),
            stops: self.find_all(Kind::Event, &sla.stops, EventId),
            cancels: self.find_all(Kind::Event, &sla.cancels, EventId),
            restarts: self.find_all(Kind::Event, &sla.restarts, EventId),
            pauses,
            allowed: allowed.unwrap_or(nothing),
            hours,
            at_risk: sla.at_risk.as_ref().map(|percent| percent.node),
            steps,
            because: text_of(&sla.because),
        }
    }

    fn step(&mut self, step: &ast::SlaStep, has_hours: bool) -> SlaStep {
        match step.when {
            SlaStepWhen::Percent(percent) => self.share(&Spanned::new(percent, step.span)),
            SlaStepWhen::Duration(duration) => {
                self.clock_duration(&Spanned::new(duration, step.span), has_hours);
            }
            SlaStepWhen::Missed => {}
        }
        SlaStep {
            span: step.span,
            when: step.when,
            actions: step.actions.iter().map(|action| action.node.clone()).collect(),
        }
    }

    /// Reports a share of a window that no clock comes to.
    fn share(&mut self, percent: &Spanned<Decimal>) {
        if percent.node.is_negative() || percent.node > Decimal::from(10_000) {
            self.report(
                Diagnostic::new(
                    &codes::OUT_OF_BOUNDS,
                    percent.span,
                    "a share of the time allowed is from 0% to 10,000%",
                )
                .help("Write a percentage such as `75%`; above 100% it counts on past the deadline."),
            );
        }
    }

    /// Months do not measure a clock, and business time needs a calendar.
    fn clock_duration(&mut self, duration: &Spanned<ast::Duration>, has_hours: bool) -> Option<()> {
        let unit = duration.node.unit;
        let words = self.sources.slice(duration.span).to_owned();
        if !unit.is_business() && duration.node.fixed_micros().is_none() {
            self.report(
                Diagnostic::new(
                    &codes::WRONG_UNIT,
                    duration.span,
                    format!("`{words}` has no fixed length, because months differ, and a clock needs one"),
                )
                .help("Count in days or weeks, or in business days."),
            );
            return None;
        }
        if unit.is_business() && !has_hours {
            self.report(
                Diagnostic::new(&codes::NO_CALENDAR, duration.span, format!("`{words}` is business time, and nothing says when business is open"))
                    .help("Add `working hours of \"…\"` with a calendar, here or under `policy`, or count in plain hours or days."),
            );
            return None;
        }
        Some(())
    }

    pub(super) fn targets(&mut self, statements: &[(String, Statement)]) -> Vec<Target> {
        let mut targets = Vec::new();
        for (_, statement) in statements {
            let StatementKind::Target(target) = &statement.kind else { continue };
            let goal = match &target.goal {
                ast::TargetGoal::Stage(count, name) => {
                    self.find(Kind::Stage, name).map(|id| TargetGoal::Stage(count.node, StageId(id)))
                }
                ast::TargetGoal::OnTime(percent, name) => {
                    if percent.node.is_negative() || percent.node > Decimal::from(100) {
                        let message = "a share of what is on time is from 0% to 100%";
                        self.report(
                            Diagnostic::new(&codes::OUT_OF_BOUNDS, percent.span, message)
                                .help("Write a percentage such as `90%`."),
                        );
                    }
                    self.find(Kind::Sla, name).map(|id| TargetGoal::OnTime(percent.node, SlaId(id)))
                }
            };
            targets.extend(goal.map(|goal| Target { goal, period: target.period.node }));
        }
        targets
    }

    pub(super) fn examples(&mut self, statements: &[(String, Statement)]) -> Vec<Example> {
        let mut examples = Vec::new();
        for (path, statement) in statements {
            let StatementKind::Example(example) = &statement.kind else { continue };
            let at = example.at.as_ref().and_then(|at| self.instants(&at.node));
            let given = example.given.iter().filter_map(|given| self.given(path, given)).collect();
            let expect = example.expect.iter().filter_map(|expect| self.expectation(expect)).collect();
            let at = at.map_or(0, |at| at.first);
            examples.push(Example { name: example.name.node.clone(), at, given, expect });
        }
        examples
    }

    fn given(&mut self, path: &str, given: &ast::Given) -> Option<Given> {
        match given {
            ast::Given::Field(field, value) => {
                let target = self.target(field, Scope::Lead)?;
                let literal = self.literal(value, &target)?;
                match target.field {
                    FieldRef::Lead(id) => Some(Given::Field(id, literal)),
                    FieldRef::Item(_) => None,
                }
            }
            ast::Given::Absent(field) => {
                let target = self.target(field, Scope::Lead)?;
                let FieldRef::Lead(id) = target.field else { return None };
                if target.ty != Type::Items {
                    let message =
                        format!("`{}` is {}, and only a log can be absent", target.words, describe(&target.ty));
                    self.report(
                        Diagnostic::new(&codes::WRONG_TYPE, field.span, message)
                            .also(target.declared, format!("declared as {}", describe(&target.ty)))
                            .help("A field that no `given` line names is empty already; delete this line."),
                    );
                    return None;
                }
                Some(Given::Absent(id))
            }
            ast::Given::Event(name, at) => {
                let event = self.find(Kind::Event, name)?;
                let at = self.instants(&at.node)?;
                Some(Given::Event(EventId(event), at.first))
            }
            ast::Given::Lead(name) => match self.files.named(path, name) {
                Ok((_, bytes)) => Some(Given::Lead(bytes)),
                Err(diagnostic) => {
                    self.report(diagnostic);
                    None
                }
            },
        }
    }

    fn expectation(&mut self, expect: &ast::Condition) -> Option<Expectation> {
        let span = expect.span;
        let ast::ConditionKind::Expect(expectation) = &expect.kind else {
            let condition = self.condition(expect, Scope::Lead);
            return Some(Expectation { span, kind: ExpectationKind::Met(condition) });
        };
        let kind = match expectation {
            ast::Expectation::Unknown(name) => {
                // A criterion, and where there is none of that name, a disqualification.
                match (self.names.get(Kind::Criterion, &name.node), self.names.get(Kind::Disqualify, &name.node)) {
                    (None, Some(id)) => ExpectationKind::DisqualifierUnknown(DisqualifierId(id)),
                    _ => ExpectationKind::CriterionUnknown(CriterionId(self.find(Kind::Criterion, name)?)),
                }
            }
            ast::Expectation::StageUnknown(name) => {
                ExpectationKind::StageUnknown(StageId(self.find(Kind::Stage, name)?))
            }
            ast::Expectation::LeadIn(name) => ExpectationKind::LeadIn(Some(StageId(self.find(Kind::Stage, name)?))),
            ast::Expectation::LeadInNoStage => ExpectationKind::LeadIn(None),
            ast::Expectation::DisqualifiedBy(name) => {
                ExpectationKind::DisqualifiedBy(DisqualifierId(self.find(Kind::Disqualify, name)?))
            }
            ast::Expectation::Sla(name, status) => {
                ExpectationKind::Sla(SlaId(self.find(Kind::Sla, name)?), status.node)
            }
        };
        Some(Expectation { span, kind })
    }
}
