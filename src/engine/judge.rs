//! One version of a policy, compiled, and what a thread knows of a lead by it.

use std::ops::Range;

use chrono::NaiveDate;

use super::compile::compile;
use super::decision::Vocabulary;
use super::evaluate::{Setting, State};
use super::moment::Moment;
use super::outputs::Outputs;
use super::program::{Program, Step};
use super::why::Stories;
use super::write::Frame;
use crate::intake::LeadError;
use crate::policy::Policy;
use crate::time::{Instant, zone};

/// The place of a version of the policy among all.
pub type Version = usize;

/// One version, and what does not depend on now.
#[derive(Debug)]
pub struct Judge {
    pub policy: Policy,
    pub program: Program,
    pub outputs: Outputs,
    pub frame: Frame,
    pub words: Vocabulary,
    pub stories: Stories,
    /// The instants of its dates of effect; all where it is the only version.
    pub effect: Range<Instant>,
    /// Of each of its SLAs, the versions that have it, in the order of effect, and its place there.
    pub slas: Vec<Vec<(Version, usize)>>,
}

impl Judge {
    /// Compiles the versions of a policy, which stand in the order of effect. Reports may group leads `by` a field.
    pub fn all(policies: Vec<Policy>, outputs: Outputs, by: Option<&str>) -> Vec<Judge> {
        let places = |name: &str| {
            let places = policies.iter().map(|policy| policy.slas.iter().position(|sla| sla.name == name));
            places.enumerate().filter_map(|(version, place)| Some((version, place?))).collect()
        };
        let slas: Vec<Vec<_>> =
            policies.iter().map(|policy| policy.slas.iter().map(|sla| places(&sla.name)).collect()).collect();
        let alone = policies.len() == 1;
        let judge = |(policy, slas)| {
            let (program, stories) = compile(&policy, outputs, by);
            let frame = Frame::new(&policy, &program, outputs);
            let words = Vocabulary::new(&policy, &program);
            let effect = if alone { Instant::MIN..Instant::MAX } else { effect(&policy) };
            Judge { policy, program, outputs, frame, words, stories, effect, slas }
        };
        let mut judges: Vec<Judge> = policies.into_iter().zip(slas).map(judge).collect();
        // Where one version follows another from one day to the next, no hour is without a version or has two, though
        // their days may begin at other instants.
        let begins: Vec<_> = judges.iter().map(|it| (it.policy.effective_from, it.effect.start)).collect();
        for (judge, (from, start)) in judges.iter_mut().zip(begins.into_iter().skip(1)) {
            if from.is_some() && judge.policy.effective_until.and_then(|date| date.succ_opt()) == from {
                judge.effect.end = start;
            }
        }
        judges
    }

    /// Its setting as of a moment of its own.
    pub fn setting<'a>(&'a self, moment: &'a Moment) -> Setting<'a> {
        Setting { program: &self.program, moment, tz: self.policy.zone }
    }
}

/// From the first instant of its first day of effect to that after the last.
fn effect(policy: &Policy) -> Range<Instant> {
    let start = |date: Option<NaiveDate>| date.map(|date| zone::start_of_day(policy.zone, date));
    let after = policy.effective_until.map(|date| date.succ_opt().unwrap_or(NaiveDate::MAX));
    start(policy.effective_from).unwrap_or(Instant::MIN)..start(after).unwrap_or(Instant::MAX)
}

/// What a thread knows of one lead by one version; reused for the next.
#[derive(Debug)]
pub struct Seat {
    pub state: State,
    /// Room for the same lead as of an earlier instant, where a clock needs that.
    then: Option<Box<(State, Moment)>>,
}

impl Seat {
    /// Room for leads.
    pub fn new(judge: &Judge) -> Seat {
        let looks_back = judge.program.slas.iter().any(|sla| !sla.as_of_start.is_empty());
        let then = looks_back.then(|| Box::new((State::new(&judge.program), Moment::default())));
        Seat { state: State::new(&judge.program), then }
    }

    /// Takes steps with `at` as now, for the lead on `line` that has been read and judged, and gives what `look` sees in the
    /// outcomes. What happened later has not happened then; fields are as they are, and so are the outcomes of other steps.
    pub fn as_of<T>(
        &mut self,
        judge: &Judge,
        line: &[u8],
        at: Instant,
        steps: &[Step],
        look: impl Fn(&State, &Moment) -> T,
    ) -> Result<T, LeadError> {
        let Some(then) = &mut self.then else {
            return Ok(look(&self.state, &Moment::new(at, &judge.policy, &judge.program)));
        };
        let (state, moment) = &mut **then;
        moment.set(at, &judge.policy, &judge.program);
        let setting = judge.setting(moment);
        if judge.program.items_depend_on_now {
            state.read(line, setting)?;
        } else {
            state.recall(&mut self.state, at);
        }
        state.keep_outcomes(&self.state);
        state.judge(steps, setting);
        let seen = look(state, moment);
        if !judge.program.items_depend_on_now {
            state.give_back(&mut self.state);
        }
        Ok(seen)
    }
}
