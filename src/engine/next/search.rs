//! The search: worlds that lead to the fewest facts first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::bound::{Bound, FAR, Known};
use super::facts::{About, Facts, Witness};
use super::goals::{Move, NOT, Need, UNKNOWN, Walk, Why};
use super::prove::{Effect, effect, smallest};
use super::say;
use super::solve::{Solved, solve};
use super::waits;
use super::world::World;
use super::{Fact, StageNext};
use crate::engine::program::{Slot, Step};
use crate::engine::truth::Outcome;
use crate::time::Instant;

/// How many sets are shown.
const MOST_SETS: usize = 3;
/// What the search for one stage may cost, and that for all stages of a lead: judgements of a small lead.
const BUDGET: u64 = 30_000;
const BUDGET_OF_ALL: u64 = 150_000;

/// A set that reaches the stage, and what asked for each fact.
pub struct Found {
    pub facts: Facts,
    pub whys: Whys,
}

impl Found {
    /// The order of sets of one size: what a call can settle, what has to happen, what the CRM says of this very stage,
    /// and what takes time.
    fn rank(&self, stage: usize) -> u8 {
        let enters = self.whys.values().flatten().any(|why| *why == Why::Entry(stage));
        match self.facts.about().last() {
            Some(About::Wait) => 3,
            Some(About::Event(_)) if enters => 2,
            Some(About::Event(_)) => 1,
            _ => 0,
        }
    }
}

/// What asked for each fact.
pub type Whys = BTreeMap<About, Vec<Why>>;

/// A world on the way.
#[derive(Clone, Debug, Default)]
struct Node<'a> {
    facts: Facts,
    needs: Vec<Need<'a>>,
    /// The fields that take other values.
    change: BTreeSet<Slot>,
    /// Those among them that the last move is about.
    moved: Vec<Slot>,
    whys: Whys,
    improves: Option<(usize, bool, i64)>,
    depth: usize,
}

/// Stands for a world: two hashes of what it asks and changes, so that no two worlds share one.
type Key = (u64, u64);

/// So many worlds are made in the time of one judgement.
const WORLDS_A_JUDGEMENT: u64 = 4;

impl<'a> Node<'a> {
    fn cost(&self) -> usize {
        let new = self.change.iter().filter(|slot| !self.facts.values.contains_key(slot)).count();
        self.facts.len() + new
    }

    fn key(&self) -> Key {
        let mut needs: Vec<_> = self.needs.iter().map(Need::key).collect();
        needs.sort_unstable();
        let values: BTreeSet<Slot> = self.change.iter().chain(self.facts.values.keys()).copied().collect();
        let hash = |first: u8| {
            // Its keys are fixed: the same world has the same hash everywhere.
            let mut hasher = DefaultHasher::new();
            (first, &needs, &values, &self.facts.events, &self.facts.logs).hash(&mut hasher);
            hasher.finish()
        };
        (hash(0), hash(1))
    }

    /// The world after a move; none where it has been made already.
    fn after(&self, next: Move<'a>) -> Option<Node<'a>> {
        let mut node = self.clone();
        node.depth += 1;
        node.moved.clear();
        node.improves = None;
        let (about, why) = match next {
            Move::Field(need, slots) => {
                let why = need.why;
                if !node.needs.iter().any(|own| own.key() == need.key()) {
                    node.needs.push(need);
                } else if slots.iter().all(|slot| node.change.contains(slot)) {
                    return None;
                }
                node.change.extend(&slots);
                for slot in &slots {
                    node.said(About::Value(*slot), why);
                }
                node.moved = slots;
                return Some(node);
            }
            Move::Clear(slot, why) => {
                if node.facts.values.insert(slot, Witness::Empty).is_some() {
                    return None;
                }
                (About::Value(slot), why)
            }
            Move::Log(slot, why) => {
                if !node.facts.logs.insert(slot) {
                    return None;
                }
                (About::Log(slot), why)
            }
            Move::Event { event, times, why, improves } => {
                node.improves = improves;
                let all = node.facts.events.entry(event).or_default();
                all.extend(times);
                if all.len() > 2 * super::events::MOST_TIMES {
                    return None;
                }
                all.sort_unstable();
                (About::Event(event), why)
            }
        };
        node.said(about, why);
        Some(node)
    }

    fn said(&mut self, about: About, why: Why) {
        let whys = self.whys.entry(about).or_default();
        if !whys.contains(&why) {
            whys.push(why);
        }
    }
}

/// The search for one stage.
struct Search<'w, 'a> {
    world: &'w mut World<'a>,
    stage: usize,
    order: &'a [Step],
    found: Vec<Found>,
    complete: bool,
    blocked: Option<Why>,
    /// What may have been spent by the end.
    limit: u64,
}

/// What would reach a stage that is not met.
pub fn search(world: &mut World<'_>, stage: usize) -> StageNext {
    let order: &[Step] = world.plan.orders.get(stage).map_or(&[], Vec::as_slice);
    let limit = (world.spent + BUDGET).min(BUDGET_OF_ALL);
    let mut search = Search { world, stage, order, found: Vec::new(), complete: true, blocked: None, limit };
    search.from(None);
    search.waits();
    search.finish()
}

impl<'a> Search<'_, 'a> {
    fn spent(&self) -> bool {
        self.world.spent >= self.limit
    }

    /// Whether a set that is found already does with some of these facts, or with others about the same.
    fn is_more_than_found(&self, about: &[About]) -> bool {
        self.found.iter().any(|found| found.facts.about().iter().all(|one| about.contains(one)))
    }

    /// What is known of the facts that may still come to those of a world.
    fn known(&self, node: &Node<'a>) -> Known {
        let mut own = node.facts.about();
        own.extend(node.change.iter().map(|slot| About::Value(*slot)).filter(|one| !node.facts.about().contains(one)));
        let banned = self.found.iter().filter_map(|found| {
            let about = found.facts.about();
            let mut missing = about.iter().filter(|one| !own.contains(one));
            missing.next().filter(|_| missing.next().is_none()).copied()
        });
        Known { banned: banned.collect(), own }
    }

    /// The size that a set must stay below to be among the smallest.
    fn bound(&self) -> usize {
        let mut sizes: Vec<usize> = self.found.iter().map(|found| found.facts.len()).collect();
        sizes.sort_unstable();
        sizes.get(MOST_SETS - 1).copied().unwrap_or(usize::MAX)
    }

    /// Searches as of now, or of a later instant.
    fn from(&mut self, wait: Option<Instant>) {
        let judge = self.world.judge;
        let root = Node { facts: Facts { wait, ..Facts::default() }, ..Node::default() };
        let mut heap = BinaryHeap::new();
        let mut seen: HashSet<Key> = HashSet::new();
        let mut nodes = vec![Some(root)];
        heap.push(Reverse((0usize, Reverse(0usize), 0usize)));
        while let Some(Reverse((whole, _, at))) = heap.pop() {
            let Some(mut node) = nodes.get_mut(at).and_then(Option::take) else { continue };
            if whole >= self.bound() {
                return;
            }
            if self.spent() {
                self.complete = false;
                return;
            }
            if !self.fill_in(&mut node) || self.is_more_than_found(&node.facts.about()) {
                continue;
            }
            let (stage, improves) = (self.stage, node.improves);
            let known = self.known(&node);
            let support = std::mem::take(&mut self.world.support);
            let walked = self.world.with(&node.facts, self.order, |view| {
                let mut walk = Walk::new(judge, view);
                if improves.is_some_and(|(score, up, raw)| {
                    let (own, _) = view.raw(score);
                    if up { own <= raw } else { own >= raw }
                }) {
                    return None;
                }
                if view.stage(stage) != Outcome::Met {
                    walk.stage(stage, super::goals::MET);
                } else if let Some(by) = view.disqualified() {
                    let by = judge.policy.disqualifiers.get(by)?;
                    walk.condition(&by.condition, NOT | UNKNOWN, None);
                } else {
                    return Some((true, Vec::new(), None, false, 0));
                }
                let lacks = Bound::new(view, &support, &known).of_stage(stage);
                Some((false, walk.moves, walk.blocked, walk.cut, lacks))
            });
            self.world.support = support;
            let Some((reached, moves, blocked, cut, lacks)) = walked else { continue };
            if reached {
                self.reached(node);
                continue;
            }
            self.complete &= !cut;
            self.blocked = self.blocked.or(blocked);
            let whole = node.cost() + lacks as usize;
            if lacks >= FAR || whole >= self.bound() {
                continue;
            }
            self.world.spent += moves.len() as u64 / WORLDS_A_JUDGEMENT;
            for next in moves {
                let Some(child) = node.after(next) else { continue };
                let cost = child.cost();
                if cost >= self.bound() || !seen.insert(child.key()) {
                    continue;
                }
                heap.push(Reverse((cost.max(whole), Reverse(child.depth), nodes.len())));
                nodes.push(Some(child));
            }
        }
    }

    /// Gives the fields that change values that do all that is asked of them.
    fn fill_in(&mut self, node: &mut Node<'a>) -> bool {
        if node.moved.is_empty() {
            return true;
        }
        let mut solved = solve(self.world, &node.facts, &node.moved, &node.needs, self.order);
        if !matches!(solved, Solved::Values(_)) {
            // Then the fields that are asked about together with them take other values too.
            let mut together = node.moved.clone();
            let mut at = 0;
            while let Some(slot) = together.get(at).copied() {
                at += 1;
                for other in node.needs.iter().filter(|need| need.slots.contains(&slot)).flat_map(|need| &need.slots) {
                    if node.change.contains(other) && !together.contains(other) {
                        together.push(*other);
                    }
                }
            }
            if together.len() > node.moved.len() {
                solved = solve(self.world, &node.facts, &together, &node.needs, self.order);
            }
        }
        match solved {
            Solved::Values(values) => {
                node.facts.values = values;
                true
            }
            Solved::Never => {
                self.blocked = self.blocked.or(node.needs.last().map(|need| need.why));
                false
            }
            Solved::GivenUp => {
                self.complete = false;
                false
            }
        }
    }

    fn reached(&mut self, node: Node<'a>) {
        let Some((facts, certain)) = smallest(self.world, &node.facts, self.stage, self.order) else { return };
        self.complete &= certain;
        if !self.is_more_than_found(&facts.about()) {
            self.keep(Found { facts, whys: node.whys });
        }
    }

    fn keep(&mut self, new: Found) {
        let about = new.facts.about();
        self.found.retain(|found| {
            let own = found.facts.about();
            !about.iter().all(|one| own.contains(one))
        });
        self.found.push(new);
    }

    /// What time brings, alone and with other facts.
    fn waits(&mut self) {
        if self.bound() <= 1 {
            return;
        }
        let waits::Changes { rungs, found: instants, whole } = waits::changes(self.world, self.order);
        for at in instants.iter().copied() {
            let facts = Facts { wait: Some(at), ..Facts::default() };
            if effect(self.world, &facts, self.stage, self.order) == Effect::Reached {
                self.keep(Found { facts, whys: Whys::new() });
                break;
            }
        }
        for at in instants {
            if self.bound() <= 2 || self.found.iter().any(|found| found.facts.about() == [About::Wait]) {
                break;
            }
            if self.spent() {
                self.complete = false;
                break;
            }
            self.from(Some(at));
        }
        self.complete &= whole || self.found.len() >= MOST_SETS;
        for at in 0..self.found.len() {
            let Some(facts) = self.found.get(at).map(|found| found.facts.clone()) else { continue };
            let soonest = waits::soonest(self.world, &facts, self.stage, self.order, &rungs);
            if soonest != facts
                && let Some((facts, _)) = smallest(self.world, &soonest, self.stage, self.order)
                && let Some(found) = self.found.get_mut(at)
                && facts.about() == found.facts.about()
            {
                found.facts = facts;
            }
        }
    }

    fn finish(mut self) -> StageNext {
        let stage = self.stage;
        self.found.sort_by_key(|found| (found.facts.len(), found.rank(stage)));
        self.found.truncate(MOST_SETS);
        let mut sets: Vec<Vec<Fact>> = Vec::new();
        for found in &self.found {
            sets.push(say::facts(self.world, found, self.order));
        }
        if sets.is_empty() && self.complete {
            let because = say::never(self.world.judge, self.blocked, self.stage);
            sets.push(vec![Fact::Never { because }]);
        }
        StageNext { complete: self.complete, sets }
    }
}
