//! How many facts a world lacks at least: worlds that lack too many are never walked from.
//!
//! What stands in the way is looked at as if each fact did all that one about the same could do. So the bound is never
//! more than what is lacking, and a search that leaves out what lies beyond the sets it knows leaves out no set.

use std::collections::HashMap;

use super::facts::About;
use super::goals::{MET, Mask, NOT, UNKNOWN, closed, opposite, wanted};
use super::scores::{failing, holding, stretch};
use super::support::Support;
use super::world::View;
use crate::decimal::Decimal;
use crate::engine::program::{Bands, BandsBy, GradeKind, RuleKind};
use crate::policy::{Checklist, Condition, ConditionKind, Count, Ordered, ScoreOperand, StageTest};
use crate::time::Instant;

/// More than any number of facts: what is as far as this cannot be reached.
pub const FAR: u32 = 1_000_000;
const DEEPEST: u32 = 150;

/// How many facts are lacking at least, and what they may be about: a bit for each, which some may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lack {
    least: u32,
    about: u128,
}

impl Lack {
    const NONE: Lack = Lack { least: 0, about: 0 };
    const NO_WAY: Lack = Lack { least: FAR, about: 0 };

    /// Whichever is less.
    fn or(self, other: Lack) -> Lack {
        match (self.least, other.least) {
            (FAR.., _) => other,
            (_, FAR..) => self,
            (own, of) => Lack { least: own.min(of), about: self.about | other.about },
        }
    }
}

/// What a search knows that bounds what is worth looking at.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What the facts of this world are about: another fact about the same is no further one.
    pub own: Vec<About>,
    /// What would make of them a set that is known already.
    pub banned: Vec<About>,
}

/// The bound for one world.
pub struct Bound<'v, 'k> {
    view: View<'v>,
    support: &'k Support,
    known: &'k Known,
    lacks: HashMap<(usize, Mask), Lack>,
    depth: u32,
}

impl<'v, 'k> Bound<'v, 'k> {
    pub fn new(view: View<'v>, support: &'k Support, known: &'k Known) -> Bound<'v, 'k> {
        Bound { view, support, known, lacks: HashMap::new(), depth: 0 }
    }

    /// How many facts are lacking at least until a stage is met.
    pub fn of_stage(&mut self, at: usize) -> u32 {
        self.stage(at).least
    }

    fn stage(&mut self, at: usize) -> Lack {
        if wanted(self.view.stage(at), MET) {
            return Lack::NONE;
        }
        let (judge, view) = (self.view.judge, self.view);
        let (Some(stage), Some(plan)) = (judge.policy.stages.get(at), judge.program.stages.get(at)) else {
            return Lack::NO_WAY;
        };
        let state = view.state.stages.get(at).copied().unwrap_or_default();
        let moved = state.by_log || state.held_since.is_some();
        let exits = plan.left.iter().flat_map(|(events, _)| events).filter(|_| moved);
        let by_event = self.any(plan.entered.iter().chain(exits).flat_map(|event| self.support.event(*event)));
        if state.held_since.is_some() { by_event } else { by_event.or(self.of(&stage.condition, MET)) }
    }

    /// One of these does, as far as is known.
    fn any<'s>(&self, about: impl IntoIterator<Item = &'s About>) -> Lack {
        let mut lack = Lack::NO_WAY;
        for one in about {
            if self.known.own.contains(one) {
                return Lack::NONE;
            }
            if !self.known.banned.contains(one) {
                lack = lack.or(Lack { least: 1, about: bit(*one) });
            }
        }
        lack
    }

    fn of(&mut self, condition: &'v Condition, mask: Mask) -> Lack {
        if mask == 0 {
            return Lack::NO_WAY;
        }
        if wanted(self.view.outcome(condition), mask) {
            return Lack::NONE;
        }
        let key = (std::ptr::from_ref(condition) as usize, mask);
        if let Some(lack) = self.lacks.get(&key) {
            return *lack;
        }
        if self.depth >= DEEPEST {
            return Lack::NONE;
        }
        self.depth += 1;
        let lack = self.kind(condition, mask);
        self.depth -= 1;
        self.lacks.insert(key, lack);
        lack
    }

    fn kind(&mut self, condition: &'v Condition, mask: Mask) -> Lack {
        let policy = &self.view.judge.policy;
        match &condition.kind {
            ConditionKind::All(parts) => self.count(parts.len(), parts.iter(), mask),
            ConditionKind::Any(parts) => self.count(1, parts.iter(), mask),
            ConditionKind::None(parts) => self.count(1, parts.iter(), opposite(mask)),
            ConditionKind::AtLeast(count, parts) => self.count(*count as usize, parts.iter(), mask),
            ConditionKind::Criterion(id, met) => {
                let Some(criterion) = policy.criteria.get(id.index()) else { return Lack::NO_WAY };
                let mask = if *met { mask } else { opposite(mask) };
                self.of(&criterion.condition, closed(mask, criterion.if_unknown))
            }
            ConditionKind::Checklist { checklist, count, including } => {
                let Some(of) = policy.checklists.get(checklist.index()) else { return Lack::NO_WAY };
                self.checklist(of, *count as usize, including, mask)
            }
            ConditionKind::Stage(stage, test) => {
                let Some(of) = policy.stages.get(stage.index()) else { return Lack::NO_WAY };
                match test {
                    StageTest::PassesTest => self.of(&of.condition, mask),
                    StageTest::Reached if mask == MET => self.stage(stage.index()),
                    _ => self.whatever(condition),
                }
            }
            ConditionKind::Score(score, Ordered::Compare(compare, ScoreOperand::Points(points))) => {
                self.compared(score.index(), &Ordered::Compare(*compare, *points), mask)
            }
            ConditionKind::Score(score, Ordered::Between(ScoreOperand::Points(low), ScoreOperand::Points(high))) => {
                self.compared(score.index(), &Ordered::Between(*low, *high), mask)
            }
            ConditionKind::Event { event, count, .. } if mask & !UNKNOWN == MET => {
                self.event(condition, event.index(), *count, mask)
            }
            ConditionKind::Grade(grade, letters) => self.grade(condition, grade.index(), letters, mask),
            _ => self.whatever(condition),
        }
    }

    /// Something of all that a condition depends on.
    fn whatever(&self, condition: &Condition) -> Lack {
        self.any(self.support.step(self.view.step(condition)))
    }

    /// Where too few have happened ever, no other event helps.
    fn event(&self, condition: &Condition, event: usize, count: Count, mask: Mask) -> Lack {
        let due = match count {
            Count::AtLeast(n) | Count::OnDays(n) | Count::Exactly(n) => n as usize,
            Count::AtMost(_) => 0,
        };
        let ever = self.view.log(event).map_or(0, |log| log.between(Instant::MIN, self.view.now()).len());
        if mask == MET && ever < due {
            let moved = self.view.judge.program.events.get(event).filter(|plan| !plan.from_list);
            return self.any([About::Event(event)].iter().chain(moved.map(|plan| About::Value(plan.slot)).as_ref()));
        }
        self.whatever(condition)
    }

    fn checklist(&mut self, checklist: &'v Checklist, count: usize, including: &[u32], mask: Mask) -> Lack {
        let items = || checklist.items.iter().map(|(_, condition)| condition);
        let counted = self.count(count, items(), mask);
        if mask != MET {
            let musts = including.iter().filter_map(|at| items().nth(*at as usize));
            return musts.fold(counted, |lack, must| lack.or(self.of(must, mask)));
        }
        let lacks: Vec<Lack> =
            including.iter().filter_map(|at| items().nth(*at as usize)).map(|must| self.of(must, MET)).collect();
        let musts = all(&lacks);
        Lack { least: counted.least.max(musts.least), about: counted.about | musts.about }
    }

    /// At least so many of the parts.
    fn count(&mut self, count: usize, parts: impl Iterator<Item = &'v Condition> + Clone, mask: Mask) -> Lack {
        let mut lack = Lack::NO_WAY;
        let either = mask & UNKNOWN;
        for (wanted, due) in [(MET, count), (NOT, (parts.clone().count() + 1).saturating_sub(count))] {
            if mask & wanted != 0 {
                let lacks: Vec<Lack> = parts.clone().map(|part| self.of(part, wanted | either)).collect();
                lack = lack.or(some(due, &lacks));
            }
        }
        if mask == UNKNOWN {
            let lacks: Vec<Lack> = parts.map(|part| self.of(part, UNKNOWN)).collect();
            lack = lack.or(some(1, &lacks));
        }
        lack
    }

    fn compared(&mut self, score: usize, test: &Ordered<Decimal>, mask: Mask) -> Lack {
        let mut stretches = Vec::new();
        if mask & MET != 0 {
            stretches.extend(holding(test));
        }
        if mask & NOT != 0 {
            stretches.extend(failing(test));
        }
        stretches.into_iter().fold(Lack::NO_WAY, |lack, (low, high)| lack.or(self.points(score, low, high)))
    }

    fn grade(&mut self, condition: &Condition, at: usize, letters: &[String], mask: Mask) -> Lack {
        let Some(plan) = self.view.judge.program.grades.get(at) else { return Lack::NO_WAY };
        let GradeKind::Bands(bands @ Bands { by: BandsBy::Score(score), .. }) = &plan.kind else {
            return self.whatever(condition);
        };
        let mut lack = Lack::NO_WAY;
        for (place, letter) in plan.letters.iter().enumerate() {
            if mask & (if letters.contains(letter) { MET } else { NOT }) != 0 {
                let (low, high) = stretch(bands, place);
                lack = lack.or(self.points(*score, low, high));
            }
        }
        lack
    }

    /// A score from this many hundredths to that many: facts about one thing move at most the rules that ask about it.
    fn points(&self, score: usize, low: i64, high: i64) -> Lack {
        let view = self.view;
        let Some(plan) = view.judge.program.scores.get(score) else { return Lack::NO_WAY };
        let own = view.state.scores.get(score).copied().unwrap_or_default();
        if low <= own && own <= high {
            return Lack::NONE;
        }
        let up = own < low;
        if low > high || (up && plan.never_above < low) || (!up && plan.never_below > high) {
            return Lack::NO_WAY;
        }
        let (raw, sums) = view.raw(score);
        let mut by = i128::from(if up { low } else { high }) - i128::from(raw);
        by = if up { by } else { -by };
        let mut gains: HashMap<About, i128> = HashMap::new();
        for (at, (rule, sum)) in plan.rules.iter().zip(sums).enumerate() {
            let (least, most) = range(&rule.kind, rule.condition.is_some(), rule.at_most);
            let gain = if up != rule.remove { most - i128::from(sum) } else { i128::from(sum) - least };
            if gain > 0 {
                let about = self.support.rule(score, at);
                about.iter().for_each(|about| *gains.entry(*about).or_default() += gain);
            }
        }
        for event in &plan.starts_again {
            let about = self.support.event(*event);
            about.iter().for_each(|about| *gains.entry(*about).or_default() += i128::from(i64::MAX));
        }
        let mut lack = Lack { least: 0, about: 0 };
        let mut others = Vec::new();
        for (about, gain) in gains {
            if self.known.own.contains(&about) {
                by -= gain;
            } else if !self.known.banned.contains(&about) {
                lack.about |= bit(about);
                others.push(gain);
            }
        }
        others.sort_unstable();
        while by > 0 {
            let Some(gain) = others.pop() else { return Lack::NO_WAY };
            by -= gain;
            lack.least += 1;
        }
        lack
    }
}

/// The least and the most that a rule can come to.
fn range(kind: &RuleKind, gated: bool, at_most: i64) -> (i128, i128) {
    let at_most = i128::from(at_most);
    let of = |points: &mut dyn Iterator<Item = i64>| {
        let all: Vec<i128> = points.map(i128::from).chain(gated.then_some(0)).collect();
        (all.iter().copied().min().unwrap_or(0), all.iter().copied().max().unwrap_or(0))
    };
    let (least, most) = match kind {
        RuleKind::Points(points) => of(&mut [0, *points].into_iter()),
        RuleKind::Table(lines, otherwise) => of(&mut lines.iter().map(|(points, _)| *points).chain([*otherwise])),
        RuleKind::Bands(_, points) => of(&mut points.iter().copied()),
        RuleKind::ForEach { .. } | RuleKind::ForEveryWithout { .. } => (0, i128::from(i64::MAX)),
        RuleKind::Field(_) | RuleKind::Score { .. } => (-i128::from(i64::MAX), i128::from(i64::MAX)),
    };
    (least.min(at_most), most.min(at_most))
}

/// So many of the parts, where those that one fact may serve count as one.
fn some(count: usize, lacks: &[Lack]) -> Lack {
    if count == lacks.len() {
        return all(lacks);
    }
    let ways: Vec<Lack> = lacks.iter().copied().filter(|lack| lack.least < FAR).collect();
    let about = ways.iter().fold(0, |about, lack| about | lack.about);
    // What shares something comes together.
    let mut groups: Vec<(u128, Vec<u32>)> = Vec::new();
    for lack in &ways {
        let (mut bits, mut leasts) = (lack.about, vec![lack.least]);
        groups.retain(|(of, own)| {
            let apart = of & lack.about == 0;
            if !apart {
                bits |= of;
                leasts.extend(own);
            }
            apart
        });
        groups.push((bits, leasts));
    }
    let mut cheapest = vec![FAR; count + 1];
    cheapest.first_mut().into_iter().for_each(|none| *none = 0);
    for (_, mut leasts) in groups {
        leasts.sort_unstable();
        let before = cheapest.clone();
        for (more, least) in leasts.iter().enumerate() {
            for (had, spent) in before.iter().enumerate() {
                if let Some(place) = cheapest.get_mut((had + more + 1).min(count)) {
                    *place = (*place).min(spent.saturating_add(*least));
                }
            }
        }
    }
    let least = cheapest.last().copied().unwrap_or(FAR).min(FAR);
    if least < FAR { Lack { least, about } } else { Lack::NO_WAY }
}

/// All parts: those that can share no fact add up.
fn all(lacks: &[Lack]) -> Lack {
    let mut lacks = lacks.to_vec();
    lacks.sort_by_key(|lack| std::cmp::Reverse(lack.least));
    let mut sum = Lack::NONE;
    let mut apart: u128 = 0;
    for lack in lacks {
        if lack.least >= FAR {
            return Lack::NO_WAY;
        }
        if apart & lack.about == 0 {
            sum.least += lack.least;
            apart |= lack.about;
        }
        sum.about |= lack.about;
    }
    sum
}

fn bit(about: About) -> u128 {
    let place = match about {
        About::Value(slot) | About::Log(slot) => slot,
        About::Event(event) => 127 - event % 128,
        About::Wait => 0,
    };
    1 << (place % 128)
}
