//! What was written: a file as a list of statements, nothing resolved yet.
//!
//! A line that could not be read is reported when it is parsed and leaves a trace here (`broken`, `Broken`),
//! so that later stages do not report what merely follows from it.

mod condition;
mod score;
mod value;

pub use condition::*;
pub use score::*;
pub use value::*;

use chrono::{NaiveDate, Weekday};

use crate::decimal::Decimal;
use crate::source::{Span, Spanned};

/// A text in quotes, its escapes undone; the span includes the quotes.
pub type Quoted = Spanned<String>;

/// A dotted path of a field: `company.employees`; parts in NFC, without backticks.
pub type Path = Spanned<Vec<String>>;

/// One file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its statements in order.
    pub statements: Vec<Statement>,
    /// Names (and dotted paths) in lines whose head could not be read: whoever uses one of them is not at fault.
    pub lost: Vec<String>,
}

/// One statement with the lines under it.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The head line.
    pub span: Span,
    /// Its meaning.
    pub kind: StatementKind,
    /// Whether a line of it could not be read; what is missing may have stood there.
    pub broken: bool,
}

/// The eighteen statements.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `policy "Acme"`
    Policy(Policy),
    /// `library "crm"`
    Library(Quoted),
    /// `uses "shared/crm.handover"`
    Uses(Quoted),
    /// `lead`
    Lead(Lead),
    /// `list "free mail":` or `list "competitors" from "lists/competitors.txt"`
    List(List),
    /// `calendar "Sofia office"`
    Calendar(Calendar),
    /// `rates on 2026-01-01` or `rates from "rates/ecb.yaml"`
    Rates(Rates),
    /// `event "demo requested"`
    Event(Event),
    /// `handover`
    Handover(Handover),
    /// `criterion "contactable"`
    Criterion(Criterion),
    /// `checklist "BANT"`
    Checklist(Checklist),
    /// `score "engagement"`
    Score(Score),
    /// `grade "fit" of score "fit"` or `grade "usage"`
    Grade(Grade),
    /// `disqualify "student"`
    Disqualify(Disqualify),
    /// `stage "MQL"`
    Stage(Stage),
    /// `sla "accept or reject"`
    Sla(Sla),
    /// `target 400 "MQL" per month`
    Target(Target),
    /// `example "a student"`
    Example(Example),
}

/// `policy "Acme"` and its lines.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The name.
    pub name: Quoted,
    /// `version 4`
    pub version: Option<Spanned<u32>>,
    /// `effective from 2026-01-01`
    pub effective_from: Option<Spanned<NaiveDate>>,
    /// `effective until 2026-12-31`
    pub effective_until: Option<Spanned<NaiveDate>>,
    /// `agreed by Sales "VP Sales" on 2025-12-16`
    pub agreements: Vec<Agreement>,
    /// `working hours of "Sofia office"`
    pub calendar: Option<Quoted>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// `agreed by Sales "VP Sales" on 2025-12-16`
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The party: `Sales`, or a quoted name.
    pub party: Spanned<String>,
    /// Who signed.
    pub person: Quoted,
    /// When.
    pub on: Spanned<NaiveDate>,
}

/// `lead` and its lines.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    /// `identified by id`
    pub identified_by: Option<Path>,
    /// `empty when "Select", "null"` as a line of its own.
    pub empty_when: Vec<Quoted>,
    /// The fields in order.
    pub fields: Vec<FieldDecl>,
}

/// `source is one of "webinar", "referral", empty when "Select"`
#[derive(Clone, Debug)]
pub struct FieldDecl {
    /// The field.
    pub path: Path,
    /// Its type.
    pub ty: Spanned<TypeExpr>,
    /// `private`
    pub private: bool,
    /// `called "purchase date"`
    pub called: Option<Quoted>,
    /// `empty when "Select", "n/a"`
    pub empty_when: Vec<Quoted>,
    /// `when empty no`
    pub when_empty: Option<Spanned<Literal>>,
    /// The bullets of `is a list of:`
    pub items: Vec<FieldDecl>,
}

/// The type of a field as written.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExpr {
    /// `is text`
    Text,
    /// `is a number`
    Number,
    /// `is money`, `is money in EUR`
    Money(Option<Spanned<String>>),
    /// `is a date`
    Date,
    /// `is a time`
    Time,
    /// `is yes or no`
    YesNo,
    /// `is one of "a", "b"`
    OneOf(Vec<Quoted>),
    /// `is a list of text`
    TextList,
    /// `is a list of:` with bullets
    Items,
    /// A line that declares a field but whose type could not be read.
    Broken,
}

/// `list "free mail":` with bullets, or `list "competitors" from "lists/competitors.txt"`
#[derive(Clone, Debug)]
pub struct List {
    /// The name.
    pub name: Quoted,
    /// The bullets.
    pub entries: Vec<Quoted>,
    /// The file.
    pub from: Option<Quoted>,
}

/// `calendar "Sofia office"` and its lines.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The name.
    pub name: Quoted,
    /// `time zone "Europe/Sofia"`
    pub zone: Option<Quoted>,
    /// `always open`
    pub always_open: Option<Span>,
    /// `open Monday to Friday, 09:00 to 13:00 and 14:00 to 18:00`
    pub weekly: Vec<Spanned<WeeklyHours>>,
    /// `open on 2026-12-24, 09:00 to 12:00 "Christmas Eve"`
    pub open_on: Vec<Spanned<SpecialHours>>,
    /// `closed on 2026-03-03 "Liberation Day"`
    pub closed_on: Vec<Spanned<ClosedDay>>,
    /// `holidays from "holidays/bg.yaml"`
    pub holidays: Vec<Quoted>,
}

/// The hours of some days of the week.
#[derive(Clone, Debug)]
pub struct WeeklyHours {
    /// From which day to which; a range may wrap round the week.
    pub days: Vec<(Weekday, Weekday)>,
    /// The hours.
    pub hours: Vec<Spanned<Hours>>,
}

/// `09:00 to 13:00`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When it opens: minutes after midnight, 0 to 1439.
    pub open: u16,
    /// When it closes: minutes after that midnight, 1 to 2880; `22:00 to 06:00` is 1320 to 1800, `24:00` is 1440.
    pub close: u16,
}

/// The hours of one date.
#[derive(Clone, Debug)]
pub struct SpecialHours {
    /// The date.
    pub date: NaiveDate,
    /// The hours.
    pub hours: Vec<Spanned<Hours>>,
    /// The name of the day.
    pub name: Option<Quoted>,
}

/// A date without hours.
#[derive(Clone, Debug)]
pub struct ClosedDay {
    /// The date.
    pub date: NaiveDate,
    /// The name of the day.
    pub name: Option<Quoted>,
}

/// `rates on 2026-01-01` with bullets, or `rates from "rates/ecb.yaml"`
#[derive(Clone, Debug)]
pub enum Rates {
    /// The date and its bullets: `USD 1 is EUR 0.92`
    On(Spanned<NaiveDate>, Vec<Spanned<Rate>>),
    /// A file.
    From(Quoted),
}

/// `USD 1 is EUR 0.92`
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The one side: currency in capitals and amount.
    pub from: (String, Decimal),
    /// The other side.
    pub to: (String, Decimal),
}

/// `event "demo requested"` and its lines.
#[derive(Clone, Debug)]
pub struct Event {
    /// The name.
    pub name: Quoted,
    /// `from activities`
    pub from: Option<Path>,
    /// `where kind is "demo_request"`
    pub condition: Option<Condition>,
    /// `dated by time`
    pub dated_by: Option<Path>,
    /// `reason in why`
    pub reason_in: Option<Path>,
}

/// `handover` and its lines.
#[derive(Clone, Debug, Default)]
pub struct Handover {
    /// `from Marketing to Sales`
    pub parties: Option<(Spanned<String>, Spanned<String>)>,
    /// `handed over at "became an MQL"`
    pub handed_over: Vec<Quoted>,
    /// `accepted at "accepted"`
    pub accepted: Vec<Quoted>,
    /// `rejected at "rejected"`
    pub rejected: Vec<Quoted>,
    /// `contacted at "call answered", "personal e-mail sent"`
    pub contacted: Vec<Quoted>,
    /// `converted at "became an SQL"`
    pub converted: Vec<Quoted>,
    /// `reasons "no budget", "wrong contact"`
    pub reasons: Vec<Quoted>,
    /// `cost of a lead is acquisition_cost`
    pub cost: Option<Spanned<Value>>,
    /// `owner is owner_email`
    pub owner: Option<Path>,
}

/// `criterion "contactable"` and its lines.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The name.
    pub name: Quoted,
    /// `owned by Marketing`
    pub owner: Option<Spanned<String>>,
    /// `is met when any of:`
    pub condition: Option<Condition>,
    /// `if unknown, treat as met` (true) or `… as not met` (false)
    pub if_unknown: Option<Spanned<bool>>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// `checklist "BANT"` and its lines.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// The name.
    pub name: Quoted,
    /// `owned by Sales`
    pub owner: Option<Spanned<String>>,
    /// `- budget: budget is at least EUR 10,000`
    pub items: Vec<ChecklistItem>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// `- budget: budget is at least EUR 10,000`
#[derive(Clone, Debug)]
pub struct ChecklistItem {
    /// The label.
    pub label: Spanned<String>,
    /// The condition.
    pub condition: Condition,
}

/// `disqualify "student"` and its lines.
#[derive(Clone, Debug)]
pub struct Disqualify {
    /// The name.
    pub name: Quoted,
    /// `when any of:`
    pub condition: Option<Condition>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// `stage "MQL"` and its lines.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The name.
    pub name: Quoted,
    /// `owned by Marketing`
    pub owner: Option<Spanned<String>>,
    /// `is reached when all of:`
    pub condition: Option<Condition>,
    /// `entered when "became an MQL"`
    pub entered: Vec<Quoted>,
    /// `left when "rejected", "recycled", for 90 days`
    pub left: Vec<LeftWhen>,
    /// `only while it passes its test`
    pub only_while: Option<Span>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// `left when "rejected", "recycled", for 90 days`
#[derive(Clone, Debug)]
pub struct LeftWhen {
    /// The events.
    pub events: Vec<Quoted>,
    /// `for 90 days`
    pub hold: Option<Spanned<Duration>>,
}

/// `sla "accept or reject"` and its lines.
#[derive(Clone, Debug)]
pub struct Sla {
    /// The name.
    pub name: Quoted,
    /// `owned by Sales`
    pub owner: Option<Spanned<String>>,
    /// `for leads where …`
    pub condition: Option<Condition>,
    /// `clock starts at "became an MQL"`
    pub starts: Vec<Quoted>,
    /// `clock stops at "accepted"`
    pub stops: Vec<Quoted>,
    /// `clock is cancelled at "recycled"`
    pub cancels: Vec<Quoted>,
    /// `clock restarts at "owner changed"`
    pub restarts: Vec<Quoted>,
    /// `clock pauses from "lead asked to wait" until "lead came back"`
    pub pauses: Vec<(Quoted, Quoted)>,
    /// `time allowed:` with bullets, or one line `otherwise` for `time allowed 2 business days`
    pub allowed: Option<Spanned<Vec<TableLine<Spanned<Duration>>>>>,
    /// `working hours:` with bullets, or one line `otherwise` for `working hours of "x"`
    pub hours: Option<Spanned<Vec<TableLine<Quoted>>>>,
    /// `at risk after 75%`
    pub at_risk: Option<Spanned<Decimal>>,
    /// `after 80%:`, `after 2 business hours:`, `if missed:`
    pub steps: Vec<SlaStep>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// When an SLA acts, and what it does then.
#[derive(Clone, Debug)]
pub struct SlaStep {
    /// The line.
    pub span: Span,
    /// When.
    pub when: SlaStepWhen,
    /// The bullets.
    pub actions: Vec<Spanned<Action>>,
}

/// When a step of an SLA acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SlaStepWhen {
    /// `after 80%:`
    Percent(Decimal),
    /// `after 2 business hours:`
    Duration(Duration),
    /// `if missed:`
    Missed,
}

/// What an SLA step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `count as wasted`
    CountAsWasted,
    /// `notify "lead owner"`
    Notify(String),
    /// `return to Marketing`
    ReturnTo(String),
    /// `assign to "VP Sales"`
    AssignTo(String),
    /// `task "call today"`
    Task(String),
}

/// `target 400 "MQL" per month`, `target 90% on time for "accept or reject" per month`
#[derive(Clone, Debug)]
pub struct Target {
    /// What is aimed at.
    pub goal: TargetGoal,
    /// Per what.
    pub period: Spanned<Period>,
}

/// What a target aims at.
#[derive(Clone, Debug)]
pub enum TargetGoal {
    /// `400 "MQL"`
    Stage(Spanned<u32>, Quoted),
    /// `90% on time for "accept or reject"`
    OnTime(Spanned<Decimal>, Quoted),
}

/// `per week`, `per month`, `per quarter`, `per year`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the words of the language")]
pub enum Period {
    Week,
    Month,
    Quarter,
    Year,
}

/// `example "a student"` and its lines.
#[derive(Clone, Debug)]
pub struct Example {
    /// The name.
    pub name: Quoted,
    /// `at 2026-03-10 09:00`; a bare date is its first instant
    pub at: Option<Spanned<Literal>>,
    /// The `given` lines.
    pub given: Vec<Given>,
    /// The `expect` lines.
    pub expect: Vec<Condition>,
}

/// One `given` line.
#[derive(Clone, Debug)]
pub enum Given {
    /// `given email is "ana@contoso.com"`
    Field(Path, Spanned<Literal>),
    /// `given activities is absent`
    Absent(Path),
    /// `given "demo requested" happened at 2026-03-09 16:00`
    Event(Quoted, Spanned<Literal>),
    /// `given the lead in "examples/student.json"`
    Lead(Quoted),
}
