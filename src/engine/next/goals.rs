//! The walk backwards: what would have to change so that a condition has another outcome.
//!
//! One walk finds the next moves only. Where all parts of a group are due, it goes into the first that is not as it
//! should be; where one of several suffices, into each. The world after a move is walked again.

use std::collections::HashSet;

use super::world::View;
use crate::engine::judge::Judge;
use crate::engine::program::{Bands, Slot};
use crate::engine::reads::fields_of;
use crate::engine::truth::Outcome;
use crate::policy::{Checklist, Condition, ConditionKind, FieldRef, StageTest, Type};
use crate::source::Span;
use crate::time::Instant;

/// The outcomes that are wanted, as bits.
pub type Mask = u8;
pub const MET: Mask = 1;
pub const NOT: Mask = 2;
pub const UNKNOWN: Mask = 4;

/// Whether an outcome is among those that are wanted.
pub fn wanted(outcome: Outcome, mask: Mask) -> bool {
    let bit = match outcome {
        Outcome::Met => MET,
        Outcome::NotMet => NOT,
        Outcome::Unknown => UNKNOWN,
    };
    mask & bit != 0
}

/// The outcomes whose opposites are wanted.
pub fn opposite(mask: Mask) -> Mask {
    (mask & UNKNOWN) | (mask & MET) << 1 | (mask & NOT) >> 1
}

/// The outcomes that are wanted of a criterion's condition, where unknown is closed.
pub fn closed(mask: Mask, if_unknown: Option<bool>) -> Mask {
    match if_unknown {
        Some(true) if mask & MET != 0 => (mask & (MET | NOT)) | UNKNOWN,
        Some(false) if mask & NOT != 0 => (mask & (MET | NOT)) | UNKNOWN,
        Some(_) => mask & (MET | NOT),
        None => mask,
    }
}

/// How deep definitions that refer to each other are followed.
const DEEPEST: u32 = 150;

/// What asks for a move, to be said in the policy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A condition, or a line of a score, as it is written.
    Words(Span),
    /// The opposite of a condition.
    Not(Span),
    /// A condition is to be unknown.
    Unknown(Span),
    /// A stage is entered.
    Entry(usize),
    /// A stage is left.
    Exit(usize),
    /// A score starts again.
    Restart(usize),
    /// A stage is shut.
    Held(usize),
    /// A score has to go up (or down).
    Points(Span),
}

/// What the value of a field has to meet.
#[derive(Clone, Debug)]
pub struct Need<'a> {
    pub why: Why,
    pub kind: NeedKind<'a>,
    /// The fields that it reads.
    pub slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
pub enum NeedKind<'a> {
    /// The condition has one of these outcomes.
    Condition(&'a Condition, Mask),
    /// The table takes this line.
    Band(&'a Bands, usize),
    /// The number is from this many hundredths to that many.
    Points(Slot, i64, i64),
}

impl Need<'_> {
    /// Equal for needs that ask the same.
    pub fn key(&self) -> (Why, i64, i64) {
        match self.kind {
            NeedKind::Condition(_, mask) => (self.why, mask.into(), 0),
            NeedKind::Band(_, place) => (self.why, -1, place as i64),
            NeedKind::Points(_, low, high) => (self.why, low, high),
        }
    }
}

/// One thing that may be done.
#[derive(Clone, Debug)]
pub enum Move<'a> {
    /// Fields take other values.
    Field(Need<'a>, Vec<Slot>),
    /// A field is emptied.
    Clear(Slot, Why),
    /// An absent log becomes an empty one.
    Log(Slot, Why),
    /// An event happens. A score has to rise (or fall) by it, where one is named, from so many points.
    Event { event: usize, times: Vec<Instant>, why: Why, improves: Option<(usize, bool, i64)> },
}

/// A walk through the policy in one world.
pub struct Walk<'a, 'v> {
    pub judge: &'a Judge,
    pub view: View<'v>,
    pub moves: Vec<Move<'a>>,
    /// Where the walk could not go on.
    pub blocked: Option<Why>,
    /// Whether it stopped because definitions refer to each other too deep.
    pub cut: bool,
    seen: HashSet<(usize, Mask)>,
    pub(super) raised: HashSet<(usize, bool, i64)>,
    depth: u32,
}

impl<'a, 'v> Walk<'a, 'v> {
    pub fn new(judge: &'a Judge, view: View<'v>) -> Walk<'a, 'v> {
        let (seen, raised) = (HashSet::new(), HashSet::new());
        Walk { judge, view, moves: Vec::new(), blocked: None, cut: false, seen, raised, depth: 0 }
    }

    /// Goes one definition deeper, unless that is too deep.
    pub(super) fn deeper(&mut self, go: impl FnOnce(&mut Self)) {
        if self.depth >= DEEPEST {
            self.cut = true;
            return;
        }
        self.depth += 1;
        go(self);
        self.depth -= 1;
    }

    pub(super) fn block(&mut self, why: Why) {
        self.blocked.get_or_insert(why);
    }

    /// Finds the moves that bring a condition nearer to one of these outcomes. `own` is the score in whose rules it
    /// stands.
    pub fn condition(&mut self, condition: &'a Condition, mask: Mask, own: Option<usize>) {
        let is_new = self.seen.insert((std::ptr::from_ref(condition) as usize, mask));
        if !is_new || mask == 0 || wanted(self.view.outcome(condition), mask) {
            return;
        }
        self.deeper(|walk| walk.kind(condition, mask, own));
    }

    fn kind(&mut self, condition: &'a Condition, mask: Mask, own: Option<usize>) {
        let policy = &self.judge.policy;
        let parts = |parts: &'a [Condition]| parts.iter().collect::<Vec<_>>();
        match &condition.kind {
            ConditionKind::All(of) => self.at_least(of.len(), &parts(of), mask, own),
            ConditionKind::Any(of) => self.at_least(1, &parts(of), mask, own),
            ConditionKind::None(of) => self.at_least(1, &parts(of), opposite(mask), own),
            ConditionKind::AtLeast(count, of) => self.at_least(*count as usize, &parts(of), mask, own),
            ConditionKind::Criterion(id, met) => {
                let Some(criterion) = policy.criteria.get(id.index()) else { return };
                let mask = if *met { mask } else { opposite(mask) };
                self.condition(&criterion.condition, closed(mask, criterion.if_unknown), None);
            }
            ConditionKind::Checklist { checklist, count, including } => {
                let Some(checklist) = policy.checklists.get(checklist.index()) else { return };
                self.checklist(checklist, *count as usize, including, mask);
            }
            ConditionKind::Grade(grade, letters) => self.grade(condition, grade.index(), letters, mask),
            ConditionKind::Score(score, test) => self.score(condition, score.index(), test, mask),
            ConditionKind::Event { event, count, window } => {
                self.event(condition, (event.index(), *count, *window), mask, own);
            }
            ConditionKind::Stage(stage, test) => {
                let Some(of) = policy.stages.get(stage.index()) else { return };
                match test {
                    StageTest::PassesTest => self.condition(&of.condition, mask, None),
                    StageTest::Reached => self.stage(stage.index(), mask),
                    StageTest::NotReached => self.stage(stage.index(), opposite(mask)),
                }
            }
            _ => self.field(condition, mask),
        }
    }

    /// At least so many of the parts: with 1 `any of`, with all of them `all of`.
    fn at_least(&mut self, count: usize, parts: &[&'a Condition], mask: Mask, own: Option<usize>) {
        let outcomes: Vec<Outcome> = parts.iter().map(|part| self.view.outcome(part)).collect();
        let number = |of: Outcome| outcomes.iter().filter(|outcome| **outcome == of).count();
        let (met, unknown) = (number(Outcome::Met), number(Outcome::Unknown));
        let parts = || parts.iter().copied().zip(&outcomes);
        let not_met = met + unknown < count;
        if mask & MET != 0 {
            // Nothing stays unknown that may not: but what is not met may also become unknown, where that suffices.
            let with = if not_met && mask & UNKNOWN != 0 { MET | UNKNOWN } else { MET };
            let left = parts().filter(|(_, outcome)| !wanted(**outcome, with)).map(|(part, _)| part);
            let all = count == outcomes.len();
            left.take(if all { 1 } else { usize::MAX }).for_each(|part| self.condition(part, with, own));
        }
        if mask & NOT != 0 {
            let with = if met >= count && mask & UNKNOWN != 0 { NOT | UNKNOWN } else { NOT };
            let left = parts().filter(|(_, outcome)| !wanted(**outcome, with)).map(|(part, _)| part);
            left.take(if count == 1 { 1 } else { usize::MAX }).for_each(|part| self.condition(part, with, own));
        }
        if mask == UNKNOWN {
            let now = if not_met { Outcome::NotMet } else { Outcome::Met };
            for (part, _) in parts().filter(|(_, outcome)| **outcome == now) {
                self.condition(part, UNKNOWN, own);
            }
        }
    }

    fn checklist(&mut self, checklist: &'a Checklist, count: usize, including: &[u32], mask: Mask) {
        let items: Vec<&Condition> = checklist.items.iter().map(|(_, condition)| condition).collect();
        let musts: Vec<&Condition> = including.iter().filter_map(|at| items.get(*at as usize).copied()).collect();
        let first = musts.iter().find(|must| !wanted(self.view.outcome(must), mask)).copied();
        match first {
            Some(first) if mask & MET != 0 => self.condition(first, mask, None),
            _ => {
                if mask & MET == 0 {
                    musts.iter().for_each(|must| self.condition(must, mask, None));
                }
                self.at_least(count, &items, mask, None);
            }
        }
    }

    /// A test of fields: each of them, or two together, may take another value.
    fn field(&mut self, condition: &'a Condition, mask: Mask) {
        let mut slots: Vec<Slot> = Vec::new();
        fields_of(condition, &mut |field, _| {
            if let FieldRef::Lead(id) = field
                && let Some(slot) = self.view.slot(id)
                && !slots.contains(&slot)
            {
                slots.push(slot);
            }
        });
        let why = if mask & MET != 0 {
            Why::Words(condition.span)
        } else if mask & NOT != 0 {
            Why::Not(condition.span)
        } else {
            Why::Unknown(condition.span)
        };
        let free: Vec<Slot> = slots.iter().copied().filter(|slot| self.is_free(*slot)).collect();
        if free.is_empty() {
            self.block(why);
            return;
        }
        let need = Need { why, kind: NeedKind::Condition(condition, mask), slots };
        for slot in &free {
            self.moves.push(Move::Field(need.clone(), vec![*slot]));
        }
        // A field compared with others: where one alone is not enough, the first with each of the others, then all.
        if let [first, others @ ..] = free.as_slice() {
            for other in others {
                self.moves.push(Move::Field(need.clone(), vec![*first, *other]));
            }
            if others.len() == 2 {
                self.moves.push(Move::Field(need.clone(), free.clone()));
            }
        }
    }

    /// Whether a field may take another value by itself: a list of records may not.
    pub(super) fn is_free(&self, slot: Slot) -> bool {
        super::world::field_of(self.judge, slot).is_some_and(|field| field.ty != Type::Items)
    }
}
