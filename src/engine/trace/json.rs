//! A trace as JSON, written straight into a buffer: the bytes that the value serializes to.

use smallvec::SmallVec;

use super::events::{EventLine, LeftOutLine};
use super::line::{Counts, Line, Looked, StayLine, Tell, Value};
use super::slas::SlaLine;
use super::value::{DefinitionKind, Ended, ObservedKind, Reason, WhyLeftOut, WhyNot};
use crate::engine::json::{hundredths, instant, key, number};
use crate::engine::truth::Outcome;
use crate::time::Instant;

/// Lines as JSON: objects with commas between them.
#[derive(Default)]
pub struct Json {
    pub out: Vec<u8>,
    /// Of each open line, whether a part of it has been told.
    open: SmallVec<[bool; 16]>,
}

/// A line and all that is told of it mostly take less.
const ROOM: usize = 512;

impl Json {
    /// Goes on at the end of a buffer.
    pub fn after(out: Vec<u8>) -> Json {
        Json { out, open: SmallVec::new() }
    }

    /// A list of lines of its own, behind its name.
    pub fn list(&mut self, name: &[u8], tell: impl FnOnce(&mut Json)) {
        self.out.extend_from_slice(name);
        self.out.push(b'[');
        tell(self);
        self.out.push(b']');
    }
}

impl Tell for Json {
    fn open(&mut self, line: &Line<'_>) {
        let out = &mut self.out;
        out.reserve(ROOM);
        match self.open.last_mut() {
            Some(true) => out.push(b','),
            Some(parts) => {
                out.extend_from_slice(b",\"children\":[");
                *parts = true;
            }
            None if out.last() == Some(&b'}') => out.push(b','),
            None => {}
        }
        self.open.push(false);
        out.push(b'{');
        out.extend_from_slice(&line.words.json);
        keys(out, line);
    }

    fn close(&mut self) {
        let end: &[u8] = if self.open.pop() == Some(true) { b"]}" } else { b"}" };
        self.out.extend_from_slice(end);
    }
}

/// A text in quotes, escaped as serde does it.
pub fn text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        // A buffer takes all that is written.
        let _ = serde_json::to_writer(out, text);
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

fn keys(out: &mut Vec<u8>, line: &Line<'_>) {
    if let Some(name) = line.name {
        out.extend_from_slice(b",\"name\":");
        out.extend_from_slice(&name.json);
    }
    outcome(out, b",\"outcome\":\"", line.outcome);
    if let Some(reason) = line.reason {
        word(out, b",\"reason\":\"", reason_word(reason));
    }
    outcome(out, b",\"treated_as\":\"", line.treated_as);
    if !line.observed.is_empty() {
        out.extend_from_slice(b",\"observed\":[");
        let start = out.len();
        line.observed.iter().for_each(|it| looked(out, start, it));
        out.push(b']');
    }
    if let Some((kind, name)) = line.refers_to {
        word(out, b",\"refers_to\":{\"kind\":\"", kind_word(kind));
        out.extend_from_slice(b",\"name\":");
        out.extend_from_slice(&name.json);
        out.push(b'}');
    }
    if let Some(taken) = line.taken {
        out.extend_from_slice(if taken { b",\"taken\":true" } else { b",\"taken\":false" });
    }
    if let Some(stay) = &line.stay {
        self::stay(out, stay);
    }
    for (name, points) in [
        (&b",\"points\":"[..], line.points),
        (b",\"of\":", line.of),
        (b",\"could_add\":", line.could_add),
        (b",\"sum\":", line.sum),
        (b",\"starts_at\":", line.starts_at),
    ] {
        if let Some(points) = points {
            out.extend_from_slice(name);
            hundredths(out, points);
        }
    }
    if let Some(at) = line.started_again_at {
        out.extend_from_slice(b",\"started_again_at\":");
        instant(out, at);
    }
    if let Some(grade) = line.grade {
        out.extend_from_slice(b",\"grade\":");
        out.extend_from_slice(&grade.json);
    }
    if let Some(counts) = &line.counted {
        out.extend_from_slice(b",\"counted\":[");
        let start = out.len();
        match counts {
            Counts::Times(times) => times.iter().for_each(|at| counted(out, start, *at, None)),
            Counts::Worth(each) => each.iter().for_each(|(at, points)| counted(out, start, *at, Some(*points))),
        }
        out.push(b']');
    }
    not_counted(out, &line.not_counted);
}

fn word(out: &mut Vec<u8>, key: &[u8], word: &str) {
    out.extend_from_slice(key);
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

fn outcome(out: &mut Vec<u8>, key: &[u8], outcome: Option<Outcome>) {
    if let Some(outcome) = outcome {
        word(out, key, outcome.as_str());
    }
}

fn looked(out: &mut Vec<u8>, start: usize, it: &Looked<'_>) {
    key(out, start, b"{\"kind\":\"");
    out.extend_from_slice(match it.kind {
        ObservedKind::Field => b"field",
        ObservedKind::Domain => b"domain",
        ObservedKind::Score => b"score",
        ObservedKind::Grade => b"grade",
        ObservedKind::Checklist => b"checklist",
        ObservedKind::Event => b"event",
    });
    out.extend_from_slice(b"\",\"name\":");
    out.extend_from_slice(&it.name.json);
    out.extend_from_slice(b",\"value\":");
    match it.value {
        Value::None => out.extend_from_slice(b"null"),
        Value::Text(it) => text(out, it),
        Value::Texts(lead, texts) => {
            out.push(b'[');
            let start = out.len();
            for it in texts {
                key(out, start, b"");
                text(out, lead.raw(*it));
            }
            out.push(b']');
        }
        Value::Counts { met, not_met, unknown } => {
            for (name, count) in [(&b"{\"met\":"[..], met), (b",\"not_met\":", not_met), (b",\"unknown\":", unknown)] {
                out.extend_from_slice(name);
                number(out, count as u64);
            }
            out.push(b'}');
        }
        value => {
            out.push(b'"');
            value.write(out);
            out.push(b'"');
        }
    }
    if let Some(found) = &it.found {
        out.extend_from_slice(b",\"found\":");
        text(out, found);
    }
    out.push(b'}');
}

fn stay(out: &mut Vec<u8>, stay: &StayLine) {
    word(out, b",\"stay\":{\"test\":\"", stay.test.as_str());
    or_null(out, b",\"since\":", stay.since);
    or_null(out, b",\"held_since\":", stay.held_since);
    or_null(out, b",\"held_until\":", stay.held_until);
    out.push(b'}');
}

fn or_null(out: &mut Vec<u8>, key: &[u8], at: Option<Instant>) {
    out.extend_from_slice(key);
    match at {
        Some(at) => instant(out, at),
        None => out.extend_from_slice(b"null"),
    }
}

fn counted(out: &mut Vec<u8>, start: usize, at: Instant, points: Option<i64>) {
    key(out, start, b"{\"at\":");
    instant(out, at);
    if let Some(points) = points {
        out.extend_from_slice(b",\"points\":");
        hundredths(out, points);
    }
    out.push(b'}');
}

fn not_counted(out: &mut Vec<u8>, all: &[(WhyNot, usize)]) {
    if all.iter().all(|(_, times)| *times == 0) {
        return;
    }
    out.extend_from_slice(b",\"not_counted\":[");
    let start = out.len();
    for (why, times) in all.iter().filter(|(_, times)| *times > 0) {
        key(out, start, b"{\"why\":\"");
        out.extend_from_slice(match why {
            WhyNot::OutsideWindow => b"outside_window",
            WhyNot::CountedOnce => b"counted_once",
            WhyNot::BeforeRestart => b"before_restart",
        });
        out.extend_from_slice(b"\",\"times\":");
        number(out, *times as u64);
        out.push(b'}');
    }
    out.push(b']');
}

/// An event and what became of the items of its log.
pub fn event(out: &mut Vec<u8>, start: usize, event: &EventLine<'_>) {
    key(out, start, b"{\"name\":");
    out.extend_from_slice(&event.name.json);
    out.extend_from_slice(b",\"line\":");
    number(out, event.plan.words.line as u64);
    if let Some(file) = &event.plan.words.file {
        out.extend_from_slice(b",\"file\":");
        text(out, file);
    }
    out.extend_from_slice(b",\"from\":");
    out.extend_from_slice(&event.plan.from.json);
    out.extend_from_slice(if event.log_absent { b",\"log_absent\":true" } else { b",\"log_absent\":false" });
    out.extend_from_slice(b",\"occurrences\":[");
    let start = out.len();
    for (at, item) in event.occurrences() {
        key(out, start, b"{\"at\":");
        instant(out, at);
        if let Some(item) = item {
            out.extend_from_slice(b",\"item\":");
            number(out, item.into());
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"],\"left_out\":[");
    let start = out.len();
    event.left_out().for_each(|it| left_out(out, start, &it));
    out.extend_from_slice(b"]}");
}

fn left_out(out: &mut Vec<u8>, start: usize, it: &LeftOutLine<'_>) {
    key(out, start, b"{\"why\":\"");
    out.extend_from_slice(match it.why {
        WhyLeftOut::NotMet => b"not_met\"",
        WhyLeftOut::Unknown => b"unknown\"",
        WhyLeftOut::NoTime => b"no_time\"",
        WhyLeftOut::NotYet => b"not_yet\"",
    });
    if let Some(words) = it.part {
        out.extend_from_slice(b",\"text\":");
        text(out, &words.text);
        out.extend_from_slice(b",\"line\":");
        number(out, words.line as u64);
    }
    out.extend_from_slice(b",\"items\":");
    number(out, it.items as u64);
    out.extend_from_slice(b",\"first\":[");
    let start = out.len();
    for index in it.first {
        key(out, start, b"");
        number(out, (*index).into());
    }
    out.extend_from_slice(b"]}");
}

/// A clock.
pub fn sla(out: &mut Vec<u8>, start: usize, sla: &SlaLine<'_, Json>) {
    key(out, start, b"{\"name\":");
    out.extend_from_slice(&sla.name.json);
    out.extend_from_slice(b",\"line\":");
    number(out, sla.line as u64);
    out.extend_from_slice(b",\"policy_version\":");
    number(out, sla.policy_version.into());
    word(out, b",\"status\":\"", sla.status.as_str());
    out.extend_from_slice(b",\"judged_at\":");
    instant(out, sla.judged_at);
    if let Some(applies) = &sla.terms.applies {
        out.extend_from_slice(b",\"applies\":");
        out.extend_from_slice(&applies.out);
    }
    out.extend_from_slice(b",\"allowed\":[");
    out.extend_from_slice(&sla.terms.allowed.out);
    out.push(b']');
    if !sla.terms.hours.out.is_empty() {
        out.extend_from_slice(b",\"hours\":[");
        out.extend_from_slice(&sla.terms.hours.out);
        out.push(b']');
    }
    if let Some(calendar) = sla.calendar {
        out.extend_from_slice(b",\"calendar\":");
        out.extend_from_slice(&calendar.json);
    }
    out.extend_from_slice(b",\"zone\":");
    text(out, sla.zone);
    out.extend_from_slice(b",\"cycles\":[");
    let first = out.len();
    for cycle in &sla.cycles {
        key(out, first, b"{\"from\":");
        instant(out, cycle.start);
        or_null(out, b",\"until\":", cycle.end.map(|(at, _)| at));
        if let Some((_, how)) = cycle.end {
            out.extend_from_slice(match super::slas::ended(how) {
                Ended::Stopped => b",\"ended\":\"stopped\"",
                Ended::Cancelled => b",\"ended\":\"cancelled\"",
                Ended::HandedOn => b",\"ended\":\"handed_on\"",
            });
        }
        out.push(b'}');
    }
    out.push(b']');
    if let Some(count) = &sla.count {
        self::count(out, count);
    }
    out.push(b'}');
}

fn count(out: &mut Vec<u8>, count: &super::slas::CountLine<'_>) {
    or_null(out, b",\"count\":{\"from\":", count.of.begin);
    or_null(out, b",\"unpaused_due_at\":", count.of.unpaused_due);
    or_null(out, b",\"due_at\":", count.of.due);
    for (name, stretches) in [(&b",\"elapsed\":["[..], count.of.elapsed.as_slice()), (b",\"to_due\":[", count.to_due())]
    {
        out.extend_from_slice(name);
        let start = out.len();
        for (from, until, micros) in stretches {
            key(out, start, b"{\"from\":");
            span(out, *from, *until);
            out.extend_from_slice(b",\"micros\":");
            whole(out, *micros);
            out.push(b'}');
        }
        out.push(b']');
    }
    out.extend_from_slice(b",\"skipped\":[");
    let start = out.len();
    count.skipped(|date, name| {
        key(out, start, b"{\"date\":\"");
        Value::Cell(crate::intake::Cell::Date(date.to_epoch_days())).write(out);
        out.push(b'"');
        if !name.is_empty() {
            out.extend_from_slice(b",\"name\":");
            text(out, name);
        }
        out.push(b'}');
    });
    out.extend_from_slice(b"],\"pauses\":[");
    let start = out.len();
    for (pause, micros) in &count.of.pauses {
        key(out, start, b"{\"from\":");
        span(out, pause.from, pause.until);
        out.extend_from_slice(if pause.open { b",\"open\":true" } else { b",\"open\":false" });
        out.extend_from_slice(b",\"micros\":");
        whole(out, *micros);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
}

fn span(out: &mut Vec<u8>, from: Instant, until: Instant) {
    instant(out, from);
    out.extend_from_slice(b",\"until\":");
    instant(out, until);
}

fn whole(out: &mut Vec<u8>, micros: i64) {
    if micros < 0 {
        out.push(b'-');
    }
    number(out, micros.unsigned_abs());
}

fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Empty => "empty",
        Reason::WrongType => "wrong_type",
        Reason::NoRate => "no_rate",
        Reason::NoLog => "no_log",
    }
}

fn kind_word(kind: DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Criterion => "criterion",
        DefinitionKind::Checklist => "checklist",
        DefinitionKind::Score => "score",
        DefinitionKind::Grade => "grade",
        DefinitionKind::Stage => "stage",
        DefinitionKind::Event => "event",
    }
}
