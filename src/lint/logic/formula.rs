//! A policy's conditions as a search can take them apart: which outcomes of their parts make an outcome of the whole.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::atoms::{self, Place, happened_once, log_absent, most_ever, turned};
use super::ranges::Ranges;
use super::scores::{Bounds, ENDLESS, bounds};
use super::store::{EMPTY, Known, Piece, STAY_NONE, STAY_OPEN, STAY_SHUT, Side, Test, VALUE, Var, WRONG};
use crate::decimal::Decimal;
use crate::policy::{
    ChecklistId, Condition, ConditionKind, CriterionId, EventId, FieldId, FieldRef, Literal, Policy, ScoreId, StageId,
    StageTest, Type,
};
use crate::source::Span;
use crate::text::fold;

/// Which outcomes are asked for.
pub type Mask = u8;
/// Met.
pub const MET: Mask = 1;
/// Unknown.
pub const UNKNOWN: Mask = 2;
/// Not met.
pub const NOT_MET: Mask = 4;

/// A condition among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

/// What is asked.
#[derive(Clone, Debug)]
pub enum Want {
    /// A condition has one of these outcomes.
    Node(NodeId, Mask),
    /// This is so of a value; the words that ask it, and the outcome that they ask for.
    Piece(Rc<Piece>, Span, Mask),
    /// A score's sum is at least (or at most) so many hundredths.
    Sum(Rc<Sum>),
}

/// A bound on a sum of points, from a place among the rules on.
#[derive(Clone, Debug)]
pub struct Sum {
    /// Of which score.
    pub score: ScoreId,
    /// At least, else at most.
    pub at_least: bool,
    /// What the rules from `next` on must come to; turned round for `at most`.
    pub need: i64,
    /// The next rule.
    pub next: usize,
    /// Who asks.
    pub span: Span,
}

/// One way in which a rule may come out: its points, and what must be so.
#[derive(Clone, Debug)]
pub struct Way {
    /// Its points.
    pub points: Bounds,
    /// What must be so.
    pub wants: Vec<Want>,
}

/// How an outcome of a condition comes about.
#[derive(Clone, Debug)]
pub enum Node<'p> {
    /// A test.
    Leaf(&'p Condition, Place),
    /// At least so many parts.
    Count(usize, Vec<NodeId>),
    /// The opposite.
    Not(NodeId),
    /// Unknown counts as met, or as not met.
    IfUnknown(NodeId, bool),
    /// One of several ways for each outcome: met, unknown, not met.
    Ways([Vec<Vec<Want>>; 3]),
}

/// The conditions of a policy.
pub struct Formula<'p> {
    pub(super) policy: &'p Policy,
    pub(super) nodes: Vec<Node<'p>>,
    bounds: Vec<Bounds>,
    by_condition: HashMap<(*const Condition, Option<ScoreId>), NodeId>,
    by_name: HashMap<Named, NodeId>,
    pub(super) rules: HashMap<ScoreId, Rc<Vec<Vec<Way>>>>,
    known: HashMap<Var, Rc<Known>>,
    impossible: HashSet<EventId>,
    free: HashSet<StageId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Named {
    Criterion(CriterionId),
    Stage(StageId),
    Test(StageId),
}

impl<'p> Formula<'p> {
    /// The conditions of this policy; they are taken apart as they are asked for.
    pub fn new(policy: &'p Policy) -> Self {
        Formula {
            policy,
            nodes: Vec::new(),
            bounds: bounds(policy),
            by_condition: HashMap::new(),
            by_name: HashMap::new(),
            rules: HashMap::new(),
            known: HashMap::new(),
            impossible: HashSet::new(),
            free: HashSet::new(),
        }
    }

    /// From how many points to how many a score can go.
    pub fn bounds(&self, score: ScoreId) -> Bounds {
        self.bounds_at(score.index())
    }

    /// The same, by the place of the score.
    pub(super) fn bounds_at(&self, score: usize) -> Bounds {
        self.bounds.get(score).copied().unwrap_or(Bounds { least: -ENDLESS, most: ENDLESS })
    }

    /// From here on it is known that no item is this event.
    pub fn never_happens(&mut self, event: EventId) {
        self.impossible.insert(event);
        self.known.clear();
    }

    /// From here on this stage may come out in any way: what is wrong with it was said, and need not be said again of
    /// whatever asks for it.
    pub fn leave_open(&mut self, stage: StageId) {
        self.free.insert(stage);
        self.by_name.clear();
        self.by_condition.clear();
        self.rules.clear();
    }

    pub(super) fn add(&mut self, node: Node<'p>) -> NodeId {
        self.nodes.push(node);
        NodeId(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node<'p>> {
        self.nodes.get(id.0 as usize)
    }

    /// A condition of the policy.
    pub fn condition(&mut self, condition: &'p Condition) -> NodeId {
        self.condition_in(condition, Place::default())
    }

    /// A condition on the items of a list.
    pub fn item_condition(&mut self, condition: &'p Condition, list: FieldId) -> NodeId {
        self.condition_in(condition, Place { list: Some(list), score: None })
    }

    /// A condition within a score.
    pub fn score_condition(&mut self, condition: &'p Condition, score: ScoreId) -> NodeId {
        let restarts = self.policy.scores.get(score.index()).is_some_and(|score| !score.starts_again.is_empty());
        self.condition_in(condition, Place { list: None, score: restarts.then_some(score) })
    }

    pub(super) fn condition_in(&mut self, condition: &'p Condition, place: Place) -> NodeId {
        let key = (std::ptr::from_ref(condition), place.score);
        if let Some(node) = self.by_condition.get(&key) {
            return *node;
        }
        let span = condition.span;
        let node = match &condition.kind {
            ConditionKind::All(parts) => self.group(parts, place, parts.len()),
            ConditionKind::Any(parts) => self.group(parts, place, 1),
            ConditionKind::None(parts) => {
                let any = self.group(parts, place, 1);
                self.add(Node::Not(any))
            }
            ConditionKind::AtLeast(count, parts) => self.group(parts, place, *count as usize),
            ConditionKind::Criterion(id, met) => {
                let node = self.criterion(*id);
                if *met { node } else { self.add(Node::Not(node)) }
            }
            ConditionKind::Checklist { checklist, count, including } => self.checklist(*checklist, *count, including),
            ConditionKind::Grade(grade, letters) => self.grade(*grade, letters, span),
            ConditionKind::Stage(stage, StageTest::PassesTest) => self.stage_test(*stage),
            ConditionKind::Stage(stage, StageTest::Reached) => self.stage(*stage),
            ConditionKind::Stage(stage, StageTest::NotReached) => {
                let node = self.stage(*stage);
                self.add(Node::Not(node))
            }
            ConditionKind::Score(score, test) => self.score(*score, test, condition),
            _ => self.add(Node::Leaf(condition, place)),
        };
        self.by_condition.insert(key, node);
        node
    }

    fn group(&mut self, parts: &'p [Condition], place: Place, count: usize) -> NodeId {
        let parts = parts.iter().map(|part| self.condition_in(part, place)).collect();
        self.add(Node::Count(count, parts))
    }

    pub(super) fn anything(&mut self) -> NodeId {
        self.add(Node::Ways([vec![Vec::new()], vec![Vec::new()], vec![Vec::new()]]))
    }

    /// A criterion, unknown treated as it says.
    pub fn criterion(&mut self, id: CriterionId) -> NodeId {
        if let Some(node) = self.by_name.get(&Named::Criterion(id)) {
            return *node;
        }
        let Some(criterion) = self.policy.criteria.get(id.index()) else { return self.anything() };
        let node = self.condition(&criterion.condition);
        let node = criterion.if_unknown.map_or(node, |met| self.add(Node::IfUnknown(node, met)));
        self.by_name.insert(Named::Criterion(id), node);
        node
    }

    fn checklist(&mut self, id: ChecklistId, count: u32, including: &[u32]) -> NodeId {
        let Some(checklist) = self.policy.checklists.get(id.index()) else { return self.anything() };
        let items: Vec<NodeId> = checklist.items.iter().map(|(_, item)| self.condition(item)).collect();
        let mut all: Vec<NodeId> = including.iter().filter_map(|at| items.get(*at as usize).copied()).collect();
        let counted = self.add(Node::Count(count as usize, items));
        all.push(counted);
        self.add(Node::Count(all.len(), all))
    }

    /// The test of a stage.
    pub fn stage_test(&mut self, id: StageId) -> NodeId {
        if let Some(node) = self.by_name.get(&Named::Test(id)) {
            return *node;
        }
        let node = match self.policy.stages.get(id.index()) {
            Some(stage) if !self.free.contains(&id) => self.condition(&stage.condition),
            _ => self.anything(),
        };
        self.by_name.insert(Named::Test(id), node);
        node
    }

    /// The outcome of a stage.
    pub fn stage(&mut self, id: StageId) -> NodeId {
        if let Some(node) = self.by_name.get(&Named::Stage(id)) {
            return *node;
        }
        let policy = self.policy;
        let test = self.stage_test(id);
        let node = match policy.stages.get(id.index()) {
            Some(stage) if !self.free.contains(&id) => {
                let left: Vec<EventId> = stage.left.iter().flat_map(|(events, _)| events).copied().collect();
                if stage.entered.is_empty() && left.is_empty() {
                    test
                } else {
                    let span = stage.span;
                    let stay = |at: i64| {
                        let test = Some((Side::Main, Test::Whole(Ranges::only(at))));
                        Want::Piece(Rc::new(Piece { var: Var::Stay(id), presence: VALUE, test }), span, MET)
                    };
                    let after = |event: &EventId, at: i64, more: &[Want]| {
                        let pieces = happened_once(policy, *event, None);
                        let happened = pieces.into_iter().map(|piece| Want::Piece(Rc::new(piece), span, MET));
                        happened.chain([stay(at)]).chain(more.iter().cloned()).collect::<Vec<Want>>()
                    };
                    let opened = |more: &[Want]| {
                        stage.entered.iter().map(|event| after(event, STAY_OPEN, more)).collect::<Vec<_>>()
                    };
                    let tested = |mask: Mask| [Want::Node(test, mask)];
                    let mut met = vec![vec![stay(STAY_NONE), Want::Node(test, MET)]];
                    let mut not_met = vec![vec![stay(STAY_NONE), Want::Node(test, NOT_MET)]];
                    let mut unknown = vec![vec![stay(STAY_NONE), Want::Node(test, UNKNOWN)]];
                    if stage.only_while {
                        met.extend(opened(&tested(MET)));
                        not_met.extend(opened(&tested(NOT_MET)));
                        unknown.extend(opened(&tested(UNKNOWN)));
                    } else {
                        met.extend(opened(&[]));
                    }
                    not_met.extend(left.iter().map(|event| after(event, STAY_SHUT, &[])));
                    let absent = stage.entered.iter().chain(&left).filter_map(|event| log_absent(policy, *event));
                    unknown.extend(absent.map(|piece| vec![Want::Piece(Rc::new(piece), span, UNKNOWN)]));
                    self.add(Node::Ways([met, unknown, not_met]))
                }
            }
            _ => test,
        };
        self.by_name.insert(Named::Stage(id), node);
        node
    }

    /// What is known of a value before anything is asked.
    pub(super) fn known(&mut self, var: &Var) -> Rc<Known> {
        if let Some(known) = self.known.get(var) {
            return Rc::clone(known);
        }
        let known = Rc::new(self.about(var));
        self.known.insert(var.clone(), Rc::clone(&known));
        known
    }

    fn about(&self, var: &Var) -> Known {
        let (field, list) = match var {
            Var::Field(field, list) => (*field, *list),
            Var::Score(score) => {
                let Bounds { least, most } = self.bounds(*score);
                let mut ranges = Ranges::all();
                if let (true, Some(least)) = (least > -ENDLESS, Decimal::new(least, -2)) {
                    ranges = ranges.and(&Ranges::from(least));
                }
                if let (true, Some(most)) = (most < ENDLESS, Decimal::new(most, -2)) {
                    ranges = ranges.and(&Ranges::up_to(most));
                }
                return Known { tests: vec![(Side::Main, Test::Number(ranges, false))], ..Known::of(VALUE) };
            }
            Var::Stay(_) | Var::Named(_) => return Known::of(VALUE),
        };
        let declared = match field {
            FieldRef::Lead(id) => self.policy.fields.get(id.index()),
            FieldRef::Item(at) => {
                list.and_then(|list| self.policy.fields.get(list.index())).and_then(|list| list.items.get(at as usize))
            }
        };
        let Some(declared) = declared else { return Known::of(VALUE | EMPTY | WRONG) };
        let mut known = Known::of(VALUE | WRONG | if declared.when_empty.is_some() { 0 } else { EMPTY });
        known.empty = declared.empty_when.iter().map(|text| fold(text)).collect();
        if let Type::OneOf(options) = &declared.ty {
            let mut options: HashSet<String> = options.iter().map(|text| fold(text)).collect();
            // What an empty field takes instead is a value though it may count as empty where it is written.
            options.extend(declared.when_empty.iter().filter_map(|literal| match literal {
                Literal::Text(text) => Some(fold(text)),
                _ => None,
            }));
            known.options = Some(Rc::new(options));
        }
        if declared.when_empty.is_some() {
            known.empty = Rc::new([]);
        }
        if let FieldRef::Lead(id) = field {
            for (at, event) in self.policy.events.iter().enumerate() {
                let reads = match event.from {
                    Some(list) => list == id,
                    None => event.dated_by == FieldRef::Lead(id),
                };
                let event = EventId(u32::try_from(at).unwrap_or(u32::MAX));
                if let Some(most) = reads.then(|| most_ever(self.policy, event, &self.impossible)).flatten() {
                    known.most_ever.insert(event, most);
                }
            }
        }
        known
    }

    /// The values that a condition looks at, its own and those of what it asks for, up to so many.
    pub fn looks_at(&self, id: NodeId, most: usize, into: &mut HashSet<Var>) {
        let mut open = vec![id];
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            if into.len() >= most || !seen.insert(id) {
                continue;
            }
            match self.node(id) {
                Some(Node::Leaf(condition, place)) => {
                    into.extend(atoms::pieces(self.policy, condition, *place, MET).into_iter().map(|piece| piece.var));
                }
                Some(Node::Count(_, parts)) => open.extend(parts),
                Some(Node::Not(part) | Node::IfUnknown(part, _)) => open.push(*part),
                Some(Node::Ways(ways)) => {
                    for want in ways.iter().flatten().flatten() {
                        match want {
                            Want::Node(node, _) => open.push(*node),
                            Want::Piece(piece, ..) => {
                                into.insert(piece.var.clone());
                            }
                            Want::Sum(_) => {}
                        }
                    }
                }
                None => {}
            }
        }
    }

    /// The outcomes of a part that make one of these outcomes of its opposite.
    pub(super) fn turned(mask: Mask) -> Mask {
        turned(mask)
    }
}
