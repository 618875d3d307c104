//! What holds for every policy and every lead; what turns on the order of things is in `reference/properties.rs`.
//!
//! Each property also proves what its generator covered: a property of policies that never decide anything says little.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a property that cannot be looked at has failed"
)]

#[path = "properties/drafts.rs"]
mod drafts;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::io::Cursor;
use std::num::NonZeroUsize;

use chrono::{DateTime, TimeDelta, Utc};
use handover::diagnostic::plain;
use handover::engine::{Evaluator, Lines, Outputs, Unread};
use handover::intake::{self, Format, Stream};
use handover::loader::Memory;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use drafts::{Choice, draft, lead, open_draft};

/// 2026-03-10T12:00:00Z
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_773_144_000, 0).unwrap();

/// The keys of a decision in their order, as documented.
const KEYS: &str = "schema lead policy as_of stage recorded_stage why disqualified_by disqualifiers stages missing \
                    criteria checklists scores grades slas actions warnings";

#[test]
fn what_is_decided_stays_so_when_more_is_known() {
    let decided_before = RefCell::new(0);
    let known = vec(any::<bool>(), 15);
    holds(45, (open_draft(), vec((lead(), known), 12)), |(draft, leads), seen| {
        let evaluator = evaluator(&draft.text());
        for (lead, known) in leads {
            let more = lead.with_known(&known);
            let (before, after) = (decide(&evaluator, &lead), decide(&evaluator, &more));
            seen.add(&before);
            let (before, after) = (outcomes(&before), outcomes(&after));
            for (what, outcome) in before {
                if outcome != "unknown" {
                    assert_eq!(Some(&outcome), after.get(&what), "{what:?}: {}\n{}", lead.json(), more.json());
                    *decided_before.borrow_mut() += 1;
                }
            }
        }
    });
    assert!(*decided_before.borrow() > 300);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    holds(8, (draft(), vec(lead(), 20..40)), |(draft, leads), seen| {
        let evaluator = evaluator(&draft.text());
        leads.iter().for_each(|lead| seen.add(&decide(&evaluator, lead)));
        // Enough for several chunks, with leads among them that cannot be read.
        let input: String = leads.iter().map(|lead| lead.json() + "\n").chain(["{\n".to_owned()]).collect();
        let input = input.repeat(30);
        let output = |threads: usize, apart: bool| {
            let (unread, mut out) = (Unread { apart, ..Unread::default() }, Vec::new());
            let threads = NonZeroUsize::new(threads).unwrap();
            let stream = Stream { format: Format::Ndjson, threads: Some(threads), max_line: 1 << 20 };
            let write = |lines: &mut Lines| {
                out.append(&mut lines.decisions);
                lines.errors.clear();
                Ok(())
            };
            let summary =
                intake::run(stream, Cursor::new(input.clone()), || evaluator.handler(&unread), write).unwrap();
            assert_eq!(summary.leads, input.lines().count() as u64);
            out
        };
        let one = output(1, false);
        assert!(one == output(2, false) && one == output(4, false));
        assert_eq!(output(1, true), output(3, true));
    });
}

#[test]
fn the_leads_before_it_leave_no_trace_in_a_decision() {
    holds(40, (draft(), vec(lead(), 12)), |(draft, leads), seen| {
        let evaluator = evaluator(&draft.text());
        let (mut worker, mut out) = (evaluator.worker(), Vec::new());
        for lead in leads.iter().chain(leads.iter().rev()).flat_map(|lead| [lead, lead]) {
            out.clear();
            // Nor does a lead that cannot be read.
            assert!(worker.write(&lead.json().as_bytes()[..40], &mut out).is_err() && out.is_empty());
            worker.write(lead.json(), &mut out).unwrap();
            assert_eq!(text(&out), alone(&evaluator, lead));
            seen.add(&decide(&evaluator, lead));
        }
    });
}

#[test]
fn comments_blank_lines_line_ends_and_the_order_of_statements_decide_nothing() {
    holds(40, (draft(), any::<prop::sample::Index>(), vec(lead(), 8)), |(draft, turn, leads), seen| {
        let (mut any_order, stages) = draft.statements();
        let plain = evaluator(&draft.text());
        let turn = turn.index(any_order.len());
        any_order.rotate_left(turn);
        // A stage stands after the stages that it asks for; everything else may stand anywhere.
        any_order.splice(turn..turn, stages);
        let policy = [vec![drafts::HEAD.to_owned()], any_order].concat().join("\n# Between two statements.\n\n");
        let lines = policy.lines().map(|line| format!("{line}   # {}\r\n\r\n", "a \"comment\": - all of:"));
        let decorated = evaluator(&format!("\u{feff}# First.\r\n{}", lines.collect::<String>()));
        for lead in leads {
            let mut decisions = [decide(&plain, &lead), decide(&decorated, &lead)];
            seen.add(&decisions[0]);
            assert_ne!(decisions[0]["policy"]["digest"], decisions[1]["policy"]["digest"]);
            decisions.iter_mut().for_each(|decision| without(decision, &["policy"]));
            assert_eq!(decisions[0], decisions[1], "{policy}");
        }
    });
}

#[test]
fn fewer_keys_have_the_same_values() {
    let keys = proptest::sample::subsequence(KEYS.split_whitespace().collect::<Vec<_>>(), 1..8);
    holds(45, (draft(), keys, vec(lead(), 12)), |(draft, keys, leads), seen| {
        let all = evaluator(&draft.text());
        let some = Evaluator::only(policy(&draft.text()), NOW, Outputs::only(keys.iter().copied()).unwrap());
        for lead in leads {
            let value = some.decide(lead.json()).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), alone(&some, &lead).trim_end());
            let (mut all, some) = (decide(&all, &lead), decide(&some, &lead));
            seen.add(&all);
            let others = KEYS.split_whitespace().filter(|key| !keys.contains(key)).collect::<Vec<_>>();
            without(&mut all, &others);
            assert_eq!(all, some, "{keys:?}: {}", lead.json());
        }
    });
}

#[test]
fn a_decision_as_a_value_is_its_json() {
    holds(40, (draft(), vec(lead(), 12)), |(draft, leads), seen| {
        let evaluator = evaluator(&draft.text());
        let earlier = evaluator.at(NOW - TimeDelta::days(40));
        for lead in leads {
            for evaluator in [&evaluator, &earlier] {
                seen.add(&decide(evaluator, &lead));
                let value = evaluator.decide(lead.json()).unwrap();
                assert_eq!(serde_json::to_string(&value).unwrap(), alone(evaluator, &lead).trim_end());
            }
        }
    });
}

#[test]
fn a_decision_is_json_in_the_documented_order_and_agrees_with_itself() {
    holds(45, (draft(), vec(lead(), 12)), |(draft, leads), seen| {
        let evaluator = evaluator(&draft.text());
        for lead in leads {
            let line = alone(&evaluator, &lead);
            let decision: Value = serde_json::from_str(&line).unwrap();
            seen.add(&decision);
            // No name of the generator's is that of a key.
            let names = KEYS.split_whitespace().filter(|key| *key != "warnings" || decision.get(key).is_some());
            in_order(&line, names);
            in_order(
                &line[line.find("\"criteria\"").unwrap()..],
                ["c0", "c1", "c2"].into_iter().take(draft.criteria.len()),
            );
            in_order(&line[line.find("\"stages\"").unwrap()..], ["s0", "outcome", "test", "since"]);
            agrees_with_itself(&decision);
        }
    });
}

fn in_order<'a>(line: &str, keys: impl IntoIterator<Item = &'a str>) {
    let places =
        keys.into_iter().map(|key| line.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key}: {line}")));
    assert!(places.is_sorted(), "{line}");
}

fn agrees_with_itself(decision: &Value) {
    let object = |key: &str| decision[key].as_object().unwrap();
    let met = |value: &Value| value == "met";
    let last = object("stages").iter().filter(|(_, stage)| met(&stage["outcome"])).map(|(name, _)| name).next_back();
    let disqualified: Vec<&String> =
        object("disqualifiers").iter().filter(|(_, outcome)| met(outcome)).map(|(name, _)| name).collect();
    let stage = last.filter(|_| disqualified.is_empty());
    assert_eq!(decision["stage"], serde_json::json!(stage), "{decision}");
    assert_eq!(decision["disqualified_by"], serde_json::json!(disqualified), "{decision}");
    let open =
        object("stages").iter().filter(|(_, stage)| stage["since"].is_string()).map(|(name, _)| name).next_back();
    assert_eq!(decision["recorded_stage"], serde_json::json!(open), "{decision}");
    for list in object("checklists").values() {
        let count = |outcome: &str| list["items"].as_object().unwrap().values().filter(|item| *item == outcome).count();
        for outcome in ["met", "not_met", "unknown"] {
            assert_eq!(list[outcome], count(outcome), "{decision}");
        }
    }
    let all = outcomes(decision);
    let open =
        all.iter().any(|((kind, _), outcome)| outcome == "unknown" && matches!(*kind, "stages" | "disqualifiers"));
    let missing = decision["missing"].as_array().unwrap();
    assert!(open || missing.is_empty(), "{decision}");
    let why = decision["why"].as_str().unwrap();
    assert!(!why.is_empty() && why.chars().count() <= 255, "{why}");
}

/// Runs a property for so many policies, and then asks whether everything came up.
fn holds<S: Strategy<Value: Debug>>(cases: u32, strategy: S, property: impl Fn(S::Value, &mut Seen)) {
    let seen = RefCell::new(Seen::default());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&strategy, |value| {
        property(value, &mut seen.borrow_mut());
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    seen.borrow().everything();
}

/// What came up in the decisions of a property.
#[derive(Debug, Default)]
struct Seen {
    outcomes: BTreeMap<&'static str, BTreeSet<String>>,
    others: BTreeSet<&'static str>,
}

impl Seen {
    fn add(&mut self, decision: &Value) {
        for ((kind, _), outcome) in outcomes(decision) {
            self.outcomes.entry(kind).or_default().insert(outcome);
        }
        let stages = || decision["stages"].as_object().unwrap().values();
        let signs = [
            ("an open stay", decision["recorded_stage"].is_string()),
            ("a stay against its test", stages().any(|stage| stage["outcome"] == "met" && stage["test"] == "not_met")),
            ("an exit that shuts", stages().any(|stage| stage["outcome"] == "not_met" && stage["test"] == "met")),
            (
                "a log that leaves a stay open",
                stages().any(|stage| stage["outcome"] == "unknown" && stage["test"] != "unknown"),
            ),
            ("a disqualified lead", decision["disqualified_by"] != serde_json::json!([])),
            ("a missing field", decision["missing"] != serde_json::json!([])),
            ("points", decision["scores"]["points"] != 0),
            ("a warning", decision.get("warnings").is_some()),
            ("no warning", decision.get("warnings").is_none()),
        ];
        self.others.extend(signs.into_iter().filter(|(_, came_up)| *came_up).map(|(sign, _)| sign));
    }

    fn everything(&self) {
        let counts: Vec<usize> = self.outcomes.values().map(BTreeSet::len).collect();
        assert!(counts == [3; 5] && self.others.len() == 9, "the generator covers too little: {self:#?}");
    }
}

/// Every outcome in a decision, by kind and name.
fn outcomes(decision: &Value) -> BTreeMap<(&'static str, String), String> {
    let mut all = BTreeMap::new();
    let mut add =
        |kind, name: &str, outcome: &Value| all.insert((kind, name.to_owned()), outcome.as_str().unwrap().to_owned());
    for kind in ["criteria", "disqualifiers"] {
        decision[kind].as_object().unwrap().iter().for_each(|(name, outcome)| _ = add(kind, name, outcome));
    }
    for (name, stage) in decision["stages"].as_object().unwrap() {
        add("stages", name, &stage["outcome"]);
        add("tests", name, &stage["test"]);
    }
    for (name, item) in decision["checklists"]["list"]["items"].as_object().unwrap() {
        add("items", name, item);
    }
    all
}

fn without(decision: &mut Value, keys: &[&str]) {
    keys.iter().for_each(|key| _ = decision.as_object_mut().unwrap().remove(*key));
}

fn decide(evaluator: &Evaluator, lead: &Choice) -> Value {
    serde_json::from_str(&alone(evaluator, lead)).unwrap()
}

/// The decision of a worker that has seen no other lead.
fn alone(evaluator: &Evaluator, lead: &Choice) -> String {
    let mut out = Vec::new();
    evaluator.worker().write(lead.json(), &mut out).unwrap();
    text(&out)
}

fn text(out: &[u8]) -> String {
    std::str::from_utf8(out).unwrap().to_owned()
}

fn evaluator(text: &str) -> Evaluator {
    Evaluator::new(policy(text), NOW)
}

fn policy(text: &str) -> handover::Policy {
    let compiled = handover::compile(&Memory::default().with("policy.handover", text), "policy.handover");
    compiled.policy.unwrap_or_else(|| panic!("{text}\n{}", plain(&compiled.diagnostics, &compiled.sources)))
}
