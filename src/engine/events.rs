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
    /// When it happened, up to now, in the order of the log.
    pub times: Vec<Instant>,
    /// Whether its log is absent, null or of the wrong type.
    pub absent: bool,
}

impl Occurrences {
    /// The latest occurrence at or after `floor`.
    pub fn latest(&self, floor: Instant) -> Option<Instant> {
        self.times.iter().copied().filter(|t| *t >= floor).max()
    }

    fn earliest(&self, floor: Instant) -> Option<Instant> {
        self.times.iter().copied().filter(|t| *t >= floor).min()
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
            None => return Some(holds_for_none(test.count)),
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
            None => return Some(holds_for_none(test.count)),
        },
    }
    let counts = |t: &&Instant| {
        first <= **t && **t <= last && window.is_none_or(|at| known.moment.in_window(at, **t, known.hours))
    };
    let occurrences = log.times.iter().filter(counts);
    Some(match test.count {
        Count::OnDays(days) => {
            dates.clear();
            dates.extend(occurrences.map(|t| zone::date_of(tz, *t)));
            dates.sort_unstable();
            dates.dedup();
            dates.len() >= days as usize
        }
        Count::AtLeast(n) => occurrences.count() >= n as usize,
        Count::AtMost(n) => occurrences.count() <= n as usize,
        Count::Exactly(n) => occurrences.count() == n as usize,
    })
}

fn holds_for_none(count: Count) -> bool {
    match count {
        Count::AtLeast(n) | Count::OnDays(n) => n == 0,
        Count::AtMost(_) => true,
        Count::Exactly(n) => n == 0,
    }
}
