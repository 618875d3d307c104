//! Scores and grades with their names resolved and their points counted in hundredths.

use super::{Condition, Duration, EventId, FieldId, Money, ScoreId};
use crate::decimal::Decimal;
use crate::source::Span;

/// `score "engagement"`; points are in hundredths.
#[derive(Clone, Debug)]
pub struct Score {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// `starts at`
    pub starts_at: i64,
    /// `never below`
    pub never_below: Option<i64>,
    /// `never above`
    pub never_above: Option<i64>,
    /// `starts again at`
    pub starts_again: Vec<EventId>,
    /// Its rules.
    pub rules: Vec<ScoreRule>,
    /// Why.
    pub because: Option<String>,
}

/// A rule of a score.
#[derive(Clone, Debug)]
pub struct ScoreRule {
    /// Its line.
    pub span: Span,
    /// `remove` instead of `add`.
    pub remove: bool,
    /// What it adds.
    pub kind: ScoreRuleKind,
    /// The bound on the size of its sum.
    pub at_most: Option<i64>,
    /// When it counts at all.
    pub condition: Option<Condition>,
}

/// What a score rule adds; points are in hundredths.
#[derive(Clone, Debug)]
pub enum ScoreRuleKind {
    /// `20 points`
    Points(i64),
    /// `points:` with conditions
    Table(Table<i64>),
    /// `points by F:` with bounds
    Bands(Bands<i64>),
    /// `15 points for each "e" …`
    ForEach {
        /// The points of an occurrence.
        points: i64,
        /// The event.
        event: EventId,
        /// `within the last 90 days`
        within: Option<Duration>,
        /// `counted once every 7 days`, in microseconds
        once_every: Option<i64>,
        /// How occurrences lose worth with age.
        decay: Option<Decay>,
    },
    /// `10 points for every 30 days without "e"`
    ForEveryWithout {
        /// The points of a period.
        points: i64,
        /// The period in microseconds.
        period: i64,
        /// The event.
        event: EventId,
    },
    /// `F points`
    Field(FieldId),
    /// `score "fit"`, `40% of score "fit"`
    Score {
        /// The share in percent, 100 for the whole.
        percent: Decimal,
        /// The score.
        score: ScoreId,
    },
}

/// The worth of an occurrence by its age in whole periods; nothing once the table ends.
#[derive(Clone, Debug)]
pub struct Decay {
    /// The period in microseconds.
    pub every: i64,
    /// The worth at 0, 1, 2 … periods, in hundredths.
    pub worth: Vec<i64>,
}

/// A table whose lines have conditions: the first that is met is taken.
#[derive(Clone, Debug)]
pub struct Table<T> {
    /// The lines.
    pub lines: Vec<(T, Condition)>,
    /// What holds otherwise.
    pub otherwise: T,
    /// Where the lines were written, `otherwise` last.
    pub spans: Vec<Span>,
}

/// A table whose lines have falling bounds: the first that is reached is taken.
#[derive(Clone, Debug)]
pub struct Bands<T> {
    /// What is compared.
    pub by: BandSubject,
    /// The lines: what they give, and the bound.
    pub lines: Vec<(T, Bound)>,
    /// What holds below all bounds, and where the field is unknown.
    pub otherwise: T,
    /// Where the lines were written, `otherwise` last.
    pub spans: Vec<Span>,
}

/// What a table of bands goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandSubject {
    /// A number or money field.
    Field(FieldId),
    /// A score.
    Score(ScoreId),
}

/// The bound of a band.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// A plain number.
    Number(Decimal),
    /// Money.
    Money(Money),
}

/// `grade "fit"`
#[derive(Clone, Debug)]
pub struct Grade {
    /// Where its name was written.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its lines.
    pub kind: GradeKind,
    /// Why.
    pub because: Option<String>,
}

/// The two kinds of grades.
#[derive(Clone, Debug)]
pub enum GradeKind {
    /// By a score.
    Bands(Bands<String>),
    /// By conditions.
    Table(Table<String>),
}
