//! A policy as the language reference describes it, apart from how it is written: what the generator makes, what
//! `render` writes, and what the reference evaluates.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::NaiveDate;

use crate::business::Open;
use crate::exact::Exact;
use crate::sla::Sla;

/// §3
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Met,
    NotMet,
    Unknown,
}

/// §4
#[derive(Clone, Debug)]
pub struct Policy {
    pub name: String,
    pub version: i64,
    pub effective_from: Option<NaiveDate>,
    pub effective_until: Option<NaiveDate>,
    pub identified_by: Vec<String>,
    /// `empty when` as a line of its own.
    pub empty_when: Vec<String>,
    pub fields: Vec<Rc<Field>>,
    pub lists: Vec<List>,
    /// The default calendar.
    pub calendar: Option<Calendar>,
    /// Those that only SLAs name.
    pub calendars: Vec<Calendar>,
    pub rates: Vec<Rates>,
    pub events: Vec<Event>,
    pub handover: Option<Handover>,
    pub statements: Vec<Statement>,
    pub slas: Vec<Sla>,
    /// Statements that change nothing in what is compared, as they are written.
    pub others: Vec<String>,
    /// Fields, lists, calendar, rates and events stand in a library.
    pub library: bool,
    /// What of the writing is left to chance.
    pub layout: u64,
}

#[derive(Debug)]
pub struct Field {
    pub path: Vec<String>,
    pub kind: Kind,
    pub empty_when: Vec<String>,
    pub when_empty: Option<Operand>,
    pub private: bool,
    pub called: Option<String>,
    /// Values that conditions compare it with: leads have them too, and what is next to them.
    pub hints: RefCell<Vec<Operand>>,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Text,
    Number,
    Money { currency: Option<&'static str> },
    Date,
    Time,
    YesNo,
    OneOf(Vec<String>),
    Texts,
    Items(Vec<Rc<Field>>),
}

#[derive(Clone, Debug)]
pub struct List {
    pub name: String,
    pub entries: Vec<String>,
    pub in_a_file: bool,
}

#[derive(Clone, Debug)]
pub struct Calendar {
    pub name: String,
    pub zone: chrono_tz::Tz,
    pub always_open: bool,
    /// Days of the week (Monday is 0), and the intervals open on them.
    pub week: Vec<(Vec<u32>, Vec<Interval>)>,
    pub closed: Vec<NaiveDate>,
    pub open: Vec<(NaiveDate, Vec<Interval>)>,
    pub holidays: Vec<NaiveDate>,
    /// What was worked out before.
    pub open_on: RefCell<BTreeMap<NaiveDate, Vec<Open>>>,
}

/// From and to, in minutes since midnight.
pub type Interval = (i64, i64);

#[derive(Clone, Debug)]
pub struct Rates {
    pub date: NaiveDate,
    /// One unit of the first is so many of the second.
    pub pairs: Vec<(&'static str, &'static str, Exact)>,
    pub in_a_file: bool,
}

/// §6
#[derive(Clone, Debug)]
pub struct Event {
    pub name: String,
    /// The list of items that it reads; without one, `dated_by` is a field of the lead.
    pub from: Option<Rc<Field>>,
    pub condition: Option<Condition>,
    pub dated_by: Rc<Field>,
    pub reason_in: Option<Rc<Field>>,
}

#[derive(Clone, Debug)]
pub struct Handover {
    pub handed_over_at: String,
    pub rejected_at: Vec<String>,
    pub reasons: Vec<String>,
}

/// §5
#[derive(Clone, Debug)]
pub enum Condition {
    Group(Group, Vec<Condition>),
    Filled {
        of: Subject,
        empty: bool,
    },
    Text {
        of: Subject,
        test: TextTest,
        not: bool,
        values: Vec<Operand>,
    },
    InList {
        of: Subject,
        list: String,
        not: bool,
    },
    Pattern {
        of: Subject,
        pattern: String,
        not: bool,
    },
    /// Of numbers, money and scores.
    Compare {
        of: Subject,
        test: Comparison,
        with: Operand,
    },
    /// Of dates and times.
    When {
        of: Subject,
        test: Moment,
        with: Operand,
    },
    Between {
        of: Subject,
        from: Operand,
        to: Operand,
    },
    Window {
        of: Subject,
        test: Window,
        span: Span,
    },
    YesNo {
        of: Subject,
        yes: bool,
    },
    Includes {
        of: Subject,
        test: Inclusion,
        values: Vec<Operand>,
    },
    Event {
        event: String,
        count: Count,
        window: Option<EventWindow>,
    },
    Criterion {
        name: String,
        not: bool,
    },
    Checklist {
        name: String,
        at_least: Option<usize>,
        including: Vec<String>,
    },
    Grade {
        name: String,
        labels: Vec<String>,
    },
    Stage {
        name: String,
        asks: StageTest,
    },
}

#[derive(Clone, Copy, Debug)]
pub enum Group {
    All,
    Any,
    None,
    AtLeast(usize),
}

#[derive(Clone, Debug)]
pub enum Subject {
    Field(Rc<Field>),
    Domain(Rc<Field>),
    Score(String),
}

#[derive(Clone, Debug)]
pub enum Operand {
    Text(String),
    Number(Exact),
    Money(Exact, &'static str),
    Date(NaiveDate),
    Time {
        instant: i64,
        written: String,
    },
    YesNo(bool),
    /// `when empty none`
    Nothing,
    Field(Rc<Field>),
    Score(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TextTest {
    Is,
    IsOneOf,
    Contains,
    ContainsAny,
    ContainsWord,
    ContainsAnyWord,
    StartsWith,
    StartsWithAny,
    EndsWith,
    EndsWithAny,
}

#[derive(Clone, Copy, Debug)]
pub enum Comparison {
    Is,
    IsNot,
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

#[derive(Clone, Copy, Debug)]
pub enum Moment {
    Before,
    After,
    On,
    OnOrBefore,
    OnOrAfter,
}

#[derive(Clone, Copy, Debug)]
pub enum Window {
    WithinTheLast,
    WithinTheNext,
    Ago,
    Ahead,
}

#[derive(Clone, Copy, Debug)]
pub enum Inclusion {
    One,
    Any,
    All,
    None,
}

#[derive(Clone, Copy, Debug)]
pub enum Count {
    Happened,
    DidNotHappen,
    AtLeast(usize),
    AtMost(usize),
    Exactly(usize),
    Days(usize),
}

#[derive(Clone, Debug)]
pub enum EventWindow {
    WithinTheLast(Span),
    Ago(Span),
    Since(String),
    Before(String),
    After(Span, String),
}

#[derive(Clone, Copy, Debug)]
pub enum StageTest {
    Reached,
    NotReached,
    PassesItsTest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub count: i64,
    pub unit: Unit,
    pub business: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// §7
#[derive(Clone, Debug)]
pub enum Statement {
    Criterion(Criterion),
    Checklist(Checklist),
    Score(Score),
    Grade(Grade),
    Disqualify { name: String, condition: Condition },
    Stage(Stage),
}

#[derive(Clone, Debug)]
pub struct Criterion {
    pub name: String,
    pub condition: Condition,
    pub if_unknown: Option<Outcome>,
}

#[derive(Clone, Debug)]
pub struct Checklist {
    pub name: String,
    pub items: Vec<(String, Condition)>,
}

#[derive(Clone, Debug)]
pub struct Score {
    pub name: String,
    pub starts_at: Option<Exact>,
    pub never_below: Option<Exact>,
    pub never_above: Option<Exact>,
    pub rules: Vec<Rule>,
    pub starts_again_at: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub remove: bool,
    pub source: Source,
    pub at_most: Option<Exact>,
    pub when: Option<Condition>,
}

/// Where a rule's points come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// `add N points when …`
    Points(Exact),
    Table {
        lines: Vec<(Exact, Condition)>,
        otherwise: Exact,
    },
    Bands {
        by: Subject,
        lines: Vec<(Exact, Operand)>,
        otherwise: Exact,
    },
    Each {
        points: Exact,
        event: String,
        within: Option<Span>,
        once_every: Option<Span>,
        decay: Option<(Loss, Span)>,
    },
    Quiet {
        points: Exact,
        every: Span,
        event: String,
    },
    Field(Rc<Field>),
    Score(String),
    PercentOfScore(Exact, String),
}

#[derive(Clone, Debug)]
pub enum Loss {
    Half,
    Percent(Exact),
    Points(Exact),
}

#[derive(Clone, Debug)]
pub struct Grade {
    pub name: String,
    pub by: GradeBy,
    pub otherwise: String,
}

#[derive(Clone, Debug)]
pub enum GradeBy {
    Score(String, Vec<(String, Exact)>),
    Conditions(Vec<(String, Condition)>),
}

#[derive(Clone, Debug)]
pub struct Stage {
    pub name: String,
    pub test: Condition,
    pub entered_when: Vec<String>,
    pub left_when: Vec<(Vec<String>, Option<Span>)>,
    pub only_while: bool,
}

impl Statement {
    pub fn name(&self) -> &str {
        match self {
            Statement::Criterion(Criterion { name, .. })
            | Statement::Checklist(Checklist { name, .. })
            | Statement::Score(Score { name, .. })
            | Statement::Grade(Grade { name, .. })
            | Statement::Disqualify { name, .. }
            | Statement::Stage(Stage { name, .. }) => name,
        }
    }
}

impl Condition {
    fn reads(&self, event: &str) -> bool {
        use EventWindow::{After, Before, Since};
        match self {
            Condition::Group(_, parts) => parts.iter().any(|part| part.reads(event)),
            Condition::Event { event: one, window, .. } => {
                one == event || matches!(window, Some(Since(other) | Before(other) | After(_, other)) if other == event)
            }
            _ => false,
        }
    }
}

impl Statement {
    fn reads(&self, event: &str) -> bool {
        let among = |events: &[String]| events.iter().any(|one| one == event);
        match self {
            Statement::Criterion(criterion) => criterion.condition.reads(event),
            Statement::Checklist(list) => list.items.iter().any(|(_, item)| item.reads(event)),
            Statement::Disqualify { condition, .. } => condition.reads(event),
            Statement::Grade(grade) => match &grade.by {
                GradeBy::Conditions(lines) => lines.iter().any(|(_, condition)| condition.reads(event)),
                GradeBy::Score(..) => false,
            },
            Statement::Stage(stage) => {
                let left = stage.left_when.iter().any(|(events, _)| among(events));
                stage.test.reads(event) || among(&stage.entered_when) || left
            }
            Statement::Score(score) => {
                let source = |source: &Source| match source {
                    Source::Each { event: one, .. } | Source::Quiet { event: one, .. } => one == event,
                    Source::Table { lines, .. } => lines.iter().any(|(_, condition)| condition.reads(event)),
                    _ => false,
                };
                let when = |rule: &Rule| rule.when.as_ref().is_some_and(|condition| condition.reads(event));
                among(&score.starts_again_at) || score.rules.iter().any(|rule| source(&rule.source) || when(rule))
            }
        }
    }
}

impl Policy {
    /// Whether anything in a decision turns on an event.
    pub fn reads(&self, event: &str) -> bool {
        let rejected_at = self.handover.iter().flat_map(|handover| &handover.rejected_at);
        self.statements.iter().any(|statement| statement.reads(event))
            || rejected_at.into_iter().any(|one| one == event)
            || self.slas.iter().any(|sla| sla.events().any(|one| one == event))
            || self.slas.iter().flat_map(Sla::conditions).any(|condition| condition.reads(event))
    }

    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.statements.iter().filter_map(|one| if let Statement::Criterion(one) = one { Some(one) } else { None })
    }

    pub fn checklists(&self) -> impl Iterator<Item = &Checklist> {
        self.statements.iter().filter_map(|one| if let Statement::Checklist(one) = one { Some(one) } else { None })
    }

    pub fn scores(&self) -> impl Iterator<Item = &Score> {
        self.statements.iter().filter_map(|one| if let Statement::Score(one) = one { Some(one) } else { None })
    }

    pub fn grades(&self) -> impl Iterator<Item = &Grade> {
        self.statements.iter().filter_map(|one| if let Statement::Grade(one) = one { Some(one) } else { None })
    }

    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.statements.iter().filter_map(|one| if let Statement::Stage(one) = one { Some(one) } else { None })
    }

    pub fn disqualifiers(&self) -> impl Iterator<Item = (&String, &Condition)> {
        self.statements.iter().filter_map(|one| match one {
            Statement::Disqualify { name, condition } => Some((name, condition)),
            _ => None,
        })
    }

    pub fn event(&self, name: &str) -> &Event {
        self.events.iter().find(|event| event.name == name).unwrap()
    }

    pub fn calendar_of(&self, name: &str) -> &Calendar {
        self.calendar.iter().chain(&self.calendars).find(|calendar| calendar.name == name).unwrap()
    }

    pub fn zone(&self) -> chrono_tz::Tz {
        self.calendar.as_ref().map_or(chrono_tz::UTC, |calendar| calendar.zone)
    }
}
