//! What became of one cycle: when it was due, how long it took, and what follows.

use super::cycles::{Cycle, Ending};
use super::pauses::{self, Pause};
use super::window::Measure;
use crate::decimal::Decimal;
use crate::engine::moment::Hours;
use crate::policy::{Duration, SlaStatus, SlaStepWhen};
use crate::time::Instant;

/// What became of a cycle. Lengths of time are in microseconds of the time that its clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    pub start: Instant,
    /// The instant from which time counts; none where the calendar has no open time left.
    pub begin: Option<Instant>,
    /// None where the calendar has no open time left.
    pub due: Option<Instant>,
    pub at_risk: Option<Instant>,
    pub end: Option<Instant>,
    pub elapsed: i64,
    pub window: Option<i64>,
    pub overrun: i64,
    /// The place of the calendar in the version that judges; none for plain time.
    pub calendar: Option<usize>,
}

/// One cycle while it is looked at.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub cycle: Cycle,
    pub now: Instant,
    pub allowed: Duration,
    /// The hours of the SLA, whether or not the time allowed is business time.
    pub hours: Option<Hours<'a>>,
    /// All pauses of the clock.
    pub pauses: &'a [Pause],
}

impl Run<'_> {
    /// Whether the cycle ended, or is still open, after it was due.
    pub fn is_late(&self) -> bool {
        self.end_of(self.allowed).is_some_and(|due| self.end() > due)
    }

    /// All that is said of the cycle.
    pub fn course(&self, at_risk: Option<Decimal>) -> Course {
        let (measure, start) = (self.measure(), self.cycle.start);
        let begin = measure.begin(start);
        let unpaused = begin.and_then(|begin| measure.end_of(begin, self.allowed));
        let due = unpaused.and_then(|unpaused| measure.moved(unpaused, 0, self.pauses()));
        let elapsed = begin.map_or(0, |begin| measure.elapsed(begin, self.end(), self.pauses()));
        // A deadline that pauses have put out of reach leaves no window.
        let window = begin.zip(unpaused).filter(|_| due.is_some());
        let window = window.map(|(begin, unpaused)| measure.between(begin, unpaused));
        let course = Course {
            start,
            begin,
            due,
            at_risk: None,
            end: self.cycle.end.map(|(at, _)| at),
            elapsed,
            window,
            overrun: window.map_or(0, |window| (elapsed - window).max(0)),
            calendar: None,
        };
        Course { at_risk: at_risk.and_then(|percent| self.share(percent, &course)), ..course }
    }

    pub fn status(&self, course: &Course) -> SlaStatus {
        let late = course.due.is_some_and(|due| self.end() > due);
        match self.cycle.end {
            _ if late => SlaStatus::Breached,
            Some((_, Ending::Stopped)) => SlaStatus::Met,
            Some((_, Ending::Cancelled)) => SlaStatus::Cancelled,
            Some((_, Ending::HandedOn)) => SlaStatus::HandedOn,
            // Nothing is ever due, so nothing stands still.
            None if course.due.is_none() => SlaStatus::Running,
            None if self.pauses.iter().any(|pause| pause.open) => SlaStatus::Paused,
            None if course.at_risk.is_some_and(|at| at <= self.now) => SlaStatus::AtRisk,
            None => SlaStatus::Running,
        }
    }

    /// When a step acted; none where it did not. A share that is that of `at_risk` has been worked out.
    pub fn step(
        &self,
        when: SlaStepWhen,
        course: &Course,
        status: SlaStatus,
        at_risk: Option<Decimal>,
    ) -> Option<Instant> {
        let at = match when {
            SlaStepWhen::Missed => return course.due.filter(|_| status == SlaStatus::Breached),
            SlaStepWhen::Percent(percent) if Some(percent) == at_risk => course.at_risk,
            _ => self.instant(when, course),
        }?;
        let open = self.cycle.end.is_none_or(|(end, _)| at < end);
        (at <= self.now && open).then_some(at)
    }

    /// The instant of a step, whether or not it has come.
    pub fn instant(&self, when: SlaStepWhen, course: &Course) -> Option<Instant> {
        match when {
            SlaStepWhen::Missed => course.due,
            SlaStepWhen::Percent(percent) => self.share(percent, course),
            SlaStepWhen::Duration(duration) => self.end_of(duration),
        }
    }

    /// The first instant at which so many percent of the window have elapsed.
    fn share(&self, percent: Decimal, course: &Course) -> Option<Instant> {
        let measure = self.measure();
        let amount = percent.percent_of(course.window?);
        measure.moved(course.begin?, amount, self.pauses())
    }

    /// The end of a duration from the start, in its own kind of time, moved by the pauses.
    fn end_of(&self, duration: Duration) -> Option<Instant> {
        let measure = Measure::of(duration, self.hours);
        measure.moved(measure.end_of(self.cycle.start, duration)?, 0, self.pauses())
    }

    pub fn measure(&self) -> Measure<'_> {
        Measure::of(self.allowed, self.hours)
    }

    /// When it ended, or now.
    pub fn end(&self) -> Instant {
        self.cycle.end.map_or(self.now, |(at, _)| at)
    }

    /// The pauses of the cycle, cut to it.
    pub fn pauses(&self) -> impl Iterator<Item = Pause> + Clone {
        pauses::within(self.pauses, self.cycle.start, self.end())
    }
}
