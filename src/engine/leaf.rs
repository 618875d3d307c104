//! Tests of one field: of the lead, or of an item that is being read.

use std::cmp::Ordering;

use super::moment::{Hours, Moment};
use super::program::{Leaf, Slot, Subject, Tests, Value};
use super::text::{domain, domain_bytes, holds};
use super::truth::Outcome;
use crate::intake::{Cell, Lead, TextRef};
use crate::policy::{Compare, Instants, Ordered};

/// Where the cells of a test are.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    pub lead: &'a Lead,
    /// Whether the fields are those of the item that is being read.
    pub item: bool,
}

impl<'a> Cells<'a> {
    #[inline]
    pub fn get(self, slot: Slot) -> Cell {
        if self.item { self.lead.item_cell(slot) } else { self.lead.cell(slot) }
    }

    #[inline]
    pub fn text(self, subject: Subject) -> Option<&'a str> {
        match self.get(subject.slot) {
            Cell::Text(text) if subject.domain => domain(self.lead.text(text)),
            Cell::Text(text) => Some(self.lead.text(text)),
            _ => None,
        }
    }

    /// The bytes of [`Cells::text`].
    #[inline]
    pub fn bytes(self, subject: Subject) -> Option<&'a [u8]> {
        match self.get(subject.slot) {
            Cell::Text(text) if subject.domain => domain_bytes(self.lead.bytes(text)),
            Cell::Text(text) => Some(self.lead.bytes(text)),
            _ => None,
        }
    }

    fn texts(self, slot: Slot) -> Option<&'a [TextRef]> {
        match self.get(slot) {
            Cell::Texts { first, count } => Some(self.lead.texts(first, count)),
            _ => None,
        }
    }

    /// Whether the field has a value.
    pub fn is_known(self, slot: Slot) -> bool {
        !matches!(self.get(slot), Cell::Empty | Cell::WrongType)
    }
}

/// What a test needs beside the cells.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub tests: &'a Tests,
    pub moment: &'a Moment,
    pub hours: Option<Hours<'a>>,
}

/// The outcome of a test; unknown where a field that it reads has no value.
#[inline]
pub fn test(leaf: &Leaf, cells: Cells<'_>, known: Known<'_>) -> Outcome {
    evaluate(leaf, cells, known).map_or(Outcome::Unknown, Outcome::of)
}

#[inline]
fn evaluate(leaf: &Leaf, cells: Cells<'_>, known: Known<'_>) -> Option<bool> {
    let tests = known.tests;
    match leaf {
        Leaf::FilledIn(subject) => match cells.get(subject.slot) {
            Cell::WrongType => None,
            Cell::Empty => Some(false),
            Cell::Text(_) if subject.domain => Some(cells.bytes(*subject).is_some()),
            _ => Some(true),
        },
        Leaf::TextIn(subject, set) => Some(tests.sets.get(*set)?.contains(cells.bytes(*subject)?)),
        Leaf::TextFind(subject, finder) => Some(tests.finders.get(*finder)?.finds(cells.bytes(*subject)?)),
        Leaf::Number(slot, test) => {
            let Cell::Number(number) = cells.get(*slot) else { return None };
            ordered(test, |value| match value {
                Value::Literal(other) => Some(number.cmp(other)),
                Value::Slot(slot) => match cells.get(*slot) {
                    Cell::Number(other) => Some(number.cmp(&other)),
                    _ => None,
                },
            })
        }
        _ => rarer(leaf, cells, known),
    }
}

/// The tests that are left, which need more room.
#[inline(never)]
fn rarer(leaf: &Leaf, cells: Cells<'_>, known: Known<'_>) -> Option<bool> {
    let tests = known.tests;
    match leaf {
        Leaf::TextPattern(subject, pattern) => {
            let pattern = tests.patterns.get(*pattern)?;
            match cells.get(subject.slot) {
                Cell::Text(text) if !subject.domain => Some(pattern.is_match(cells.lead.raw(text))),
                _ => Some(pattern.is_match(cells.text(*subject)?)),
            }
        }
        Leaf::TextIs(subject, other) => {
            let other = Subject { slot: *other, domain: false };
            Some(cells.text(*subject)? == cells.text(other)?)
        }
        Leaf::TextFindField(subject, place, other) => {
            let other = Subject { slot: *other, domain: false };
            Some(holds(cells.text(*subject)?, *place, cells.text(other)?))
        }
        Leaf::Money(slot, test) => {
            let Cell::Money(amount, currency) = cells.get(*slot) else { return None };
            ordered(test, |value| match value {
                Value::Literal(other) => known.moment.compare_money((amount, currency), *other),
                Value::Slot(slot) => match cells.get(*slot) {
                    Cell::Money(other, of) => known.moment.compare_money((amount, currency), (other, of)),
                    _ => None,
                },
            })
        }
        Leaf::Date(slot, test) => {
            let Cell::Date(date) = cells.get(*slot) else { return None };
            ordered(test, |value| match value {
                Value::Literal(other) => Some(date.cmp(other)),
                Value::Slot(slot) => match cells.get(*slot) {
                    Cell::Date(other) => Some(date.cmp(&other)),
                    _ => None,
                },
            })
        }
        Leaf::Time(slot, test) => {
            let Cell::Time(time) = cells.get(*slot) else { return None };
            let instants = |value: &Value<Instants>| match value {
                Value::Literal(instants) => Some(*instants),
                Value::Slot(slot) => match cells.get(*slot) {
                    Cell::Time(other) => Some(Instants { first: other, last: other }),
                    _ => None,
                },
            };
            match test {
                Ordered::Compare(compare, value) => Some(compare.with_instants(time, instants(value)?)),
                Ordered::Between(low, high) => {
                    let (low, high) = (instants(low)?, instants(high)?);
                    Some(low.first <= time && time <= high.last)
                }
            }
        }
        Leaf::Window(slot, window) => Some(known.moment.in_window(*window, time(cells.get(*slot))?, known.hours)),
        Leaf::YesNo(slot, yes) => match cells.get(*slot) {
            Cell::YesNo(value) => Some(value == *yes),
            _ => None,
        },
        Leaf::Includes(slot, set) => {
            let set = tests.sets.get(*set)?;
            Some(cells.texts(*slot)?.iter().any(|text| set.contains(cells.lead.bytes(*text))))
        }
        Leaf::IncludesField(slot, other) => {
            let texts = cells.texts(*slot);
            let other = cells.text(Subject { slot: *other, domain: false })?;
            Some(texts?.iter().any(|text| cells.lead.text(*text) == other))
        }
        Leaf::FilledIn(_) | Leaf::TextIn(..) | Leaf::TextFind(..) | Leaf::Number(..) => None,
    }
}

/// A time in microseconds, or a day as its number.
#[inline]
pub fn time(cell: Cell) -> Option<i64> {
    match cell {
        Cell::Time(at) => Some(at),
        Cell::Date(day) => Some(day.into()),
        _ => None,
    }
}

/// A test of an order; none where a value that it reads is not known.
#[inline]
pub fn ordered<T>(test: &Ordered<T>, order: impl Fn(&T) -> Option<Ordering>) -> Option<bool> {
    match test {
        Ordered::Compare(compare, value) => Some(compare.holds(order(value)?)),
        Ordered::Between(low, high) => {
            let (low, high) = (order(low)?, order(high)?);
            Some(Compare::AtLeast.holds(low) && Compare::AtMost.holds(high))
        }
    }
}

/// Calls `each` with the fields of a test that have no value, or, where money lacks a rate, with all of them.
pub fn unknown_slots(leaf: &Leaf, cells: Cells<'_>, mut each: impl FnMut(Slot)) {
    let [first, others @ ..] = slots(leaf);
    let without_domain = first.is_some_and(|slot| cells.text(Subject { slot, domain: true }).is_none());
    let is_known = |slot: &Slot| cells.is_known(*slot);
    let first_known = first.is_some_and(|slot| is_known(&slot)) && !(reads_domain(leaf) && without_domain);
    let all_known = first_known && others.iter().flatten().all(is_known);
    first.into_iter().filter(|_| all_known || !first_known).for_each(&mut each);
    others.into_iter().flatten().filter(|slot| all_known || !is_known(slot)).for_each(each);
}

fn reads_domain(leaf: &Leaf) -> bool {
    matches!(leaf, Leaf::TextIn(of, _) | Leaf::TextFind(of, _) | Leaf::TextPattern(of, _)
        | Leaf::TextIs(of, _) | Leaf::TextFindField(of, ..) if of.domain)
}

/// The fields that a test reads, the one that it is about first.
fn slots(leaf: &Leaf) -> [Option<Slot>; 3] {
    match leaf {
        Leaf::FilledIn(of) | Leaf::TextIn(of, _) | Leaf::TextFind(of, _) | Leaf::TextPattern(of, _) => {
            [Some(of.slot), None, None]
        }
        Leaf::TextIs(of, other) | Leaf::TextFindField(of, _, other) => [Some(of.slot), Some(*other), None],
        Leaf::Number(slot, test) => with_values(*slot, test),
        Leaf::Money(slot, test) => with_values(*slot, test),
        Leaf::Date(slot, test) => with_values(*slot, test),
        Leaf::Time(slot, test) => with_values(*slot, test),
        Leaf::Window(slot, _) | Leaf::YesNo(slot, _) | Leaf::Includes(slot, _) => [Some(*slot), None, None],
        Leaf::IncludesField(slot, other) => [Some(*slot), Some(*other), None],
    }
}

fn with_values<T>(slot: Slot, test: &Ordered<Value<T>>) -> [Option<Slot>; 3] {
    let of = |value: &Value<T>| match value {
        Value::Slot(slot) => Some(*slot),
        Value::Literal(_) => None,
    };
    match test {
        Ordered::Compare(_, value) => [Some(slot), of(value), None],
        Ordered::Between(low, high) => [Some(slot), of(low), of(high)],
    }
}
