//! Weeks, months, quarters and years, on the calendar of the policy.

use chrono::{Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;

use crate::policy::Period;
use crate::time::{Instant, zone};

/// The first day of the period that a date is in. Weeks begin on Monday.
pub fn start_of(period: Period, date: NaiveDate) -> NaiveDate {
    let month = match period {
        Period::Week => {
            let days = Days::new(date.weekday().num_days_from_monday().into());
            return date.checked_sub_days(days).unwrap_or(date);
        }
        Period::Month => date.month(),
        Period::Quarter => (date.month0() / 3) * 3 + 1,
        Period::Year => 1,
    };
    NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date)
}

/// The first day of the period after the one that starts on that day.
pub fn next(period: Period, start: NaiveDate) -> NaiveDate {
    let next = match period {
        Period::Week => start.checked_add_days(Days::new(7)),
        Period::Month => start.checked_add_months(Months::new(1)),
        Period::Quarter => start.checked_add_months(Months::new(3)),
        Period::Year => start.checked_add_months(Months::new(12)),
    };
    next.unwrap_or(NaiveDate::MAX)
}

/// `2026-W11`, `2026-03`, `2026-Q1`, `2026`
pub fn label(period: Period, start: NaiveDate) -> String {
    match period {
        Period::Week => format!("{}-W{:02}", start.iso_week().year(), start.iso_week().week()),
        Period::Month => start.format("%Y-%m").to_string(),
        Period::Quarter => format!("{}-Q{}", start.year(), start.month0() / 3 + 1),
        Period::Year => start.year().to_string(),
    }
}

/// `week`, `month`, `quarter`, `year`
pub fn word(period: Period) -> &'static str {
    match period {
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
    }
}

/// Dates of instants in one zone. Leads come in no order, but many fall on the same days.
#[derive(Clone, Debug)]
pub struct Dates {
    zone: Tz,
    latest: Option<(Instant, Instant, NaiveDate)>,
}

impl Dates {
    pub fn new(zone: Tz) -> Dates {
        Dates { zone, latest: None }
    }

    pub fn of(&mut self, at: Instant) -> NaiveDate {
        match self.latest {
            Some((from, until, date)) if from <= at && at < until => date,
            _ => {
                let date = zone::date_of(self.zone, at);
                let start = zone::start_of_day(self.zone, date);
                let until = zone::start_of_day(self.zone, date.succ_opt().unwrap_or(date));
                self.latest = Some((start, until, date));
                date
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_in_the_period_that_starts_before_it_and_ends_after_it() {
        let mut date = NaiveDate::from_ymd_opt(2019, 12, 1).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..1_000 {
            for period in [Period::Week, Period::Month, Period::Quarter, Period::Year] {
                let start = start_of(period, date);
                assert!(start <= date && date < next(period, start), "{date} {period:?}");
                assert_eq!(start_of(period, start), start);
                seen.insert(label(period, start));
            }
            date = date.succ_opt().unwrap();
        }
        for label in ["2020-W01", "2020-W53", "2021-W01", "2020-02", "2020-Q4", "2022"] {
            assert!(seen.contains(label), "{label}");
        }
    }

    #[test]
    fn dates_are_those_of_the_zone() {
        let mut dates = Dates::new(chrono_tz::Europe::Sofia);
        let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros();
        for (instant, date) in [
            ("2026-03-28T21:59:59Z", "2026-03-28"),
            ("2026-03-28T22:00:00Z", "2026-03-29"),
            ("2026-03-29T20:59:59Z", "2026-03-29"),
            ("2026-03-29T21:00:00Z", "2026-03-30"),
            ("2026-03-28T22:00:00Z", "2026-03-29"),
        ] {
            assert_eq!(dates.of(at(instant)).to_string(), date, "{instant}");
        }
    }
}
