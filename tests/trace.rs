//! A trace says what its decision says: for every lead of every case and of the shipped policies. For random policies and
//! leads it does so in `reference/`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a trace that cannot be looked at has failed"
)]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use handover::engine::{Evaluator, Outputs, With};
use handover::loader::Memory;
use handover::{Decision, Policy};
use serde_json::Value;

use agrees::{SIGNS, agrees};
use everything::{Setting, everything};

#[path = "trace/agrees.rs"]
mod agrees;
#[path = "parts/everything.rs"]
mod everything;

fn traced(policy: Policy, now: DateTime<Utc>) -> Evaluator {
    Evaluator::only(policy, now, Outputs::ALL.and(With::Trace))
}

#[test]
fn a_trace_agrees_with_its_decision() {
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for Setting { path, policy, leads, now } in everything() {
        let plain = Evaluator::new(policy.clone(), now);
        let evaluator = traced(policy, now);
        for lead in leads.lines().filter(|line| !line.trim().is_empty()) {
            let Ok(decision) = evaluator.decide(lead) else { continue };
            let mut out = Vec::new();
            evaluator.worker().write(lead, &mut out).unwrap();
            let written = String::from_utf8(out).unwrap();
            assert_eq!(serde_json::to_string(&decision).unwrap(), written.trim_end(), "{}", path.display());
            let mut decision: Value = serde_json::from_str(&written).unwrap();
            agrees(&decision, &mut seen);
            decision.as_object_mut().unwrap().remove("trace").unwrap();
            let untraced = serde_json::to_value(plain.decide(lead).unwrap()).unwrap();
            assert_eq!(decision, untraced, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 500, "{count} traces");
    let unseen: Vec<_> = SIGNS.iter().filter(|sign| !seen.contains(**sign)).collect();
    assert!(unseen.is_empty(), "no trace has {unseen:?}");
}

fn trace_of(policy: &str, lead: &str) -> Decision {
    let policy = Policy::compile(policy, &Memory::default()).unwrap();
    traced(policy, "2026-03-10T12:00:00Z".parse().unwrap()).decide(lead).unwrap()
}

#[test]
fn nothing_private_is_in_a_trace() {
    let policy = r#"policy "p"
  version 1
lead
  email is text, private
  salary is a number, private
  tags is a list of text, private
  born is a date, private
score "s"
  add 5 points when salary is at least 10
  add points by salary:
    - 7 from 100
    - 0 otherwise
stage "MQL"
  is reached when all of:
    - email ends with "@secret.example"
    - domain of email is "secret.example"
    - salary is more than 3
    - tags includes "vip"
    - born is before 2000-01-01
"#;
    let lead = r#"{"id":"A","email":"ana@secret.example","salary":98765,"tags":["VIP","hush"],"born":"1987-06-05"}"#;
    let decision = serde_json::to_string(&trace_of(policy, lead)).unwrap();
    for value in ["ana@", "98765", "hush", "1987"] {
        assert!(!decision.contains(value), "{value}: {decision}");
    }
    // The policy's own words stand; the seven places that read a private field do not show it.
    assert_eq!(decision.matches("(private)").count(), 7, "{decision}");
}

#[test]
fn texts_are_shown_as_the_lead_has_them() {
    let policy = "policy \"p\"\n  version 1\nlead\n  title is text\n  who is one of \"New Client\", \"Old\"\nstage \"MQL\"\n  is reached when all of:\n    - title contains \"vp\"\n    - who is \"new client\"\n";
    let decision = trace_of(policy, r#"{"id":"A","title":"  Senior VP, ΑΘΗΝΑ ","who":"NEW CLIENT"}"#);
    let trace = serde_json::to_value(decision.trace.unwrap()).unwrap();
    let seen = |at: usize| trace["stages"][0]["children"][0]["children"][at]["observed"][0]["value"].clone();
    assert_eq!((seen(0), seen(1)), ("Senior VP, ΑΘΗΝΑ".into(), "NEW CLIENT".into()));
}

#[test]
fn what_stands_in_the_place_of_a_value_is_shown_but_not_where_it_is_private() {
    let policy = "policy \"p\"\n  version 1\nlead\n  company.size is a number\n  salary is a number, private\n  born is a date\nstage \"MQL\"\n  is reached when all of:\n    - company.size is at least 50\n    - salary is more than 3\n    - born is before 2000-01-01\n";
    let lead = r#"{"id":"A","company":{"size":"ma\u006ey"},"salary":"hush","born":{"year":1987}}"#;
    let decision = trace_of(policy, lead);
    let trace = serde_json::to_value(decision.trace.unwrap()).unwrap();
    let seen = |at: usize| trace["stages"][0]["children"][0]["children"][at]["observed"][0].clone();
    for (at, found) in [r#""ma\u006ey""#, "(private)", r#"{"year":1987}"#].into_iter().enumerate() {
        assert_eq!((&seen(at)["value"], &seen(at)["found"]), (&Value::Null, &Value::from(found)));
    }
    assert!(!trace.to_string().contains("hush"));
}
