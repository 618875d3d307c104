//! §8, *Clock*: from what happened, the cycles and the pauses of a clock.

use std::collections::BTreeSet;

use crate::coverage::Seen;

/// The instants at which the events of a clock happened, by what they do to it.
pub struct Happened {
    pub starts: BTreeSet<i64>,
    pub stops: BTreeSet<i64>,
    pub cancels: BTreeSet<i64>,
    pub restarts: BTreeSet<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Stopped,
    Cancelled,
    HandedOn,
}

#[derive(Clone, Copy, Debug)]
pub struct Cycle {
    pub start: i64,
    pub end: Option<(i64, End)>,
}

/// From an instant until another, at which it is over; one that never ends lasts until now.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    pub from: i64,
    pub until: Option<i64>,
}

/// The cycles, each with its version: what a clock's events did to it by each version, and which one is in effect when.
/// A cycle goes by the events of the version that was in effect when it started.
pub fn cycles(
    versions: &[Happened],
    in_effect_at: impl Fn(i64) -> Option<usize>,
    seen: &mut Seen,
) -> Vec<(usize, Cycle)> {
    let all = versions.iter().flat_map(|one| [&one.starts, &one.stops, &one.cancels, &one.restarts]);
    let mut cycles = Vec::new();
    let mut running: Option<(usize, i64)> = None;
    for at in all.flatten().copied().collect::<BTreeSet<i64>>() {
        let by = |version: Option<usize>, of: fn(&Happened) -> &BTreeSet<i64>| {
            version.is_some_and(|version| of(&versions[version]).contains(&at))
        };
        let ends = |version: Option<usize>| {
            [by(version, |one| &one.cancels), by(version, |one| &one.stops), by(version, |one| &one.restarts)]
        };
        let now = in_effect_at(at);
        let starts = by(now, |one| &one.starts);
        let mut ended = None;
        // A running cycle ends first: cancel before stop before restart.
        if let Some((version, start)) = running {
            let [cancels, stops, restarts] = ends(Some(version));
            let end = if cancels {
                Some(End::Cancelled)
            } else if stops {
                Some(End::Stopped)
            } else {
                restarts.then_some(End::HandedOn)
            };
            if let Some(end) = end {
                cycles.push((version, Cycle { start, end: Some((at, end)) }));
                let restarts = by(now, |one| &one.restarts);
                running = now.filter(|_| end == End::HandedOn && restarts).map(|version| (version, at));
                ended = Some(end);
            }
            seen.add_if(cancels && stops, "clock: cancel before stop");
            seen.add_if(cancels && restarts, "clock: cancel before restart");
            seen.add_if(stops && !cancels && restarts, "clock: stop before restart");
            seen.add_if(starts && ended.is_none(), "clock: a start while one is running");
            seen.add_if(starts && ended == Some(End::HandedOn), "clock: a start beside a restart");
            let other = now != Some(version);
            seen.add_if(other && starts && ended.is_none(), "versions: a start while an earlier one's cycle runs");
            seen.add_if(other && ended.is_some(), "versions: an end by an earlier one");
            seen.add_if(other && ended == Some(End::HandedOn), "versions: handed on to a later one");
        } else {
            let [cancels, stops, restarts] = ends(now);
            seen.add_if(restarts && !starts, "clock: a restart with none running");
            seen.add_if(restarts && starts, "clock: a restart beside the start");
            seen.add_if((stops || cancels) && !starts, "clock: an end with none running");
        }
        // Then a start opens one, if none runs.
        if let Some(version) = now.filter(|_| running.is_none() && starts) {
            let [cancels, stops, _] = ends(now);
            let end = if cancels { Some(End::Cancelled) } else { stops.then_some(End::Stopped) };
            seen.add_if(ended.is_some(), "clock: a start where one ended");
            match end {
                // If no cycle ended here, a stop or cancel ends the new one at once.
                Some(end) if ended.is_none() => {
                    cycles.push((version, Cycle { start: at, end: Some((at, end)) }));
                    seen.add(if end == End::Stopped { "clock: stopped at once" } else { "clock: cancelled at once" });
                }
                _ => running = Some((version, at)),
            }
        }
    }
    cycles.extend(running.map(|(version, start)| (version, Cycle { start, end: None })));
    cycles
}

/// The pauses of one line: at one instant `until` closes, then `from` opens.
pub fn pauses(from: &BTreeSet<i64>, until: &BTreeSet<i64>, seen: &mut Seen) -> Vec<Pause> {
    let mut pauses = Vec::new();
    let mut open: Option<i64> = None;
    for at in from.union(until).copied() {
        if let Some(begun) = open.filter(|_| until.contains(&at)) {
            pauses.push(Pause { from: begun, until: Some(at) });
            open = None;
            seen.add_if(from.contains(&at), "pause: closed and opened at one instant");
        } else {
            seen.add_if(open.is_some(), "pause: begun again while it lasts");
            seen.add_if(open.is_none() && !from.contains(&at), "pause: ended where there is none");
            seen.add_if(open.is_none() && from.contains(&at) && until.contains(&at), "pause: opened beside its end");
        }
        if from.contains(&at) && open.is_none() {
            open = Some(at);
        }
    }
    pauses.extend(open.map(|from| Pause { from, until: None }));
    pauses
}

/// The pauses of all lines, cut to a cycle; those that overlap are one, those that only touch are not.
pub fn cut(pauses: &[Pause], start: i64, end: i64, seen: &mut Seen) -> Vec<(i64, i64)> {
    let mut cut: Vec<(i64, i64)> =
        pauses.iter().map(|pause| (pause.from.max(start), pause.until.unwrap_or(end).min(end))).collect();
    cut.retain(|(from, until)| from < until);
    cut.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, until) in cut {
        match merged.last_mut() {
            Some(last) if from < last.1 => {
                last.1 = last.1.max(until);
                seen.add("pause: overlapping");
            }
            last => {
                seen.add_if(last.is_some_and(|last| last.1 == from), "pause: touching");
                merged.push((from, until));
            }
        }
    }
    merged
}
