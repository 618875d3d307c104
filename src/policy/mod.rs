//! What a policy means: every name resolved, every type known, no sugar left.
//!
//! Smaller than the AST: things are numbered, values have their types, and a time literal is an instant.
//! Spans stay, so that a decision can cite the policy's own words.

mod condition;
mod field;
mod score;
mod versions;

pub use condition::*;
pub use field::*;
pub use score::*;
pub use versions::Versions;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::decimal::Decimal;
use crate::source::{Sources, Span};
use crate::time::calendar::CalendarSpec;

/// Numbers of things of one kind, in the order of the policy.
macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => {
        $($(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The number as an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

ids! {
    /// A field of the lead.
    FieldId;
    /// A list of texts.
    ListId;
    /// A calendar.
    CalendarId;
    /// An event.
    EventId;
    /// A criterion.
    CriterionId;
    /// A checklist.
    ChecklistId;
    /// A score.
    ScoreId;
    /// A grade.
    GradeId;
    /// A disqualification.
    DisqualifierId;
    /// A stage.
    StageId;
    /// An SLA.
    SlaId;
}

/// A policy that has no errors.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The files that it was read from; spans point into them.
    pub sources: Sources,
    /// `sha256:` and the digest of the policy and every file that it reads.
    pub digest: String,
    /// Where it was written: its name.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Where its dates of effect were written: the first of them, else its name.
    pub effect_span: Span,
    /// The first day of effect.
    pub effective_from: Option<NaiveDate>,
    /// The last day of effect.
    pub effective_until: Option<NaiveDate>,
    /// Who agreed to it.
    pub agreements: Vec<Agreement>,
    /// Why it is as it is.
    pub because: Option<String>,
    /// The zone of the default calendar, or UTC.
    pub zone: Tz,
    /// The calendar of business durations.
    pub calendar: Option<CalendarId>,
    /// The field that names a lead, by its parts.
    pub identified_by: Vec<String>,
    /// The declared fields, a library's first.
    pub fields: Vec<Field>,
    /// The lists.
    pub lists: Vec<List>,
    /// The calendars.
    pub calendars: Vec<Calendar>,
    /// The tables of rates by their dates.
    pub rates: BTreeMap<NaiveDate, Vec<Rate>>,
    /// The events.
    pub events: Vec<Event>,
    /// What the reports count.
    pub handover: Option<Handover>,
    /// The criteria.
    pub criteria: Vec<Criterion>,
    /// The checklists.
    pub checklists: Vec<Checklist>,
    /// The scores.
    pub scores: Vec<Score>,
    /// The grades.
    pub grades: Vec<Grade>,
    /// The disqualifications.
    pub disqualifiers: Vec<Disqualifier>,
    /// The stages, from the bottom of the ladder to its top.
    pub stages: Vec<Stage>,
    /// The SLAs.
    pub slas: Vec<Sla>,
    /// The targets.
    pub targets: Vec<Target>,
    /// The examples.
    pub examples: Vec<Example>,
}

/// `agreed by Sales "VP Sales" on 2025-12-16`
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The party.
    pub party: String,
    /// Who signed for it.
    pub person: String,
    /// When.
    pub on: NaiveDate,
}

/// `30 days`
pub use crate::syntax::ast::{Duration, Unit};

/// `list "free mail":`
#[derive(Clone, Debug)]
pub struct List {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its entries, not folded.
    pub entries: Vec<String>,
}

/// `calendar "Sofia office"`
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its zone, hours and holidays.
    pub spec: CalendarSpec,
}

/// `USD 1 is EUR 0.92`
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The one side.
    pub from: Money,
    /// What it is worth.
    pub to: Money,
}

/// `event "demo requested"`
#[derive(Clone, Debug)]
pub struct Event {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// The list that it reads; without one it happens at most once.
    pub from: Option<FieldId>,
    /// Which items count.
    pub condition: Option<Condition>,
    /// When it happened.
    pub dated_by: FieldRef,
    /// Why, where the policy says so.
    pub reason_in: Option<FieldRef>,
}

/// `handover`
#[derive(Clone, Debug)]
pub struct Handover {
    /// Who hands over.
    pub from: String,
    /// To whom.
    pub to: String,
    /// `handed over at`
    pub handed_over: Vec<EventId>,
    /// `accepted at`
    pub accepted: Vec<EventId>,
    /// `rejected at`
    pub rejected: Vec<EventId>,
    /// `contacted at`
    pub contacted: Vec<EventId>,
    /// `converted at`
    pub converted: Vec<EventId>,
    /// `reasons`
    pub reasons: Vec<String>,
    /// `cost of a lead is`
    pub cost: Option<Cost>,
    /// `owner is`
    pub owner: Option<FieldId>,
}

/// What a lead costs.
#[derive(Clone, Debug)]
pub enum Cost {
    /// The same for every lead.
    Fixed(Money),
    /// A field of the lead.
    Field(FieldId),
}

/// `criterion "contactable"`
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its condition.
    pub condition: Condition,
    /// What unknown counts as.
    pub if_unknown: Option<bool>,
    /// Why.
    pub because: Option<String>,
}

/// `checklist "BANT"`
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its items: label and condition.
    pub items: Vec<(String, Condition)>,
    /// Why.
    pub because: Option<String>,
}

/// `disqualify "student"`
#[derive(Clone, Debug)]
pub struct Disqualifier {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its condition.
    pub condition: Condition,
    /// Why.
    pub because: Option<String>,
}

/// `stage "MQL"`
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its test.
    pub condition: Condition,
    /// What opens a stay.
    pub entered: Vec<EventId>,
    /// What closes it, and how long the stage then stays shut (none: until it is entered again).
    pub left: Vec<(Vec<EventId>, Option<Duration>)>,
    /// An open stay has its test's outcome.
    pub only_while: bool,
    /// Why.
    pub because: Option<String>,
}

/// `sla "accept or reject"`
#[derive(Clone, Debug)]
pub struct Sla {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Which leads it holds for.
    pub condition: Option<Condition>,
    /// What starts its clock.
    pub starts: Vec<EventId>,
    /// What stops it.
    pub stops: Vec<EventId>,
    /// What cancels it.
    pub cancels: Vec<EventId>,
    /// What hands it on.
    pub restarts: Vec<EventId>,
    /// What pauses it, and until what.
    pub pauses: Vec<(EventId, EventId)>,
    /// The time allowed.
    pub allowed: Table<Duration>,
    /// The calendar of its business durations.
    pub hours: Option<Table<CalendarId>>,
    /// The share of the window after which it is at risk, in percent.
    pub at_risk: Option<Decimal>,
    /// What it does, and when.
    pub steps: Vec<SlaStep>,
    /// Why.
    pub because: Option<String>,
}

/// `after 80%:` with its actions
#[derive(Clone, Debug)]
pub struct SlaStep {
    /// Its line.
    pub span: Span,
    /// When.
    pub when: SlaStepWhen,
    /// What.
    pub actions: Vec<Action>,
}

/// When a step acts and what it does are already what they mean.
pub use crate::syntax::ast::{Action, Period, SlaStatus, SlaStepWhen};

/// `target 400 "MQL" per month`
#[derive(Clone, Debug)]
pub struct Target {
    /// What is aimed at.
    pub goal: TargetGoal,
    /// Per what.
    pub period: Period,
}

/// What a target aims at.
#[derive(Clone, Debug)]
pub enum TargetGoal {
    /// So many leads in a stage.
    Stage(u32, StageId),
    /// So many percent on time for an SLA.
    OnTime(Decimal, SlaId),
}

/// `example "a student"`
#[derive(Clone, Debug)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// Its now, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The lead, made of these.
    pub given: Vec<Given>,
    /// What must come out.
    pub expect: Vec<Expectation>,
}

/// A `given` line.
#[derive(Clone, Debug)]
pub enum Given {
    /// A field has a value.
    Field(FieldId, Literal),
    /// A log is absent.
    Absent(FieldId),
    /// An event happened.
    Event(EventId, i64),
    /// The lead is the JSON in a file.
    Lead(Vec<u8>),
}

/// An `expect` line.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Its line.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectationKind,
}

/// What may be expected.
#[derive(Clone, Debug)]
pub enum ExpectationKind {
    /// A condition is met.
    Met(Condition),
    /// A criterion is unknown.
    CriterionUnknown(CriterionId),
    /// A disqualification is unknown.
    DisqualifierUnknown(DisqualifierId),
    /// A stage is unknown.
    StageUnknown(StageId),
    /// The lead's stage.
    LeadIn(Option<StageId>),
    /// A disqualification is met.
    DisqualifiedBy(DisqualifierId),
    /// An SLA's status.
    Sla(SlaId, SlaStatus),
}
