//! One part of a decision by itself, for whoever asks about nothing else.

use super::page::{Branch, Mark, Part};
use super::tree::{SEE_POINTS, Trees};
use super::words::Case;
use super::{deadlines, points};
use crate::engine::Outcome;
use crate::engine::trace::{DefinitionKind, Node};
use crate::policy::Policy;

/// A part of a decision, by the name that the policy gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic<'a> {
    /// A stage.
    Stage(&'a str),
    /// A criterion.
    Criterion(&'a str),
    /// The condition of a criterion, by its place among all: for one that has no name worth showing.
    Condition(usize),
    /// A checklist.
    Checklist(&'a str),
    /// A score, as a sum.
    Score(&'a str),
    /// A grade.
    Grade(&'a str),
    /// A disqualification.
    Disqualifier(&'a str),
    /// All disqualifications that are met.
    Disqualified,
    /// An SLA.
    Sla(&'a str),
}

pub fn parts<'a>(case: &Case<'a>, versions: &[&'a Policy], topic: Topic<'_>) -> Vec<Part> {
    let trace = case.trace;
    let mut trees = Trees::new(*case);
    let named = |all: &'a [Node], name: &str| all.iter().find(|node| node.name.as_deref() == Some(name));
    let defined = |kind: DefinitionKind, name: &str| case.definition(kind, name);
    let mut asked: Vec<&'a Node> = Vec::new();
    let mut tree = Vec::new();
    let mut definition = |kind: DefinitionKind, name: &str, tree: &mut Vec<_>| {
        if let Some(node) = defined(kind, name) {
            tree.push(trees.definition(kind, node));
            asked.push(node);
        }
    };
    match topic {
        Topic::Stage(name) => definition(DefinitionKind::Stage, name, &mut tree),
        Topic::Criterion(name) => definition(DefinitionKind::Criterion, name, &mut tree),
        Topic::Checklist(name) => definition(DefinitionKind::Checklist, name, &mut tree),
        Topic::Condition(at) => {
            if let Some(test) = trace.criteria.get(at).and_then(|node| node.children.first()) {
                tree.push(trees.condition(test));
                asked.push(test);
            }
        }
        Topic::Disqualifier(name) => {
            if let Some(node) = named(&trace.disqualifiers, name) {
                tree.push(trees.disqualifier(node));
                asked.push(node);
            }
        }
        Topic::Disqualified => {
            let met = trace.disqualifiers.iter().filter(|node| node.outcome == Some(Outcome::Met));
            tree.extend(met.map(|node| trees.disqualifier(node)));
        }
        Topic::Score(name) => {
            let score = defined(DefinitionKind::Score, name);
            return score.map(|score| Part::Sum(points::sum(case, &trees, score))).into_iter().collect();
        }
        Topic::Grade(name) => {
            if let Some(grade) = defined(DefinitionKind::Grade, name) {
                tree.push(points::grade(case, &mut trees, grade));
                asked.push(grade);
            }
        }
        Topic::Sla(name) => {
            let sla = trace.slas.iter().find(|sla| *sla.name == *name);
            tree.extend(sla.map(|sla| deadlines::sla(case, &trees, versions, sla)));
        }
    }
    let mut causes = Vec::new();
    for branch in &mut tree {
        let mark = branch.mark;
        prune(branch, mark, &mut causes);
    }
    // The points that it goes by are as much the reason as the conditions.
    let asked_for = |score: &&Node| {
        let name = format!("score \"{}\"", score.name.as_deref().unwrap_or_default());
        causes.iter().any(|text| text.contains(&name) || text.contains("grade \""))
    };
    let scores: Vec<&Node> = super::scores_behind(case, &asked).into_iter().filter(asked_for).collect();
    let mut parts = vec![Part::Tree(tree)];
    parts.extend(scores.into_iter().map(|score| Part::Sum(points::sum(case, &trees, score))));
    parts
}

/// Leaves only what makes a line come out as it does: of what comes out otherwise, the line itself and nothing below it.
/// `causes` are the words of what is left.
fn prune(branch: &mut Branch, wanted: Mark, causes: &mut Vec<String>) {
    causes.push(branch.text.clone());
    let wanted = if branch.text.ends_with("none of") { opposite(wanted) } else { wanted };
    if let [only] = branch.children.as_mut_slice() {
        let mark = only.mark;
        return prune(only, mark, causes);
    }
    for child in &mut branch.children {
        if child.mark == wanted || child.mark == Mark::None {
            prune(child, wanted, causes);
        } else {
            child.children.clear();
            child.notes.retain(|note| note != SEE_POINTS);
        }
    }
}

fn opposite(mark: Mark) -> Mark {
    match mark {
        Mark::Met => Mark::NotMet,
        Mark::NotMet => Mark::Met,
        other => other,
    }
}
