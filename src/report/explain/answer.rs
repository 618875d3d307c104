//! The sentence that answers the question: what the lead is, and why not more.

use super::words::{Case, being, causes, the_stage};
use crate::engine::trace::{DefinitionKind, Node, Stay};
use crate::engine::{Decision, Outcome};
use crate::report::prose::words::list;

/// What is asked: about one stage, or where the lead stands.
pub enum Question<'t> {
    /// Why the lead is in its stage and not in the next.
    Standing,
    /// Why, or why not, this stage.
    Stage(&'t Node),
}

/// The stage that comes next: one that is open before one that is not met, as in `why`.
pub fn next_stage<'t>(case: &Case<'t>) -> Option<&'t Node> {
    let stages = &case.trace.stages;
    let own = case.decision.stage.as_deref();
    let first = stages.iter().position(|node| node.name.as_deref() == own).map_or(0, |at| at + 1);
    let later = || stages.iter().skip(first);
    later().find(|node| node.outcome == Some(Outcome::Unknown)).or_else(|| later().next())
}

pub fn answer(case: &Case<'_>, question: &Question<'_>) -> String {
    let asked = match question {
        Question::Stage(stage) => Some(*stage),
        Question::Standing => None,
    };
    let mut text = if !case.decision.disqualified_by.is_empty() {
        disqualified(case, asked)
    } else if case.trace.stages.is_empty() {
        format!("{} is in no stage, because this policy has none", case.lead())
    } else {
        match asked.or_else(|| next_stage(case)) {
            Some(stage) if stage.outcome == Some(Outcome::Met) => reached(case, stage),
            Some(stage) => not_reached(case, stage, asked.is_some()),
            None => match case.decision.stage.as_deref().and_then(|own| case.definition(DefinitionKind::Stage, own)) {
                Some(own) => reached(case, own),
                None => format!("{} is in no stage", case.lead()),
            },
        }
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// `L0001 is an MQL`, `L0001 is in no stage`
fn standing(case: &Case<'_>) -> String {
    let own = case.decision.stage.as_deref();
    format!("{} is {}", case.lead(), own.map_or_else(|| "in no stage".to_owned(), being))
}

fn disqualified(case: &Case<'_>, asked: Option<&Node>) -> String {
    let Decision { disqualified_by, .. } = case.decision;
    let met: Vec<&Node> = case.trace.disqualifiers.iter().filter(|it| it.outcome == Some(Outcome::Met)).collect();
    let names: Vec<String> = disqualified_by.iter().map(|name| format!("\"{name}\"")).collect();
    let names = list(&names, 3);
    let mut text = match asked.and_then(|stage| stage.name.as_deref()) {
        Some(stage) => format!("{} is not {}, because it is disqualified as {names}", case.lead(), being(stage)),
        None => format!("{} is disqualified as {names}", case.lead()),
    };
    let why: Vec<&Node> = met.iter().filter_map(|it| it.children.first()).flat_map(causes).collect();
    text.push_str(": ");
    text.push_str(&case.because(&why, 3));
    if let ([one], true) = (met.as_slice(), text.len() < 400) {
        let declared = case.policy.disqualifiers.iter().find(|it| Some(it.name.as_str()) == one.name.as_deref());
        if let Some(because) = declared.and_then(|it| it.because.as_deref()) {
            text.push_str(". ");
            text.push_str(because);
        }
    }
    text
}

fn reached(case: &Case<'_>, stage: &Node) -> String {
    let name = stage.name.as_deref().unwrap_or_default();
    let own = case.decision.stage.as_deref();
    let further = own.filter(|own| *own != name).map(|own| format!(" (and is now {})", being(own)));
    let mut text = format!("{} is {}{}", case.lead(), being(name), further.unwrap_or_default());
    match stage.stay.and_then(|stay| stay.since) {
        Some(since) => {
            text.push_str(&format!(", because {}", entered(case, name, since)));
            if stage.stay.is_some_and(|stay| stay.test != Outcome::Met) {
                text.push_str(", though by what is known today it would not become one again");
            }
        }
        None => {
            let why = stage.children.first().map(|test| case.reasons(test)).unwrap_or_default();
            text.push_str(&format!(", because {why}"));
        }
    }
    text
}

/// `it was "accepted" on Fri 6 Mar`, in the words of the event that opened the stay.
fn entered(case: &Case<'_>, stage: &str, since: chrono::DateTime<chrono::Utc>) -> String {
    let declared = case.policy.stages.iter().find(|it| it.name == stage);
    let events = declared.into_iter().flat_map(|it| &it.entered).filter_map(|id| case.policy.events.get(id.index()));
    let event = events.map(|event| event.name.as_str()).find(|event| happened_at(case, event, since));
    let day = case.wall.day(since);
    event.map_or_else(|| format!("it has been one since {day}"), |event| format!("\"{event}\" happened on {day}"))
}

fn happened_at(case: &Case<'_>, event: &str, at: chrono::DateTime<chrono::Utc>) -> bool {
    let found = case.trace.events.iter().find(|it| *it.name == *event);
    found.is_some_and(|it| it.occurrences.iter().any(|occurrence| occurrence.at == at))
}

fn not_reached(case: &Case<'_>, stage: &Node, asked: bool) -> String {
    let name = stage.name.as_deref().unwrap_or_default();
    let open = stage.outcome == Some(Outcome::Unknown);
    let not = if open { "not yet" } else { "not" };
    let mut text = match (case.decision.stage.as_deref(), asked) {
        (None, true) => format!("{} is {not} {}, because ", case.lead(), being(name)),
        (None, false) => format!("{}: it is {not} {}, because ", standing(case), being(name)),
        (Some(_), _) => format!("{}, {not} {}, because ", standing(case), being(name)),
    };
    let held = stage.stay.filter(|stay| stay.held_since.is_some());
    let test = stage.children.first();
    match (held, test) {
        (Some(stay), _) => text.push_str(&held_back(case, name, stay)),
        (None, Some(test)) if open => text.push_str(&waits_for(case, stage, test, name)),
        (None, Some(test)) => text.push_str(&case.reasons(test)),
        _ => text.push_str("the policy says so"),
    }
    text
}

/// `"rejected" happened on Tue 10 Feb, and it cannot be an MQL again before Mon 11 May`
fn held_back(case: &Case<'_>, stage: &str, stay: Stay) -> String {
    let Some(since) = stay.held_since else { return String::new() };
    let declared = case.policy.stages.iter().find(|it| it.name == stage);
    let events = declared.into_iter().flat_map(|it| it.left.iter().flat_map(|(events, _)| events));
    let events = events.filter_map(|id| case.policy.events.get(id.index()));
    let event = events.map(|event| event.name.as_str()).find(|event| happened_at(case, event, since));
    let event = event.map_or_else(|| "the stage was left".to_owned(), |event| format!("\"{event}\" happened"));
    let until = stay.held_until.map_or_else(
        || format!("it cannot be {} again until it enters the stage anew", being(stage)),
        |until| format!("it cannot be {} again before {}", being(stage), case.wall.moment(until)),
    );
    let though = if stay.test == Outcome::Met { " (otherwise it would be one today)" } else { "" };
    format!("{event} on {}, and {until}{though}", case.wall.day(since))
}

/// What is not known, and what it would take.
fn waits_for(case: &Case<'_>, stage: &Node, test: &Node, name: &str) -> String {
    let mut text = case.unknown(&[test]);
    if text.is_empty() {
        let mut gaps = Vec::new();
        case.absent_logs(stage, &mut gaps);
        let mut fields: Vec<String> = gaps.iter().map(|gap| case.called(&gap.field)).collect();
        fields.dedup();
        return format!("nobody knows whether it became one: there is nothing to read in its {}", list(&fields, 4));
    }
    let checklists: Vec<&Node> = causes(test).into_iter().filter(|node| is_checklist(node)).collect();
    if let [checklist] = checklists.as_slice() {
        let needs = case.clause(checklist);
        let needs = needs.strip_prefix("it needs ").unwrap_or(&needs);
        let needs = needs.split(": ").next().unwrap_or(needs);
        text.push_str(&format!("; {} needs {needs}", the_stage(name)));
    }
    text
}

fn is_checklist(node: &Node) -> bool {
    node.refers_to.as_ref().is_some_and(|to| to.kind == DefinitionKind::Checklist)
}
