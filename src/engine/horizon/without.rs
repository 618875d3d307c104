//! When scores change because an event does not happen.

use crate::decimal::Decimal;
use crate::engine::evaluate::{Setting, State};
use crate::engine::judge::Judge;
use crate::engine::moment::Moment;
use crate::engine::outputs::Key;
use crate::engine::program::{BandsBy, GradeKind, Op, RuleKind, ScoreValue};
use crate::engine::score;
use crate::intake::{Cell, Lead};
use crate::policy::{Bound, Ordered};
use crate::time::Instant;

/// Calls `each` with the next instant of each rule for every period without an event, if all else stays as it is. None
/// of a rule that does not count now, or whose score has come to its end: as long as nothing else changes that, it is
/// the same for ever. `clocks_too` says whether scores count that only clocks ask for.
pub fn ahead(judge: &Judge, moment: &Moment, state: &State, clocks_too: bool, mut each: impl FnMut(Instant)) {
    let past = std::cell::Cell::new(false);
    let setting: Setting<'_> = judge.setting(moment);
    let program = &judge.program;
    let of_clocks = program.slas.iter().filter(|_| clocks_too).flat_map(|sla| &sla.as_of_start);
    let steps = program.order.iter().chain(of_clocks).filter_map(|step| program.steps.get(*step as usize));
    let mut scores: Vec<usize> = steps.filter_map(|op| if let Op::SumUp(at) = op { Some(*at) } else { None }).collect();
    scores.sort_unstable();
    scores.dedup();
    for at in scores {
        let Some(plan) = program.scores.get(at) else { continue };
        let sheet = state.sheet(state.floor(at), setting.known(&past));
        for (place, rule) in plan.rules.iter().enumerate() {
            let RuleKind::ForEveryWithout { points, period, event } = &rule.kind else { continue };
            let log = sheet.events.get(*event).filter(|log| !log.absent);
            let Some(latest) = log.and_then(|log| log.latest(sheet.floor)) else { continue };
            if *points == 0 || rule.condition.is_some_and(|step| !sheet.is_met(step)) {
                continue;
            }
            let (lowest, highest) = compared_with(at, judge, &state.lead);
            let total = |instead| score::total_with(plan, sheet, instead, |_| {}).clamp(lowest, highest);
            let at_last = rule.at_most.saturating_mul(points.signum());
            if total(None) != total(Some((place, at_last))) {
                let passed = moment.now.saturating_sub(latest) / period;
                each(latest.saturating_add((passed + 1).saturating_mul(*period)));
            }
        }
    }
}

/// Points below and above all that a score is ever compared with: beyond them it is all the same how much it is. There are
/// none where the score itself is written, or where another one takes it.
fn compared_with(score: usize, judge: &Judge, lead: &Lead) -> (i64, i64) {
    let (program, endless) = (&judge.program, (i64::MIN, i64::MAX));
    if judge.outputs.has(Key::Scores) {
        return endless;
    }
    let mut all: Vec<Decimal> = Vec::new();
    for op in &program.steps {
        let Op::Score(of, test) = op else { continue };
        let values = match test {
            Ordered::Compare(_, value) => vec![value],
            Ordered::Between(low, high) => vec![low, high],
        };
        for value in values {
            match (value, *of == score) {
                (ScoreValue::Points(points), true) => all.push(*points),
                (ScoreValue::Slot(slot), true) => {
                    if let Cell::Number(number) = lead.cell(*slot) {
                        all.push(number);
                    }
                }
                (ScoreValue::Score(other), own) if own || *other == score => return endless,
                _ => {}
            }
        }
    }
    let rules = || program.scores.iter().flat_map(|plan| &plan.rules).map(|rule| &rule.kind);
    if rules().any(|kind| matches!(kind, RuleKind::Score { score: of, .. } if *of == score)) {
        return endless;
    }
    let of_grades = program.grades.iter().filter_map(|plan| match &plan.kind {
        GradeKind::Bands(bands) => Some(bands),
        GradeKind::Table(_) => None,
    });
    let of_rules = rules().filter_map(|kind| match kind {
        RuleKind::Bands(bands, _) => Some(bands),
        _ => None,
    });
    for bands in of_grades.chain(of_rules).filter(|bands| matches!(bands.by, BandsBy::Score(of) if of == score)) {
        all.extend(bands.bounds.iter().filter_map(|bound| match bound {
            Bound::Number(bound) => Some(*bound),
            Bound::Money(_) => None,
        }));
    }
    // Numbers too large for points are beyond all scores, which is as good as no end.
    let hundredths = all.iter().map(|points| points.rounded_hundredths()).collect::<Option<Vec<i64>>>();
    let Some(all) = hundredths else { return endless };
    match (all.iter().min(), all.iter().max()) {
        (Some(lowest), Some(highest)) => (lowest.saturating_sub(2), highest.saturating_add(2)),
        _ => (0, 0),
    }
}
