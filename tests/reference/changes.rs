//! When a decision changes by itself, for random policies and leads: a microsecond before it is what it was, then it is
//! another, and nothing changes between. What comes after that is asked for in turn, and of single keys too, which
//! change less often.

use handover::engine::{Outputs, With};
use handover::{Evaluator, Versions};

use crate::chance::Chance;
use crate::generate::Generator;
use crate::model::Policy;
use crate::{generate, leads, number, policy_of, render, slas, time, versions};

#[path = "../horizon/proof.rs"]
mod proof;

use proof::Said;

/// Policies of each kind, and leads for each; other ones than those that are compared with the reference.
const CASES: u64 = 3;
const LEADS: usize = 12;
const FIRST: u64 = 3_000_000;
/// So many changes of one lead are asked for, one after another.
const CHANGES: usize = 4;

/// Keys that are asked for alone, besides whole decisions.
const KEYS: [&[&str]; 7] =
    [&["stage"], &["stages", "why"], &["scores", "warnings"], &["grades"], &["criteria"], &["slas"], &["actions"]];

/// What a policy is about.
const KINDS: [Kind; 3] = [Kind::Leads, Kind::Clocks, Kind::Versions];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Leads,
    Clocks,
    Versions,
}

#[test]
fn the_next_change_is_the_first() {
    let (first, cases) = (FIRST + number("HANDOVER_FIRST", 0), number("HANDOVER_CASES", CASES));
    let (mut changes, mut never, mut given_up) = (0, 0, 0);
    for (seed, kind) in (first..first + cases).flat_map(|seed| KINDS.map(|kind| (seed, kind))) {
        let (mut generator, policy) = case(seed, kind);
        let mut chance = Chance::new(seed);
        for at in 0..LEADS {
            let (lead, mut now) = match kind {
                Kind::Leads => (leads::lead(&mut generator, at), generator.now),
                Kind::Clocks | Kind::Versions => generator.timeline(at),
            };
            let lead = lead.to_string();
            let outputs = match chance.percent(50) {
                true => Outputs::ALL,
                false => Outputs::only(chance.of(&KEYS)).unwrap(),
            };
            let decides = Evaluator::only(policy.clone(), time::utc(now), outputs);
            let asked = Evaluator::only(policy.clone(), time::utc(now), outputs.and(With::NextChange));
            for _ in 0..CHANGES {
                let between = |from, until| between(&mut chance, from, until);
                let said = proof::prove(&asked, &decides, &lead, now, between).unwrap_or_else(|why| {
                    let text = text(&generator.policy);
                    panic!("case {seed}, {kind:?}, as of {}:\n{text}\n{lead}\n{why}", time::rfc3339(now))
                });
                match said {
                    Said::At(at) => (now, changes) = (at, changes + 1),
                    Said::Never => {
                        never += 1;
                        break;
                    }
                    Said::GivenUp(_) => {
                        given_up += 1;
                        break;
                    }
                }
            }
        }
    }
    let told = format!("{changes} changes, {never} times none, {given_up} times given up");
    assert!(changes > 150 && never > 50 && given_up < never / 10, "{told}");
    println!("{told}");
}

fn case(seed: u64, kind: Kind) -> (Generator, Versions) {
    let mut generator = match kind {
        Kind::Leads => generate::generate(seed),
        Kind::Clocks | Kind::Versions => slas::generate(seed),
    };
    let policies = match kind {
        Kind::Versions => versions::versions(&mut generator),
        Kind::Leads | Kind::Clocks => vec![generator.policy.clone()],
    };
    let policies: Vec<_> = policies.iter().map(|policy| policy_of(policy).unwrap()).collect();
    let versions = if policies.len() == 1 {
        Versions::from(policies.into_iter().next().unwrap())
    } else {
        Versions::new(policies).unwrap()
    };
    (generator, versions)
}

/// Instants after one and before another: of all magnitudes from either end, and full hours.
fn between(chance: &mut Chance, from: i64, until: i64) -> Vec<i64> {
    let mut all = Vec::new();
    for _ in 0..10 {
        let size = 1_i64 << chance.range(0, 51);
        let away = chance.range(0, size);
        all.extend([from.saturating_add(away), until.saturating_sub(away)]);
    }
    all.extend(all.clone().iter().map(|at| at - at.rem_euclid(time::HOUR)));
    all.retain(|at| from < *at && *at < until);
    all
}

fn text(policy: &Policy) -> String {
    render::render(policy).iter().map(|(name, text)| format!("--- {name}\n{text}")).collect()
}
