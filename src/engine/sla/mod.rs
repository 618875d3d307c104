//! The clocks of SLAs: whether sales acted in time.
//!
//! `cycles` finds when a clock ran, `pauses` when it stood still, `window` counts, and `course` says what became of a
//! cycle. What is said of an SLA is its latest cycle, and how many before it were missed.

mod course;
mod cycles;
mod look;
mod pauses;
mod window;

pub use course::Course;
pub use cycles::{Cycle, Ending};
pub use look::{Counting, Look, Stretch};
pub use pauses::Pause;

use std::borrow::Cow;
use std::cell::Cell;

use super::evaluate::{State, Warning};
use super::judge::{Judge, Seat, Version};
use super::moment::{Hours, Moment};
use super::program::{Choice, SlaPlan};
use super::truth::Outcome;
use crate::policy::{Duration, SlaStatus};
use crate::time::Instant;

use course::Run;
use cycles::Mark;
use pauses::Pairs;

/// What the clocks of a lead say, and room to find it out in; reused.
#[derive(Debug, Default)]
pub struct Clocks {
    /// Of each SLA of the policy that judges.
    pub slas: Vec<SlaState>,
    /// What is due, in the order of SLAs, steps and actions.
    pub actions: Vec<DueAction>,
    pub warnings: Vec<Warning>,
    marks: Vec<Mark>,
    cycles: Vec<Cycle>,
    pairs: Pairs,
    pauses: Vec<Pause>,
    /// Whose pauses these are.
    paused: Option<(Version, usize)>,
    /// Calendars of versions that were counted past their listed holidays.
    past: Vec<(Version, usize)>,
}

/// What is said of one SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlaState {
    pub status: SlaStatus,
    /// The version that judges, and the place of the SLA in it.
    pub version: Version,
    pub sla: usize,
    /// None for a lead that the SLA does not hold for, and before a clock starts.
    pub course: Option<Course>,
    pub cycles: u32,
    pub missed_before: u32,
}

/// An action that is due, by its places in the version that judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueAction {
    pub version: Version,
    pub sla: usize,
    pub step: usize,
    pub action: usize,
    /// When the cycle started.
    pub start: Instant,
    pub since: Instant,
}

/// What the conditions of an SLA come to.
#[derive(Clone, Copy)]
struct Terms {
    applies: Outcome,
    allowed: Duration,
    /// Of its business time.
    calendar: Option<usize>,
}

/// The lead as the versions of a policy read it.
pub struct Scene<'a> {
    pub judges: &'a [Judge],
    /// The version that judges now.
    pub judging: Version,
    pub now: Instant,
    /// Of each version, as of now.
    pub moments: &'a [Moment],
    pub line: &'a [u8],
    /// The lead has been read into all of them.
    pub seats: &'a mut [Seat],
}

impl Clocks {
    /// Runs the clocks of the version that judges.
    pub fn run(&mut self, mut scene: Scene<'_>) {
        self.slas.clear();
        self.actions.clear();
        self.warnings.clear();
        self.past.clear();
        let Some(judge) = scene.judges.get(scene.judging) else { return };
        let seat = scene.seats.get(scene.judging);
        if let (Some(calendar), Some(true)) = (judge.program.default_calendar, seat.map(|it| it.state.past_holidays)) {
            self.past.push((scene.judging, calendar));
        }
        for (at, versions) in judge.slas.iter().enumerate().take(judge.program.slas.len()) {
            let state = self.sla(&mut scene, at, versions);
            self.slas.push(state);
        }
        self.past.sort_unstable();
        self.past.dedup();
        for (version, calendar) in &self.past {
            let message = scene.judges.get(*version).and_then(|judge| judge.program.past_holidays.get(*calendar));
            let message = Cow::Owned(message.cloned().unwrap_or_default());
            let warning = Warning { code: "H0735", field: None, message };
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// One SLA, by its place in the version that judges and in all versions that have it.
    fn sla(&mut self, scene: &mut Scene<'_>, at: usize, versions: &[(Version, usize)]) -> SlaState {
        self.find_cycles(scene, versions);
        let latest = self.cycles.last().copied();
        let place_in = |version| versions.iter().find(|(of, _)| *of == version).map_or(at, |(_, place)| *place);
        let (version, start) = latest.map_or((scene.judging, scene.now), |cycle| (cycle.version, cycle.start));
        let sla = place_in(version);
        let mut state =
            SlaState { status: SlaStatus::Unknown, version, sla, course: None, cycles: 0, missed_before: 0 };
        let Some(plan) = scene.plan(version, sla) else { return state };
        let terms = self.terms(scene, (version, sla), start);
        match (terms.applies, latest) {
            (Outcome::NotMet, _) => state.status = SlaStatus::NotApplicable,
            (Outcome::Met, None) if !scene.is_absent(versions, &self.cycles) => state.status = SlaStatus::NotStarted,
            (Outcome::Met, Some(cycle)) if !scene.is_absent(versions, &self.cycles) => {
                let earlier = self.cycles.len() - 1;
                state.cycles = u32::try_from(self.cycles.len()).unwrap_or(u32::MAX);
                for place in 0..earlier {
                    let Some(cycle) = self.cycles.get(place).copied() else { continue };
                    let places = (cycle.version, place_in(cycle.version));
                    let terms = self.terms(scene, places, cycle.start);
                    let missed =
                        terms.applies == Outcome::Met && self.run_of(scene, places, cycle, terms, |run| run.is_late());
                    state.missed_before += u32::from(missed);
                }
                self.latest(scene, &mut state, cycle, terms, plan);
                return state;
            }
            _ => {}
        }
        // Nothing is said of a cycle, so it is the version that decides now which says this.
        SlaState { version: scene.judging, sla: at, ..state }
    }

    /// Fills in what became of the latest cycle, and what is to be done about it.
    fn latest(&mut self, scene: &Scene<'_>, state: &mut SlaState, cycle: Cycle, terms: Terms, plan: &SlaPlan) {
        let (version, sla) = (state.version, state.sla);
        let mut actions = std::mem::take(&mut self.actions);
        let (status, course) = self.run_of(scene, (version, sla), cycle, terms, |run| {
            let course = run.course(plan.at_risk);
            let status = run.status(&course);
            for (step, (when, count)) in plan.steps.iter().enumerate() {
                let Some(since) = run.step(*when, &course, status, plan.at_risk) else { continue };
                let due = |action| DueAction { version, sla, step, action, start: cycle.start, since };
                actions.extend((0..*count).map(due));
            }
            (status, course)
        });
        self.actions = actions;
        if course.due.is_none() {
            self.never_due(scene, state, terms);
        }
        let calendar = terms.calendar.filter(|_| terms.allowed.unit.is_business());
        state.status = status;
        state.course = Some(Course { calendar, ..course });
    }

    fn never_due(&mut self, scene: &Scene<'_>, state: &SlaState, terms: Terms) {
        let Some(policy) = scene.judges.get(state.version).map(|judge| &judge.policy) else { return };
        let calendar = terms.calendar.and_then(|at| policy.calendars.get(at)).map_or("", |it| it.name.as_str());
        let sla = policy.slas.get(state.sla).map_or("", |sla| sla.name.as_str());
        let message =
            format!("the calendar `{calendar}` has no open time left within ten years, so `{sla}` is never due");
        self.warnings.push(Warning { code: "H0736", field: None, message: message.into() });
    }

    /// Fills the cycles of all versions.
    fn find_cycles(&mut self, scene: &Scene<'_>, versions: &[(Version, usize)]) {
        self.marks.clear();
        self.cycles.clear();
        self.paused = None;
        for (version, sla) in versions {
            if let (Some(plan), Some(seat)) = (scene.plan(*version, *sla), scene.seats.get(*version)) {
                cycles::mark(&mut self.marks, *version, plan, &seat.state.events);
            }
        }
        let holds =
            |version: &Version, at: Instant| scene.judges.get(*version).is_some_and(|judge| judge.effect.contains(&at));
        let in_effect = |at| versions.iter().map(|(version, _)| *version).find(|version| holds(version, at));
        cycles::find(&mut self.marks, in_effect, &mut self.cycles);
    }

    /// What the conditions come to as of a cycle's start.
    fn terms(&mut self, scene: &mut Scene<'_>, (version, sla): (Version, usize), start: Instant) -> Terms {
        let nothing = Terms {
            applies: Outcome::Unknown,
            allowed: Duration { amount: 0, unit: crate::policy::Unit::Minutes },
            calendar: None,
        };
        let (Some(judge), Some(plan), Some(seat)) =
            (scene.judges.get(version), scene.plan(version, sla), scene.seats.get_mut(version))
        else {
            return nothing;
        };
        let look = |state: &State| Terms {
            applies: plan.applies.map_or(Outcome::Met, |step| state.outcome(step)),
            allowed: *chosen(&plan.allowed, state),
            calendar: match &plan.hours {
                Some(hours) => Some(*chosen(hours, state)),
                None => judge.program.default_calendar,
            },
        };
        if plan.as_of_start.is_empty() {
            return look(&seat.state);
        }
        let look = |state: &State| (look(state), state.past_holidays);
        let (terms, past) = match scene.moments.get(version) {
            Some(moment) if start == scene.now && version == scene.judging => {
                seat.state.judge(&plan.as_of_now, judge.setting(moment));
                look(&seat.state)
            }
            // The line was read once by this very program, so it can be read again.
            _ => match seat.as_of(judge, scene.line, start, &plan.as_of_start, |state, _| look(state)) {
                Ok(seen) => seen,
                Err(_) => return nothing,
            },
        };
        if let (true, Some(calendar)) = (past, judge.program.default_calendar) {
            self.past.push((version, calendar));
        }
        terms
    }

    /// Looks at one cycle as it runs.
    fn run_of<T>(
        &mut self,
        scene: &Scene<'_>,
        (version, sla): (Version, usize),
        cycle: Cycle,
        terms: Terms,
        look: impl FnOnce(Run<'_>) -> T,
    ) -> T {
        let judge = scene.judges.get(version);
        let events = scene.seats.get(version).map(|seat| seat.state.events.as_slice()).unwrap_or_default();
        let known = self.paused.replace((version, sla)) == Some((version, sla));
        if let (false, Some(plan)) = (known, scene.plan(version, sla)) {
            pauses::find(plan, events, scene.now, &mut self.pairs, &mut self.pauses);
        }
        let past = Cell::new(false);
        let calendar = terms.calendar.and_then(|at| judge?.program.calendars.get(at));
        let hours = calendar.map(|calendar| Hours { calendar, past: &past });
        let seen = look(Run { cycle, now: scene.now, allowed: terms.allowed, hours, pauses: &self.pauses });
        if let (true, Some(calendar)) = (past.get(), terms.calendar) {
            self.past.push((version, calendar));
        }
        seen
    }
}

impl<'a> Scene<'a> {
    fn plan(&self, version: Version, sla: usize) -> Option<&'a SlaPlan> {
        let judges: &'a [Judge] = self.judges;
        judges.get(version)?.program.slas.get(sla)
    }

    /// Whether an absent log could change a clock whose cycles these are: one of a version that is in effect by now, which
    /// could start a cycle, or do anything to a cycle of that version.
    fn is_absent(&self, versions: &[(Version, usize)], cycles: &[Cycle]) -> bool {
        versions.iter().any(|(version, sla)| {
            let (Some(judge), Some(plan)) = (self.judges.get(*version), self.plan(*version, *sla)) else {
                return false;
            };
            let Some(seat) = self.seats.get(*version).filter(|_| judge.effect.start <= self.now) else { return false };
            let absent = |event: &usize| seat.state.events.get(*event).is_some_and(|log| log.absent);
            if cycles.iter().any(|cycle| cycle.version == *version) {
                return plan.events().any(absent);
            }
            plan.starts.iter().any(absent) || !cycles.is_empty() && plan.restarts.iter().any(absent)
        })
    }
}

/// The first line that is met; an unknown one is passed over.
fn chosen<'a, T>(choice: &'a Choice<T>, state: &State) -> &'a T {
    let mut lines = choice.lines.iter();
    lines.find(|(_, step)| state.outcome(*step) == Outcome::Met).map_or(&choice.otherwise, |(value, _)| value)
}
