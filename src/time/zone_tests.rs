use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{add_months, date_of, first_instant, local, start_of_day};

fn utc(text: &str) -> i64 {
    let format = "%Y-%m-%d %H:%M:%S%.f";
    let time = NaiveDateTime::parse_from_str(text, format).unwrap();
    time.and_utc().timestamp_micros()
}

fn wall(text: &str) -> NaiveDateTime {
    chrono::DateTime::from_timestamp_micros(utc(text)).unwrap().naive_utc()
}

#[test]
fn skipped_times_are_the_end_of_the_gap_and_repeated_times_the_first() {
    let cases = [
        (Tz::Europe__Sofia, "2026-03-29 02:59:59.9", "2026-03-29 00:59:59.9"),
        (Tz::Europe__Sofia, "2026-03-29 03:00:00", "2026-03-29 01:00:00"),
        (Tz::Europe__Sofia, "2026-03-29 03:59:59.5", "2026-03-29 01:00:00"),
        (Tz::Europe__Sofia, "2026-03-29 04:00:00", "2026-03-29 01:00:00"),
        (Tz::Europe__Sofia, "2026-10-25 03:30:00", "2026-10-25 00:30:00"),
        (Tz::Europe__Sofia, "2026-10-25 04:00:00", "2026-10-25 02:00:00"),
        (Tz::America__New_York, "2026-03-08 02:30:00", "2026-03-08 07:00:00"),
        (Tz::Australia__Lord_Howe, "2026-10-04 02:15:00", "2026-10-03 15:30:00"),
        (Tz::Australia__Lord_Howe, "2026-04-05 01:45:00", "2026-04-04 14:45:00"),
        (Tz::Pacific__Apia, "2011-12-30 12:00:00", "2011-12-30 10:00:00"),
        (Tz::Asia__Kathmandu, "2026-01-01 00:00:00", "2025-12-31 18:15:00"),
    ];
    for (tz, at, expected) in cases {
        assert_eq!(first_instant(tz, wall(at)), utc(expected), "{tz} {at}");
    }
}

#[test]
fn a_day_begins_at_its_first_instant() {
    let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    // Beirut goes from 00:00 to 01:00, and Apia from Thursday to Saturday.
    let begins = start_of_day(Tz::Asia__Beirut, date(2026, 3, 29));
    assert_eq!(begins, utc("2026-03-28 22:00:00"));
    assert_eq!(date_of(Tz::Asia__Beirut, begins), date(2026, 3, 29));
    assert_eq!(date_of(Tz::Asia__Beirut, begins - 1), date(2026, 3, 28));
    let skipped = start_of_day(Tz::Pacific__Apia, date(2011, 12, 30));
    assert_eq!(skipped, start_of_day(Tz::Pacific__Apia, date(2011, 12, 31)));
}

#[test]
fn months_keep_the_time_on_the_clock() {
    let cases = [
        ("2026-03-31 09:00:00.000007", -1, "2026-02-28 10:00:00.000007"),
        ("2024-01-31 10:00:00", 1, "2024-02-29 10:00:00"),
        ("2026-01-15 22:30:00", 6, "2026-07-15 21:30:00"),
        ("2025-11-29 01:30:00", 4, "2026-03-29 01:00:00"),
        ("2026-09-25 00:30:00", 1, "2026-10-25 00:30:00"),
        ("2026-10-25 01:30:00", 0, "2026-10-25 01:30:00"),
        ("2026-10-25 01:30:00", 12, "2027-10-25 00:30:00"),
    ];
    for (at, months, expected) in cases {
        let moved = add_months(Tz::Europe__Sofia, utc(at), months);
        assert_eq!(moved, utc(expected), "{at} {months:+}");
    }
}

#[test]
fn the_ends_of_time_are_saturated() {
    for tz in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
        for t in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
            for months in [i32::MIN, -1, 0, 1, i32::MAX] {
                add_months(tz, t, months);
            }
            start_of_day(tz, date_of(tz, t));
        }
        assert!(add_months(tz, 0, i32::MAX) > utc("9999-12-31 00:00:00"));
        assert!(add_months(tz, 0, i32::MIN) < -utc("9999-12-31 00:00:00"));
        for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            first_instant(tz, end);
            start_of_day(tz, end.date());
        }
    }
}

/// Around every change of the clocks of every zone in a century, a local time leads to
/// the first instant whose clocks read as much.
#[test]
fn every_change_of_clocks_in_every_zone() {
    const HOUR: i64 = 3_600_000_000;
    let offset = |tz: Tz, t: i64| local(tz, t).and_utc().timestamp_micros() - t;
    for tz in TZ_VARIANTS {
        let mut t = utc("1940-01-01 00:00:00");
        while t < utc("2040-01-01 00:00:00") {
            let next = t + 14 * 24 * HOUR;
            if offset(tz, t) != offset(tz, next) {
                let changed = first_change(t, next, |at| offset(tz, at) != offset(tz, t));
                check_around(tz, changed);
            }
            t = next;
        }
    }
}

fn first_change(mut before: i64, mut after: i64, changed: impl Fn(i64) -> bool) -> i64 {
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if changed(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

fn check_around(tz: Tz, change: i64) {
    const QUARTER: i64 = 900_000_000;
    let instants = (-8..8).map(|n| change + n * QUARTER);
    let seen: Vec<_> = instants.map(|t| (t, local(tz, t))).collect();
    for step in -6..6 {
        let wanted = local(tz, change) + chrono::TimeDelta::minutes(step * 17);
        let found = first_instant(tz, wanted);
        assert!(local(tz, found) >= wanted, "{tz} {wanted}: too early");
        assert!(local(tz, found - 1) < wanted, "{tz} {wanted}: not the first");
        for (t, clock) in &seen {
            if *t < found {
                assert!(*clock < wanted, "{tz} {wanted}: {t} reads {clock}");
            }
        }
    }
}

/// The calendar takes years outside these as the same week over and over.
#[test]
fn no_zone_changes_its_offset_before_1800_or_after_2200() {
    for tz in TZ_VARIANTS {
        for (from, to) in [(1700, 1800), (2200, 2300)] {
            let begin = start_of_day(tz, NaiveDate::from_ymd_opt(from, 1, 1).unwrap());
            let end = start_of_day(tz, NaiveDate::from_ymd_opt(to, 1, 1).unwrap());
            let fixed = local(tz, begin).and_utc().timestamp_micros() - begin;
            let mut t = begin;
            while t < end {
                let offset = local(tz, t).and_utc().timestamp_micros() - t;
                assert_eq!(offset, fixed, "{tz} {}", local(tz, t));
                t += 5 * 86_400_000_000;
            }
        }
    }
}
