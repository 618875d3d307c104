//! When the date changes, and when the clocks of a zone are changed.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use crate::time::{Instant, zone};

const DAY: i64 = 86_400_000_000;

/// The instants about which `date` begins: its first, and a change of the clocks near it, which may show a date again.
pub fn begins(tz: Tz, date: NaiveDate) -> impl Iterator<Item = Instant> {
    let start = zone::start_of_day(tz, date);
    let (from, until) = (start.saturating_sub(DAY), start.saturating_add(DAY));
    [Some(start), change_of_clocks(tz, from, until)].into_iter().flatten()
}

/// Where the clocks are changed between two instants, which are so near that they are changed once at the most.
fn change_of_clocks(tz: Tz, from: Instant, until: Instant) -> Option<Instant> {
    let offset = |at: Instant| zone::local(tz, at).and_utc().timestamp_micros().saturating_sub(at);
    let before = offset(from);
    (offset(until) != before).then(|| first(from, until, |at| offset(at) != before))
}

/// The days round a date, so many to either side.
pub fn near(date: NaiveDate, days: u64) -> impl Iterator<Item = NaiveDate> {
    let first = date.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
    first.iter_days().take(2 * days as usize + 1)
}

/// The first instant from which on something holds, which does not at `before` and does at `after`.
pub fn first(before: Instant, after: Instant, holds: impl Fn(Instant) -> bool) -> Instant {
    let (mut before, mut after) = (before, after);
    while after.saturating_sub(before) > 1 {
        let middle = before + (after - before) / 2;
        if holds(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}
