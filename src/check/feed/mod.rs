//! Holidays from an iCalendar feed (RFC 5545): its all-day events, on the dates on which they take place.

mod event;
mod lines;
mod recurrence;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Timelike};
use icalendar::parser::Property;

use event::{Draft, Event, Holiday};
use lines::Lines;
use recurrence::{Budget, Stop};

/// Events, dates of events, and steps of repetitions that a feed may hold. The holidays of all countries are fewer.
const MOST_DATES: u64 = 100_000;
/// A feed of holidays is a thousandth of this.
const LONGEST_FEED: usize = 8 << 20;
/// A calendar holds events, and these hold alarms.
const DEEPEST: usize = 16;
/// What is shown of a name; as long as a name in a policy may be.
const LONGEST_NAME: usize = 80;
/// The years for a policy that does not say when it is in effect.
const YEARS: (i32, i32) = (2000, 2050);
/// So many years before and after those of the policy's effect.
const YEARS_AROUND: i32 = 10;

const GET_AGAIN: &str = "Get the feed again, and look into the file: a calendar begins with `BEGIN:VCALENDAR` and ends with `END:VCALENDAR`. If you see a web page, its address was not that of the feed.";
const ALL_DAY: &str = "An all-day event begins on a date, `DTSTART;VALUE=DATE:20260303`, and ends on the date after its last day, `DTEND;VALUE=DATE:20260304`.";
const REPEAT: &str = "A day repeats yearly, monthly, weekly or daily: `RRULE:FREQ=YEARLY`.";
const FEWER: &str = "Get the feed for fewer years, and of holidays alone; begin repetitions later.";

/// What is wrong with a feed, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file.
    pub line: Option<usize>,
    /// One clause.
    pub message: String,
    pub help: &'static str,
    /// Whether a limit is passed.
    pub too_long: bool,
}

impl Fault {
    fn new(line: Option<usize>, message: impl Into<String>, help: &'static str) -> Self {
        Fault { line, message: message.into(), help, too_long: false }
    }

    fn at(line: usize, message: impl Into<String>, help: &'static str) -> Self {
        Fault::new(Some(line), message, help)
    }

    fn of(stop: Stop, line: usize) -> Self {
        match stop {
            Stop::Wrong(message) => Fault::at(line, message, REPEAT),
            Stop::TooMany => {
                let message = "the events and their repetitions come to more than 100,000 dates";
                Fault { too_long: true, ..Fault::at(line, message, FEWER) }
            }
        }
    }
}

/// Whether a file is a feed: by its name, or by how it begins.
pub fn is_feed(name: &str, bytes: &[u8]) -> bool {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let begins = without_bom(bytes).get(..BEGIN.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(BEGIN));
    begins || name.to_lowercase().ends_with(".ics")
}

/// The dates for which a feed is read: the years of the policy's effect and ten on either side.
pub fn years(from: Option<NaiveDate>, until: Option<NaiveDate>) -> RangeInclusive<NaiveDate> {
    let (first, last) = match (from.or(until), until.or(from)) {
        (Some(from), Some(until)) => (from.year().min(until.year()), from.year().max(until.year())),
        _ => (YEARS.0 + YEARS_AROUND, YEARS.1 - YEARS_AROUND),
    };
    let first = NaiveDate::from_ymd_opt(first - YEARS_AROUND, 1, 1).unwrap_or(NaiveDate::MIN);
    let last = NaiveDate::from_ymd_opt(last + YEARS_AROUND, 12, 31).unwrap_or(NaiveDate::MAX);
    first..=last
}

/// The holidays of a feed that lie `within` these dates, each date once.
pub fn holidays(bytes: &[u8], within: &RangeInclusive<NaiveDate>) -> Result<Vec<(NaiveDate, String)>, Fault> {
    if bytes.len() > LONGEST_FEED {
        return Err(Fault { too_long: true, ..Fault::new(None, "the feed is larger than 8 MiB", FEWER) });
    }
    let mut budget = Budget::new(MOST_DATES);
    let events = events(bytes, &mut budget)?;
    if events.is_empty() {
        return Err(Fault::new(None, "the calendar has no events", GET_AGAIN));
    }
    let replaced: BTreeSet<(&str, NaiveDate)> =
        events.iter().filter_map(|event| Some((event.uid.as_str(), event.replaces?))).collect();
    let mut days = BTreeMap::new();
    let mut any = false;
    for event in &events {
        let Some(holiday) = &event.holiday else { continue };
        any = true;
        let is_replaced = |date| event.replaces.is_none() && replaced.contains(&(event.uid.as_str(), date));
        for start in starts(holiday, *within.end(), &mut budget)? {
            if holiday.except.contains(&start) || is_replaced(start) {
                continue;
            }
            budget.spend(holiday.days).map_err(|stop| Fault::of(stop, holiday.line))?;
            let last = start.checked_add_days(Days::new(holiday.days - 1)).unwrap_or(NaiveDate::MAX);
            for day in start.iter_days().take_while(|day| *day <= last).filter(|day| within.contains(day)) {
                days.entry(day).and_modify(|name| join(name, &holiday.name)).or_insert_with(|| holiday.name.clone());
            }
        }
    }
    match days.is_empty() {
        false => Ok(days.into_iter().collect()),
        true if !any => Err(Fault::new(None, "it has no all-day event, or all of them are cancelled", ALL_DAY)),
        true => {
            let (first, last) = (within.start().year(), within.end().year());
            let message = format!("none of its holidays lies in the years {first} to {last}, for which it is read");
            Err(Fault::new(None, message, "Get the feed for the years in which the policy is in effect."))
        }
    }
}

/// The dates on which a holiday begins.
fn starts(holiday: &Holiday, last: NaiveDate, budget: &mut Budget) -> Result<BTreeSet<NaiveDate>, Fault> {
    let mut starts: BTreeSet<NaiveDate> = holiday.also.iter().copied().collect();
    if holiday.rules.is_empty() {
        starts.insert(holiday.start);
    }
    for (line, rule) in &holiday.rules {
        let dates = recurrence::dates(holiday.start, holiday.at_midnight, rule, last, budget);
        starts.extend(dates.map_err(|stop| Fault::of(stop, *line))?);
    }
    Ok(starts)
}

/// Two holidays on one date.
fn join(name: &mut String, other: &str) {
    if name.is_empty() {
        *name = other.to_owned();
    } else if !other.is_empty() && !name.split("; ").any(|one| one == other) {
        *name = shortened(&format!("{name}; {other}"));
    }
}

/// Blanks as single spaces, and no longer than a name.
fn shortened(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let name = words.join(" ");
    match name.char_indices().nth(LONGEST_NAME) {
        None => name,
        Some(_) => name.chars().take(LONGEST_NAME - 1).chain(['…']).collect(),
    }
}

/// The events of all calendars in the file.
fn events(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut any = false;
    for (line, text) in Lines::new(without_bom(bytes)) {
        let text = std::str::from_utf8(&text)
            .map_err(|_| Fault::at(line, "this is not UTF-8 text", "Save the file as UTF-8."))?;
        let (name, rest) = text.split_at(text.find([':', ';']).unwrap_or(0));
        let name = name.to_ascii_uppercase();
        let what = rest.strip_prefix(':').unwrap_or_default().trim().to_ascii_uppercase();
        match (name.as_str(), open.len()) {
            ("BEGIN", 0) if what == "VCALENDAR" => {
                any = true;
                open.push((line, what));
            }
            (_, 0) if any => return Err(Fault::at(line, "the calendar has ended, and the file has not", GET_AGAIN)),
            (_, 0) => return Err(Fault::at(line, "this is no calendar", GET_AGAIN)),
            ("BEGIN", DEEPEST) => {
                let message = format!("more than {DEEPEST} parts of the calendar lie within each other");
                return Err(Fault::at(line, message, GET_AGAIN));
            }
            ("BEGIN", depth) => {
                if what == "VEVENT" && depth == 1 {
                    budget.spend(1).map_err(|stop| Fault::of(stop, line))?;
                    draft = Some(Draft::new(line));
                }
                open.push((line, what));
            }
            ("END", depth) => {
                let (began, begun) = open.pop().unwrap_or_default();
                if begun != what {
                    let message =
                        format!("`END:{}` does not end the `{}` of line {began}", brief(&what), brief(&begun));
                    return Err(Fault::at(line, message, GET_AGAIN));
                }
                if depth == 2
                    && let Some(draft) = draft.take()
                {
                    events.push(draft.event(budget)?);
                }
            }
            (name, depth) => {
                let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ',');
                if name.is_empty() || !name.chars().all(fits) {
                    let message = format!("`{}` is no line of a calendar", brief(text));
                    return Err(Fault::at(line, message, GET_AGAIN));
                }
                if let Some(draft) = draft.as_mut().filter(|_| depth == 2)
                    && let Some(name) = event::read_name(name)
                {
                    let text = format!("{name}{rest}");
                    let property = Property::try_from(text.as_str())
                        .map_err(|_| Fault::at(line, format!("this `{name}` cannot be read"), GET_AGAIN))?;
                    draft.add(name, line, &property, budget)?;
                }
            }
        }
    }
    match open.last() {
        Some((began, what)) => {
            let message = format!("the file ends within the `{}` that begins here", brief(what));
            Err(Fault::at(*began, message, GET_AGAIN))
        }
        None if !any => Err(Fault::new(None, "the file is empty", GET_AGAIN)),
        None => Ok(events),
    }
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `20260303`, `20260303T090000` or `20260303T070000Z`, on the clock on which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    date: NaiveDate,
    time: Option<NaiveTime>,
}

impl Moment {
    fn is_midnight(self) -> bool {
        self.time.is_none_or(|time| time == NaiveTime::MIN)
    }

    /// The date whose midnight this is in some zone: east of Greenwich midnight comes on the evening before, in UTC.
    fn nearest_midnight(self) -> NaiveDate {
        let evening = self.time.is_some_and(|time| time.hour() >= 12 && time.second() == 0);
        if evening { self.date.succ_opt().unwrap_or(self.date) } else { self.date }
    }
}

fn moment(text: &str) -> Option<Moment> {
    let (date, time) = match text.split_once('T') {
        None => (text, None),
        Some((date, time)) => (date, Some(time.strip_suffix('Z').unwrap_or(time))),
    };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(date, 8) || time.is_some_and(|time| !digits(time, 6)) {
        return None;
    }
    let time = match time {
        None => None,
        Some(time) => Some(NaiveTime::parse_from_str(time, "%H%M%S").ok()?),
    };
    Some(Moment { date: NaiveDate::parse_from_str(date, "%Y%m%d").ok()?, time })
}
