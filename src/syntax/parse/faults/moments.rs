//! Dates, times of day, days of the week and durations as people write them elsewhere.

use super::figures::NUMBERS;
use super::{Guess, Misfit};
use crate::diagnostic::{BAD_DATE, BAD_DURATION};
use crate::syntax::parse::grammar::Rule;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const UNITS: [(&str, &str); 26] = [
    ("d", "days"),
    ("day(s)", "days"),
    ("day's", "days"),
    ("h", "hours"),
    ("hr", "hours"),
    ("hrs", "hours"),
    ("hour(s)", "hours"),
    ("m", "minutes"),
    ("min", "minutes"),
    ("mins", "minutes"),
    ("w", "weeks"),
    ("wk", "weeks"),
    ("wks", "weeks"),
    ("mo", "months"),
    ("mth", "months"),
    ("mths", "months"),
    ("y", "years"),
    ("yr", "years"),
    ("yrs", "years"),
    ("working days", "business days"),
    ("working day", "business day"),
    ("working hours", "business hours"),
    ("working hour", "business hour"),
    ("workdays", "business days"),
    ("work days", "business days"),
    ("bd", "business days"),
];

/// A date as it is written, or the two that it may be.
type Day = Result<String, (String, String)>;

/// `10.03.2026`, `2026/3/10`, `10 March 2026`, with a time of day perhaps.
pub fn moment(text: &str) -> Option<Guess> {
    let (end, written_as) = day(text)?;
    let rest = text.get(end..)?;
    let time = rest.strip_prefix([' ', 'T']).or_else(|| rest.strip_prefix(", ")).or_else(|| rest.strip_prefix(" at "));
    let time = time.and_then(|time| time_of_day(time).map(|(length, clock)| (rest.len() - time.len() + length, clock)));
    let (end, right) = match (time, written_as) {
        (Some((length, clock)), Ok(date)) => (end + length, Ok(format!("{date} {clock}"))),
        (_, date) => (end, date),
    };
    let written = text.get(..end)?;
    Some(match right {
        Ok(right) if right == written => return None,
        Ok(right) => {
            let message = format!("`{written}` is written `{right}`");
            Guess::new(0..end, right, message).code(&BAD_DATE)
        }
        Err((one, other)) => {
            let message = format!("`{written}` reads as two different dates");
            let help = format!("Dates are year, month, day: write `{one}` or `{other}`.");
            Guess::unsure(0..end, message, help).code(&BAD_DATE)
        }
    })
}

/// A date at the head of a text, and how it is written; two ways where it is not certain.
fn day(text: &str) -> Option<(usize, Day)> {
    let date = |year: &str, month: u32, day: u32| {
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
        fits.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
    };
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-'))).unwrap_or(text.len());
    let figures = text.get(..end)?.trim_end_matches(['.', '/', '-']);
    let parts: Vec<&str> = figures.split(['.', '/', '-']).collect();
    if let [a, b, c] = parts.as_slice() {
        let (x, y, z) = (a.parse().ok()?, b.parse().ok()?, c.parse().ok()?);
        if a.len() == 4 {
            return Some((figures.len(), Ok(date(a, y, z)?)));
        }
        let year = match c.len() {
            4 => (*c).to_owned(),
            2 => format!("20{c}"),
            _ => return None,
        };
        let _: u32 = z;
        let (european, american) = (date(&year, y, x), date(&year, x, y));
        let right = match (european, american) {
            (Some(one), Some(other)) if figures.contains(['/', '-']) && one != other => Err((one, other)),
            (Some(one), _) => Ok(one),
            (None, Some(other)) => Ok(other),
            (None, None) => return None,
        };
        return Some((figures.len(), right));
    }
    let mut words = text.split([' ', '-']).filter(|word| !word.is_empty());
    let (first, second, third) = (words.next()?, words.next()?, words.next()?);
    let month = |word: &str| {
        let word = word.trim_end_matches(['.', ',']).to_lowercase();
        let found = MONTHS.iter().position(|month| *month == word || (word.len() >= 3 && month.starts_with(&word)))?;
        u32::try_from(found + 1).ok()
    };
    let number = |word: &str| {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let tail = word.get(digits.len()..)?;
        matches!(tail, "" | "." | "," | "st" | "nd" | "rd" | "th" | "st," | "nd," | "rd," | "th,").then_some(digits)
    };
    let (day, month) = match (month(first), month(second)) {
        (None, Some(month)) => (number(first)?.parse().ok()?, month),
        (Some(month), None) => (number(second)?.parse().ok()?, month),
        _ => return None,
    };
    let year = number(third).filter(|year| year.len() == 4)?;
    let end = text.find(third)? + year.len();
    Some((end, Ok(date(&year, month, day)?)))
}

/// `9:00`, `9.30`, `9am`, `17h`, and how it is written.
fn time_of_day(text: &str) -> Option<(usize, String)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = digits(text);
    let mut hours: u32 = text.get(..first).filter(|hours| (1..=2).contains(&hours.len()))?.parse().ok()?;
    let (mut end, mut minutes) = (first, "00");
    let rest = text.get(first..)?;
    if let Some(after) = rest.strip_prefix([':', '.', 'h'])
        && digits(after) == 2
    {
        minutes = after.get(..2)?;
        end += 3;
    }
    let rest = text.get(end..)?;
    let half = ["am", " am", "pm", " pm", " AM", "AM", " PM", "PM", " a.m.", " p.m."]
        .iter()
        .find(|half| rest.starts_with(**half));
    if let Some(half) = half {
        end += half.len();
        let afternoon = half.to_lowercase().contains('p');
        hours = hours % 12 + if afternoon { 12 } else { 0 };
    } else if let Some(mark) = ["h", " o'clock", " h"].iter().find(|mark| rest.starts_with(**mark)) {
        end += mark.len();
    }
    let valid = hours <= 24 && minutes.parse::<u32>().ok()? < 60;
    valid.then(|| (end, format!("{hours:0>2}:{minutes}")))
}

/// A time of day, or two with a dash between them.
pub fn clocks(text: &str, two: bool) -> Option<Guess> {
    let (first, open) = time_of_day(text)?;
    let rest = text.get(first..)?;
    let dashes = ["-", " - ", "–", " – ", " to ", " till ", " until "];
    let dash = dashes.iter().find(|dash| two && rest.starts_with(**dash));
    let close =
        dash.and_then(|dash| time_of_day(rest.get(dash.len()..)?).map(|(end, close)| (dash.len() + end, close)));
    let (end, right) = match close {
        Some((end, close)) => (first + end, format!("{open} to {close}")),
        None => (first, open),
    };
    let written = text.get(..end)?;
    if written == right {
        return None;
    }
    Some(Guess::written(0..end, written, right).code(&BAD_DATE))
}

/// `30d`, `30-day`, `thirty days`, `2 working days`
pub fn duration(text: &str) -> Option<Guess> {
    let first = text.split([' ', '-']).next()?;
    if matches!(first, "minute" | "hour" | "day" | "week" | "month" | "year" | "quarter") {
        let right = if first == "quarter" { "3 months".to_owned() } else { format!("1 {first}") };
        let message = format!("`{first}` is written `{right}`");
        return Some(Guess::new(0..first.len(), right, message).code(&BAD_DURATION));
    }
    let spelt = NUMBERS.iter().find(|(word, _)| first.eq_ignore_ascii_case(word));
    let (end, number) = match spelt {
        Some((word, number)) => (word.len(), (*number).to_owned()),
        None => {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            (end, text.get(..end).filter(|digits| !digits.is_empty())?.to_owned())
        }
    };
    let rest = text.get(end..)?;
    let unit_at = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    let gap = rest.len() - unit_at.len();
    let known = UNITS
        .iter()
        .filter(|(unit, _)| unit_at.get(..unit.len()).is_some_and(|start| start.eq_ignore_ascii_case(unit)))
        .filter(|(unit, _)| {
            !unit_at.get(unit.len()..).is_some_and(|after| after.starts_with(|c: char| c.is_alphanumeric() || c == '('))
        })
        .max_by_key(|(unit, _)| unit.len())
        .map(|(unit, right)| (unit.len(), *right));
    let plain = || {
        let mut words = unit_at.split(' ');
        let first = words.next().unwrap_or("");
        let two = if first == "business" { first.len() + 1 + words.next().unwrap_or("").len() } else { first.len() };
        super::vocabulary::phrases(Rule::unit)
            .iter()
            .find(|unit| unit_at.get(..two) == Some(unit))
            .map(|unit| (two, *unit))
    };
    let (length, unit) = known.or_else(plain)?;
    let end = end + gap + length;
    let written = text.get(..end)?;
    if length == 1 && unit == "minutes" {
        let message = format!("`{written}` may be minutes or months");
        let help = format!("Write `{number} minutes` or `{number} months`.");
        return Some(Guess::unsure(0..end, message, help).code(&BAD_DURATION));
    }
    let unit = unit.trim_end_matches('s');
    let unit = if number == "1" { unit.to_owned() } else { format!("{unit}s") };
    let right = format!("{number} {unit}");
    if written == right {
        return None;
    }
    Some(Guess::written(0..end, written, right).code(&BAD_DURATION))
}

/// `Mon-Fri`, `monday`, `Mon, Wed`
pub fn days(misfit: &Misfit<'_>) -> Option<Guess> {
    if !misfit.expects(&[Rule::weekday, Rule::to_weekday, Rule::open_days, Rule::separator, Rule::clock]) {
        return None;
    }
    let begins = |index: usize| weekday(misfit.token(index).split(['-', '–']).next()?);
    let first = (0..misfit.tokens.len()).find(|index| begins(*index).is_some())?;
    let (mut right, mut end, mut index) = (String::new(), 0, first);
    loop {
        let token = misfit.token(index);
        let stretch: Option<Vec<_>> = token.split(['-', '–']).map(weekday).collect();
        match token {
            "," | "and" | "&" if begins(index + 1).is_some() => right.push_str(", "),
            "to" | "till" | "until" | "through" | "-" | "–" if begins(index + 1).is_some() => right.push_str(" to "),
            _ => match stretch {
                Some(days) if right.is_empty() || right.ends_with(' ') => right.push_str(&days.join(" to ")),
                _ => break,
            },
        }
        end = misfit.tokens.get(index)?.end;
        index += 1;
    }
    let range = misfit.start(first)..end;
    let written = misfit.slice(range.clone());
    if right == written {
        return None;
    }
    let message = format!("`{written}` is written `{right}`");
    Some(Guess::new(range, right, message))
}

fn weekday(text: &str) -> Option<&'static str> {
    let word = text.trim_end_matches('.').to_lowercase();
    let days = super::vocabulary::phrases(Rule::weekday);
    let named = |day: &&&str| word.len() >= 2 && day.to_lowercase().starts_with(word.trim_end_matches('s'));
    days.iter().find(named).copied()
}

/// `closed on 2026-08-10 to 2026-08-14`
pub fn several_dates(misfit: &Misfit<'_>) -> Option<Guess> {
    let first = misfit.token(0);
    if misfit.place != Rule::calendar_line || !matches!(first, "closed" | "open") {
        return None;
    }
    let date = |token: &str| token.len() == 10 && token.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
    let mut dates = misfit.tokens.iter().filter(|token| date(misfit.slice((*token).clone())));
    let range = dates.next()?.start..dates.next_back()?.end;
    let help = "Give each day a line of its own, or list the days in a file: `holidays from \"holidays/office.yaml\"`.";
    Some(Guess::unsure(range, format!("`{first} on` is for one day"), help).code(&BAD_DATE))
}

/// `1.5 hours`, which are 90 minutes.
pub fn fraction(misfit: &Misfit<'_>) -> Option<Guess> {
    let index = [misfit.index, misfit.index.saturating_sub(1)].into_iter().find(|index| {
        let token = misfit.token(*index);
        token.contains(['.', ',']) && token.starts_with(|c: char| c.is_ascii_digit())
    })?;
    let (smaller, times): (&str, u32) = match misfit.token(index + 1) {
        "hour" | "hours" => ("minutes", 60),
        "business" if misfit.token(index + 2).starts_with("hour") => ("business minutes", 60),
        "week" | "weeks" => ("days", 7),
        "year" | "years" => ("months", 12),
        _ => return None,
    };
    let number = misfit.token(index).replace(',', ".");
    let (whole, decimals) = number.split_once('.')?;
    let scale = 10u32.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let parts =
        whole.parse::<u32>().ok()?.checked_mul(scale)?.checked_add(decimals.parse().ok()?)?.checked_mul(times)?;
    let last = if smaller.starts_with("business") { index + 2 } else { index + 1 };
    let range = misfit.start(index)..misfit.tokens.get(last)?.end;
    let right = format!("{} {smaller}", parts / scale);
    let message = format!("`{}` is written `{right}`, in whole numbers", misfit.slice(range.clone()));
    (parts % scale == 0).then(|| Guess::new(range, right, message).code(&BAD_DURATION))
}
