//! What would change it: the ways to the stages that are not met, and when time alone changes the decision.

use super::page::{Branch, Mark, Part};
use super::words::{Case, being, must};
use crate::engine::next::{Fact, StageNext};
use crate::engine::trace::Node;
use crate::report::prose::words::{after, cut, list};

/// The ways to one stage, or to all that are not met. Nothing where the decision was made without them.
pub fn changes(case: &Case<'_>, stage: Option<&Node>) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(next) = &case.decision.next {
        let asked = |name: &str| stage.is_none_or(|stage| stage.name.as_deref() == Some(name));
        let ways: Vec<Branch> =
            next.iter().filter(|(name, _)| asked(name)).map(|(name, it)| ways(case, name, it)).collect();
        if !ways.is_empty() {
            parts.push(Part::Tree(ways));
        }
    }
    if let Some(change) = case.decision.next_change {
        let day = |at| case.wall.with_year(at);
        parts.push(Part::Line(match (change.at, change.searched_until) {
            (Some(at), _) => format!("Left alone, the decision first changes by itself on {}.", day(at)),
            (None, Some(until)) => format!("Left alone, the decision stays as it is at least until {}.", day(until)),
            (None, None) => "Left alone, the decision stays as it is.".to_owned(),
        }));
    }
    parts
}

fn ways(case: &Case<'_>, stage: &str, next: &StageNext) -> Branch {
    let is = being(stage);
    if let [only] = next.sets.as_slice()
        && let [Fact::Never { because }] = only.as_slice()
    {
        return Branch::new(Mark::None, format!("it cannot be {is}: {because}"));
    }
    let mut branch = match next.sets.len() {
        0 => Branch::new(Mark::None, format!("no way was found for it to be {is}")),
        1 => Branch::new(Mark::None, format!("it would be {is} with this")),
        _ => Branch::new(Mark::None, format!("it would be {is} with any one of these")),
    };
    if !next.complete {
        branch.notes.push("there may be other ways, which take longer to find".to_owned());
    }
    branch.children = next.sets.iter().map(|set| way(case, set)).collect();
    branch
}

/// One way: what has to be done together.
fn way(case: &Case<'_>, set: &[Fact]) -> Branch {
    let said: Vec<String> = set.iter().map(|fact| in_words(case, fact)).collect();
    match said.as_slice() {
        [one] => Branch::new(Mark::None, one.clone()),
        all => Branch {
            children: all.iter().map(|fact| Branch::new(Mark::None, fact.clone())).collect(),
            ..Branch::new(Mark::None, if all.len() == 2 { "both of" } else { "all of" })
        },
    }
}

fn in_words(case: &Case<'_>, fact: &Fact) -> String {
    // The policy's condition, where it begins with the field; else all of its words.
    let needs = |field: &str, condition: &str| match after(condition, field) {
        Some(test) => must(test),
        None => format!("must fit: {condition}"),
    };
    let line = |line: usize| format!(" (line {line})");
    match fact {
        Fact::Ask { field, condition, line: at, .. } => {
            let ask = if is_unreadable(case, field) { "mend" } else { "ask for" };
            format!("{ask} {}, which {}{}", case.called(field), needs(field, condition), line(*at))
        }
        Fact::Change { field, from, condition, line: at, .. } => {
            let from = match from {
                serde_json::Value::String(text) => cut(text, 80),
                serde_json::Value::Array(all) => {
                    list(&all.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>(), 5)
                }
                serde_json::Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
                other => cut(&other.to_string(), 80),
            };
            let from = if from == "(private)" { "private".to_owned() } else { from };
            format!("{}, now {from}, {}{}", case.called(field), needs(field, condition), line(*at))
        }
        Fact::Event { event, times, line: at, .. } => {
            let times = if *times == 1 { String::new() } else { format!(", {times} times") };
            format!("\"{event}\" happens{times}{}", line(*at))
        }
        Fact::Wait { until, because } => format!("wait until {}: {because}", case.wall.with_year(*until)),
        Fact::Never { because } => format!("there is no way: {because}"),
    }
}

/// Whether the lead has something in the place of this field that cannot be read.
fn is_unreadable(case: &Case<'_>, field: &str) -> bool {
    fn any(nodes: &[Node], field: &str) -> bool {
        let is_it = |node: &Node| node.observed.iter().any(|it| &*it.name == field && it.found.is_some());
        nodes.iter().any(|node| is_it(node) || any(&node.children, field))
    }
    let trace = case.trace;
    let kinds = [&trace.disqualifiers, &trace.stages, &trace.criteria, &trace.checklists, &trace.scores, &trace.grades];
    kinds.into_iter().any(|nodes| any(nodes, field))
}
