//! Policy → program: definitions in the order in which they need each other, equal conditions once, and nothing that
//! the wanted output does not need.

mod bulk;
mod conditions;
mod needs;
mod next;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::account::AccountPlan;
use super::bulk::Bulk;
use super::outputs::{Key, Outputs, With};
use super::program::*;
use super::reads::{Asked, Reads};
use super::text::Set;
use super::trace::{self, Traced};
use super::truth::Outcome;
use super::why::Stories;
use crate::policy::{self, BandSubject, FieldRef, Ordered, Policy, Window};
use crate::time::calendar::Calendar;

/// Compiles what a policy needs to give `outputs`, and how its stages read in a sentence.
/// Reports may group leads `by` a field.
pub fn compile(policy: &Policy, outputs: Outputs, by: Option<&str>) -> (Program, Stories) {
    let wants_trace = outputs.adds(With::Trace);
    let asked = Asked {
        all_raw: wants_trace,
        all_items: wants_trace || outputs.adds(With::Next),
        reports: outputs.adds(With::Account).then_some(by),
    };
    let reads = Reads::of(policy, asked);
    let calendars = policy.calendars.iter().map(|calendar| Calendar::new(calendar.spec.clone())).collect();
    let program = Program {
        shape: reads.shape(policy),
        slots: reads.names(policy),
        steps: Vec::new(),
        order: Vec::new(),
        bulk: Bulk::default(),
        parts: Vec::new(),
        tests: Tests::default(),
        calendars,
        default_calendar: policy.calendar.map(policy::CalendarId::index),
        past_holidays: policy.calendars.iter().map(|calendar| past_holidays(calendar).unwrap_or_default()).collect(),
        lists: Vec::new(),
        events: Vec::new(),
        scores: Vec::new(),
        grades: Vec::new(),
        stages: Vec::new(),
        criteria: vec![0; policy.criteria.len()],
        checklists: Vec::new(),
        items: Vec::new(),
        disqualifiers: Vec::new(),
        owner: owner(policy, &reads),
        account: asked.reports.map(|by| AccountPlan::new(policy, &reads, by)),
        slas: Vec::new(),
        clock_order: Vec::new(),
        items_depend_on_now: false,
        reasons: None,
        traced: None,
        next: None,
    };
    let mut compiler = Compiler {
        policy,
        reads,
        program,
        known: HashMap::new(),
        known_parts: HashMap::new(),
        tables: HashMap::new(),
        score_steps: vec![0; policy.scores.len()],
        grade_steps: vec![0; policy.grades.len()],
        traced: (wants_trace || outputs.adds(With::Next)).then(Default::default),
    };
    compiler.events();
    compiler.definitions();
    for disqualifier in &policy.disqualifiers {
        let step = compiler.condition(&disqualifier.condition, None);
        compiler.program.disqualifiers.push(step);
    }
    let stories = if outputs.has(Key::Why) {
        Stories::new(policy, |part| compiler.condition(part, None))
    } else {
        Stories::default()
    };
    if outputs.runs_clocks() {
        compiler.program.slas = policy.slas.iter().map(|sla| compiler.sla(sla)).collect();
    }
    compiler.prune(outputs);
    compiler.program.bulk = bulk::bulk(&compiler.program, &compiler.program.order);
    if outputs.adds(With::Next) {
        compiler.program.next = Some(compiler.next());
    }
    let Compiler { mut program, reads, traced, .. } = compiler;
    let traced = traced.filter(|_| wants_trace);
    program.traced = traced.map(|(lead, items)| Traced::new(policy, &reads, &lead, &items));
    (program, stories)
}

fn owner(policy: &Policy, reads: &Reads) -> Option<(Slot, bool)> {
    let field = policy.handover.as_ref()?.owner?;
    Some((reads.slot(FieldRef::Lead(field), None), policy.fields.get(field.index())?.private))
}

fn past_holidays(calendar: &policy::Calendar) -> Option<String> {
    let (year, name) = (calendar.spec.last_year_of_holidays()?, &calendar.name);
    Some(format!("business time runs past {year}, the last year for which the calendar `{name}` lists holidays"))
}

/// A thing that conditions refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Definition {
    Criterion(usize),
    Checklist(usize),
    Score(usize),
    Grade(usize),
    Stage(usize),
}

struct Compiler<'a> {
    policy: &'a Policy,
    reads: Reads,
    program: Program,
    /// Equal steps are one.
    known: HashMap<Op, Step>,
    /// Equal groups share their parts.
    known_parts: HashMap<Vec<Step>, Range<usize>>,
    /// The places of tables that are equal.
    tables: HashMap<String, usize>,
    score_steps: Vec<Step>,
    grade_steps: Vec<Step>,
    /// Where a trace or next steps are wanted, the step of every condition of the lead and of items, by where it was
    /// written.
    traced: Option<(trace::Steps, trace::Steps)>,
}

/// The steps of one program while they are made.
#[derive(Default)]
struct Steps {
    steps: Vec<Op>,
    parts: Vec<Step>,
    known: HashMap<Op, Step>,
    known_parts: HashMap<Vec<Step>, Range<usize>>,
}

impl Compiler<'_> {
    fn events(&mut self) {
        for list in &self.reads.lists {
            let names = list.items.iter().map(|item| self.reads.item_name(self.policy, list.field, *item));
            self.program.lists.push(ItemProgram { slot: list.slot, names: names.collect(), ..ItemProgram::default() });
        }
        let mut of_lists: Vec<Steps> = self.program.lists.iter().map(|_| Steps::default()).collect();
        let rejected: Vec<usize> = match &self.policy.handover {
            Some(handover) => {
                if !handover.reasons.is_empty() {
                    self.program.reasons = Some(Set::new(handover.reasons.iter().map(String::as_str)));
                }
                handover.rejected.iter().map(|event| event.index()).collect()
            }
            None => Vec::new(),
        };
        for (number, event) in self.policy.events.iter().enumerate() {
            let used = self.reads.events.get(number).copied().unwrap_or(false);
            let reason_in = event.reason_in.filter(|_| rejected.contains(&number));
            let Some(field) = event.from.filter(|_| used) else {
                let slot = if used { self.reads.slot(event.dated_by, None) } else { usize::MAX };
                let reason_in = reason_in.map(|field| self.reads.slot(field, None));
                self.program.events.push(EventPlan { slot, from_list: !used, reason_in });
                continue;
            };
            let slot = self.reads.slot(FieldRef::Lead(field), None);
            self.program.events.push(EventPlan { slot, from_list: true, reason_in: None });
            let Some(at) = self.reads.lists.iter().position(|list| list.slot == slot) else { continue };
            // The steps of an item stand in the program of its list.
            let own = of_lists.get_mut(at).map(std::mem::take).unwrap_or_default();
            let outer = self.swap(own);
            let condition = event.condition.as_ref().map(|condition| self.condition(condition, Some(at)));
            let own = self.swap(outer);
            put(&mut of_lists, at, own);
            let event = ItemEvent {
                event: number,
                condition,
                dated_by: self.reads.slot(event.dated_by, Some(at)),
                reason_in: reason_in.map(|field| self.reads.slot(field, Some(at))),
            };
            if let Some(list) = self.program.lists.get_mut(at) {
                list.events.push(event);
            }
        }
        for (list, own) in self.program.lists.iter_mut().zip(of_lists) {
            (list.steps, list.parts) = (own.steps, own.parts);
        }
    }

    /// Compiles into other steps for a while; gives those that were there.
    fn swap(&mut self, other: Steps) -> Steps {
        Steps {
            steps: std::mem::replace(&mut self.program.steps, other.steps),
            parts: std::mem::replace(&mut self.program.parts, other.parts),
            known: std::mem::replace(&mut self.known, other.known),
            known_parts: std::mem::replace(&mut self.known_parts, other.known_parts),
        }
    }

    /// Compiles every definition after those that it needs.
    fn definitions(&mut self) {
        let policy = self.policy;
        let mut all: Vec<Definition> = Vec::new();
        all.extend((0..policy.criteria.len()).map(Definition::Criterion));
        all.extend((0..policy.checklists.len()).map(Definition::Checklist));
        all.extend((0..policy.scores.len()).map(Definition::Score));
        all.extend((0..policy.grades.len()).map(Definition::Grade));
        all.extend((0..policy.stages.len()).map(Definition::Stage));
        // Filled in by number; only the order of steps follows from who needs whom.
        self.program.checklists = vec![0..0; policy.checklists.len()];
        self.program.scores = policy.scores.iter().map(|_| ScorePlan::default()).collect();
        self.program.grades = policy.grades.iter().map(|_| GradePlan::default()).collect();
        self.program.stages = policy.stages.iter().map(|_| StagePlan::default()).collect();
        let mut seen: HashSet<Definition> = HashSet::new();
        for start in all {
            // An own stack, because a chain of references may be as long as the policy.
            let mut stack = vec![(start, false)];
            while let Some((definition, ready)) = stack.pop() {
                if ready {
                    self.define(definition);
                } else if seen.insert(definition) {
                    stack.push((definition, true));
                    needs::needs(policy, definition, &mut |needed| stack.push((needed, false)));
                }
            }
        }
    }

    fn define(&mut self, definition: Definition) {
        let policy = self.policy;
        match definition {
            Definition::Criterion(at) => {
                let Some(criterion) = policy.criteria.get(at) else { return };
                let mut step = self.condition(&criterion.condition, None);
                if let Some(met) = criterion.if_unknown {
                    step = self.step(Op::IfUnknown(step, Outcome::of(met)));
                }
                put(&mut self.program.criteria, at, step);
            }
            Definition::Checklist(at) => {
                let Some(checklist) = policy.checklists.get(at) else { return };
                let steps: Vec<Step> =
                    checklist.items.iter().map(|(_, condition)| self.condition(condition, None)).collect();
                let start = self.program.items.len();
                self.program.items.extend(steps);
                let end = self.program.items.len();
                put(&mut self.program.checklists, at, start..end);
            }
            Definition::Score(at) => {
                let Some(score) = policy.scores.get(at) else { return };
                let plan = self.score(at, score);
                put(&mut self.program.scores, at, plan);
                let step = self.step(Op::SumUp(at));
                put(&mut self.score_steps, at, step);
            }
            Definition::Grade(at) => {
                let Some(grade) = policy.grades.get(at) else { return };
                let plan = match &grade.kind {
                    policy::GradeKind::Bands(bands) => GradePlan {
                        kind: GradeKind::Bands(self.bands(bands)),
                        letters: letters(bands.lines.iter().map(|(letter, _)| letter), &bands.otherwise),
                    },
                    policy::GradeKind::Table(table) => GradePlan {
                        kind: GradeKind::Table(
                            table.lines.iter().map(|(_, condition)| self.condition(condition, None)).collect(),
                        ),
                        letters: letters(table.lines.iter().map(|(letter, _)| letter), &table.otherwise),
                    },
                };
                put(&mut self.program.grades, at, plan);
                let step = self.step(Op::GradeOf(at));
                put(&mut self.grade_steps, at, step);
            }
            Definition::Stage(at) => {
                let Some(stage) = policy.stages.get(at) else { return };
                let test = self.condition(&stage.condition, None);
                let plan = StagePlan {
                    test,
                    outcome: 0,
                    entered: stage.entered.iter().map(|event| event.index()).collect(),
                    left: stage
                        .left
                        .iter()
                        .map(|(events, hold)| (events.iter().map(|event| event.index()).collect(), *hold))
                        .collect(),
                    only_while: stage.only_while,
                };
                let outcome = self.step(Op::Stage(at));
                put(&mut self.program.stages, at, StagePlan { outcome, ..plan });
            }
        }
    }

    fn score(&mut self, at: usize, score: &policy::Score) -> ScorePlan {
        let own = (!score.starts_again.is_empty()).then_some(at);
        let rules = score
            .rules
            .iter()
            .map(|rule| RulePlan {
                remove: rule.remove,
                kind: self.rule(own, &rule.kind),
                at_most: rule.at_most.unwrap_or(i64::MAX),
                condition: rule.condition.as_ref().map(|condition| self.condition_in(condition, None, own)),
            })
            .collect();
        ScorePlan {
            starts_at: score.starts_at,
            never_below: score.never_below.unwrap_or(i64::MIN),
            never_above: score.never_above.unwrap_or(i64::MAX),
            starts_again: score.starts_again.iter().map(|event| event.index()).collect(),
            rules,
        }
    }

    fn rule(&mut self, own: Option<usize>, kind: &policy::ScoreRuleKind) -> RuleKind {
        use policy::ScoreRuleKind as Kind;
        match kind {
            Kind::Points(points) => RuleKind::Points(*points),
            Kind::Table(table) => {
                let lines = table.lines.iter();
                let lines = lines.map(|(points, condition)| (*points, self.condition_in(condition, None, own)));
                RuleKind::Table(lines.collect(), table.otherwise)
            }
            Kind::Bands(bands) => {
                let points = bands.lines.iter().map(|(points, _)| *points).chain([bands.otherwise]).collect();
                RuleKind::Bands(self.bands(bands), points)
            }
            Kind::ForEach { points, event, within, once_every, decay } => RuleKind::ForEach {
                points: *points,
                event: event.index(),
                within: within.map(|duration| self.window(Window::WithinLast, duration, false)),
                once_every: *once_every,
                decay: decay.clone(),
            },
            Kind::ForEveryWithout { points, period, event } => {
                RuleKind::ForEveryWithout { points: *points, period: *period, event: event.index() }
            }
            Kind::Field(field) => RuleKind::Field(self.reads.slot(FieldRef::Lead(*field), None)),
            Kind::Score { percent, score } => RuleKind::Score { percent: *percent, score: score.index() },
        }
    }

    fn sla(&mut self, sla: &policy::Sla) -> SlaPlan {
        let events = |events: &[policy::EventId]| events.iter().map(|event| event.index()).collect();
        SlaPlan {
            applies: sla.condition.as_ref().map(|condition| self.condition(condition, None)),
            starts: events(&sla.starts),
            stops: events(&sla.stops),
            cancels: events(&sla.cancels),
            restarts: events(&sla.restarts),
            pauses: sla.pauses.iter().map(|(from, until)| (from.index(), until.index())).collect(),
            allowed: self.choice(&sla.allowed, |duration| *duration),
            hours: sla.hours.as_ref().map(|hours| self.choice(hours, |calendar| calendar.index())),
            at_risk: sla.at_risk,
            steps: sla.steps.iter().map(|step| (step.when, step.actions.len())).collect(),
            as_of_start: Vec::new(),
            as_of_now: Vec::new(),
        }
    }

    fn choice<T, U>(&mut self, table: &policy::Table<T>, value: impl Fn(&T) -> U) -> Choice<U> {
        let lines = table.lines.iter().map(|(of, condition)| (value(of), self.condition(condition, None)));
        Choice { lines: lines.collect(), otherwise: value(&table.otherwise) }
    }

    fn bands<T>(&self, bands: &policy::Bands<T>) -> Bands {
        Bands {
            by: match bands.by {
                BandSubject::Field(field) => BandsBy::Slot(self.reads.slot(FieldRef::Lead(field), None)),
                BandSubject::Score(score) => BandsBy::Score(score.index()),
            },
            bounds: bands.lines.iter().map(|(_, bound)| bound.clone()).collect(),
        }
    }
}

fn map<T, U>(test: &Ordered<T>, mut value: impl FnMut(&T) -> U) -> Ordered<U> {
    match test {
        Ordered::Compare(compare, of) => Ordered::Compare(*compare, value(of)),
        Ordered::Between(low, high) => Ordered::Between(value(low), value(high)),
    }
}

fn letters<'a>(lines: impl Iterator<Item = &'a String>, otherwise: &'a String) -> Vec<String> {
    lines.chain([otherwise]).cloned().collect()
}

fn push<T>(to: &mut Vec<T>, value: T) -> usize {
    to.push(value);
    to.len() - 1
}

fn put<T>(to: &mut [T], at: usize, value: T) {
    if let Some(place) = to.get_mut(at) {
        *place = value;
    }
}
