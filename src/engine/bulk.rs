//! Many tests of one field, or of one event, at once.
//!
//! A policy of a thousand criteria looks at a few dozen fields. So where several tests look at the same one, it is looked
//! at once: a number is found among all thresholds, a text among all texts, and one search looks for all needles.

use super::events::Occurrences;
use super::leaf::{Cells, Known, time};
use super::program::{Slot, Step, Subject};
use super::text::{Needles, Rows};
use super::truth::Outcome;
use crate::decimal::Decimal;
use crate::intake::{Cell, Keys};
use crate::policy::Count;

/// Tests that are worked out together, and the steps that are left.
#[derive(Debug, Default)]
pub struct Bulk {
    pub groups: Vec<Group>,
    /// In their order.
    pub rest: Vec<Step>,
}

/// The tests of one field or event.
#[derive(Debug)]
pub enum Group {
    /// Of a number. The stretches are of places among the bounds: 2 n + 1 is the nth bound itself, and even places lie
    /// between bounds.
    Numbers(Slot, Vec<Decimal>, Vec<Stretch>),
    /// Of a date or a time, compared with fixed ones.
    Times(Slot, Vec<Stretch>),
    /// Of a date or a time, by windows round now.
    Windows(Slot, Vec<(Step, usize)>),
    /// Of a text, for sets of texts.
    Sets(Subject, Found, Keys<Vec<Step>>),
    /// Of a text, for texts that stand anywhere in it, by the number of the needle.
    Needles(Subject, Found, Needles, Vec<Step>),
    /// Of a text, for rows of words.
    Words(Subject, Found, Rows<Step>),
    /// Of an event, how often it happened, within a window or ever.
    Counts(usize, Vec<(Step, Option<usize>, Count)>),
}

/// All steps that are met where something is found, and not met where it is not.
pub type Found = Vec<Step>;

/// Met from `first` to `last`, both included, or, the other way round, not.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub step: Step,
    pub first: i64,
    pub last: i64,
    pub outside: bool,
}

impl Bulk {
    /// Works out all groups.
    pub fn run(&self, cells: Cells<'_>, known: Known<'_>, events: &[Occurrences], outcomes: &mut [Outcome]) {
        self.groups.iter().for_each(|group| group.run(cells, known, events, outcomes));
    }
}

impl Group {
    fn run(&self, cells: Cells<'_>, known: Known<'_>, events: &[Occurrences], outcomes: &mut [Outcome]) {
        match self {
            Group::Numbers(slot, bounds, stretches) => {
                let place = match cells.get(*slot) {
                    Cell::Number(number) => Some(place(bounds, number)),
                    _ => None,
                };
                within(stretches, place, outcomes);
            }
            Group::Times(slot, stretches) => within(stretches, time(cells.get(*slot)), outcomes),
            Group::Windows(slot, tests) => {
                let time = time(cells.get(*slot));
                for (step, window) in tests {
                    let holds = time.map(|t| known.moment.in_window(*window, t, known.hours));
                    put(outcomes, *step, holds.map_or(Outcome::Unknown, Outcome::of));
                }
            }
            Group::Sets(subject, all, texts) => {
                let Some(text) = begin(*subject, all, cells, outcomes) else { return };
                let found = texts.find(text.as_bytes()).into_iter().flatten();
                found.for_each(|step| put(outcomes, *step, Outcome::Met));
            }
            Group::Needles(subject, all, needles, of) => {
                let Some(text) = begin(*subject, all, cells, outcomes) else { return };
                needles.each(text.as_bytes(), |needle| {
                    of.get(needle).into_iter().for_each(|step| put(outcomes, *step, Outcome::Met));
                });
            }
            Group::Words(subject, all, rows) => {
                let Some(text) = begin(*subject, all, cells, outcomes) else { return };
                rows.any(text, |step| {
                    put(outcomes, *step, Outcome::Met);
                    false
                });
            }
            Group::Counts(event, tests) => {
                let log = events.get(*event).filter(|log| !log.absent);
                for (step, window, count) in tests {
                    let ends = window.and_then(|at| known.moment.ends(at, known.hours));
                    let happened = log.map(|log| match ends {
                        Some((first, last)) => log.between(first, last).len(),
                        None => log.times().len(),
                    });
                    let holds = happened.map(|times| match count {
                        Count::AtLeast(n) | Count::OnDays(n) => times >= *n as usize,
                        Count::AtMost(n) => times <= *n as usize,
                        Count::Exactly(n) => times == *n as usize,
                    });
                    put(outcomes, *step, holds.map_or(Outcome::Unknown, Outcome::of));
                }
            }
        }
    }
}

/// The place of a number among sorted bounds.
fn place(bounds: &[Decimal], number: Decimal) -> i64 {
    let place = match bounds.binary_search(&number) {
        Ok(at) => 2 * at + 1,
        Err(at) => 2 * at,
    };
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn within(stretches: &[Stretch], value: Option<i64>, outcomes: &mut [Outcome]) {
    let Some(value) = value else {
        return stretches.iter().for_each(|stretch| put(outcomes, stretch.step, Outcome::Unknown));
    };
    for Stretch { step, first, last, outside } in stretches {
        // Each is looked at whole, because there is nothing that a jump could go by.
        put(outcomes, *step, Outcome::of(((*first <= value) & (value <= *last)) != *outside));
    }
}

/// The text that is searched, where there is one; all are not met then until they are found.
fn begin<'a>(subject: Subject, all: &Found, cells: Cells<'a>, outcomes: &mut [Outcome]) -> Option<&'a str> {
    let text = cells.text(subject);
    let outcome = if text.is_some() { Outcome::NotMet } else { Outcome::Unknown };
    all.iter().for_each(|step| put(outcomes, *step, outcome));
    text
}

#[inline(always)]
fn put(outcomes: &mut [Outcome], step: Step, outcome: Outcome) {
    if let Some(place) = outcomes.get_mut(step as usize) {
        *place = outcome;
    }
}
