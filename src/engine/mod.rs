//! policy × lead → decision.
//!
//! [`Evaluator`] compiles a policy once for one `now`: what it reads becomes slots, its conditions become steps that
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
mod program;
mod reads;
mod score;
mod stage;
mod text;
mod truth;
mod why;

pub use batch::{Lines, Unread};
pub use decision::{KEYS, Outputs};
pub use truth::Outcome;

use crate::intake::LeadError;
use crate::policy::Policy;
use crate::time::Instant;

use decision::Frame;
use evaluate::{Setting, State};
use moment::Moment;
use program::Program;
use why::Stories;

/// A policy ready to decide leads as of one `now`; shared by all threads.
#[derive(Debug)]
pub struct Evaluator {
    policy: Policy,
    program: Program,
    moment: Moment,
    outputs: Outputs,
    frame: Frame,
    stories: Stories,
}

impl Evaluator {
    /// Compiles `policy` for decisions as of `now` (microseconds since 1970-01-01 UTC) that hold `outputs`.
    pub fn new(policy: Policy, now: Instant, outputs: Outputs) -> Evaluator {
        let (program, stories) = compile::compile(&policy, outputs);
        let calendar = program.default_calendar.and_then(|at| program.calendars.get(at));
        let moment = Moment::new(now, &policy, &program.tests.windows, calendar);
        let frame = Frame::new(&policy, &program, &moment, outputs);
        Evaluator { policy, program, moment, outputs, frame, stories }
    }

    /// Room for one thread to decide leads in, one after another.
    pub fn worker(&self) -> Worker<'_> {
        Worker { evaluator: self, state: State::new(&self.program), scratch: decision::Scratch::default() }
    }

    fn setting(&self) -> Setting<'_> {
        Setting { program: &self.program, moment: &self.moment, tz: self.policy.zone }
    }
}

/// Decides leads one after another; allocates only while it grows.
#[derive(Debug)]
pub struct Worker<'a> {
    evaluator: &'a Evaluator,
    state: State,
    scratch: decision::Scratch,
}

impl Worker<'_> {
    /// Decides the lead that is the JSON object in `lead`, and appends the decision as one line of JSON to `out`.
    ///
    /// # Errors
    /// Where `lead` is no JSON object, or says something twice that the policy reads; `out` is as it was.
    pub fn decide(&mut self, lead: &[u8], out: &mut Vec<u8>) -> Result<(), LeadError> {
        self.state.decide(lead, self.evaluator.setting())?;
        decision::write(self.evaluator, &self.state, &mut self.scratch, out);
        Ok(())
    }
}
