//! A trace of a random policy and lead says what its decision says, and its numbers add up.

use std::collections::BTreeSet;

use handover::Evaluator;
use handover::engine::{Outputs, With};

use super::{compiled, generate, leads, number, policy_of, time};

#[path = "../trace/agrees.rs"]
mod agrees;

/// Policies, and leads for each; other ones than those that are compared with the reference.
const CASES: u64 = 45;
const LEADS: usize = 20;
const FIRST: u64 = 500_000;

#[test]
fn traces_agree_with_their_decisions() {
    let first = number("HANDOVER_FIRST", FIRST);
    let mut seen = BTreeSet::new();
    for seed in first..first + number("HANDOVER_CASES", CASES) {
        let mut generator = generate::generate(seed);
        let plain = compiled(&generator.policy, generator.now, seed);
        let policy = policy_of(&generator.policy).unwrap();
        let traced = Evaluator::only(policy, time::utc(generator.now), Outputs::ALL.and(With::Trace));
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at).to_string();
            let decided = traced.decide(&lead).unwrap();
            let mut written = Vec::new();
            traced.worker().write(&lead, &mut written).unwrap();
            // A value and a line are made of the same by two ways.
            let trace = format!(",\"trace\":{}}}\n", serde_json::to_string(&decided.trace).unwrap());
            assert!(String::from_utf8(written).unwrap().ends_with(&trace), "case {seed}: {lead}");
            let mut decision = serde_json::to_value(decided).unwrap();
            agrees::agrees(&decision, &mut seen);
            decision.as_object_mut().unwrap().remove("trace");
            assert_eq!(decision, serde_json::to_value(plain.decide(&lead).unwrap()).unwrap(), "case {seed}: {lead}");
        }
    }
    let unseen: Vec<_> = agrees::SIGNS.iter().filter(|sign| !seen.contains(**sign)).collect();
    assert!(unseen.is_empty(), "no trace has {unseen:?}");
}
