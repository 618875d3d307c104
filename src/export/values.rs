//! A text of an export → the value that a policy reads.

use std::borrow::Cow;

use chrono_tz::Tz;

use super::length::{FORMS, Length};
use super::mapping::{Cell, Point, Style};
use super::number::{Digits, strip};
use super::spelling::Words;
use crate::policy::Type;
use crate::text::fold;

/// How one field is written.
#[derive(Clone, Debug)]
pub struct Reading {
    kind: Kind,
    style: Style,
    means: Words<String>,
    empty: Words<()>,
}

/// What becomes of a text.
#[derive(Clone, Debug)]
enum Kind {
    /// It stays, without these at its ends.
    Text(Vec<String>),
    Number(Digits),
    Length(Length, Digits),
    /// In the zone of times without one.
    Moment(Option<Tz>),
    /// A list of texts, with what separates them.
    List(String),
}

/// A value, as the JSON of a lead has it.
#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Texts(Vec<&'a str>),
}

impl Reading {
    /// Of a field of that type; `all` is how the export writes what the cell says nothing of.
    pub fn new(ty: &Type, cell: &Cell, all: &Style) -> Reading {
        let style = cell.style.or(all);
        let kind = match (ty, cell.duration, &cell.split) {
            (_, Some(length), _) => Kind::Length(length, Digits::new(&style)),
            (Type::Number | Type::Money(_), ..) => Kind::Number(Digits::new(&style)),
            // The day that stands there is the day, wherever it was.
            (Type::Date, ..) => Kind::Moment(None),
            (Type::Time, ..) => Kind::Moment(style.zone),
            (Type::TextList, _, Some(separator)) => Kind::List(separator.clone()),
            // Currency signs of the whole export have no place in texts.
            _ => Kind::Text(cell.style.without.iter().map(|text| fold(text.trim())).collect()),
        };
        let means = Words::new(cell.means.iter().map(|(text, meant)| (text.clone(), meant.clone())));
        let empty = Words::new(style.empty.iter().map(|text| (text.clone(), ())));
        Reading { kind, style, means, empty }
    }

    /// The value of a text. What is no number stays as it is, so that the policy sees a wrong type.
    ///
    /// # Errors
    /// Where it is a date or a length written in another way than the mapping says: what it is not, in a sentence that goes
    /// on after its column.
    pub fn read<'a>(&'a self, text: &'a str) -> Result<Value<'a>, String> {
        let text = text.trim();
        // Nothing at all may mean something, too.
        if let Some(meant) = self.means.find(text) {
            return Ok(if meant.is_empty() { Value::Nothing } else { Value::Text(Cow::Borrowed(meant)) });
        }
        if text.is_empty() || self.empty.find(text).is_some() {
            return Ok(Value::Nothing);
        }
        Ok(match &self.kind {
            Kind::Text(without) => match strip(text, without) {
                "" => Value::Nothing,
                text => Value::Text(Cow::Borrowed(text)),
            },
            Kind::Number(digits) if digits.are_plain() => Value::Text(Cow::Borrowed(text)),
            Kind::Number(digits) => Value::Text(digits.read(text).map_or(Cow::Borrowed(text), Cow::Owned)),
            Kind::Length(length, digits) => {
                let point = self.style.decimal.unwrap_or(Point::Point);
                let read = length.read(digits.bare(text), point);
                Value::Text(Cow::Owned(read.ok_or_else(|| format!("no length of time such as {FORMS}"))?))
            }
            Kind::Moment(_) if self.style.dates.is_empty() => Value::Text(Cow::Borrowed(text)),
            Kind::Moment(zone) => Value::Text(Cow::Owned(self.moment(text, *zone)?)),
            Kind::List(separator) => {
                let entries = text.split(separator.as_str()).map(str::trim).filter(|entry| !entry.is_empty());
                Value::Texts(entries.collect())
            }
        })
    }

    fn moment(&self, text: &str, zone: Option<Tz>) -> Result<String, String> {
        let read = self.style.dates.iter().find_map(|way| way.read(text, zone));
        read.ok_or_else(|| {
            let ways: Vec<String> = self.style.dates.iter().map(|way| format!("`{way}`")).collect();
            format!("a date or time in none of the ways that the mapping lists: {}", ways.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::dates::Way;

    fn reading(ty: Type, style: Style) -> Reading {
        Reading::new(&ty, &Cell::default(), &style)
    }

    fn read(reading: &Reading, text: &str) -> String {
        match reading.read(text) {
            Ok(Value::Text(text)) => text.into_owned(),
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
            ("", "Ok(Nothing)"),
        ] {
            assert_eq!(read(&comma, text), number, "{text}");
        }
        let point = reading(Type::Number, Style { decimal: Some(Point::Point), ..Style::default() });
        assert_eq!(read(&point, "1,234,567.50"), "1234567.50");
        assert_eq!(read(&reading(Type::Number, Style::default()), "1,5"), "1,5", "nothing is guessed");
    }

    #[test]
    fn dates_are_those_of_the_list_and_times_of_the_zone() {
        let dates = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%dT00:00:00Z"];
        let dates: Vec<Way> = dates.iter().map(|way| Way::new(way).unwrap()).collect();
        let zone = Some(chrono_tz::America::New_York);
        let there = reading(Type::Time, Style { dates: dates.clone(), zone, ..Style::default() });
        assert_eq!(read(&there, "1/23/2023 12:00 AM"), "2023-01-23T05:00:00Z");
        assert_eq!(read(&there, "12/21/2025"), "2025-12-21");
        assert_eq!(read(&there, "2025-10-27T00:00:00Z"), "2025-10-27", "never shifted");
        assert!(there.read("21.12.2025").is_err());
        let here = reading(Type::Time, Style { dates, ..Style::default() });
        assert_eq!(read(&here, "1/23/2023 1:05 PM"), "2023-01-23T13:05:00");
    }

    #[test]
    fn words_of_the_export_are_found_in_any_spelling() {
        let means = [("qualified".to_owned(), "SQL".to_owned()), ("0".to_owned(), String::new())].into();
        let style = Style { without: vec!["zcrm_".to_owned()], ..Style::default() };
        let cell = Cell { means, style, ..Cell::default() };
        let all = Style { empty: vec!["Select".to_owned()], ..Style::default() };
        let words = Reading::new(&Type::Text, &cell, &all);
        for (text, found) in [
            (" QUALIFIED ", "SQL"),
            ("New", "New"),
            ("0", "Ok(Nothing)"),
            ("select", "Ok(Nothing)"),
            ("zcrm_12", "12"),
            ("ZCRM_", "Ok(Nothing)"),
        ] {
            assert_eq!(read(&words, text), found, "{text}");
        }
    }
}
