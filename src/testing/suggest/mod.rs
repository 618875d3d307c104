//! Leads that would show what the tests do not.
//!
//! The search starts from the leads of the suites and from one of whom nothing is known. It changes them, by values at the
//! policy's own thresholds and just beside them, decides each, and goes on from those in which something came out as in
//! none before. What shows a goal is then cut down to what the goal needs. The budget is counted in leads, never in time,
//! and chance is the same every time.

mod moves;
mod write;

use std::collections::HashSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::Value;

use super::WHOLE;
use super::coverage::{Coverage, Coverages, Goal};
use super::lead::{dated, place, put, with_empty_logs};
use crate::engine::next::Fact;
use crate::engine::{Decision, Evaluator, Outcome, With, Worker};
use crate::policy::{FieldRef, Policy, Type};

use moves::{Move, Words, moves};

/// So many leads are decided for one policy.
const BUDGET: usize = 12_000;
/// So many hundredths of a point are a level of a score.
const LEVEL: i64 = 500;
/// So many of the leads of suites are started from.
const MOST_STARTS: usize = 40;
/// In so many of the starts each change is tried alone.
const SINGLE_STARTS: usize = 4;
/// Up to so many changes are tried together.
const MOST_TOGETHER: usize = 3;

/// Tests that would see what those of each policy have not, as suites to paste from.
pub fn suggestions(all: &Coverages) -> String {
    let suites = all.covered().iter().map(|it| {
        let mut search = Search::new(&it.policy, it.coverage.clone(), &it.leads);
        search.run();
        let found = search.finish();
        write::suite(&it.policy, &it.coverage, &search.coverage, &found)
    });
    suites.collect::<Vec<_>>().join("---\n")
}

/// A lead that shows something new.
struct Found {
    lead: Value,
    now: DateTime<Utc>,
    goals: Vec<Goal>,
    decision: Decision,
}

struct Search<'a> {
    policy: &'a Policy,
    /// Before the search.
    before: Coverage,
    coverage: Coverage,
    worker: Worker,
    /// The leads to go on from.
    starts: Vec<(Value, DateTime<Utc>)>,
    /// How steps of decisions came out so far, by their places, in each stage.
    known: HashSet<(usize, Outcome, Option<usize>)>,
    /// The levels of scores so far, by their places, and whether the lead was in a stage.
    levels: HashSet<(usize, i64, bool)>,
    found: Vec<(Value, DateTime<Utc>)>,
    spent: usize,
    chance: Chance,
}

impl<'a> Search<'a> {
    fn new(policy: &'a Policy, coverage: Coverage, leads: &[(String, DateTime<Utc>)]) -> Search<'a> {
        let leads: Vec<(Value, DateTime<Utc>)> = leads
            .iter()
            .filter(|(_, at)| is_in_effect(policy, *at))
            .filter_map(|(lead, at)| Some((serde_json::from_str(lead).ok()?, *at)))
            .take(MOST_STARTS)
            .collect();
        let now = leads.first().map_or_else(|| now(policy), |(_, at)| *at);
        let mut starts = vec![(with_empty_logs(policy), now)];
        starts.extend(leads);
        Search {
            policy,
            before: coverage.clone(),
            coverage,
            worker: Evaluator::only(policy.clone(), now, WHOLE).worker(),
            starts,
            known: HashSet::new(),
            levels: HashSet::new(),
            found: Vec::new(),
            spent: 0,
            chance: Chance(0x9e37_79b9_7f4a_7c15),
        }
    }

    fn run(&mut self) {
        for (lead, now) in self.starts.clone() {
            self.look(lead, now);
        }
        self.next_steps();
        let starts = self.starts.clone();
        for (start, now) in starts.iter().take(SINGLE_STARTS) {
            for change in &moves(self.policy, *now) {
                self.try_with(start, *now, &[change]);
            }
        }
        let all = moves(self.policy, starts.first().map_or(DateTime::UNIX_EPOCH, |(_, now)| *now));
        while !self.is_over() {
            let start = self.chance.below(self.starts.len());
            let Some((start, now)) = self.starts.get(start).cloned() else { return };
            let count = 1 + self.chance.below(MOST_TOGETHER);
            let places: Vec<usize> = (0..count).map(|_| self.chance.below(all.len())).collect();
            let changes: Vec<&Move> = places.into_iter().filter_map(|place| all.get(place)).collect();
            self.try_with(&start, now, &changes);
        }
    }

    fn is_over(&self) -> bool {
        self.spent >= BUDGET || self.coverage.share.covered == self.coverage.share.possible
    }

    fn try_with(&mut self, start: &Value, now: DateTime<Utc>, changes: &[&Move]) {
        if !self.is_over() {
            let mut lead = start.clone();
            changes.iter().for_each(|change| change.apply(&mut lead));
            self.look(lead, now);
        }
    }

    /// Decides a lead; keeps it where it shows something new.
    fn look(&mut self, lead: Value, now: DateTime<Utc>) {
        let Some(decision) = self.decide(&lead, now) else { return };
        let stage = self.policy.stages.iter().position(|stage| decision.stage.as_deref() == Some(stage.name.as_str()));
        let mut is_new = false;
        // Points lead to thresholds step by step, so each few of them are something new.
        for (place, (_, points)) in decision.scores.iter().enumerate() {
            is_new |= self.levels.insert((place, points.hundredths() / LEVEL, stage.is_some()));
        }
        for (place, outcome) in self.worker.outcomes().iter().enumerate() {
            is_new |= self.known.insert((place, *outcome, stage));
        }
        let before = self.coverage.share.covered;
        self.coverage.observe(&mut self.worker, &decision);
        if self.coverage.share.covered > before {
            self.found.push((lead.clone(), now));
            is_new = true;
        }
        if is_new && !self.starts.iter().any(|(own, _)| *own == lead) {
            self.starts.push((lead, now));
        }
    }

    fn decide(&mut self, lead: &Value, now: DateTime<Utc>) -> Option<Decision> {
        self.spent += 1;
        self.worker.at(now);
        self.worker.decide(lead.to_string()).ok()
    }

    /// What would reach the stages that the first leads are not in.
    fn next_steps(&mut self) {
        let mut worker = Evaluator::only(self.policy.clone(), DateTime::UNIX_EPOCH, WHOLE.and(With::Next)).worker();
        for (lead, now) in self.starts.clone().into_iter().take(SINGLE_STARTS) {
            worker.at(now);
            let Some(next) = worker.decide(lead.to_string()).ok().and_then(|decision| decision.next) else { continue };
            let sets = next.iter().flat_map(|(_, stage)| &stage.sets);
            let leads: Vec<_> = sets.filter_map(|set| self.with_facts(lead.clone(), now, set)).collect();
            leads.into_iter().for_each(|(lead, now)| self.look(lead, now));
        }
    }

    fn with_facts(&self, mut lead: Value, mut now: DateTime<Utc>, set: &[Fact]) -> Option<(Value, DateTime<Utc>)> {
        for fact in set {
            match fact {
                Fact::Ask { field, value, .. } | Fact::Change { field, value, .. } => {
                    let field = self.policy.fields.iter().find(|own| *own.dotted() == **field)?;
                    put(&mut lead, &field.path, serde_json::to_value(value.in_the_open()).ok()?);
                }
                Fact::Event { event, at, .. } => {
                    let event = self.policy.events.iter().find(|own| *own.name == **event)?;
                    match (event.from.and_then(|list| self.policy.fields.get(list.index())), event.dated_by) {
                        (Some(list), _) => {
                            let words = Words::of(self.policy, now);
                            let items = at.iter().filter_map(|at| words.item(event, list, *at)).collect();
                            Move::Add { log: list.path.clone(), items }.apply(&mut lead);
                        }
                        (None, FieldRef::Lead(id)) => {
                            let field = self.policy.fields.get(id.index())?;
                            let at = at.first()?.timestamp_micros();
                            put(&mut lead, &field.path, dated(self.policy, field, at));
                        }
                        (None, FieldRef::Item(_)) => return None,
                    }
                }
                Fact::Wait { until, .. } => now = *until,
                Fact::Never { .. } => return None,
            }
        }
        Some((lead, now))
    }

    /// Cuts each lead down, and leaves out those that show nothing which the others do not.
    fn finish(&mut self) -> Vec<Found> {
        let mut open = self.before.clone();
        let mut kept = Vec::new();
        // Later leads often show what earlier ones do, and more.
        for (lead, now) in std::mem::take(&mut self.found).into_iter().rev() {
            let goals = self.shown(&open, &lead, now);
            if goals.is_empty() {
                continue;
            }
            let lead = self.cut_down(lead, now, &open, &goals);
            let Some(decision) = self.decide(&lead, now) else { continue };
            open.observe(&mut self.worker, &decision);
            kept.push(Found { lead, now, goals, decision });
        }
        kept.reverse();
        kept
    }

    /// The goals that a lead shows.
    fn shown(&mut self, open: &Coverage, lead: &Value, now: DateTime<Utc>) -> Vec<Goal> {
        let Some(decision) = self.decide(lead, now) else { return Vec::new() };
        let mut after = open.clone();
        after.observe(&mut self.worker, &decision);
        let left = after.goals();
        open.goals().into_iter().filter(|goal| !left.contains(goal)).collect()
    }

    /// The lead without whatever its goals do not need.
    fn cut_down(&mut self, lead: Value, now: DateTime<Utc>, open: &Coverage, goals: &[Goal]) -> Value {
        let mut lead = lead;
        let logs: Vec<&[String]> =
            self.policy.fields.iter().filter(|it| it.ty == Type::Items).map(|it| it.path.as_slice()).collect();
        loop {
            let smaller = without_one(&lead, &logs).into_iter().find(|candidate| {
                let still = self.shown(open, candidate, now);
                goals.iter().all(|goal| still.contains(goal))
            });
            match smaller {
                Some(smaller) => lead = smaller,
                None => return lead,
            }
        }
    }
}

/// The lead without one of its values or items, for each of them. A log stays though it is empty: one that is absent is
/// another thing.
fn without_one(lead: &Value, logs: &[&[String]]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = Vec::new();
    leave_out(lead, lead, logs, &mut path, &mut all);
    all
}

fn leave_out(lead: &Value, value: &Value, logs: &[&[String]], path: &mut Vec<String>, all: &mut Vec<Value>) {
    match value {
        Value::Object(entries) => {
            for (key, below) in entries {
                if !logs.iter().any(|log| log.split_last().is_some_and(|(last, above)| last == key && above == *path)) {
                    let mut fewer = entries.clone();
                    fewer.remove(key);
                    all.push(with(lead, path, Value::Object(fewer)));
                }
                path.push(key.clone());
                leave_out(lead, below, logs, path, all);
                path.pop();
            }
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(at);
                all.push(with(lead, path, Value::Array(fewer)));
            }
        }
        _ => {}
    }
}

fn with(lead: &Value, path: &[String], value: Value) -> Value {
    let mut lead = lead.clone();
    place(&mut lead, path).into_iter().for_each(|place| *place = value.clone());
    lead
}

fn is_in_effect(policy: &Policy, at: DateTime<Utc>) -> bool {
    let today = at.with_timezone(&policy.zone).date_naive();
    policy.effective_from.is_none_or(|from| from <= today) && policy.effective_until.is_none_or(|to| today <= to)
}

/// As of when leads are judged where no test says that: far from the ends of weeks and years, and while the policy is in
/// effect.
fn now(policy: &Policy) -> DateTime<Utc> {
    let examples = policy.examples.iter().filter_map(|example| DateTime::from_timestamp_micros(example.at));
    let later = policy.effective_from.and_then(|from| from.checked_add_days(Days::new(60)));
    let tuesday = NaiveDate::from_ymd_opt(2026, 3, 10);
    let days = [tuesday, later, policy.effective_from, policy.effective_until].into_iter().flatten();
    let noons = days.filter_map(|day| Some(day.and_hms_opt(12, 0, 0)?.and_utc()));
    examples.chain(noons).find(|at| is_in_effect(policy, *at)).unwrap_or_default()
}

/// Numbers by chance, the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }
}
