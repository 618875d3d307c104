//! Conditions as written.

use super::{Duration, Path, Quoted, Value};
use crate::source::{Span, Spanned};

/// A condition as written.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its words; for a group, its head line.
    pub span: Span,
    /// Its meaning.
    pub kind: ConditionKind,
}

/// Every condition of the language.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// `all of:`, `any of:`, `none of:`, `at least 2 of:` and bullets
    Group(Group, Vec<Condition>),
    /// `email is filled in`, `score "fit" is at least 50`
    Test(Subject, Test),
    /// `"demo requested" happened within the last 60 days`
    Event {
        /// The event.
        event: Quoted,
        /// How often.
        happened: Happened,
        /// When.
        window: Option<Spanned<EventWindow>>,
    },
    /// `"contactable" is met` (true), `"contactable" is not met` (false)
    Criterion(Quoted, bool),
    /// `at least 3 items of "BANT" are met, including budget`; no count means `all items of`
    Checklist {
        /// How many; none for all.
        count: Option<Spanned<u32>>,
        /// The checklist.
        checklist: Quoted,
        /// The labels that must be among them.
        including: Vec<Spanned<String>>,
    },
    /// `grade "fit" is "A"`, `grade "fit" is one of "A", "B"`
    Grade(Quoted, Vec<Quoted>),
    /// `stage "MQL" is reached`
    Stage(Quoted, StageTest),
    /// In `expect` only.
    Expect(Expectation),
    /// A condition that could not be read.
    Broken,
}

/// The heads of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// `all of:`
    All,
    /// `any of:`
    Any,
    /// `none of:`
    None,
    /// `at least 2 of:`
    AtLeast(Spanned<u32>),
}

/// What a test is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A field.
    Field(Path),
    /// `domain of email`
    DomainOf(Path),
    /// `score "engagement"`
    Score(Quoted),
}

/// What is asked of a field or a score.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `is filled in`
    FilledIn,
    /// `is empty`
    Empty,
    /// `is yes`, `is no`
    YesNo(bool),
    /// `is V`, `is one of V, V`, and with `not`
    Is {
        /// `is not`
        not: bool,
        /// Written with `one of`.
        one_of: bool,
        /// The values.
        values: Vec<Spanned<Value>>,
    },
    /// `is in list "x"`, `is not in list "x"`
    InList {
        /// `is not in list`
        not: bool,
        /// The list.
        list: Quoted,
    },
    /// `contains T`, `contains any of the words T, T`, `does not start with any of …`
    Text {
        /// `does not …`
        not: bool,
        /// Where the text is sought.
        place: Place,
        /// Written with `any of`.
        any_of: bool,
        /// The texts.
        values: Vec<Spanned<Value>>,
    },
    /// `matches pattern "…"`, `does not match pattern "…"`
    Pattern {
        /// `does not match`
        not: bool,
        /// The pattern, as written between its quotes with `\"` undone.
        pattern: Quoted,
    },
    /// `is at least V`, `is before D` …
    Compare(Comparison, Spanned<Value>),
    /// `is between V and V`
    Between(Spanned<Value>, Spanned<Value>),
    /// `is within the last 30 days` …
    Window(Window, Spanned<Duration>),
    /// `includes any of T, T`
    Includes(Includes, Vec<Spanned<Value>>),
}

/// Where `contains`, `starts with` and their like look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `contains T`
    Anywhere,
    /// `contains the word T`
    Words,
    /// `starts with T`
    Start,
    /// `ends with T`
    End,
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `is at least`
    AtLeast,
    /// `is at most`
    AtMost,
    /// `is more than`
    MoreThan,
    /// `is less than`
    LessThan,
    /// `is before`
    Before,
    /// `is after`
    After,
    /// `is on`
    On,
    /// `is on or before`
    OnOrBefore,
    /// `is on or after`
    OnOrAfter,
}

/// The windows round now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// `is within the last D`
    WithinLast,
    /// `is within the next D`
    WithinNext,
    /// `is more than D ago`
    MoreThanAgo,
    /// `is more than D ahead`
    MoreThanAhead,
}

/// What is asked of a list of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Includes {
    /// `includes T`, `includes any of T, T`
    Any,
    /// `includes all of T, T`
    All,
    /// `includes none of T, T`
    None,
}

/// How often an event is asked to have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// `happened`
    Ever,
    /// `did not happen`
    Never,
    /// `happened at least N times`
    AtLeast(Spanned<u32>),
    /// `happened at most N times`
    AtMost(Spanned<u32>),
    /// `happened exactly N times`
    Exactly(Spanned<u32>),
    /// `happened on at least N different days`
    OnDays(Spanned<u32>),
}

/// Which occurrences count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventWindow {
    /// `within the last D`
    WithinLast(Duration),
    /// `more than D ago`
    MoreThanAgo(Duration),
    /// `since the last "o"`
    SinceLast(Quoted),
    /// `before the first "o"`
    BeforeFirst(Quoted),
    /// `within D after the last "o"`
    AfterLast(Duration, Quoted),
}

/// What is asked of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageTest {
    /// `is reached`
    Reached,
    /// `is not reached`
    NotReached,
    /// `passes its test`
    PassesTest,
}

/// What only an example may expect.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// `"contactable" is unknown` (a criterion or a disqualification)
    Unknown(Quoted),
    /// `stage "SQL" is unknown`
    StageUnknown(Quoted),
    /// `the lead is in "MQL"`
    LeadIn(Quoted),
    /// `the lead is in no stage`
    LeadInNoStage,
    /// `the lead is disqualified by "student"`
    DisqualifiedBy(Quoted),
    /// `sla "accept or reject" is at risk`: the status as decisions name it (`at_risk`)
    Sla(Quoted, Spanned<SlaStatus>),
}

/// The statuses of an SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the words of the language")]
pub enum SlaStatus {
    NotApplicable,
    NotStarted,
    Running,
    AtRisk,
    Paused,
    Met,
    Breached,
    Cancelled,
    HandedOn,
    Unknown,
}
