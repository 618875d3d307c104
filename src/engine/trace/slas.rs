//! SLAs: what their conditions came to, and every stretch of time that their clocks counted.

use chrono::NaiveDate;

use super::plan::Named;
use super::value::Ended;
use super::{Tell, tracing};
use crate::engine::sla::{Clocks, Counting, Cycle, Ending, Look, Scene, Stretch};
use crate::policy::{Sla, SlaStatus};
use crate::time::calendar::Calendar;
use crate::time::{Instant, zone};

/// So many days on which nothing counts are named.
const MOST_SKIPPED: usize = 1_000;

/// [`SlaTrace`](super::SlaTrace), borrowed.
pub struct SlaLine<'a, T> {
    pub name: &'a Named,
    pub line: usize,
    pub policy_version: u32,
    pub status: SlaStatus,
    pub judged_at: Instant,
    pub terms: Terms<T>,
    pub calendar: Option<&'a Named>,
    pub zone: &'static str,
    pub cycles: Vec<Cycle>,
    pub count: Option<CountLine<'a>>,
}

/// What the conditions of an SLA came to.
#[derive(Default)]
pub struct Terms<T> {
    pub applies: Option<T>,
    pub allowed: T,
    pub hours: T,
}

/// How the latest cycle was counted.
pub struct CountLine<'a> {
    pub start: Instant,
    pub of: Counting,
    /// None for plain time.
    pub calendar: Option<&'a Calendar>,
}

impl CountLine<'_> {
    /// The stretches of open time from the start to the deadline.
    pub fn to_due(&self) -> &[Stretch] {
        if self.calendar.is_some() { &self.of.to_due } else { &[] }
    }

    /// Calls `each` with the days on which nothing opens, and why: the name of a holiday, or nothing.
    pub fn skipped(&self, mut each: impl FnMut(NaiveDate, &str)) {
        let Some(calendar) = self.calendar else { return };
        let until = self.of.due.map_or(self.of.end, |due| due.max(self.of.end));
        let spec = calendar.spec();
        let (first, last) = (zone::date_of(spec.zone, self.start), zone::date_of(spec.zone, until));
        let days = first.iter_days().take_while(|date| *date <= last);
        let closed = days.filter_map(|date| Some((date, spec.closed_because(date)?)));
        closed.take(MOST_SKIPPED).for_each(|(date, name)| each(date, name));
    }
}

/// The SLAs of the version that judges, after the clocks have run.
pub fn slas<'a, T: Tell>(clocks: &mut Clocks, scene: &mut Scene<'a>) -> Vec<SlaLine<'a, T>> {
    let count = clocks.slas.len();
    (0..count).filter_map(|at| trace(clocks, scene, at)).collect()
}

fn trace<'a, T: Tell>(clocks: &mut Clocks, scene: &mut Scene<'a>, at: usize) -> Option<SlaLine<'a, T>> {
    let status = clocks.slas.get(at)?.status;
    let (judges, line) = (scene.judges, scene.line);
    let look = clocks.look(scene, at, |judge, sla, state, moment| {
        let sla = judge.policy.slas.get(sla)?;
        tracing(judge, line, state, moment, |tracer| terms(tracer, sla))
    })?;
    let Look { version, sla: place, judged_at, seen, cycles, calendar, count } = look;
    let judge = judges.get(version)?;
    let (sla, traced) = (judge.policy.slas.get(place)?, judge.program.traced.as_ref()?);
    let zone = calendar.and_then(|at| judge.policy.calendars.get(at)).map_or(judge.policy.zone, |it| it.spec.zone);
    let name = calendar.and_then(|at| traced.calendars.get(at));
    let calendar = calendar.and_then(|at| judge.program.calendars.get(at));
    let start = cycles.last().map(|cycle| cycle.start);
    Some(SlaLine {
        name: traced.slas.get(place)?,
        line: traced.words(Some(&sla.span)).line,
        policy_version: judge.policy.version,
        status,
        judged_at,
        terms: seen.flatten().unwrap_or_default(),
        calendar: name,
        zone: zone.name(),
        cycles,
        count: start.zip(count).map(|(start, of)| CountLine { start, of, calendar }),
    })
}

fn terms<T: Tell>(tracer: super::Tracer<'_>, sla: &Sla) -> Terms<T> {
    let told = |tell: &dyn Fn(&mut T)| {
        let mut told = T::default();
        tell(&mut told);
        told
    };
    Terms {
        applies: sla.condition.as_ref().map(|condition| told(&|tell| tracer.condition(condition, tell))),
        allowed: told(&|tell| tracer.table(&sla.allowed, tell, |_, _, _| ())),
        hours: told(&|tell| sla.hours.iter().for_each(|hours| tracer.table(hours, tell, |_, _, _| ()))),
    }
}

/// How a cycle ended.
pub fn ended(how: Ending) -> Ended {
    match how {
        Ending::Stopped => Ended::Stopped,
        Ending::Cancelled => Ended::Cancelled,
        Ending::HandedOn => Ended::HandedOn,
    }
}
