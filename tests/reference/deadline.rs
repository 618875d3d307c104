//! §8: how an SLA stands, and what is to be done about it.

use std::collections::BTreeSet;

use chrono::Datelike;

use crate::business;
use crate::clock::{self, Cycle, End, Happened, Pause};
use crate::decide::Case;
use crate::exact::Exact;
use crate::json::Json;
use crate::model::{Calendar, Outcome, Policy, Span, Unit};
use crate::sla::{Action, Sla, Table, When};
use crate::time::{self, SECOND, rfc3339};
use crate::truth::At;

/// What a clock counts: all time, or the open time of a calendar.
#[derive(Clone, Copy)]
enum Counted<'a> {
    All,
    Open(&'a Calendar),
}

/// A cycle of a clock, judged by the SLA of a policy.
pub struct Judged<'a> {
    sla: &'a Sla,
    version: i64,
    pub cycle: Cycle,
    pub status: &'static str,
    pub due: Option<i64>,
    pub at_risk: Option<i64>,
    /// Before the latest.
    missed: bool,
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
pub enum Standing<'a> {
    /// With the version that says so.
    None(&'static str, i64),
    Cycles(Vec<Judged<'a>>),
}

/// `slas` and `actions`, and what there is to warn of.
pub struct Deadlines {
    pub slas: Json,
    pub actions: Json,
    pub warnings: BTreeSet<(&'static str, String)>,
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

/// A lead by the versions of a policy up to now, the last of which judges it.
pub struct Versions<'a>(pub Vec<Case<'a>>);

impl<'a> Versions<'a> {
    /// Each cycle is judged by the version in effect when it started.
    pub fn standing_of(&self, sla: &'a Sla) -> Standing<'a> {
        let judging = self.0.last().unwrap();
        let of_that_name = |case: &'a Policy| case.slas.iter().find(|one| one.name == sla.name);
        let slas: Vec<(&Case<'a>, &'a Sla)> =
            self.0.iter().filter_map(|case| Some((case, of_that_name(case.policy)?))).collect();
        let happened: Vec<Happened> = slas.iter().map(|(case, sla)| case.happened_to(sla)).collect();
        let alone = self.0.len() == 1;
        let in_effect_at = |instant| slas.iter().position(|(case, _)| alone || case.in_effect_at(instant));
        let cycles = clock::cycles(&happened, in_effect_at, &mut judging.seen.borrow_mut());
        let kept: Vec<_> =
            cycles.into_iter().map(|(version, cycle)| (slas[version].0, slas[version].1, cycle)).collect();
        let (asked, by, asked_at) = match kept.last() {
            Some((version, sla, cycle)) => (*version, *sla, cycle.start),
            None => (judging, sla, judging.now),
        };
        let absent = |case: &Case, event: &String| case.occurrences(event).is_none();
        let no_start =
            kept.is_empty() && !slas.iter().any(|(case, sla)| sla.starts.iter().any(|one| absent(case, one)));
        let some_absent = slas.iter().any(|(case, sla)| sla.events().any(|one| absent(case, one)));
        let applies = asked.applies_at(by, asked_at);
        judging.see_absent(by, some_absent, no_start, applies);
        match applies {
            Outcome::NotMet => return Standing::None("not_applicable", judging.policy.version),
            Outcome::Unknown => return Standing::None("unknown", judging.policy.version),
            Outcome::Met if no_start => return Standing::None("not_started", judging.policy.version),
            Outcome::Met if some_absent => return Standing::None("unknown", judging.policy.version),
            Outcome::Met => {}
        }
        let count = kept.len();
        let judged = |(place, (version, sla, cycle)): (usize, (&Case<'a>, &'a Sla, Cycle))| {
            version.judged(sla, cycle, &version.pauses_of(sla), place + 1 == count)
        };
        Standing::Cycles(kept.into_iter().enumerate().map(judged).collect())
    }

    /// Instead of its key, an action tells what the key stands for.
    pub fn deadlines(&self, lead: &Json) -> Deadlines {
        let (mut slas, mut actions, mut warnings) = (Vec::new(), Vec::new(), BTreeSet::new());
        let judging = self.0.last().unwrap();
        for sla in &judging.policy.slas {
            let standing = self.standing_of(sla);
            slas.push((sla.name.as_str(), judging.told(&standing)));
            let Standing::Cycles(cycles) = standing else { continue };
            let latest = cycles.last().unwrap();
            warnings.extend(latest.due.is_none().then(|| ("H0736", sla.name.clone())));
            let past_the_holidays = cycles.iter().filter_map(|one| one.past_the_holidays.clone());
            warnings.extend(past_the_holidays.map(|calendar| ("H0735", calendar)));
            for (place, (step, instant)) in latest.sla.steps.iter().zip(&latest.steps).enumerate() {
                let Some(since) = instant.filter(|at| acts(&step.when, *at, latest, judging.now)) else { continue };
                for (number, action) in step.actions.iter().enumerate() {
                    let start = latest.cycle.start;
                    let key = format!("{lead} {} {start} {place} {number}", sla.name);
                    actions.push(due_action(&sla.name, action, since, key));
                    judging.seen.borrow_mut().add(format!("action: {}", action_name(action)));
                }
                judging.see_step(&step.when, latest);
            }
            let seen = &mut judging.seen.borrow_mut();
            seen.add_if(latest.version != judging.policy.version, "versions: the latest cycle is an earlier one's");
            let other = cycles.iter().any(|one| one.version != latest.version);
            seen.add_if(other, "versions: cycles of several");
            let missed = cycles.iter().any(|one| one.version != latest.version && one.missed);
            seen.add_if(missed, "versions: missed under an earlier one");
        }
        Deadlines { slas: Json::object(slas), actions: Json::List(actions), warnings }
    }
}

impl<'a> Case<'a> {
    fn instants(&self, events: &[String]) -> BTreeSet<i64> {
        events.iter().flat_map(|event| self.occurrences(event).unwrap_or_default()).collect()
    }

    /// What the logs tell of, where some are absent.
    fn happened_to(&self, sla: &Sla) -> Happened {
        Happened {
            starts: self.instants(&sla.starts),
            stops: self.instants(&sla.stops),
            cancels: self.instants(&sla.cancels),
            restarts: self.instants(&sla.restarts),
        }
    }

    fn pauses_of(&self, sla: &Sla) -> Vec<Pause> {
        let of_a_line = |(from, until): &(String, String)| {
            let [from, until] = [from, until].map(|event| self.instants(std::slice::from_ref(event)));
            clock::pauses(&from, &until, &mut self.seen.borrow_mut())
        };
        sla.pauses.iter().flat_map(of_a_line).collect()
    }

    /// Whether an instant is within the policy's dates of effect, both included.
    pub fn in_effect_at(&self, instant: i64) -> bool {
        let date = time::date(self.policy.zone(), instant);
        self.policy.effective_from.is_none_or(|from| from <= date)
            && self.policy.effective_until.is_none_or(|until| date <= until)
    }

    fn applies_at(&self, sla: &Sla, instant: i64) -> Outcome {
        let outcome = |condition| self.at(instant).outcome(condition, At::default());
        sla.applies.as_ref().map_or(Outcome::Met, outcome)
    }

    /// The line of a table that holds as of an instant.
    fn line<'t, T>(&self, table: &'t Table<T>, instant: i64, what: &str) -> &'t T {
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

    fn judged(&self, sla: &'a Sla, cycle: Cycle, pauses: &[Pause], latest: bool) -> Judged<'a> {
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
        let missed = !latest && status == "breached" && self.applies_at(sla, start) == Outcome::Met;
        // Time that ends where a year begins has not run past it, but a day counted there is one of that year.
        let counted_by = |span: Span, at: Option<i64>| {
            at.filter(|_| span.business).map(|at| if span.unit == Unit::Day { at } else { at - 1 })
        };
        let elapsed_by = |at: Option<i64>| at.filter(|_| allowed.business).map(|at| at - 1);
        let of_steps = sla.steps.iter().zip(&steps).map(|(step, at)| match step.when {
            When::After(span) => counted_by(span, *at),
            When::Percent(_) => elapsed_by(*at),
            When::Missed => None,
        });
        let of_the_clock = [counted_by(allowed, due), elapsed_by(at_risk), elapsed_by(Some(until))];
        // Of an earlier cycle nothing is told but whether it was missed.
        let told: Vec<i64> = match latest {
            true => of_steps.chain(of_the_clock).flatten().collect(),
            false if self.applies_at(sla, start) == Outcome::Met => counted_by(allowed, due).into_iter().collect(),
            false => Vec::new(),
        };
        let past_the_holidays = calendar.filter(|calendar| {
            let listed = calendar.holidays.iter().map(|date| date.year()).max();
            listed.is_some_and(|listed| told.iter().any(|at| time::date(calendar.zone, *at).year() > listed))
        });
        let judged = Judged {
            sla,
            version: self.policy.version,
            cycle,
            missed,
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

    fn told(&self, standing: &Standing) -> Json {
        let instant = |instant: Option<i64>| instant.map_or(Json::Null, |at| Json::text(rfc3339(at)));
        let seconds = |seconds: Option<i64>| seconds.map_or(Json::Null, Json::number);
        let (status, latest, version, count, missed) = match standing {
            Standing::None(status, version) => (*status, None, *version, 0, 0),
            Standing::Cycles(cycles) => {
                let latest = cycles.last().unwrap();
                (
                    latest.status,
                    Some(latest),
                    latest.version,
                    cycles.len(),
                    cycles.iter().filter(|one| one.missed).count(),
                )
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
            ("policy_version", Json::number(version)),
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
