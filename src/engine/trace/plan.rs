//! What is the same in every trace of a policy: its words, ready to be written, and where its conditions went.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::engine::json;
use crate::engine::program::{Slot, Step};
use crate::engine::reads::{Reads, fields_of};
use crate::policy::{
    Condition, ConditionKind, FieldId, FieldRef, Grade, GradeKind, Policy, ScoreRuleKind, Table, TextSubject,
};
use crate::source::Span;

/// The steps of conditions, by where they were written.
pub type Steps = HashMap<Span, Step>;

/// What a trace needs to know of a policy and of how it was compiled.
#[derive(Debug)]
pub struct Traced {
    /// Every condition of the lead, and every line of a rule or a table.
    lines: HashMap<Span, Planned, BuildHasherDefault<SpanHasher>>,
    /// What stands for a line that was written nowhere.
    nowhere: Words,
    /// The definitions of each kind, in the policy's order.
    pub disqualifiers: Vec<Definition>,
    pub stages: Vec<Definition>,
    pub criteria: Vec<Definition>,
    pub checklists: Vec<Definition>,
    pub scores: Vec<Definition>,
    pub grades: Vec<Definition>,
    /// The events that anything asks for, by their places among all.
    pub events: Vec<Option<PlannedEvent>>,
    pub event_names: Vec<Named>,
    pub slas: Vec<Named>,
    pub calendars: Vec<Named>,
    /// The fields that are read.
    fields: Vec<Option<Reading>>,
    /// The parts of the conditions of events.
    pub parts: Vec<Words>,
}

/// A stretch of the policy, as traces show it.
#[derive(Debug, Default)]
pub struct Words {
    pub text: Arc<str>,
    pub line: usize,
    /// Where that is not the policy's own.
    pub file: Option<Arc<str>>,
    /// All three as the first keys of an object of JSON.
    pub json: Vec<u8>,
}

/// A name, and the same in quotes.
#[derive(Debug)]
pub struct Named {
    pub text: Arc<str>,
    pub json: Vec<u8>,
}

/// Something that the policy defines; and the labels of a checklist's items, or the letters of a grade.
#[derive(Debug)]
pub struct Definition {
    pub words: Words,
    pub name: Named,
    pub parts: Vec<Named>,
}

/// A line, and for a condition its step and the fields that it reads.
#[derive(Debug)]
pub struct Planned {
    pub words: Words,
    pub step: Option<Step>,
    pub reads: Vec<Reading>,
}

/// A field that is read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub slot: Slot,
    pub field: FieldId,
    /// Whether only the domain of its text is looked at.
    pub domain: bool,
    pub private: bool,
    pub path: Arc<Named>,
}

/// An event that something asks for.
#[derive(Debug)]
pub struct PlannedEvent {
    pub words: Words,
    /// The list, or the field, that it reads.
    pub from: Named,
    pub condition: Option<Part>,
}

/// A condition of an event, and its parts where all of them must be met.
#[derive(Debug)]
pub struct Part {
    /// Its place among the parts of all events.
    pub words: usize,
    pub step: Step,
    pub parts: Vec<Part>,
}

impl Traced {
    /// Gets everything ready; `lead` and `items` are the steps of conditions outside and inside of events.
    pub fn new(policy: &Policy, reads: &Reads, lead: &Steps, items: &Steps) -> Traced {
        let readings = policy.fields.iter().zip(0u32..).map(|(field, at)| {
            let (field, path) = ((FieldId(at), field.private), field.dotted());
            let slot = reads.slot(FieldRef::Lead(field.0), None);
            let path = Arc::new(Named::new(&path));
            (slot != Slot::MAX).then_some(Reading { slot, field: field.0, domain: false, private: field.1, path })
        });
        let mut planner = Planner { policy, lead, items, fields: readings.collect(), parts: Vec::new() };
        let mut lines = HashMap::default();
        planner.lines(&mut lines);
        let events = policy.events.iter().enumerate();
        let events = events.map(|(at, event)| {
            reads.events.get(at).copied().unwrap_or(false).then(|| PlannedEvent {
                words: words(policy, event.span, None),
                from: Named::new(&planner.source(event.from, event.dated_by)),
                condition: event.condition.as_ref().and_then(|condition| planner.part(condition)),
            })
        });
        let events = events.collect();
        let define = |word: &str, span: Span, name: &str, parts: Vec<Named>| Definition {
            words: words(policy, span, Some(word)),
            name: Named::new(name),
            parts,
        };
        Traced {
            disqualifiers: policy
                .disqualifiers
                .iter()
                .map(|it| define("disqualify", it.span, &it.name, Vec::new()))
                .collect(),
            stages: policy.stages.iter().map(|it| define("stage", it.span, &it.name, Vec::new())).collect(),
            criteria: policy.criteria.iter().map(|it| define("criterion", it.span, &it.name, Vec::new())).collect(),
            checklists: policy
                .checklists
                .iter()
                .map(|it| {
                    let labels = it.items.iter().map(|(label, _)| Named::new(label)).collect();
                    define("checklist", it.span, &it.name, labels)
                })
                .collect(),
            scores: policy.scores.iter().map(|it| define("score", it.span, &it.name, Vec::new())).collect(),
            grades: policy.grades.iter().map(|it| define("grade", it.span, &it.name, letters(it))).collect(),
            event_names: policy.events.iter().map(|it| Named::new(&it.name)).collect(),
            slas: policy.slas.iter().map(|it| Named::new(&it.name)).collect(),
            calendars: policy.calendars.iter().map(|it| Named::new(&it.name)).collect(),
            events,
            lines,
            nowhere: Words::new("", 0, None),
            fields: planner.fields,
            parts: planner.parts,
        }
    }

    /// The line at a place.
    pub fn line(&self, span: Span) -> Option<&Planned> {
        self.lines.get(&span)
    }

    /// The words at a place.
    pub fn words(&self, span: Option<&Span>) -> &Words {
        span.and_then(|span| self.lines.get(span)).map_or(&self.nowhere, |line| &line.words)
    }

    /// How a field is read.
    pub fn field(&self, field: FieldId) -> Option<&Reading> {
        self.fields.get(field.index())?.as_ref()
    }
}

impl Words {
    fn new(text: &str, line: usize, file: Option<&str>) -> Words {
        let mut out = b"\"text\":".to_vec();
        super::json::text(&mut out, text);
        out.extend_from_slice(b",\"line\":");
        json::number(&mut out, line as u64);
        if let Some(file) = file {
            out.extend_from_slice(b",\"file\":");
            super::json::text(&mut out, file);
        }
        Words { text: text.into(), line, file: file.map(Into::into), json: out }
    }
}

impl Named {
    fn new(name: &str) -> Named {
        let mut quoted = Vec::new();
        super::json::text(&mut quoted, name);
        Named { text: name.into(), json: quoted }
    }
}

/// The words at a place, after the word of a definition.
fn words(policy: &Policy, span: Span, word: Option<&str>) -> Words {
    let sources = &policy.sources;
    let text = word.into_iter().chain(sources.slice(span).split_whitespace()).collect::<Vec<_>>().join(" ");
    let file = (span.file != policy.span.file).then(|| sources.file(span.file).map_or("", |file| file.path()));
    Words::new(&text, sources.line(span), file)
}

fn letters(grade: &Grade) -> Vec<Named> {
    let letters: Vec<&String> = match &grade.kind {
        GradeKind::Table(table) => table.lines.iter().map(|(it, _)| it).chain([&table.otherwise]).collect(),
        GradeKind::Bands(bands) => bands.lines.iter().map(|(it, _)| it).chain([&bands.otherwise]).collect(),
    };
    letters.into_iter().map(|letter| Named::new(letter)).collect()
}

struct Planner<'a> {
    policy: &'a Policy,
    lead: &'a Steps,
    items: &'a Steps,
    fields: Vec<Option<Reading>>,
    parts: Vec<Words>,
}

type Lines = HashMap<Span, Planned, BuildHasherDefault<SpanHasher>>;

impl Planner<'_> {
    fn lines(&self, lines: &mut Lines) {
        let policy = self.policy;
        policy.disqualifiers.iter().for_each(|it| self.condition(&it.condition, lines));
        policy.stages.iter().for_each(|it| self.condition(&it.condition, lines));
        policy.criteria.iter().for_each(|it| self.condition(&it.condition, lines));
        let items = policy.checklists.iter().flat_map(|it| &it.items);
        items.for_each(|(_, condition)| self.condition(condition, lines));
        for rule in policy.scores.iter().flat_map(|score| &score.rules) {
            self.place(rule.span, lines);
            rule.condition.iter().for_each(|condition| self.condition(condition, lines));
            match &rule.kind {
                ScoreRuleKind::Table(table) => self.table(table, lines),
                ScoreRuleKind::Bands(bands) => bands.spans.iter().for_each(|span| self.place(*span, lines)),
                _ => {}
            }
        }
        for grade in &policy.grades {
            match &grade.kind {
                GradeKind::Table(table) => self.table(table, lines),
                GradeKind::Bands(bands) => bands.spans.iter().for_each(|span| self.place(*span, lines)),
            }
        }
        for sla in &policy.slas {
            self.place(sla.span, lines);
            sla.condition.iter().for_each(|condition| self.condition(condition, lines));
            self.table(&sla.allowed, lines);
            sla.hours.iter().for_each(|hours| self.table(hours, lines));
        }
    }

    fn table<T>(&self, table: &Table<T>, lines: &mut Lines) {
        table.spans.iter().for_each(|span| self.place(*span, lines));
        table.lines.iter().for_each(|(_, condition)| self.condition(condition, lines));
    }

    /// A line that is no condition, or not only one.
    fn place(&self, span: Span, lines: &mut Lines) {
        let plan = || Planned { words: words(self.policy, span, None), step: None, reads: Vec::new() };
        lines.entry(span).or_insert_with(plan);
    }

    fn condition(&self, condition: &Condition, lines: &mut Lines) {
        condition.visit(&mut |part| {
            let plan = Planned {
                words: words(self.policy, part.span, None),
                step: self.lead.get(&part.span).copied(),
                reads: self.reads(part),
            };
            lines.insert(part.span, plan);
        });
    }

    /// The fields that a test reads, each once; a group reads none of its own.
    fn reads(&self, condition: &Condition) -> Vec<Reading> {
        let group = matches!(
            condition.kind,
            ConditionKind::All(_) | ConditionKind::Any(_) | ConditionKind::None(_) | ConditionKind::AtLeast(..)
        );
        let domain = matches!(
            &condition.kind,
            ConditionKind::FilledIn(TextSubject::DomainOf(_), _)
                | ConditionKind::Text { of: TextSubject::DomainOf(_), .. }
        );
        let mut reads: Vec<Reading> = Vec::new();
        let mut add = |field: FieldRef, _| {
            let FieldRef::Lead(id) = field else { return };
            if let Some(Some(reading)) = self.fields.get(id.index())
                && !reads.iter().any(|known| known.field == id)
            {
                reads.push(Reading { domain: domain && reads.is_empty(), ..reading.clone() });
            }
        };
        if !group {
            fields_of(condition, &mut add);
        }
        reads
    }

    /// The path of what an event reads.
    fn source(&self, list: Option<FieldId>, dated_by: FieldRef) -> String {
        let field = list.or(match dated_by {
            FieldRef::Lead(field) => Some(field),
            FieldRef::Item(_) => None,
        });
        let field = field.and_then(|field| self.policy.fields.get(field.index()));
        field.map(crate::policy::Field::dotted).unwrap_or_default()
    }

    fn part(&mut self, condition: &Condition) -> Option<Part> {
        let step = *self.items.get(&condition.span)?;
        self.parts.push(words(self.policy, condition.span, None));
        let words = self.parts.len() - 1;
        let parts = match &condition.kind {
            ConditionKind::All(parts) => parts.iter().filter_map(|part| self.part(part)).collect(),
            _ => Vec::new(),
        };
        Some(Part { words, step, parts })
    }
}

/// Mixes the three numbers of a place: every line of a trace is looked up once.
#[derive(Default)]
struct SpanHasher(u64);

impl Hasher for SpanHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        // Odd, with its bits in no order; the upper half of the product is the better mixed.
        let product = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
}
