//! A lead with facts laid over it, judged as any other.

use std::cell;
use std::collections::BTreeSet;

use crate::engine::evaluate::{Setting, State, instant_of};
use crate::engine::events::Occurrences;
use crate::engine::json::WRITABLE;
use crate::engine::judge::Judge;
use crate::engine::leaf::Known;
use crate::engine::moment::Moment;
use crate::engine::next::facts::{Facts, Witness};
use crate::engine::next::support::Support;
use crate::engine::program::{NextPlan, Slot, Step};
use crate::engine::truth::Outcome;
use crate::intake::{self, Cell, Lead, LeadError};
use crate::policy::{Condition, Field, FieldId};
use crate::text::normalize;
use crate::time::Instant;

/// The latest instant that a decision can write: what a lead says of the future lies before it.
const LATEST: Instant = WRITABLE.1;

/// One lead, and the facts that may be laid over it.
pub struct World<'a> {
    pub judge: &'a Judge,
    pub plan: &'a NextPlan,
    /// As of when the lead was decided.
    pub now: Instant,
    pub line: &'a [u8],
    /// The lead with all that it says of the future. Where it depends on now which items are which events, one for each
    /// instant that was looked at.
    leads: Vec<(Instant, State)>,
    moments: Vec<Moment>,
    patch: Lead,
    /// What the policy's conditions depend on.
    pub support: Support,
    /// Of each slot, those of the fields that its field stands in, and of those that stand in it.
    overlaps: Vec<Vec<Slot>>,
    /// How much has been done: what the search may cost.
    pub spent: u64,
    /// What one judgement costs: more for a lead with many activities.
    price: u64,
}

/// What was laid aside to put facts in its place.
struct Aside {
    cells: Vec<(Slot, Cell)>,
    logs: Vec<(usize, Occurrences)>,
    mark: (usize, usize),
}

impl<'a> World<'a> {
    /// Reads the lead.
    pub fn read(judge: &'a Judge, plan: &'a NextPlan, now: Instant, line: &'a [u8]) -> Result<World<'a>, LeadError> {
        let patch = Lead::new(&judge.program.shape);
        let (leads, moments) = (Vec::new(), Vec::new());
        let overlaps = (0..judge.program.slots.len()).map(|slot| overlapping(judge, slot)).collect();
        let mut world = World {
            judge,
            plan,
            now,
            line,
            leads,
            moments,
            patch,
            support: Support::default(),
            overlaps,
            spent: 0,
            price: 1,
        };
        let at = world.base(now)?;
        let events = world.leads.get(at).map(|(_, state)| state.events.as_slice()).unwrap_or_default();
        let absent: Vec<bool> = events.iter().map(|log| log.absent).collect();
        world.price = 1 + events.iter().map(|log| log.times().len()).sum::<usize>() as u64 / 1_000;
        world.support = Support::new(judge, plan, &absent);
        Ok(world)
    }

    /// The instants at which the lead says that something is still to happen.
    pub fn coming(&mut self) -> Vec<Instant> {
        let now = self.now;
        let Ok(at) = self.base(LATEST) else { return Vec::new() };
        let Some((_, state)) = self.leads.get_mut(at) else { return Vec::new() };
        state.events.iter_mut().for_each(Occurrences::look_up);
        let later = |log: &Occurrences| log.between(now.saturating_add(1), Instant::MAX).to_vec();
        state.events.iter().flat_map(later).collect()
    }

    /// The lead as read for that instant.
    fn base(&mut self, now: Instant) -> Result<usize, LeadError> {
        let program = &self.judge.program;
        let key = if program.items_depend_on_now { now } else { LATEST };
        if let Some(at) = self.leads.iter().position(|(known, _)| *known == key) {
            return Ok(at);
        }
        let mut state = State::new(program);
        let moment = if program.items_depend_on_now {
            Moment::new(now, &self.judge.policy, program)
        } else {
            // No window is asked about while the lead is read.
            let mut moment = Moment::default();
            moment.now = LATEST;
            moment
        };
        state.read(self.line, self.judge.setting(&moment))?;
        self.spent += 50 * self.price;
        if self.leads.len() > 8 {
            self.leads.remove(1);
        }
        self.leads.push((key, state));
        Ok(self.leads.len() - 1)
    }

    fn moment(&mut self, now: Instant) -> usize {
        if let Some(at) = self.moments.iter().position(|moment| moment.now == now) {
            return at;
        }
        if self.moments.len() > 64 {
            self.moments.truncate(1);
        }
        self.moments.push(Moment::new(now, &self.judge.policy, &self.judge.program));
        self.moments.len() - 1
    }

    /// Lays facts over the lead, takes these steps, and gives what `look` sees.
    pub fn with<T: Default>(&mut self, facts: &Facts, order: &[Step], look: impl FnOnce(View<'_>) -> T) -> T {
        self.spent += self.price;
        let now = facts.wait.unwrap_or(self.now);
        let Ok(base) = self.base(now) else { return T::default() };
        let moment = self.moment(now);
        let World { judge, line, leads, moments, patch, overlaps, .. } = self;
        let (Some((_, state)), Some(moment)) = (leads.get_mut(base), moments.get(moment)) else { return T::default() };
        let setting = judge.setting(moment);
        let aside = lay(facts, (line, overlaps), state, patch, setting, judge);
        state.events.iter_mut().for_each(|log| log.look_back(now));
        state.warnings.clear();
        state.judge(order, setting);
        let past = cell::Cell::new(false);
        let view = View { judge, state, setting, known: setting.known(&past), decided_at: self.now, hides: false };
        let seen = look(view);
        for (slot, cell) in aside.cells.into_iter().rev() {
            state.lead.put(slot, cell);
        }
        for (event, log) in aside.logs.into_iter().rev() {
            if let Some(place) = state.events.get_mut(event) {
                *place = log;
            }
        }
        state.lead.drop_texts(aside.mark);
        seen
    }
}

fn lay(
    facts: &Facts,
    (line, overlaps): (&[u8], &[Vec<Slot>]),
    state: &mut State,
    patch: &mut Lead,
    setting: Setting<'_>,
    judge: &Judge,
) -> Aside {
    let mut aside = Aside { cells: Vec::new(), logs: Vec::new(), mark: state.lead.mark() };
    let of = |slot: Slot| overlaps.get(slot).map(Vec::as_slice).unwrap_or_default();
    let (together, alone): (Vec<_>, Vec<_>) = facts.values.iter().partition(|(slot, _)| !of(**slot).is_empty());
    for (slot, value) in alone {
        put(*slot, value, state, patch, setting, judge, &mut aside);
    }
    let mut together: Vec<(Slot, Witness)> = together.into_iter().map(|(slot, value)| (*slot, value.clone())).collect();
    for slot in &facts.logs {
        open(*slot, state, setting, &mut aside);
    }
    for (event, times) in &facts.events {
        let Some(plan) = setting.program.events.get(*event) else { continue };
        if plan.from_list {
            open(plan.slot, state, setting, &mut aside);
            if let Some(log) = state.events.get_mut(*event) {
                aside.logs.push((*event, log.clone()));
                log.look_up();
                times.iter().for_each(|at| log.insert(*at));
            }
        } else if let Some(at) = times.last() {
            let value = Witness::when(*at, field_of(judge, plan.slot), setting);
            if of(plan.slot).is_empty() {
                put(plan.slot, &value, state, patch, setting, judge, &mut aside);
            } else {
                together.push((plan.slot, value));
            }
        }
    }
    if !together.is_empty() {
        put_together(&together, (line, overlaps), state, patch, setting, judge, &mut aside);
    }
    aside
}

impl Witness {
    /// An instant as the value of a time or a date field.
    pub fn when(at: Instant, field: Option<&Field>, setting: Setting<'_>) -> Witness {
        match field.map(|field| &field.ty) {
            Some(crate::policy::Type::Date) => {
                Witness::Date(crate::time::zone::date_of(setting.tz, at).to_epoch_days())
            }
            _ => Witness::Time(at),
        }
    }
}

/// The step of a condition.
pub fn step_of(judge: &Judge, condition: &Condition) -> Option<Step> {
    judge.program.next.as_ref()?.steps.get(&condition.span).copied()
}

/// The slot of a field that is read.
fn slot_of(judge: &Judge, field: FieldId) -> Option<Slot> {
    judge.program.next.as_ref()?.slots.get(field.index()).copied().flatten()
}

/// The field of a slot.
pub fn field_of(judge: &Judge, slot: Slot) -> Option<&Field> {
    let ids = (0u32..).map(FieldId);
    let mut fields = ids.zip(&judge.policy.fields);
    fields.find(|(id, _)| slot_of(judge, *id) == Some(slot)).map(|(_, field)| field)
}

/// Puts a value at the path of a field, as a lead would have it.
fn put(
    slot: Slot,
    value: &Witness,
    state: &mut State,
    patch: &mut Lead,
    setting: Setting<'_>,
    judge: &Judge,
    aside: &mut Aside,
) {
    let Some(field) = field_of(judge, slot) else { return };
    let mut json = Vec::new();
    for part in &field.path {
        json.push(b'{');
        crate::engine::json::text(&mut json, part);
        json.push(b':');
    }
    value.write(&mut json);
    json.resize(json.len() + field.path.len(), b'}');
    if intake::read(&setting.program.shape, &json, patch, &mut ()).is_ok() {
        adopt(slot, state, patch, setting, aside);
    }
}

/// Puts values of fields that stand in other fields, or hold them, at their paths in the lead as it was written.
fn put_together(
    values: &[(Slot, Witness)],
    (line, overlaps): (&[u8], &[Vec<Slot>]),
    state: &mut State,
    patch: &mut Lead,
    setting: Setting<'_>,
    judge: &Judge,
    aside: &mut Aside,
) {
    let mut lead: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    let mut touched: BTreeSet<Slot> = BTreeSet::new();
    for (slot, value) in values {
        let Some(field) = field_of(judge, *slot) else { continue };
        let mut json = Vec::new();
        value.write(&mut json);
        if let Some(place) = place(&mut lead, &field.path) {
            *place = serde_json::from_slice(&json).unwrap_or_default();
        }
        touched.insert(*slot);
        touched.extend(overlaps.get(*slot).into_iter().flatten());
    }
    let json = serde_json::to_vec(&lead).unwrap_or_default();
    if intake::read(&setting.program.shape, &json, patch, &mut ()).is_ok() {
        touched.into_iter().for_each(|slot| adopt(slot, state, patch, setting, aside));
    }
}

/// The place at a path, with the objects that lead to it. Names are compared as they are in leads.
fn place<'l>(lead: &'l mut serde_json::Value, path: &[String]) -> Option<&'l mut serde_json::Value> {
    path.iter().try_fold(lead, |at, part| {
        if !at.is_object() {
            *at = serde_json::Value::Object(serde_json::Map::new());
        }
        let entries = at.as_object_mut()?;
        let part = normalize(part);
        let own = entries.keys().find(|key| normalize(key) == part).cloned();
        Some(entries.entry(own.unwrap_or(part)).or_insert(serde_json::Value::Null))
    })
}

/// The slots of the fields that a field stands in, and of those that stand in it.
pub fn overlapping(judge: &Judge, slot: Slot) -> Vec<Slot> {
    let Some(field) = field_of(judge, slot) else { return Vec::new() };
    let ids = (0u32..).map(FieldId);
    let others = ids
        .zip(&judge.policy.fields)
        .filter(|(_, other)| other.path != field.path && other.path.iter().zip(&field.path).all(|(a, b)| a == b));
    others.filter_map(|(id, _)| slot_of(judge, id)).collect()
}

/// Takes a field over from the patch, with the events that it dates.
fn adopt(slot: Slot, state: &mut State, patch: &mut Lead, setting: Setting<'_>, aside: &mut Aside) {
    aside.cells.push((slot, state.lead.cell(slot)));
    state.lead.adopt(slot, patch);
    for (at, plan) in setting.program.events.iter().enumerate() {
        if plan.slot != slot || plan.from_list {
            continue;
        }
        let Some(log) = state.events.get_mut(at) else { continue };
        aside.logs.push((at, std::mem::take(log)));
        let cell = state.lead.cell(slot);
        match instant_of(cell, setting.tz) {
            Some(at) => log.insert(at),
            None => log.absent = cell != Cell::Empty,
        }
    }
}

/// Makes a log that is absent one in which nothing happened.
fn open(slot: Slot, state: &mut State, setting: Setting<'_>, aside: &mut Aside) {
    let cell = state.lead.cell(slot);
    if cell == Cell::Items {
        return;
    }
    aside.cells.push((slot, cell));
    state.lead.put(slot, Cell::Items);
    for (at, plan) in setting.program.events.iter().enumerate() {
        if plan.slot == slot
            && plan.from_list
            && let Some(log) = state.events.get_mut(at)
        {
            aside.logs.push((at, log.clone()));
            log.absent = false;
        }
    }
}

/// A lead with facts laid over it that has been judged.
#[derive(Clone, Copy)]
pub struct View<'v> {
    pub judge: &'v Judge,
    pub state: &'v State,
    pub setting: Setting<'v>,
    pub known: Known<'v>,
    /// As of when the lead itself was decided.
    pub decided_at: Instant,
    /// Whether values of private fields are out of sight.
    pub hides: bool,
}

impl<'v> View<'v> {
    /// The step of a condition.
    pub fn step(self, condition: &Condition) -> Step {
        step_of(self.judge, condition).unwrap_or(Step::MAX)
    }

    /// The outcome of a condition.
    pub fn outcome(self, condition: &Condition) -> Outcome {
        self.state.outcome(self.step(condition))
    }

    /// The outcome of a stage.
    pub fn stage(self, at: usize) -> Outcome {
        self.state.stages.get(at).map_or(Outcome::NotMet, |stage| stage.outcome)
    }

    /// The first disqualification that is met.
    pub fn disqualified(self) -> Option<usize> {
        self.judge.program.disqualifiers.iter().position(|step| self.state.outcome(*step) == Outcome::Met)
    }

    /// A score before `never below` and `never above`, and what its rules come to.
    pub fn raw(self, score: usize) -> (i64, Vec<i64>) {
        let (sums, _) = self.state.rules(score, self.setting);
        let Some(plan) = self.judge.program.scores.get(score) else { return (0, sums) };
        let signed = plan.rules.iter().zip(&sums).map(|(rule, sum)| if rule.remove { -*sum } else { *sum });
        (signed.fold(plan.starts_at, i64::saturating_add), sums)
    }

    pub fn now(self) -> Instant {
        self.setting.moment.now
    }

    /// The slot of a field.
    pub fn slot(self, field: FieldId) -> Option<Slot> {
        slot_of(self.judge, field)
    }

    /// The value of a field.
    pub fn cell(self, slot: Slot) -> Cell {
        self.state.lead.cell(slot)
    }

    /// The value of a field; none of a private one that is out of sight.
    pub fn shown(self, slot: Slot) -> Cell {
        let hidden = self.hides && field_of(self.judge, slot).is_some_and(|field| field.private);
        if hidden { Cell::Empty } else { self.cell(slot) }
    }

    /// What happened of an event; none where its log is absent.
    pub fn log(self, event: usize) -> Option<&'v Occurrences> {
        self.state.events.get(event).filter(|log| !log.absent)
    }
}
