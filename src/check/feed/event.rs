//! One event of a feed, and whether it is a holiday.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use icalendar::parser::Property;

use super::recurrence::Budget;
use super::{ALL_DAY, Fault, Moment, moment, shortened};

/// The properties that say when an event takes place, whether it does, and what it is called.
const READ: [&str; 13] = [
    "UID",
    "SUMMARY",
    "STATUS",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXRULE",
    "EXDATE",
    "RECURRENCE-ID",
    OUTLOOK_ALL_DAY,
    APPLE_SPECIAL_DAY,
];
/// What Outlook says of an all-day event that it writes with times.
const OUTLOOK_ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";

/// What Apple says of the days in China on which people work to make up for a holiday.
const APPLE_SPECIAL_DAY: &str = "X-APPLE-SPECIAL-DAY";

const SECONDS_PER_DAY: u64 = 86_400;
/// A holiday that lasts longer is a slip in a date.
const MOST_DAYS: i64 = 366;

/// The name of a property from which something is learned.
pub fn read_name(name: &str) -> Option<&'static str> {
    READ.into_iter().find(|read| *read == name)
}

/// An event as far as it matters here.
pub struct Event {
    pub uid: String,
    /// The date of a repetition that this event takes the place of.
    pub replaces: Option<NaiveDate>,
    /// None for an event with a time of day, one that was cancelled, and a day on which people work.
    pub holiday: Option<Holiday>,
}

/// An all-day event.
pub struct Holiday {
    pub line: usize,
    pub name: String,
    pub start: NaiveDate,
    /// At least one.
    pub days: u64,
    /// It was written from midnight to midnight.
    pub at_midnight: bool,
    /// The repetitions, with their lines.
    pub rules: Vec<(usize, String)>,
    /// Dates on which it begins as well.
    pub also: Vec<NaiveDate>,
    /// Dates on which it does not begin after all.
    pub except: BTreeSet<NaiveDate>,
}

/// The lines of an event, as they are read.
pub struct Draft {
    line: usize,
    properties: BTreeMap<&'static str, Vec<Read>>,
}

struct Read {
    line: usize,
    value: String,
    /// `RANGE=THISANDFUTURE`
    and_future: bool,
}

impl Draft {
    /// An event that begins on this line.
    pub fn new(line: usize) -> Self {
        Draft { line, properties: BTreeMap::new() }
    }

    pub fn add(
        &mut self,
        name: &'static str,
        line: usize,
        property: &Property<'_>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let all = self.properties.entry(name).or_default();
        if matches!(name, "RRULE" | "RDATE" | "EXDATE") {
            budget.spend(1).map_err(|stop| Fault::of(stop, line))?;
        } else if all.len() > 1 {
            // That there are two is said; more need not be kept.
            return Ok(());
        }
        let and_future = property.params.iter().any(|param| param.key.as_ref().eq_ignore_ascii_case("RANGE"));
        all.push(Read { line, value: property.val.as_ref().trim().to_owned(), and_future });
        Ok(())
    }

    /// What the lines say, once all are there.
    pub fn event(&self, budget: &mut Budget) -> Result<Event, Fault> {
        let text = |name: &str| self.all(name).next().map(|read| read.value.clone()).unwrap_or_default();
        let replaces = match self.one("RECURRENCE-ID")? {
            Some(read) if read.and_future => {
                let message = "this changes a repetition from a date on, which is not read";
                let help = "End the repetition before that date with `UNTIL=`, and begin a new event on it.";
                return Err(Fault::at(read.line, message, help));
            }
            Some(read) => Some(date_and_time(read)?.date),
            None => None,
        };
        let is_none = text("STATUS").eq_ignore_ascii_case("CANCELLED")
            || text(APPLE_SPECIAL_DAY).eq_ignore_ascii_case("ALTERNATE-WORKDAY");
        let holiday = if is_none { None } else { self.holiday(budget)? };
        Ok(Event { uid: text("UID"), replaces, holiday })
    }

    fn holiday(&self, budget: &mut Budget) -> Result<Option<Holiday>, Fault> {
        let Some((start, days)) = self.whole_days()? else { return Ok(None) };
        if let Some(read) = self.all("EXRULE").next() {
            let help = "List the dates that are left out: `EXDATE;VALUE=DATE:20260303`.";
            return Err(Fault::at(read.line, "`EXRULE` is no longer a part of iCalendar", help));
        }
        let name = self.all("SUMMARY").next().map_or(String::new(), |read| shortened(&read.value));
        Ok(Some(Holiday {
            line: self.line,
            name,
            start: start.date,
            days,
            at_midnight: start.time.is_some(),
            rules: self.all("RRULE").map(|read| (read.line, read.value.clone())).collect(),
            also: self.dates("RDATE", budget)?,
            except: self.dates("EXDATE", budget)?.into_iter().collect(),
        }))
    }

    /// When the event begins and how many days it lasts; none where it has a time of day.
    fn whole_days(&self) -> Result<Option<(Moment, u64)>, Fault> {
        let Some(written) = self.one("DTSTART")? else {
            return Err(Fault::at(self.line, "this event has no `DTSTART`", ALL_DAY));
        };
        let start = date_and_time(written)?;
        let is_all_day = self.all(OUTLOOK_ALL_DAY).any(|read| read.value.eq_ignore_ascii_case("TRUE"));
        if !start.is_midnight() {
            if is_all_day {
                let message = format!("an event that lasts all day begins at a time of day, `{}`", written.value);
                return Err(Fault::at(written.line, message, ALL_DAY));
            }
            return Ok(None);
        }
        let is_date = start.time.is_none();
        let (line, days) = match (self.one("DTEND")?, self.one("DURATION")?) {
            (Some(read), _) => {
                let end = date_and_time(read)?;
                (read.line, end.is_midnight().then(|| (end.date - start.date).num_days()))
            }
            (None, Some(read)) => (read.line, whole_days(&read.value)),
            // An event at midnight that has no end is over at once.
            (None, None) => (written.line, Some(i64::from(is_date))),
        };
        match days {
            Some(days) if days < 0 => Err(Fault::at(line, "this event ends before it begins", ALL_DAY)),
            Some(days) if days > MOST_DAYS => {
                let message = format!("this event lasts {days} days, and a holiday lasts {MOST_DAYS} at most");
                Err(Fault::at(line, message, ALL_DAY))
            }
            Some(days) if days > 0 => Ok(Some((start, days.unsigned_abs()))),
            // Many programs write one date as both, where they mean that day.
            Some(_) if is_date || is_all_day => Ok(Some((start, 1))),
            None if is_date || is_all_day => {
                Err(Fault::at(line, "this event begins on a date, and does not end on one", ALL_DAY))
            }
            _ => Ok(None),
        }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Read> {
        self.properties.get(name).into_iter().flatten()
    }

    fn one(&self, name: &str) -> Result<Option<&Read>, Fault> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (_, Some(second)) => {
                Err(Fault::at(second.line, format!("this event has a second `{name}`"), "Delete one of the two."))
            }
            (first, None) => Ok(first),
        }
    }

    /// The dates of a list; what is written as a time stands for its date.
    fn dates(&self, name: &str, budget: &mut Budget) -> Result<Vec<NaiveDate>, Fault> {
        let mut dates = Vec::new();
        for read in self.all(name) {
            for value in read.value.split(',') {
                budget.spend(1).map_err(|stop| Fault::of(stop, read.line))?;
                dates.push(parsed(value.trim(), read.line)?.date);
            }
        }
        Ok(dates)
    }
}

fn date_and_time(read: &Read) -> Result<Moment, Fault> {
    parsed(&read.value, read.line)
}

fn parsed(value: &str, line: usize) -> Result<Moment, Fault> {
    moment(value).ok_or_else(|| {
        let value: String = value.chars().take(40).collect();
        Fault::at(line, format!("`{value}` is no date"), ALL_DAY)
    })
}

/// The days of `P1D`, `P2W` or `PT24H`; none where there is a rest, or it is no duration.
fn whole_days(duration: &str) -> Option<i64> {
    let (sign, rest) = match duration.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, duration.strip_prefix('+').unwrap_or(duration)),
    };
    let (mut seconds, mut number) = (0u64, None::<u64>);
    for c in rest.strip_prefix('P')?.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let unit = match c {
            'T' if number.is_none() => continue,
            'W' => 7 * SECONDS_PER_DAY,
            'D' => SECONDS_PER_DAY,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    let whole = number.is_none() && seconds % SECONDS_PER_DAY == 0;
    i64::try_from(seconds / SECONDS_PER_DAY).ok().filter(|_| whole).map(|days| sign * days)
}
