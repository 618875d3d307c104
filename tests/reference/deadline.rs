//! §8: how an SLA stands, and what is to be done about it.

use std::collections::BTreeSet;

use chrono::Datelike;

use crate::business;
use crate::clock::{self, Cycle, End, Happened, Pause};
use crate::decide::Case;
use crate::exact::Exact;
use crate::json::Json;
use crate::model::{Calendar, Outcome, Span};
use crate::sla::{Action, Sla, Table, When};
use crate::time::{self, SECOND, rfc3339};
use crate::truth::At;

/// What a clock counts: all time, or the open time of a calendar.
#[derive(Clone, Copy)]
enum Counted<'a> {
    All,
    Open(&'a Calendar),
}

/// A cycle of a clock, judged.
pub struct Judged {
    pub cycle: Cycle,
    pub status: &'static str,
    pub due: Option<i64>,
    pub at_risk: Option<i64>,
    elapsed: i64,
    window: Option<i64>,
    overrun: i64,
    calendar: Option<String>,
    /// The instant of each step, whether it acts or not, in the order of the policy.
    pub steps: Vec<Option<i64>>,
    /// The calendar, where some of its time runs past the last year for which it lists holidays.
    past_the_holidays: Option<String>,
}

/// How an SLA stands: a status without a clock, or its cycles.
pub enum Standing {
    None(&'static str),
    Cycles(Vec<Judged>),
}

impl Counted<'_> {
    /// The stretches of it between two instants, without the pauses.
    fn stretches(self, from: i64, to: i64, pauses: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let mut stretches = match self {
            Counted::All => vec![(from, to.max(from))],
            Counted::Open(calendar) => business::stretches(calendar, from, to),
        };
        for pause in pauses {
            stretches = stretches
                .into_iter()
                .flat_map(|(from, to)| [(from, to.min(pause.0)), (from.max(pause.1), to)])
                .filter(|(from, to)| from < to)
                .collect();
        }
        stretches
    }

    fn amount(self, from: i64, to: i64, pauses: &[(i64, i64)]) -> i64 {
        self.stretches(from, to, pauses).iter().map(|(from, to)| to - from).sum()
    }

    fn first(self, start: i64) -> Option<i64> {
        match self {
            Counted::All => Some(start),
            Counted::Open(calendar) => business::first_open(calendar, start),
        }
    }

    fn due(self, start: i64, span: Span) -> Option<i64> {
        match self {
            Counted::All => Some(start + time::length(span)),
            Counted::Open(calendar) => business::due(calendar, start, span),
        }
    }

    /// Moved by every pause that begins before it, as moved so far, counted on from where it was.
    fn moved(self, unpaused: i64, pauses: &[(i64, i64)]) -> Option<i64> {
        let (mut moved, mut paused) = (unpaused, 0);
        for (from, until) in pauses {
            if *from < moved {
                paused += self.amount(*from, *until, &[]);
                moved = match self {
                    Counted::All => unpaused + paused,
                    Counted::Open(calendar) => business::add(calendar, unpaused, paused)?,
                };
            }
        }
        Some(moved)
    }

    /// The first instant at which so much has elapsed.
    fn elapsed(self, first: i64, amount: i64, pauses: &[(i64, i64)]) -> Option<i64> {
        business::HORIZONS.iter().find_map(|horizon| {
            let last = pauses.last().map_or(first, |last| last.1).max(first);
            business::at_amount(first, &self.stretches(first, last + horizon, pauses), amount)
        })
    }
}

impl Case<'_> {
    pub fn standing_of(&self, sla: &Sla) -> Standing {
        let instants = |events: &[String]| {
            events.iter().flat_map(|event| self.occurrences(event).unwrap_or_default()).collect::<BTreeSet<i64>>()
        };
        let happened = Happened {
            starts: instants(&sla.starts),
            stops: instants(&sla.stops),
            cancels: instants(&sla.cancels),
            restarts: instants(&sla.restarts),
        };
        let cycles = clock::cycles(&happened, &mut self.seen.borrow_mut());
        let asked_at = cycles.last().map_or(self.now, |latest| latest.start);
        let absent = |event: &String| self.occurrences(event).is_none();
        let no_start = happened.starts.is_empty() && !sla.starts.iter().any(absent);
        let some_absent = sla.events().any(absent);
        let applies = self.applies_at(sla, asked_at);
        self.see_absent(sla, some_absent, no_start, applies);
        match applies {
            Outcome::NotMet => return Standing::None("not_applicable"),
            Outcome::Unknown => return Standing::None("unknown"),
            Outcome::Met if no_start => return Standing::None("not_started"),
            Outcome::Met if some_absent => return Standing::None("unknown"),
            Outcome::Met => {}
        }
        let pauses: Vec<Pause> = sla
            .pauses
            .iter()
            .flat_map(|(from, until)| {
                let [from, until] = [from, until].map(|event| instants(std::slice::from_ref(event)));
                clock::pauses(&from, &until, &mut self.seen.borrow_mut())
            })
            .collect();
        let judged = |cycle: &Cycle| self.judged(sla, *cycle, &pauses, cycle.start == asked_at);
        Standing::Cycles(cycles.iter().map(judged).collect())
    }

    fn applies_at(&self, sla: &Sla, instant: i64) -> Outcome {
        let outcome = |condition| self.at(instant).outcome(condition, At::default());
        sla.applies.as_ref().map_or(Outcome::Met, outcome)
    }

    /// The line of a table that holds as of an instant.
    fn line<'a, T>(&self, table: &'a Table<T>, instant: i64, what: &str) -> &'a T {
        if table.lines.is_empty() {
            return &table.otherwise;
        }
        let then = self.at(instant);
        for (value, condition) in &table.lines {
            let outcome = then.outcome(condition, At::default());
            self.seen.borrow_mut().add(format!("{what}: a line that is {}", outcome.word()));
            if outcome == Outcome::Met {
                return value;
            }
        }
        &table.otherwise
    }

    fn judged(&self, sla: &Sla, cycle: Cycle, pauses: &[Pause], latest: bool) -> Judged {
        let Cycle { start, end } = cycle;
        let until = end.map_or(self.now, |(at, _)| at);
        let allowed = *self.line(&sla.allowed, start, "time allowed");
        let hours = sla.hours.as_ref().map(|table| self.line(table, start, "working hours"));
        let calendar = hours.map(|name| self.policy.calendar_of(name));
        let calendar = calendar.or(self.policy.calendar.as_ref());
        let counted = |business| if business { Counted::Open(calendar.unwrap()) } else { Counted::All };
        let clock = counted(allowed.business);
        let paused = pauses.iter().any(|pause| pause.from <= self.now && pause.until.is_none());
        let pauses = clock::cut(pauses, start, until, &mut self.seen.borrow_mut());

        let first = clock.first(start);
        let elapsed = first.map_or(0, |first| clock.amount(first, until, &pauses));
        let unpaused = clock.due(start, allowed);
        let due = unpaused.and_then(|unpaused| clock.moved(unpaused, &pauses));
        let window = first.zip(unpaused).filter(|_| due.is_some()).map(|(first, due)| clock.amount(first, due, &[]));
        let percent = |percent: &Exact| {
            let share = Exact::decimal(&window?.to_string()).times(percent).times(&Exact::decimal("0.01"));
            match share.rounded_up() {
                // Nothing has elapsed from the first: this is due like a window of none.
                0 => clock.moved(first?, &pauses),
                amount => clock.elapsed(first?, amount, &pauses),
            }
        };
        let at_risk = sla.at_risk.as_ref().and_then(percent);
        let step = |when: &When| match when {
            When::Percent(share) => percent(share),
            When::After(span) => {
                let counted = counted(span.business);
                counted.due(start, *span).and_then(|unpaused| counted.moved(unpaused, &pauses))
            }
            When::Missed => due,
        };
        let late = due.is_some_and(|due| until > due);
        let status = match end {
            _ if late => "breached",
            Some((_, End::Stopped)) => "met",
            Some((_, End::Cancelled)) => "cancelled",
            Some((_, End::HandedOn)) => "handed_on",
            None if due.is_none() => "running",
            None if paused => "paused",
            None if at_risk.is_some_and(|at_risk| at_risk <= self.now) => "at_risk",
            None => "running",
        };
        let steps: Vec<Option<i64>> = sla.steps.iter().map(|one| step(&one.when)).collect();
        let of_open_time = |when: &When| match when {
            When::After(span) => span.business,
            When::Percent(_) | When::Missed => allowed.business,
        };
        let of_steps = sla.steps.iter().zip(&steps).filter(|(step, _)| of_open_time(&step.when)).map(|(_, at)| *at);
        let of_the_clock = [due, at_risk, Some(until)].into_iter().filter(|_| allowed.business);
        // Of an earlier cycle nothing is told but whether it was missed.
        let told: Vec<i64> = match latest {
            true => of_the_clock.chain(of_steps).flatten().collect(),
            false => {
                due.filter(|_| allowed.business && self.applies_at(sla, start) == Outcome::Met).into_iter().collect()
            }
        };
        let past_the_holidays = calendar.filter(|calendar| {
            let listed = calendar.holidays.iter().map(|date| date.year()).max();
            listed.is_some_and(|listed| told.iter().any(|at| time::date(calendar.zone, *at).year() > listed))
        });
        let judged = Judged {
            cycle,
            status,
            due,
            at_risk,
            elapsed: elapsed.div_euclid(SECOND),
            window: window.map(|window| window.div_euclid(SECOND)),
            overrun: window.map_or(0, |window| (elapsed - window).max(0).div_euclid(SECOND)),
            calendar: calendar.filter(|_| allowed.business).map(|calendar| calendar.name.clone()),
            steps,
            past_the_holidays: past_the_holidays.map(|calendar| calendar.name.clone()),
        };
        self.see_judged(sla, &judged, allowed, &pauses, paused, unpaused);
        judged
    }

    /// `slas` and `actions`, and what there is to warn of. Instead of its key, an action tells what the key stands for.
    pub fn deadlines(&self, lead: &Json) -> (Json, Json, BTreeSet<(&'static str, String)>) {
        let (mut slas, mut actions, mut warnings) = (Vec::new(), Vec::new(), BTreeSet::new());
        for sla in &self.policy.slas {
            let standing = self.standing_of(sla);
            slas.push((sla.name.as_str(), self.told(sla, &standing)));
            let Standing::Cycles(cycles) = standing else { continue };
            let latest = cycles.last().unwrap();
            warnings.extend(latest.due.is_none().then(|| ("H0736", sla.name.clone())));
            let past_the_holidays = cycles.iter().filter_map(|one| one.past_the_holidays.clone());
            warnings.extend(past_the_holidays.map(|calendar| ("H0735", calendar)));
            for (place, (step, instant)) in sla.steps.iter().zip(&latest.steps).enumerate() {
                let Some(since) = instant.filter(|at| acts(&step.when, *at, latest, self.now)) else { continue };
                for (number, action) in step.actions.iter().enumerate() {
                    let start = latest.cycle.start;
                    let key = format!("{lead} {} {start} {place} {number}", sla.name);
                    actions.push(due_action(&sla.name, action, since, key));
                    self.seen.borrow_mut().add(format!("action: {}", action_name(action)));
                }
                self.see_step(&step.when, latest);
            }
        }
        (Json::object(slas), Json::List(actions), warnings)
    }

    fn told(&self, sla: &Sla, standing: &Standing) -> Json {
        let instant = |instant: Option<i64>| instant.map_or(Json::Null, |at| Json::text(rfc3339(at)));
        let seconds = |seconds: Option<i64>| seconds.map_or(Json::Null, Json::number);
        let (status, latest, count, missed) = match standing {
            Standing::None(status) => (*status, None, 0, 0),
            Standing::Cycles(cycles) => {
                let (latest, earlier) = cycles.split_last().unwrap();
                let missed =
                    |one: &&Judged| one.status == "breached" && self.applies_at(sla, one.cycle.start) == Outcome::Met;
                (latest.status, Some(latest), cycles.len(), earlier.iter().filter(missed).count())
            }
        };
        let mut seen = self.seen.borrow_mut();
        seen.add(format!("sla: {status}"));
        seen.add_if(count > 1, "sla: several cycles");
        seen.add_if(missed > 0, "sla: missed before");
        Json::object(vec![
            ("status", Json::text(status)),
            ("started_at", instant(latest.map(|one| one.cycle.start))),
            ("due_at", instant(latest.and_then(|one| one.due))),
            ("at_risk_at", instant(latest.and_then(|one| one.at_risk))),
            ("stopped_at", instant(latest.and_then(|one| one.cycle.end).map(|(at, _)| at))),
            ("elapsed_seconds", seconds(latest.map(|one| one.elapsed))),
            ("window_seconds", seconds(latest.and_then(|one| one.window))),
            ("overrun_seconds", seconds(latest.map(|one| one.overrun))),
            ("calendar", latest.and_then(|one| one.calendar.clone()).map_or(Json::Null, Json::Text)),
            ("cycles", Json::number(count)),
            ("missed_before", Json::number(missed)),
            ("policy_version", Json::number(self.policy.version)),
        ])
    }

    fn see_absent(&self, sla: &Sla, some_absent: bool, no_start: bool, applies: Outcome) {
        let mut seen = self.seen.borrow_mut();
        if sla.applies.is_some() {
            seen.add(format!("for leads where: {}", applies.word()));
        }
        seen.add_if(some_absent && no_start, "sla: an absent log, and no start");
        seen.add_if(some_absent && !no_start, "sla: an absent log, and a start or none to be known");
    }

    fn see_step(&self, when: &When, latest: &Judged) {
        let ended = if latest.cycle.end.is_some() { "an ended" } else { "an open" };
        let what = match when {
            When::Percent(_) => "after a share".to_owned(),
            When::After(span) => format!("after {}", unit(*span)),
            When::Missed => "if missed".to_owned(),
        };
        self.seen.borrow_mut().add(format!("step: {what}"));
        self.seen.borrow_mut().add(format!("step: in {ended} cycle"));
    }

    /// Notes which of the situations of a clock this is.
    fn see_judged(
        &self,
        sla: &Sla,
        judged: &Judged,
        allowed: Span,
        pauses: &[(i64, i64)],
        paused: bool,
        unpaused: Option<i64>,
    ) {
        let Cycle { start, end } = judged.cycle;
        let until = end.map_or(self.now, |(at, _)| at);
        let mut seen = self.seen.borrow_mut();
        seen.add(format!("time allowed: {}", unit(allowed)));
        seen.add_if(allowed.count == 0, "time allowed: none");
        let Some((due, unpaused)) = judged.due.zip(unpaused) else {
            seen.add(if end.is_some() { "never due: ended" } else { "never due: open" });
            seen.add_if(unpaused.is_some(), "never due: by a pause");
            seen.add_if(paused && end.is_none(), "never due: paused");
            return;
        };
        let late = if until > due { "late" } else { "in time" };
        let how = match end {
            None => "still open",
            Some((_, End::Stopped)) => "stopped",
            Some((_, End::Cancelled)) => "cancelled",
            Some((_, End::HandedOn)) => "handed on",
        };
        seen.add(format!("{how}: {late}"));
        seen.add_if(until == due, &format!("{how}: exactly at due"));
        seen.add_if(until == due + 1, &format!("{how}: a microsecond after due"));
        seen.add_if(until > due && paused && end.is_none(), "still open: late, and paused");
        seen.add_if(judged.at_risk == Some(self.now) && end.is_none(), "at risk: exactly now");
        seen.add_if(pauses.iter().any(|pause| pause.0 == start), "pause: from the start");
        seen.add_if(pauses.iter().any(|pause| pause.0 == due), "pause: from due on");
        seen.add_if(pauses.iter().any(|pause| pause.0 > due), "pause: after due");
        seen.add_if(pauses.iter().any(|pause| unpaused < pause.0 && pause.0 < due), "pause: before due, as moved");
        seen.add_if(due > unpaused, "pause: moves due");
        seen.add_if(pauses.len() > 1, "pause: several");
        if let Some(calendar) = &judged.calendar {
            let calendar = self.policy.calendar_of(calendar);
            let closed = |pause: &(i64, i64)| business::stretches(calendar, pause.0, pause.1).is_empty();
            seen.add_if(pauses.iter().any(closed), "pause: in closed hours");
            let close = !business::stretches(calendar, due - 1, due).is_empty()
                && business::stretches(calendar, due, due + 1).is_empty();
            seen.add_if(close, "due: at a close");
            seen.add_if(business::first_open(calendar, start) != Some(start), "start: out of hours");
            seen.add_if(business::stretches(calendar, start - 1, start).len() == 1, "start: in hours, or at a close");
            business::crossed(calendar, start, due).into_iter().for_each(|what| seen.add(what));
        }
        seen.add_if(sla.at_risk.is_none(), "at risk: not named");
    }
}

/// `if missed` acts once the cycle is breached; any other step when its instant has come, and before the cycle's end.
fn acts(when: &When, instant: i64, latest: &Judged, now: i64) -> bool {
    match when {
        When::Missed => latest.status == "breached",
        _ => instant <= now && latest.cycle.end.is_none_or(|(end, _)| instant < end),
    }
}

fn due_action(sla: &str, action: &Action, since: i64, key: String) -> Json {
    let mut told = vec![("sla", Json::text(sla)), ("do", Json::text(action_name(action)))];
    match action {
        Action::CountAsWasted => {}
        Action::Notify(who) | Action::ReturnTo(who) | Action::AssignTo(who) => told.push(("who", Json::text(who))),
        Action::Task(what) => told.push(("what", Json::text(what))),
    }
    told.extend([("since", Json::text(rfc3339(since))), ("key", Json::Text(key))]);
    Json::object(told)
}

fn action_name(action: &Action) -> &'static str {
    match action {
        Action::CountAsWasted => "count_as_wasted",
        Action::Notify(_) => "notify",
        Action::ReturnTo(_) => "return_to",
        Action::AssignTo(_) => "assign_to",
        Action::Task(_) => "task",
    }
}

/// A unit by its name.
fn unit(span: Span) -> String {
    let unit = format!("{:?}s", span.unit).to_lowercase();
    if span.business { format!("business {unit}") } else { unit }
}
