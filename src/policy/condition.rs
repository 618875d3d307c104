//! Conditions with their names resolved and their values typed.

use super::{ChecklistId, CriterionId, Duration, EventId, FieldId, GradeId, ListId, Money, ScoreId, StageId};
use crate::decimal::Decimal;
use crate::pattern::Pattern;
use crate::source::Span;

/// The words of conditions that already are what they mean.
pub use crate::syntax::ast::{Includes, Place, StageTest, Window};

/// A condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its words; for a group, its head.
    pub span: Span,
    /// Its meaning.
    pub kind: ConditionKind,
}

impl Condition {
    /// Calls `each` with this condition and with every part of it.
    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Condition)) {
        each(self);
        if let ConditionKind::All(parts)
        | ConditionKind::Any(parts)
        | ConditionKind::None(parts)
        | ConditionKind::AtLeast(_, parts) = &self.kind
        {
            parts.iter().for_each(|part| part.visit(each));
        }
    }
}

/// A field of the lead, or of the item that an event looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldRef {
    /// A field of the lead.
    Lead(FieldId),
    /// The field of that number among those of the event's list.
    Item(u32),
}

/// A value that is compared with: written out, or another field of the same type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand<T> {
    /// Written out.
    Literal(T),
    /// A field.
    Field(FieldRef),
}

/// Every condition.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// `all of:`
    All(Vec<Condition>),
    /// `any of:`
    Any(Vec<Condition>),
    /// `none of:`
    None(Vec<Condition>),
    /// `at least 2 of:`
    AtLeast(u32, Vec<Condition>),
    /// `F is filled in` (true), `F is empty` (false)
    FilledIn(TextSubject, bool),
    /// A test of a text.
    Text {
        /// What is tested.
        of: TextSubject,
        /// Whether the opposite is asked.
        not: bool,
        /// The test.
        test: TextTest,
    },
    /// A test of a number.
    Number(FieldRef, Ordered<Operand<Decimal>>),
    /// A test of money.
    Money(FieldRef, Ordered<Operand<Money>>),
    /// A test of a date: days since 1970-01-01.
    Date(FieldRef, Ordered<Operand<i32>>),
    /// A test of a time; a date stands for all of its instants.
    Time(FieldRef, Ordered<Operand<Instants>>),
    /// `F is within the last 30 days`, of a date or a time
    Window {
        /// The field.
        of: FieldRef,
        /// Whether it is a date.
        date: bool,
        /// Which window.
        window: Window,
        /// How long.
        duration: Duration,
    },
    /// `F is yes`, `F is no`
    YesNo(FieldRef, bool),
    /// `F includes any of T, T`
    Includes(FieldRef, Includes, Vec<Operand<String>>),
    /// A test of a score, in hundredths.
    Score(ScoreId, Ordered<ScoreOperand>),
    /// How often an event happened.
    Event {
        /// The event.
        event: EventId,
        /// How often.
        count: Count,
        /// Which occurrences count.
        window: Option<EventWindow>,
    },
    /// `"c" is met` (true), `"c" is not met` (false)
    Criterion(CriterionId, bool),
    /// `at least 3 items of "BANT" are met, including budget`
    Checklist {
        /// The checklist.
        checklist: ChecklistId,
        /// How many items.
        count: u32,
        /// The items that must be among them, by their places.
        including: Vec<u32>,
    },
    /// `grade "fit" is one of "A", "B"`
    Grade(GradeId, Vec<String>),
    /// `stage "MQL" is reached`
    Stage(StageId, StageTest),
}

/// What a test of a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextSubject {
    /// The field itself (of any type, for `is filled in`).
    Field(FieldRef),
    /// The part after its last `@`.
    DomainOf(FieldRef),
}

impl TextSubject {
    /// The field that it reads.
    pub fn field(self) -> FieldRef {
        match self {
            TextSubject::Field(field) | TextSubject::DomainOf(field) => field,
        }
    }
}

/// What is asked of a text.
#[derive(Clone, Debug)]
pub enum TextTest {
    /// `is one of T, T`
    Is(Vec<Operand<String>>),
    /// `is in list "x"`
    InList(ListId),
    /// `contains any of T, T`, `starts with T` …
    Find(Place, Vec<Operand<String>>),
    /// `matches pattern "…"`
    Pattern(Pattern),
}

/// What is asked of a value with an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ordered<T> {
    /// Compared with one value.
    Compare(Compare, T),
    /// `is between A and B`, both included
    Between(T, T),
}

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `is`
    Equal,
    /// `is not`
    NotEqual,
    /// `is at least`
    AtLeast,
    /// `is at most`
    AtMost,
    /// `is more than`
    MoreThan,
    /// `is less than`
    LessThan,
}

impl Compare {
    /// Whether a value that stands to the other one in this order meets the comparison.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Compare::Equal => order.is_eq(),
            Compare::NotEqual => order.is_ne(),
            Compare::AtLeast => order.is_ge(),
            Compare::AtMost => order.is_le(),
            Compare::MoreThan => order.is_gt(),
            Compare::LessThan => order.is_lt(),
        }
    }
}

/// The instants that a time or a whole day covers, both ends included: microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instants {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// What a score is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScoreOperand {
    /// A number of points.
    Points(Decimal),
    /// Another score.
    Score(ScoreId),
    /// A number field.
    Field(FieldId),
}

/// How often an event is asked to have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    /// At least so many times.
    AtLeast(u32),
    /// At most so many times.
    AtMost(u32),
    /// Exactly so many times.
    Exactly(u32),
    /// On at least so many days of the policy's zone.
    OnDays(u32),
}

/// Which occurrences of an event count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventWindow {
    /// `within the last D`
    WithinLast(Duration),
    /// `more than D ago`
    MoreThanAgo(Duration),
    /// `since the last "o"`
    SinceLast(EventId),
    /// `before the first "o"`
    BeforeFirst(EventId),
    /// `within D after the last "o"`
    AfterLast(Duration, EventId),
}
