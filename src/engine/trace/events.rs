//! Events: which items of a log they are, and which are left out for what reason.

use super::conditions::Tracer;
use super::plan::{Named, Part, PlannedEvent, Traced, Words};
use super::value::WhyLeftOut;
use crate::engine::evaluate::instant_of;
use crate::engine::leaf::Cells;
use crate::engine::program::Step;
use crate::engine::truth::Outcome;
use crate::time::Instant;

/// So many items that are left out are named.
const MOST_NAMED: usize = 10;

/// What became of each item of the logs, written down while a lead is read; reused for the next.
#[derive(Debug, Default)]
pub struct Diary {
    /// By the places of the events.
    events: Vec<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// When, and which item; in order once the lead is read.
    occurrences: Vec<(Instant, u32)>,
    left_out: Vec<LeftOut>,
}

/// Items that are left out for one reason.
#[derive(Clone, Copy, Debug)]
struct LeftOut {
    why: WhyLeftOut,
    /// The part of the event's condition that left them out.
    part: Option<usize>,
    items: usize,
    first: [u32; MOST_NAMED],
}

impl Diary {
    /// For so many events.
    pub fn new(events: usize) -> Diary {
        Diary { events: (0..events).map(|_| Entries::default()).collect() }
    }

    /// Forgets everything, for the next lead.
    pub fn clear(&mut self) {
        for entries in &mut self.events {
            entries.occurrences.clear();
            entries.left_out.clear();
        }
    }

    /// Everything has been read.
    pub fn finish(&mut self) {
        for entries in &mut self.events {
            if !entries.occurrences.is_sorted() {
                entries.occurrences.sort_unstable();
            }
        }
    }

    /// An item is an occurrence of an event.
    pub fn happened(&mut self, event: usize, item: u32, at: Instant) {
        if let Some(entries) = self.events.get_mut(event) {
            entries.occurrences.push((at, item));
        }
    }

    /// An item fits an event, but for its time.
    pub fn undated(&mut self, event: usize, item: u32, why: WhyLeftOut) {
        self.leave_out(event, item, why, None);
    }

    /// An item is not this event: `outcome` is that of the event's condition, `of` gives those of the steps of its list.
    pub fn other(
        &mut self,
        event: usize,
        item: u32,
        traced: Option<&Traced>,
        of: &impl Fn(Step) -> Outcome,
        outcome: Outcome,
    ) {
        let plan = traced.and_then(|traced| traced.events.get(event)?.as_ref()?.condition.as_ref());
        let why = if outcome == Outcome::NotMet { WhyLeftOut::NotMet } else { WhyLeftOut::Unknown };
        self.leave_out(event, item, why, plan.map(|plan| because(plan, of, outcome)));
    }

    fn leave_out(&mut self, event: usize, item: u32, why: WhyLeftOut, part: Option<usize>) {
        let Some(Entries { left_out, .. }) = self.events.get_mut(event) else { return };
        let same = |it: &&mut LeftOut| it.why == why && it.part == part;
        if let Some(known) = left_out.iter_mut().find(same) {
            if let Some(place) = known.first.get_mut(known.items) {
                *place = item;
            }
            known.items += 1;
        } else {
            let mut first = [0; MOST_NAMED];
            first[0] = item;
            left_out.push(LeftOut { why, part, items: 1, first });
        }
    }
}

/// The first part of a condition that makes it come out so.
fn because(part: &Part, of: &impl Fn(Step) -> Outcome, outcome: Outcome) -> usize {
    let mut parts = part.parts.iter();
    parts.find(|part| of(part.step) == outcome).map_or(part.words, |part| because(part, of, outcome))
}

/// [`EventTrace`](super::EventTrace), borrowed.
pub struct EventLine<'a> {
    pub name: &'a Named,
    pub plan: &'a PlannedEvent,
    pub log_absent: bool,
    traced: &'a Traced,
    entries: Option<&'a Entries>,
    /// The event is dated by a field of the lead: by this instant.
    single: Option<Instant>,
    now: Instant,
}

/// [`LeftOut`](super::LeftOut), borrowed.
pub struct LeftOutLine<'a> {
    pub why: WhyLeftOut,
    pub part: Option<&'a Words>,
    pub items: usize,
    pub first: &'a [u32],
}

impl<'a> EventLine<'a> {
    /// When it happened, and the place of the item.
    pub fn occurrences(&self) -> impl Iterator<Item = (Instant, Option<u32>)> {
        let items = self.entries.map(|entries| entries.occurrences.as_slice()).unwrap_or_default();
        let items = items.iter().map(|(at, item)| (*at, Some(*item)));
        items.chain(self.single.filter(|at| *at <= self.now).map(|at| (at, None)))
    }

    /// Which items are none.
    pub fn left_out(&self) -> impl Iterator<Item = LeftOutLine<'a>> {
        let items = self.entries.map(|entries| entries.left_out.as_slice()).unwrap_or_default();
        let traced = self.traced;
        let items = items.iter().map(move |it| LeftOutLine {
            why: it.why,
            part: it.part.and_then(|part| traced.parts.get(part)),
            items: it.items,
            first: it.first.get(..it.items).unwrap_or(&it.first),
        });
        let later = self.single.filter(|at| *at > self.now);
        items.chain(later.map(|_| LeftOutLine { why: WhyLeftOut::NotYet, part: None, items: 1, first: &[] }))
    }
}

impl<'a> Tracer<'a> {
    /// The events that anything asks for.
    pub fn events(&self) -> Vec<EventLine<'a>> {
        let diary = self.state.diary.as_ref();
        let cells = Cells { lead: &self.state.lead, item: false };
        let line = |at: usize| {
            let plan = self.program.events.get(at)?;
            Some(EventLine {
                name: self.traced.event_names.get(at)?,
                plan: self.traced.events.get(at)?.as_ref()?,
                log_absent: self.state.events.get(at)?.absent,
                traced: self.traced,
                entries: diary.and_then(|diary| diary.events.get(at)),
                single: if plan.from_list { None } else { instant_of(cells.get(plan.slot), self.setting.tz) },
                now: self.setting.moment.now,
            })
        };
        (0..self.program.events.len()).filter_map(line).collect()
    }
}
