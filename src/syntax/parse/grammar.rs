//! One line of words → the nodes that the grammar sees in it. The only file that names pest.

use std::ops::Range;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../grammar/handover.pest"]
struct Grammar;

/// A stretch of a line that a rule of the grammar reads.
pub type Node<'a> = Pair<'a, Rule>;

/// Where a line stops fitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The offset up to which it fits.
    pub at: usize,
    /// What could stand there.
    pub expected: Vec<Rule>,
}

/// Reads a line by the rule for its place.
pub fn read(place: Rule, text: &str) -> Result<Vec<Node<'_>>, Failure> {
    match Grammar::parse(place, text) {
        Ok(nodes) => Ok(nodes.filter(|node| node.as_rule() != Rule::EOI).collect()),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let expected = match error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives,
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            Err(Failure { at, expected })
        }
    }
}

/// The first part of a node that `rule` reads.
pub fn part<'a>(node: &Node<'a>, wanted: Rule) -> Option<Node<'a>> {
    node.clone().into_inner().find(|part| part.as_rule() == wanted)
}

/// The parts of a node that `rule` reads.
pub fn parts<'a>(node: &Node<'a>, wanted: Rule) -> impl Iterator<Item = Node<'a>> {
    node.clone().into_inner().filter(move |part| part.as_rule() == wanted)
}

/// The first part of a node, whatever it is.
pub fn first<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    node.clone().into_inner().next()
}

/// Where a node lies in its line.
pub fn range(node: &Node<'_>) -> Range<usize> {
    let span = node.as_span();
    span.start()..span.end()
}
