//! What is missing: what to ask for, to send or to mend, so that every question is answered.

use super::gaps::Gap;
use super::page::Part;
use super::words::Case;
use crate::engine::Outcome;
use crate::engine::trace::{Node, Reason};
use crate::report::prose::words::list;

/// The questions behind what is unknown: of one stage and the disqualifications, or of all stages.
pub fn missing(case: &Case<'_>, stage: Option<&Node>) -> Vec<Part> {
    let mut gaps = Vec::new();
    let stages = case.trace.stages.iter().filter(|node| stage.is_none_or(|stage| stage.name == node.name));
    for node in stages.chain(&case.trace.disqualifiers).filter(|node| node.outcome == Some(Outcome::Unknown)) {
        let from = gaps.len();
        if node.reason == Some(Reason::NoLog) {
            case.absent_logs(node, &mut gaps);
        }
        node.children.iter().for_each(|test| case.gaps(test, &mut gaps));
        let name = node.name.as_deref().unwrap_or_default();
        gaps.iter_mut().skip(from).filter(|gap| gap.behind.is_empty()).for_each(|gap| gap.behind = name.to_owned());
    }
    let mut fields: Vec<&str> = Vec::new();
    for gap in &gaps {
        if !fields.contains(&gap.field.as_str()) {
            fields.push(&gap.field);
        }
    }
    // In the order of `lead`, as in `missing`.
    let declared = |field: &str| case.policy.fields.iter().position(|it| it.dotted() == field);
    fields.sort_by_key(|field| declared(field));
    if fields.is_empty() {
        return vec![Part::Line("Nothing is missing: no question is left open.".to_owned())];
    }
    let list = Part::List(fields.into_iter().map(|field| line(case, field, &gaps)).collect());
    if case.decision.disqualified_by.is_empty() {
        return vec![list];
    }
    let all_the_same = "The lead stays disqualified, whatever the answers.";
    vec![Part::Line(all_the_same.to_owned()), list]
}

/// `ask for budget: is it at least EUR 15,000? (BANT: budget, line 136)`
fn line(case: &Case<'_>, field: &str, gaps: &[Gap]) -> String {
    let of_field = || gaps.iter().filter(|gap| gap.field == field);
    let called = case.called(field);
    let does = |reason: Reason| of_field().any(|gap| gap.reason == reason);
    let mut text = match of_field().find_map(|gap| gap.value.as_ref().filter(|_| gap.reason == Reason::NoRate)) {
        Some(value) => format!("add an exchange rate to the policy for {called}: {value}"),
        None if does(Reason::NoLog) => {
            format!("send {called} with the lead: without it nobody knows what happened (an empty one says: nothing)")
        }
        None if does(Reason::WrongType) => format!("mend {called}, whose value cannot be read"),
        None => format!("ask for {called}"),
    };
    let unique = |words: Vec<String>| {
        let mut kept: Vec<String> = Vec::new();
        words.into_iter().filter(|word| !word.is_empty()).for_each(|word| {
            if !kept.contains(&word) {
                kept.push(word);
            }
        });
        kept
    };
    let asked = unique(of_field().map(|gap| gap.asked.clone()).collect());
    if !asked.is_empty() {
        text.push_str(": ");
        text.push_str(&asked.iter().take(3).cloned().collect::<Vec<_>>().join(" "));
    }
    let behind = unique(
        of_field()
            .map(|gap| match &gap.place {
                Some(place) => format!("{}, {place}", gap.behind),
                None => gap.behind.clone(),
            })
            .collect(),
    );
    format!("{text} ({})", list(&behind, 3))
}
