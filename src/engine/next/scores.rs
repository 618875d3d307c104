//! Comparisons of scores, and grades: which points are wanted.

use super::goals::{MET, Mask, Move, NOT, Need, NeedKind, UNKNOWN, Walk, Why};
use crate::decimal::Decimal;
use crate::engine::program::{Bands, BandsBy, GradeKind};
use crate::engine::score::points;
use crate::intake::Cell;
use crate::policy::{self, Bound, Compare, Condition, Ordered, ScoreOperand};
use crate::source::Span;

/// Points beyond these are none that a score can have.
const MOST: i64 = 1_000_000_000_000_000_000;

/// The hundredths at or below a number of points.
pub fn floor(number: Decimal) -> i64 {
    let near = number.rounded_hundredths().unwrap_or(if number.is_negative() { -MOST } else { MOST });
    if points(near).is_some_and(|near| near > number) { near - 1 } else { near }
}

/// The hundredths at or above a number of points.
pub fn ceiling(number: Decimal) -> i64 {
    let near = number.rounded_hundredths().unwrap_or(if number.is_negative() { -MOST } else { MOST });
    if points(near).is_some_and(|near| near < number) { near + 1 } else { near }
}

/// The hundredths that hold a comparison, as stretches.
pub fn holding(test: &Ordered<Decimal>) -> Vec<(i64, i64)> {
    match test {
        Ordered::Between(low, high) => vec![(ceiling(*low), floor(*high))],
        Ordered::Compare(compare, with) => {
            let (below, above) = (ceiling(*with) - 1, floor(*with) + 1);
            match compare {
                Compare::Equal => vec![(ceiling(*with), floor(*with))],
                Compare::NotEqual => vec![(-MOST, below), (above, MOST)],
                Compare::AtLeast => vec![(ceiling(*with), MOST)],
                Compare::AtMost => vec![(-MOST, floor(*with))],
                Compare::MoreThan => vec![(above, MOST)],
                Compare::LessThan => vec![(-MOST, below)],
            }
        }
    }
}

/// The hundredths that fail it.
pub fn failing(test: &Ordered<Decimal>) -> Vec<(i64, i64)> {
    match test {
        Ordered::Between(low, high) => vec![(-MOST, ceiling(*low) - 1), (floor(*high) + 1, MOST)],
        Ordered::Compare(compare, with) => {
            let compare = match compare {
                Compare::Equal => Compare::NotEqual,
                Compare::NotEqual => Compare::Equal,
                Compare::AtLeast => Compare::LessThan,
                Compare::AtMost => Compare::MoreThan,
                Compare::MoreThan => Compare::AtMost,
                Compare::LessThan => Compare::AtLeast,
            };
            holding(&Ordered::Compare(compare, *with))
        }
    }
}

/// The hundredths of a score for which a table takes this line.
pub fn stretch(bands: &Bands, place: usize) -> (i64, i64) {
    let bound = |at: usize| match bands.bounds.get(at) {
        Some(Bound::Number(number)) => Some(ceiling(*number)),
        _ => None,
    };
    (bound(place).unwrap_or(-MOST), place.checked_sub(1).and_then(bound).map_or(MOST, |bound| bound - 1))
}

impl<'a> Walk<'a, '_> {
    /// The points of a score now, in hundredths.
    pub(super) fn points(&self, score: usize) -> i64 {
        self.view.state.scores.get(score).copied().unwrap_or_default()
    }

    /// Moves for a comparison of a score.
    pub(super) fn score(
        &mut self,
        condition: &'a Condition,
        score: usize,
        test: &'a Ordered<ScoreOperand>,
        mask: Mask,
    ) {
        let before = self.moves.len();
        let value = |operand: &ScoreOperand| match operand {
            ScoreOperand::Points(points) => Some(*points),
            ScoreOperand::Score(other) => points(self.points(other.index())),
            ScoreOperand::Field(field) => match self.view.slot(*field).map(|slot| self.view.cell(slot)) {
                Some(Cell::Number(number)) => Some(number),
                _ => None,
            },
        };
        let known = match test {
            Ordered::Compare(compare, with) => value(with).map(|with| Ordered::Compare(*compare, with)),
            Ordered::Between(low, high) => value(low).zip(value(high)).map(|(low, high)| Ordered::Between(low, high)),
        };
        if let Some(known) = known {
            let mut stretches = Vec::new();
            if mask & MET != 0 {
                stretches.extend(holding(&known));
            }
            if mask & NOT != 0 {
                stretches.extend(failing(&known));
            }
            for (low, high) in stretches {
                self.reach(score, low, high, condition.span);
                let own = self.points(score);
                if let Ordered::Compare(_, ScoreOperand::Score(other)) = test {
                    // The other score may come to meet this one.
                    let distance = if own < low { own - low } else { own - high };
                    let there = self.points(other.index()).saturating_add(distance);
                    self.reach(other.index(), there, there, condition.span);
                }
            }
        }
        let operands = match test {
            Ordered::Compare(_, with) => vec![with],
            Ordered::Between(low, high) => vec![low, high],
        };
        let fields = operands.into_iter().filter_map(|operand| match operand {
            ScoreOperand::Field(field) => self.view.slot(*field),
            _ => None,
        });
        let slots: Vec<usize> = fields.filter(|slot| self.is_free(*slot)).collect();
        let why = if mask & MET != 0 { Why::Words(condition.span) } else { Why::Not(condition.span) };
        if !slots.is_empty() {
            let need = Need { why, kind: NeedKind::Condition(condition, mask), slots: slots.clone() };
            slots.iter().for_each(|slot| self.moves.push(Move::Field(need.clone(), vec![*slot])));
            if slots.len() > 1 {
                self.moves.push(Move::Field(need, slots));
            }
        }
        if self.moves.len() == before {
            self.block(why);
        }
    }

    /// Moves that bring a score between these bounds.
    pub(super) fn reach(&mut self, score: usize, low: i64, high: i64, span: Span) {
        let own = self.points(score);
        if low > high {
            return;
        }
        if own < low {
            self.raise(score, true, low, span);
        } else if own > high {
            self.raise(score, false, high, span);
        }
    }

    /// Moves for `grade "fit" is one of "A", "B"`.
    pub(super) fn grade(&mut self, condition: &'a Condition, at: usize, letters: &[String], mask: Mask) {
        let judge = self.judge;
        let (Some(plan), Some(grade)) = (judge.program.grades.get(at), judge.policy.grades.get(at)) else { return };
        let why = if mask & MET != 0 { Why::Words(condition.span) } else { Why::Not(condition.span) };
        let before = self.moves.len();
        let asked = (mask & MET != 0, mask & NOT != 0);
        let places = plan.letters.iter().enumerate().filter(|(_, letter)| {
            let among = letters.contains(letter);
            (among && asked.0) || (!among && asked.1)
        });
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let now = self.view.state.grades.get(at).map_or(0, |place| *place as usize);
        match (&plan.kind, &grade.kind) {
            (GradeKind::Bands(bands), policy::GradeKind::Bands(words)) => {
                for place in places {
                    self.band(bands, now, place, words.spans.get(place).copied().unwrap_or(condition.span));
                }
            }
            (GradeKind::Table(_), policy::GradeKind::Table(table)) => {
                for place in places {
                    self.table_line(&table.lines, now, place, None);
                }
            }
            _ => {}
        }
        if self.moves.len() == before {
            self.block(why);
        }
    }

    /// Moves that let a table take another line.
    pub(super) fn table_line<T>(&mut self, lines: &'a [(T, Condition)], now: usize, place: usize, own: Option<usize>) {
        if place == now {
            return;
        }
        if let Some((_, line)) = lines.get(place) {
            self.condition(line, MET, own);
        }
        if let Some((_, taken)) = lines.get(now).filter(|_| now < place) {
            self.condition(taken, NOT | UNKNOWN, own);
        }
    }

    /// Moves that let a table of bands take another line.
    pub(super) fn band(&mut self, bands: &'a Bands, now: usize, place: usize, span: Span) {
        if place == now {
            return;
        }
        match bands.by {
            BandsBy::Slot(slot) if self.is_free(slot) => {
                let need = Need { why: Why::Words(span), kind: NeedKind::Band(bands, place), slots: vec![slot] };
                self.moves.push(Move::Field(need, vec![slot]));
            }
            BandsBy::Slot(_) => {}
            BandsBy::Score(score) => {
                let (low, high) = stretch(bands, place);
                self.reach(score, low, high, span);
            }
        }
    }
}
