//! policy × lead → decision.
//!
//! [`Evaluator`] compiles a policy once: what it reads becomes slots, its conditions become steps that
//! stand in the order in which they need each other, equal conditions once. A [`Worker`] then takes lead after lead.
//! Nothing here reads a clock, a file or the environment, and nothing depends on the order of a hash map: the same
//! policy, lead and `now` give the same bytes.

mod account;
mod batch;
mod bulk;
mod compile;
mod deadline;
mod decision;
mod evaluate;
mod events;
mod horizon;
mod json;
mod judge;
mod leaf;
mod missing;
mod moment;
pub mod next;
mod outputs;
pub mod probe;
mod program;
mod reads;
mod receipt;
mod score;
mod sla;
mod stage;
mod text;
pub mod trace;
mod truth;
mod verdict;
mod why;
mod write;

pub use account::{Account, ClockRun, Reason, Stay};
pub use batch::{Lines, Unread};
pub use deadline::{DueAction, SlaDecision};
pub use decision::{ChecklistDecision, Decision, Entries, Named, Points, PolicyVersion, StageDecision};
pub use evaluate::Warning;
pub use horizon::NextChange;
pub use outputs::{KEYS, Key, Outputs, UnknownKey, With};
pub use receipt::{PolicyDigest, Receipt, lead_digest};
pub use truth::Outcome;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::intake::{Cell, LeadError};
use crate::policy::{Policy, Versions};

use evaluate::Setting;
use judge::{Judge, Seat, Version};
use moment::Moment;
use sla::{Clocks, Scene};
use verdict::{Scratch, Verdict};

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
///
/// Made from [`Versions`] of a policy, the one in effect decides, and the clock of each SLA is judged by the version that
/// was in effect when it started.
#[derive(Clone, Debug)]
pub struct Evaluator {
    versions: Arc<[Judge]>,
    now: Arc<Now>,
}

/// What depends on now.
#[derive(Debug)]
struct Now {
    /// The version that decides.
    judging: Version,
    /// Of each version.
    moments: Vec<Moment>,
    /// Where now is not within the policy's dates of effect.
    out_of_effect: Option<Warning>,
}

impl Evaluator {
    /// Compiles a policy, or its versions, for whole decisions as of `now`, which is cut to the microsecond and to the
    /// years 0 to 9999, those that a decision can write.
    pub fn new(policy: impl Into<Versions>, now: DateTime<Utc>) -> Evaluator {
        Evaluator::only(policy, now, Outputs::ALL)
    }

    /// As [`Evaluator::new`], for decisions that hold some keys only. What none of them needs is not worked out.
    pub fn only(policy: impl Into<Versions>, now: DateTime<Utc>, outputs: Outputs) -> Evaluator {
        Evaluator::as_of(Judge::all(policy.into().into_policies(), outputs, None).into(), now)
    }

    /// For [`Worker::account`]: what reports count. `by` is the path of a field by which leads are grouped.
    pub fn for_reports(policy: impl Into<Versions>, now: DateTime<Utc>, by: Option<&str>) -> Evaluator {
        Evaluator::as_of(Judge::all(policy.into().into_policies(), Outputs::REPORTS, by).into(), now)
    }

    /// The same policy as of another instant: nothing is compiled again.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Evaluator {
        Evaluator::as_of(Arc::clone(&self.versions), now)
    }

    fn as_of(versions: Arc<[Judge]>, now: DateTime<Utc>) -> Evaluator {
        let now = json::writable(now.timestamp_micros());
        let moments: Vec<Moment> =
            versions.iter().map(|judge| Moment::new(now, &judge.policy, &judge.program)).collect();
        // Between versions the one that ended last decides, and before all of them the first.
        let in_effect = versions.iter().position(|judge| judge.effect.contains(&now));
        let ended = || versions.iter().rposition(|judge| judge.effect.end <= now);
        let judging = in_effect.or_else(ended).unwrap_or(0);
        let judged = versions.get(judging).zip(moments.get(judging));
        let out_of_effect = judged.and_then(|(judge, moment)| out_of_effect(&judge.policy, moment));
        Evaluator { versions, now: Arc::new(Now { judging, moments, out_of_effect }) }
    }

    /// The policy that decides: of several versions, the one in effect.
    pub fn policy(&self) -> &Policy {
        &self.judge().policy
    }

    /// All versions of the policy, in the order of effect.
    pub fn versions(&self) -> impl Iterator<Item = &Policy> {
        self.versions.iter().map(|judge| &judge.policy)
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
        Worker {
            evaluator: self.clone(),
            seats: self.versions.iter().map(Seat::new).collect(),
            clocks: Clocks::default(),
            scratch: Scratch::default(),
            trace: Vec::new(),
        }
    }

    fn judge(&self) -> &Judge {
        #[expect(clippy::indexing_slicing, reason = "there is a version, and `judging` is the place of one")]
        &self.versions[self.now.judging]
    }

    fn moment(&self) -> &Moment {
        #[expect(clippy::indexing_slicing, reason = "each version has its moment")]
        &self.now.moments[self.now.judging]
    }

    fn setting(&self) -> Setting<'_> {
        self.judge().setting(self.moment())
    }

    /// Reads a lead into the seat of a version.
    fn read(&self, version: Version, seat: &mut Seat, line: &[u8]) -> Result<(), LeadError> {
        let Some((judge, moment)) = self.versions.get(version).zip(self.now.moments.get(version)) else {
            return Ok(());
        };
        seat.state.read(line, judge.setting(moment))
    }

    /// Takes the steps of a version: all where it is the one that decides, else those that its clocks need.
    fn decide_in(&self, version: Version, seat: &mut Seat) {
        let Some((judge, moment)) = self.versions.get(version).zip(self.now.moments.get(version)) else { return };
        let program = &judge.program;
        let setting = judge.setting(moment);
        if version == self.now.judging {
            seat.state.judge_in_bulk(&program.bulk, setting);
        } else {
            seat.state.judge(&program.clock_order, setting);
        }
    }

    /// A lead that was read and judged in these seats, as its clocks see it.
    fn scene<'a>(&'a self, line: &'a [u8], seats: &'a mut [Seat]) -> Scene<'a> {
        let (judges, moments) = (self.versions.as_ref(), self.now.moments.as_slice());
        Scene { judges, judging: self.now.judging, now: self.moment().now, moments, line, seats }
    }
}

/// What a decision holds besides its keys, where it was asked for.
#[derive(Debug)]
struct Extras {
    next: Option<next::NextSteps>,
    next_change: Option<NextChange>,
    receipt: Option<Box<Receipt>>,
}

/// An instant as decisions write it: RFC 3339 in UTC, a fraction only where there is one.
pub fn timestamp(at: DateTime<Utc>) -> String {
    decision::Rfc3339(at).to_string()
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
    /// One for each version.
    seats: Vec<Seat>,
    clocks: Clocks,
    scratch: Scratch,
    /// Room for a trace.
    trace: Vec<u8>,
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
        self.run(lead.as_ref())?;
        let extras = self.extras(lead.as_ref())?;
        let trace = self.trace(lead.as_ref());
        let verdict = verdict(&self.evaluator, &self.seats, &self.clocks);
        let mut decision = Decision::of(verdict, &mut self.scratch);
        (decision.next, decision.next_change, decision.receipt) = (extras.next, extras.next_change, extras.receipt);
        decision.trace = trace;
        Ok(decision)
    }

    /// Decides the same and appends the decision to `out` as one line of JSON, as `handover eval` writes it: the
    /// fast way, which allocates nothing once there is room for the largest lead.
    ///
    /// # Errors
    /// As [`Worker::decide`]; `out` is then as it was.
    pub fn write(&mut self, lead: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<(), LeadError> {
        self.run(lead.as_ref())?;
        let extras = self.extras(lead.as_ref())?;
        self.write_trace(lead.as_ref());
        let verdict = verdict(&self.evaluator, &self.seats, &self.clocks);
        write::write(verdict, &mut self.scratch, &extras, &self.trace, out);
        Ok(())
    }

    /// Who owns the lead that was decided last: what `owner is` of `handover` names. `(private)` where the policy
    /// declares that field private.
    pub fn owner(&self) -> Option<Cow<'_, str>> {
        let (slot, private) = self.evaluator.judge().program.owner?;
        let lead = &self.seats.get(self.evaluator.now.judging)?.state.lead;
        let owner = match lead.cell(slot) {
            Cell::Text(text) => Cow::Borrowed(lead.raw(text)),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            _ => return None,
        };
        Some(if private { Cow::Borrowed(decision::PRIVATE) } else { owner })
    }

    /// What the decision about the lead on `line`, which was just decided, holds besides its keys.
    fn extras(&mut self, line: &[u8]) -> Result<Extras, LeadError> {
        let (judge, now) = (self.evaluator.judge(), self.evaluator.moment().now);
        let wants = |with| judge.outputs.adds(with);
        Ok(Extras {
            next: if wants(With::Next) { Some(next::find(judge, now, line)?) } else { None },
            next_change: match wants(With::NextChange) {
                true => Some(horizon::next_change(&self.evaluator, line)?),
                false => None,
            },
            receipt: self.receipt(line),
        })
    }

    /// How the lead on `line`, which was just decided, came to its decision; none where nobody asked.
    fn trace(&mut self, line: &[u8]) -> Option<Box<trace::Trace>> {
        if !self.evaluator.judge().outputs.adds(With::Trace) {
            return None;
        }
        let (scene, clocks) = self.scene(line);
        trace::value(clocks, scene).map(Box::new)
    }

    /// The same as JSON, kept until the decision is written.
    fn write_trace(&mut self, line: &[u8]) {
        self.trace.clear();
        if self.evaluator.judge().outputs.adds(With::Trace) {
            let mut out = std::mem::take(&mut self.trace);
            let (scene, clocks) = self.scene(line);
            trace::write(clocks, scene, &mut out);
            self.trace = out;
        }
    }

    /// What it takes to decide the lead on `line` the same again; none where nobody asked.
    fn receipt(&self, line: &[u8]) -> Option<Box<Receipt>> {
        let wanted = self.evaluator.judge().outputs.adds(With::Receipt);
        wanted.then(|| Box::new(self.evaluator.receipt(line)))
    }

    /// Decides the lead by the version in effect, and runs the clocks of all.
    fn run(&mut self, line: &[u8]) -> Result<(), LeadError> {
        for (at, seat) in self.seats.iter_mut().enumerate() {
            self.evaluator.read(at, seat, line)?;
            self.evaluator.decide_in(at, seat);
        }
        let (scene, clocks) = self.scene(line);
        clocks.run(scene);
        Ok(())
    }

    /// The lead on `line`, which has been read and judged, as its clocks see it.
    fn scene<'a>(&'a mut self, line: &'a [u8]) -> (Scene<'a>, &'a mut Clocks) {
        (self.evaluator.scene(line, &mut self.seats), &mut self.clocks)
    }
}

fn verdict<'a>(evaluator: &'a Evaluator, seats: &'a [Seat], clocks: &'a Clocks) -> Verdict<'a> {
    #[expect(clippy::indexing_slicing, reason = "a worker has a seat for each version")]
    Verdict { evaluator, state: &seats[evaluator.now.judging].state, clocks }
}
