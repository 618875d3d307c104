//! Warnings beside every lead there is: random conditions on three fields of few values, decided for all of them.
//!
//! What no lead meets must be said, since nothing here is beyond the proofs; what some lead meets must not be.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose policy does not compile has failed")]

use handover::engine::Outcome;
use handover::lint::{Claim, findings};
use handover::loader::Memory;
use handover::{Evaluator, Policy};

const POLICIES: u64 = 400;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

fn leaf(chance: &mut Chance) -> String {
    match chance.below(7) {
        0..=2 => {
            let how = chance.of(&["is at least", "is at most", "is more than", "is less than", "is", "is not"]);
            format!("n {how} {}", chance.below(3) + 1)
        }
        3 => format!("n is {}", chance.of(&["filled in", "empty"])),
        4 => {
            let texts = chance.of(&["\"a\"", "\"b\"", "\"A\", \"C\"", "\"b\", \"c\""]);
            format!("s is {}one of {texts}", chance.of(&["", "not "]))
        }
        5 => format!("y is {}", chance.of(&["yes", "no"])),
        _ => format!("\"c{}\" is {}met", chance.below(2), chance.of(&["", "not "])),
    }
}

/// A condition whose first line goes on from what stands before it.
fn condition(chance: &mut Chance, depth: usize, indent: usize) -> String {
    if depth == 0 || chance.below(3) == 0 {
        return leaf(chance);
    }
    let parts = chance.below(3) + 2;
    let count = format!("at least {} of", chance.below(parts) + 1);
    let head = chance.of(&["all of", "all of", "any of", "none of", &count]).to_owned();
    let bullets = (0..parts).map(|_| {
        let part = condition(chance, depth - 1, indent + 4);
        format!("\n{:indent$}- {part}", "")
    });
    let bullets: String = bullets.collect();
    format!("{head}:{bullets}")
}

/// Every lead: absent, of the wrong type, on every bound and between any two.
fn leads() -> Vec<String> {
    let numbers = (1..=7).map(|half| format!("{}", f64::from(half) / 2.0)).chain(["null".into(), "\"many\"".into()]);
    let numbers: Vec<String> = numbers.collect();
    let mut leads = Vec::new();
    for n in &numbers {
        for s in ["null", "true", "\"A\"", "\"b\"", "\"c\""] {
            for y in ["null", "\"maybe\"", "true", "false"] {
                leads.push(format!("{{\"id\": 1, \"n\": {n}, \"s\": {s}, \"y\": {y}}}"));
            }
        }
    }
    leads
}

#[test]
fn what_no_lead_meets_is_said_and_what_one_meets_is_not() {
    let leads = leads();
    let (mut never, mut always_decided) = (0, 0);
    for seed in 0..POLICIES {
        let mut chance = Chance(seed);
        let closed = |chance: &mut Chance| {
            chance.of(&["", "", "  if unknown, treat as met\n", "  if unknown, treat as not met\n"])
        };
        let (first, second) =
            (leaf(&mut chance).replace("\"c0\" is", "y is").replace("\"c1\" is", "y is"), closed(&mut chance));
        let first = if first.starts_with("y is") { "y is yes".to_owned() } else { first };
        let text = format!(
            "policy \"P\"\n  version 1\nlead\n  n is a number\n  s is one of \"a\", \"b\", \"c\"\n  y is yes or no\n\
             criterion \"c0\"\n  is met when {first}\n{second}criterion \"c1\"\n  is met when n is at least 2\n{}\
             criterion \"c\"\n  is met when {}\n",
            closed(&mut chance),
            condition(&mut chance, 3, 4)
        );
        let policy = Policy::compile(&text, &Memory::default()).unwrap_or_else(|wrong| panic!("{text}\n{wrong}"));
        let said = findings(&policy);
        let root = policy.criteria[2].condition.span;
        let proofs = said.iter().filter(|finding| finding.claim.is_some()).count();
        let claims = |claim: Claim| said.iter().any(|finding| finding.claim.as_ref() == Some(&claim));
        let (never_met, never_not_met) = (claims(Claim::NeverMet(root)), claims(Claim::NeverNotMet(root)));
        let evaluator = Evaluator::new(policy, "2026-03-10T12:00:00Z".parse().unwrap());
        let mut worker = evaluator.worker();
        let outcomes: Vec<Outcome> =
            leads.iter().map(|lead| *worker.decide(lead).unwrap().criteria.get("c").unwrap()).collect();
        let some = |outcome: Outcome| outcomes.contains(&outcome);
        assert!(!(never_met && some(Outcome::Met)), "{text}\n{said:#?}");
        assert!(!(never_not_met && some(Outcome::NotMet)), "{text}\n{said:#?}");
        if !some(Outcome::Met) {
            never += 1;
            assert!(proofs > 0, "no lead meets this, and nothing is said:\n{text}");
        }
        always_decided += usize::from(!some(Outcome::NotMet));
    }
    assert!(never >= 40 && always_decided >= 10, "{never} that no lead meets, {always_decided} that none fails");
}
