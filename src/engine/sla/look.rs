//! What a trace shows of a clock: the same cycle once more, with the time that was counted stretch by stretch.

use super::cycles::Cycle;
use super::pauses::Pause;
use super::window::Measure;
use super::{Clocks, Course, Run, Scene};
use crate::engine::evaluate::State;
use crate::engine::judge::{Judge, Version};
use crate::engine::moment::Moment;
use crate::engine::truth::Outcome;
use crate::policy::SlaStatus;
use crate::time::Instant;

/// So many stretches are shown one by one; one more stands for all that are left.
const MOST_STRETCHES: usize = 1_000;

/// A clock, looked at.
#[derive(Debug)]
pub struct Look<T> {
    /// The version that judges, and the place of the SLA in it.
    pub version: Version,
    pub sla: usize,
    /// The instant as of which the conditions of the SLA were judged.
    pub judged_at: Instant,
    /// What was seen of them.
    pub seen: Option<T>,
    pub cycles: Vec<Cycle>,
    /// The calendar of its business time.
    pub calendar: Option<usize>,
    /// Of the latest cycle; none where nothing is said of it.
    pub count: Option<Counting>,
}

/// How the latest cycle was counted.
#[derive(Debug)]
pub struct Counting {
    pub begin: Option<Instant>,
    pub unpaused_due: Option<Instant>,
    pub due: Option<Instant>,
    /// When it ended, or now.
    pub end: Instant,
    pub elapsed: Vec<Stretch>,
    pub to_due: Vec<Stretch>,
    /// Each with how much time of the clock it took off.
    pub pauses: Vec<(Pause, i64)>,
}

/// From when, until when, and how much of it counts.
pub type Stretch = (Instant, Instant, i64);

impl Clocks {
    /// Looks at an SLA of the version that judges, after the clocks have run. `look` sees the version that
    /// judges, the place of the SLA in it, the lead as of the instant at which the conditions were judged, and that moment.
    pub fn look<T>(
        &mut self,
        scene: &mut Scene<'_>,
        at: usize,
        look: impl Fn(&Judge, usize, &State, &Moment) -> T,
    ) -> Option<Look<T>> {
        let state = *self.slas.get(at)?;
        let versions = scene.judges.get(scene.judging)?.slas.get(at)?.as_slice();
        self.find_cycles(scene, versions);
        let latest = self.cycles.last().copied();
        let (version, judged_at) = latest.map_or((scene.judging, scene.now), |cycle| (cycle.version, cycle.start));
        let sla = versions.iter().find(|(of, _)| *of == version).map_or(at, |(_, place)| *place);
        let terms = self.terms(scene, (version, sla), judged_at);
        let seen = seen(scene, (version, sla), judged_at, look);
        let count = latest.zip(state.course);
        let count = count
            .map(|(cycle, course)| self.run_of(scene, (version, sla), cycle, terms, |run| counting(&run, &course)));
        let calendar = terms.calendar.filter(|_| terms.allowed.unit.is_business());
        Some(Look { version, sla, judged_at, seen, cycles: self.cycles.clone(), calendar, count })
    }
}

impl Clocks {
    /// Calls `each` with what became of every cycle of an SLA of the version that judges, in their order, after the clocks
    /// have run. Of cycles for which the SLA does not hold, or nobody knows, nothing is said.
    pub fn history(&mut self, scene: &mut Scene<'_>, at: usize, mut each: impl FnMut(SlaStatus, Course)) {
        let Some(state) = self.slas.get(at).copied() else { return };
        match (state.cycles, state.course) {
            (1, Some(course)) => return each(state.status, course),
            _ if state.status == SlaStatus::NotStarted => return,
            _ => {}
        }
        let judges = scene.judges;
        let Some(versions) = judges.get(scene.judging).and_then(|judge| judge.slas.get(at)) else { return };
        self.find_cycles(scene, versions);
        if scene.is_absent(versions, &self.cycles) {
            return;
        }
        for place in 0..self.cycles.len() {
            let Some(cycle) = self.cycles.get(place).copied() else { continue };
            let sla = versions.iter().find(|(of, _)| *of == cycle.version).map_or(at, |(_, place)| *place);
            let places = (cycle.version, sla);
            let Some(plan) = scene.plan(cycle.version, sla) else { continue };
            let terms = self.terms(scene, places, cycle.start);
            if terms.applies == Outcome::Met {
                let (status, course) = self.run_of(scene, places, cycle, terms, |run| {
                    let course = run.course(plan.at_risk);
                    (run.status(&course), course)
                });
                each(status, course);
            }
        }
    }

    /// Calls `each` with the instants at which the clocks may change though nothing happens: when they are due, at risk, and
    /// when their steps act. To be called after the clocks have run.
    pub fn instants(&mut self, scene: &mut Scene<'_>, mut each: impl FnMut(Instant)) {
        for at in 0..self.slas.len() {
            let Some(state) = self.slas.get(at).copied().filter(|state| state.course.is_some()) else { continue };
            let Some(versions) = scene.judges.get(scene.judging).and_then(|judge| judge.slas.get(at)) else { continue };
            self.find_cycles(scene, versions);
            let (Some(cycle), Some(plan)) = (self.cycles.last().copied(), scene.plan(state.version, state.sla)) else {
                continue;
            };
            let places = (state.version, state.sla);
            let terms = self.terms(scene, places, cycle.start);
            self.run_of(scene, places, cycle, terms, |run| {
                // While a pause is open, whatever is still to come moves on with the time, and nothing comes.
                if cycle.end.is_some() || run.pauses().any(|pause| pause.open) {
                    return;
                }
                let course = run.course(plan.at_risk);
                let steps = plan.steps.iter().filter_map(|(when, _)| run.instant(*when, &course));
                let due = course.due.into_iter().flat_map(|due| [due, due.saturating_add(1)]);
                due.chain(course.at_risk).chain(steps).for_each(&mut each);
            });
        }
    }
}

/// What `look` sees of the lead when the conditions of an SLA were judged.
fn seen<T>(
    scene: &mut Scene<'_>,
    (version, sla): (Version, usize),
    at: Instant,
    look: impl Fn(&Judge, usize, &State, &Moment) -> T,
) -> Option<T> {
    let plan = scene.plan(version, sla)?;
    let (judge, moment) = (scene.judges.get(version)?, scene.moments.get(version)?);
    let seat = scene.seats.get_mut(version)?;
    if plan.as_of_start.is_empty() || at == scene.now {
        return Some(look(judge, sla, &seat.state, moment));
    }
    seat.as_of(judge, scene.line, at, &plan.as_of_start, |state, then| look(judge, sla, state, then)).ok()
}

fn counting(run: &Run<'_>, course: &Course) -> Counting {
    let (measure, end) = (run.measure(), run.end());
    let pauses = || run.pauses();
    let begin = course.begin;
    let elapsed = begin.map(|begin| stretches(measure, (begin, end), course.elapsed, pauses())).unwrap_or_default();
    let to_due = begin.zip(course.due).zip(course.window);
    let to_due = to_due.map(|(span, window)| stretches(measure, span, window, pauses())).unwrap_or_default();
    let took = |pause: Pause| {
        let from = begin.map_or(pause.from, |begin| pause.from.max(begin));
        (pause, measure.between(from, pause.until))
    };
    Counting {
        begin,
        unpaused_due: begin.and_then(|begin| measure.end_of(begin, run.allowed)),
        due: course.due,
        end,
        elapsed,
        to_due,
        pauses: pauses().map(took).collect(),
    }
}

/// The stretches that count from one instant to another, without pauses; they add up to `total`.
fn stretches(
    measure: Measure<'_>,
    (from, until): (Instant, Instant),
    total: i64,
    pauses: impl Iterator<Item = Pause>,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut at = from;
    let ends = pauses.map(|pause| (pause.from, pause.until)).chain([(until, until)]);
    for (end, next) in ends {
        let left = MOST_STRETCHES.saturating_sub(stretches.len());
        if left == 0 {
            break;
        }
        let of_gap = measure.stretches(at, end.min(until), left);
        stretches.extend(of_gap.into_iter().map(|(from, until)| (from, until, until - from)));
        at = at.max(next);
    }
    let shown: i64 = stretches.iter().map(|(_, _, micros)| micros).sum();
    if shown != total
        && let Some((_, last, micros)) = stretches.last_mut()
    {
        *last = (*last).max(until);
        *micros += total - shown;
    }
    stretches
}
