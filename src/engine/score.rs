//! Scores and grades. Points are in hundredths; a score is never unknown.

use std::cmp::Ordering;

use super::events::Occurrences;
use super::leaf::{Cells, Known};
use super::program::{Bands, BandsBy, GradeKind, GradePlan, RuleKind, RulePlan, ScorePlan};
use super::truth::Outcome;
use crate::decimal::{Decimal, divide_half_away};
use crate::intake::Cell;
use crate::policy::{Bound, Money};
use crate::time::Instant;

/// A number field of more than this many points adds nothing: a billion, in hundredths.
const MOST_POINTS: i64 = 1_000_000_000;

/// The largest total, in hundredths: eighteen digits. Only scores that add up scores over and over come to it.
const MOST_TOTAL: i64 = 999_999_999_999_999_999;

/// What the steps before left for a score.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    pub cells: Cells<'a>,
    pub known: Known<'a>,
    pub outcomes: &'a [Outcome],
    pub events: &'a [Occurrences],
    pub scores: &'a [i64],
    /// The score's last restart: occurrences before it count nothing.
    pub floor: Instant,
}

impl Sheet<'_> {
    /// Whether a step is met.
    pub fn is_met(&self, step: u32) -> bool {
        self.outcomes.get(step as usize) == Some(&Outcome::Met)
    }
}

/// A score as a decimal number of points.
pub fn points(hundredths: i64) -> Option<Decimal> {
    Decimal::new(hundredths, -2)
}

/// The total of a score. `too_large` is called with a field beyond a billion points.
pub fn total(plan: &ScorePlan, sheet: Sheet<'_>, too_large: impl FnMut(usize)) -> i64 {
    total_with(plan, sheet, None, too_large)
}

/// The total if one rule, by its place, came to something else.
pub fn total_with(
    plan: &ScorePlan,
    sheet: Sheet<'_>,
    instead: Option<(usize, i64)>,
    mut too_large: impl FnMut(usize),
) -> i64 {
    let mut total = plan.starts_at;
    for (place, rule) in plan.rules.iter().enumerate() {
        let sum = match instead {
            Some((of, sum)) if of == place => sum,
            _ => sum(rule, sheet, &mut too_large),
        };
        total = if rule.remove { total.saturating_sub(sum) } else { total.saturating_add(sum) };
    }
    // The checker sees to it that the bounds do not cross. No total is longer than a decimal can hold.
    total.clamp(-MOST_TOTAL, MOST_TOTAL).max(plan.never_below).min(plan.never_above)
}

/// What a rule adds or removes.
pub fn sum(rule: &RulePlan, sheet: Sheet<'_>, too_large: &mut impl FnMut(usize)) -> i64 {
    if rule.condition.is_some_and(|condition| !sheet.is_met(condition)) {
        return 0;
    }
    unbounded(&rule.kind, sheet, too_large).clamp(-rule.at_most, rule.at_most)
}

/// What a rule comes to before its `at most`, if its own condition is met.
pub fn unbounded(kind: &RuleKind, sheet: Sheet<'_>, too_large: &mut impl FnMut(usize)) -> i64 {
    match kind {
        RuleKind::Points(points) => *points,
        RuleKind::Table(lines, otherwise) => {
            lines.iter().find(|(_, step)| sheet.is_met(*step)).map_or(*otherwise, |(points, _)| *points)
        }
        RuleKind::Bands(bands, points) => points.get(band(bands, sheet)).copied().unwrap_or(0),
        RuleKind::ForEach { .. } => {
            let mut sum = 0i64;
            each_occurrence(kind, sheet, |_, fate| {
                if let Fate::Counts(worth) = fate {
                    sum = sum.saturating_add(worth);
                }
            });
            sum
        }
        RuleKind::ForEveryWithout { points, period, event } => {
            let log = sheet.events.get(*event).filter(|log| !log.absent);
            let latest = log.and_then(|log| log.latest(sheet.floor));
            let since = |latest| sheet.known.moment.now.saturating_sub(latest);
            latest.map_or(0, |latest| points.saturating_mul(since(latest) / period))
        }
        RuleKind::Field(slot) => match sheet.cells.get(*slot) {
            Cell::Number(number) => {
                let limit = Decimal::new(MOST_POINTS, 0).unwrap_or(Decimal::ZERO);
                let minus = Decimal::new(-MOST_POINTS, 0).unwrap_or(Decimal::ZERO);
                if number > limit || number < minus {
                    too_large(*slot);
                    0
                } else {
                    number.rounded_hundredths().unwrap_or(0)
                }
            }
            _ => 0,
        },
        RuleKind::Score { percent, score } => {
            let score = sheet.scores.get(*score).copied().unwrap_or(0);
            share(score, *percent)
        }
    }
}

/// What an occurrence is to a rule that adds points for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// So many points.
    Counts(i64),
    /// Nothing, because it lies outside of the window.
    OutsideWindow,
    /// Nothing, because one that counts is too near.
    CountedOnce,
}

/// Calls `each` with every occurrence since the score's last restart, if `kind` adds points for occurrences.
#[inline]
pub fn each_occurrence(kind: &RuleKind, sheet: Sheet<'_>, mut each: impl FnMut(Instant, Fate)) {
    let RuleKind::ForEach { points, event, within, once_every, decay } = kind else { return };
    let Some(log) = sheet.events.get(*event).filter(|log| !log.absent) else { return };
    let now = sheet.known.moment.now;
    let worth = |t: Instant| match decay {
        None => *points,
        Some(decay) => {
            let periods = usize::try_from((now - t) / decay.every).unwrap_or(usize::MAX);
            decay.worth.get(periods).copied().unwrap_or(0)
        }
    };
    let mut last = None::<Instant>;
    for t in log.between(sheet.floor, Instant::MAX).iter().copied() {
        let near = |every: &i64| last.is_some_and(|last| t.saturating_sub(last) < *every);
        if within.is_some_and(|at| !sheet.known.moment.in_window(at, t, sheet.known.hours)) {
            each(t, Fate::OutsideWindow);
        } else if once_every.as_ref().is_some_and(near) {
            each(t, Fate::CountedOnce);
        } else {
            each(t, Fate::Counts(worth(t)));
            last = Some(t);
        }
    }
}

/// A share of a score, rounded half away from zero.
fn share(score: i64, percent: Decimal) -> i64 {
    if percent == Decimal::from(100) {
        return score;
    }
    for places in 0..=18u32 {
        if let Some(scaled) = percent.times_power_of_ten(places) {
            let product = i128::from(score).saturating_mul(i128::from(scaled));
            let share = divide_half_away(product, 100 * 10i128.pow(places));
            return i64::try_from(share).unwrap_or(if share < 0 { i64::MIN } else { i64::MAX });
        }
    }
    0
}

/// The place of the first line whose bound is reached, else that of `otherwise`.
pub fn band(bands: &Bands, sheet: Sheet<'_>) -> usize {
    let otherwise = bands.bounds.len();
    let reached = |value: Cell, bound: &Bound| match (value, bound) {
        (Cell::Number(number), Bound::Number(bound)) => number >= *bound,
        (Cell::Money(amount, currency), Bound::Money(Money { currency: of, amount: bound })) => {
            let Some(of) = crate::intake::Currency::parse(of) else { return false };
            let order = sheet.known.moment.compare_money((amount, currency), (*bound, of));
            order.is_some_and(Ordering::is_ge)
        }
        _ => false,
    };
    let value = match bands.by {
        BandsBy::Slot(slot) => sheet.cells.get(slot),
        BandsBy::Score(score) => {
            sheet.scores.get(score).and_then(|score| points(*score)).map_or(Cell::Empty, Cell::Number)
        }
    };
    bands.bounds.iter().position(|bound| reached(value, bound)).unwrap_or(otherwise)
}

/// The place of a grade among its letters.
pub fn grade(plan: &GradePlan, sheet: Sheet<'_>) -> u32 {
    let place = match &plan.kind {
        GradeKind::Bands(bands) => band(bands, sheet),
        GradeKind::Table(steps) => steps.iter().position(|step| sheet.is_met(*step)).unwrap_or(steps.len()),
    };
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_rounds_half_away_from_zero() {
        let percent = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(share(125, percent("50")), 63);
        assert_eq!(share(-125, percent("50")), -63);
        assert_eq!(share(1_000, percent("33.3")), 333);
        assert_eq!(share(1_000, percent("100")), 1_000);
        assert_eq!(share(1_000, percent("1e3")), 10_000);
        assert_eq!(share(7, percent("0")), 0);
    }
}
