//! A policy as the engine runs it: what it reads, then one step after another, each on what the ones before left.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::intake::{Currency, Shape};
use crate::policy::{Bound, Compare, Count, Duration, Instants, Ordered, Place, SlaStepWhen, Window};
use crate::source::Span;
use crate::time::calendar::Calendar;
use crate::{decimal::Decimal, policy};

use super::account::AccountPlan;
use super::bulk::Bulk;
use super::text::{Finder, Set};
use super::trace::Traced;
use super::truth::Outcome;

/// The place of a step; the outcome of the step stands at the same place.
pub type Step = u32;
/// The place of a field among those that are read.
pub type Slot = usize;

/// Everything that does not depend on the lead or on now.
#[derive(Debug)]
pub struct Program {
    pub shape: Shape,
    /// The path and the declared place of each field that is read.
    pub slots: Vec<SlotName>,
    pub steps: Vec<Op>,
    /// The steps that the wanted output needs, each after those that it needs itself.
    pub order: Vec<Step>,
    /// The same, with the tests of one field together.
    pub bulk: Bulk,
    /// The parts of groups, one group after another.
    pub parts: Vec<Step>,
    pub tests: Tests,
    pub calendars: Vec<Calendar>,
    pub default_calendar: Option<usize>,
    /// What is said where business time in each calendar runs past its holidays; empty where it lists none.
    pub past_holidays: Vec<String>,
    pub lists: Vec<ItemProgram>,
    pub events: Vec<EventPlan>,
    pub scores: Vec<ScorePlan>,
    pub grades: Vec<GradePlan>,
    pub stages: Vec<StagePlan>,
    pub criteria: Vec<Step>,
    pub checklists: Vec<Range<usize>>,
    /// The items of all checklists.
    pub items: Vec<Step>,
    pub disqualifiers: Vec<Step>,
    /// The field that names the lead's owner, and whether it is private.
    pub owner: Option<(Slot, bool)>,
    /// None where no wanted output needs a clock.
    pub slas: Vec<SlaPlan>,
    /// The steps that clocks need and that are the same at every instant.
    pub clock_order: Vec<Step>,
    /// Whether it depends on now which items are which events.
    pub items_depend_on_now: bool,
    /// The events whose reasons are looked at.
    pub reasons: Option<Set>,
    /// None unless reports are made.
    pub account: Option<AccountPlan>,
    /// None unless a trace is wanted.
    pub traced: Option<Traced>,
    /// What the search for next steps needs, where they are asked for.
    pub next: Option<NextPlan>,
}

/// What the search for next steps needs to know of the steps.
#[derive(Debug)]
pub struct NextPlan {
    /// The step of every condition outside of events, by its place.
    pub steps: HashMap<Span, Step>,
    /// The slot of each declared field that is read.
    pub slots: Vec<Option<Slot>>,
    /// Of each stage, the steps that it and the disqualifications need, in their order.
    pub orders: Vec<Vec<Step>>,
    /// What each step depends on.
    pub depends: Vec<Depends>,
    /// What each rule of each score depends on.
    pub rules: Vec<Vec<Depends>>,
}

/// The fields and the events that something depends on, by itself or by what it needs.
#[derive(Debug, Default)]
pub struct Depends {
    pub slots: BTreeSet<Slot>,
    pub events: BTreeSet<usize>,
}

/// A field that is read.
#[derive(Debug)]
pub struct SlotName {
    /// Its path.
    pub path: String,
    /// What people call it.
    pub name: String,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A test of the lead, or of an item.
    Leaf(Leaf),
    /// `all of`
    All(Range<usize>),
    /// `any of`
    Any(Range<usize>),
    /// `at least N of`
    AtLeast(u32, Range<usize>),
    /// The opposite of a step.
    Not(Step),
    /// A step with unknown closed.
    IfUnknown(Step, Outcome),
    /// How often an event happened.
    Event(EventTest),
    /// A comparison of a score.
    Score(usize, Ordered<ScoreValue>),
    /// Whether a grade is one of these, by their places.
    Grade(usize, Vec<u32>),
    /// Works out a score.
    SumUp(usize),
    /// Works out a grade.
    GradeOf(usize),
    /// Works out a stage's outcome.
    Stage(usize),
}

/// Tables that tests point into.
#[derive(Debug, Default)]
pub struct Tests {
    pub sets: Vec<Set>,
    pub finders: Vec<Finder>,
    pub patterns: Vec<regex::Regex>,
    pub windows: Vec<WindowPlan>,
}

/// A window round now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WindowPlan {
    pub window: Window,
    pub duration: Duration,
    /// Whether it is about dates.
    pub date: bool,
}

/// A value that is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<T> {
    Literal(T),
    Slot(Slot),
}

/// An amount and its currency.
pub type Money = (Decimal, Currency);

/// A text that is tested: a field, or its domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    pub slot: Slot,
    pub domain: bool,
}

/// A test of one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Leaf {
    FilledIn(Subject),
    /// One of a set, by its place in [`Tests`].
    TextIn(Subject, usize),
    TextFind(Subject, usize),
    TextPattern(Subject, usize),
    TextIs(Subject, Slot),
    TextFindField(Subject, Place, Slot),
    Number(Slot, Ordered<Value<Decimal>>),
    Money(Slot, Ordered<Value<Money>>),
    Date(Slot, Ordered<Value<i32>>),
    Time(Slot, Ordered<Value<Instants>>),
    /// By its place in [`Tests`].
    Window(Slot, usize),
    YesNo(Slot, bool),
    /// Any of a set.
    Includes(Slot, usize),
    IncludesField(Slot, Slot),
}

/// How often an event is asked to have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventTest {
    pub event: usize,
    pub count: Count,
    pub window: Option<EventWindow>,
    /// The score in whose own rules it stands: what happened before that score's last restart does not count.
    pub score: Option<usize>,
}

/// Which occurrences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventWindow {
    /// By its place in [`Tests`].
    Now(usize),
    SinceLast(usize),
    BeforeFirst(usize),
    AfterLast(Duration, usize),
}

/// What a score is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScoreValue {
    Points(Decimal),
    Score(usize),
    Slot(Slot),
}

/// What happens with each item of a list.
#[derive(Debug, Default)]
pub struct ItemProgram {
    pub slot: Slot,
    pub steps: Vec<Op>,
    pub parts: Vec<Step>,
    pub events: Vec<ItemEvent>,
    /// The paths of the item's fields that are read.
    pub names: Vec<String>,
}

/// An event of a list.
#[derive(Debug)]
pub struct ItemEvent {
    pub event: usize,
    pub condition: Option<Step>,
    pub dated_by: Slot,
    /// The field whose text must be among the reasons, where the policy checks that.
    pub reason_in: Option<Slot>,
}

/// Where an event comes from.
#[derive(Clone, Copy, Debug)]
pub struct EventPlan {
    /// The list field, or the time field.
    pub slot: Slot,
    pub from_list: bool,
    /// The field of the lead whose text must be among the reasons.
    pub reason_in: Option<Slot>,
}

/// A score; points in hundredths.
#[derive(Debug, Default)]
pub struct ScorePlan {
    pub starts_at: i64,
    pub never_below: i64,
    pub never_above: i64,
    pub starts_again: Vec<usize>,
    pub rules: Vec<RulePlan>,
}

/// A rule of a score.
#[derive(Debug)]
pub struct RulePlan {
    pub remove: bool,
    pub kind: RuleKind,
    pub at_most: i64,
    pub condition: Option<Step>,
}

/// What a rule adds.
#[derive(Debug)]
pub enum RuleKind {
    Points(i64),
    Table(Vec<(i64, Step)>, i64),
    Bands(Bands, Vec<i64>),
    ForEach { points: i64, event: usize, within: Option<usize>, once_every: Option<i64>, decay: Option<policy::Decay> },
    ForEveryWithout { points: i64, period: i64, event: usize },
    Field(Slot),
    Score { percent: Decimal, score: usize },
}

/// Falling bounds; the last line has none.
#[derive(Debug)]
pub struct Bands {
    pub by: BandsBy,
    pub bounds: Vec<Bound>,
}

/// What bounds are compared with.
#[derive(Clone, Copy, Debug)]
pub enum BandsBy {
    Slot(Slot),
    Score(usize),
}

/// A grade.
#[derive(Debug, Default)]
pub struct GradePlan {
    pub kind: GradeKind,
    /// What its lines give, `otherwise` last.
    pub letters: Vec<String>,
}

/// How a grade is found.
#[derive(Debug)]
pub enum GradeKind {
    Bands(Bands),
    Table(Vec<Step>),
}

impl Default for GradeKind {
    fn default() -> Self {
        GradeKind::Table(Vec::new())
    }
}

/// A stage.
#[derive(Debug, Default)]
pub struct StagePlan {
    /// The step of its test.
    pub test: Step,
    /// The step of its outcome.
    pub outcome: Step,
    pub entered: Vec<usize>,
    /// Events that close its stay, and for how long it then stays shut.
    pub left: Vec<(Vec<usize>, Option<Duration>)>,
    pub only_while: bool,
}

/// An SLA.
#[derive(Debug)]
pub struct SlaPlan {
    /// Which leads it holds for.
    pub applies: Option<Step>,
    pub starts: Vec<usize>,
    pub stops: Vec<usize>,
    pub cancels: Vec<usize>,
    pub restarts: Vec<usize>,
    /// From which event until which.
    pub pauses: Vec<(usize, usize)>,
    pub allowed: Choice<Duration>,
    /// By the places of the calendars; without it the default calendar.
    pub hours: Option<Choice<usize>>,
    /// In percent.
    pub at_risk: Option<Decimal>,
    /// When it does something, and how much.
    pub steps: Vec<(SlaStepWhen, usize)>,
    /// Of the steps of its conditions those that are taken as of a cycle's start: the others are the same at every instant.
    pub as_of_start: Vec<Step>,
    /// Of these, those that a decision as of now does not take by itself.
    pub as_of_now: Vec<Step>,
}

impl SlaPlan {
    /// All events that mean something to its clock.
    pub fn events(&self) -> impl Iterator<Item = &usize> {
        let pauses = self.pauses.iter().flat_map(|(from, until)| [from, until]);
        self.starts.iter().chain(&self.stops).chain(&self.cancels).chain(&self.restarts).chain(pauses)
    }

    /// The steps of its conditions.
    pub fn conditions(&self) -> Vec<Step> {
        let allowed = self.allowed.lines.iter().map(|(_, step)| *step);
        let hours = self.hours.iter().flat_map(|hours| &hours.lines).map(|(_, step)| *step);
        self.applies.into_iter().chain(allowed).chain(hours).collect()
    }
}

/// The first line that is met.
#[derive(Debug)]
pub struct Choice<T> {
    pub lines: Vec<(T, Step)>,
    pub otherwise: T,
}

impl Compare {
    /// The outcome of a comparison with a stretch of instants.
    pub fn with_instants(self, t: i64, of: Instants) -> bool {
        match self {
            Compare::Equal => of.first <= t && t <= of.last,
            Compare::NotEqual => t < of.first || of.last < t,
            Compare::AtLeast => t >= of.first,
            Compare::AtMost => t <= of.last,
            Compare::MoreThan => t > of.last,
            Compare::LessThan => t < of.first,
        }
    }
}
