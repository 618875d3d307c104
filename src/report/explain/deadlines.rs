//! Deadlines, each worked out as one would on paper with a calendar.

use crate::report::prose::words::{count, duration as duration_in_words, list, thousands};
use chrono::{DateTime, NaiveDate, Utc};

use super::page::{Branch, Mark};
use super::tree::Trees;
use super::words::{Case, place};
use crate::engine::SlaDecision;
use crate::engine::trace::{Count, Ended, SlaTrace, Stretch};
use crate::policy::{Duration, Policy, Sla, SlaStatus, Unit};
use crate::report::prose::when::{Wall, length};
use crate::report::worklist::action_in_words;

/// So many stretches, days or pauses stand one by one.
const MOST_SHOWN: usize = 10;

/// One SLA: what became of it, and how its deadline was counted.
pub fn sla<'a>(case: &Case<'a>, trees: &Trees<'a>, versions: &[&'a Policy], trace: &'a SlaTrace) -> Branch {
    let Some(decided) = case.decision.slas.get(&trace.name) else { return Branch::default() };
    let policy = versions.iter().find(|policy| policy.version == trace.policy_version).copied().unwrap_or(case.policy);
    let declared = policy.slas.iter().find(|sla| *sla.name == *trace.name);
    let zone = trace.zone.parse().unwrap_or(case.policy.zone);
    let wall = Wall::new(zone, case.decision.as_of);
    let mut branch = Branch::new(mark(trace.status), format!("{}: {}", trace.name, status(decided, wall)));
    branch.place = place(trace.line, None);
    if policy.version != case.policy.version {
        branch.notes.push(format!("judged by version {}, in effect when the clock started", policy.version));
    }
    branch.notes.extend(declared.and_then(|sla| sla.because.as_ref()).map(|why| format!("because: {why}")));
    if let Some(applies) = &trace.applies {
        let holds = Branch::new(Mark::None, "for leads where");
        branch.children.push(Branch { children: vec![trees.judged_elsewhere(applies)], ..holds });
    }
    let allowed = trace.allowed.iter().position(|line| line.taken == Some(true));
    if let (Some(at), Some(count)) = (allowed, &trace.count) {
        branch.children.push(time_allowed(trees, trace, at));
        let duration = declared.map(|sla| allowed_of(sla, at));
        branch.children.push(worked(count, duration, decided, trace, wall));
        branch.children.extend(so_far(count, decided, wall));
    }
    branch.children.extend(earlier(trace, decided, wall));
    let due = case.decision.actions.iter().filter(|action| *action.sla == *trace.name);
    branch.children.extend(due.map(|action| {
        Branch::new(
            Mark::None,
            format!("to do since {}: {}", wall.moment(action.since), action_in_words(&action.action)),
        )
    }));
    branch
}

fn mark(status: SlaStatus) -> Mark {
    match status {
        SlaStatus::Met => Mark::Met,
        SlaStatus::Breached => Mark::NotMet,
        SlaStatus::Unknown => Mark::Unknown,
        _ => Mark::None,
    }
}

/// `running, due Tue 10 Mar 14:30 EET`
fn status(decided: &SlaDecision, wall: Wall) -> String {
    let at =
        |at: Option<DateTime<Utc>>, word: &str| at.map_or(String::new(), |at| format!(", {word} {}", wall.in_zone(at)));
    let due = at(decided.due_at, "due");
    let stopped = at(decided.stopped_at, "answered");
    match decided.status {
        SlaStatus::NotApplicable => "does not hold for this lead".to_owned(),
        SlaStatus::NotStarted => "the clock has not started".to_owned(),
        SlaStatus::Running => format!("running{due}"),
        SlaStatus::AtRisk => format!("at risk{due}"),
        SlaStatus::Paused => format!("paused{due}"),
        SlaStatus::Met => format!("kept{due}{stopped}"),
        SlaStatus::Breached if decided.stopped_at.is_some() => format!("missed{due}{stopped}"),
        SlaStatus::Breached => format!("missed{due}, and still open"),
        SlaStatus::Cancelled => format!("cancelled{}", at(decided.stopped_at, "on")),
        SlaStatus::HandedOn => format!("handed on{}", at(decided.stopped_at, "on")),
        SlaStatus::Unknown => "not known".to_owned(),
    }
}

/// The line of the table that was taken, and those above it that were not.
fn time_allowed<'a>(trees: &Trees<'a>, trace: &'a SlaTrace, taken: usize) -> Branch {
    let words = |text: &str| text.strip_prefix("time allowed ").unwrap_or(text).to_owned();
    let line = trace.allowed.get(taken);
    let mut branch =
        Branch::new(Mark::None, format!("time allowed: {}", line.map_or(String::new(), |line| words(&line.text))));
    branch.place = line.and_then(|line| place(line.line, line.file.as_deref()));
    let tests = trace.allowed.iter().take(taken + 1).filter_map(|line| line.children.first());
    branch.children = tests.map(|test| trees.judged_elsewhere(test)).collect();
    branch
}

fn allowed_of(sla: &Sla, line: usize) -> Duration {
    sla.allowed.lines.get(line).map_or(sla.allowed.otherwise, |(duration, _)| *duration)
}

/// `Fri 6 Mar 16:40 + 2 business days (Sofia office)`, day by day or stretch by stretch, and when it is due.
fn worked(count: &Count, allowed: Option<Duration>, decided: &SlaDecision, trace: &SlaTrace, wall: Wall) -> Branch {
    let start = decided.started_at.or(count.from);
    let when = start.map_or_else(|| "the start".to_owned(), |at| wall.moment(at));
    let amount = allowed.map(|it| format!(" + {}", duration_in_words(it))).unwrap_or_default();
    let office = trace.calendar.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let due = decided.due_at.map_or_else(|| "it is never due".to_owned(), |at| format!("due {}", wall.in_zone(at)));
    let mut branch = Branch::new(Mark::None, format!("{when}{amount}{office}: {due}"));
    if let (Some(from), Some(start)) = (count.from, start)
        && from != start
    {
        branch.children.push(said(format!("closed at the start: time counts from {}", wall.moment(from))));
    }
    if trace.calendar.is_some() {
        let days = allowed.is_some_and(|it| it.unit == Unit::BusinessDays);
        branch.children.extend(if days { by_days(count, allowed, wall) } else { by_stretches(&count.to_due, wall) });
    }
    let skipped = skipped(count, wall);
    if !skipped.is_empty() {
        branch.children.push(said(format!("skipped: {}", list(&skipped, MOST_SHOWN))));
    }
    for pause in count.pauses.iter().take(MOST_SHOWN) {
        let until = if pause.open { "until now".to_owned() } else { format!("to {}", wall.moment(pause.until)) };
        let took = if pause.micros == 0 { "no open time".to_owned() } else { length(pause.micros) };
        branch.children.push(said(format!("paused {} {until}: {took} added", wall.moment(pause.from))));
    }
    let more = count.pauses.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        branch.children.push(said(format!("and {} more pauses", thousands(more))));
    }
    if let Some(unpaused) = count.unpaused_due_at.filter(|_| !count.pauses.is_empty()) {
        branch.children.push(said(format!("without pauses it would be due {}", wall.in_zone(unpaused))));
    }
    branch
}

fn said(text: String) -> Branch {
    Branch::new(Mark::None, text)
}

/// `Mon 9 Mar is day 1, Tue 10 Mar is day 2`: the days after the first that are open at all.
fn by_days(count: &Count, allowed: Option<Duration>, wall: Wall) -> Vec<Branch> {
    let first = count.from.map(|from| wall.date(from));
    let mut days: Vec<NaiveDate> = count.to_due.iter().map(|it| wall.date(it.from)).collect();
    days.dedup();
    days.retain(|day| Some(*day) != first);
    let wanted = allowed.map_or(0, |it| it.amount as usize);
    let named: Vec<String> = days
        .iter()
        .take(wanted)
        .enumerate()
        .map(|(at, day)| format!("{} is day {}", wall.day_of(*day), at + 1))
        .collect();
    let shown = named.len().min(MOST_SHOWN);
    let (first, rest) = named.split_at(shown);
    let mut text = first.join(", ");
    if let Some(last) = rest.last() {
        text.push_str(&format!(" … {last}"));
    }
    if text.is_empty() { Vec::new() } else { vec![said(text)] }
}

/// Each stretch of open time, and what they come to.
fn by_stretches(stretches: &[Stretch], wall: Wall) -> Vec<Branch> {
    let mut lines: Vec<Branch> = stretches
        .iter()
        .take(MOST_SHOWN)
        .map(|it| said(format!("{}: {}", wall.stretch(it.from, it.until), length(it.micros))))
        .collect();
    let rest = stretches.get(MOST_SHOWN..).unwrap_or_default();
    if !rest.is_empty() {
        let micros = rest.iter().map(|it| it.micros).sum();
        lines.push(said(format!("{}: {}", count(rest.len(), "later stretch", "later stretches"), length(micros))));
    }
    if stretches.len() > 1 {
        lines.push(said(format!("together {}", length(stretches.iter().map(|it| it.micros).sum()))));
    }
    lines
}

/// Days that nothing was counted on: weekends in one, holidays by name.
fn skipped(count: &Count, wall: Wall) -> Vec<String> {
    let day = |it: &crate::engine::trace::Skipped| {
        let name = it.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{}{name}", wall.day_of(it.date))
    };
    // What was closed after the deadline made no difference to it.
    let due = count.due_at.map(|due| wall.date(due));
    count.skipped.iter().filter(|it| due.is_none_or(|due| it.date <= due)).map(day).collect()
}

/// How much time has counted.
fn so_far(count: &Count, decided: &SlaDecision, wall: Wall) -> Vec<Branch> {
    let elapsed: i64 = count.elapsed.iter().map(|it| it.micros).sum();
    let window = decided.window_seconds.map(|seconds| seconds.saturating_mul(1_000_000));
    let of = window.map(|window| format!(" of {}", length(window))).unwrap_or_default();
    let word = if decided.stopped_at.is_some() { "counted until the end" } else { "counted so far" };
    let over = decided.overrun_seconds.filter(|seconds| *seconds > 0);
    let over = over.map(|seconds| format!(", {} too long", length(seconds.saturating_mul(1_000_000))));
    let mut lines = vec![said(format!("{word}: {}{of}{}", length(elapsed), over.unwrap_or_default()))];
    let running = matches!(decided.status, SlaStatus::Running | SlaStatus::AtRisk | SlaStatus::Paused);
    if let Some(at) = decided.at_risk_at.filter(|_| running) {
        lines.push(said(format!("at risk from {}", wall.in_zone(at))));
    }
    lines
}

/// The cycles before the one that is judged.
fn earlier(trace: &SlaTrace, decided: &SlaDecision, wall: Wall) -> Option<Branch> {
    let (_, before) = trace.cycles.split_last().filter(|(_, before)| !before.is_empty())?;
    let times = count(before.len(), "time", "times");
    let text = format!("the clock ran {times} before; {} missed", thousands(decided.missed_before as usize));
    let lines = before.iter().rev().take(MOST_SHOWN).map(|cycle| {
        let how = match cycle.ended {
            Some(Ended::Stopped) => ", answered",
            Some(Ended::Cancelled) => ", cancelled",
            Some(Ended::HandedOn) => ", handed on",
            _ => "",
        };
        let until = cycle.until.map(|until| format!(" to {}", wall.moment(until))).unwrap_or_default();
        said(format!("{}{until}{how}", wall.moment(cycle.from)))
    });
    Some(Branch { children: lines.collect(), ..said(text) })
}
