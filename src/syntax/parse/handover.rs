//! `handover`: who hands to whom, and what the reports count.

use super::grammar::{Node, Rule, part};
use super::{At, Parser};
use crate::syntax::ast::{Handover, Quoted};

impl Parser {
    pub(super) fn handover(&mut self, at: &At<'_>) -> Handover {
        let mut handover = Handover::default();
        self.body(at, Some(Rule::handover_line), None, |parser, at, nodes| {
            let node = nodes.first()?;
            match node.as_rule() {
                Rule::parties if parser.once("from", at) => {
                    let from = parser.party(at, node)?;
                    handover.parties = Some((from, parser.party(at, &part(node, Rule::to_party)?)?));
                }
                Rule::handed_over => handover.handed_over.extend(parser.events("handed over at", at, node)?),
                Rule::accepted_at => handover.accepted.extend(parser.events("accepted at", at, node)?),
                Rule::rejected_at => handover.rejected.extend(parser.events("rejected at", at, node)?),
                Rule::contacted_at => handover.contacted.extend(parser.events("contacted at", at, node)?),
                Rule::converted_at => handover.converted.extend(parser.events("converted at", at, node)?),
                Rule::reasons if parser.once("reasons", at) => handover.reasons = parser.texts(at, node)?,
                Rule::cost if parser.once("cost of a lead is", at) => handover.cost = Some(parser.value(at, node)?),
                Rule::lead_owner if parser.once("owner is", at) => handover.owner = Some(parser.path(at, node)?),
                _ => {}
            }
            Some(())
        });
        let lines = [
            (handover.parties.is_some(), "from … to", "from Marketing to Sales"),
            (!handover.handed_over.is_empty(), "handed over at", "handed over at \"became an MQL\""),
        ];
        self.missing(at.block, "handover", &lines);
        handover
    }

    /// The events of a line that may stand once; none where it stands again.
    pub(super) fn events(&mut self, what: &'static str, at: &At<'_>, node: &Node<'_>) -> Option<Vec<Quoted>> {
        let events = self.names(at, node)?;
        Some(if self.once(what, at) { events } else { Vec::new() })
    }
}
