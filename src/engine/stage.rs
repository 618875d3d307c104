//! Stages: a test, and the stay that events open and close.

use chrono_tz::Tz;

use super::events::Occurrences;
use super::moment::{Hours, after};
use super::program::StagePlan;
use super::truth::Outcome;
use crate::policy::Duration;
use crate::time::Instant;

/// What became of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageState {
    /// Met while the stay is open; shut after an exit; else the outcome of the test.
    pub outcome: Outcome,
    /// The outcome of the test alone.
    pub test: Outcome,
    /// When the open stay was entered; none where no stay is surely open.
    pub since: Option<Instant>,
    /// When the latest exit was, where it keeps the stage shut.
    pub held_since: Option<Instant>,
    /// Whether an absent log leaves the outcome open.
    pub by_log: bool,
    /// Whether the unknown test leaves it open.
    pub by_test: bool,
}

/// An exit: when it was, and how long the stage then stays shut (none: until it is entered again).
#[derive(Clone, Copy, PartialEq, Eq)]
struct Exit {
    at: Instant,
    hold: Option<Duration>,
}

/// What a stay depends on beside the events.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    pub now: Instant,
    pub tz: Tz,
    pub hours: Option<Hours<'a>>,
}

/// The state of a stage, given the outcome of its test.
pub fn state(plan: &StagePlan, test: Outcome, events: &[Occurrences], clock: Clock<'_>) -> StageState {
    let by_test = test == Outcome::Unknown;
    let mut state = StageState { outcome: test, test, by_test, ..StageState::default() };
    if plan.entered.is_empty() && plan.left.is_empty() {
        return state;
    }
    let log = |event: &usize| events.get(*event);
    let is_absent = |event: &usize| log(event).is_some_and(|log| log.absent);
    let entered = latest_of(&plan.entered, events);
    let exit = latest_exit(plan, events, clock);
    let scene = Scene { entered, exit, test, only_while: plan.only_while, clock };

    // An event that is an exit as well closes what it opens, so as an entry it changes nothing.
    let leaves = |event: &usize| plan.left.iter().any(|(events, _)| events.contains(event));
    let entries_unknown = plan.entered.iter().any(|event| is_absent(event) && !leaves(event));
    let unknown_exits = plan.left.iter().flat_map(|(events, _)| events).filter(|event| is_absent(event));
    let mut possible = Possible { certain: scene.outcome(), open: scene.is_open(), differs: false, by_test: false };
    // An absent log may hold anything up to now. The outcome depends only on which of the latest entry and the latest
    // exit is later, and on whether the exit still keeps the stage shut, so a few instants stand for all.
    let entries = [Some(clock.now)].into_iter().filter(|_| entries_unknown).chain([entered]);
    for entered in entries {
        let scene = Scene { entered, ..scene };
        possible.add(scene);
        for event in unknown_exits.clone() {
            let floor = entered.max(exit.map(|exit| exit.at));
            let early = floor.unwrap_or(Instant::MIN / 2);
            for at in [early, early.saturating_add(1).min(clock.now), clock.now] {
                let lines = plan.left.iter().filter(|(events, _)| events.contains(event));
                let new = lines.map(|(_, hold)| Exit { at, hold: *hold });
                let exit = new.chain(exit).reduce(|a, b| later(a, b, clock));
                possible.add(Scene { exit, ..scene });
            }
        }
    }
    state.by_log = possible.differs;
    state.by_test = possible.by_test;
    state.outcome = if possible.differs { Outcome::Unknown } else { possible.certain };
    if possible.open {
        state.since = entered;
    } else if !possible.differs && !scene.is_open() {
        state.held_since = exit.filter(|exit| shuts(*exit, clock)).map(|exit| exit.at);
    }
    state
}

/// Until when the latest exit keeps the stage shut; none where nothing has left it, or that lasts until it is entered again.
pub fn held_until(plan: &StagePlan, events: &[Occurrences], clock: Clock<'_>) -> Option<Instant> {
    end(latest_exit(plan, events, clock)?, clock)
}

fn latest_exit(plan: &StagePlan, events: &[Occurrences], clock: Clock<'_>) -> Option<Exit> {
    let exits = plan.left.iter().filter_map(|(of, hold)| Some(Exit { at: latest_of(of, events)?, hold: *hold }));
    exits.reduce(|a, b| later(a, b, clock))
}

/// The latest occurrence of any of these events.
fn latest_of(of: &[usize], events: &[Occurrences]) -> Option<Instant> {
    let logs = of.iter().filter_map(|event| events.get(*event)).filter(|log| !log.absent);
    logs.filter_map(|log| log.latest(Instant::MIN)).max()
}

/// Entries and exits as they are, or as they might be.
#[derive(Clone, Copy)]
struct Scene<'a> {
    entered: Option<Instant>,
    exit: Option<Exit>,
    test: Outcome,
    only_while: bool,
    clock: Clock<'a>,
}

impl Scene<'_> {
    /// An exit at the same instant as the entry closes the stay.
    fn is_open(&self) -> bool {
        self.entered.is_some_and(|entered| self.exit.is_none_or(|exit| exit.at < entered))
    }

    fn outcome(&self) -> Outcome {
        match self.exit {
            _ if self.is_open() && self.only_while => self.test,
            _ if self.is_open() => Outcome::Met,
            Some(exit) if shuts(exit, self.clock) => Outcome::NotMet,
            _ => self.test,
        }
    }
}

/// What all contents of the absent logs have in common.
struct Possible {
    certain: Outcome,
    /// Whether the stay is open in all of them.
    open: bool,
    differs: bool,
    /// Whether the test is unknown and decides in any of them.
    by_test: bool,
}

impl Possible {
    fn add(&mut self, scene: Scene<'_>) {
        let outcome = scene.outcome();
        self.differs |= outcome != self.certain;
        self.by_test |= outcome == Outcome::Unknown;
        self.open &= scene.is_open();
    }
}

/// Whether an exit keeps the stage shut now; at its end exactly the test decides again.
fn shuts(exit: Exit, clock: Clock<'_>) -> bool {
    end(exit, clock).is_none_or(|end| clock.now < end)
}

/// When an exit's hold ends; none for ever.
fn end(exit: Exit, clock: Clock<'_>) -> Option<Instant> {
    after(clock.tz, clock.hours, exit.at, exit.hold?)
}

/// The exit that counts of two: the later one, and at one instant the one that lasts longer.
fn later<'a>(a: Exit, b: Exit, clock: Clock<'a>) -> Exit {
    if a.at != b.at {
        return if a.at > b.at { a } else { b };
    }
    match (end(a, clock), end(b, clock)) {
        (None, _) => a,
        (_, None) => b,
        (Some(first), Some(second)) => {
            if first >= second {
                a
            } else {
                b
            }
        }
    }
}
