//! What reports count of one lead: every occurrence, every stay and every clock, not only the latest.

use super::decision::PRIVATE;
use super::evaluate::{Setting, State};
use super::events::Occurrences;
use super::program::{Program, Slot, Step};
use super::reads::Reads;
use super::text::Set;
use super::truth::Outcome;
use super::verdict::Verdict;
use super::{Evaluator, Worker};
use crate::decimal::Decimal;
use crate::intake::{Cell, Lead, LeadError};
use crate::policy::{Cost, EventId, FieldRef, Policy, SlaStatus};
use crate::time::Instant;

/// Of one lead, what reports count. Instants are microseconds since 1970-01-01 UTC, lengths of time microseconds; things
/// are named by their places in the policy that decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What the field says by which leads are grouped, folded as comparisons see it, and as written; none where it is empty.
    pub group: Option<(String, String)>,
    /// The stage of the lead.
    pub stage: Option<usize>,
    /// The disqualifications that are met.
    pub disqualified_by: Vec<usize>,
    /// When it was handed over, in order.
    pub handed_over: Vec<Instant>,
    /// When it was accepted, in order.
    pub accepted: Vec<Instant>,
    /// When it was rejected, in order, and why.
    pub rejected: Vec<(Instant, Reason)>,
    /// When it was contacted, in order.
    pub contacted: Vec<Instant>,
    /// When it became what it was handed over for, in order.
    pub converted: Vec<Instant>,
    /// Whether a log that any of these is read from is absent: then nobody knows.
    pub unknown: bool,
    /// Its stays, stage by stage.
    pub stays: Vec<Stay>,
    /// Its clocks, SLA by SLA, each in order.
    pub clocks: Vec<ClockRun>,
    /// The actions that are due now: of which SLA, step and place there.
    pub due: Vec<(usize, usize, usize)>,
    /// The outcomes of the criteria, then of the items of checklists.
    pub outcomes: Vec<Outcome>,
    /// Of each of those that is unknown, the fields that are missing, by their slots.
    pub missing: Vec<(usize, usize)>,
    /// What it cost: an amount and its currency.
    pub cost: Option<(Decimal, String)>,
}

/// Why a lead was rejected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The place of a reason that the policy lists.
    Listed(usize),
    /// Another, as it was written.
    Other(String),
    /// None was given.
    None,
}

/// An uninterrupted time in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The place of the stage.
    pub stage: usize,
    /// When it was entered.
    pub from: Instant,
    /// When it was left, or a later stage entered; none while it is open.
    pub until: Option<Instant>,
    /// The business time from then until then, or until now; none without a calendar.
    pub business: Option<i64>,
}

/// One run of the clock of an SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockRun {
    /// The place of the SLA.
    pub sla: usize,
    /// When it started.
    pub start: Instant,
    /// What became of it.
    pub status: SlaStatus,
    /// Whether it has ended.
    pub ended: bool,
    /// How long it ran, as it counts, and how long it was allowed to; none where it is never due.
    pub elapsed: i64,
    /// See there.
    pub window: Option<i64>,
    /// By how much it is over, as it counts.
    pub overrun: i64,
}

/// What reports look at, compiled.
#[derive(Debug)]
pub struct AccountPlan {
    handed_over: Vec<usize>,
    accepted: Vec<usize>,
    rejected: Vec<usize>,
    contacted: Vec<usize>,
    converted: Vec<usize>,
    /// One for each reason that is listed.
    reasons: Vec<Set>,
    /// The events whose reasons nobody may see.
    private: Vec<usize>,
    group: Option<Slot>,
    cost: Option<Price>,
}

#[derive(Debug)]
enum Price {
    Fixed(Decimal, String),
    Slot(Slot),
}

/// The reason of one occurrence of a rejection.
pub type Given = (usize, Instant, Reason);

impl AccountPlan {
    pub fn new(policy: &Policy, reads: &Reads, by: Option<&str>) -> AccountPlan {
        let places = |events: &[EventId]| events.iter().map(|event| event.index()).collect();
        let handover = policy.handover.as_ref();
        let of =
            |get: fn(&crate::policy::Handover) -> &Vec<EventId>| handover.map_or_else(Vec::new, |it| places(get(it)));
        let group = by.and_then(|by| policy.fields.iter().position(|field| field.dotted() == by));
        let group = group.and_then(|at| u32::try_from(at).ok());
        let slot = |field| reads.slot(FieldRef::Lead(field), None);
        AccountPlan {
            handed_over: of(|it| &it.handed_over),
            accepted: of(|it| &it.accepted),
            rejected: of(|it| &it.rejected),
            contacted: of(|it| &it.contacted),
            converted: of(|it| &it.converted),
            reasons: handover.iter().flat_map(|it| &it.reasons).map(|it| Set::new([it.as_str()].into_iter())).collect(),
            private: (0..policy.events.len()).filter(|at| is_private(policy, *at)).collect(),
            group: group.map(|at| slot(crate::policy::FieldId(at))),
            cost: handover.and_then(|it| it.cost.as_ref()).map(|cost| match cost {
                Cost::Fixed(money) => Price::Fixed(money.amount, money.currency.clone()),
                Cost::Field(field) => Price::Slot(slot(*field)),
            }),
        }
    }

    /// Why a lead was rejected by an event.
    pub fn given(&self, event: usize, at: Instant, cell: Cell, lead: &Lead) -> Given {
        (event, at, self.reason(event, cell, lead))
    }

    fn reason(&self, event: usize, cell: Cell, lead: &Lead) -> Reason {
        let Cell::Text(text) = cell else { return Reason::None };
        match self.reasons.iter().position(|set| set.contains(lead.bytes(text))) {
            Some(listed) => Reason::Listed(listed),
            None if self.private.contains(&event) => Reason::Other(PRIVATE.to_owned()),
            None => Reason::Other(cut(lead.raw(text))),
        }
    }
}

/// Whether the reason of an event stands in a private field, or in a private list.
fn is_private(policy: &Policy, event: usize) -> bool {
    let Some(event) = policy.events.get(event) else { return false };
    let list = event.from.and_then(|list| policy.fields.get(list.index()));
    let field = match event.reason_in {
        Some(FieldRef::Lead(id)) => policy.fields.get(id.index()),
        Some(FieldRef::Item(item)) => list.and_then(|list| list.items.get(item as usize)),
        None => return false,
    };
    [list, field].into_iter().flatten().any(|field| field.private)
}

/// A text, cut to what fits in a table.
fn cut(raw: &str) -> String {
    match raw.char_indices().nth(LONGEST) {
        None => raw.to_owned(),
        Some((end, _)) => format!("{}…", raw.get(..end).unwrap_or_default()),
    }
}

/// Of a longer text only the beginning is kept: each different one is a row of a report.
const LONGEST: usize = 80;

impl Worker {
    /// What reports count of the lead that is the JSON object in `lead`, for an evaluator made by
    /// [`Evaluator::for_reports`].
    ///
    /// # Errors
    /// As [`Worker::decide`].
    pub fn account(&mut self, lead: impl AsRef<[u8]>) -> Result<Account, LeadError> {
        self.run(lead.as_ref())?;
        let mut account = Account::default();
        let (mut scene, clocks) = self.scene(lead.as_ref());
        let slas = clocks.slas.len();
        for sla in 0..slas {
            clocks.history(&mut scene, sla, |status, course| {
                account.clocks.push(ClockRun {
                    sla,
                    start: course.start,
                    status,
                    ended: course.end.is_some(),
                    elapsed: course.elapsed,
                    window: course.window,
                    overrun: course.overrun,
                });
            });
        }
        // What an earlier version of the policy names has no place in this one.
        let judging = self.evaluator.now.judging;
        let due = self.clocks.actions.iter().filter(|due| due.version == judging);
        account.due = due.map(|due| (due.sla, due.step, due.action)).collect();
        let verdict = super::verdict(&self.evaluator, &self.seats, &self.clocks);
        let (setting, state) = (verdict.evaluator.setting(), verdict.state);
        let Some(plan) = &setting.program.account else { return Ok(account) };
        account.stage = verdict.stage();
        let disqualified = verdict.disqualifiers().enumerate().filter(|(_, outcome)| *outcome == Outcome::Met);
        account.disqualified_by = disqualified.map(|(at, _)| at).collect();
        account.happened(plan, state);
        account.stays(setting, state);
        account.readiness(verdict, &mut self.scratch);
        account.group = plan.group.and_then(|slot| shown(&state.lead, slot));
        account.cost = match &plan.cost {
            None => None,
            Some(Price::Fixed(amount, currency)) => Some((*amount, currency.clone())),
            Some(Price::Slot(slot)) => match state.lead.cell(*slot) {
                Cell::Money(amount, currency) => Some((amount, currency.to_string())),
                _ => None,
            },
        };
        Ok(account)
    }
}

impl Account {
    fn happened(&mut self, plan: &AccountPlan, state: &State) {
        let mut times = |events: &[usize]| {
            let mut all = Vec::new();
            for log in logs(events, &state.events) {
                self.unknown |= log.absent;
                all.extend_from_slice(log.times());
            }
            all.sort_unstable();
            all.dedup();
            all
        };
        self.handed_over = times(&plan.handed_over);
        self.accepted = times(&plan.accepted);
        self.contacted = times(&plan.contacted);
        self.converted = times(&plan.converted);
        for event in &plan.rejected {
            let Some(log) = state.events.get(*event) else { continue };
            self.unknown |= log.absent;
            for at in log.times() {
                let given = state.reasons.iter().find(|(of, when, _)| of == event && when == at);
                self.rejected.push((*at, given.map_or(Reason::None, |(_, _, reason)| reason.clone())));
            }
        }
        self.rejected.sort();
        self.rejected.dedup_by_key(|(at, _)| *at);
    }

    /// A stay lasts until its stage is left or a later one is entered; another entry meanwhile changes nothing.
    fn stays(&mut self, setting: Setting<'_>, state: &State) {
        let Program { stages, calendars, default_calendar, .. } = setting.program;
        let now = setting.moment.now;
        let calendar = default_calendar.and_then(|at| calendars.get(at));
        let mut marks: Vec<(Instant, bool)> = Vec::new();
        for (stage, plan) in stages.iter().enumerate() {
            if plan.entered.is_empty() || logs(&plan.entered, &state.events).any(|log| log.absent) {
                continue;
            }
            marks.clear();
            let entries = logs(&plan.entered, &state.events).flat_map(Occurrences::times);
            marks.extend(entries.map(|at| (*at, false)));
            if marks.is_empty() {
                continue;
            }
            let left = plan.left.iter().flat_map(|(events, _)| events);
            let later = stages.iter().skip(stage + 1).flat_map(|later| &later.entered);
            let ends = left.chain(later).filter_map(|event| state.events.get(*event));
            marks.extend(ends.flat_map(Occurrences::times).map(|at| (*at, true)));
            marks.sort_unstable();
            let mut open = None;
            let mut add = |from: Instant, until: Option<Instant>| {
                let business = calendar.map(|calendar| calendar.open_between(from, until.unwrap_or(now)));
                self.stays.push(Stay { stage, from, until, business });
            };
            for (at, is_end) in &marks {
                match (open, is_end) {
                    (None, false) => open = Some(*at),
                    (Some(from), true) => {
                        add(from, Some(*at));
                        open = None;
                    }
                    _ => {}
                }
            }
            open.into_iter().for_each(|from| add(from, None));
        }
    }

    fn readiness(&mut self, verdict: Verdict<'_>, scratch: &mut super::verdict::Scratch) {
        let (setting, state) = (verdict.evaluator.setting(), verdict.state);
        for (at, step) in looked_at(setting.program).enumerate() {
            let outcome = state.outcome(step);
            self.outcomes.push(outcome);
            if outcome == Outcome::Unknown {
                let slots = scratch.behind(step, state, setting);
                self.missing.extend(slots.iter().enumerate().filter(|(_, is)| **is).map(|(slot, _)| (at, slot)));
            }
        }
    }
}

/// The steps of criteria, then of the items of checklists.
fn looked_at(program: &Program) -> impl Iterator<Item = Step> {
    program.criteria.iter().chain(&program.items).copied()
}

fn logs<'a>(events: &'a [usize], all: &'a [Occurrences]) -> impl Iterator<Item = &'a Occurrences> {
    events.iter().filter_map(|event| all.get(*event))
}

/// What a field says: folded, and as a group of leads is called.
fn shown(lead: &Lead, slot: Slot) -> Option<(String, String)> {
    let said = match lead.cell(slot) {
        Cell::Text(text) => return Some((cut(lead.text(text)), cut(lead.raw(text)))),
        Cell::Number(number) => number.to_string(),
        Cell::YesNo(yes) => if yes { "yes" } else { "no" }.to_owned(),
        _ => return None,
    };
    Some((said.clone(), said))
}

impl Evaluator {
    /// The names of what [`Account::missing`] points to: the fields that are read, as people call them.
    pub fn read_fields(&self) -> Vec<String> {
        self.judge().program.slots.iter().map(|slot| slot.name.clone()).collect()
    }
}
