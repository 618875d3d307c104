//! Events: what happened up to now, how often, and within which window.

use chrono::NaiveDate;

use super::leaf::Known;
use super::moment::after;
use super::program::{EventTest, EventWindow};
use super::truth::Outcome;
use crate::policy::Count;
use crate::time::{Instant, zone};

/// What is known of one event of one lead.
#[derive(Clone, Debug, Default)]
pub struct Occurrences {
    /// When it happened, up to now; in order, once the lead is read.
    all: Vec<Instant>,
    /// How many of them had happened by the instant that is looked at.
    seen: usize,
    /// Whether its log is absent, null or of the wrong type.
    pub absent: bool,
}

impl Occurrences {
    /// Forgets everything, for the next lead.
    pub fn clear(&mut self) {
        (self.seen, self.absent) = (0, false);
        self.all.clear();
    }

    /// Adds an occurrence, in whatever order the log has them.
    pub fn add(&mut self, at: Instant) {
        self.all.push(at);
    }

    /// Adds an occurrence once they are in order.
    pub fn insert(&mut self, at: Instant) {
        let place = self.all.partition_point(|other| *other <= at);
        self.all.insert(place, at);
        self.seen = self.all.len();
    }

    /// Puts the occurrences in order; nothing is added after that.
    pub fn finish(&mut self) {
        if !self.all.is_sorted() {
            self.all.sort_unstable();
        }
        self.seen = self.all.len();
    }

    /// Looks at what had happened by an earlier instant only.
    pub fn look_back(&mut self, up_to: Instant) {
        self.seen = self.all.partition_point(|at| *at <= up_to);
    }

    /// Looks at everything again.
    pub fn look_up(&mut self) {
        self.seen = self.all.len();
    }

    /// When it happened, in order.
    pub fn times(&self) -> &[Instant] {
        self.all.get(..self.seen).unwrap_or_default()
    }

    /// When it happened from `first` to `last`, both included.
    pub fn between(&self, first: Instant, last: Instant) -> &[Instant] {
        let times = self.times();
        let begin = times.partition_point(|at| *at < first);
        let end = times.partition_point(|at| *at <= last);
        times.get(begin..end).unwrap_or_default()
    }

    /// The latest occurrence at or after `floor`.
    pub fn latest(&self, floor: Instant) -> Option<Instant> {
        self.times().last().copied().filter(|at| *at >= floor)
    }

    fn earliest(&self, floor: Instant) -> Option<Instant> {
        self.between(floor, Instant::MAX).first().copied()
    }
}

/// What tests of events look at.
#[derive(Clone, Copy)]
pub struct History<'a> {
    /// The events, up to now.
    pub events: &'a [Occurrences],
    /// What happened before this does not count.
    pub floor: Instant,
    /// The policy's zone.
    pub tz: chrono_tz::Tz,
    /// Windows round now, and the default calendar.
    pub known: Known<'a>,
}

/// The outcome of a test. `dates` is room to count days in.
pub fn test(test: &EventTest, history: History<'_>, dates: &mut Vec<NaiveDate>) -> Outcome {
    evaluate(test, history, dates).map_or(Outcome::Unknown, Outcome::of)
}

fn evaluate(test: &EventTest, history: History<'_>, dates: &mut Vec<NaiveDate>) -> Option<bool> {
    let near = counted(test, history)?;
    Some(match test.count {
        Count::OnDays(days) => {
            dates.clear();
            dates.extend(near.iter().map(|t| zone::date_of(history.tz, *t)));
            dates.dedup();
            // Clocks that are set back over midnight show a date again.
            if !dates.is_sorted() {
                dates.sort_unstable();
                dates.dedup();
            }
            dates.len() >= days as usize
        }
        Count::AtLeast(n) => near.len() >= n as usize,
        Count::AtMost(n) => near.len() <= n as usize,
        Count::Exactly(n) => near.len() == n as usize,
    })
}

/// The occurrences that a test counts; none where a log that it reads is absent.
pub fn counted<'a>(test: &EventTest, history: History<'a>) -> Option<&'a [Instant]> {
    let History { events, floor, tz, known } = history;
    let present = |event: usize| events.get(event).filter(|log| !log.absent);
    let log = present(test.event)?;
    let (mut first, mut last) = (floor, Instant::MAX);
    let mut window = None;
    match test.window {
        None => {}
        Some(EventWindow::Now(at)) => window = Some(at),
        Some(EventWindow::SinceLast(other)) => match present(other)?.latest(floor) {
            Some(t) => first = first.max(t),
            None => return Some(&[]),
        },
        Some(EventWindow::BeforeFirst(other)) => {
            if let Some(t) = present(other)?.earliest(floor) {
                last = t.saturating_sub(1);
            }
        }
        Some(EventWindow::AfterLast(duration, other)) => match present(other)?.latest(floor) {
            Some(t) => {
                first = first.max(t);
                last = after(tz, known.hours, t, duration).unwrap_or(Instant::MAX);
            }
            None => return Some(&[]),
        },
    }
    let mut by_business = None;
    if let Some(at) = window {
        match known.moment.ends(at, known.hours) {
            Some((begin, end)) => (first, last) = (first.max(begin), last.min(end)),
            None => by_business = Some(at),
        }
    }
    let mut near = log.between(first, last);
    if let Some(at) = by_business {
        // The later an instant, the later the end of its business time: so a window holds the first of them, or the last,
        // and the last of all tells whether any is counted past the listed holidays.
        let holds = |t: &Instant| known.moment.in_window(at, *t, known.hours);
        let last = near.last().is_some_and(holds);
        near = if near.first().is_some_and(holds) {
            near.get(..near.partition_point(holds)).unwrap_or_default()
        } else if last {
            near.get(near.partition_point(|t| !holds(t))..).unwrap_or_default()
        } else {
            &[]
        };
    }
    Some(near)
}
