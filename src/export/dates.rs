//! Ways of writing dates and times.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::diagnostic::did_you_mean;

/// One of the ways that a mapping lists.
#[derive(Clone, Debug)]
pub struct Way {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// In the signs of strftime; `is_utc` where a `Z` stands behind the time.
    Signs { items: Vec<Item<'static>>, is_utc: bool },
    /// Since 1970 in UTC: how many make a second, and whether midnight means the day.
    Epoch { per_second: i64, is_day: bool },
}

/// Seconds since 1970 have at most so many digits; more are milliseconds.
const MOST_SECONDS: usize = 11;

const EPOCHS: [(&str, i64, bool); 4] = [
    ("epoch-seconds", 1, false),
    ("epoch-milliseconds", 1000, false),
    ("epoch-seconds-day", 1, true),
    ("epoch-milliseconds-day", 1000, true),
];

impl Way {
    /// A way of writing, as a mapping names it.
    ///
    /// # Errors
    /// Where it cannot say what day it is, in one sentence.
    pub fn new(text: &str) -> Result<Way, String> {
        let epoch = EPOCHS.iter().find(|(name, ..)| *name == text);
        if let Some((_, per_second, is_day)) = epoch {
            return Ok(Way { text: text.to_owned(), kind: Kind::Epoch { per_second: *per_second, is_day: *is_day } });
        }
        if !text.contains('%') {
            return Err(no_signs(text));
        }
        let items: Result<Vec<Item<'static>>, _> = StrftimeItems::new(text).parse_to_owned();
        let items =
            items.map_err(|_| format!("a date written `{text}`: one of its `%` stands for nothing; {SIGNS}"))?;
        let way = Way {
            text: text.to_owned(),
            kind: Kind::Signs { items, is_utc: text.ends_with('Z') && !text.ends_with("%Z") },
        };
        way.tried().map(|()| way)
    }

    /// Whether a time that is written this way can be read again.
    fn tried(&self) -> Result<(), String> {
        let Kind::Signs { items, .. } = &self.kind else { return Ok(()) };
        let Some(sample) = DateTime::<Utc>::from_timestamp(1_637_675_156, 0) else { return Ok(()) };
        let mut written = String::new();
        let is_written = write!(written, "{}", sample.format_with_items(items.iter())).is_ok();
        let has_hour = items.iter().any(|item| {
            matches!(item, Item::Numeric(Numeric::Hour | Numeric::Hour12 | Numeric::Timestamp, _))
                || matches!(item, Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339))
        });
        match self.read(&written, None).filter(|_| is_written) {
            Some(read) if has_hour && !read.contains('T') => {
                Err(format!("`{}` names an hour, and does not say the time: {SIGNS}", self.text))
            }
            Some(_) => Ok(()),
            None => Err(format!("`{}` does not say the day, the month and the year: {SIGNS}", self.text)),
        }
    }

    /// A text as ISO 8601; none where it is written in another way. A date alone stays one, whatever the zone; a time
    /// without an offset is in the zone, or else stays without one.
    pub fn read(&self, text: &str, zone: Option<Tz>) -> Option<String> {
        let (items, zone) = match &self.kind {
            Kind::Signs { items, is_utc: false } => (items, zone),
            Kind::Signs { items, is_utc: true } => (items, Some(Tz::UTC)),
            Kind::Epoch { per_second, is_day } => return epoch(text, *per_second, *is_day),
        };
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, items.iter()).ok()?;
        if let Ok(time) = parsed.to_datetime() {
            return Some(utc(time.to_utc()));
        }
        if let Ok(time) = parsed.to_naive_datetime_with_offset(0) {
            return match zone {
                Some(zone) => {
                    let instant = crate::time::zone::first_instant(zone, time);
                    Some(utc(Utc.timestamp_micros(instant).single()?))
                }
                None => Some(time.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
            };
        }
        parsed.to_naive_date().ok().map(|date: NaiveDate| date.to_string())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Way {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Way::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

const SIGNS: &str = "`%d/%m/%Y %H:%M` is 31/12/2026 17:45";

/// What is said of a way of writing without the signs of strftime.
fn no_signs(text: &str) -> String {
    if let Some(near) = did_you_mean(text, EPOCHS.map(|(name, ..)| name)) {
        return format!("there is no way `{text}` of writing dates; did you mean `{near}`?");
    }
    let pairs = [
        ("YYYY", "%Y"),
        ("yyyy", "%Y"),
        ("YY", "%y"),
        ("yy", "%y"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("DD", "%d"),
        ("dd", "%d"),
        ("HH", "%H"),
        ("hh", "%I"),
        ("mm", "%M"),
        ("SS", "%S"),
        ("ss", "%S"),
    ];
    let meant = pairs.iter().fold(Cow::Borrowed(text), |text, (from, to)| Cow::Owned(text.replace(from, to)));
    if meant.contains('%') && Way::new(&meant).is_ok() {
        return format!("dates are written with signs: for `{text}` write `{meant}`");
    }
    format!("`{text}` is no way of writing dates: {SIGNS}")
}

fn utc(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn epoch(text: &str, per_second: i64, is_day: bool) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_number = !digits.is_empty() && digits.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number || (per_second == 1 && digits.len() > MOST_SECONDS) {
        return None;
    }
    // Millionths of a second, whatever it is counted in.
    let places = if per_second == 1 { 6 } else { 3 };
    let part: String = part.chars().chain("000000".chars()).take(places).collect();
    let time = Utc.timestamp_micros(format!("{whole}{part}").parse().ok()?).single()?;
    if is_day {
        return (time.time() == chrono::NaiveTime::MIN).then(|| time.date_naive().to_string());
    }
    Some(utc(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_understood_or_refused_before_any_row() {
        for way in [
            "%d/%m/%Y",
            "%d.%m.%y %H:%M",
            "%+",
            "%b %d, %Y %I:%M %p",
            "%Y-%m-%dT%H:%M:%S%.f%z",
            "%Y-%m-%dT00:00:00Z",
            "%s",
        ] {
            assert!(Way::new(way).is_ok(), "{way}: {:?}", Way::new(way).err());
        }
        for (way, why) in [
            ("DD/MM/YYYY", "for `DD/MM/YYYY` write `%d/%m/%Y`"),
            ("yyyy-MM-dd HH:mm:ss", "write `%Y-%m-%d %H:%M:%S`"),
            ("epoch-secs", "did you mean `epoch-seconds`?"),
            ("European", "is no way of writing dates"),
            ("%d/%m", "does not say the day, the month and the year"),
            ("%d/%m/%Y %Q", "stands for nothing"),
            ("%d/%m/%Y %H", "does not say the time"),
        ] {
            let said = Way::new(way).err().unwrap_or_default();
            assert!(said.contains(why), "{way}: {said}");
        }
    }

    #[test]
    fn a_z_behind_a_time_is_utc_and_behind_a_day_nothing() {
        let read =
            |way: &str, text: &str| Way::new(way).ok().and_then(|way| way.read(text, Some(chrono_tz::Asia::Tokyo)));
        for (way, text, found) in [
            ("%Y-%m-%dT%H:%M:%SZ", "2026-03-01T09:15:00Z", "2026-03-01T09:15:00Z"),
            ("%Y-%m-%dT%H:%M:%S", "2026-03-01T09:15:00", "2026-03-01T00:15:00Z"),
            ("%+", "2026-03-01T09:15:00.5+09:00", "2026-03-01T00:15:00.500Z"),
            ("%Y-%m-%dT00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-01"),
        ] {
            assert_eq!(read(way, text).as_deref(), Some(found), "{way}");
        }
    }

    #[test]
    fn times_since_1970_are_instants_or_days() {
        let read =
            |way: &str, text: &str| Way::new(way).ok().and_then(|way| way.read(text, Some(chrono_tz::Asia::Tokyo)));
        for (way, text, found) in [
            ("epoch-seconds", "1758297600", Some("2025-09-19T16:00:00Z")),
            ("epoch-seconds", "1758297600.25", Some("2025-09-19T16:00:00.250Z")),
            ("epoch-seconds", "1758297600000", None),
            ("epoch-seconds", "-1", Some("1969-12-31T23:59:59Z")),
            ("epoch-seconds", "12/12/2025", None),
            ("epoch-seconds", "", None),
            ("epoch-milliseconds", "1758297600123", Some("2025-09-19T16:00:00.123Z")),
            ("epoch-milliseconds", "99999999999999999999", None),
            ("epoch-milliseconds-day", "1758240000000", Some("2025-09-19")),
            ("epoch-milliseconds-day", "1758297600123", None),
            ("epoch-seconds-day", "1758240000", Some("2025-09-19")),
        ] {
            assert_eq!(read(way, text).as_deref(), found, "{way} {text}");
        }
    }
}
