//! policy × lead → decision.
//!
//! [`Evaluator`] compiles a policy once: what it reads becomes slots, its conditions become steps that
//! stand in the order in which they need each other, equal conditions once. A [`Worker`] then takes lead after lead.
//! Nothing here reads a clock, a file or the environment, and nothing depends on the order of a hash map: the same
//! policy, lead and `now` give the same bytes.

mod batch;
mod compile;
mod decision;
mod evaluate;
mod events;
mod json;
mod leaf;
mod missing;
mod moment;
mod outputs;
mod program;
mod reads;
mod score;
mod stage;
mod text;
mod truth;
mod verdict;
mod why;
mod write;

pub use batch::{Lines, Unread};
pub use decision::{ChecklistDecision, Decision, Entries, Named, Points, PolicyVersion, StageDecision};
pub use evaluate::Warning;
pub use outputs::{KEYS, Key, Outputs, UnknownKey};
pub use truth::Outcome;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::intake::LeadError;
use crate::policy::Policy;

use decision::Vocabulary;
use evaluate::{Setting, State};
use moment::Moment;
use program::Program;
use verdict::{Scratch, Verdict};
use why::Stories;
use write::Frame;

/// A policy that is ready to decide leads, as of one instant.
///
/// Making one compiles the policy, which takes about as long as twenty leads; [`Evaluator::at`] gives another for a
/// later instant for next to nothing, and a clone is as cheap. Threads share one, each with a [`Worker`] of its
/// own:
///
/// ```
/// # use handover::{Evaluator, Policy, loader::Memory};
/// # let policy = Policy::compile("policy \"p\"\n  version 1\nlead\n  size is a number\nstage \"MQL\"\n  is reached when size is at least 50\n", &Memory::default())?;
/// # let now = "2026-03-10T12:00:00Z".parse()?;
/// let evaluator = Evaluator::new(policy, now);
/// let (large, small) = (r#"{"id": "A", "size": 420}"#, r#"{"id": "B", "size": 3}"#);
/// std::thread::scope(|scope| {
///     scope.spawn(|| assert_eq!(evaluator.decide(large).unwrap().stage.as_deref(), Some("MQL")));
///     scope.spawn(|| assert_eq!(evaluator.decide(small).unwrap().stage, None));
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    judge: Arc<Judge>,
    now: Arc<Now>,
}

/// What depends on now.
#[derive(Debug)]
struct Now {
    moment: Moment,
    /// Where now is not within the policy's dates of effect.
    out_of_effect: Option<Warning>,
}

/// What does not depend on now.
#[derive(Debug)]
struct Judge {
    policy: Policy,
    program: Program,
    outputs: Outputs,
    frame: Frame,
    words: Vocabulary,
    stories: Stories,
}

impl Evaluator {
    /// Compiles `policy` for whole decisions as of `now`, which is cut to the microsecond and to the years 0 to 9999,
    /// those that a decision can write.
    pub fn new(policy: Policy, now: DateTime<Utc>) -> Evaluator {
        Evaluator::only(policy, now, Outputs::ALL)
    }

    /// As [`Evaluator::new`], for decisions that hold some keys only. What none of them needs is not worked out.
    pub fn only(policy: Policy, now: DateTime<Utc>, outputs: Outputs) -> Evaluator {
        let (program, stories) = compile::compile(&policy, outputs);
        let frame = Frame::new(&policy, &program, outputs);
        let words = Vocabulary::new(&policy, &program);
        Evaluator::as_of(Arc::new(Judge { policy, program, outputs, frame, words, stories }), now)
    }

    /// The same policy as of another instant: nothing is compiled again.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Evaluator {
        Evaluator::as_of(Arc::clone(&self.judge), now)
    }

    fn as_of(judge: Arc<Judge>, now: DateTime<Utc>) -> Evaluator {
        let calendar = judge.program.default_calendar.and_then(|at| judge.program.calendars.get(at));
        let now = json::writable(now.timestamp_micros());
        let moment = Moment::new(now, &judge.policy, &judge.program.tests.windows, calendar);
        let out_of_effect = out_of_effect(&judge.policy, &moment);
        Evaluator { judge, now: Arc::new(Now { moment, out_of_effect }) }
    }

    /// The policy that decides.
    pub fn policy(&self) -> &Policy {
        &self.judge.policy
    }

    /// Decides one lead, a JSON object. For many leads take a [`Worker`], which keeps its room for the next.
    ///
    /// # Errors
    /// As [`Worker::decide`].
    pub fn decide(&self, lead: impl AsRef<[u8]>) -> Result<Decision, LeadError> {
        self.worker().decide(lead)
    }

    /// Room for one thread to decide leads in, one after another.
    pub fn worker(&self) -> Worker {
        Worker { evaluator: self.clone(), state: State::new(&self.judge.program), scratch: Scratch::default() }
    }

    fn setting(&self) -> Setting<'_> {
        Setting { program: &self.judge.program, moment: &self.now.moment, tz: self.judge.policy.zone }
    }
}

fn out_of_effect(policy: &Policy, moment: &Moment) -> Option<Warning> {
    let today = moment.today;
    let message = match (policy.effective_from, policy.effective_until) {
        (Some(from), _) if today < from => {
            format!("the policy takes effect on {from}, and this decision is as of {today}")
        }
        (_, Some(until)) if today > until => {
            format!("the policy ended on {until}, and this decision is as of {today}")
        }
        _ => return None,
    };
    Some(Warning { code: "H0734", field: None, message: message.into() })
}

/// Decides leads one after another on one thread. After an error it is as good as before.
#[derive(Debug)]
pub struct Worker {
    evaluator: Evaluator,
    state: State,
    scratch: Scratch,
}

impl Worker {
    /// From the next lead on, decides as of `now`.
    pub fn at(&mut self, now: DateTime<Utc>) {
        self.evaluator = self.evaluator.at(now);
    }

    /// Decides the lead that is the JSON object in `lead`.
    ///
    /// # Errors
    /// Where `lead` is no JSON object, or says something twice that the policy reads. Values that are not as the
    /// policy declares them are no errors: what they decide is unknown.
    pub fn decide(&mut self, lead: impl AsRef<[u8]>) -> Result<Decision, LeadError> {
        self.state.decide(lead.as_ref(), self.evaluator.setting())?;
        let verdict = Verdict { evaluator: &self.evaluator, state: &self.state };
        Ok(Decision::of(verdict, &mut self.scratch))
    }

    /// Decides the same and appends the decision to `out` as one line of JSON, as `handover eval` writes it: the
    /// fast way, which allocates nothing once there is room for the largest lead.
    ///
    /// # Errors
    /// As [`Worker::decide`]; `out` is then as it was.
    pub fn write(&mut self, lead: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<(), LeadError> {
        self.state.decide(lead.as_ref(), self.evaluator.setting())?;
        let verdict = Verdict { evaluator: &self.evaluator, state: &self.state };
        write::write(verdict, &mut self.scratch, out);
        Ok(())
    }
}
