//! Instants as people of one place say them.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// The clocks of a place, in a year: another year is said.
#[derive(Clone, Copy, Debug)]
pub struct Wall {
    zone: Tz,
    year: i32,
}

impl Wall {
    pub fn new(zone: Tz, now: DateTime<Utc>) -> Wall {
        Wall { zone, year: zone.from_utc_datetime(&now.naive_utc()).year() }
    }

    fn local(self, at: DateTime<Utc>) -> DateTime<Tz> {
        self.zone.from_utc_datetime(&at.naive_utc())
    }

    pub fn date(self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// `Tue 3 Mar`, `Tue 3 Mar 2027`
    pub fn day_of(self, date: NaiveDate) -> String {
        date.format(if date.year() == self.year { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string()
    }

    /// `Tue 3 Mar 2026 14:30 EET`, whatever the year.
    pub fn with_year(self, at: DateTime<Utc>) -> String {
        format!("{} {} {}", self.date(at).format("%a %-d %b %Y"), self.time(at), self.zone(at))
    }

    pub fn day(self, at: DateTime<Utc>) -> String {
        self.day_of(self.date(at))
    }

    /// `14:30`, and the seconds where there are some.
    pub fn time(self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        let whole = local.second() == 0;
        local.format(if whole { "%H:%M" } else { "%H:%M:%S" }).to_string()
    }

    /// `Tue 3 Mar 14:30`
    pub fn moment(self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.day(at), self.time(at))
    }

    /// `Tue 3 Mar 14:30 EET`
    pub fn in_zone(self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.moment(at), self.zone(at))
    }

    /// `EET`, or, for zones without letters of their own, `UTC+03`.
    pub fn zone(self, at: DateTime<Utc>) -> String {
        let name = self.local(at).format("%Z").to_string();
        if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
    }

    /// `Tue 3 Mar 14:00 to 18:00`, and the second day where it is another.
    pub fn stretch(self, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
        // A stretch up to midnight ends on its own day.
        let ends = self.date(until - chrono::TimeDelta::microseconds(1));
        match (self.date(from) == ends, self.date(until) == ends) {
            (true, true) => format!("{} to {}", self.moment(from), self.time(until)),
            (true, false) => format!("{} to 24:00", self.moment(from)),
            _ => format!("{} to {}", self.moment(from), self.moment(until)),
        }
    }
}

/// `2 days`, `1 h 30 min`, `45 s`: time that goes by.
pub fn length(micros: i64) -> String {
    let seconds = micros / MICROS_PER_SECOND;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if said.is_empty() { "no time".to_owned() } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn instants_are_said_as_on_the_wall() {
        let sofia = Wall::new(chrono_tz::Europe::Sofia, at("2026-03-10T12:00:00Z"));
        assert_eq!(sofia.in_zone(at("2026-03-10T12:30:00Z")), "Tue 10 Mar 14:30 EET");
        assert_eq!(sofia.in_zone(at("2027-07-01T12:30:05Z")), "Thu 1 Jul 2027 15:30:05 EEST");
        let noon = at("2026-03-10T10:00:00Z");
        assert_eq!(sofia.stretch(noon, at("2026-03-10T16:00:00Z")), "Tue 10 Mar 12:00 to 18:00");
        assert_eq!(sofia.stretch(noon, at("2026-03-10T22:00:00Z")), "Tue 10 Mar 12:00 to 24:00");
        assert_eq!(sofia.stretch(noon, at("2026-03-10T23:00:00Z")), "Tue 10 Mar 12:00 to Wed 11 Mar 01:00");
        let nameless = Wall::new(chrono_tz::Asia::Dubai, noon);
        assert_eq!(nameless.zone(noon), "UTC+04");
    }

    #[test]
    fn time_that_goes_by() {
        let said = [0, 59, 60, 3_600, 5_405, 57_600].map(|seconds| length(seconds * MICROS_PER_SECOND));
        assert_eq!(said, ["no time", "59 s", "1 min", "1 h", "1 h 30 min 5 s", "16 h"]);
    }
}
