//! `next_change_at` is the first instant at which a decision is another one: for every lead of every case and of the shipped
//! policies. For random policies and leads that is tried in `reference/`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::collections::BTreeMap;

use handover::engine::{Evaluator, Outputs, With};
use handover::loader::Memory;
use handover::{Decision, Policy};

use everything::{Setting, everything};
use stays::{Outlook, stays};

#[path = "parts/everything.rs"]
mod everything;
#[path = "horizon/stays.rs"]
mod stays;

/// Numbers from 0 to 1, the same in every run.
fn chance() -> impl FnMut() -> f64 {
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn a_decision_stays_until_its_next_change() {
    let mut outlooks: BTreeMap<Outlook, usize> = BTreeMap::new();
    let mut chance = chance();
    for Setting { path, policy, leads, now } in everything() {
        println!("{}", path.display());
        let plain = Evaluator::new(policy.clone(), now);
        let evaluator = Evaluator::only(policy, now, Outputs::ALL.and(With::NextChange));
        // A few leads of a case show what it is about.
        for lead in leads.lines().filter(|line| !line.trim().is_empty()).take(6) {
            let Ok(decision) = evaluator.decide(lead) else { continue };
            *outlooks.entry(stays(&decision, &plain, lead, &mut chance)).or_default() += 1;
        }
    }
    let count = |outlook| outlooks.get(&outlook).copied().unwrap_or(0);
    assert!(count(Outlook::Changes) > 150 && count(Outlook::Never) > 50, "{outlooks:?}");
}

fn decided(policy: &str, lead: &str, now: &str) -> Decision {
    let policy = Policy::compile(policy, &Memory::default()).unwrap();
    Evaluator::only(policy, now.parse().unwrap(), Outputs::ALL.and(With::NextChange)).decide(lead).unwrap()
}

#[test]
fn each_source_of_change_is_seen() {
    let head = "policy \"p\"\n  version 1\n  working hours of \"office\"\ncalendar \"office\"\n  time zone \"Europe/Sofia\"\n  open Monday to Friday, 09:00 to 18:00\nlead\n  on is a date\n  at is a time\n  log is a list of:\n    - time is a time\nevent \"seen\"\n  from log\n  dated by time\nevent \"once\"\n  dated by at\n";
    let when = |condition: &str| format!("stage \"S\"\n  is reached when {condition}\n");
    let at = r#"{"at":"2026-03-05T10:00:00Z"}"#;
    // What is asked, the lead, and the next change of it as of noon (UTC) on Tuesday, 10 March 2026.
    let rows = [
        (when("at is within the last 30 days"), at, "2026-04-04T10:00:00.000001Z"),
        (when("at is more than 1 week ago"), at, "2026-03-12T10:00:00.000001Z"),
        (when("at is within the last 2 months"), at, "2026-05-05T09:00:00.000001Z"),
        (when("at is within the last 5 business days"), at, "2026-03-12T10:00:00.000001Z"),
        (when("at is within the next 2 days"), r#"{"at":"2026-03-14T10:00:00Z"}"#, "2026-03-12T10:00:00Z"),
        (when("at is more than 2 business hours ahead"), r#"{"at":"2026-03-11T08:30:00Z"}"#, "2026-03-10T15:30:00Z"),
        (when("on is within the last 3 days"), r#"{"on":"2026-03-08"}"#, "2026-03-11T22:00:00Z"),
        (when("on is within the next 1 month"), r#"{"on":"2026-04-30"}"#, "2026-03-29T21:00:00Z"),
        (
            when("\"seen\" happened at least 2 times within the last 7 days"),
            r#"{"log":[{"time":"2026-03-09T10:00:00Z"},{"time":"2026-03-08T10:00:00Z"},{"time":"2026-03-07T10:00:00Z"}]}"#,
            "2026-03-15T10:00:00.000001Z",
        ),
        // What the lead says of the future will have happened.
        (when("\"seen\" happened"), r#"{"log":[{"time":"2026-03-20T10:00:00Z"}]}"#, "2026-03-20T10:00:00Z"),
        (when("\"once\" happened"), r#"{"at":"2026-03-20T10:00:00Z"}"#, "2026-03-20T10:00:00Z"),
        (
            "score \"s\"\n  add 40 points for each \"seen\", halving every 14 days\n".to_owned(),
            r#"{"log":[{"time":"2026-03-01T10:00:00Z"}]}"#,
            "2026-03-15T10:00:00Z",
        ),
        (
            "score \"s\"\n  starts at 50\n  never below 0\n  remove 10 points for every 30 days without \"seen\"\n"
                .to_owned(),
            r#"{"log":[{"time":"2026-03-01T10:00:00Z"}]}"#,
            "2026-03-31T10:00:00Z",
        ),
        (format!("{}  left when \"once\", for 10 days\n", when("on is empty")), at, "2026-03-15T10:00:00Z"),
        (format!("{}  left when \"once\", for 4 business days\n", when("on is empty")), at, "2026-03-11T10:00:00Z"),
    ];
    for (statement, lead, expected) in rows {
        let decision = decided(&format!("{head}{statement}"), lead, "2026-03-10T12:00:00Z");
        let found = decision.next_change.unwrap().at.map(handover::engine::timestamp);
        assert_eq!(found.as_deref(), Some(expected), "{statement}{lead}");
    }
}

#[test]
fn changes_follow_one_another() {
    // Each policy and lead with its next changes from noon (UTC) on 10 March 2026 on, until there is none.
    for row in CHAINS.split("\n\n") {
        let (policy, rest) = row.split_once("\n--- ").unwrap();
        let (lead, changes) = rest.split_once('\n').unwrap_or((rest, ""));
        let policy = format!("policy \"p\"\n  version 1\n{policy}\n");
        let (mut now, mut found) = ("2026-03-10T12:00:00Z".to_owned(), Vec::new());
        loop {
            let change = decided(&policy, lead, &now).next_change.unwrap();
            assert_eq!(change.searched_until, None, "{row}");
            let Some(at) = change.at else { break };
            now = handover::engine::timestamp(at);
            found.push(now.clone());
        }
        assert_eq!(found, changes.lines().collect::<Vec<_>>(), "{row}");
    }
}

const CHAINS: &str = include_str!("horizon/chains.txt");

#[test]
fn what_is_not_asked_for_is_no_change() {
    let version = |number: u32, from: &str, size: u32| {
        let text = format!(
            "policy \"p\"\n  version {number}\n  effective {from}\nlead\n  size is a number\nstage \"S\"\n  is reached when size is at least {size}\n"
        );
        Policy::compile(&text, &Memory::default()).unwrap()
    };
    let next = |keys: &[&str], size: u32| {
        let policies = vec![version(1, "until 2026-03-19", 5), version(2, "from 2026-03-20", 50)];
        let outputs = Outputs::only(keys).unwrap().and(With::NextChange);
        let now = "2026-03-10T12:00:00Z".parse().unwrap();
        let evaluator = Evaluator::only(handover::Versions::new(policies).unwrap(), now, outputs);
        let lead = format!("{{\"id\":\"A\",\"size\":{size}}}");
        evaluator.decide(lead).unwrap().next_change.unwrap().at.map(handover::engine::timestamp)
    };
    let takes_effect = Some("2026-03-20T00:00:00Z".to_owned());
    assert_eq!(next(&["stage"], 9), takes_effect);
    assert_eq!(next(&["stage"], 90), None);
    assert_eq!(next(&["stage", "policy"], 90), takes_effect);
}

#[test]
fn a_decision_that_nothing_changes_says_so() {
    let policy = "policy \"p\"\n  version 1\nlead\n  size is a number\n  log is a list of:\n    - time is a time\nevent \"seen\"\n  from log\n  dated by time\nscore \"s\"\n  never below 0\n  starts at 20\n  remove 10 points for every 30 days without \"seen\"\nstage \"S\"\n  is reached when size is at least 5\n";
    let decision =
        decided(policy, r#"{"id":"A","size":9,"log":[{"time":"2020-03-01T10:00:00Z"}]}"#, "2026-03-10T12:00:00Z");
    let change = decision.next_change.unwrap();
    assert_eq!((change.at, change.searched_until), (None, None));
    assert!(serde_json::to_string(&decision).unwrap().contains("\"next_change_at\":null"));
}
