//! What a warning says of every lead.

use crate::policy::{SlaId, StageId};
use crate::source::Span;

/// Something that no lead does: what was proven for a warning. Conditions are named by their place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The condition is never met.
    NeverMet(Span),
    /// The condition is never not met.
    NeverNotMet(Span),
    /// These are never met (true) or not met (false) all at once.
    NeverTogether(Vec<(Span, bool)>),
    /// The outcome of the first is never above that of the second, in the order not met, unknown, met.
    NeverAbove(Span, Span),
    /// The two have the same outcome.
    AlwaysSame(Span, Span),
    /// The line of a table is never taken.
    NeverTaken(Span),
    /// The line of a table for working hours or time allowed is never taken.
    NeverTakenBySla(SlaId, Span),
    /// The stage is never met.
    NeverReached(StageId),
    /// The stage is met for every lead.
    AlwaysReached(StageId),
    /// Whoever reaches the stage is disqualified.
    AlwaysDisqualified(StageId),
}
