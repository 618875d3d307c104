//! Random calendars against a walk through two months, minute by minute.
//!
//! The walk knows nothing but what the clocks read at each minute; it shares no code with the
//! calendar, and every clock change in it falls on a whole minute.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::{Calendar, CalendarSpec, Interval};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// Zones, each around a date on which something happens to its clocks or its year.
static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    let scenes = [
        (Tz::Asia__Kolkata, "2026-06-15"),
        (Tz::Asia__Kathmandu, "2025-12-31"),
        (Tz::Europe__Sofia, "2025-12-31"),
        (Tz::Europe__Sofia, "2026-03-29"),
        (Tz::Europe__Sofia, "2026-10-25"),
        (Tz::America__New_York, "2026-03-08"),
        (Tz::America__New_York, "2026-11-01"),
        (Tz::Australia__Lord_Howe, "2026-04-05"),
        (Tz::Australia__Lord_Howe, "2026-10-04"),
        // Around midnight: a gap, a fold, and a fold from a new year back into the old one.
        (Tz::Asia__Beirut, "2026-03-29"),
        (Tz::Asia__Dhaka, "2009-12-31"),
        (Tz::America__Phoenix, "1943-12-31"),
        // A date that never was, and one that came twice but for an hour.
        (Tz::Pacific__Apia, "2011-12-30"),
        (Tz::Pacific__Kwajalein, "1969-09-30"),
    ];
    let scene = |(zone, date): (Tz, &str)| Scene::new(zone, date.parse().unwrap());
    scenes.into_iter().map(scene).collect()
});

struct Scene {
    zone: Tz,
    date: NaiveDate,
    /// The instant of the first minute, 15 days before the date.
    first: i64,
    /// What the clocks read at each minute, and the most that they have read so far.
    clocks: Vec<NaiveDateTime>,
    latest: Vec<NaiveDateTime>,
}

impl Scene {
    fn new(zone: Tz, date: NaiveDate) -> Self {
        let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
        let first = midnight - 15 * DAY;
        let clock = |n: i64| {
            let utc = DateTime::from_timestamp_micros(first + n * MINUTE).unwrap();
            zone.from_utc_datetime(&utc.naive_utc()).naive_local()
        };
        let clocks: Vec<_> = (0..60 * 1_440).map(clock).collect();
        let mut latest = clocks.clone();
        for n in 1..latest.len() {
            latest[n] = latest[n].max(latest[n - 1]);
        }
        Self { zone, date, first, clocks, latest }
    }

    fn minute_of(&self, clock: NaiveDateTime) -> usize {
        self.latest.partition_point(|c| *c < clock)
    }
}

/// A calendar by definition: a flag for every minute, and the minutes of every date's intervals.
struct Walk<'a> {
    scene: &'a Scene,
    open: Vec<bool>,
    dates: Vec<(NaiveDate, Vec<(usize, usize)>)>,
    overlapping: bool,
}

impl<'a> Walk<'a> {
    fn new(scene: &'a Scene, spec: &CalendarSpec) -> Self {
        let mut walk = Walk { scene, open: vec![false; scene.clocks.len()], dates: Vec::new(), overlapping: false };
        let from = scene.date - Days::new(12);
        for date in from.iter_days().take(52) {
            let weekday = date.weekday().num_days_from_monday() as usize;
            let mut hours = match (spec.closed_on.get(&date), spec.open_on.get(&date), spec.holidays.get(&date)) {
                (None, Some(hours), _) => hours.clone(),
                (None, None, None) if spec.always_open => vec![Interval { from: 0, to: 1440 }],
                (None, None, None) => spec.weekly[weekday].clone(),
                _ => Vec::new(),
            };
            hours.sort();
            let minute = |m: u16| {
                let clock = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(m));
                scene.minute_of(clock)
            };
            let mut spans: Vec<_> = hours.iter().map(|i| (minute(i.from), minute(i.to))).collect();
            spans.retain(|(open, close)| open < close);
            for (open, close) in &spans {
                walk.overlapping |= walk.open[*open..*close].contains(&true);
                walk.open[*open..*close].fill(true);
            }
            if !spans.is_empty() {
                walk.dates.push((date, spans));
            }
        }
        walk
    }

    fn minute(&self, t: i64) -> usize {
        usize::try_from((t - self.scene.first) / MINUTE).unwrap()
    }

    fn instant(&self, minute: usize) -> i64 {
        self.scene.first + i64::try_from(minute).unwrap() * MINUTE
    }

    fn next_open(&self, t: i64) -> Option<i64> {
        let open = (self.minute(t)..self.open.len()).find(|n| self.open[*n])?;
        Some(self.instant(open).max(t))
    }

    fn add_open(&self, t: i64, mut left: i64) -> Option<i64> {
        let mut at = self.next_open(t)?;
        for n in self.minute(at)..self.open.len() {
            if self.open[n] {
                let room = self.instant(n + 1) - at;
                if left <= room {
                    return Some(at + left);
                }
                left -= room;
            }
            at = self.instant(n + 1);
        }
        None
    }

    fn open_between(&self, a: i64, b: i64) -> i64 {
        let part = |n: usize| self.instant(n + 1).min(b) - self.instant(n).max(a);
        let minutes = self.minute(a)..=self.minute(b);
        minutes.filter(|n| self.open[*n]).map(|n| part(n).max(0)).sum()
    }

    fn add_days(&self, t: i64, days: usize) -> Option<i64> {
        let start = self.next_open(t)?;
        if days == 0 {
            return Some(start);
        }
        let minute = self.minute(start);
        let lies_in = |spans: &[(usize, usize)]| spans.iter().any(|(a, b)| (*a..*b).contains(&minute));
        let from = self.dates.iter().position(|(_, spans)| lies_in(spans))?;
        let (to, spans) = self.dates.get(from + days)?;
        let clock = self.scene.clocks[minute] + (*to - self.dates[from].0);
        let found = self.scene.minute_of(clock);
        let mut wanted = self.instant(found);
        if self.scene.clocks[found] == clock {
            wanted += start - self.instant(minute);
        }
        let mut due = self.instant(spans[0].0);
        for (open, close) in spans {
            if self.instant(*open) <= wanted {
                due = due.max(wanted.min(self.instant(*close)));
            }
        }
        Some(due)
    }

    fn clock(&self, t: i64) -> NaiveDateTime {
        self.scene.clocks[self.minute(t)]
    }
}

fn hours(pairs: &[(u16, u16)]) -> Vec<Interval> {
    let interval = |(from, to): &(u16, u16)| Interval { from: *from, to: *to };
    pairs.iter().map(interval).collect()
}

/// The hours of one date: none, office hours, half-days, nights, around the clock, or anything.
fn day() -> impl Strategy<Value = Vec<Interval>> {
    prop_oneof![
        2 => Just(hours(&[])),
        3 => Just(hours(&[(540, 780), (840, 1080)])),
        1 => Just(hours(&[(600, 840)])),
        2 => Just(hours(&[(1320, 1800)])),
        1 => Just(hours(&[(0, 1440)])),
        1 => Just(hours(&[(100, 150), (170, 200), (1380, 1530)])),
        2 => (0..1440_u16, 1..1440_u16).prop_map(|(from, length)| hours(&[(from, from + length)])),
    ]
}

fn week() -> impl Strategy<Value = [Vec<Interval>; 7]> {
    let none = Vec::new;
    prop_oneof![
        day().prop_map(move |d| [d.clone(), d.clone(), d.clone(), d.clone(), d, none(), none()]),
        (day(), day()).prop_map(move |(d, sunday)| { [d.clone(), d.clone(), d.clone(), d, none(), none(), sunday] }),
        prop::array::uniform7(day()),
    ]
}

fn spec() -> impl Strategy<Value = (usize, CalendarSpec)> {
    let near = || -12_i64..40;
    let open_on = prop::collection::btree_map(near(), day(), 0..5);
    let closed_on = prop::collection::btree_map(near(), "[a-z]", 0..4);
    let holidays = prop::collection::btree_map(near(), "[a-z]", 0..6);
    let always_open = prop::bool::weighted(0.05);
    let scene = 0..SCENES.len();
    (scene, always_open, week(), open_on, closed_on, holidays).prop_map(
        |(scene, always_open, weekly, open_on, closed_on, holidays)| {
            let Scene { zone, date, .. } = SCENES[scene];
            fn on<V>(date: NaiveDate, map: BTreeMap<i64, V>) -> BTreeMap<NaiveDate, V> {
                let shift = |(days, value)| (date + TimeDelta::days(days), value);
                map.into_iter().map(shift).collect()
            }
            let spec = CalendarSpec {
                zone,
                always_open,
                weekly,
                open_on: on(date, open_on),
                closed_on: on(date, closed_on),
                holidays: on(date, holidays),
            };
            (scene, spec)
        },
    )
}

/// Microseconds after the scene's first instant: mostly any, often on a full hour.
fn start() -> impl Strategy<Value = i64> {
    prop_oneof![
        10 * DAY..25 * DAY,
        (14 * DAY..17 * DAY).prop_map(|t| t / MINUTE * MINUTE),
        (10 * 24..25 * 24_i64).prop_map(|hour| hour * 60 * MINUTE),
    ]
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(0),
        1..5 * DAY,
        (0..6_000_i64).prop_map(|minutes| minutes * MINUTE),
        (0..60_i64).prop_map(|hours| hours * 60 * MINUTE),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn counting_agrees_with_a_walk((scene, spec) in spec(), t in start(), n in amount(), days in 0..12_usize) {
        let scene = &SCENES[scene];
        let walk = Walk::new(scene, &spec);
        let calendar = Calendar::new(spec);
        let t = scene.first + t;
        // What the walk does not find lies after the months that it knows.
        let same = |walked: Option<i64>, counted: Option<i64>| walked.is_none() || walked == counted;
        prop_assert!(same(walk.next_open(t), calendar.next_open(t)));
        prop_assert!(same(walk.add_open(t, n), calendar.add_open(t, n)));
        let (walked, counted) = (walk.add_days(t, days), calendar.add_days(t, days as i64));
        prop_assert!(same(walked, counted), "{walked:?} {counted:?}");
        prop_assert_eq!(walk.open_between(t, t + n), calendar.open_between(t, t + n));
        prop_assert_eq!(calendar.open_between(t + n, t), 0);
    }

    #[test]
    fn laws_hold((scene, spec) in spec(), t in start(), u in start(), a in amount(), b in amount(), days in 0..12_i64) {
        let scene = &SCENES[scene];
        let walk = Walk::new(scene, &spec);
        let calendar = Calendar::new(spec);
        let (early, late) = (scene.first + t.min(u), scene.first + t.max(u));
        let Some(opens) = calendar.next_open(late) else { return Ok(()) };
        if let Some(due) = calendar.add_open(late, a) {
            prop_assert_eq!(calendar.open_between(opens, due), a);
            prop_assert_eq!(calendar.open_between(late, due), a);
            prop_assert!(calendar.add_open(early, a).is_some_and(|sooner| sooner <= due));
            if let Some(further) = calendar.add_open(late, a + b) {
                prop_assert!(due <= further);
                if a > 0 && b > 0 {
                    prop_assert_eq!(calendar.add_open(due, b), Some(further));
                }
            }
        }
        // Days are counted on the clock, so clocks set back and dates that overlap are left out.
        if walk.overlapping {
            return Ok(());
        }
        if let (Some(due), Some(sooner)) = (calendar.add_days(late, days), calendar.next_open(early)) {
            if walk.minute(opens) < walk.open.len() && walk.clock(sooner) <= walk.clock(opens) {
                prop_assert!(calendar.add_days(early, days).is_some_and(|early| early <= due));
            }
            if let Some(further) = calendar.add_days(late, days + 1) {
                prop_assert!(due <= further);
            }
        }
    }

    #[test]
    fn a_holiday_makes_nothing_earlier((scene, spec) in spec(), t in start(), n in amount(), days in 0..12_i64, day in -12_i64..40, closed: bool) {
        let scene = &SCENES[scene];
        let overlapping = Walk::new(scene, &spec).overlapping;
        let before = Calendar::new(spec.clone());
        let mut spec = spec;
        let dates = if closed { &mut spec.closed_on } else { &mut spec.holidays };
        dates.insert(scene.date + TimeDelta::days(day), String::new());
        let after = Calendar::new(spec);
        let t = scene.first + t;
        let later = |before: Option<i64>, after: Option<i64>| match (before, after) {
            (Some(before), Some(after)) => before <= after,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        prop_assert!(later(before.next_open(t), after.next_open(t)));
        prop_assert!(later(before.add_open(t, n), after.add_open(t, n)));
        prop_assert!(overlapping || later(before.add_days(t, days), after.add_days(t, days)));
        prop_assert!(before.open_between(t, t + n) >= after.open_between(t, t + n));
    }
}
