//! Deadlines: time allowed, counted plainly or in open time, and what pauses do to it.

use super::pauses::Pause;
use crate::engine::moment::{Hours, add_business};
use crate::policy::Duration;
use crate::time::Instant;

/// How the time of a clock is counted: in the open time of a calendar, or, without one, as it passes.
#[derive(Clone, Copy)]
pub struct Measure<'a>(pub Option<Hours<'a>>);

impl<'a> Measure<'a> {
    /// How a duration is counted: business time in these hours, all other time as it passes.
    pub fn of(duration: Duration, hours: Option<Hours<'a>>) -> Self {
        Measure(hours.filter(|_| duration.unit.is_business()))
    }

    /// The instant from which time counts: the first open one at or after `t`.
    pub fn begin(self, t: Instant) -> Option<Instant> {
        self.add(t, 0)
    }

    /// So many microseconds of this time after `t`.
    pub fn add(self, t: Instant, micros: i64) -> Option<Instant> {
        match self.0 {
            Some(hours) => hours.add_open(t, micros),
            None => Some(t.saturating_add(micros)),
        }
    }

    /// How much of this time lies between two instants, in microseconds.
    pub fn between(self, a: Instant, b: Instant) -> i64 {
        match self.0 {
            Some(hours) => hours.open_between(a, b),
            None => b.saturating_sub(a).max(0),
        }
    }

    /// The stretches of this time between two instants, `most` at the most: the last of more reaches over all that are left.
    pub fn stretches(self, a: Instant, b: Instant, most: usize) -> Vec<(Instant, Instant)> {
        match self.0 {
            Some(hours) => hours.calendar.stretches(a, b, most),
            None if a < b => vec![(a, b)],
            None => Vec::new(),
        }
    }

    /// The end of a duration of this time that begins at `start`, without pauses.
    pub fn end_of(self, start: Instant, duration: Duration) -> Option<Instant> {
        match self.0 {
            Some(hours) => add_business(hours, start, duration),
            None => Some(start.saturating_add(duration.fixed_micros()?)),
        }
    }

    /// `micros` of this time after `origin`, moved on by the pauses that begin before it, as moved so far.
    pub fn moved(self, origin: Instant, micros: i64, pauses: impl Iterator<Item = Pause>) -> Option<Instant> {
        // Nothing to add leaves a close where it is: counting on would find the next opening.
        let add = |micros| if micros > 0 { self.add(origin, micros) } else { Some(origin) };
        let (mut at, mut micros) = (add(micros)?, micros);
        for pause in pauses {
            if pause.from >= at {
                break;
            }
            micros = micros.saturating_add(self.between(pause.from, pause.until));
            at = add(micros)?;
        }
        Some(at)
    }

    /// How much of this time a cycle has used from `begin` to `end`, without its pauses.
    pub fn elapsed(self, begin: Instant, end: Instant, pauses: impl Iterator<Item = Pause>) -> i64 {
        let paused: i64 = pauses.map(|pause| self.between(pause.from.max(begin), pause.until)).sum();
        self.between(begin, end) - paused
    }
}
