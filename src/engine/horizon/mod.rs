//! When a decision changes though nothing happens.
//!
//! [`Sources`] knows every instant at which time may turn anything round: windows run out, points fade, what the lead
//! dates in the future happens, versions take effect. They are gone through in order, together with what the clocks of
//! SLAs will do, and the lead is decided as of each until something is said otherwise. Too many instants cost time only.
//! One too few would make the answer late, so each answer is proven on both sides: a microsecond before it the decision
//! is still the same, or else the change is searched for between the instants.

mod days;
mod edges;
mod gather;
mod sight;
mod sources;
mod without;

use chrono::{DateTime, Utc};

use super::Evaluator;
use super::decision::date_time;
use super::json::WRITABLE;
use crate::intake::LeadError;
use crate::time::Instant;

use sight::Sight;
use sources::Sources;

/// What one search may cost: so many decisions about a small lead, which take some milliseconds.
const BUDGET: u64 = 5_000;

/// When a decision changes though nothing happens. What merely counts on is no change: the seconds of a clock, and a
/// deadline that a pause moves on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NextChange {
    /// The first instant at which it is another one; none where it never is, or where the search was given up.
    pub at: Option<DateTime<Utc>>,
    /// Up to when nothing changes, where so many instants had to be looked at that the search was given up there.
    pub searched_until: Option<DateTime<Utc>>,
}

/// Finds the next change of the decision about the lead on `line`.
pub fn next_change(evaluator: &Evaluator, line: &[u8]) -> Result<NextChange, LeadError> {
    let mut sources = Sources::of(evaluator, line)?;
    let mut sight = Sight::new(evaluator, line, sources.coming())?;
    let mut same_until = evaluator.moment().now;
    let (mut at, mut searched_until) = (None, None);
    loop {
        let next = [sources.next_after(same_until), sight.ahead_of(same_until)].into_iter().flatten().min();
        // The end of all time stands for what moves on for ever: a deadline while its clock stands still.
        let next = next.map_or(LAST, |next| next.min(LAST));
        if next <= same_until {
            break;
        }
        if sources.spent() + sight.spent() > BUDGET {
            searched_until = Some(date_time(same_until));
            break;
        }
        if !sight.is_same(next)? {
            at = Some(date_time(first_change(&mut sight, same_until, next)?));
            break;
        }
        same_until = next;
    }
    Ok(NextChange { at, searched_until })
}

/// The last instant that a decision can be of.
const LAST: Instant = WRITABLE.1;

/// Where the decision changes, between an instant at which it is the same and one at which it is not.
fn first_change(sight: &mut Sight<'_>, mut same: Instant, mut changed: Instant) -> Result<Instant, LeadError> {
    if changed - same > 1 {
        if sight.is_same(changed - 1)? {
            return Ok(changed);
        }
        changed -= 1;
    }
    while changed - same > 1 {
        let middle = same + (changed - same) / 2;
        if sight.is_same(middle)? {
            same = middle;
        } else {
            changed = middle;
        }
    }
    Ok(changed)
}
