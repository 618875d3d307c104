//! Which tests look at the same field or event, and are worked out together.

use std::collections::{BTreeMap, BTreeSet};

use crate::decimal::Decimal;
use crate::engine::bulk::{Bulk, Group, Stretch};
use crate::engine::program::*;
use crate::engine::text::{Needles, Rows};
use crate::intake::Keys;
use crate::policy::{Compare, Count, Instants, Ordered, Place};

/// For so few it is not worth it.
const FEW: usize = 3;

/// What is looked at, and how.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Number(Slot),
    Time(Slot),
    Window(Slot),
    Set(Slot, bool),
    Needles(Slot, bool),
    Words(Slot, bool),
    Counts(usize),
}

/// Groups the tests among these steps.
pub fn bulk(program: &Program, order: &[Step]) -> Bulk {
    let mut topics: BTreeMap<Topic, Vec<Step>> = BTreeMap::new();
    for step in order {
        if let Some(topic) = program.steps.get(*step as usize).and_then(|op| topic(op, &program.tests)) {
            topics.entry(topic).or_default().push(*step);
        }
    }
    let mut bulk = Bulk::default();
    let mut grouped = BTreeSet::new();
    for (topic, steps) in topics.into_iter().filter(|(_, steps)| steps.len() > FEW) {
        if let Some(group) = group(topic, &steps, program) {
            bulk.groups.push(group);
            grouped.extend(steps);
        }
    }
    bulk.rest = order.iter().copied().filter(|step| !grouped.contains(step)).collect();
    bulk
}

fn topic(op: &Op, tests: &Tests) -> Option<Topic> {
    let is_plain = |window: usize| tests.windows.get(window).is_some_and(|plan| !plan.duration.unit.is_business());
    match op {
        Op::Leaf(leaf) => match leaf {
            Leaf::Number(slot, test) if is_literal(test) => Some(Topic::Number(*slot)),
            Leaf::Date(slot, test) if is_literal(test) => Some(Topic::Time(*slot)),
            Leaf::Time(slot, test) if is_literal(test) => Some(Topic::Time(*slot)),
            Leaf::Window(slot, window) if is_plain(*window) => Some(Topic::Window(*slot)),
            Leaf::TextIn(of, _) => Some(Topic::Set(of.slot, of.domain)),
            Leaf::TextFind(of, finder) => match tests.finders.get(*finder)?.place {
                Place::Anywhere => Some(Topic::Needles(of.slot, of.domain)),
                Place::Words => Some(Topic::Words(of.slot, of.domain)),
                Place::Start | Place::End => None,
            },
            _ => None,
        },
        Op::Event(test) => {
            let by_now = match test.window {
                None => true,
                Some(EventWindow::Now(window)) => is_plain(window),
                Some(_) => false,
            };
            let counts = by_now && test.score.is_none() && !matches!(test.count, Count::OnDays(_));
            counts.then_some(Topic::Counts(test.event))
        }
        _ => None,
    }
}

fn is_literal<T>(test: &Ordered<Value<T>>) -> bool {
    let is_literal = |value: &Value<T>| matches!(value, Value::Literal(_));
    match test {
        Ordered::Compare(_, value) => is_literal(value),
        Ordered::Between(low, high) => is_literal(low) && is_literal(high),
    }
}

fn group(topic: Topic, steps: &[Step], program: &Program) -> Option<Group> {
    let ops = || steps.iter().filter_map(|step| Some((*step, program.steps.get(*step as usize)?)));
    let (subject, tests) = (|slot, domain| Subject { slot, domain }, &program.tests);
    // The texts of each step, once each.
    let texts = || {
        let mut texts: BTreeMap<&str, Vec<Step>> = BTreeMap::new();
        for (step, op) in ops() {
            let mut add = |text| texts.entry(text).or_default().push(step);
            match op {
                Op::Leaf(Leaf::TextIn(_, set)) => {
                    tests.sets.get(*set).into_iter().flat_map(|set| set.texts()).for_each(&mut add);
                }
                Op::Leaf(Leaf::TextFind(_, finder)) => {
                    let texts = tests.finders.get(*finder).map(|finder| finder.texts.as_slice()).unwrap_or_default();
                    texts.iter().for_each(|text| add(text));
                }
                _ => {}
            }
        }
        texts
    };
    let each = || texts().into_iter().flat_map(|(text, steps)| steps.into_iter().map(move |step| (text, step)));
    Some(match topic {
        Topic::Number(slot) => {
            let (bounds, stretches) = numbers(ops());
            Group::Numbers(slot, bounds, stretches)
        }
        Topic::Time(slot) => Group::Times(slot, ops().filter_map(|(step, op)| time(step, op)).collect()),
        Topic::Window(slot) => {
            let windows = ops().filter_map(|(step, op)| match op {
                Op::Leaf(Leaf::Window(_, window)) => Some((step, *window)),
                _ => None,
            });
            Group::Windows(slot, windows.collect())
        }
        Topic::Set(slot, domain) => {
            let keys = Keys::new(texts().into_iter().map(|(text, steps)| (text.to_owned(), steps)));
            Group::Sets(subject(slot, domain), steps.to_vec(), keys)
        }
        Topic::Needles(slot, domain) => {
            let (needles, of): (Vec<&str>, Vec<Step>) = each().unzip();
            Group::Needles(subject(slot, domain), steps.to_vec(), Needles::new(needles.into_iter()), of)
        }
        Topic::Words(slot, domain) => Group::Words(subject(slot, domain), steps.to_vec(), Rows::new(each())),
        Topic::Counts(event) => {
            let counts = ops().filter_map(|(step, op)| match op {
                Op::Event(EventTest { count, window: Some(EventWindow::Now(window)), .. }) => {
                    Some((step, Some(*window), *count))
                }
                Op::Event(EventTest { count, .. }) => Some((step, None, *count)),
                _ => None,
            });
            Group::Counts(event, counts.collect())
        }
    })
}

/// The bounds of tests of a number, and where among them each is met.
fn numbers<'a>(ops: impl Iterator<Item = (Step, &'a Op)> + Clone) -> (Vec<Decimal>, Vec<Stretch>) {
    let literals = |test: &Ordered<Value<Decimal>>| match test {
        Ordered::Compare(_, Value::Literal(bound)) => vec![*bound],
        Ordered::Between(Value::Literal(low), Value::Literal(high)) => vec![*low, *high],
        _ => Vec::new(),
    };
    let tests = ops.filter_map(|(step, op)| match op {
        Op::Leaf(Leaf::Number(_, test)) => Some((step, test)),
        _ => None,
    });
    let mut bounds: Vec<Decimal> = tests.clone().flat_map(|(_, test)| literals(test)).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let place = |bound: &Decimal| bounds.binary_search(bound).map_or(0, |at| 2 * at as i64 + 1);
    let stretches = tests.map(|(step, test)| match (test, literals(test).as_slice()) {
        (Ordered::Compare(compare, _), [bound]) => stretch(step, *compare, place(bound), place(bound)),
        (_, [low, high]) => Stretch { step, first: place(low), last: place(high), outside: false },
        _ => Stretch { step, first: 1, last: 0, outside: false },
    });
    let stretches = stretches.collect();
    (bounds, stretches)
}

fn time(step: Step, op: &Op) -> Option<Stretch> {
    let day = |value: &Value<i32>| match value {
        Value::Literal(day) => Some(Instants { first: (*day).into(), last: (*day).into() }),
        Value::Slot(_) => None,
    };
    let instants = |value: &Value<Instants>| match value {
        Value::Literal(instants) => Some(*instants),
        Value::Slot(_) => None,
    };
    let test = match op {
        Op::Leaf(Leaf::Date(_, Ordered::Compare(compare, value))) => Ordered::Compare(*compare, day(value)?),
        Op::Leaf(Leaf::Date(_, Ordered::Between(low, high))) => Ordered::Between(day(low)?, day(high)?),
        Op::Leaf(Leaf::Time(_, Ordered::Compare(compare, value))) => Ordered::Compare(*compare, instants(value)?),
        Op::Leaf(Leaf::Time(_, Ordered::Between(low, high))) => Ordered::Between(instants(low)?, instants(high)?),
        _ => return None,
    };
    Some(match test {
        Ordered::Compare(compare, of) => stretch(step, compare, of.first, of.last),
        Ordered::Between(low, high) => Stretch { step, first: low.first, last: high.last, outside: false },
    })
}

/// Where a comparison with what reaches from `first` to `last` is met.
fn stretch(step: Step, compare: Compare, first: i64, last: i64) -> Stretch {
    let (first, last) = match compare {
        Compare::Equal | Compare::NotEqual => (first, last),
        Compare::AtLeast => (first, i64::MAX),
        Compare::AtMost => (i64::MIN, last),
        Compare::MoreThan => (last.saturating_add(1), i64::MAX),
        Compare::LessThan => (i64::MIN, first.saturating_sub(1)),
    };
    Stretch { step, first, last, outside: compare == Compare::NotEqual }
}
