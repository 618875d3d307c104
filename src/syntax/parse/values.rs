//! Names, texts, numbers, dates, times, durations: from what the grammar saw to what it is.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::grammar::{Node, Rule, first, part, parts};
use super::{At, Parser};
use crate::decimal::Decimal;
use crate::diagnostic::{BAD_DATE, BAD_DURATION, BAD_NAME, BAD_NUMBER, BLANK_TEXT, Diagnostic, UNEXPECTED_WORD};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Duration, Literal, Path, Quoted, TimeLiteral, Unit, Value};

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// Days that only have a name in everyday speech.
const TODAY: [&str; 4] = ["today", "now", "yesterday", "tomorrow"];

/// Text in Unicode NFC.
pub fn nfc(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

impl Parser {
    /// Reports a fault of a value; the line is lost.
    pub(super) fn fault<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// The name that a statement defines: 1 to 80 characters.
    pub(super) fn defined_name(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Quoted> {
        let name = self.unquoted(at, node);
        let length = name.node.chars().count();
        if name.node.trim().is_empty() {
            let help = "Write between the quotes how people call it: 1 to 80 characters.";
            self.diagnostics.push(Diagnostic::new(&BAD_NAME, name.span, "this name is blank").help(help));
        } else if length > LONGEST_NAME {
            let message = format!("this name has {length} characters, and a name has at most 80");
            let help = "Shorten it; the rest can go into `because`.";
            self.diagnostics.push(Diagnostic::new(&BAD_NAME, name.span, message).help(help));
        }
        Some(name)
    }

    /// The name of something that is defined elsewhere.
    pub(super) fn name(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Quoted> {
        let name = self.unquoted(at, node);
        if name.node.trim().is_empty() {
            let help = "Write the name between the quotes.";
            return self.fault(Diagnostic::new(&BAD_NAME, name.span, "this name is blank").help(help));
        }
        Some(name)
    }

    /// The names in a node.
    pub(super) fn names(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Vec<Quoted>> {
        let names = part(node, Rule::names)?;
        parts(&names, Rule::name).map(|name| self.name(at, &name)).collect()
    }

    /// The texts in a node.
    pub(super) fn texts(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Vec<Quoted>> {
        let texts = part(node, Rule::texts)?;
        parts(&texts, Rule::text).map(|text| self.text(at, &text)).collect()
    }

    /// A text: not blank.
    pub(super) fn text(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Quoted> {
        let text = self.unquoted(at, node);
        if text.node.trim().is_empty() {
            let help = "Write something between the quotes; for a field that is not filled in, write `is empty`.";
            return self
                .fault(Diagnostic::new(&BLANK_TEXT, text.span, "there is nothing between these quotes").help(help));
        }
        Some(text)
    }

    /// What stands between quotes, with `\"` and `\\` undone.
    fn unquoted(&mut self, at: &At<'_>, node: &Node<'_>) -> Quoted {
        let span = at.span(node);
        let inner = between_quotes(node.as_str());
        if !inner.contains('\\') {
            return Spanned::new(nfc(inner), span);
        }
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.char_indices();
        while let Some((_, c)) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some((_, c @ ('"' | '\\'))) => text.push(c),
                Some((place, c)) => {
                    let start = node.as_span().start() + place;
                    let span = at.words.span(start..start + 1 + c.len_utf8());
                    let message = format!("`\\{c}` means nothing in a text");
                    let help =
                        format!("A backslash stands before a quote or another backslash; did you mean `\\\\{c}`?");
                    self.diagnostics.push(Diagnostic::new(&UNEXPECTED_WORD, span, message).help(help));
                    self.broken = true;
                    text.push('\\');
                    text.push(c);
                }
                None => {}
            }
        }
        Spanned::new(nfc(&text), span)
    }

    /// A pattern: a backslash stands for itself, but before a quote.
    pub(super) fn pattern(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Quoted> {
        let span = at.span(node);
        let inner = between_quotes(node.as_str());
        if inner.trim().is_empty() {
            let help = "Write a pattern between the quotes, such as `\"^[0-9]+$\"`.";
            return self.fault(Diagnostic::new(&BLANK_TEXT, span, "this pattern is blank").help(help));
        }
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            match (c, chars.as_str().chars().next()) {
                ('\\', Some('"')) => {}
                ('\\', Some('\\')) => {
                    text.push_str("\\\\");
                    chars.next();
                }
                _ => text.push(c),
            }
        }
        Some(Spanned::new(nfc(&text), span))
    }

    /// A party: a word, or a quoted name.
    pub(super) fn party(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<String>> {
        let party = part(node, Rule::party)?;
        let written = first(&party)?;
        match written.as_rule() {
            Rule::text => self.name(at, &written),
            _ => Some(Spanned::new(nfc(written.as_str()), at.span(&written))),
        }
    }

    /// The field in a node.
    pub(super) fn path(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Path> {
        Some(self.field(at, &part(node, Rule::path)?))
    }

    /// A field.
    pub(super) fn field(&mut self, at: &At<'_>, node: &Node<'_>) -> Path {
        let written = parts(node, Rule::part).map(|part| nfc(part.as_str().trim_matches('`'))).collect();
        Spanned::new(written, at.span(node))
    }

    /// The whole number in a node.
    pub(super) fn count(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<u32>> {
        let count = part(node, Rule::count)?;
        let span = at.span(&count);
        match count.as_str().replace(',', "").parse() {
            Ok(number) => Some(Spanned::new(number, span)),
            Err(_) => self.too_large(span, count.as_str()),
        }
    }

    fn too_large<T>(&mut self, span: Span, written: &str) -> Option<T> {
        let message = format!("`{written}` is a longer number than Handover reckons with");
        self.fault(Diagnostic::new(&BAD_NUMBER, span, message).help("Write a shorter one: up to 18 digits."))
    }

    /// The number in a node.
    pub(super) fn number(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Decimal>> {
        self.decimal(at, &part(node, Rule::number)?)
    }

    /// The percentage in a node.
    pub(super) fn percent(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Decimal>> {
        self.decimal(at, &part(node, Rule::percent)?)
    }

    /// A number or percentage.
    pub(super) fn decimal(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Decimal>> {
        let span = at.span(node);
        let written = node.as_str();
        match Decimal::parse(&written.trim_end_matches('%').replace(',', "")) {
            Some(number) => Some(Spanned::new(number, span)),
            None => self.too_large(span, written),
        }
    }

    /// Money: its currency in capitals, and its amount.
    pub(super) fn money(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<(String, Decimal)> {
        let currency = part(node, Rule::currency)?.as_str().to_ascii_uppercase();
        Some((currency, self.number(at, node)?.node))
    }

    /// The date in a node.
    pub(super) fn date(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<NaiveDate>> {
        let date = part(node, Rule::date)?;
        let span = at.span(&date);
        Some(Spanned::new(self.day(span, date.as_str())?, span))
    }

    /// `2026-03-10`, where there is such a day.
    fn day(&mut self, span: Span, written: &str) -> Option<NaiveDate> {
        let mut numbers = written.split('-').map(|number| number.parse::<u32>().unwrap_or(u32::MAX));
        let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let year = i32::try_from(year).ok()?;
        if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
            return Some(date);
        }
        let message = format!("`{written}` is a day that no calendar has");
        let last = (28..=31).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day));
        let help = match last {
            Some(last) => format!("{} ends with `{last}`; dates are year, month, day.", last.format("%B %Y")),
            None => "Dates are year, month, day, such as `2026-03-10`, and months go from 01 to 12.".to_owned(),
        };
        self.fault(Diagnostic::new(&BAD_DATE, span, message).help(help))
    }

    /// The date or time in a node.
    pub(super) fn moment(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Literal>> {
        let written = part(node, Rule::time).or_else(|| part(node, Rule::date))?;
        let literal = self.literal_node(at, &written)?;
        Some(Spanned::new(literal, at.span(&written)))
    }

    /// `2026-03-10 09:00`, or RFC 3339.
    fn time(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<TimeLiteral> {
        let (span, written) = (at.span(node), node.as_str());
        let (day, rest) = (written.get(..10)?, written.get(11..)?);
        let day = self.day(span, day)?;
        let split = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, offset) = (rest.get(..split)?, rest.get(split..)?);
        let format = if clock.len() == 5 { "%H:%M" } else { "%H:%M:%S%.f" };
        let time = NaiveTime::parse_from_str(clock, format).ok().filter(|time| {
            use chrono::Timelike;
            time.nanosecond() < 1_000_000_000
        });
        let Some(time) = time else {
            let message = format!("`{clock}` is a time of day that no clock shows");
            return self
                .fault(Diagnostic::new(&BAD_DATE, span, message).help("Times of day go from `00:00` to `23:59`."));
        };
        let local = NaiveDateTime::new(day, time);
        if offset.is_empty() {
            return Some(TimeLiteral::Local(local));
        }
        let minutes = match offset.get(1..).filter(|digits| !digits.is_empty()) {
            None => 0,
            Some(digits) => {
                let (hours, minutes) = digits.split_once(':')?;
                let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
                if hours > 23 || minutes > 59 {
                    let message = format!("`{offset}` is no distance from UTC");
                    let help = "Write it as `+02:00`, or leave it out for the policy's own time zone.";
                    return self.fault(Diagnostic::new(&BAD_DATE, span, message).help(help));
                }
                hours * 60 + minutes
            }
        };
        let minutes = if offset.starts_with('-') { -minutes } else { minutes };
        let utc = local.checked_sub_signed(TimeDelta::minutes(minutes))?;
        Some(TimeLiteral::Instant(utc.and_utc().timestamp_micros()))
    }

    /// The minutes after midnight of `09:00`; `24:00` only where a day ends.
    pub(super) fn clock(&mut self, at: &At<'_>, node: &Node<'_>, end: bool) -> Option<u16> {
        let (hours, minutes) = node.as_str().split_once(':')?;
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        if (hours < 24 && minutes < 60) || (end && hours == 24 && minutes == 0) {
            return Some(hours * 60 + minutes);
        }
        let message = format!("`{}` is a time of day that no clock shows", node.as_str());
        let help = if hours == 24 && minutes == 0 {
            "A day begins at `00:00`; `24:00` is only its end."
        } else {
            "Times of day go from `00:00` to `24:00`."
        };
        self.fault(Diagnostic::new(&BAD_DATE, at.span(node), message).help(help))
    }

    /// The duration in a node.
    pub(super) fn duration(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Duration>> {
        self.duration_node(at, &part(node, Rule::duration)?)
    }

    /// A duration.
    pub(super) fn duration_node(&mut self, at: &At<'_>, duration: &Node<'_>) -> Option<Spanned<Duration>> {
        let span = at.span(duration);
        let written = part(duration, Rule::count)?;
        let Ok(amount) = written.as_str().replace(',', "").parse() else {
            let message = format!("`{}` is longer than anybody waits", duration.as_str());
            return self.fault(Diagnostic::new(&BAD_DURATION, span, message).help("Write a shorter duration."));
        };
        let unit = match part(duration, Rule::unit)?.as_str().trim_end_matches('s') {
            "minute" => Unit::Minutes,
            "hour" => Unit::Hours,
            "day" => Unit::Days,
            "week" => Unit::Weeks,
            "month" => Unit::Months,
            "year" => Unit::Years,
            "business minute" => Unit::BusinessMinutes,
            "business hour" => Unit::BusinessHours,
            _ => Unit::BusinessDays,
        };
        Some(Spanned::new(Duration { amount, unit }, span))
    }

    /// The literal in a node, with its place.
    pub(super) fn literal(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Literal>> {
        let written = node.clone().into_inner().last()?;
        Some(Spanned::new(self.literal_node(at, &written)?, at.span(&written)))
    }

    /// A literal.
    fn literal_node(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Literal> {
        Some(match node.as_rule() {
            Rule::text => Literal::Text(self.text(at, node)?.node),
            Rule::number => Literal::Number(self.decimal(at, node)?.node),
            Rule::money => {
                let (currency, amount) = self.money(at, node)?;
                Literal::Money(currency, amount)
            }
            Rule::date => Literal::Date(self.day(at.span(node), node.as_str())?),
            Rule::time => Literal::Time(self.time(at, node)?),
            Rule::yes => Literal::YesNo(true),
            Rule::no => Literal::YesNo(false),
            Rule::nothing => Literal::None,
            _ => return None,
        })
    }

    /// The value in a node.
    pub(super) fn value(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Value>> {
        let value = part(node, Rule::value)?;
        self.value_node(at, &value)
    }

    /// The values in a node.
    pub(super) fn values(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Vec<Spanned<Value>>> {
        let values = part(node, Rule::values)?;
        parts(&values, Rule::value).map(|value| self.value_node(at, &value)).collect()
    }

    fn value_node(&mut self, at: &At<'_>, node: &Node<'_>) -> Option<Spanned<Value>> {
        let written = first(node)?;
        let span = at.span(&written);
        let value = match written.as_rule() {
            Rule::score_value => Value::Score(self.name(at, &part(&written, Rule::name)?)?),
            Rule::path => {
                let field = self.field(at, &written);
                if let Some(number) = self.spelt_number(&field) {
                    let message = format!("`{}` is written `{number}`", written.as_str());
                    let help = format!("Write `{number}`.");
                    return self.fault(Diagnostic::new(&BAD_NUMBER, span, message).help(help).fix(number));
                }
                if let Some(today) = self.undeclared(&field).filter(|word| TODAY.contains(word)) {
                    let message = format!("`{today}` is no date");
                    let help = "Write a date, such as `2026-03-10`, or a stretch of time: `is within the last 1 day`.";
                    return self.fault(Diagnostic::new(&BAD_DATE, span, message).help(help));
                }
                Value::Field(field)
            }
            _ => Value::Literal(self.literal_node(at, &written)?),
        };
        Some(Spanned::new(value, span))
    }
}

/// What stands between the quotes of a text.
fn between_quotes(written: &str) -> &str {
    written.get(1..written.len().saturating_sub(1)).unwrap_or("")
}
