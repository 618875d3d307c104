//! The deadlines, each with an example that is counted as the engine counts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::judgement::tabled;
use super::page::{Block, Entry, Item, Section};
use super::sentences::Sentences;
use crate::policy::{Action, Duration, Sla, SlaStepWhen, Unit};
use crate::report::prose::when::Wall;
use crate::report::prose::words::{duration, list};
use crate::time::calendar::Calendar;
use crate::time::{Instant, zone};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// An example begins before a gap of so long, which shows what is not counted.
const GAP: i64 = 30 * HOUR;
/// It is looked for in so many days.
const DAYS: i64 = 366;
/// So many dates that do not count are named.
const MOST_DATES: usize = 6;

pub fn sections(words: Sentences<'_>, first: NaiveDate) -> Vec<Section> {
    let entries = words.policy.slas.iter().map(|sla| entry(words, sla, first));
    vec![Section {
        title: "How soon",
        intro: "Business hours and days are those of the calendars below; nights, weekends and holidays do not count. A \
                business day ends on the next open day at the time at which it began.",
        entries: entries.collect(),
    }]
}

fn entry(words: Sentences<'_>, sla: &Sla, first: NaiveDate) -> Entry {
    let mut blocks = Vec::new();
    if let Some(condition) = &sla.condition {
        blocks.extend(words.blocks("For leads where", condition));
    }
    let stops = words.events(&sla.stops);
    let stops = if stops.is_empty() { "nothing stops it".to_owned() } else { format!("it stops with {stops}") };
    blocks.push(Block::Line(format!("The clock starts with {}; {stops}.", words.events(&sla.starts))));
    for (from, until) in &sla.pauses {
        let (from, until) = (words.events(&[*from]), words.events(&[*until]));
        blocks.push(Block::Line(format!("It pauses from {from} until {until}.")));
    }
    for (events, what) in [(&sla.cancels, "It is cancelled with"), (&sla.restarts, "It begins anew with")] {
        if !events.is_empty() {
            blocks.push(Block::Line(format!("{what} {}.", words.events(events))));
        }
    }
    blocks.push(allowed(words, sla, first));
    if let Some(hours) = &sla.hours {
        let name = |id: &crate::policy::CalendarId| {
            words.policy.calendars.get(id.index()).map(|calendar| calendar.name.clone()).unwrap_or_default()
        };
        let rows = tabled(words, hours, name);
        let head = vec!["Calendar".to_owned(), "When".to_owned()];
        blocks.push(Block::Table([head].into_iter().chain(rows).collect()));
    }
    let mut steps = Vec::new();
    if let Some(share) = sla.at_risk {
        steps.push(Item::new(format!("after {share}% of the time: it is at risk")));
    }
    for step in &sla.steps {
        let when = match step.when {
            SlaStepWhen::Percent(share) => format!("after {share}% of the time"),
            SlaStepWhen::Duration(after) => format!("after {}", duration(after)),
            SlaStepWhen::Missed => "if nothing stopped it in time".to_owned(),
        };
        let actions: Vec<String> = step.actions.iter().map(action).collect();
        steps.push(Item::new(format!("{when}: {}", list(&actions, usize::MAX - 1))));
    }
    if !steps.is_empty() {
        blocks.push(Block::Tree(steps));
    }
    Entry { title: sla.name.clone(), owner: sla.owner.clone(), because: sla.because.clone(), blocks }
}

fn action(action: &Action) -> String {
    match action {
        Action::CountAsWasted => "the lead counts as wasted".to_owned(),
        Action::Notify(who) => format!("notify \"{who}\""),
        Action::ReturnTo(party) => format!("the lead returns to {party}"),
        Action::AssignTo(who) => format!("the lead goes to \"{who}\""),
        Action::Task(what) => format!("a task, \"{what}\""),
    }
}

fn allowed(words: Sentences<'_>, sla: &Sla, first: NaiveDate) -> Block {
    let mut rows = tabled(words, &sla.allowed, |allowed| duration(*allowed));
    let all = sla.allowed.lines.iter().map(|(allowed, _)| *allowed).chain([sla.allowed.otherwise]);
    for (row, allowed) in rows.iter_mut().zip(all) {
        row.push(example(words, sla, allowed, first).unwrap_or_default());
    }
    let head = ["Time allowed", "When", "For example"].map(str::to_owned).to_vec();
    Block::Table([head].into_iter().chain(rows).collect())
}

/// `from Fri 9 Jan 17:00 to Mon 12 Jan 10:00 EET; Sat 10 Jan and Sun 11 Jan do not count`
fn example(words: Sentences<'_>, sla: &Sla, allowed: Duration, first: NaiveDate) -> Option<String> {
    let policy = words.policy;
    let calendar = sla.hours.as_ref().map(|hours| hours.otherwise).or(policy.calendar);
    let calendar = calendar.and_then(|id| policy.calendars.get(id.index())).map(|it| Calendar::new(it.spec.clone()));
    let amount = i64::from(allowed.amount);
    let plain = |zone: Tz| {
        let noon = zone::start_of_day(zone, first.checked_add_days(Days::new(1))?) + 12 * HOUR;
        let until = match allowed.unit {
            Unit::Months => zone::add_months(zone, noon, i32::try_from(amount).ok()?),
            Unit::Years => zone::add_months(zone, noon, i32::try_from(amount).ok()?.checked_mul(12)?),
            unit => noon.checked_add(amount.checked_mul(micros(unit))?)?,
        };
        span(Wall::new(zone, at(noon)?), noon, until)
    };
    match (allowed.unit, calendar) {
        (Unit::BusinessMinutes | Unit::BusinessHours | Unit::BusinessDays, Some(calendar)) => {
            let start = start(&calendar, first)?;
            let due = match allowed.unit {
                Unit::BusinessDays => calendar.add_days(start, amount)?,
                unit => calendar.add_open(start, amount.checked_mul(micros(unit))?)?,
            };
            let wall = Wall::new(calendar.spec().zone, at(start)?);
            let skipped = skipped(&calendar, wall, start, due);
            let skipped = match skipped.len() {
                0 => String::new(),
                1 => format!("; {} does not count", list(&skipped, MOST_DATES)),
                _ => format!("; {} do not count", list(&skipped, MOST_DATES)),
            };
            Some(span(wall, start, due)? + &skipped)
        }
        _ => plain(policy.zone),
    }
}

fn span(wall: Wall, from: Instant, until: Instant) -> Option<String> {
    Some(format!("from {} to {}", wall.moment(at(from)?), wall.in_zone(at(until)?)))
}

fn at(instant: Instant) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(instant)
}

fn micros(unit: Unit) -> i64 {
    match unit {
        Unit::Minutes | Unit::BusinessMinutes => HOUR / 60,
        Unit::Hours | Unit::BusinessHours => HOUR,
        Unit::Weeks => 7 * DAY,
        _ => DAY,
    }
}

/// Half an hour before the office closes for longer than a night: for a weekend with a holiday, if there is one within a
/// year; else for the first weekend. Where it never does, when it first opens.
fn start(calendar: &Calendar, first: NaiveDate) -> Option<Instant> {
    let from = zone::start_of_day(calendar.spec().zone, first);
    let wall = Wall::new(calendar.spec().zone, at(from)?);
    let open = calendar.stretches(from, from + DAYS * DAY, usize::MAX);
    let gaps = open.iter().zip(open.iter().skip(1)).filter(|((_, close), (opens, _))| opens - close > GAP);
    let gaps: Vec<(Instant, Instant, Instant)> =
        gaps.map(|(&(opened, close), &(opens, _))| (opened, close, opens)).collect();
    let both = gaps.iter().find(|(_, close, opens)| {
        let closed = closed(calendar, wall, *close, *opens);
        let named = closed.iter().filter(|(_, why)| !why.is_empty()).count();
        (1..closed.len()).contains(&named)
    });
    let long = both.or(gaps.first());
    long.map(|(opened, close, _)| (*opened).max(close - HOUR / 2)).or_else(|| calendar.next_open(from))
}

/// The dates between those of two instants on which nothing opens, and why.
fn closed(calendar: &Calendar, wall: Wall, from: Instant, until: Instant) -> Vec<(NaiveDate, &str)> {
    let (Some(from), Some(until)) = (at(from), at(until)) else { return Vec::new() };
    let (first, last) = (wall.date(from), wall.date(until));
    let dates = first.iter_days().skip(1).take_while(|date| *date < last);
    dates.filter_map(|date| Some((date, calendar.spec().closed_because(date)?))).collect()
}

/// The same as people say it, with the names of holidays.
fn skipped(calendar: &Calendar, wall: Wall, from: Instant, until: Instant) -> Vec<String> {
    let said = |(date, why): (NaiveDate, &str)| match why {
        "" => wall.day_of(date),
        why => format!("{} ({why})", wall.day_of(date)),
    };
    closed(calendar, wall, from, until).into_iter().map(said).collect()
}
