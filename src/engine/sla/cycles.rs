//! When a clock ran: its starts, stops, cancellations and restarts, whatever order they came in, become cycles.

use crate::engine::events::Occurrences;
use crate::engine::judge::Version;
use crate::engine::program::SlaPlan;
use crate::time::Instant;

/// One run of a clock. What ends it is said by the version of the policy that was in effect when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    pub version: Version,
    pub start: Instant,
    /// None while it runs.
    pub end: Option<(Instant, Ending)>,
}

/// How a cycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Stopped,
    Cancelled,
    HandedOn,
}

/// An event that means something to the clock of one version.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    at: Instant,
    version: Version,
    roles: u8,
}

const START: u8 = 1;
const STOP: u8 = 2;
const CANCEL: u8 = 4;
const RESTART: u8 = 8;

/// Adds what the events mean to the clock of one version.
pub fn mark(marks: &mut Vec<Mark>, version: Version, plan: &SlaPlan, events: &[Occurrences]) {
    let all = [(&plan.starts, START), (&plan.stops, STOP), (&plan.cancels, CANCEL), (&plan.restarts, RESTART)];
    for (of, roles) in all {
        for log in of.iter().filter_map(|event| events.get(*event)) {
            marks.extend(log.times().iter().map(|at| Mark { at: *at, version, roles }));
        }
    }
}

/// Finds the cycles, in their order. `in_effect` says which version held at an instant: only that one starts a clock
/// then.
pub fn find(marks: &mut [Mark], in_effect: impl Fn(Instant) -> Option<Version>, cycles: &mut Vec<Cycle>) {
    marks.sort_unstable_by_key(|mark| mark.at);
    let mut open = None::<Cycle>;
    for group in marks.chunk_by(|a, b| a.at == b.at) {
        let Some(Mark { at, .. }) = group.first().copied() else { continue };
        let roles = |version| {
            let own = group.iter().filter(|mark| mark.version == version);
            own.fold(0, |roles, mark| roles | mark.roles)
        };
        // A running cycle ends first.
        let ended = open.and_then(|cycle| Some((cycle, ending(roles(cycle.version))?)));
        if let Some((cycle, how)) = ended {
            cycles.push(Cycle { end: Some((at, how)), ..cycle });
            open = None;
        }
        if open.is_some() {
            continue;
        }
        let Some(version) = in_effect(at) else { continue };
        let roles = roles(version);
        let handed_on = matches!(ended, Some((_, Ending::HandedOn)));
        if roles & START == 0 && (roles & RESTART == 0 || !handed_on) {
            continue;
        }
        let cycle = Cycle { version, start: at, end: None };
        // A restart is no end of what starts with it; a stop or a cancellation is, unless it ended another cycle.
        match ending(roles & !RESTART).filter(|_| ended.is_none()) {
            Some(how) => cycles.push(Cycle { end: Some((at, how)), ..cycle }),
            None => open = Some(cycle),
        }
    }
    cycles.extend(open);
}

fn ending(roles: u8) -> Option<Ending> {
    let all = [(CANCEL, Ending::Cancelled), (STOP, Ending::Stopped), (RESTART, Ending::HandedOn)];
    all.into_iter().find(|(role, _)| roles & role != 0).map(|(_, ending)| ending)
}

#[cfg(test)]
#[path = "cycles_tests.rs"]
mod tests;
