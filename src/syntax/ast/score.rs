//! Scores and grades as written.

use super::{Condition, Duration, Literal, Path, Quoted, Value};
use crate::decimal::Decimal;
use crate::source::{Span, Spanned};

/// `score "engagement"` and its lines.
#[derive(Clone, Debug)]
pub struct Score {
    /// The name.
    pub name: Quoted,
    /// `owned by Marketing`
    pub owner: Option<Spanned<String>>,
    /// `starts at 0`
    pub starts_at: Option<Spanned<Decimal>>,
    /// `never below 0`
    pub never_below: Option<Spanned<Decimal>>,
    /// `never above 100`
    pub never_above: Option<Spanned<Decimal>>,
    /// The `add` and `remove` lines in order.
    pub rules: Vec<ScoreRule>,
    /// `starts again at "recycled"`
    pub starts_again: Vec<Quoted>,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// One `add` or `remove` line, with its bullets.
#[derive(Clone, Debug)]
pub struct ScoreRule {
    /// The line.
    pub span: Span,
    /// `remove` instead of `add`.
    pub remove: bool,
    /// What it adds.
    pub kind: ScoreRuleKind,
    /// `at most 45 points`
    pub at_most: Option<Spanned<Decimal>>,
    /// `when CONDITION`
    pub condition: Option<Condition>,
}

/// What a score rule adds.
#[derive(Clone, Debug)]
pub enum ScoreRuleKind {
    /// `add 20 points when …`
    Points(Spanned<Decimal>),
    /// `add points:` with bullets `25 when …`
    Table(Vec<TableLine<Spanned<Decimal>>>),
    /// `add points by company.employees:` with bullets `20 from 1,000`
    Bands {
        /// The field or score.
        by: Spanned<Value>,
        /// The bullets.
        lines: Vec<BandLine<Spanned<Decimal>>>,
    },
    /// `add 15 points for each "e" within the last 90 days, counted once every 7 days, halving every 14 days`
    ForEach {
        /// The points of one occurrence.
        points: Spanned<Decimal>,
        /// The event.
        event: Quoted,
        /// `within the last 90 days`
        within: Option<Spanned<Duration>>,
        /// `counted once every 7 days`
        once_every: Option<Spanned<Duration>>,
        /// `halving every 14 days`
        decay: Option<Spanned<Decay>>,
    },
    /// `remove 10 points for every 30 days without "any activity"`
    ForEveryWithout {
        /// The points of one period.
        points: Spanned<Decimal>,
        /// The length of a period.
        period: Spanned<Duration>,
        /// The event.
        event: Quoted,
    },
    /// `add manual_review points`
    Field(Path),
    /// `add score "fit"`, `add 40% of score "intent"`
    Score {
        /// `40`, for 40%; none for the whole.
        percent: Option<Spanned<Decimal>>,
        /// The score.
        score: Quoted,
    },
}

/// How an occurrence loses worth with age.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// `halving`, `losing 25%`, `losing 2 points`
    pub loss: Loss,
    /// `every 14 days`
    pub every: Duration,
}

/// What is lost in each period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// `halving`
    Half,
    /// `losing 25%`: 25
    Percent(Decimal),
    /// `losing 2 points`
    Points(Decimal),
}

/// A line of a table: `25 when CONDITION`, or `0 otherwise`.
#[derive(Clone, Debug)]
pub struct TableLine<T> {
    /// The line.
    pub span: Span,
    /// What it gives.
    pub value: T,
    /// When; none for `otherwise`.
    pub condition: Option<Condition>,
}

/// A line of a table of bands: `20 from 1,000`, or `0 otherwise`.
#[derive(Clone, Debug)]
pub struct BandLine<T> {
    /// The line.
    pub span: Span,
    /// What it gives.
    pub value: T,
    /// From which bound; none for `otherwise`.
    pub from: Option<Spanned<Literal>>,
}

/// `grade "fit" of score "fit"` and its bullets.
#[derive(Clone, Debug)]
pub struct Grade {
    /// The name.
    pub name: Quoted,
    /// Its lines.
    pub kind: GradeKind,
    /// `because "…"`
    pub because: Option<Quoted>,
}

/// The two kinds of grades.
#[derive(Clone, Debug)]
pub enum GradeKind {
    /// `of score "fit"`, with `"A" from 80`
    OfScore {
        /// The score.
        score: Quoted,
        /// The bullets.
        lines: Vec<BandLine<Quoted>>,
    },
    /// With `"heavy" when CONDITION`
    Table(Vec<TableLine<Quoted>>),
}
