//! What would change the verdict: for each stage that is not met, sets of facts that reach it.
//!
//! The search walks backwards from the stage's condition through the policy. Whatever stands in the way is a move: a
//! field that takes another value, an event that happens. Each move is made in a world, which is the lead with facts
//! laid over it, and the world is judged again by the very steps that decide leads. So whatever one move breaks is
//! seen, and walked from in turn. Of the facts that reach the stage, every subset is judged too: what is shown is the
//! smallest that suffices.
//!
//! A lead that is disqualified is never in a stage, so all of its stages say `never`. No set disqualifies a lead. What
//! has happened is not undone: facts add occurrences, and only time takes them out of a window.

mod bound;
mod candidates;
mod events;
mod facts;
mod goals;
mod levers;
mod prove;
mod say;
mod scores;
mod search;
mod solve;
mod support;
mod texts;
mod waits;
mod world;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::decision::rfc3339;
use super::judge::Judge;
use super::truth::Outcome;
use crate::intake::LeadError;
use crate::time::Instant;

pub use facts::Witness;

/// What would reach each stage that is not met, in the order of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextSteps {
    stages: Vec<(Arc<str>, StageNext)>,
}

impl NextSteps {
    /// Of the stage of that name; none where it is met.
    pub fn get(&self, stage: &str) -> Option<&StageNext> {
        self.iter().find(|(name, _)| *name == stage).map(|(_, next)| next)
    }

    /// The stages that are not met, in the order of the policy.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StageNext)> {
        self.stages.iter().map(|(name, next)| (name.as_ref(), next))
    }
}

impl Serialize for NextSteps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.stages.len()))?;
        self.stages.iter().try_for_each(|(name, next)| map.serialize_entry(name.as_ref(), next))?;
        map.end()
    }
}

/// What would reach one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StageNext {
    /// Whether the search came to its end: otherwise there may be more sets, or smaller ones.
    pub complete: bool,
    /// Up to three sets of facts, the smallest first. All facts of a set together reach the stage, and no fewer of them
    /// do. Where there is no way, one set with `never` alone.
    pub sets: Vec<Vec<Fact>>,
}

/// One thing to do, or to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fact {
    /// A field that the lead does not fill in, or not with a value of its type.
    Ask {
        /// Its path.
        field: Arc<str>,
        /// What it has to meet, in the policy's words.
        condition: String,
        /// One value that does, as JSON for the field's path.
        value: Witness,
        /// The line of the policy, from 1.
        line: usize,
    },
    /// A field that has a value.
    Change {
        /// Its path.
        field: Arc<str>,
        /// The value that it has; `(private)` where the policy says so.
        from: serde_json::Value,
        /// What it has to meet, in the policy's words.
        condition: String,
        /// One value that does, as JSON for the field's path. Null empties the field.
        value: Witness,
        /// The line of the policy, from 1.
        line: usize,
    },
    /// Something that has to happen.
    Event {
        /// The event.
        event: Arc<str>,
        /// The list that its occurrences are items of, or the field that says when it happened.
        #[serde(rename = "in")]
        log: Arc<str>,
        /// How often.
        times: usize,
        /// Instants that suffice, none after now.
        #[serde(serialize_with = "instants")]
        at: Vec<DateTime<Utc>>,
        /// What asks for it, in the policy's words.
        condition: String,
        /// The line of the policy, from 1.
        line: usize,
    },
    /// Time that has to pass.
    Wait {
        /// Until when.
        #[serde(serialize_with = "rfc3339")]
        until: DateTime<Utc>,
        /// What time brings or takes away.
        because: String,
    },
    /// There is no way.
    Never {
        /// Why not.
        because: String,
    },
}

fn instants<S: Serializer>(at: &[DateTime<Utc>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(at.iter().map(|at| super::timestamp(*at)))
}

/// What would reach the stages of the lead on this line, as of `now`.
pub fn find(judge: &Judge, now: Instant, line: &[u8]) -> Result<NextSteps, LeadError> {
    let Some(plan) = &judge.program.next else { return Ok(NextSteps::default()) };
    let mut world = world::World::read(judge, plan, now, line)?;
    let none = facts::Facts::default();
    let mut stages = Vec::new();
    for (at, stage) in judge.policy.stages.iter().enumerate() {
        let (outcome, disqualified) = world
            .with(&none, plan.orders.get(at).map_or(&[], Vec::as_slice), |view| (view.stage(at), view.disqualified()));
        if outcome == Outcome::Met {
            continue;
        }
        let next = match disqualified.and_then(|by| judge.policy.disqualifiers.get(by)) {
            Some(by) => {
                let because = format!("disqualified by \"{}\"", by.name);
                StageNext { complete: true, sets: vec![vec![Fact::Never { because }]] }
            }
            None => search::search(&mut world, at),
        };
        stages.push((stage.name.as_str().into(), next));
    }
    Ok(NextSteps { stages })
}
