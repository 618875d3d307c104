//! Scores and grades: every rule with its points, and every line of a table with what became of it.

use super::Tell;
use super::conditions::{Tracer, definition, missing};
use super::line::{Counts, Line};
use super::plan::Definition;
use super::value::{DefinitionKind, Reason, WhyNot};
use crate::engine::program::{RuleKind, RulePlan, ScorePlan};
use crate::engine::score::{Fate, Sheet, band, each_occurrence, unbounded};
use crate::engine::truth::Outcome;
use crate::policy::{BandSubject, Bands, EventId, GradeKind, Score, ScoreRule, ScoreRuleKind, Table};
use crate::time::Instant;

impl<'a> Tracer<'a> {
    pub fn scores(&self, tell: &mut impl Tell) {
        let plans = self.traced.scores.iter().zip(&self.program.scores);
        for (at, (score, (defined, plan))) in self.policy.scores.iter().zip(plans).enumerate() {
            self.score_line(at, score, (defined, plan), tell);
        }
    }

    /// A score: its rules, whose points and `starts_at` add up to it before its bounds.
    fn score_line(&self, at: usize, score: &Score, (defined, plan): (&Definition, &ScorePlan), tell: &mut impl Tell) {
        let total = self.state.scores.get(at).copied().unwrap_or(0);
        let floor = self.state.floor(at);
        let sheet = self.state.sheet(floor, self.known);
        let rules = || score.rules.iter().zip(&plan.rules);
        let points: Vec<RulePoints> = rules().map(|(rule, plan)| self.rule_points(rule, plan, sheet)).collect();
        let sum = points.iter().fold(score.starts_at, |sum, rule| sum.saturating_add(rule.signed(rule.points)));
        tell.open(&Line {
            points: Some(total),
            sum: (sum != total).then_some(sum),
            starts_at: Some(score.starts_at).filter(|points| *points != 0),
            started_again_at: Some(floor).filter(|floor| *floor != Instant::MIN),
            ..definition(defined)
        });
        for ((rule, plan), points) in rules().zip(&points) {
            self.rule(rule, plan, points, sheet, tell);
        }
        tell.close();
    }

    fn rule_points(&self, rule: &ScoreRule, plan: &RulePlan, sheet: Sheet<'_>) -> RulePoints {
        let condition = rule.condition.as_ref().map(|condition| self.outcome(condition));
        let counts = condition.is_none_or(|outcome| outcome == Outcome::Met);
        let whole = unbounded(&plan.kind, sheet, &mut |_| ());
        let bounded = whole.clamp(-plan.at_most, plan.at_most);
        RulePoints { condition, counts, whole, bounded, points: if counts { bounded } else { 0 }, remove: rule.remove }
    }

    fn rule(&self, rule: &ScoreRule, plan: &RulePlan, of: &RulePoints, sheet: Sheet<'a>, tell: &mut impl Tell) {
        let mut line = Line::new(self.traced.words(Some(&rule.span)));
        line.outcome = of.condition;
        let most = most(&rule.kind).map(|most| most.min(plan.at_most)).or(rule.at_most);
        let unknown = self.goes_by(&rule.kind, plan, sheet, &mut line);
        line.sum = (of.counts && of.whole != of.points).then(|| of.signed(of.whole));
        let could = match (of.condition, unknown) {
            (Some(Outcome::NotMet), _) => None,
            // What else is unknown could make it more than it comes to.
            (_, true) => most.map(|most| most - of.points),
            (Some(Outcome::Unknown), false) => Some(of.bounded),
            _ => None,
        };
        line.could_add = could.filter(|points| *points != 0).map(|points| of.signed(points));
        line.points = Some(of.signed(of.points));
        line.of = most.map(|most| of.signed(most));
        tell.open(&line);
        match &rule.kind {
            ScoreRuleKind::Table(table) => self.table(table, tell, |_, points, line| line.points = Some(*points)),
            ScoreRuleKind::Bands(bands) => {
                if let RuleKind::Bands(plan, _) = &plan.kind {
                    let taken = band(plan, sheet);
                    self.bands(bands, taken, tell, |_, points, line| line.points = Some(*points));
                }
            }
            _ => {}
        }
        rule.condition.iter().for_each(|condition| self.condition(condition, tell));
        tell.close();
    }

    /// Fills in what a rule went by; gives whether something unknown could make it more.
    fn goes_by(&self, kind: &ScoreRuleKind, plan: &RulePlan, sheet: Sheet<'a>, line: &mut Line<'a>) -> bool {
        match kind {
            ScoreRuleKind::Points(_) => false,
            ScoreRuleKind::Table(table) => self.passed_over(table),
            ScoreRuleKind::Bands(bands) => self.subject(bands.by, line),
            ScoreRuleKind::ForEach { event, .. } => {
                if self.is_absent(*event, line) {
                    return true;
                }
                let (mut counted, mut outside, mut once) = (Vec::new(), 0, 0);
                each_occurrence(&plan.kind, sheet, |at, fate| match fate {
                    Fate::Counts(worth) => counted.push((at, worth)),
                    Fate::OutsideWindow => outside += 1,
                    Fate::CountedOnce => once += 1,
                });
                line.counted = Some(Counts::Worth(counted));
                line.not_counted = [
                    (WhyNot::OutsideWindow, outside),
                    (WhyNot::CountedOnce, once),
                    (WhyNot::BeforeRestart, self.before(*event, sheet.floor)),
                ];
                false
            }
            ScoreRuleKind::ForEveryWithout { event, .. } => {
                if self.is_absent(*event, line) {
                    return true;
                }
                let log = self.state.events.get(event.index());
                let times = log.map(|log| log.between(sheet.floor, Instant::MAX)).unwrap_or_default();
                line.counted = Some(Counts::Times(times.get(times.len().saturating_sub(1)..).unwrap_or_default()));
                false
            }
            ScoreRuleKind::Field(field) => self.subject(BandSubject::Field(*field), line),
            ScoreRuleKind::Score { score, .. } => self.subject(BandSubject::Score(*score), line),
        }
    }

    /// Fills in what a rule or a grade goes by; gives whether that is not known.
    fn subject(&self, by: BandSubject, line: &mut Line<'a>) -> bool {
        match by {
            BandSubject::Field(field) => {
                let Some((looked, cell)) = self.field(field) else { return false };
                line.observed.push(looked);
                line.reason = missing(cell);
                line.reason.is_some()
            }
            BandSubject::Score(score) => {
                line.observed.extend(self.score(score.index()));
                let defined = self.traced.scores.get(score.index());
                line.refers_to = defined.map(|it| (DefinitionKind::Score, &it.name));
                false
            }
        }
    }

    fn is_absent(&self, event: EventId, line: &mut Line<'a>) -> bool {
        let absent = self.state.events.get(event.index()).is_some_and(|log| log.absent);
        line.reason = absent.then_some(Reason::NoLog);
        line.refers_to = self.traced.event_names.get(event.index()).map(|name| (DefinitionKind::Event, name));
        absent
    }

    /// How often an event happened before a score started again.
    fn before(&self, event: EventId, floor: Instant) -> usize {
        let log = self.state.events.get(event.index());
        log.map_or(0, |log| log.times().len() - log.between(floor, Instant::MAX).len())
    }

    /// Whether a line that is unknown was passed over before one was taken.
    fn passed_over<T>(&self, table: &Table<T>) -> bool {
        let mut outcomes = table.lines.iter().map(|(_, condition)| self.outcome(condition));
        outcomes.find(|outcome| *outcome != Outcome::NotMet) == Some(Outcome::Unknown)
    }

    /// The lines of a table.
    pub fn table<T>(&self, table: &Table<T>, tell: &mut impl Tell, fill: impl Fn(usize, &T, &mut Line<'a>)) {
        let mut taken = false;
        for (at, (value, condition)) in table.lines.iter().enumerate() {
            let outcome = self.outcome(condition);
            let first_met = outcome == Outcome::Met && !taken;
            taken = taken || first_met;
            let mut line = self.line(table.spans.get(at), first_met);
            line.outcome = Some(outcome);
            fill(at, value, &mut line);
            tell.open(&line);
            self.condition(condition, tell);
            tell.close();
        }
        let mut otherwise = self.line(table.spans.get(table.lines.len()), !taken);
        fill(table.lines.len(), &table.otherwise, &mut otherwise);
        tell.open(&otherwise);
        tell.close();
    }

    fn bands<T>(&self, bands: &Bands<T>, taken: usize, tell: &mut impl Tell, fill: impl Fn(usize, &T, &mut Line<'a>)) {
        let values = bands.lines.iter().map(|(value, _)| value).chain([&bands.otherwise]);
        for (at, value) in values.enumerate() {
            let mut line = self.line(bands.spans.get(at), at == taken);
            fill(at, value, &mut line);
            tell.open(&line);
            tell.close();
        }
    }

    fn line(&self, span: Option<&crate::source::Span>, taken: bool) -> Line<'a> {
        Line { taken: Some(taken), ..Line::new(self.traced.words(span)) }
    }

    pub fn grades(&self, tell: &mut impl Tell) {
        for (at, (grade, defined)) in self.policy.grades.iter().zip(&self.traced.grades).enumerate() {
            let mut line = Line { grade: self.letter(at), ..definition(defined) };
            if let GradeKind::Bands(bands) = &grade.kind {
                self.subject(bands.by, &mut line);
            }
            tell.open(&line);
            let letter = |at: usize| defined.parts.get(at);
            match &grade.kind {
                GradeKind::Table(table) => self.table(table, tell, |at, _, line| line.grade = letter(at)),
                GradeKind::Bands(bands) => {
                    let taken = self.state.grades.get(at).map_or(0, |place| *place as usize);
                    self.bands(bands, taken, tell, |at, _, line| line.grade = letter(at));
                }
            }
            tell.close();
        }
    }
}

/// What a rule comes to, in hundredths.
struct RulePoints {
    condition: Option<Outcome>,
    counts: bool,
    /// Before its `at most`.
    whole: i64,
    bounded: i64,
    points: i64,
    remove: bool,
}

impl RulePoints {
    /// Below zero where the rule removes points.
    fn signed(&self, points: i64) -> i64 {
        if self.remove { -points } else { points }
    }
}

/// The most that a rule of this kind can come to before its `at most`; none where nothing bounds it.
fn most(kind: &ScoreRuleKind) -> Option<i64> {
    match kind {
        ScoreRuleKind::Points(points) => Some(*points),
        ScoreRuleKind::Table(table) => table.lines.iter().map(|(points, _)| *points).chain([table.otherwise]).max(),
        ScoreRuleKind::Bands(bands) => bands.lines.iter().map(|(points, _)| *points).chain([bands.otherwise]).max(),
        _ => None,
    }
}
