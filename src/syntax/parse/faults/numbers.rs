//! Numbers, money and percentages as people write them elsewhere.

use std::ops::Range;

use super::{Guess, Misfit};
use crate::diagnostic::BAD_NUMBER;
use crate::syntax::parse::grammar::Rule;

/// The longer before the shorter.
const CURRENCIES: [(&str, &str); 15] = [
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("лева", "BGN"),
    ("лв.", "BGN"),
    ("лв", "BGN"),
    ("ЛВ", "BGN"),
    ("евро", "EUR"),
    ("ЕВРО", "EUR"),
    ("EURO", "EUR"),
    ("долара", "USD"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("dollars", "USD"),
];

pub fn number(text: &str) -> Option<Guess> {
    let (end, number) = amount(text)?;
    let written = text.get(..end)?;
    Some(match number {
        Ok(number) if number == written || number.replace(',', "") == written => return None,
        Ok(number) => {
            let message = format!("`{written}` is written `{number}`");
            Guess::new(0..end, number, message).code(&BAD_NUMBER)
        }
        Err(()) => ambiguous(0..end, written, ""),
    })
}

/// A number at the head of a text with its `k` or `million`, and how it is written.
fn amount(text: &str) -> Option<(usize, Result<String, ()>)> {
    let leading_dot =
        text.starts_with('.') && text.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let end = if leading_dot { 1 + run(text.get(1..)?) } else { run(text) };
    if end == 0 {
        return None;
    }
    let written = text.get(..end)?;
    let rest = text.get(end..)?;
    let zero = format!("0{written}");
    for (suffix, zeros) in [
        ("k", 3),
        ("K", 3),
        (" k", 3),
        ("tsd", 3),
        (" thousand", 3),
        ("mn", 6),
        ("m", 6),
        ("M", 6),
        ("mio", 6),
        (" million", 6),
    ] {
        let Some(after) = rest.strip_prefix(suffix) else { continue };
        if after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let digits = written.replace(',', ".");
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if fraction.len() > zeros || fraction.contains('.') {
            return None;
        }
        let all = format!("{whole}{fraction:0<zeros$}");
        return Some((end + suffix.len(), plain(&all)?));
    }
    Some((end, plain(if leading_dot { &zero } else { written })?))
}

/// The figures at the head of a text: digits, and what people put between them.
fn run(text: &str) -> usize {
    let mut end = 0;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    while at < bytes.len() {
        let between = matches!(bytes.get(at), Some(b'.' | b',' | b'\'' | b'_'));
        // A space only parts groups of three digits.
        let group = bytes.get(at) == Some(&b' ') && (1..4).all(|step| digit(at + step)) && !digit(at + 4);
        if digit(at) {
            end = at + 1;
        } else if !((between && digit(at + 1)) || (group && end > 0)) {
            break;
        }
        at += 1;
    }
    end
}

/// How a number is written that was written otherwise; `Err` where it has two meanings, `None` where it is none.
fn plain(written: &str) -> Option<Result<String, ()>> {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> = digits.split(['.', ',', '\'', '_', ' ']).collect();
    let marks: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    let in_threes = |parts: &[&str]| {
        parts.split_first().is_some_and(|(first, rest)| {
            (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|part| part.len() == 3)
        })
    };
    let last = marks.last().copied();
    let (whole, fraction) = match (last, parts.split_last()) {
        (None, _) => (digits.to_owned(), None),
        // One dot or comma with three digits after it: two meanings for the dot, one for the comma.
        (Some('.'), _) if marks.len() == 1 && in_threes(&parts) => return Some(Err(())),
        _ if in_threes(&parts) && marks.iter().all(|mark| Some(*mark) == last) => (parts.concat(), None),
        (Some('.' | ','), Some((fraction, whole))) if !marks.iter().rev().skip(1).any(|mark| Some(*mark) == last) => {
            (whole.concat(), Some(*fraction))
        }
        (Some(','), _) => (parts.concat(), None),
        _ => return None,
    };
    let whole = whole.trim_start_matches('0');
    let whole = grouped(if whole.is_empty() { "0" } else { whole });
    Some(Ok(match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }))
}

fn grouped(digits: &str) -> String {
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `5.000`
fn ambiguous(range: Range<usize>, written: &str, currency: &str) -> Guess {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let short = fraction.trim_end_matches('0');
    let small = if short.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}0") };
    let message = format!("`{written}` reads as two different numbers");
    let help =
        format!("Write `{currency}{whole},{fraction}` for the large one, or `{currency}{small}` for the small one.");
    Guess::unsure(range, message, help).code(&BAD_NUMBER)
}

/// `€ 10,000`, `10,000 EUR`, `EUR10,000`, `EUR 10k`
pub fn money(text: &str) -> Option<Guess> {
    let named = |text: &str| {
        let sign = CURRENCIES.iter().find(|(sign, _)| text.starts_with(sign));
        let code = text.get(..3).filter(|code| code.chars().all(|c| c.is_ascii_uppercase()));
        let code = code.filter(|_| !text.get(3..).is_some_and(|rest| rest.starts_with(char::is_alphabetic)));
        sign.map(|(sign, code)| (sign.len(), (*code).to_owned())).or_else(|| code.map(|code| (3, code.to_owned())))
    };
    let spaces = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let (end, currency, number) = if let Some((length, currency)) = named(text) {
        if text.get(..length + 1) == Some(&format!("{currency} ")) {
            // Only its number can be wrong.
            return None;
        }
        let gap = spaces(text.get(length..)?);
        let (end, number) = amount(text.get(length + gap..)?)?;
        (length + gap + end, currency, number)
    } else {
        let (end, number) = amount(text)?;
        let gap = spaces(text.get(end..)?);
        let (length, currency) = named(text.get(end + gap..)?)?;
        (end + gap + length, currency, number)
    };
    let written = text.get(..end)?;
    let Ok(number) = number else {
        let letters = |c: char| !c.is_ascii_digit();
        let figures = written.trim_start_matches(letters).trim_end_matches(letters);
        return Some(ambiguous(0..end, figures, &format!("{currency} ")));
    };
    let right = format!("{currency} {number}");
    let digits = written.replace(',', "") == right.replace(',', "");
    if digits {
        return None;
    }
    Some(Guess::written(0..end, written, right).code(&BAD_NUMBER))
}

/// `75 %`, `75 percent`, `0,5%`, and `75` where a percentage is due.
pub fn percent(text: &str) -> Option<Guess> {
    let (end, number) = amount(text)?;
    let number = number.ok()?;
    let rest = text.get(end..)?;
    let sign = ["%", " %", " percent", " per cent", "percent", " pct"].iter().find(|sign| rest.starts_with(**sign));
    let end = end + sign.map_or(0, |sign| sign.len());
    let written = text.get(..end)?;
    let right = format!("{number}%");
    if written == right {
        return None;
    }
    Some(Guess::written(0..end, written, right).code(&BAD_NUMBER))
}

/// `money in euro`
pub fn currency(misfit: &Misfit<'_>) -> Option<Guess> {
    if !misfit.expects(&[Rule::currency]) {
        return None;
    }
    let token = misfit.token(misfit.index);
    let (_, code) = CURRENCIES.iter().find(|(name, _)| token.to_lowercase() == *name)?;
    let range = misfit.tokens.get(misfit.index)?.clone();
    Some(Guess::new(range, *code, format!("`{token}` is written `{code}`")).code(&BAD_NUMBER))
}

/// `5%` where a plain number is due.
pub fn no_percent(misfit: &Misfit<'_>) -> Option<Guess> {
    let token = misfit.token(misfit.index);
    let number = token.strip_suffix('%').filter(|number| number.chars().all(|c| c.is_ascii_digit()))?;
    let range = misfit.tokens.get(misfit.index)?.clone();
    let message = format!("`{token}` is a percentage, and a plain number stands here");
    Some(Guess::new(range, number, message).code(&BAD_NUMBER))
}

/// `1.0` where a whole number is due.
pub fn whole(misfit: &Misfit<'_>) -> Option<Guess> {
    if !misfit.expects(&[Rule::count, Rule::duration]) {
        return None;
    }
    let token = misfit.token(misfit.index);
    let (whole, fraction) = token.split_once('.')?;
    let zeros = !fraction.is_empty() && fraction.chars().all(|c| c == '0') && whole.chars().all(|c| c.is_ascii_digit());
    let range = misfit.tokens.get(misfit.index)?.clone();
    let message = format!("`{token}` is no whole number");
    zeros.then(|| Guess::new(range, whole, message).code(&BAD_NUMBER))
}
