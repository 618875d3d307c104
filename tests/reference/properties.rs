//! What holds whatever the policy: two ways of saying the same are decided the same.

use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;
use crate::json::Json;
use crate::model::{Condition, Kind, Policy};
use crate::smaller::slots;
use crate::{comparable, compiled, decided, generate, leads};

/// Policies for each property, from seeds that the comparison with the reference does not use.
const CASES: std::ops::Range<u64> = 1_000_000..1_000_015;
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

/// Decides every lead as it is and in another way of saying the same.
fn every_lead(same: impl Fn(&Json, &Policy, &mut Chance) -> Json, strip: impl Fn(&mut Vec<(String, Json)>)) {
    let (mut others, mut chance) = (0, Chance::new(7));
    for seed in CASES {
        let mut generator = generate::generate(seed);
        let evaluator = compiled(&generator.policy, generator.now, seed);
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at);
            let other = same(&lead, &generator.policy, &mut chance);
            others += usize::from(lead != other);
            let [before, after] = [&lead, &other].map(|lead| {
                let Json::Object(mut decision) = decided(&evaluator, lead) else { panic!("no object") };
                strip(&mut decision);
                Json::Object(decision)
            });
            assert_eq!(before, after, "case {seed}:\n{lead}\n{other}");
        }
    }
    assert!(others > 100, "{others} leads were said in another way");
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
