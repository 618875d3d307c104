//! SLAs: what their conditions came to, and every stretch of time that their clocks counted.

use super::conditions::Tracer;
use super::{Count, CycleTrace, Ended, Node, PauseTrace, Skipped, SlaTrace, Stretch};
use crate::engine::decision::date_time;
use crate::engine::evaluate::{Setting, State};
use crate::engine::judge::Judge;
use crate::engine::moment::Moment;
use crate::engine::sla::{self, Clocks, Counting, Cycle, Ending, Look, Scene};
use crate::policy::{Sla, Table};
use crate::time::calendar::Calendar;
use crate::time::{Instant, zone};

/// So many days on which nothing counts are named.
const MOST_SKIPPED: usize = 1_000;

/// What the conditions of an SLA came to.
#[derive(Default)]
struct Terms {
    applies: Option<Node>,
    allowed: Vec<Node>,
    hours: Vec<Node>,
}

/// The SLAs of the version that judges, after the clocks have run.
pub fn slas(clocks: &mut Clocks, mut scene: Scene<'_>) -> Vec<SlaTrace> {
    let count = clocks.slas.len();
    (0..count).filter_map(|at| trace(clocks, &mut scene, at)).collect()
}

fn trace(clocks: &mut Clocks, scene: &mut Scene<'_>, at: usize) -> Option<SlaTrace> {
    let status = clocks.slas.get(at)?.status;
    let judges = scene.judges;
    let look = clocks
        .look(scene, at, |judge, sla, state, moment| Some(terms(judge, judge.policy.slas.get(sla)?, state, moment)))?;
    let Look { version, sla, judged_at, seen, cycles, calendar, count } = look;
    let judge = judges.get(version)?;
    let sla = judge.policy.slas.get(sla)?;
    let Terms { applies, allowed, hours } = seen.flatten().unwrap_or_default();
    let calendar = calendar.and_then(|at| judge.policy.calendars.get(at).zip(judge.program.calendars.get(at)));
    let zone = calendar.map_or(judge.policy.zone, |(calendar, _)| calendar.spec.zone);
    let start = cycles.last().map(|cycle| cycle.start);
    Some(SlaTrace {
        name: sla.name.as_str().into(),
        line: judge.policy.sources.line(sla.span),
        policy_version: judge.policy.version,
        status,
        judged_at: date_time(judged_at),
        applies,
        allowed,
        hours,
        calendar: calendar.map(|(calendar, _)| calendar.name.as_str().into()),
        zone: zone.name().to_owned(),
        cycles: cycles.into_iter().map(cycle).collect(),
        count: start.zip(count).map(|(start, counting)| counted(start, counting, calendar.map(|(_, it)| it))),
    })
}

fn terms(judge: &Judge, sla: &Sla, state: &State, moment: &Moment) -> Terms {
    let Some(traced) = &judge.program.traced else { return Terms::default() };
    let past = std::cell::Cell::new(false);
    let setting = Setting { program: &judge.program, moment, tz: judge.policy.zone };
    let tracer = Tracer { judge, traced, setting, state, past: &past };
    fn lines<T>(tracer: &Tracer<'_>, table: &Table<T>) -> Vec<Node> {
        tracer.table(table, |_, _| ()).0
    }
    Terms {
        applies: sla.condition.as_ref().map(|condition| tracer.condition(condition)),
        allowed: lines(&tracer, &sla.allowed),
        hours: sla.hours.as_ref().map(|hours| lines(&tracer, hours)).unwrap_or_default(),
    }
}

fn cycle(cycle: Cycle) -> CycleTrace {
    let ended = cycle.end.map(|(_, how)| match how {
        Ending::Stopped => Ended::Stopped,
        Ending::Cancelled => Ended::Cancelled,
        Ending::HandedOn => Ended::HandedOn,
    });
    CycleTrace { from: date_time(cycle.start), until: cycle.end.map(|(at, _)| date_time(at)), ended }
}

fn counted(start: Instant, counting: Counting, calendar: Option<&Calendar>) -> Count {
    let until = counting.due.map_or(counting.end, |due| due.max(counting.end));
    let stretch =
        |(from, until, micros): sla::Stretch| Stretch { from: date_time(from), until: date_time(until), micros };
    let pause = |(pause, micros): (sla::Pause, i64)| PauseTrace {
        from: date_time(pause.from),
        until: date_time(pause.until),
        open: pause.open,
        micros,
    };
    Count {
        from: counting.begin.map(date_time),
        unpaused_due_at: counting.unpaused_due.map(date_time),
        due_at: counting.due.map(date_time),
        elapsed: counting.elapsed.into_iter().map(stretch).collect(),
        to_due: counting.to_due.into_iter().filter(|_| calendar.is_some()).map(stretch).collect(),
        skipped: calendar.map(|calendar| skipped(calendar, start, until)).unwrap_or_default(),
        pauses: counting.pauses.into_iter().map(pause).collect(),
    }
}

/// The days between two instants on which nothing opens.
fn skipped(calendar: &Calendar, from: Instant, until: Instant) -> Vec<Skipped> {
    let spec = calendar.spec();
    let (first, last) = (zone::date_of(spec.zone, from), zone::date_of(spec.zone, until));
    let days = first.iter_days().take_while(|date| *date <= last);
    let closed = days.filter_map(|date| Some((date, spec.closed_because(date)?)));
    let skipped = closed.map(|(date, name)| Skipped { date, name: (!name.is_empty()).then(|| name.to_owned()) });
    skipped.take(MOST_SKIPPED).collect()
}
