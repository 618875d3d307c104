//! A text of an export → the value that a policy reads.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone};

use super::mapping::{Point, Style};
use crate::policy::Type;

/// How one field is written.
#[derive(Clone, Debug)]
pub struct Reading {
    kind: Kind,
    style: Style,
    means: Vec<(String, String)>,
    split: Option<String>,
}

/// What becomes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It stays.
    Text,
    Number,
    Moment,
    List,
}

/// A value, as the JSON of a lead has it.
#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Texts(Vec<&'a str>),
}

impl Reading {
    /// Of a field of that type, written in that style.
    pub fn new(
        ty: &Type,
        style: Style,
        means: impl Iterator<Item = (String, String)>,
        split: Option<String>,
    ) -> Reading {
        let kind = match ty {
            Type::Number | Type::Money(_) => Kind::Number,
            Type::Date | Type::Time => Kind::Moment,
            Type::TextList if split.is_some() => Kind::List,
            _ => Kind::Text,
        };
        Reading { kind, style, means: means.collect(), split }
    }

    /// The value of a text; none where it is a date or a time written in another way than was listed.
    pub fn read<'a>(&'a self, text: &'a str) -> Option<Value<'a>> {
        let text = text.trim();
        // Nothing at all may mean something, too.
        if let Some((_, meant)) = self.means.iter().find(|(written, _)| written == text) {
            return Some(if meant.is_empty() { Value::Nothing } else { Value::Text(Cow::Borrowed(meant)) });
        }
        if text.is_empty() || self.style.empty.iter().any(|empty| empty == text) {
            return Some(Value::Nothing);
        }
        Some(match self.kind {
            Kind::Text => Value::Text(Cow::Borrowed(text)),
            Kind::Number => Value::Text(self.number(text)),
            Kind::Moment if self.style.dates.is_empty() => Value::Text(Cow::Borrowed(text)),
            Kind::Moment => Value::Text(Cow::Owned(self.moment(text)?)),
            Kind::List => {
                let separator = self.split.as_deref().unwrap_or(";");
                Value::Texts(text.split(separator).map(str::trim).filter(|entry| !entry.is_empty()).collect())
            }
        })
    }

    /// The list of ways in which dates and times are written.
    pub fn dates(&self) -> &[String] {
        &self.style.dates
    }

    /// A number without what groups its digits. What is none stays as it is, so that the policy sees a wrong type.
    fn number<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(point) = self.style.decimal else { return Cow::Borrowed(text) };
        let (point, group) = match point {
            Point::Point => ('.', ','),
            Point::Comma => (',', '.'),
        };
        let (whole, part) = text.split_once(point).unwrap_or((text, ""));
        let sign = whole.len() - whole.trim_start_matches('-').len();
        let groups: Vec<&str> =
            whole.get(sign..).unwrap_or("").split([group, ' ', '\u{a0}', '\u{202f}', '\'']).collect();
        let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let grouped = groups.iter().skip(1).all(|it| it.len() == 3) && groups.first().is_some_and(|it| it.len() <= 3);
        let sound = groups.iter().all(digits) && (groups.len() == 1 || grouped) && sign <= 1;
        if !sound || !(part.is_empty() || digits(&part)) {
            return Cow::Borrowed(text);
        }
        let point = if part.is_empty() { "" } else { "." };
        Cow::Owned(format!("{}{}{point}{part}", if sign == 1 { "-" } else { "" }, groups.concat()))
    }

    /// A date or a time in ISO 8601. A date alone stays one, whatever the zone; a time without an offset is in the zone of
    /// the export, or else in that of the policy, which is what a time without an offset means to it.
    fn moment(&self, text: &str) -> Option<String> {
        self.style.dates.iter().find_map(|format| {
            if let Ok(time) = DateTime::parse_from_str(text, format) {
                return Some(time.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true));
            }
            if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
                return Some(match self.style.zone {
                    Some(zone) => {
                        let instant = crate::time::zone::first_instant(zone, time);
                        let instant = chrono::Utc.timestamp_micros(instant).single()?;
                        instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
                    }
                    None => time.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
                });
            }
            NaiveDate::parse_from_str(text, format).ok().map(|date| date.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(ty: Type, style: Style) -> Reading {
        Reading::new(&ty, style, std::iter::empty(), None)
    }

    fn read(reading: &Reading, text: &str) -> String {
        match reading.read(text) {
            Some(Value::Text(text)) => text.into_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_lose_what_groups_their_digits() {
        let comma = reading(Type::Number, Style { decimal: Some(Point::Comma), ..Style::default() });
        for (text, number) in [
            ("1.234,5", "1234.5"),
            ("146536,25", "146536.25"),
            ("-1 234", "-1234"),
            ("12.34,5", "12.34,5"),
            ("R$ 100.000", "R$ 100.000"),
            ("1,2,3", "1,2,3"),
            (" 7 ", "7"),
            ("", "Some(Nothing)"),
        ] {
            assert_eq!(read(&comma, text), number, "{text}");
        }
        let point = reading(Type::Number, Style { decimal: Some(Point::Point), ..Style::default() });
        assert_eq!(read(&point, "1,234,567.50"), "1234567.50");
        assert_eq!(read(&reading(Type::Number, Style::default()), "1,5"), "1,5", "nothing is guessed");
    }

    #[test]
    fn dates_are_those_of_the_list_and_times_of_the_zone() {
        let dates = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%dT00:00:00Z"].map(str::to_owned).to_vec();
        let zone = Some(chrono_tz::America::New_York);
        let there = reading(Type::Time, Style { dates: dates.clone(), zone, ..Style::default() });
        assert_eq!(read(&there, "1/23/2023 12:00 AM"), "2023-01-23T05:00:00Z");
        assert_eq!(read(&there, "12/21/2025"), "2025-12-21");
        assert_eq!(read(&there, "2025-10-27T00:00:00Z"), "2025-10-27", "never shifted");
        assert_eq!(there.read("21.12.2025"), None);
        let here = reading(Type::Time, Style { dates, ..Style::default() });
        assert_eq!(read(&here, "1/23/2023 1:05 PM"), "2023-01-23T13:05:00");
    }
}
