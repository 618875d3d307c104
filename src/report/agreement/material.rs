//! What the rest goes by: how leads are handed over, what can happen, when the office is open, and what we know of a lead.

use chrono::{Datelike, NaiveDate, Weekday};

use super::date;
use super::page::{Block, Entry, Item, Section};
use super::sentences::Sentences;
use crate::policy::{Calendar, Cost, Event, Field, FieldRef, Handover, Period, Target, TargetGoal, Type};
use crate::report::prose::words::{count, list};
use crate::time::calendar::Interval;

/// So many entries of a list are named.
const MOST_ENTRIES: usize = 12;

pub fn sections(words: Sentences<'_>, first: NaiveDate) -> Vec<Section> {
    let policy = words.policy;
    let handed = policy.handover.iter().map(|it| handover(words, it));
    let targets: Vec<Item> = policy.targets.iter().map(|it| Item::new(target(words, it))).collect();
    let aims = (!targets.is_empty()).then(|| Entry {
        title: "What we aim at".to_owned(),
        blocks: vec![Block::Tree(targets)],
        ..Entry::default()
    });
    let calendars = policy.calendars.iter().map(|it| calendar(it, first));
    let events = policy.events.iter().map(|it| event(words, it));
    let lists = policy.lists.iter().map(|it| Item {
        text: format!("\"{}\": {}", it.name, count(it.entries.len(), "entry", "entries")),
        children: vec![Item::new(list(&it.entries, MOST_ENTRIES))],
    });
    let lists: Vec<Item> = lists.collect();
    let fields = policy.fields.iter().map(field);
    let table = |title: &str, head: [&str; 2], rows: Vec<Vec<String>>| {
        let head = head.map(str::to_owned).to_vec();
        let blocks = vec![Block::Table([head].into_iter().chain(rows).collect())];
        Entry { title: title.to_owned(), blocks, ..Entry::default() }
    };
    let mut data = Vec::new();
    if !policy.events.is_empty() {
        data.push(table("What can happen", ["Event", "What it is"], events.collect()));
    }
    if !policy.fields.is_empty() {
        data.push(table("What we know about a lead", ["Field", "What stands in it"], fields.collect()));
    }
    if !lists.is_empty() {
        data.push(Entry { title: "Lists".to_owned(), blocks: vec![Block::Tree(lists)], ..Entry::default() });
    }
    vec![
        Section { title: "From hand to hand", intro: "", entries: handed.chain(aims).collect() },
        Section { title: "When we are open", intro: "", entries: calendars.collect() },
        Section { title: "What this goes by", intro: "", entries: data },
    ]
}

fn handover(words: Sentences<'_>, it: &Handover) -> Entry {
    let mut lines = Vec::new();
    let steps = [
        (&it.handed_over, "handed over with"),
        (&it.accepted, "accepted with"),
        (&it.rejected, "rejected with"),
        (&it.contacted, "contacted with"),
        (&it.converted, "converted with"),
    ];
    for (events, what) in steps {
        if !events.is_empty() {
            lines.push(Item::new(format!("{what} {}", words.events(events))));
        }
    }
    let reasons: Vec<String> = it.reasons.iter().map(|reason| format!("\"{reason}\"")).collect();
    if !reasons.is_empty() {
        lines.push(Item::new(format!("who rejects a lead gives one of these reasons: {}", reasons.join(", "))));
    }
    match &it.cost {
        Some(Cost::Fixed(money)) => {
            lines.push(Item::new(format!("a lead costs {} {}", money.currency, money.amount)));
        }
        Some(Cost::Field(id)) => lines.extend(
            words
                .policy
                .fields
                .get(id.index())
                .map(|field| Item::new(format!("what a lead costs stands in {}", field.display_name()))),
        ),
        None => {}
    }
    let title = format!("From {} to {}", it.from, it.to);
    Entry { title, blocks: vec![Block::Line("A lead is".to_owned()), Block::Tree(lines)], ..Entry::default() }
}

fn target(words: Sentences<'_>, target: &Target) -> String {
    let per = match target.period {
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
    };
    let goal = match &target.goal {
        TargetGoal::Stage(number, id) => {
            let stage = words.policy.stages.get(id.index()).map_or("", |stage| stage.name.as_str());
            format!("{number} {stage}")
        }
        TargetGoal::OnTime(share, id) => {
            let sla = words.policy.slas.get(id.index()).map_or("", |sla| sla.name.as_str());
            format!("{share}% on time for \"{sla}\"")
        }
    };
    format!("{goal} per {per}")
}

fn event(words: Sentences<'_>, event: &Event) -> Vec<String> {
    let fields = &words.policy.fields;
    let log = event.from.and_then(|id| fields.get(id.index()));
    let dated = match (event.dated_by, log) {
        (FieldRef::Lead(id), _) => fields.get(id.index()).map(Field::display_name),
        (FieldRef::Item(at), Some(log)) => log.items.get(at as usize).map(Field::display_name),
        (FieldRef::Item(_), None) => None,
    };
    let dated = dated.unwrap_or_default();
    let what = match (log, &event.condition) {
        (None, _) => format!("once, at {dated}"),
        (Some(log), None) => format!("every entry of {}, at its {dated}", log.display_name()),
        (Some(log), Some(condition)) => {
            let which = words.sentence_of(condition, &log.items);
            format!("an entry of {} where {which}, at its {dated}", log.display_name())
        }
    };
    vec![event.name.clone(), what]
}

fn field(field: &Field) -> Vec<String> {
    let mut what = match &field.ty {
        Type::Text => "text".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Money(None) => "money".to_owned(),
        Type::Money(Some(currency)) => format!("money, in {currency} where nothing else is said"),
        Type::Date => "a date".to_owned(),
        Type::Time => "a time".to_owned(),
        Type::YesNo => "yes or no".to_owned(),
        Type::OneOf(all) => format!("one of {}", list(all, MOST_ENTRIES)),
        Type::TextList => "a list of texts".to_owned(),
        Type::Items => {
            let items: Vec<String> = field.items.iter().map(Field::display_name).collect();
            format!("a list; each entry has {}", list(&items, MOST_ENTRIES))
        }
    };
    if field.private {
        what.push_str("; private: no report shows it");
    }
    let name = match &field.called {
        Some(called) => format!("{called} ({})", field.dotted()),
        None => field.dotted(),
    };
    vec![name, what]
}

/// The week, and the dates of the year of the examples that are not like the week.
fn calendar(calendar: &Calendar, first: NaiveDate) -> Entry {
    let spec = &calendar.spec;
    let mut lines = Vec::new();
    if spec.always_open {
        lines.push(Item::new("always open"));
    }
    let mut days = spec.weekly.iter().zip(WEEK).filter(|_| !spec.always_open).peekable();
    while let Some((hours, from)) = days.next() {
        let mut to = from;
        while let Some((_, next)) = days.next_if(|(next, _)| *next == hours) {
            to = next;
        }
        if !hours.is_empty() {
            let which = if from == to { name(from).to_owned() } else { format!("{} to {}", name(from), name(to)) };
            lines.push(Item::new(format!("{which}, {}", times(hours))));
        }
    }
    let year = |day: &NaiveDate| day.year() == first.year();
    let closed = spec.closed_on.iter().chain(&spec.holidays).filter(|(day, _)| year(day));
    let mut closed: Vec<(NaiveDate, &String)> = closed.map(|(day, why)| (*day, why)).collect();
    closed.retain(|(day, _)| spec.closed_because(*day).is_some());
    closed.sort();
    closed.dedup_by_key(|(day, _)| *day);
    let opened = spec.open_on.iter().filter(|(day, _)| year(day) && spec.closed_because(**day).is_none());
    let opened: Vec<Item> = opened.map(|(day, hours)| Item::new(format!("{}, {}", date(*day), times(hours)))).collect();
    if !opened.is_empty() {
        lines.push(Item { text: "with other hours on".to_owned(), children: opened });
    }
    if !closed.is_empty() {
        let said = closed.iter().map(|(day, why)| match why.as_str() {
            "" => date(*day),
            why => format!("{} ({why})", day.format("%-d %B")),
        });
        let said: Vec<String> = said.collect();
        lines.push(Item::new(format!("closed in {} on {}", first.year(), list(&said, usize::MAX - 1))));
    }
    lines.push(Item::new(format!("by the clocks of {}", spec.zone)));
    Entry { title: calendar.name.clone(), blocks: vec![Block::Tree(lines)], ..Entry::default() }
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// `09:00 to 13:00 and 14:00 to 18:00`
fn times(hours: &[Interval]) -> String {
    let clock = |minute: u16| match minute {
        1440 => "24:00".to_owned(),
        minute => format!("{:02}:{:02}", minute / 60 % 24, minute % 60),
    };
    let all: Vec<String> = hours.iter().map(|it| format!("{} to {}", clock(it.from), clock(it.to))).collect();
    list(&all, usize::MAX - 1)
}
