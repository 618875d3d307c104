//! When a decision changes though nothing happens: a window runs out, a score fades, a clock runs down.
//!
//! The sources of change say when each of them next may change anything (`sources`). At each such instant the lead is
//! decided again, until a decision is another one. That it is the same a microsecond before is tried, too.

mod sources;

use chrono::{DateTime, Utc};

use super::decision::{Decision, date_time};
use super::json::writable;
use super::{Evaluator, Worker, verdict};
use crate::policy::SlaStatus;
use crate::time::Instant;

use sources::{Soonest, Sources};

/// When a decision changes though nothing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NextChange {
    /// The first instant at which it is another one; none where there is no such instant, or none was found.
    pub at: Option<DateTime<Utc>>,
    /// Where the search was given up: until this instant the decision stays as it is.
    pub searched_until: Option<DateTime<Utc>>,
}

/// So many bytes of leads are read in a search, and a lead is decided so often at the least and at the most.
const MOST_BYTES: usize = 100_000_000;
const TIMES: (usize, usize) = (100, 4_000);

/// Finds the next change of the decision about the lead on `line`, which can be read.
pub(super) fn next_change(evaluator: &Evaluator, line: &[u8]) -> NextChange {
    let mut times = (MOST_BYTES / line.len().max(1)).clamp(TIMES.0, TIMES.1);
    let now = evaluator.moment().now;
    let mut search = Search { line, worker: evaluator.worker(), evaluator };
    let found = |at: Instant| NextChange { at: Some(date_time(at)), searched_until: None };
    let nothing = NextChange { at: None, searched_until: None };
    let (Some(before), Some(sources)) = (search.decided(now), Sources::of(evaluator, line)) else { return nothing };
    let mut at = now;
    loop {
        let mut soonest = Soonest::after(at);
        sources.offer(&mut search.worker, line, &mut soonest);
        let Some(next) = soonest.found().filter(|next| writable(*next) == *next) else { return nothing };
        times = times.saturating_sub(1);
        if times == 0 {
            return NextChange { at: None, searched_until: Some(date_time(at)) };
        }
        let mut is_same = |at: Instant| search.decided(at).as_ref() == Some(&before);
        if !is_same(next) {
            let (mut same, mut other) = (at, next);
            // A source that nobody thought of may have changed it between the two.
            if is_same(next - 1) {
                same = next - 1;
            }
            while other - same > 1 {
                let middle = same + (other - same) / 2;
                if is_same(middle) {
                    same = middle;
                } else {
                    other = middle;
                }
            }
            return found(other);
        }
        at = next;
    }
}

struct Search<'a> {
    evaluator: &'a Evaluator,
    worker: Worker,
    line: &'a [u8],
}

impl Search<'_> {
    /// The decision as of an instant, without what changes all the time.
    fn decided(&mut self, at: Instant) -> Option<Decision> {
        self.worker.evaluator = self.evaluator.at(date_time(at));
        self.worker.run(self.line).ok()?;
        let verdict = verdict(&self.worker.evaluator, &self.worker.seats, &self.worker.clocks);
        let mut decision = Decision::of(verdict, &mut self.worker.scratch);
        decision.as_of = DateTime::UNIX_EPOCH;
        for clock in decision.slas.values_mut() {
            (clock.elapsed_seconds, clock.overrun_seconds) = (None, None);
            // A pause that nothing has ended moves them with the time.
            if clock.status == SlaStatus::Paused {
                (clock.due_at, clock.at_risk_at) = (None, None);
            }
        }
        Some(decision)
    }
}
