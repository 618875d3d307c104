//! Local time and instants, in both directions.
//!
//! Nothing here fails: an instant or a date beyond what `chrono` can hold (some 262,000 years to
//! either side) is treated as the last one that it can.

use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::Instant;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// The first instant at which the clocks of `tz` read `local` or later.
///
/// A local time that a change of the clocks skips is therefore the first instant after the gap,
/// and one that occurs twice is its first occurrence. Later local times never give earlier
/// instants. Parts of a microsecond are dropped.
pub fn first_instant(tz: Tz, local: NaiveDateTime) -> Instant {
    let offset = match tz.offset_from_local_datetime(&local) {
        chrono::LocalResult::Single(offset) => offset.fix().local_minus_utc(),
        // The larger offset is the one whose instant comes first.
        chrono::LocalResult::Ambiguous(one, other) => {
            let (one, other) = (one.fix(), other.fix());
            one.local_minus_utc().max(other.local_minus_utc())
        }
        chrono::LocalResult::None => return end_of_gap(tz, local),
    };
    as_if_utc(local).saturating_sub(i64::from(offset) * MICROS_PER_SECOND)
}

/// What the clocks of `tz` read at `instant`.
pub fn local(tz: Tz, instant: Instant) -> NaiveDateTime {
    let beyond = if instant < 0 { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    let Some(utc) = DateTime::from_timestamp_micros(instant) else {
        return beyond;
    };
    let utc = utc.naive_utc();
    let offset = tz.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(beyond)
}

/// The first instant of `date` in `tz`. A date that the zone skips begins where the next begins.
pub fn start_of_day(tz: Tz, date: NaiveDate) -> Instant {
    first_instant(tz, date.and_time(NaiveTime::MIN))
}

/// The date that the calendars on the wall show in `tz` at `instant`.
pub fn date_of(tz: Tz, instant: Instant) -> NaiveDate {
    local(tz, instant).date()
}

/// The same local time `months` calendar months later (earlier, if negative).
///
/// A day that the target month lacks becomes its last day (31 March less one month is
/// 28 February), and a local time that does not exist or occurs twice is read as in
/// [`first_instant`]. No months change nothing, not even the second of two equal local times.
pub fn add_months(tz: Tz, instant: Instant, months: i32) -> Instant {
    if months == 0 {
        return instant;
    }
    let from = local(tz, instant);
    let count = Months::new(months.unsigned_abs());
    let to = if months > 0 {
        from.checked_add_months(count).unwrap_or(NaiveDateTime::MAX)
    } else {
        from.checked_sub_months(count).unwrap_or(NaiveDateTime::MIN)
    };
    first_instant(tz, to)
}

/// The instant at which the clocks jump over `local`, which no clock of `tz` ever reads.
///
/// No zone is a whole day from UTC, so the jump lies within a day of `local` read as UTC. Within
/// that time the clocks pass `local` once, which makes it a binary search; it runs over whole
/// seconds because clocks change on whole seconds.
fn end_of_gap(tz: Tz, local_time: NaiveDateTime) -> Instant {
    let seconds = local_time.and_utc().timestamp();
    let mut before = seconds.saturating_sub(SECONDS_PER_DAY);
    let mut after = seconds.saturating_add(SECONDS_PER_DAY);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if local(tz, middle.saturating_mul(MICROS_PER_SECOND)) < local_time {
            before = middle;
        } else {
            after = middle;
        }
    }
    after.saturating_mul(MICROS_PER_SECOND)
}

fn as_if_utc(local: NaiveDateTime) -> Instant {
    local.and_utc().timestamp_micros()
}

/// `date` at 00:00 plus `minutes`, as a local time; none beyond the last date.
pub(super) fn wall_time(date: NaiveDate, minutes: u16) -> Option<NaiveDateTime> {
    date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(i64::from(minutes)))
}

#[cfg(test)]
#[path = "zone_tests.rs"]
mod tests;
