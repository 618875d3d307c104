//! Time: instants, wall clocks, and business time.
//!
//! An instant is a count of microseconds since the Unix epoch. `zone` is the only file that
//! turns instants into local times and back; `hours` says when a calendar is open,
//! `calendar` counts in it, and `year` holds the prefix sums that make the counting a search.

pub mod calendar;
pub mod zone;

mod hours;
mod year;

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Instant = i64;
