//! The search: can all of this be so at once?
//!
//! What has one way is done at once; where there are several, one after another is tried. A way that fails names the
//! choices that it failed for, so that choices which had no part in it are not tried in another way.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::atoms;
use super::formula::{Formula, MET, Mask, NOT_MET, Node, NodeId, Sum, UNKNOWN, Want};
use super::scores::add;
use super::store::{Piece, Var, refuted};
use crate::source::Span;

/// Why something cannot be: the words that together rule it out, and the outcomes that were asked of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// In the order of the files.
    pub because: BTreeSet<(Span, Mask)>,
}

/// So many choices deep goes the search.
const MOST_CHOICES: u32 = 300;
/// So many things are asked of values for one question.
const MOST_STEPS: usize = 4_000;

/// A proof that not all of this can be so at once; none where there is none, or it was not found within the budget.
pub fn refute(formula: &mut Formula<'_>, wants: &[Want], budget: &mut usize) -> Option<Proof> {
    let mut search =
        Search { formula, values: HashMap::new(), trail: Vec::new(), left: MOST_STEPS.min(*budget), choice: 0 };
    let before = search.left;
    let mut pending = Pending::default();
    pending.take(wants.iter().cloned(), 0);
    let found = search.solve(pending);
    *budget = budget.saturating_sub(before - search.left);
    match found {
        Found::Refuted(core) => Some(Proof { because: core.because }),
        Found::Possible | Found::GaveUp => None,
    }
}

/// The choices and words that something failed for.
#[derive(Clone, Debug, Default)]
struct Core {
    choices: BTreeSet<u32>,
    because: BTreeSet<(Span, Mask)>,
}

enum Found {
    Possible,
    Refuted(Core),
    GaveUp,
}

/// At least so many of several ways, each of which is several wants. The choice that asks for it.
#[derive(Clone)]
struct Choice {
    count: usize,
    ways: Rc<Vec<Vec<Want>>>,
    /// The first way that is left.
    from: usize,
    by: u32,
}

#[derive(Clone, Default)]
struct Pending {
    wants: Vec<(Want, u32)>,
    choices: Vec<Choice>,
    sums: Vec<(Rc<Sum>, u32)>,
}

impl Pending {
    fn take(&mut self, wants: impl IntoIterator<Item = Want>, by: u32) {
        self.wants.extend(wants.into_iter().map(|want| (want, by)));
    }
}

struct Entry {
    piece: Rc<Piece>,
    span: Span,
    mask: Mask,
    by: u32,
}

struct Search<'a, 'p> {
    formula: &'a mut Formula<'p>,
    values: HashMap<Var, Vec<Entry>>,
    trail: Vec<Var>,
    left: usize,
    choice: u32,
}

impl Search<'_, '_> {
    fn solve(&mut self, mut pending: Pending) -> Found {
        while let Some((want, by)) = pending.wants.pop() {
            if self.left == 0 {
                return Found::GaveUp;
            }
            self.left -= 1;
            let failed = match want {
                Want::Piece(piece, span, mask) => self.assert(Entry { piece, span, mask, by }),
                Want::Sum(sum) => {
                    pending.sums.push((sum, by));
                    None
                }
                Want::Node(node, mask) => self.open(node, mask, by, &mut pending),
            };
            if let Some(core) = failed {
                return Found::Refuted(core);
            }
        }
        let fewest = (0..pending.choices.len()).min_by_key(|at| {
            pending.choices.get(*at).map_or(usize::MAX, |it| (it.ways.len() - it.from).saturating_sub(it.count))
        });
        if let Some(at) = fewest {
            let choice = pending.choices.swap_remove(at);
            return self.choose(&choice, &pending);
        }
        match pending.sums.pop() {
            Some((sum, by)) => self.sum(&sum, by, &pending),
            None => Found::Possible,
        }
    }

    /// Takes a condition apart.
    fn open(&mut self, id: NodeId, mask: Mask, by: u32, pending: &mut Pending) -> Option<Core> {
        if mask & (MET | UNKNOWN | NOT_MET) == MET | UNKNOWN | NOT_MET {
            return None;
        }
        let never = || Some(Core { choices: BTreeSet::from([by]), ..Core::default() });
        match self.formula.node(id)? {
            Node::Leaf(condition, place) => {
                let span = condition.span;
                for piece in atoms::pieces(self.formula.policy, condition, *place, mask) {
                    let failed = self.assert(Entry { piece: Rc::new(piece), span, mask, by });
                    if failed.is_some() {
                        return failed;
                    }
                }
            }
            Node::Not(part) => pending.take([Want::Node(*part, Formula::turned(mask))], by),
            Node::IfUnknown(part, met) => {
                let treated = if *met { MET } else { NOT_MET };
                let inner = (mask & !UNKNOWN) | if mask & treated != 0 { UNKNOWN } else { 0 };
                if inner == 0 {
                    return never();
                }
                pending.take([Want::Node(*part, inner)], by);
            }
            Node::Count(count, parts) => {
                let (count, all) = (*count, parts.len());
                // At least `count` parts come out so, or so many that `count` cannot.
                let at_least = |mask: Mask| (count, mask);
                let too_few = |mask: Mask| ((all + 1).saturating_sub(count), mask);
                let asked: Vec<(usize, Mask)> = match mask {
                    MET => vec![at_least(MET)],
                    NOT_MET => vec![too_few(NOT_MET)],
                    UNKNOWN => vec![at_least(MET | UNKNOWN), too_few(NOT_MET | UNKNOWN)],
                    _ if mask == MET | UNKNOWN => vec![at_least(MET | UNKNOWN)],
                    _ if mask == NOT_MET | UNKNOWN => vec![too_few(NOT_MET | UNKNOWN)],
                    _ if mask == MET | NOT_MET => {
                        let ways = vec![vec![Want::Node(id, MET)], vec![Want::Node(id, NOT_MET)]];
                        pending.choices.push(Choice { count: 1, ways: Rc::new(ways), from: 0, by });
                        Vec::new()
                    }
                    _ => return never(),
                };
                for (count, mask) in asked {
                    if count > all {
                        return never();
                    }
                    if count == all {
                        pending.take(parts.iter().map(|part| Want::Node(*part, mask)), by);
                    } else if count > 0 {
                        let ways = parts.iter().map(|part| vec![Want::Node(*part, mask)]).collect();
                        pending.choices.push(Choice { count, ways: Rc::new(ways), from: 0, by });
                    }
                }
            }
            Node::Ways(ways) => {
                let asked = [MET, UNKNOWN, NOT_MET].into_iter().zip(ways).filter(|(bit, _)| mask & bit != 0);
                let ways: Vec<Vec<Want>> = asked.flat_map(|(_, ways)| ways).cloned().collect();
                match ways.as_slice() {
                    [] => return never(),
                    [only] => pending.take(only.iter().cloned(), by),
                    _ => pending.choices.push(Choice { count: 1, ways: Rc::new(ways), from: 0, by }),
                }
            }
        }
        None
    }

    /// Adds what is asked of a value; what it fails for, where there is no such value.
    fn assert(&mut self, entry: Entry) -> Option<Core> {
        let var = entry.piece.var.clone();
        let known = self.formula.known(&var);
        let entries = self.values.entry(var.clone()).or_default();
        self.trail.push(var);
        entries.push(entry);
        let mut needed: Vec<&Entry> = entries.iter().collect();
        let fails = |entries: &[&Entry]| {
            let pieces: Vec<&Piece> = entries.iter().map(|entry| &*entry.piece).collect();
            refuted(&known, &pieces)
        };
        if !fails(&needed) {
            return None;
        }
        // What can be left out is no part of the reason.
        let mut at = 0;
        while at < needed.len() {
            let mut without = needed.clone();
            without.remove(at);
            if fails(&without) {
                needed = without;
            } else {
                at += 1;
            }
        }
        Some(Core {
            choices: needed.iter().map(|entry| entry.by).collect(),
            because: needed.iter().map(|entry| (entry.span, entry.mask)).collect(),
        })
    }

    fn undo(&mut self, to: usize) {
        while self.trail.len() > to {
            if let Some(entries) = self.trail.pop().and_then(|var| self.values.get_mut(&var)) {
                entries.pop();
            }
        }
    }

    fn choose(&mut self, choice: &Choice, rest: &Pending) -> Found {
        let mut failed = Core { choices: BTreeSet::from([choice.by]), ..Core::default() };
        if choice.from + choice.count > choice.ways.len() {
            return Found::Refuted(failed);
        }
        for at in choice.from..=(choice.ways.len() - choice.count) {
            let mut pending = rest.clone();
            let Some(by) = self.next_choice() else { return Found::GaveUp };
            pending.take(choice.ways.get(at).into_iter().flatten().cloned(), by);
            if choice.count > 1 {
                let ways = Rc::clone(&choice.ways);
                pending.choices.push(Choice { count: choice.count - 1, ways, from: at + 1, by });
            }
            if let Some(found) = self.attempt(pending, by, &mut failed) {
                return found;
            }
        }
        Found::Refuted(failed)
    }

    /// Tries one way; none where it fails for this choice, which `failed` then knows.
    fn attempt(&mut self, pending: Pending, by: u32, failed: &mut Core) -> Option<Found> {
        let mark = self.trail.len();
        let found = self.solve(pending);
        self.undo(mark);
        self.choice = by - 1;
        let Found::Refuted(mut core) = found else { return Some(found) };
        if !core.choices.remove(&by) {
            return Some(Found::Refuted(core));
        }
        failed.choices.extend(core.choices);
        failed.because.extend(core.because);
        None
    }

    fn next_choice(&mut self) -> Option<u32> {
        self.choice += 1;
        (self.choice <= MOST_CHOICES).then_some(self.choice)
    }

    /// Lets the rules of a score come out one way after another.
    fn sum(&mut self, sum: &Sum, by: u32, rest: &Pending) -> Found {
        let rules = self.formula.rules(sum.score);
        let worth = |points: super::Bounds| if sum.at_least { points.most } else { -points.least };
        let left = rules.get(sum.next..).unwrap_or_default();
        let total = |pick: fn(&mut dyn Iterator<Item = i64>) -> Option<i64>| {
            left.iter().fold(0, |all, ways| add(all, pick(&mut ways.iter().map(|way| worth(way.points))).unwrap_or(0)))
        };
        if total(|all| all.min()) >= sum.need {
            return self.solve(rest.clone());
        }
        let mut failed = Core { choices: BTreeSet::from([by]), because: BTreeSet::from([(sum.span, MET)]) };
        if total(|all| all.max()) < sum.need {
            return Found::Refuted(failed);
        }
        let Some(ways) = left.first() else { return Found::Refuted(failed) };
        let mut order: Vec<_> = ways.iter().collect();
        order.sort_by_key(|way| std::cmp::Reverse(worth(way.points)));
        for way in order {
            let mut pending = rest.clone();
            let Some(by) = self.next_choice() else { return Found::GaveUp };
            pending.take(way.wants.iter().cloned(), by);
            let need = sum.need.saturating_sub(worth(way.points));
            pending.sums.push((Rc::new(Sum { need, next: sum.next + 1, ..sum.clone() }), by));
            if let Some(found) = self.attempt(pending, by, &mut failed) {
                return found;
            }
        }
        Found::Refuted(failed)
    }
}
