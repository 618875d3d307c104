//! Scores and grades: every rule with its points, and every line of a table with what became of it.

use super::conditions::{Tracer, not_counted};
use super::{Counted, Node, Reason, WhyNot};
use crate::engine::decision::{Points, date_time};
use crate::engine::program::RuleKind;
use crate::engine::score::{Fate, band, each_occurrence, unbounded};
use crate::engine::truth::Outcome;
use crate::policy::{BandSubject, Bands, EventId, Grade, GradeKind, Score, ScoreRule, ScoreRuleKind, Table};
use crate::source::Span;
use crate::time::Instant;

impl Tracer<'_> {
    /// A score: its rules, whose points and `starts_at` add up to it before its bounds.
    pub fn score_node(&self, at: usize, score: &Score) -> Node {
        let total = self.state.scores.get(at).copied().unwrap_or(0);
        let floor = self.state.floor(at);
        let rules: Vec<(Node, i64)> =
            score.rules.iter().enumerate().map(|(place, rule)| self.rule(at, place, rule, floor)).collect();
        let sum = rules.iter().fold(score.starts_at, |sum, (_, points)| sum.saturating_add(*points));
        Node {
            points: Some(Points::of(total)),
            sum: (sum != total).then(|| Points::of(sum)),
            starts_at: (score.starts_at != 0).then(|| Points::of(score.starts_at)),
            started_again_at: (floor != Instant::MIN).then(|| date_time(floor)),
            children: rules.into_iter().map(|(node, _)| node).collect(),
            ..self.definition("score", &score.name, score.span)
        }
    }

    fn rule(&self, score: usize, place: usize, rule: &ScoreRule, floor: Instant) -> (Node, i64) {
        let mut node = self.node(rule.span);
        let plan = self.judge.program.scores.get(score).and_then(|plan| plan.rules.get(place));
        let Some(plan) = plan else { return (node, 0) };
        let sheet = self.state.sheet(floor, self.setting.known(self.past));
        let condition = rule.condition.as_ref().map(|condition| self.outcome(condition));
        node.outcome = condition;
        let bounded = |points: i64| points.clamp(-plan.at_most, plan.at_most);
        let signed = |points: i64| if rule.remove { -points } else { points };
        let of_kind = unbounded(&plan.kind, sheet, &mut |_| ());
        let counts = condition.is_none_or(|outcome| outcome == Outcome::Met);
        let points = if counts { bounded(of_kind) } else { 0 };
        let most = most(&rule.kind).map(|most| most.min(plan.at_most)).or(rule.at_most);
        let unknown = self.kind(&rule.kind, &plan.kind, sheet, &mut node);
        if counts && of_kind != points {
            node.sum = Some(Points::of(signed(of_kind)));
        }
        let could = match (condition, unknown) {
            (Some(Outcome::NotMet), _) => None,
            // What else is unknown could make it more than it comes to.
            (_, true) => most.map(|most| most - points),
            (Some(Outcome::Unknown), false) => Some(bounded(of_kind)),
            _ => None,
        };
        node.could_add = could.filter(|points| *points != 0).map(|points| Points::of(signed(points)));
        node.points = Some(Points::of(signed(points)));
        node.of = most.map(|most| Points::of(signed(most)));
        node.children.extend(rule.condition.as_ref().map(|condition| self.condition(condition)));
        (node, signed(points))
    }

    /// Fills in what a rule went by; gives whether something unknown could make it more.
    fn kind(
        &self,
        kind: &ScoreRuleKind,
        plan: &RuleKind,
        sheet: crate::engine::score::Sheet<'_>,
        node: &mut Node,
    ) -> bool {
        match kind {
            ScoreRuleKind::Points(_) => false,
            ScoreRuleKind::Table(table) => {
                let (lines, passed) = self.table(table, |points, line| line.points = Some(Points::of(*points)));
                node.children = lines;
                passed
            }
            ScoreRuleKind::Bands(bands) => {
                if let RuleKind::Bands(plan, _) = plan {
                    let taken = band(plan, sheet);
                    node.children = self.bands(bands, taken, |points, line| line.points = Some(Points::of(*points)));
                }
                self.subject(bands.by, node)
            }
            ScoreRuleKind::ForEach { event, .. } => {
                if self.is_absent(*event, node) {
                    return true;
                }
                let (mut counted, mut outside, mut once) = (Vec::new(), 0, 0);
                each_occurrence(plan, sheet, |at, fate| match fate {
                    Fate::Counts(worth) => {
                        counted.push(Counted { at: date_time(at), points: Some(Points::of(worth)) });
                    }
                    Fate::OutsideWindow => outside += 1,
                    Fate::CountedOnce => once += 1,
                });
                node.not_counted = not_counted([
                    (WhyNot::OutsideWindow, outside),
                    (WhyNot::CountedOnce, once),
                    (WhyNot::BeforeRestart, self.before(*event, sheet.floor)),
                ]);
                node.counted = Some(counted);
                false
            }
            ScoreRuleKind::ForEveryWithout { event, .. } => {
                if self.is_absent(*event, node) {
                    return true;
                }
                let latest = self.state.events.get(event.index()).and_then(|log| log.latest(sheet.floor));
                node.counted = Some(latest.map(|at| Counted { at: date_time(at), points: None }).into_iter().collect());
                false
            }
            ScoreRuleKind::Field(field) => self.subject(BandSubject::Field(*field), node),
            ScoreRuleKind::Score { score, .. } => self.subject(BandSubject::Score(*score), node),
        }
    }

    /// Fills in what a rule or a grade goes by; gives whether that is not known.
    fn subject(&self, by: BandSubject, node: &mut Node) -> bool {
        match by {
            BandSubject::Field(field) => {
                let Some((observed, cell)) = self.field(field) else { return false };
                node.observed.push(observed);
                node.reason = match cell {
                    crate::intake::Cell::Empty => Some(Reason::Empty),
                    crate::intake::Cell::WrongType => Some(Reason::WrongType),
                    _ => None,
                };
                node.reason.is_some()
            }
            BandSubject::Score(score) => {
                node.observed.extend(self.score(score.index()));
                node.refers_to = self
                    .judge
                    .policy
                    .scores
                    .get(score.index())
                    .map(|score| super::conditions::refers(super::DefinitionKind::Score, &score.name));
                false
            }
        }
    }

    fn is_absent(&self, event: EventId, node: &mut Node) -> bool {
        let absent = self.state.events.get(event.index()).is_some_and(|log| log.absent);
        node.reason = absent.then_some(Reason::NoLog);
        node.refers_to = self
            .judge
            .policy
            .events
            .get(event.index())
            .map(|event| super::conditions::refers(super::DefinitionKind::Event, &event.name));
        absent
    }

    /// How often an event happened before a score started again.
    fn before(&self, event: EventId, floor: Instant) -> usize {
        let log = self.state.events.get(event.index());
        log.map_or(0, |log| log.times().len() - log.between(floor, Instant::MAX).len())
    }

    /// The lines of a table, and whether a line that is unknown was passed over.
    pub fn table<T>(&self, table: &Table<T>, fill: impl Fn(&T, &mut Node)) -> (Vec<Node>, bool) {
        let outcomes: Vec<Outcome> = table.lines.iter().map(|(_, condition)| self.outcome(condition)).collect();
        let taken = outcomes.iter().position(|outcome| *outcome == Outcome::Met);
        let passed = outcomes.iter().take(taken.unwrap_or(outcomes.len())).any(|it| *it == Outcome::Unknown);
        let mut lines = Vec::new();
        for (at, (value, condition)) in table.lines.iter().enumerate() {
            let mut line = self.line(&table.spans, at, Some(at) == taken);
            line.outcome = outcomes.get(at).copied();
            line.children = vec![self.condition(condition)];
            fill(value, &mut line);
            lines.push(line);
        }
        let mut otherwise = self.line(&table.spans, table.lines.len(), taken.is_none());
        fill(&table.otherwise, &mut otherwise);
        lines.push(otherwise);
        (lines, passed)
    }

    fn bands<T>(&self, bands: &Bands<T>, taken: usize, fill: impl Fn(&T, &mut Node)) -> Vec<Node> {
        let values = bands.lines.iter().map(|(value, _)| value).chain([&bands.otherwise]);
        let lines = values.enumerate().map(|(at, value)| {
            let mut line = self.line(&bands.spans, at, at == taken);
            fill(value, &mut line);
            line
        });
        lines.collect()
    }

    fn line(&self, spans: &[Span], at: usize, taken: bool) -> Node {
        let node = spans.get(at).map(|span| self.node(*span)).unwrap_or_default();
        Node { taken: Some(taken), ..node }
    }

    /// A grade and its lines.
    pub fn grade_node(&self, at: usize, grade: &Grade) -> Node {
        let mut node = self.definition("grade", &grade.name, grade.span);
        node.grade = self.letter(at).map(Into::into);
        let fill = |letter: &String, line: &mut Node| line.grade = Some(letter.as_str().into());
        match &grade.kind {
            GradeKind::Table(table) => (node.children, _) = self.table(table, fill),
            GradeKind::Bands(bands) => {
                let taken = self.state.grades.get(at).map_or(0, |place| *place as usize);
                self.subject(bands.by, &mut node);
                node.children = self.bands(bands, taken, fill);
            }
        }
        node
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
