//! What moves a score: each rule that could add more or remove less, and the events at which it starts again.

use super::events::MOST_TIMES;
use super::goals::{MET, Move, NOT, Need, NeedKind, UNKNOWN, Walk, Why};
use crate::decimal::Decimal;
use crate::engine::program::{Op, RuleKind, RulePlan};
use crate::engine::truth::Outcome;
use crate::intake::Cell;
use crate::policy::{Score, ScoreRule, ScoreRuleKind};
use crate::source::Span;
use crate::time::Instant;

/// A number field of more points than this adds none, in hundredths.
const MOST_OF_A_FIELD: i64 = 100_000_000_000;

/// Which rule is looked at, and what is wanted of it.
#[derive(Clone, Copy)]
struct Lever<'a> {
    score: usize,
    rule: &'a ScoreRule,
    plan: &'a RulePlan,
    /// What the rule comes to now.
    sum: i64,
    /// Whether it is to come to more.
    more: bool,
    /// By how much, in hundredths.
    by: i64,
    /// The score before its bounds, and whether it is to rise.
    raw: i64,
    up: bool,
    span: Span,
}

impl<'a> Walk<'a, '_> {
    /// Moves that raise a score (or lower it) towards a number of hundredths.
    pub(super) fn raise(&mut self, score: usize, up: bool, target: i64, span: Span) {
        if self.raised.insert((score, up, target)) {
            self.deeper(|walk| walk.levers(score, up, target, span));
        }
    }

    fn levers(&mut self, score: usize, up: bool, target: i64, span: Span) {
        let judge = self.judge;
        let (Some(of), Some(plan)) = (judge.policy.scores.get(score), judge.program.scores.get(score)) else { return };
        if (up && plan.never_above < target) || (!up && plan.never_below > target) {
            self.block(Why::Points(span));
            return;
        }
        let (raw, sums) = self.view.raw(score);
        let by = target.saturating_sub(raw).saturating_abs().max(1);
        for ((rule, plan), sum) in of.rules.iter().zip(&plan.rules).zip(sums) {
            let more = up != rule.remove;
            self.lever(of, Lever { score, rule, plan, sum, more, by, raw, up, span });
        }
        for event in plan.starts_again.iter().copied() {
            let at = self.here(Instant::MIN, self.view.now());
            self.push_event(event, vec![at], Why::Restart(score), Some((score, up, raw)));
        }
    }

    fn lever(&mut self, of: &'a Score, lever: Lever<'a>) {
        let Lever { rule, plan, sum, more, .. } = lever;
        let own = (!of.starts_again.is_empty()).then_some(lever.score);
        if let Some(gate) = &rule.condition {
            if self.view.outcome(gate) != Outcome::Met {
                // Behind the gate stands nothing yet. What comes once it is open is seen then.
                if more || matches!(plan.kind, RuleKind::Field(_) | RuleKind::Score { .. }) {
                    self.condition(gate, MET, own);
                }
                return;
            }
            if !more && sum > 0 || more && sum < 0 {
                self.condition(gate, NOT | UNKNOWN, own);
            }
        }
        if more && sum >= plan.at_most {
            return;
        }
        match (&rule.kind, &plan.kind) {
            (ScoreRuleKind::Table(table), RuleKind::Table(..)) => {
                let conditions = table.lines.iter().map(|(_, condition)| condition);
                let now = conditions.clone().position(|it| self.view.outcome(it) == Outcome::Met);
                let now = now.unwrap_or(table.lines.len());
                let points: Vec<i64> = table.lines.iter().map(|(points, _)| *points).chain([table.otherwise]).collect();
                for (place, _) in better(&points, now, more) {
                    self.table_line(&table.lines, now, place, own);
                }
            }
            (ScoreRuleKind::Bands(words), RuleKind::Bands(bands, points)) => {
                let now = self.view.state.band(bands, self.view.setting);
                for (place, _) in better(points, now, more) {
                    let span = words.spans.get(place).copied().unwrap_or(rule.span);
                    self.band(bands, now, place, span);
                }
            }
            (_, RuleKind::ForEach { points, event, within, once_every, decay }) => {
                let worth = decay.as_ref().map_or(*points, |decay| decay.worth.first().copied().unwrap_or(0));
                if more && worth > 0 {
                    self.each(lever, *event, worth, *within, *once_every);
                }
            }
            (_, RuleKind::ForEveryWithout { event, .. }) if !more && sum > 0 => {
                let at = self.here(Instant::MIN, self.view.now());
                self.push_event(*event, vec![at], Why::Words(rule.span), Some((lever.score, lever.up, lever.raw)));
            }
            (_, RuleKind::Field(slot)) => self.number(lever, *slot),
            (_, RuleKind::Score { percent, score }) => self.share(lever, *percent, *score),
            _ => {}
        }
    }

    /// More occurrences for `add 15 points for each "e"`.
    fn each(&mut self, lever: Lever<'a>, event: usize, worth: i64, within: Option<usize>, every: Option<i64>) {
        let Lever { plan, sum, by, .. } = lever;
        let room = plan.at_most.saturating_sub(sum).min(by);
        let times = usize::try_from((room + worth - 1) / worth).unwrap_or(MOST_TIMES).clamp(1, MOST_TIMES);
        let view = self.view;
        let now = view.now();
        let floor = view.state.rules(lever.score, view.setting).1;
        let (mut first, mut last) = (floor, now);
        if let Some(ends) = within.and_then(|at| view.setting.moment.ends(at, view.known.hours)) {
            (first, last) = (first.max(ends.0), last.min(ends.1));
        }
        if first > last {
            return;
        }
        let here = self.here(first, last);
        // Fewer than suffice are worth a look only where too many may be in the way elsewhere.
        let mut counts = vec![times];
        if times > 1 && self.is_counted_elsewhere(event) {
            counts.push(1);
        }
        for count in counts {
            let improves = Some((lever.score, lever.up, lever.raw));
            let Some(every) = every else {
                self.push_event(event, vec![here; count], Why::Words(lever.rule.span), improves);
                continue;
            };
            // One that is not too near to any other counts.
            let known = view.log(event).map(|log| log.times().to_vec()).unwrap_or_default();
            let mut free = Vec::new();
            let mut at = here;
            while free.len() < count && at >= first {
                let near = |t: &&Instant| (**t - at).abs() < every;
                match known.iter().rev().find(near) {
                    Some(near) => at = near.saturating_sub(every),
                    None => {
                        free.push(at);
                        at = at.saturating_sub(every);
                    }
                }
            }
            if !free.is_empty() {
                self.push_event(event, free, Why::Words(lever.rule.span), improves);
            }
        }
    }

    /// Whether anything but one rule of a score asks how often an event happened.
    fn is_counted_elsewhere(&self, event: usize) -> bool {
        let program = &self.judge.program;
        let tested = program.steps.iter().any(|op| matches!(op, Op::Event(test) if test.event == event));
        let rules = program.scores.iter().flat_map(|score| &score.rules);
        tested
            || rules.filter(|rule| matches!(rule.kind, RuleKind::ForEach { event: of, .. } if of == event)).count() > 1
    }

    /// Another number for `add F points`.
    fn number(&mut self, lever: Lever<'a>, slot: usize) {
        let Lever { plan, sum, more, by, rule, .. } = lever;
        if !self.is_free(slot) {
            return;
        }
        let bound = plan.at_most.min(MOST_OF_A_FIELD);
        let wanted = if more { sum.saturating_add(by) } else { sum.saturating_sub(by) }.clamp(-bound, bound);
        if wanted == sum && !matches!(self.view.cell(slot), Cell::Empty | Cell::WrongType) {
            return;
        }
        let kind = if more {
            NeedKind::Points(slot, wanted, MOST_OF_A_FIELD)
        } else {
            NeedKind::Points(slot, -MOST_OF_A_FIELD, wanted)
        };
        let need = Need { why: Why::Words(rule.span), kind, slots: vec![slot] };
        self.moves.push(Move::Field(need, vec![slot]));
    }

    /// Another score for `add 40% of score "intent"`.
    fn share(&mut self, lever: Lever<'a>, percent: Decimal, other: usize) {
        let Lever { plan, sum, more, by, span, .. } = lever;
        let percent = percent.rounded_hundredths().unwrap_or(0);
        if percent <= 0 {
            return;
        }
        let bound = plan.at_most;
        let wanted = if more { sum.saturating_add(by).min(bound) } else { sum.saturating_sub(by).max(-bound) };
        let scaled = i128::from(wanted) * 10_000;
        let target = if more {
            (scaled + i128::from(percent) - 1).div_euclid(percent.into())
        } else {
            scaled.div_euclid(percent.into())
        };
        let target = i64::try_from(target).unwrap_or(wanted);
        // Half away from zero: a little less may do.
        let own = self.points(other);
        if more && own < target {
            self.raise(other, true, target, span);
            self.raise(other, true, target.min(self.most(other)).max(own.saturating_add(1)), span);
        } else if !more && own > target {
            self.raise(other, false, target, span);
        }
    }

    fn most(&self, score: usize) -> i64 {
        self.judge.program.scores.get(score).map_or(i64::MAX, |plan| plan.never_above)
    }
}

/// The lines that give more points than the one that is taken (or fewer), the nearest first.
fn better(points: &[i64], now: usize, more: bool) -> Vec<(usize, i64)> {
    let own = points.get(now).copied().unwrap_or_default();
    let wanted = |of: i64| if more { of > own } else { of < own };
    let mut places: Vec<(usize, i64)> = points.iter().copied().enumerate().filter(|(_, of)| wanted(*of)).collect();
    places.sort_by_key(|(place, of)| ((of - own).abs(), *place));
    places
}
