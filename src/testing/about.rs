//! Which part of a decision a difference is about, so that its trace is shown and nothing else.

use crate::engine::{Decision, Outcome};
use crate::report::explain::Topic;

/// A part of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing that has a trace of its own.
    Nothing,
    Stage(String),
    Criterion(String),
    /// What stands for a condition that an example expects, by its place among the criteria.
    Question(usize),
    Checklist(String),
    Score(String),
    Grade(String),
    Disqualifier(String),
    /// Those that are met.
    Disqualified,
    Sla(String),
}

impl About {
    /// Why a lead stands where it does, and not where it was expected.
    pub fn standing(decision: &Decision, expected: Option<&str>) -> About {
        let is_met = |stage: &str| decision.stages.get(stage).is_some_and(|it| it.outcome == Outcome::Met);
        match (expected, &decision.stage) {
            (Some(expected), _) if !is_met(expected) => About::Stage(expected.to_owned()),
            _ if !decision.disqualified_by.is_empty() => About::Disqualified,
            (_, Some(actual)) => About::Stage(actual.to_string()),
            (Some(expected), None) => About::Stage(expected.to_owned()),
            (None, None) => About::Nothing,
        }
    }

    /// What to show of the explanation.
    pub fn topic(&self) -> Option<Topic<'_>> {
        Some(match self {
            About::Nothing => return None,
            About::Stage(name) => Topic::Stage(name),
            About::Criterion(name) => Topic::Criterion(name),
            About::Question(place) => Topic::Condition(*place),
            About::Checklist(name) => Topic::Checklist(name),
            About::Score(name) => Topic::Score(name),
            About::Grade(name) => Topic::Grade(name),
            About::Disqualifier(name) => Topic::Disqualifier(name),
            About::Disqualified => Topic::Disqualified,
            About::Sla(name) => Topic::Sla(name),
        })
    }
}
