//! The next change of a random decision, with the decisions around it.

use std::collections::BTreeMap;

use handover::Evaluator;
use handover::engine::{Outputs, With};

use super::{generate, leads, number, policy_of, time};

#[path = "../horizon/stays.rs"]
mod stays;

/// Policies, and leads for each; other ones than those that are compared with the reference.
const CASES: u64 = 25;
const LEADS: usize = 6;
const FIRST: u64 = 700_000;

#[test]
fn decisions_stay_until_their_next_change() {
    let first = number("HANDOVER_FIRST", FIRST);
    let mut outlooks: BTreeMap<stays::Outlook, usize> = BTreeMap::new();
    for seed in first..first + number("HANDOVER_CASES", CASES) {
        let mut generator = generate::generate(seed);
        let policy = policy_of(&generator.policy).unwrap();
        let now = time::utc(generator.now);
        let plain = Evaluator::new(policy.clone(), now);
        let evaluator = Evaluator::only(policy, now, Outputs::ALL.and(With::NextChange));
        let mut share = seed;
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at).to_string();
            let decision = evaluator.decide(&lead).unwrap();
            let chance = || {
                share = share.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (share >> 11) as f64 / (1u64 << 53) as f64
            };
            *outlooks.entry(stays::stays(&decision, &plain, &lead, chance)).or_default() += 1;
        }
    }
    let count = |outlook| outlooks.get(&outlook).copied().unwrap_or(0);
    assert!(count(stays::Outlook::Changes) > 60, "{outlooks:?}");
    println!("{outlooks:?}");
}
