//! Facts in the policy's words.

use std::sync::Arc;

use super::Fact;
use super::facts::{About, Facts, Witness};
use super::goals::Why;
use super::search::Found;
use super::waits::every_condition;
use super::world::{World, field_of};
use crate::engine::decision::{PRIVATE, date_time};
use crate::engine::judge::Judge;
use crate::engine::program::{Slot, Step};
use crate::engine::truth::Outcome;
use crate::intake::Cell;
use crate::policy::{ConditionKind, Field};
use crate::source::Span;
use crate::text::normalize;
use crate::time::Instant;

/// The facts of a set, in the order of the policy.
pub fn facts(world: &mut World<'_>, found: &Found, order: &[Step]) -> Vec<Fact> {
    let about = found.facts.about();
    about.into_iter().filter_map(|about| fact(world, found, about, order)).collect()
}

fn fact(world: &mut World<'_>, found: &Found, about: About, order: &[Step]) -> Option<Fact> {
    let judge = world.judge;
    let whys = found.whys.get(&about).map(Vec::as_slice).unwrap_or_default();
    let (condition, line) = (words(judge, whys), line(judge, whys));
    match about {
        About::Value(slot) => {
            let value = found.facts.values.get(&slot)?.clone();
            Some(field(world, slot, value, condition, line))
        }
        About::Log(slot) => Some(field(world, slot, Witness::List(Vec::new()), condition, line)),
        About::Event(event) => {
            let (own, plan) = (judge.policy.events.get(event)?, judge.program.events.get(event)?);
            let times = found.facts.events.get(&event)?;
            let log = judge.program.slots.get(plan.slot).map_or("", |slot| slot.path.as_str());
            Some(Fact::Event {
                event: own.name.as_str().into(),
                log: log.into(),
                times: times.len(),
                at: times.iter().map(|at| date_time(*at)).collect(),
                condition,
                line,
            })
        }
        About::Wait => {
            let until = found.facts.wait?;
            let because = because(world, &found.facts, until, order);
            Some(Fact::Wait { until: date_time(until), because })
        }
    }
}

fn field(world: &mut World<'_>, slot: Slot, value: Witness, condition: String, line: usize) -> Fact {
    let judge = world.judge;
    let path: Arc<str> = judge.program.slots.get(slot).map_or("", |slot| slot.path.as_str()).into();
    let cell = world.with(&Facts::default(), &[], |view| Some(view.cell(slot)));
    let missing = matches!(cell, None | Some(Cell::Empty | Cell::WrongType));
    let Some(of) = field_of(judge, slot).filter(|_| !missing) else {
        return Fact::Ask { field: path, condition, value, line };
    };
    let from = match written(world.line, of) {
        // What the policy fills in where the lead says nothing.
        serde_json::Value::Null => return Fact::Ask { field: path, condition, value, line },
        _ if of.private => PRIVATE.into(),
        written => written,
    };
    Fact::Change { field: path, from, condition, value, line }
}

/// What the lead has at the path of a field.
fn written(line: &[u8], field: &Field) -> serde_json::Value {
    let lead: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    let mut at = lead;
    for part in &field.path {
        let serde_json::Value::Object(entries) = at else { return serde_json::Value::Null };
        let part = normalize(part);
        let entry = entries.into_iter().find(|(key, _)| normalize(key) == part);
        at = entry.map(|(_, value)| value).unwrap_or_default();
    }
    at
}

/// What asks for a fact, joined as the language joins.
fn words(judge: &Judge, whys: &[Why]) -> String {
    let parts: Vec<String> = whys.iter().map(|why| one(judge, *why)).collect();
    match parts.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

fn one(judge: &Judge, why: Why) -> String {
    let sources = &judge.policy.sources;
    let stage = |at: usize| judge.policy.stages.get(at).map_or("", |stage| stage.name.as_str());
    match why {
        Why::Words(span) | Why::Points(span) => plain(sources.slice(span)),
        Why::Not(span) => format!("not: {}", plain(sources.slice(span))),
        Why::Unknown(span) => format!("unknown: {}", plain(sources.slice(span))),
        Why::Entry(at) => format!("stage \"{}\" is entered", stage(at)),
        Why::Exit(at) => format!("stage \"{}\" is left", stage(at)),
        Why::Held(at) => format!("stage \"{}\" is held back", stage(at)),
        Why::Restart(at) => {
            let name = judge.policy.scores.get(at).map_or("", |score| score.name.as_str());
            format!("score \"{name}\" starts again")
        }
    }
}

/// The policy's words on one line.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.strip_prefix("- ").unwrap_or(&text).to_owned()
}

fn line(judge: &Judge, whys: &[Why]) -> usize {
    let span = |why: &Why| -> Option<Span> {
        match why {
            Why::Words(span) | Why::Not(span) | Why::Unknown(span) | Why::Points(span) => Some(*span),
            Why::Entry(at) | Why::Exit(at) | Why::Held(at) => judge.policy.stages.get(*at).map(|stage| stage.span),
            Why::Restart(at) => judge.policy.scores.get(*at).map(|score| score.span),
        }
    };
    whys.first().and_then(span).map_or(0, |span| judge.policy.sources.line(span))
}

/// What changes at an instant to which the facts move now.
fn because(world: &mut World<'_>, facts: &Facts, until: Instant, order: &[Step]) -> String {
    let judge = world.judge;
    let mut seen = |at: Instant| {
        let facts = Facts { wait: Some(at), ..facts.clone() };
        world.with(&facts, order, |view| {
            let mut outcomes: Vec<(Span, bool, Outcome)> = Vec::new();
            every_condition(&judge.policy, &mut |condition| {
                let is_plain = !matches!(
                    condition.kind,
                    ConditionKind::All(_)
                        | ConditionKind::Any(_)
                        | ConditionKind::None(_)
                        | ConditionKind::AtLeast(..)
                        | ConditionKind::Criterion(..)
                        | ConditionKind::Checklist { .. }
                        | ConditionKind::Stage(..)
                );
                if order.binary_search(&view.step(condition)).is_ok() {
                    outcomes.push((condition.span, is_plain, view.outcome(condition)));
                }
            });
            let held: Vec<bool> = view.state.stages.iter().map(|stage| stage.held_since.is_some()).collect();
            (outcomes, held)
        })
    };
    let (before, after) = (seen(until.saturating_sub(1)), seen(until));
    let freed = before.1.iter().zip(&after.1).position(|(before, after)| *before && !*after);
    if let Some(stage) = freed.and_then(|at| judge.policy.stages.get(at)) {
        return format!("until then stage \"{}\" is held back", stage.name);
    }
    let changed =
        || before.0.iter().zip(&after.0).filter(|(before, after)| before.2 != after.2).map(|(_, after)| after);
    let first = changed().find(|(_, plain, _)| *plain).or_else(|| changed().next());
    match first {
        Some((span, _, Outcome::Met)) => format!("from then on: {}", plain(judge.policy.sources.slice(*span))),
        Some((span, _, _)) => format!("from then on no longer: {}", plain(judge.policy.sources.slice(*span))),
        None => "points change with time".to_owned(),
    }
}

/// Why a stage cannot be reached.
pub fn never(judge: &Judge, blocked: Option<Why>, stage: usize) -> String {
    match blocked {
        Some(Why::Held(at)) => format!("{}, and nothing lets it be entered again", one(judge, Why::Held(at))),
        Some(why) => format!("nothing can make this so: {} (line {})", one(judge, why), line(judge, &[why])),
        None => {
            let name = judge.policy.stages.get(stage).map_or("", |stage| stage.name.as_str());
            format!("no facts reach stage \"{name}\"")
        }
    }
}
