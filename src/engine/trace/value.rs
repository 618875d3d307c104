//! A trace as a value.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};

use crate::engine::decision::{Points, rfc3339, rfc3339_or_null};
use crate::engine::truth::Outcome;
use crate::policy::SlaStatus;

/// How a decision came about, in the policy's own words. Values of private fields are `(private)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Trace {
    /// The disqualifications, each with its condition.
    pub disqualifiers: Vec<Node>,
    /// The stages, each with its test.
    pub stages: Vec<Node>,
    /// The criteria, each with its condition.
    pub criteria: Vec<Node>,
    /// The checklists, each with its items.
    pub checklists: Vec<Node>,
    /// The scores, each with its rules.
    pub scores: Vec<Node>,
    /// The grades, each with its lines.
    pub grades: Vec<Node>,
    /// The events that anything asks for.
    pub events: Vec<EventTrace>,
    /// The SLAs.
    pub slas: Vec<SlaTrace>,
}

/// A line of the policy, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// The policy's own words for it.
    pub text: String,
    /// The line where they stand, from 1.
    pub line: usize,
    /// The file where they stand, where it is not the policy's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The name of what is defined here, or the label of a checklist's item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// Whether it is met; none for scores, grades and rules without a condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why it is unknown, where this line itself is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What the criterion treats unknown as, where it was unknown: `outcome` is this then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treated_as: Option<Outcome>,
    /// What it read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Observed>,
    /// The definition that it asks for, which has a node of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<Reference>,
    /// Whether this line of a table is the one that is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<bool>,
    /// The stage's stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stay: Option<Stay>,
    /// The points of a score or a rule; those that a rule removes are below zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    /// The most that the rule could add, or remove; none where there is no such bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Points>,
    /// What the rule could add more, or remove more, if what is unknown were known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub could_add: Option<Points>,
    /// Of a score, its points before `never below` and `never above`; of a rule, before its `at most`. Only where they
    /// differ from `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<Points>,
    /// The points that a score starts at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Points>,
    /// The latest event that let the score start again: what happened before it counts nothing.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "rfc3339_or_null")]
    pub started_again_at: Option<DateTime<Utc>>,
    /// The letter of a grade, or of a line of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Arc<str>>,
    /// The occurrences of an event that count here, in order of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Vec<Counted>>,
    /// The occurrences that do not count here, by reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<NotCounted>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

/// Why something is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The field is absent, null, blank, or what the policy calls empty.
    Empty,
    /// The field has a value, but none of its type.
    WrongType,
    /// Money in a currency that no rate leads to.
    NoRate,
    /// The log is absent, null or no list.
    NoLog,
}

/// What a condition read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Observed {
    /// What it is.
    pub kind: ObservedKind,
    /// The path of a field, or the name of a score, grade, checklist or event.
    pub name: Arc<str>,
    /// The value; none where it is empty or of the wrong type.
    pub value: Option<Seen>,
    /// What stands there as JSON, where that is none of the field's type; cut after 60 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// What may be observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ObservedKind {
    /// A field of the lead.
    Field,
    /// The domain of a field.
    Domain,
    /// A score: its points.
    Score,
    /// A grade: its letter.
    Grade,
    /// A checklist: how many of its items are met, not met and unknown.
    Checklist,
    /// An event that another one is counted by: when it happened last, or first.
    Event,
}

/// An observed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Seen {
    /// A value as a policy writes it: `420`, `EUR 12000`, `2026-03-10`, `yes`, a text as the lead has it, a time in RFC 3339.
    One(String),
    /// The entries of a list.
    Many(Vec<String>),
    /// Outcomes that were counted.
    Counts {
        /// How many are met.
        met: usize,
        /// How many are not.
        not_met: usize,
        /// How many are unknown.
        unknown: usize,
    },
}

/// A definition of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reference {
    /// What it is.
    pub kind: DefinitionKind,
    /// Its name.
    pub name: Arc<str>,
}

/// The kinds of definitions that conditions ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DefinitionKind {
    /// A criterion.
    Criterion,
    /// A checklist.
    Checklist,
    /// A score.
    Score,
    /// A grade.
    Grade,
    /// A stage.
    Stage,
    /// An event.
    Event,
}

/// How long a lead is in a stage, by its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stay {
    /// The outcome of the stage's test alone.
    pub test: Outcome,
    /// When the open stay began.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub since: Option<DateTime<Utc>>,
    /// When the exit was that keeps the stage shut.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub held_since: Option<DateTime<Utc>>,
    /// Until when it does; none where that lasts until the stage is entered again.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub held_until: Option<DateTime<Utc>>,
}

/// An occurrence that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counted {
    /// When it happened.
    #[serde(serialize_with = "rfc3339")]
    pub at: DateTime<Utc>,
    /// Its points, where it has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
}

/// Occurrences that do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotCounted {
    /// Why.
    pub why: WhyNot,
    /// How many.
    pub times: usize,
}

/// Why an occurrence does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyNot {
    /// It lies outside of the window.
    OutsideWindow,
    /// It came too soon after one that counts.
    CountedOnce,
    /// It lies before the score started again.
    BeforeRestart,
}

/// An event: where it was looked for, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EventTrace {
    /// Its name.
    pub name: Arc<str>,
    /// The line where it is defined, from 1.
    pub line: usize,
    /// The file of that line, where it is not the policy's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The list, or the field, that it reads.
    pub from: Arc<str>,
    /// Whether its log is absent, so that nobody knows what happened.
    pub log_absent: bool,
    /// The occurrences up to `as_of`, in order of time.
    pub occurrences: Vec<Occurrence>,
    /// The items that are none, by reason.
    pub left_out: Vec<LeftOut>,
}

/// An occurrence of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Occurrence {
    /// When it happened.
    #[serde(serialize_with = "rfc3339")]
    pub at: DateTime<Utc>,
    /// The place of the item in its list, from 0; none for an event that reads a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

/// Items of a log that are no occurrences, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// Why.
    pub why: WhyLeftOut,
    /// The part of the event's condition that left them out, in the policy's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The line where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// How many items.
    pub items: usize,
    /// The places of the first of them in the list, from 0; at most ten.
    pub first: Vec<u32>,
}

/// Why an item is no occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyLeftOut {
    /// A condition is not met.
    NotMet,
    /// A condition is unknown.
    Unknown,
    /// Its time is empty or no time.
    NoTime,
    /// It lies after `as_of`.
    NotYet,
}

/// An SLA: what its conditions came to, when its clock ran, and what it counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SlaTrace {
    /// Its name.
    pub name: Arc<str>,
    /// The line where it is defined, from 1.
    pub line: usize,
    /// The version of the policy that judges it; lines are lines of that version.
    pub policy_version: u32,
    /// What is said of it.
    pub status: SlaStatus,
    /// The instant as of which its conditions were judged: the start of the clock, or `as_of` where none started.
    #[serde(serialize_with = "rfc3339")]
    pub judged_at: DateTime<Utc>,
    /// `for leads where`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applies: Option<Node>,
    /// The lines of `time allowed`; one of them is taken.
    pub allowed: Vec<Node>,
    /// The lines of `working hours`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Node>,
    /// The calendar that counts; none for plain time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Arc<str>>,
    /// The zone of that calendar, or of the policy.
    pub zone: String,
    /// All cycles of the clock; the last is the one that is judged.
    pub cycles: Vec<CycleTrace>,
    /// How the latest cycle was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// One run of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CycleTrace {
    /// When it began.
    #[serde(serialize_with = "rfc3339")]
    pub from: DateTime<Utc>,
    /// When it ended; none while it runs.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub until: Option<DateTime<Utc>>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// How a cycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ended {
    /// By an event that stops the clock.
    Stopped,
    /// By an event that cancels it.
    Cancelled,
    /// By an event that restarts it.
    HandedOn,
}

/// How a deadline, and the time until then, were counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// The instant from which time counts: the start, or the first open instant after it.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub from: Option<DateTime<Utc>>,
    /// The deadline as it would be without pauses.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub unpaused_due_at: Option<DateTime<Utc>>,
    /// The deadline.
    #[serde(serialize_with = "rfc3339_or_null")]
    pub due_at: Option<DateTime<Utc>>,
    /// The stretches of time that elapsed, until the cycle ended or until `as_of`, in order, without pauses. Their seconds
    /// add up to the elapsed time.
    pub elapsed: Vec<Stretch>,
    /// The stretches of open time from the start to the deadline, in order; empty for plain time.
    pub to_due: Vec<Stretch>,
    /// The days from the start to the deadline, or to the end of the cycle if that is later, on which nothing was open; at
    /// most a thousand.
    pub skipped: Vec<Skipped>,
    /// The pauses of the cycle.
    pub pauses: Vec<PauseTrace>,
}

/// A stretch of time that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stretch {
    /// Its first instant.
    #[serde(serialize_with = "rfc3339")]
    pub from: DateTime<Utc>,
    /// The instant after it.
    #[serde(serialize_with = "rfc3339")]
    pub until: DateTime<Utc>,
    /// How much of it counts, in microseconds. That is all of it, but in the last stretch of a long count, which stands for
    /// all that are left.
    pub micros: i64,
}

/// A day on which nothing counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The day.
    #[serde(serialize_with = "written")]
    pub date: NaiveDate,
    /// The name of the holiday, or of the day that the calendar closes; none for a day of the week that is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A time at which the clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PauseTrace {
    /// When it began.
    #[serde(serialize_with = "rfc3339")]
    pub from: DateTime<Utc>,
    /// When it was over; where nothing has ended it, `as_of`.
    #[serde(serialize_with = "rfc3339")]
    pub until: DateTime<Utc>,
    /// Whether nothing has ended it.
    pub open: bool,
    /// How much time of the clock it took off, in microseconds.
    pub micros: i64,
}

fn written<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
