//! How long durations are, as far as that is certain, and which of two windows holds the other.

use crate::policy::{Duration, EventWindow, Unit, Window};

use super::ranges::{End, Ranges};

const DAY: i64 = 86_400_000_000;

/// Units of which one is always so many of another: durations within a class have a certain order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Minutes to weeks, in microseconds.
    Fixed,
    /// Months and years, in months.
    Months,
    /// Business minutes and hours, in minutes.
    BusinessTime,
    /// Business days.
    BusinessDays,
}

/// Durations beyond this may run past the end of all calendars, where the order of windows is lost.
const MOST_DAYS: i64 = 366 * 1_000;

/// The class of a duration and its length in the class's own unit; none where it is too long to be reasoned about.
pub fn measure(duration: Duration) -> Option<(Class, i64)> {
    let amount = i64::from(duration.amount);
    let (class, length) = match duration.unit {
        Unit::Months => (Class::Months, amount),
        Unit::Years => (Class::Months, amount * 12),
        Unit::BusinessMinutes => (Class::BusinessTime, amount),
        Unit::BusinessHours => (Class::BusinessTime, amount * 60),
        Unit::BusinessDays => (Class::BusinessDays, amount),
        _ => (Class::Fixed, duration.fixed_micros()?),
    };
    let fits = match class {
        Class::Fixed => length / DAY <= MOST_DAYS,
        Class::Months => length * 31 <= MOST_DAYS,
        Class::BusinessTime | Class::BusinessDays => length <= MOST_DAYS,
    };
    fits.then_some((class, length))
}

/// The least and the most microseconds that a duration may last; none for no bound.
fn bounds(duration: Duration) -> Option<(i64, Option<i64>)> {
    Some(match measure(duration)? {
        (Class::Fixed, micros) => (micros, Some(micros)),
        // A day more or less, for clocks that change.
        (Class::Months, 0) => (0, Some(0)),
        (Class::Months, months) => ((28 * months - 1) * DAY, Some((31 * months + 1) * DAY)),
        _ => (0, None),
    })
}

/// Whether `a` is surely at most as long as `b`, from whatever instant.
pub fn at_most_as_long(a: Duration, b: Duration) -> bool {
    let (Some((of_a, long_a)), Some((of_b, long_b))) = (measure(a), measure(b)) else { return a == b };
    if of_a == of_b {
        return long_a <= long_b;
    }
    match (bounds(a), bounds(b)) {
        (Some((_, Some(most))), Some((least, _))) => most <= least,
        _ => false,
    }
}

/// Whether all that lies in window `a` surely lies in `b`.
pub fn within(a: Option<EventWindow>, b: Option<EventWindow>) -> bool {
    use EventWindow::{AfterLast, MoreThanAgo, SinceLast, WithinLast};
    match (a, b) {
        (_, None) => true,
        (a, b) if a == b => true,
        (Some(WithinLast(a)), Some(WithinLast(b))) => at_most_as_long(a, b),
        (Some(MoreThanAgo(a)), Some(MoreThanAgo(b))) => at_most_as_long(b, a),
        (Some(AfterLast(a, of)), Some(AfterLast(b, with))) => of == with && at_most_as_long(a, b),
        (Some(AfterLast(_, of)), Some(SinceLast(with))) => of == with,
        _ => false,
    }
}

/// Whether nothing can lie in both windows.
pub fn apart(a: Option<EventWindow>, b: Option<EventWindow>) -> bool {
    use EventWindow::{MoreThanAgo, WithinLast};
    match (a, b) {
        (Some(WithinLast(last)), Some(MoreThanAgo(ago))) | (Some(MoreThanAgo(ago)), Some(WithinLast(last))) => {
            at_most_as_long(last, ago)
        }
        _ => false,
    }
}

/// On how many different days at most something can happen in a window.
pub fn most_days(window: Option<EventWindow>) -> Option<u64> {
    let Some(EventWindow::WithinLast(duration)) = window else { return None };
    let (_, most) = bounds(duration)?;
    // Both ends may lie within a day, and a day may be short.
    u64::try_from(most? / DAY + 3).ok()
}

/// Where a date or a time must lie, counted from now, for a window to be met, and for it not to be.
pub struct Offsets {
    /// In microseconds, or in days for a date.
    pub span: (Ranges<i64>, Ranges<i64>),
    /// In the unit of the class, for the windows of this class alone.
    pub class: Option<(Class, Ranges<i64>, Ranges<i64>)>,
}

/// The offsets of a window; none where its duration is too long.
pub fn offsets(window: Window, duration: Duration, date: bool) -> Option<Offsets> {
    let (class, length) = measure(duration)?;
    let (least, most) = bounds(duration)?;
    let unit = if date { DAY } else { 1 };
    let (least, most) = (least / unit, most.map(|most| most / unit));
    let ends = |far: Option<i64>, of: fn(i64) -> Ranges<i64>| far.map_or_else(Ranges::all, of);
    let span = match window {
        Window::WithinLast => (
            ends(most.map(|most| -most), Ranges::from).and(&Ranges::up_to(0)),
            if most.is_some() { Ranges::below(-least).or(&Ranges::above(0)) } else { Ranges::all() },
        ),
        Window::MoreThanAgo => (Ranges::below(-least), ends(most.map(|most| -most), Ranges::from)),
        Window::WithinNext => (
            ends(most, Ranges::up_to).and(&Ranges::from(0)),
            if most.is_some() { Ranges::above(least).or(&Ranges::below(0)) } else { Ranges::all() },
        ),
        Window::MoreThanAhead => (Ranges::above(least), ends(most, Ranges::up_to)),
    };
    // Some instants before now are no whole unit away from it, and stand at 0 like now: so 0 may also be outside.
    let class = (class != Class::Fixed).then(|| {
        let (inside, outside) = match window {
            Window::WithinLast => {
                (Ranges::between(End::With(-length), End::With(0)), Ranges::below(-length).or(&Ranges::from(0)))
            }
            Window::MoreThanAgo => (Ranges::below(-length), Ranges::from(-length)),
            Window::WithinNext => {
                (Ranges::between(End::With(0), End::With(length)), Ranges::above(length).or(&Ranges::up_to(0)))
            }
            Window::MoreThanAhead => (Ranges::above(length), Ranges::up_to(length)),
        };
        (class, inside, outside)
    });
    Some(Offsets { span, class })
}
