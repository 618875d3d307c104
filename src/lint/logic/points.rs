//! Points and grades as a search can take them apart: which lines of tables and which sums make an outcome.

use std::rc::Rc;

use super::atoms::{self, Place, happened_once};
use super::formula::{Formula, MET, Mask, NOT_MET, Node, NodeId, Sum, UNKNOWN, Want, Way};
use super::ranges::Ranges;
use super::scores::{Bounds, contribution};
use super::store::{Piece, Side, Test, VALUE, Var};
use crate::decimal::Decimal;
use crate::policy::{
    BandSubject, Bands, Bound, Compare, Condition, Grade, GradeId, GradeKind, Ordered, ScoreId, ScoreOperand,
    ScoreRuleKind, Table,
};
use crate::source::Span;

impl<'p> Formula<'p> {
    pub(super) fn grade(&mut self, id: GradeId, letters: &[String], span: Span) -> NodeId {
        let policy = self.policy;
        let Some(grade) = policy.grades.get(id.index()) else { return self.anything() };
        let (mut met, mut not_met) = (Vec::new(), Vec::new());
        for (letter, wants) in self.grade_lines(grade, span) {
            if letters.contains(letter) { met.push(wants) } else { not_met.push(wants) }
        }
        self.add(Node::Ways([met, Vec::new(), not_met]))
    }

    fn grade_lines(&mut self, grade: &'p Grade, span: Span) -> Vec<(&'p String, Vec<Want>)> {
        match &grade.kind {
            GradeKind::Table(table) => {
                let ways = self.table(table, Place::default());
                let letters = table.lines.iter().map(|(letter, _)| letter).chain([&table.otherwise]);
                letters.zip(ways).collect()
            }
            GradeKind::Bands(bands) => {
                let letters = bands.lines.iter().map(|(letter, _)| letter).chain([&bands.otherwise]);
                letters.zip(self.bands(bands, |_| span)).collect()
            }
        }
    }

    /// What must be so for each line of bands to be taken, `otherwise` last. Each line has its own words, or those of
    /// whoever asks.
    fn bands<T>(&self, bands: &Bands<T>, words: impl Fn(usize) -> Span) -> Vec<Vec<Want>> {
        let bound = |at: usize| bands.lines.get(at).map(|(_, bound)| bound);
        let line = |at: usize| {
            let (from, before, span) = (bound(at), at.checked_sub(1).and_then(bound), words(at));
            match bands.by {
                BandSubject::Score(score) => self.between(score, from, before, span, MET),
                BandSubject::Field(field) => {
                    let pieces = from.map(|from| atoms::band(field, from, before)).unwrap_or_default();
                    pieces.into_iter().map(|piece| Want::Piece(Rc::new(piece), span, MET)).collect()
                }
            }
        };
        (0..=bands.lines.len()).map(line).collect()
    }

    /// What must be so for each line of a table to be taken, `otherwise` last.
    pub fn table<T>(&mut self, table: &'p Table<T>, place: Place) -> Vec<Vec<Want>> {
        let nodes: Vec<NodeId> = table.lines.iter().map(|(_, line)| self.condition_in(line, place)).collect();
        (0..=nodes.len())
            .map(|at| {
                let before = nodes.iter().take(at).map(|node| Want::Node(*node, NOT_MET | UNKNOWN));
                nodes.get(at).map(|node| Want::Node(*node, MET)).into_iter().chain(before).collect()
            })
            .collect()
    }

    /// That a score reaches one bound, and not the one before.
    pub fn between(
        &self,
        score: ScoreId,
        from: Option<&Bound>,
        before: Option<&Bound>,
        span: Span,
        mask: Mask,
    ) -> Vec<Want> {
        let number = |bound: &Bound| match bound {
            Bound::Number(number) => Some(*number),
            Bound::Money(_) => None,
        };
        let mut wants = Vec::new();
        if let Some(low) = from.and_then(number) {
            wants.extend(self.compared(score, Compare::AtLeast, low, span, mask));
        }
        if let Some(high) = before.and_then(number) {
            wants.extend(self.compared(score, Compare::LessThan, high, span, mask));
        }
        wants
    }

    /// What must be so for a score to stand to a number of points in this order.
    fn compared(&self, score: ScoreId, compare: Compare, points: Decimal, span: Span, mask: Mask) -> Vec<Want> {
        let ranges = match compare {
            Compare::Equal => Ranges::only(points),
            Compare::NotEqual => Ranges::only(points).opposite(),
            Compare::AtLeast => Ranges::from(points),
            Compare::AtMost => Ranges::up_to(points),
            Compare::MoreThan => Ranges::above(points),
            Compare::LessThan => Ranges::below(points),
        };
        let piece =
            Piece { var: Var::Score(score), presence: VALUE, test: Some((Side::Main, Test::Number(ranges, false))) };
        let mut wants = vec![Want::Piece(Rc::new(piece), span, mask)];
        let Some(it) = self.policy.scores.get(score.index()) else { return wants };
        // The bound in hundredths, as near as whole ones come to it without excluding what it allows.
        let (floor, exact) = match points.hundredths() {
            Some(points) => (points, true),
            None => match points.rounded_hundredths() {
                Some(near) => {
                    let above = Decimal::new(near, -2).is_some_and(|rounded| rounded > points);
                    (if above { near - 1 } else { near }, false)
                }
                None => return wants,
            },
        };
        let ceiling = if exact { floor } else { floor + 1 };
        let mut sum = |at_least: bool, points: i64| {
            let settled = match at_least {
                true => it.never_below.is_some_and(|low| low >= points),
                false => it.never_above.is_some_and(|high| high <= points),
            };
            let need = if at_least { points - it.starts_at } else { it.starts_at - points };
            if !settled {
                wants.push(Want::Sum(Rc::new(Sum { score, at_least, need, next: 0, span })));
            }
        };
        match compare {
            Compare::Equal => {
                sum(true, ceiling);
                sum(false, floor);
            }
            Compare::NotEqual => {}
            Compare::AtLeast => sum(true, ceiling),
            Compare::MoreThan => sum(true, floor + 1),
            Compare::AtMost => sum(false, floor),
            Compare::LessThan => sum(false, if exact { floor - 1 } else { floor }),
        }
        wants
    }

    pub(super) fn score(&mut self, score: ScoreId, test: &Ordered<ScoreOperand>, condition: &'p Condition) -> NodeId {
        let points = |operand: &ScoreOperand| match operand {
            ScoreOperand::Points(points) => Some(*points),
            _ => None,
        };
        let span = condition.span;
        let of = |compare: Compare, value: Decimal, mask: Mask| self.compared(score, compare, value, span, mask);
        let ways = match test {
            Ordered::Compare(compare, operand) => points(operand).map(|value| {
                let side = |compare: Compare, mask: Mask| match compare {
                    Compare::NotEqual => vec![of(Compare::LessThan, value, mask), of(Compare::MoreThan, value, mask)],
                    other => vec![of(other, value, mask)],
                };
                (side(*compare, MET), side(opposite(*compare), NOT_MET))
            }),
            Ordered::Between(low, high) => points(low).zip(points(high)).map(|(low, high)| {
                let mut within = of(Compare::AtLeast, low, MET);
                within.extend(of(Compare::AtMost, high, MET));
                (vec![within], vec![of(Compare::LessThan, low, NOT_MET), of(Compare::MoreThan, high, NOT_MET)])
            }),
        };
        match ways {
            Some((met, not_met)) => self.add(Node::Ways([met, Vec::new(), not_met])),
            None => self.anything(),
        }
    }

    /// The ways in which each rule of a score may come out.
    pub(super) fn rules(&mut self, id: ScoreId) -> Rc<Vec<Vec<Way>>> {
        if let Some(rules) = self.rules.get(&id) {
            return Rc::clone(rules);
        }
        let policy = self.policy;
        let mut rules = Vec::new();
        for rule in policy.scores.get(id.index()).map(|score| score.rules.as_slice()).unwrap_or_default() {
            let whole =
                contribution(policy, &crate::policy::ScoreRule { condition: None, ..rule.clone() }, &mut |score| {
                    self.bounds_at(score)
                });
            let signed = |points: i64| {
                let points = Bounds { least: points, most: points };
                let capped = rule.at_most.map_or(points, |cap| points.capped(cap));
                if rule.remove { capped.turned() } else { capped }
            };
            let restarts = policy.scores.get(id.index()).is_some_and(|score| !score.starts_again.is_empty());
            let place = Place { list: None, score: restarts.then_some(id) };
            let nothing = || Way { points: signed(0), wants: Vec::new() };
            let mut ways = match &rule.kind {
                ScoreRuleKind::Table(table) => {
                    let points = table.lines.iter().map(|(points, _)| *points).chain([table.otherwise]);
                    let ways = self.table(table, place);
                    points.zip(ways).map(|(points, wants)| Way { points: signed(points), wants }).collect()
                }
                ScoreRuleKind::Bands(bands) => {
                    let points = bands.lines.iter().map(|(points, _)| *points).chain([bands.otherwise]);
                    let ways = self.bands(bands, |at| bands.spans.get(at).copied().unwrap_or(rule.span));
                    points.zip(ways).map(|(points, wants)| Way { points: signed(points), wants }).collect()
                }
                ScoreRuleKind::ForEach { event, .. } | ScoreRuleKind::ForEveryWithout { event, .. } => {
                    let pieces = happened_once(policy, *event, place.score);
                    let wants = pieces.into_iter().map(|piece| Want::Piece(Rc::new(piece), rule.span, MET)).collect();
                    vec![Way { points: whole, wants }, nothing()]
                }
                _ => vec![Way { points: whole, wants: Vec::new() }],
            };
            if let Some(condition) = &rule.condition {
                let node = self.condition_in(condition, place);
                ways.iter_mut().for_each(|way| way.wants.push(Want::Node(node, MET)));
                ways.push(Way { points: signed(0), wants: vec![Want::Node(node, NOT_MET | UNKNOWN)] });
            }
            rules.push(ways);
        }
        let rules = Rc::new(rules);
        self.rules.insert(id, Rc::clone(&rules));
        rules
    }
}

fn opposite(compare: Compare) -> Compare {
    match compare {
        Compare::Equal => Compare::NotEqual,
        Compare::NotEqual => Compare::Equal,
        Compare::AtLeast => Compare::LessThan,
        Compare::AtMost => Compare::MoreThan,
        Compare::MoreThan => Compare::AtMost,
        Compare::LessThan => Compare::AtLeast,
    }
}
