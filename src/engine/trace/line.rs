//! A line of a trace as it is told, before it is JSON or a value.

use smallvec::SmallVec;

use super::plan::{Named, Words};
use super::value::{DefinitionKind, ObservedKind, Reason, WhyNot};
use crate::engine::decision::PRIVATE;
use crate::engine::decision::Points;
use crate::engine::json;
use crate::engine::truth::Outcome;
use crate::intake::{Cell, Lead, TextRef};
use crate::time::Instant;

/// Whoever hears of lines: each is opened, then come its parts, then it is closed.
pub trait Tell: Default {
    /// A line, without its parts.
    fn open(&mut self, line: &Line<'_>);
    /// All parts of the line that was opened last have been told.
    fn close(&mut self);
}

/// [`Node`](super::Node), borrowed, in the engine's own terms.
pub struct Line<'a> {
    pub words: &'a Words,
    pub name: Option<&'a Named>,
    pub outcome: Option<Outcome>,
    pub reason: Option<Reason>,
    pub treated_as: Option<Outcome>,
    /// Mostly one, or one beside what it is compared with.
    pub observed: SmallVec<[Looked<'a>; 2]>,
    pub refers_to: Option<(DefinitionKind, &'a Named)>,
    pub taken: Option<bool>,
    pub stay: Option<StayLine>,
    pub points: Option<i64>,
    pub of: Option<i64>,
    pub could_add: Option<i64>,
    pub sum: Option<i64>,
    pub starts_at: Option<i64>,
    pub started_again_at: Option<Instant>,
    pub grade: Option<&'a Named>,
    pub counted: Option<Counts<'a>>,
    /// How often each; not at all is not told.
    pub not_counted: [(WhyNot, usize); 3],
}

impl<'a> Line<'a> {
    /// Nothing but its words.
    pub fn new(words: &'a Words) -> Line<'a> {
        Line {
            words,
            name: None,
            outcome: None,
            reason: None,
            treated_as: None,
            observed: SmallVec::new(),
            refers_to: None,
            taken: None,
            stay: None,
            points: None,
            of: None,
            could_add: None,
            sum: None,
            starts_at: None,
            started_again_at: None,
            grade: None,
            counted: None,
            not_counted: [(WhyNot::OutsideWindow, 0), (WhyNot::CountedOnce, 0), (WhyNot::BeforeRestart, 0)],
        }
    }
}

/// How long a lead is in a stage.
#[derive(Clone, Copy)]
pub struct StayLine {
    pub test: Outcome,
    pub since: Option<Instant>,
    pub held_since: Option<Instant>,
    pub held_until: Option<Instant>,
}

/// Occurrences that count: alone, or each with its points.
pub enum Counts<'a> {
    Times(&'a [Instant]),
    Worth(Vec<(Instant, i64)>),
}

/// What a line read.
pub struct Looked<'a> {
    pub kind: ObservedKind,
    pub name: &'a Named,
    pub value: Value<'a>,
    /// What stands there as JSON, where that is none of the field's type.
    pub found: Option<String>,
}

impl<'a> Looked<'a> {
    /// What could be read.
    pub fn new(kind: ObservedKind, name: &'a Named, value: Value<'a>) -> Looked<'a> {
        Looked { kind, name, value, found: None }
    }
}

/// A value that was read.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    None,
    Text(&'a str),
    /// A number, an amount, a date, a time, or yes or no.
    Cell(Cell),
    Points(i64),
    Time(Instant),
    Texts(&'a Lead, &'a [TextRef]),
    Counts {
        met: usize,
        not_met: usize,
        unknown: usize,
    },
}

impl<'a> Value<'a> {
    /// The value of a field, as the lead has it.
    pub fn of(cell: Cell, lead: &'a Lead, private: bool) -> Value<'a> {
        match cell {
            Cell::Empty | Cell::WrongType | Cell::Items => Value::None,
            _ if private => Value::Text(PRIVATE),
            Cell::Text(text) => Value::Text(lead.raw(text)),
            Cell::Texts { first, count } => Value::Texts(lead, lead.texts(first, count)),
            cell => Value::Cell(cell),
        }
    }

    /// Writes a value that is no text as a policy writes it, in letters that JSON takes as they are.
    pub fn write(self, out: &mut Vec<u8>) {
        use std::io::Write;
        // There is always room in a buffer.
        let _ = match self {
            Value::Cell(Cell::Number(number)) => write!(out, "{number}"),
            Value::Cell(Cell::Money(amount, currency)) => write!(out, "{currency} {amount}"),
            Value::Cell(Cell::Date(days)) => {
                write!(out, "{}", chrono::NaiveDate::from_epoch_days(days).unwrap_or_default())
            }
            Value::Cell(Cell::YesNo(yes)) => write!(out, "{}", if yes { "yes" } else { "no" }),
            Value::Cell(Cell::Time(at)) | Value::Time(at) => {
                json::timestamp(out, at);
                Ok(())
            }
            Value::Points(points) => write!(out, "{}", Points::of(points)),
            _ => Ok(()),
        };
    }
}
