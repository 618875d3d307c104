//! Numbers, lists and lengths of time as parts of sentences.

use crate::policy::{Duration, Unit};

/// The beginning of a text that is too long, and how much is left out.
pub fn cut(text: &str, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text.to_owned();
    }
    let shown = longest.saturating_sub(40);
    let start: String = text.chars().take(shown).collect();
    format!("{start}… (and {} more characters)", thousands(length - shown))
}

/// `9,980`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `a`, `a and b`, `a, b and c`; beyond `most`, `a, b and 3 more`.
pub fn list(words: &[String], most: usize) -> String {
    let shown = if words.len() > most + 1 { most } else { words.len() };
    let (first, rest) = words.split_at(shown);
    match (first, rest.len()) {
        ([], 0) => String::new(),
        ([one], 0) => one.clone(),
        ([all @ .., last], 0) => format!("{} and {last}", all.join(", ")),
        (some, more) => format!("{} and {} more", some.join(", "), thousands(more)),
    }
}

/// `1 time`, `3 times`
pub fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(number)) }
}

/// `2 business days`
pub fn duration(duration: Duration) -> String {
    let (one, many) = match duration.unit {
        Unit::Minutes => ("minute", "minutes"),
        Unit::Hours => ("hour", "hours"),
        Unit::Days => ("day", "days"),
        Unit::Weeks => ("week", "weeks"),
        Unit::Months => ("month", "months"),
        Unit::Years => ("year", "years"),
        Unit::BusinessMinutes => ("business minute", "business minutes"),
        Unit::BusinessHours => ("business hour", "business hours"),
        Unit::BusinessDays => ("business day", "business days"),
    };
    count(duration.amount as usize, one, many)
}

/// What follows a field, which may stand in backticks.
pub fn after<'n>(text: &'n str, field: &str) -> Option<&'n str> {
    let bare = text.strip_prefix(field).or_else(|| text.strip_prefix('`')?.strip_prefix(field)?.strip_prefix('`'));
    bare?.strip_prefix(' ')
}

/// A text that no spreadsheet runs: one that it would take for a formula gets an apostrophe before it.
pub fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
