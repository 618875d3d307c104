//! Handover's decisions beside those of a second evaluator, which was written from the language reference alone, shares
//! no code with the first, and would rather be read than be fast.
//!
//! A case is a random policy and random leads: the policy as a model, which `render` writes for Handover to compile, and
//! which `decide` evaluates for comparison. All that the two must agree on is compared: everything in a decision but its
//! prose, the digest, and clocks. The test then asks whether all of the language came up, with every outcome it can have.
//!
//! Where the reference of the language can be read in two ways, this is the reading: `between` two values is unknown where
//! either is, while `is one of` and the like are decided by any value that is known; an `add F points` whose condition is
//! not met has no number to warn of; an event that nothing in the policy asks about warns of nothing; a warning stands
//! once for each place; a stay whose logs leave it open has the fields of those logs missing, and those of its test where
//! the test may decide.
//!
//! Of deadlines: pauses that overlap are one, and those that only touch are two; a share of the window that is none of
//! it is reached at the first open instant, and moved by pauses like a window of none; with an absent log, `for leads
//! where` is judged at the latest start that the other logs tell of; an earlier cycle is missed where its SLA is for
//! the lead and it is breached; a clock that is never due is running, paused or not, until it ends; of earlier cycles
//! the holidays matter only as far as they decide whether it was missed. Of versions: starts and restarts open a cycle
//! by the version in effect there, and it ends by that version's events, whichever is in effect by then; what the
//! absent log of another version means is not compared.
//!
//! `HANDOVER_CASES=5000 cargo test --test reference` runs more policies than usual; `HANDOVER_FIRST=700` begins with
//! another. A failure prints the policy, the lead, the instant and both decisions, as small as they could be made.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a generator or an evaluator that is wrong about itself has failed"
)]

mod business;
mod chance;
mod changes;
mod clock;
mod conditions;
mod coverage;
mod deadline;
mod deadlines;
mod decide;
mod event;
mod exact;
mod forms;
mod generate;
mod horizons;
mod json;
mod leads;
mod lint;
mod model;
mod properties;
mod render;
mod render_sla;
mod score;
mod sla;
mod slas;
mod smaller;
mod stage;
mod statements;
mod text;
mod time;
mod timeline;
mod traces;
mod truth;
#[path = "../parts/untidy.rs"]
mod untidy;
mod value;
mod versions;
mod words;

use std::cell::RefCell;

use handover::Evaluator;
use handover::diagnostic::plain;
use handover::loader::Memory;

use coverage::Seen;
use json::Json;
use model::Policy;

/// Policies, and leads for each.
const CASES: u64 = 85;
const LEADS: usize = 30;

#[test]
fn a_second_reading_of_the_language_decides_the_same() {
    let (first, cases) = (number("HANDOVER_FIRST", 0), number("HANDOVER_CASES", CASES));
    let seen = RefCell::new(Seen::default());
    let mut failures = Vec::new();
    for seed in first..first + cases {
        let mut generator = generate::generate(seed);
        let evaluator = compiled(&generator.policy, generator.now, seed);
        seen.borrow_mut().policy(&generator.policy);
        for at in 0..LEADS {
            let lead = leads::lead(&mut generator, at);
            let difference = difference(&generator.policy, &evaluator, &lead, generator.now, &seen);
            if difference.is_some() {
                failures.push(format!("case {seed}:\n{}", smaller::told(&generator.policy, &lead, generator.now)));
                break;
            }
        }
        assert!(failures.len() < 3, "{}", failures.join("\n"));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let complaints = seen.borrow().complaints();
    assert!(complaints.is_empty(), "of the language, this did not come up:\n{}", complaints.join("\n"));
    println!("{cases} policies, {LEADS} leads each: {}", seen.borrow().summary());
}

/// A number from the environment.
#[expect(clippy::disallowed_methods, reason = "whoever runs the test may ask for more of it")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Handover's evaluator of a policy that it must not refuse.
fn compiled(policy: &Policy, now: i64, seed: u64) -> Evaluator {
    evaluator(policy, now)
        .unwrap_or_else(|said| panic!("case {seed}: a policy that should be right is refused:\n{said}"))
}

/// Handover's decision.
fn decided(evaluator: &Evaluator, lead: &Json) -> Json {
    let mut out = Vec::new();
    evaluator.worker().write(lead.to_string().as_bytes(), &mut out).unwrap();
    Json::parse(std::str::from_utf8(&out).unwrap())
}

/// Handover's evaluator, or what it says against the policy.
fn evaluator(policy: &Policy, now: i64) -> Result<Evaluator, String> {
    policy_of(policy).map(|policy| Evaluator::new(policy, time::utc(now)))
}

/// Handover's reading of a policy, or what it says against it.
fn policy_of(policy: &Policy) -> Result<handover::Policy, String> {
    let written = render::render(policy);
    let files = written.iter().fold(Memory::default(), |files, (name, text)| files.with(name, text.as_str()));
    let compiled = handover::compile(&files, "p.handover");
    compiled.policy.ok_or_else(|| {
        let text: String = written.iter().map(|(name, text)| format!("--- {name}\n{text}\n")).collect();
        format!("{text}{}", plain(&compiled.diagnostics, &compiled.sources))
    })
}

/// What the two decided, where it is not the same: first Handover, then the reference.
fn difference(
    policy: &Policy,
    evaluator: &Evaluator,
    lead: &Json,
    now: i64,
    seen: &RefCell<Seen>,
) -> Option<(Json, Json)> {
    let mut decided = comparable(decided(evaluator, lead));
    let mut expected = decide::decide(policy, lead, now, seen);
    for (key, stands_for) in keys(&mut decided).iter().zip(keys(&mut expected)) {
        seen.borrow_mut().key(key, &stands_for);
    }
    if number("HANDOVER_BLIND", 0) == 1 {
        for one in [&mut decided, &mut expected] {
            let Json::Object(entries) = one else { panic!() };
            entries.retain(|(key, _)| key != "slas" && key != "actions" && key != "warnings");
        }
    }
    (decided != expected).then_some((decided, expected))
}

/// Takes the keys out of a decision's actions.
fn keys(decision: &mut Json) -> Vec<String> {
    let Json::Object(entries) = decision else { panic!("no object") };
    let actions = entries.iter_mut().find(|(key, _)| key == "actions");
    let Some((_, Json::List(actions))) = actions else { panic!("no actions") };
    let mut keys = Vec::new();
    for action in actions {
        let Json::Object(parts) = action else { panic!("no object") };
        let at = parts.iter().position(|(key, _)| key == "key").unwrap();
        let (_, Json::Text(key)) = parts.remove(at) else { panic!("no text") };
        keys.push(key);
    }
    keys
}

/// A decision without its prose, the digest, and clocks; and with each warning once, in order.
fn comparable(decision: Json) -> Json {
    let Json::Object(mut entries) = decision else { panic!("no object") };
    let why = entries.iter().find(|(key, _)| key == "why").map(|(_, why)| why.clone());
    let Some(Json::Text(why)) = why else { panic!("no why") };
    assert!(!why.is_empty() && why.chars().count() <= 255 && !why.contains('\n'), "{why}");
    entries.retain(|(key, _)| key != "why");
    for (key, value) in &mut entries {
        match value {
            Json::Object(policy) if key == "policy" => policy.retain(|(key, _)| key != "digest"),
            Json::List(warnings) if key == "warnings" => {
                for warning in warnings.iter_mut() {
                    let Json::Object(parts) = warning else { panic!("no object") };
                    parts.retain(|(key, _)| key != "message");
                }
                // No order is due between warnings of different kinds.
                warnings.sort_by_key(Json::to_string);
            }
            _ => {}
        }
    }
    Json::Object(entries)
}
