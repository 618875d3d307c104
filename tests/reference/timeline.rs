//! Leads whose clocks ran: what happened at the instants on which deadlines turn, and when to ask.

use std::cell::RefCell;

use crate::business::stretches;
use crate::coverage::Seen;
use crate::deadline::{Standing, Versions};
use crate::decide::Case;
use crate::generate::{Generator, YEAR};
use crate::json::Json;
use crate::leads::{self, put};
use crate::model::{Calendar, Condition, Kind, Operand, Subject};
use crate::sla::Sla;
use crate::time::{self, DAY, HOUR, MINUTE, SECOND};
use crate::value::at_path;

impl Generator {
    /// A lead, and the instant as of which to judge it.
    pub fn timeline(&mut self, number: usize) -> (Json, i64) {
        let mut lead = leads::lead(self, number);
        if self.chance.percent(6) {
            return (lead, self.now);
        }
        for log in self.policy.fields.clone().iter().filter(|field| matches!(field.kind, Kind::Items(_))) {
            if self.chance.percent(85) {
                put(&mut lead, &log.path, Json::List(Vec::new()));
            }
        }
        let sla = self.chance.of(&self.policy.slas.clone());
        let calendar = self.some_calendar(&sla);
        let mut instants = Vec::new();
        let ago = if self.chance.percent(5) { 3 * YEAR } else { 12 * DAY };
        let start = self.now - self.chance.range(0, ago / MINUTE) * MINUTE;
        let mut at = self.notable(calendar.as_ref(), start);
        for _ in 0..self.chance.of(&[0, 1, 1, 1, 2, 2, 3]) {
            self.happens(&mut lead, &sla.starts, at, &mut instants);
            self.pauses(&mut lead, &sla, calendar.as_ref(), at, &mut instants);
            if self.chance.percent(15) {
                let during = at + self.chance.range(0, DAY);
                let during = self.notable(calendar.as_ref(), during);
                self.happens(&mut lead, &sla.starts, during, &mut instants);
            }
            if self.chance.percent(25) {
                break;
            }
            let end = self.end(&lead, &sla, calendar.as_ref(), at);
            let mut kinds = [&sla.stops, &sla.cancels, &sla.restarts].to_vec();
            kinds.retain(|events| !events.is_empty());
            let at_once = self.chance.of(&[1, 1, 1, 2, 3]);
            for events in self.chance.sample(&kinds, kinds.len().min(1), kinds.len().min(at_once)) {
                self.happens(&mut lead, events, end, &mut instants);
            }
            at = if self.chance.percent(30) {
                end
            } else {
                let later = end + self.chance.range(0, 2 * DAY / MINUTE) * MINUTE;
                self.notable(calendar.as_ref(), later)
            };
        }
        let now = self.asked_at(&lead, &sla, instants);
        self.shuffled(&mut lead);
        (lead, now)
    }

    fn some_calendar(&mut self, sla: &Sla) -> Option<Calendar> {
        let named = sla.hours.iter().flat_map(|table| table.lines.iter().map(|line| &line.0).chain([&table.otherwise]));
        let named: Vec<&Calendar> = named.map(|name| self.policy.calendar_of(name)).collect();
        let all: Vec<Calendar> = if named.is_empty() {
            self.policy.calendar.iter().cloned().collect()
        } else {
            named.into_iter().cloned().collect()
        };
        if all.is_empty() { None } else { Some(self.chance.of(&all)) }
    }

    /// Near an instant, one at which a calendar opens or closes or the clocks change, or next to it.
    fn notable(&mut self, calendar: Option<&Calendar>, about: i64) -> i64 {
        let nudge = self.chance.of(&[0, 0, 0, 0, 1, -1, SECOND, -SECOND, 7 * MINUTE]);
        let edges: Vec<i64> = match calendar {
            Some(calendar) if self.chance.percent(15) => changes(calendar.zone, about),
            Some(calendar) if self.chance.percent(65) => stretches(calendar, about - 2 * DAY, about + 2 * DAY)
                .into_iter()
                .flat_map(|(from, to)| [from, to])
                .collect(),
            _ => Vec::new(),
        };
        if edges.is_empty() { about } else { self.chance.of(&edges) + nudge }
    }

    fn happens(&mut self, lead: &mut Json, events: &[String], at: i64, instants: &mut Vec<i64>) {
        instants.push(at);
        let event = self.policy.event(&self.chance.of(events)).clone();
        let written = self.written(at, true);
        let Some(log) = &event.from else { return put(lead, &event.dated_by.path, written) };
        let mut item = Json::Object(Vec::new());
        let condition = event.condition.as_ref().map(|condition| match condition {
            Condition::Group(_, parts) => &parts[0],
            text => text,
        });
        if let Some(Condition::Text { of: Subject::Field(field), values, .. }) = condition
            && let [Operand::Text(text), ..] = &values[..]
        {
            put(&mut item, &field.path, Json::text(text));
        }
        put(&mut item, &event.dated_by.path, written);
        let items = match at_path(lead, &log.path) {
            Json::List(items) => [&items[..], &[item]].concat(),
            _ => vec![item],
        };
        put(lead, &log.path, Json::List(items));
    }

    /// Some that end and some that do not, about a cycle that began at an instant.
    fn pauses(&mut self, lead: &mut Json, sla: &Sla, calendar: Option<&Calendar>, start: i64, instants: &mut Vec<i64>) {
        for (from, until) in &sla.pauses {
            for _ in 0..self.chance.of(&[0, 1, 1, 2]) {
                let due = self.turns(lead, sla, start).and_then(|turns| turns.0).unwrap_or(start + DAY);
                let length = (due - start).max(HOUR);
                let within = start + self.chance.range(0, length);
                let begins = self.chance.of(&[start, due, due - 1, due + HOUR, start - HOUR, within, within, within]);
                let begins = if self.chance.percent(50) { self.notable(calendar, begins) } else { begins };
                let lasts = self.chance.of(&[0, 1, MINUTE, HOUR, 5 * HOUR, DAY, 3 * DAY, 20 * DAY]);
                let ends =
                    if self.chance.percent(40) { self.notable(calendar, begins + lasts) } else { begins + lasts };
                self.happens(lead, std::slice::from_ref(from), begins, instants);
                if self.chance.percent(75) {
                    self.happens(lead, std::slice::from_ref(until), ends, instants);
                }
                if self.chance.percent(15) {
                    self.happens(lead, std::slice::from_ref(from), ends, instants);
                }
                if self.chance.percent(10) {
                    self.happens(lead, std::slice::from_ref(from), begins + lasts / 2, instants);
                }
            }
        }
    }

    /// When a cycle ends: exactly when it is due, next to that, or at any other time.
    fn end(&mut self, lead: &Json, sla: &Sla, calendar: Option<&Calendar>, start: i64) -> i64 {
        let due = self.turns(lead, sla, start).and_then(|turns| turns.0).unwrap_or(start + DAY);
        let early = start + self.chance.range(0, (due - start).max(HOUR));
        let late = due + self.chance.range(0, DAY);
        match self.chance.range(0, 9) {
            0 => start,
            1..=4 => due + self.chance.of(&[0, 0, 0, 1, -1, SECOND]),
            5 | 6 => self.notable(calendar, early),
            7 => self.notable(calendar, late),
            _ => due + self.chance.range(0, 3 * DAY / MINUTE) * MINUTE,
        }
    }

    /// At or next to what happened and what is due, or at any later time.
    fn asked_at(&mut self, lead: &Json, sla: &Sla, mut instants: Vec<i64>) -> i64 {
        let last = instants.iter().max().copied().unwrap_or(self.now);
        if self.chance.percent(75)
            && let Some((_, turns)) = self.turns(lead, sla, last)
        {
            instants = turns;
        }
        instants.push(last + self.chance.range(0, 5 * DAY));
        self.chance.of(&instants) + self.chance.of(&[0, 0, 0, 0, 1, -1, SECOND, HOUR])
    }

    /// The due instant of an SLA's latest cycle and the others that it turns on, some time after an instant.
    fn turns(&self, lead: &Json, sla: &Sla, at: i64) -> Option<(Option<i64>, Vec<i64>)> {
        let seen = RefCell::new(Seen::default());
        let case = Case::new(&self.policy, lead, at + 4 * DAY, &seen);
        let sla = self.policy.slas.iter().find(|one| one.name == sla.name).unwrap();
        match Versions(vec![case]).standing_of(sla) {
            Standing::Cycles(cycles) => {
                let latest = cycles.last().unwrap();
                let all = latest.steps.iter().chain([&latest.due, &latest.due, &latest.at_risk]);
                Some((latest.due, all.flatten().copied().collect()))
            }
            Standing::None(..) => None,
        }
    }

    fn shuffled(&mut self, lead: &mut Json) {
        for log in self.policy.fields.clone().iter().filter(|field| matches!(field.kind, Kind::Items(_))) {
            if let Json::List(mut items) = at_path(lead, &log.path).clone() {
                self.chance.shuffle(&mut items);
                put(lead, &log.path, Json::List(items));
            }
        }
    }
}

/// Where the clocks of a zone change, within two weeks of an instant.
fn changes(zone: chrono_tz::Tz, about: i64) -> Vec<i64> {
    let offset = |instant| time::local(zone, instant).and_utc().timestamp_micros() - instant;
    let first = (about - 14 * DAY).div_euclid(DAY) * DAY;
    let days = (0..28).map(|days| first + days * DAY).filter(|day| offset(*day) != offset(day + DAY));
    let half_hours = days.flat_map(|day| (1..=48).map(move |half_hours| day + half_hours * HOUR / 2));
    half_hours.filter(|at| offset(*at) != offset(at - HOUR / 2)).collect()
}
