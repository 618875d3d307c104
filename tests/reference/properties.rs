//! What holds whatever the policy: two ways of saying the same are decided the same.

use std::cell::RefCell;

use handover::Evaluator;
use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;
use crate::generate::Generator;
use crate::json::Json;
use crate::model::{Condition, Event, Kind, Policy};
use crate::smaller::slots;
use crate::{comparable, compiled, decide, decided, generate, leads, slas, time};

/// Policies for each property, from seeds that the comparison with the reference does not use.
const CASES: std::ops::Range<u64> = 1_000_000..1_000_010;
const LEADS: usize = 15;

#[test]
fn the_order_of_keys_and_keys_that_nobody_reads_decide_nothing() {
    let same = |lead: &Json, _: &Policy, chance: &mut Chance| {
        let mut other = lead.clone();
        turned_round(&mut other, chance, &mut 0);
        other
    };
    every_lead(same, |_| {});
}

#[test]
fn the_order_of_what_happened_decides_nothing() {
    let turned = |lead: &Json, policy: &Policy, chance: &mut Chance| {
        let mut lead = lead.clone();
        for log in policy.fields.iter().filter(|field| matches!(field.kind, Kind::Items(_))) {
            if let Json::List(mut items) = crate::value::at_path(&lead, &log.path).clone() {
                chance.shuffle(&mut items);
                leads::put(&mut lead, &log.path, Json::List(items));
            }
        }
        lead
    };
    // Only warnings name the place of an item.
    every_lead(turned, |decision| decision.retain(|(key, _)| key != "warnings"));
}

#[test]
fn what_has_not_happened_yet_decides_nothing() {
    let (mut cut, mut chance) = (0, Chance::new(11));
    for mut case in cases() {
        for at in 0..LEADS {
            let (lead, now) = case.lead(at);
            // As of an instant in the past, the lead is what it was then.
            let now = now - chance.some(75, |chance| chance.range(0, 9 * time::DAY)).unwrap_or(0);
            let then = without_what_is_to_come(&lead, &case.generator.policy, now);
            cut += usize::from(lead != then);
            let evaluator = case.evaluator.at(time::utc(now));
            let [replayed, then] = [&lead, &then].map(|lead| {
                let Json::Object(mut decision) = decided(&evaluator, lead) else { panic!("no object") };
                // Only warnings name the place of an item.
                decision.retain(|(key, _)| key != "warnings");
                Json::Object(decision)
            });
            assert_eq!(replayed, then, "case {} as of {}:\n{lead}", case.seed, time::rfc3339(now));
        }
    }
    assert!(cut > 100, "{cut} leads had something to come");
}

#[test]
fn the_order_of_bullets_in_a_group_decides_nothing() {
    let (mut groups, mut chance) = (0, Chance::new(3));
    for seed in CASES {
        let mut generator = generate::generate(seed);
        let mut turned = generator.policy.clone();
        for slot in turned.statements.iter_mut().flat_map(slots) {
            turn(slot, &mut chance, &mut groups);
        }
        let before = compiled(&generator.policy, generator.now, seed);
        let after = compiled(&turned, generator.now, seed);
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at);
            let [before, after] = [&before, &after].map(|evaluator| comparable(decided(evaluator, &lead)));
            assert_eq!(before, after, "case {seed}: {lead}");
        }
    }
    assert!(groups > 200, "{groups} groups were turned round");
}

/// A policy, and what makes leads for it.
struct Case {
    seed: u64,
    generator: Generator,
    evaluator: Evaluator,
    is_about_deadlines: bool,
}

fn cases() -> impl Iterator<Item = Case> {
    CASES.flat_map(|seed| [false, true].map(|is_about_deadlines| (seed, is_about_deadlines))).map(
        |(seed, of_clocks)| {
            let generator = if of_clocks { slas::generate(seed) } else { generate::generate(seed) };
            let evaluator = compiled(&generator.policy, generator.now, seed);
            Case { seed, generator, evaluator, is_about_deadlines: of_clocks }
        },
    )
}

impl Case {
    /// A lead, and the instant as of which to decide it.
    fn lead(&mut self, at: usize) -> (Json, i64) {
        if self.is_about_deadlines {
            self.generator.timeline(at)
        } else {
            (leads::lead(&mut self.generator, at), self.generator.now)
        }
    }
}

/// Decides every lead as it is and in another way of saying the same.
fn every_lead(same: impl Fn(&Json, &Policy, &mut Chance) -> Json, strip: impl Fn(&mut Vec<(String, Json)>)) {
    let (mut others, mut chance) = (0, Chance::new(7));
    for mut case in cases() {
        for at in 0..LEADS {
            let (lead, now) = case.lead(at);
            let evaluator = case.evaluator.at(time::utc(now));
            let other = same(&lead, &case.generator.policy, &mut chance);
            others += usize::from(lead != other);
            let [before, after] = [&lead, &other].map(|lead| {
                let Json::Object(mut decision) = decided(&evaluator, lead) else { panic!("no object") };
                strip(&mut decision);
                Json::Object(decision)
            });
            assert_eq!(before, after, "case {}:\n{lead}\n{other}", case.seed);
        }
    }
    assert!(others > 100, "{others} leads were said in another way");
}

/// The lead without the items that are later than an instant, whichever event reads them.
fn without_what_is_to_come(lead: &Json, policy: &Policy, now: i64) -> Json {
    let seen = RefCell::default();
    let case = decide::Case::new(policy, lead, now, &seen);
    let mut then = lead.clone();
    for log in policy.fields.iter().filter(|field| matches!(field.kind, Kind::Items(_))) {
        let of_this = |event: &&Event| event.from.as_ref().is_some_and(|from| from.path == log.path);
        let to_come = |item: &Json| {
            let mut events = policy.events.iter().filter(of_this);
            events.all(|event| case.dated(event, item).is_some_and(|instant| instant > now))
        };
        if let Json::List(items) = crate::value::at_path(lead, &log.path)
            && policy.events.iter().any(|event| of_this(&event))
        {
            leads::put(&mut then, &log.path, Json::List(items.iter().filter(|item| !to_come(item)).cloned().collect()));
        }
    }
    then
}

/// Keys in another order and another normal form, and some among them that no policy reads.
fn turned_round(json: &mut Json, chance: &mut Chance, names: &mut usize) {
    match json {
        Json::Object(entries) => {
            for (key, value) in entries.iter_mut() {
                *key = if chance.percent(50) { key.nfd().collect() } else { key.nfc().collect() };
                turned_round(value, chance, names);
            }
            let unread = [Json::Null, Json::number("1e999"), Json::text("\u{0}"), Json::List(vec![Json::Bool(true)])];
            *names += 1;
            entries.push((format!("nobody reads {names}"), chance.of(&unread)));
            chance.shuffle(entries);
        }
        Json::List(items) => items.iter_mut().for_each(|item| turned_round(item, chance, names)),
        _ => {}
    }
}

fn turn(condition: &mut Condition, chance: &mut Chance, groups: &mut usize) {
    if let Condition::Group(_, parts) = condition {
        *groups += 1;
        parts.iter_mut().for_each(|part| turn(part, chance, groups));
        chance.shuffle(parts);
    }
}
