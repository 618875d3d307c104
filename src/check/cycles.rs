//! Definitions that wait for each other in a circle, and stages that need later ones.

use std::collections::{HashMap, HashSet};

use super::Checker;
use super::names::Kind;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

/// Of a long circle so many definitions are shown.
const MOST_SHOWN: usize = 6;

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    pub kind: Kind,
    pub id: u32,
}

impl Checker<'_> {
    /// Reports each circle once, with every reference in it.
    pub(super) fn find_cycles(&mut self) {
        let mut uses: HashMap<Node, Vec<(Node, Span)>> = HashMap::new();
        let mut nodes: Vec<Node> = Vec::new();
        for (from, to, span) in &self.references {
            uses.entry(*from).or_default().push((*to, *span));
            nodes.push(*from);
        }
        nodes.sort();
        nodes.dedup();
        let mut done: HashSet<Node> = HashSet::new();
        for start in nodes {
            for cycle in cycles_from(start, &uses, &mut done) {
                self.report_cycle(&cycle);
            }
        }
    }

    fn report_cycle(&mut self, cycle: &[(Node, Span)]) {
        // A stage may refer to earlier stages only, which was said already where the circle runs through one.
        let later = self
            .diagnostics
            .iter()
            .any(|known| known.code == &codes::LATER_STAGE && cycle.iter().any(|(_, span)| *span == known.span));
        let (Some((first, place)), false) = (cycle.first(), later) else { return };
        let name = |node: &Node| format!("{} `{}`", node.kind.word(), self.names.name(node.kind, node.id));
        let needs = |at: usize| cycle.get(at).map_or_else(|| name(first), |(node, _)| name(node));
        let message = if cycle.len() == 1 {
            format!("{} asks for itself", name(first))
        } else {
            let mut round: Vec<String> = cycle.iter().take(MOST_SHOWN).map(|(node, _)| name(node)).collect();
            if cycle.len() > MOST_SHOWN {
                round.push(format!("{} more", cycle.len() - MOST_SHOWN));
            }
            format!("{} wait for each other in a circle", round.join(", "))
        };
        let help = if cycle.len() == 1 {
            "Take this condition out."
        } else {
            "One of them must be decided without the others: take one of these conditions out, or put what both need into a criterion of its own."
        };
        let mut diagnostic =
            Diagnostic::new(&codes::CYCLE, *place, message).label(format!("needs {}", needs(1))).help(help);
        for (at, (_, span)) in cycle.iter().enumerate().take(MOST_SHOWN).skip(1) {
            diagnostic = diagnostic.also(*span, format!("needs {}", needs(at + 1)));
        }
        self.report(diagnostic);
    }
}

/// The circles that a walk from `start` closes: each a list of definitions, with the place of the reference to the
/// next one (of the last to the first).
fn cycles_from(
    start: Node,
    uses: &HashMap<Node, Vec<(Node, Span)>>,
    done: &mut HashSet<Node>,
) -> Vec<Vec<(Node, Span)>> {
    // An own stack, because a chain may be as long as the policy.
    let mut path: Vec<(Node, usize)> = vec![(start, 0)];
    let mut found = Vec::new();
    while let Some((node, next)) = path.last_mut() {
        let here = *node;
        let edge = uses.get(&here).and_then(|edges| edges.get(*next)).copied();
        *next += 1;
        let Some((to, span)) = edge else {
            done.insert(here);
            path.pop();
            continue;
        };
        if done.contains(&to) {
            continue;
        }
        match path.iter().position(|(known, _)| *known == to) {
            Some(at) => {
                let round = path.get(at..).unwrap_or_default();
                let cycle = round
                    .iter()
                    .map(|(node, next)| {
                        let edges = uses.get(node).map(Vec::as_slice).unwrap_or_default();
                        (*node, edges.get(next.saturating_sub(1)).map_or(span, |(_, span)| *span))
                    })
                    .collect();
                found.push(cycle);
            }
            None => path.push((to, 0)),
        }
    }
    found
}
