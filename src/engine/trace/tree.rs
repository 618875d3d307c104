//! A trace as values: what the library gives.

use super::events::{EventLine, LeftOutLine};
use super::line::{Counts, Line, Looked, Tell, Value};
use super::slas::{CountLine, SlaLine, ended};
use super::value::*;
use crate::engine::decision::{Points, date_time};
use crate::engine::sla;

/// Lines as nodes: those that are open, the innermost last, and those that are whole.
#[derive(Default)]
pub struct Tree {
    open: Vec<Node>,
    whole: Vec<Node>,
}

impl Tree {
    /// All that is told.
    pub fn nodes(tell: impl FnOnce(&mut Tree)) -> Vec<Node> {
        let mut tree = Tree::default();
        tell(&mut tree);
        tree.whole
    }
}

impl Tell for Tree {
    fn open(&mut self, line: &Line<'_>) {
        self.open.push(node(line));
    }

    fn close(&mut self) {
        let Some(node) = self.open.pop() else { return };
        let parts = self.open.last_mut().map_or(&mut self.whole, |parent| &mut parent.children);
        parts.push(node);
    }
}

fn node(line: &Line<'_>) -> Node {
    let points = |hundredths: Option<i64>| hundredths.map(Points::of);
    let stay = |stay: &super::line::StayLine| Stay {
        test: stay.test,
        since: stay.since.map(date_time),
        held_since: stay.held_since.map(date_time),
        held_until: stay.held_until.map(date_time),
    };
    let counted = |counts: &Counts<'_>| match counts {
        Counts::Times(times) => times.iter().map(|at| Counted { at: date_time(*at), points: None }).collect(),
        Counts::Worth(each) => {
            each.iter().map(|(at, points)| Counted { at: date_time(*at), points: Some(Points::of(*points)) }).collect()
        }
    };
    let not_counted = line.not_counted.iter().filter(|(_, times)| *times > 0);
    Node {
        text: line.words.text.to_string(),
        line: line.words.line,
        file: line.words.file.clone(),
        name: line.name.map(|name| name.text.clone()),
        outcome: line.outcome,
        reason: line.reason,
        treated_as: line.treated_as,
        observed: line.observed.iter().map(observed).collect(),
        refers_to: line.refers_to.map(|(kind, name)| Reference { kind, name: name.text.clone() }),
        taken: line.taken,
        stay: line.stay.as_ref().map(stay),
        points: points(line.points),
        of: points(line.of),
        could_add: points(line.could_add),
        sum: points(line.sum),
        starts_at: points(line.starts_at),
        started_again_at: line.started_again_at.map(date_time),
        grade: line.grade.map(|grade| grade.text.clone()),
        counted: line.counted.as_ref().map(counted),
        not_counted: not_counted.map(|(why, times)| NotCounted { why: *why, times: *times }).collect(),
        children: Vec::new(),
    }
}

fn observed(looked: &Looked<'_>) -> Observed {
    let value = match looked.value {
        Value::None => None,
        Value::Text(text) => Some(Seen::One(text.to_owned())),
        Value::Texts(lead, texts) => Some(Seen::Many(texts.iter().map(|text| lead.raw(*text).to_owned()).collect())),
        Value::Counts { met, not_met, unknown } => Some(Seen::Counts { met, not_met, unknown }),
        value => {
            let mut shown = Vec::new();
            value.write(&mut shown);
            Some(Seen::One(String::from_utf8_lossy(&shown).into_owned()))
        }
    };
    Observed { kind: looked.kind, name: looked.name.text.clone(), value, found: looked.found.clone() }
}

/// An event and what became of the items of its log.
pub fn event(event: &EventLine<'_>) -> EventTrace {
    let left_out = |it: LeftOutLine<'_>| LeftOut {
        why: it.why,
        text: it.part.map(|words| words.text.to_string()),
        line: it.part.map(|words| words.line),
        items: it.items,
        first: it.first.to_vec(),
    };
    EventTrace {
        name: event.name.text.clone(),
        line: event.plan.words.line,
        file: event.plan.words.file.clone(),
        from: event.plan.from.text.clone(),
        log_absent: event.log_absent,
        occurrences: event.occurrences().map(|(at, item)| Occurrence { at: date_time(at), item }).collect(),
        left_out: event.left_out().map(left_out).collect(),
    }
}

/// A clock.
pub fn sla(sla: &SlaLine<'_, Tree>) -> SlaTrace {
    let cycle = |cycle: &sla::Cycle| CycleTrace {
        from: date_time(cycle.start),
        until: cycle.end.map(|(at, _)| date_time(at)),
        ended: cycle.end.map(|(_, how)| ended(how)),
    };
    SlaTrace {
        name: sla.name.text.clone(),
        line: sla.line,
        policy_version: sla.policy_version,
        status: sla.status,
        judged_at: date_time(sla.judged_at),
        applies: sla.terms.applies.as_ref().and_then(|tree| tree.whole.first().cloned()),
        allowed: sla.terms.allowed.whole.clone(),
        hours: sla.terms.hours.whole.clone(),
        calendar: sla.calendar.map(|calendar| calendar.text.clone()),
        zone: sla.zone.to_owned(),
        cycles: sla.cycles.iter().map(cycle).collect(),
        count: sla.count.as_ref().map(count),
    }
}

fn count(count: &CountLine<'_>) -> Count {
    let stretch = |(from, until, micros): &sla::Stretch| Stretch {
        from: date_time(*from),
        until: date_time(*until),
        micros: *micros,
    };
    let pause = |(pause, micros): &(sla::Pause, i64)| PauseTrace {
        from: date_time(pause.from),
        until: date_time(pause.until),
        open: pause.open,
        micros: *micros,
    };
    let mut skipped = Vec::new();
    count.skipped(|date, name| {
        skipped.push(Skipped { date, name: (!name.is_empty()).then(|| name.to_owned()) });
    });
    Count {
        from: count.of.begin.map(date_time),
        unpaused_due_at: count.of.unpaused_due.map(date_time),
        due_at: count.of.due.map(date_time),
        elapsed: count.of.elapsed.iter().map(stretch).collect(),
        to_due: count.to_due().iter().map(stretch).collect(),
        skipped,
        pauses: count.of.pauses.iter().map(pause).collect(),
    }
}
