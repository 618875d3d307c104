//! What the rest goes by: how leads are handed over, what can happen, when the office is open, and what we know of a lead.

use chrono::{DateTime, Datelike, Months, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::date;
use super::page::{Block, Entry, Item, Section};
use super::sentences::Sentences;
use crate::policy::{
    Calendar, Cost, Event, Field, FieldId, FieldRef, Handover, Literal, Money, Period, Policy, Target, TargetGoal, Type,
};
use crate::report::prose::when::Wall;
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
    let last = last_day(policy, first);
    let calendars = policy.calendars.iter().map(|it| calendar(it, first, last));
    let events = policy.events.iter().map(|it| event(words, it));
    let lists = policy.lists.iter().map(|it| Item {
        text: format!("\"{}\": {}", it.name, count(it.entries.len(), "entry", "entries")),
        children: vec![Item::new(list(&it.entries, MOST_ENTRIES))],
    });
    let lists: Vec<Item> = lists.collect();
    let fields = policy.fields.iter().map(|it| field(words, it));
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
        let mut entry = table("What we know about a lead", ["Field", "What stands in it"], fields.collect());
        entry.blocks.extend(empty_texts(policy));
        data.push(entry);
    }
    if !policy.rates.is_empty() {
        data.push(table("What money is worth", ["From", "Rates"], rates(policy, first)));
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
    let mut blocks = Vec::new();
    if !lines.is_empty() {
        blocks.extend([Block::Line("A lead is".to_owned()), Block::Tree(lines)]);
    }
    if !it.reasons.is_empty() {
        let reasons = quoted(&it.reasons).join(", ");
        blocks.push(Block::Line(format!("Whoever rejects a lead gives one of these reasons: {reasons}.")));
    }
    let field = |id: FieldId| words.policy.fields.get(id.index()).map(Field::display_name).unwrap_or_default();
    match &it.cost {
        Some(Cost::Fixed(cost)) => blocks.push(Block::Line(format!("A lead costs {}.", money(cost)))),
        Some(Cost::Field(id)) => blocks.push(Block::Line(format!("What a lead costs stands in {}.", field(*id)))),
        None => {}
    }
    if let Some(owner) = it.owner {
        blocks.push(Block::Line(format!("Whose lead it is stands in {}.", field(owner))));
    }
    Entry { title: format!("From {} to {}", it.from, it.to), blocks, ..Entry::default() }
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
    let reason = match (event.reason_in, log) {
        (Some(FieldRef::Lead(id)), _) => fields.get(id.index()),
        (Some(FieldRef::Item(at)), Some(log)) => log.items.get(at as usize),
        (Some(FieldRef::Item(_)) | None, _) => None,
    };
    let reason = reason.map_or(String::new(), |field| format!("; {} says the reason", field.display_name()));
    vec![event.name.clone(), what + &reason]
}

fn field(words: Sentences<'_>, field: &Field) -> Vec<String> {
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
    if let Some(value) = &field.when_empty {
        what.push_str(&format!("; where it is empty, it counts as {}", literal(value, words.policy.zone)));
    }
    if field.private {
        what.push_str("; private: no report shows it");
    }
    let name = match &field.called {
        Some(called) => format!("{called} ({})", field.dotted()),
        None => field.dotted(),
    };
    vec![name, what]
}

/// The texts that count as empty, and in which fields; those of the same fields in one sentence.
fn empty_texts(policy: &Policy) -> Vec<Block> {
    let mut said: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    let mut texts: Vec<&String> = Vec::new();
    for text in policy.fields.iter().flat_map(|field| &field.empty_when) {
        if texts.contains(&text) {
            continue;
        }
        texts.push(text);
        let fields = policy.fields.iter().filter(|field| field.empty_when.contains(text));
        let fields: Vec<String> = fields.map(Field::display_name).collect();
        match said.iter_mut().find(|(_, known)| *known == fields) {
            Some((texts, _)) => texts.push(format!("\"{text}\"")),
            None => said.push((vec![format!("\"{text}\"")], fields)),
        }
    }
    let sentence = |(texts, fields): (Vec<String>, Vec<String>)| {
        let all = fields.len() == policy.fields.len() && fields.len() > 1;
        let fields = if all { "any of these fields".to_owned() } else { either(&fields) };
        Block::Line(format!("Where {} stands in {fields}, it counts as empty.", either(&texts)))
    };
    said.into_iter().map(sentence).collect()
}

/// `a`, `a or b`, `a, b or c`
fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
    }
}

/// The rates that hold from the first day on, the oldest first.
fn rates(policy: &Policy, first: NaiveDate) -> Vec<Vec<String>> {
    let held = policy.rates.range(..=first).next_back().map_or(first, |(date, _)| *date);
    let tables = policy.rates.range(held..).map(|(from, rates)| {
        let said = rates.iter().map(|rate| format!("{} is {}", money(&rate.from), money(&rate.to)));
        vec![date(*from), list(&said.collect::<Vec<_>>(), MOST_ENTRIES)]
    });
    let mut rows: Vec<Vec<String>> = tables.collect();
    if rows.len() > MOST_ENTRIES + 1 {
        let more = count(rows.len() - MOST_ENTRIES, "later table", "later tables");
        rows.truncate(MOST_ENTRIES);
        rows.push(vec!["later".to_owned(), format!("{more} in the files of the policy")]);
    }
    rows
}

fn quoted(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| format!("\"{text}\"")).collect()
}

fn money(money: &Money) -> String {
    format!("{} {}", money.currency, money.amount)
}

fn literal(value: &Literal, zone: Tz) -> String {
    match value {
        Literal::Text(text) => format!("\"{text}\""),
        Literal::Number(number) => number.to_string(),
        Literal::Money(amount) => money(amount),
        Literal::Date(day) => date(*day),
        Literal::Time(instant) => {
            DateTime::from_timestamp_micros(*instant).map_or(String::new(), |at| Wall::new(zone, at).with_year(at))
        }
        Literal::YesNo(true) => "yes".to_owned(),
        Literal::YesNo(false) => "no".to_owned(),
        Literal::None => "one without entries".to_owned(),
    }
}

/// The last day whose opening hours are said: that of effect, but no more than three years; without one, eleven months on and
/// the rest of that year.
fn last_day(policy: &Policy, first: NaiveDate) -> NaiveDate {
    let on = |months: u32| first.checked_add_months(Months::new(months)).unwrap_or(first);
    let open_end = || NaiveDate::from_ymd_opt(on(11).year(), 12, 31).unwrap_or(first);
    policy.effective_until.map_or_else(open_end, |until| until.clamp(first, on(36)))
}

/// The week, and the dates that are not like the week.
fn calendar(calendar: &Calendar, first: NaiveDate, last: NaiveDate) -> Entry {
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
    let days = first..=last;
    let closed = spec.closed_on.iter().chain(&spec.holidays).filter(|(day, _)| days.contains(day));
    let mut closed: Vec<(NaiveDate, &str)> =
        closed.filter_map(|(day, _)| Some((*day, spec.closed_because(*day)?))).collect();
    closed.sort_unstable();
    closed.dedup();
    let opened = spec.open_on.range(days).filter(|(day, _)| spec.closed_because(**day).is_none());
    let opened: Vec<Item> = opened.map(|(day, hours)| Item::new(format!("{}, {}", date(*day), times(hours)))).collect();
    if !opened.is_empty() {
        lines.push(Item { text: "with other hours on".to_owned(), children: opened });
    }
    for year in closed.chunk_by(|(one, _), (other, _)| one.year() == other.year()) {
        let said = year.iter().map(|(day, why)| match *why {
            "" => day.format("%-d %B").to_string(),
            why => format!("{} ({why})", day.format("%-d %B")),
        });
        let said = list(&said.collect::<Vec<_>>(), usize::MAX - 1);
        lines.extend(year.first().map(|(day, _)| Item::new(format!("closed in {} on {said}", day.year()))));
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
