use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;

use super::{Calendar, CalendarSpec, Interval, has_any_open_time, overlaps};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// A calendar as `tests/time/calendars.json` writes it: weekdays and hours in words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCalendar {
    zone: String,
    #[serde(default)]
    always_open: bool,
    week: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    open_on: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    closed_on: Vec<String>,
    #[serde(default)]
    holidays: Vec<String>,
}

/// A line of `tests/time/due.json`: when something is due, and what it shows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    shows: String,
    calendar: String,
    start: String,
    minutes: Option<i64>,
    days: Option<i64>,
    opens: Option<String>,
    due: Option<String>,
    window_seconds: Option<i64>,
    at_75_percent: Option<String>,
}

fn interval(text: &str) -> Interval {
    let minutes = |time: &str| {
        let (hours, minutes) = time.split_once(':').unwrap();
        hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap()
    };
    let (from, to) = text.split_once('-').unwrap();
    Interval { from: minutes(from), to: minutes(to) }
}

fn hours(texts: &[String]) -> Vec<Interval> {
    texts.iter().map(|text| interval(text)).collect()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn shown(t: Option<i64>) -> Option<String> {
    t.map(|t| DateTime::from_timestamp_micros(t).unwrap().to_string())
}

fn calendars() -> BTreeMap<String, CalendarSpec> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/time/calendars.json"));
    let written: BTreeMap<String, WrittenCalendar> = serde_json::from_str(text).unwrap();
    let spec = |written: WrittenCalendar| {
        let mut spec = CalendarSpec::new(written.zone.parse().unwrap());
        spec.always_open = written.always_open;
        for (weekdays, of_day) in &written.week {
            for weekday in weekdays.split(' ') {
                let weekday: chrono::Weekday = weekday.parse().unwrap();
                spec.weekly[weekday.num_days_from_monday() as usize] = hours(of_day);
            }
        }
        let named = |dates: Vec<String>| dates.into_iter().map(|d| (date(&d), d)).collect();
        spec.open_on = written.open_on.iter().map(|(d, h)| (date(d), hours(h))).collect();
        spec.closed_on = named(written.closed_on);
        spec.holidays = named(written.holidays);
        spec
    };
    written.into_iter().map(|(n, w)| (n, spec(w))).collect()
}

fn calendar(name: &str) -> Calendar {
    Calendar::new(calendars().remove(name).unwrap())
}

fn cases() -> Vec<Case> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/time/due.json"));
    serde_json::from_str(text).unwrap()
}

#[test]
fn everything_is_due_when_its_case_says() {
    let calendars: BTreeMap<String, Calendar> =
        calendars().into_iter().map(|(name, spec)| (name, Calendar::new(spec))).collect();
    for case in cases() {
        let calendar = &calendars[&case.calendar];
        let start = instant(&case.start);
        let opens = calendar.next_open(start);
        let due = match (case.minutes, case.days) {
            (Some(minutes), None) => calendar.add_open(start, minutes * MINUTE),
            (None, Some(days)) => calendar.add_days(start, days),
            _ => panic!("{}: either minutes or days", case.shows),
        };
        let expected = case.due.as_deref().map(instant);
        assert_eq!(shown(due), shown(expected), "{}", case.shows);
        if let Some(expected) = case.opens.as_deref().map(instant) {
            assert_eq!(shown(opens), shown(Some(expected)), "{}", case.shows);
        }
        if let (Some(open), Some(due)) = (opens, due) {
            let window = calendar.open_between(open, due);
            let seconds = case.window_seconds;
            let seconds = seconds.or(case.minutes.map(|minutes| minutes * 60));
            assert_eq!(window, seconds.unwrap_or(window / 1_000_000) * 1_000_000);
            if let Some(at_risk) = &case.at_75_percent {
                let share = (window * 75 + 99) / 100;
                let reached = calendar.add_open(open, share);
                assert_eq!(shown(reached), shown(Some(instant(at_risk))));
            }
        }
    }
}

#[test]
fn any_open_time() {
    for (name, spec) in calendars() {
        assert_eq!(has_any_open_time(&spec), name != "never", "{name}");
    }
    let date = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
    let mut spec = CalendarSpec::new(chrono_tz::UTC);
    spec.open_on.insert(date, vec![interval("09:00-09:00")]);
    assert!(!has_any_open_time(&spec), "an empty interval is no hours");
    spec.open_on.insert(date, vec![interval("09:00-10:00")]);
    assert!(has_any_open_time(&spec));
    spec.holidays.insert(date, "a holiday".to_owned());
    assert!(has_any_open_time(&spec), "the opening beats the holiday");
    spec.closed_on.insert(date, "moving house".to_owned());
    assert!(!has_any_open_time(&spec), "closed beats the opening");
}

#[test]
fn overlapping_hours_are_found_by_place() {
    type Places = [(usize, usize)];
    let cases: [(&[&str], &Places); 8] = [
        (&[], &[]),
        (&["09:00-12:00", "12:00-17:00"], &[]),
        (&["13:00-18:00", "09:00-12:00", "11:59-13:00"], &[(1, 2)]),
        (&["22:00-30:00", "05:00-06:00"], &[]),
        (&["00:00-24:00", "10:00-10:00", "10:00-11:00"], &[(0, 2)]),
        (&["22:00-30:00", "25:00-26:00"], &[(0, 1)]),
        (&["09:00-18:00", "10:00-11:00", "12:00-13:00"], &[(0, 1), (0, 2)]),
        (&["09:00-11:00", "10:00-13:00", "12:00-14:00"], &[(0, 1), (1, 2)]),
    ];
    for (texts, expected) in cases {
        let hours: Vec<Interval> = texts.iter().map(|text| interval(text)).collect();
        assert_eq!(overlaps(&hours), expected, "{texts:?}");
    }
}

#[test]
fn no_instant_and_no_amount_is_too_much() {
    let now = instant("2026-03-01T00:00:00Z");
    let extremes = [i64::MIN, i64::MIN + 1, -1, 0, 1, now, i64::MAX - 1, i64::MAX];
    for (_, spec) in calendars() {
        let calendar = Calendar::new(spec);
        for t in extremes {
            for n in extremes {
                calendar.add_open(t, n);
                calendar.add_days(t, n);
                assert!(calendar.open_between(t, n) >= 0);
            }
        }
    }
}

#[test]
fn far_years_agree_with_a_walk_through_them() {
    for name in ["overlapping", "nights"] {
        far_years_agree(calendars().remove(name).unwrap());
    }
    // Weeks apart or in one go, business days come to the same date.
    let calendar = calendar("israel");
    let start = instant("2198-05-03T08:00:00Z");
    let mut stepped = start;
    for _ in 0..2_000 {
        stepped = calendar.add_days(stepped, 1).unwrap();
    }
    assert_eq!(shown(calendar.add_days(start, 2_000)), shown(Some(stepped)));
}

#[test]
fn one_hour_a_week_adds_up_for_centuries() {
    let calendar = calendar("mondays");
    for start in ["1500-01-01T09:00:00Z", "2190-01-04T09:00:00Z"] {
        let start = instant(start);
        for weeks in (1..60_000).step_by(211) {
            let later = start + weeks * 7 * DAY;
            assert_eq!(calendar.add_days(start, weeks), Some(later));
            let hours = weeks * 60 * MINUTE;
            let closes = later - 7 * DAY + 60 * MINUTE;
            assert_eq!(calendar.add_open(start, hours), Some(closes));
            assert_eq!(calendar.open_between(start, closes), hours);
        }
    }
}

fn far_years_agree(mut spec: CalendarSpec) {
    for (year, month, day) in [(1500, 6, 5), (2500, 6, 6), (2501, 1, 4), (2700, 6, 7)] {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        spec.open_on.insert(date, vec![interval("23:00-33:00")]);
        let closed = date + chrono::Days::new(18);
        spec.closed_on.insert(closed, String::new());
    }
    let calendar = Calendar::new(spec);
    let walk = |year: i32, days: i64, step: i64| {
        let start = instant(&format!("{year}-05-01T07:11:13Z"));
        let mut steps = 0;
        let mut open = 0;
        while steps < days {
            let at = start + steps * DAY;
            open += calendar.open_between(at, at + step * DAY);
            steps += step;
        }
        let end = start + steps * DAY;
        assert_eq!(calendar.open_between(start, end), open, "from {year}");
        let first = calendar.next_open(start).unwrap();
        let reached = calendar.add_open(start, open).unwrap();
        assert_eq!(calendar.open_between(first, reached), open);
        assert!(reached <= end && calendar.open_between(reached, end) == 0);
    };
    for (year, days, step) in
        [(1499, 1_000, 3), (1690, 50_000, 361), (2190, 120_000, 353), (2499, 1_500, 3), (2699, 1_000, 3)]
    {
        walk(year, days, step);
    }
}

#[test]
fn threads_and_the_order_of_questions_change_nothing() {
    let shared = Arc::new(calendar("sofia"));
    let start = instant("2020-01-01T00:00:00Z");
    let ask = |calendar: &Calendar, n: i64| {
        let t = start + n * 97 * DAY;
        let due = calendar.add_open(t, n * 77 * MINUTE);
        (due, calendar.add_days(t, n), calendar.open_between(start, t))
    };
    let fresh = |n| ask(&calendar("sofia"), n);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let shared = Arc::clone(&shared);
            scope.spawn(move || {
                for n in (0..100).map(|n| (n * (2 * thread + 7)) % 101) {
                    assert_eq!(ask(&shared, n), fresh(n));
                }
            });
        }
    });
}
