//! Versions of a policy beside the second evaluator: each clock is judged by the version in effect when it started.

use std::cell::RefCell;

use chrono::Days;
use handover::Evaluator;

use crate::coverage::Seen;
use crate::generate::Generator;
use crate::json::Json;
use crate::model::Policy;
use crate::render::render;
use crate::sla::Sla;
use crate::time::{rfc3339, utc};
use crate::{comparable, decide, decided, keys, number, policy_of, slas};

/// Policies of two or three versions, from seeds of their own, and leads for each.
const CASES: u64 = 12;
const FIRST: u64 = 2_000_000;
const LEADS: usize = 30;

#[test]
fn each_clock_is_judged_by_the_version_in_effect_when_it_started() {
    let (seen, mut compared) = (RefCell::new(Seen::default()), 0);
    let (first, cases) = (FIRST + number("HANDOVER_FIRST", 0), number("HANDOVER_CASES", CASES));
    for seed in first..first + cases {
        let mut generator = slas::generate(seed);
        let versions = versions(&mut generator);
        let policies = versions.iter().map(|version| policy_of(version).unwrap());
        // Their order is that of their dates, whatever the order in which they are found.
        let policies: Vec<_> = policies.rev().collect();
        let evaluator = Evaluator::new(handover::Versions::new(policies).unwrap(), utc(generator.now));
        seen.borrow_mut().policy(&generator.policy);
        for at in 0..LEADS {
            // What happens fits one of the versions.
            generator.policy = generator.chance.of(&versions);
            let (lead, now) = generator.timeline(at);
            // What the absent log of another version means is not said.
            let case = decide::Case::new(&generator.policy, &lead, now, &seen);
            if versions
                .iter()
                .flat_map(|one| &one.slas)
                .flat_map(Sla::events)
                .any(|one| case.occurrences(one).is_none())
            {
                continue;
            }
            compared += 1;
            let [mut decided, mut expected] = [
                comparable(decided(&evaluator.at(utc(now)), &lead)),
                decide::decide_by_versions(&versions, &lead, now, &seen),
            ];
            for (key, stands_for) in keys(&mut decided).iter().zip(keys(&mut expected)) {
                seen.borrow_mut().key(key, &stands_for);
            }
            let [decided, expected] = [decided, expected].map(without_warnings);
            assert!(decided == expected, "{}", told(seed, &versions, &lead, now, [&decided, &expected]));
        }
    }
    assert!(compared > 200, "{compared} leads were compared");
    let complaints = [seen.borrow().never(VERSIONS), seen.borrow().confused().to_vec()].concat();
    assert!(complaints.is_empty(), "of versions, this did not come up:\n{}", complaints.join("\n"));
}

/// The policy, and other versions of it before, with other clocks of the same names.
pub fn versions(generator: &mut Generator) -> Vec<Policy> {
    let count = generator.chance.range(2, 3);
    let mut until = None;
    let mut versions = Vec::new();
    let mut date = generator.today() + Days::new(2) - Days::new(generator.chance.bits() % 8);
    for number in (1..=count).rev() {
        let mut version = generator.policy.clone();
        version.version = number;
        version.effective_until = until;
        version.effective_from = (number > 1).then_some(date);
        for at in 0..version.slas.len() {
            if generator.chance.percent(60) {
                version.slas[at] = generator.sla(version.slas[at].name.clone());
            }
        }
        until = Some(date - Days::new(1));
        date = date - Days::new(1 + generator.chance.bits() % 6);
        versions.push(version);
    }
    versions.reverse();
    versions
}

/// Which items are warned of turns on what a version reads.
fn without_warnings(decision: Json) -> Json {
    let Json::Object(mut entries) = decision else { panic!("no object") };
    entries.retain(|(key, _)| key != "warnings");
    Json::Object(entries)
}

fn told(seed: u64, versions: &[Policy], lead: &Json, now: i64, decisions: [&Json; 2]) -> String {
    let texts = versions.iter().flat_map(render).map(|(name, text)| format!("--- {name}\n{text}")).collect::<String>();
    let [decided, expected] = decisions;
    format!("case {seed}:\n{texts}--- {lead}\n--- {}\nHandover:  {decided}\nreference: {expected}", rfc3339(now))
}

/// What must come up.
const VERSIONS: &str = "
    versions: a start while an earlier one's cycle runs
    versions: an end by an earlier one
    versions: handed on to a later one
    versions: the latest cycle is an earlier one's
    versions: cycles of several
    versions: missed under an earlier one
";
