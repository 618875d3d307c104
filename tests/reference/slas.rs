//! Random SLAs, and policies that are made for them.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::{Datelike, Days};

use crate::exact::Exact;
use crate::generate::{Generator, ZONES, started, strings};
use crate::model::{Calendar, Condition, Event, Field, Group, Kind, Operand, Span, Subject, TextTest, Unit};
use crate::sla::{Action, Sla, Step, Table, When};

/// What happens to a clock: the name of an event, and the text that stands for it in a log.
const EVENTS: [(&str, &str); 11] = [
    ("became an MQL", "mql"),
    ("recycled to marketing", "again"),
    ("accepted", "accepted"),
    ("rejected", "rejected"),
    ("recycled", "recycled"),
    ("lead asked to wait", "wait"),
    ("lead came back", "back"),
    ("away", "отпуск"),
    ("home \"again\"", "home"),
    ("owner changed", "owner"),
    ("обаждане", "call"),
];

/// A calendar that does not open again.
const CLOSING_DOWN: &str = "closing down";

const PERCENTS: [&str; 15] = [
    "75",
    "50",
    "80",
    "12.5",
    "33.3",
    "66.67",
    "0",
    "0.01",
    "99.99",
    "100",
    "110.5",
    "150",
    "33.333333",
    "1000",
    "10000",
];

/// A policy about deadlines, and the instant around which its leads move.
pub fn generate(seed: u64) -> Generator {
    let mut generator = started(seed ^ 0x51a5);
    generator.policy.calendar = generator.chance.percent(85).then(|| generator.default_calendar());
    generator.other_calendars();
    let today = generator.today();
    generator.policy.effective_from = generator.chance.some(20, |chance| chance.of(&[today, today + Days::new(1)]));
    generator.fields();
    generator.lists();
    generator.events_of_clocks();
    generator.few_statements();
    for number in 0..generator.chance.range(2, 4) {
        let sla = generator.sla(format!("sla {number}"));
        generator.policy.slas.push(sla);
    }
    generator
}

impl Generator {
    /// Calendars that only SLAs name.
    pub fn other_calendars(&mut self) {
        for name in self.chance.sample(&["Berlin office", "night desk", "support"], 1, 3) {
            let zone = self.chance.of(&ZONES);
            let mut calendar = self.calendar(name, zone);
            // Some list no holidays for the years to come, or for this one.
            if self.chance.percent(30) {
                let last = self.today().year() - self.chance.of(&[0, 0, 1]);
                calendar.holidays.retain(|date| date.year() <= last);
            }
            self.policy.calendars.push(calendar);
        }
        if self.chance.percent(50) {
            let zone = self.chance.of(&ZONES);
            let today = crate::time::date(zone, self.now);
            let mut dates: Vec<u64> = (0..self.chance.range(1, 7)).map(|_| self.chance.bits() % 16).collect();
            dates.sort_unstable();
            dates.dedup();
            let hours = vec![(540, 660), (840, 960)];
            let open = dates.into_iter().map(|days| (today - Days::new(12) + Days::new(days), hours.clone())).collect();
            let (week, closed, holidays, open_on) = Default::default();
            let name = CLOSING_DOWN.to_owned();
            let calendar = Calendar { name, zone, always_open: false, week, closed, open, holidays, open_on };
            self.policy.calendars.push(calendar);
        }
    }

    /// Events that differ in nothing but a text, most of them in one log.
    fn events_of_clocks(&mut self) {
        let is_log = |field: &&Rc<Field>| matches!(field.kind, Kind::Items(_));
        let logs: Vec<Rc<Field>> = self.policy.fields.iter().filter(is_log).cloned().collect();
        for (name, text) in EVENTS {
            let log = if self.chance.percent(85) { logs[0].clone() } else { self.chance.of(&logs) };
            let Kind::Items(items) = &log.kind else { panic!("no list of items") };
            let item = |path: &str| items.iter().find(|field| field.path == [path]).unwrap().clone();
            let values = vec![Operand::Text(text.to_owned())];
            item("kind").hints.borrow_mut().extend(values.iter().cloned());
            let of = Subject::Field(item("kind"));
            let mut condition = Condition::Text { of, test: TextTest::Is, not: false, values };
            if self.chance.percent(10) {
                condition = Condition::Group(Group::All, vec![condition, self.about(items)]);
            }
            let (name, dated_by) = (name.to_owned(), item("time"));
            let event = Event { name, from: Some(log.clone()), condition: Some(condition), dated_by, reason_in: None };
            self.policy.events.push(event);
        }
        if self.chance.percent(50) {
            let dated_by = self.some_field(|kind| matches!(kind, Kind::Time));
            let name = "stamped".to_owned();
            self.policy.events.push(Event { name, from: None, condition: None, dated_by, reason_in: None });
        }
    }

    pub fn sla(&mut self, name: String) -> Sla {
        let mut events: Vec<String> = self.policy.events.iter().map(|event| event.name.clone()).collect();
        self.chance.shuffle(&mut events);
        // Now and then an event has several parts to play.
        let all = events.clone();
        let mut take = |chance: &mut crate::chance::Chance, count: i64| -> Vec<String> {
            let mut taken = Vec::new();
            for _ in 0..count {
                let event = if chance.percent(6) { None } else { events.pop() };
                taken.push(event.unwrap_or_else(|| chance.of(&all)));
            }
            taken.sort();
            taken.dedup();
            taken
        };
        let chance = &mut self.chance;
        let many = |chance: &mut crate::chance::Chance, counts: &[i64]| chance.of(counts);
        let count = many(chance, &[1, 1, 2]);
        let starts = take(chance, count);
        let count = many(chance, &[0, 1, 1, 2]);
        let stops = take(chance, count);
        let count = many(chance, &[0, 1]);
        let cancels = take(chance, count);
        let count = many(chance, &[0, 0, 1]);
        let restarts = take(chance, count);
        let count = many(chance, &[0, 1, 1, 2]);
        let pauses = (0..count).map(|_| (take(chance, 1).remove(0), take(chance, 1).remove(0))).collect();
        let hours = (self.policy.calendar.is_none() || self.chance.percent(60)) && !self.policy.calendars.is_empty();
        let hours = hours.then(|| self.hours());
        let business = hours.is_some() || self.policy.calendar.is_some();
        let lines = self.chance.of(&[0, 0, 1, 2]);
        let lines = (0..lines).map(|_| (self.clock_span(business), self.condition_of_a_clock())).collect();
        let allowed = Table { lines, otherwise: self.clock_span(business) };
        let applies = self.chance.percent(40).then(|| self.condition_of_a_clock());
        let at_risk = self.chance.some(70, |chance| Exact::decimal(chance.of(&PERCENTS)));
        let steps = self.steps(business);
        Sla { name, applies, starts, stops, cancels, restarts, pauses, allowed, hours, at_risk, steps }
    }

    fn hours(&mut self) -> Table<String> {
        let calendars = self.policy.calendar.iter().chain(&self.policy.calendars);
        let mut names: Vec<String> = calendars.map(|calendar| calendar.name.clone()).collect();
        if names.iter().any(|name| name == CLOSING_DOWN) && self.chance.percent(35) {
            names.retain(|name| name == CLOSING_DOWN);
        }
        let lines = self.chance.of(&[0, 0, 1, 2]);
        let lines = (0..lines).map(|_| (self.chance.of(&names), self.condition_of_a_clock())).collect();
        Table { lines, otherwise: self.chance.of(&names) }
    }

    /// Most ask what depends on the instant: events and their windows, and what else is named.
    fn condition_of_a_clock(&mut self) -> Condition {
        let one = |generator: &mut Generator| match generator.chance.range(0, 9) {
            0..=3 => generator.happened(),
            4..=6 => generator.named(),
            _ => generator.leaf(),
        };
        if self.chance.percent(70) {
            return one(self);
        }
        let parts = (0..2).map(|_| one(self)).collect();
        self.group(parts)
    }

    fn clock_span(&mut self, business: bool) -> Span {
        let business = business && self.chance.percent(65);
        let (unit, counts): (Unit, &[i64]) = if business {
            self.chance.of(&[
                (Unit::Minute, &[0, 1, 15, 30, 45, 90, 240, 480, 1000][..]),
                (Unit::Hour, &[0, 1, 2, 4, 8, 9, 20]),
                (Unit::Day, &[0, 1, 1, 2, 2, 3, 5, 10]),
            ])
        } else {
            self.chance.of(&[
                (Unit::Minute, &[0, 5, 30, 90][..]),
                (Unit::Hour, &[0, 1, 4, 24, 36]),
                (Unit::Day, &[0, 1, 2, 7]),
                (Unit::Week, &[0, 1, 2]),
            ])
        };
        // Now and then one that runs into other years.
        let long = self.chance.percent(4) && !matches!(unit, Unit::Minute | Unit::Hour);
        Span { count: if long { self.chance.range(50, 400) } else { self.chance.of(counts) }, unit, business }
    }

    fn steps(&mut self, business: bool) -> Vec<Step> {
        let mut whens: Vec<When> = Vec::new();
        for _ in 0..self.chance.range(0, 3) {
            whens.push(match self.chance.range(0, 1) {
                0 => When::Percent(Exact::decimal(self.chance.of(&PERCENTS))),
                _ => When::After(self.clock_span(business)),
            });
        }
        whens.extend(self.chance.some(60, |_| When::Missed));
        self.chance.shuffle(&mut whens);
        let mut steps: Vec<Step> = Vec::new();
        for when in whens {
            // The same step twice would be one step.
            if steps.iter().all(|step| step.when != when) {
                let actions = [
                    Action::CountAsWasted,
                    Action::Notify("lead owner".to_owned()),
                    Action::Notify("head of sales".to_owned()),
                    Action::ReturnTo("Marketing".to_owned()),
                    Action::AssignTo("VP \"Sales\"".to_owned()),
                    Action::Task("call today".to_owned()),
                    Action::Task("обади се".to_owned()),
                ];
                steps.push(Step { when, actions: self.chance.sample(&actions, 1, 3) });
            }
        }
        steps
    }

    /// A list of items for clocks: what happened, and when.
    pub fn log(&mut self, path: &[&str], dated: &str) -> Rc<Field> {
        let mut items = vec![("text", &["kind"][..]), (dated, &["time"]), ("text", &["page"]), ("text", &["why"])];
        let others: [(&str, &[&str]); 8] = [
            ("number", &["points"]),
            ("yes or no", &["ok"]),
            ("one of", &["meta", "channel"]),
            ("money", &["value"]),
            ("list of text", &["tags"]),
            ("date", &["due"]),
            ("time", &["seen_at"]),
            ("number", &["length"]),
        ];
        items.extend(self.chance.sample(&others, 0, 3));
        let items = items.into_iter().map(|(kind, path)| self.field(kind, path)).collect();
        let log = Field {
            path: strings(path),
            kind: Kind::Items(items),
            empty_when: Vec::new(),
            when_empty: self.chance.some(15, |_| Operand::Nothing),
            private: self.chance.percent(10),
            called: None,
            hints: RefCell::default(),
        };
        Rc::new(log)
    }
}
