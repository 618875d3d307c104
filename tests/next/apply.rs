//! Facts put into a lead as its users would: values at the paths of fields, items in logs, a later now.

use chrono::{DateTime, Utc};
use handover::{Evaluator, Policy};
use serde_json::{Map, Value, json};

/// A lead, and as of when it is decided.
#[derive(Clone, Debug)]
pub struct Case {
    pub lead: Value,
    pub now: DateTime<Utc>,
}

/// What an item of a log looks like that is this event and, as far as that can be, no other. Its time is put where it
/// says null, and else at `time`.
pub type Items<'a> = &'a dyn Fn(&str) -> Value;

impl Case {
    /// The case with these facts.
    pub fn with(&self, facts: &[&Value], items: Items<'_>) -> Case {
        let mut case = self.clone();
        for fact in facts {
            match fact["do"].as_str().unwrap() {
                "ask" | "change" => *at(&mut case.lead, fact["field"].as_str().unwrap()) = fact["value"].clone(),
                "wait" => case.now = fact["until"].as_str().unwrap().parse().unwrap(),
                "event" => {
                    let place = at(&mut case.lead, fact["in"].as_str().unwrap());
                    for time in fact["at"].as_array().unwrap() {
                        match items(fact["event"].as_str().unwrap()) {
                            Value::Null => *place = time.clone(),
                            mut item => {
                                let undated = item.as_object().unwrap().iter().find(|(_, value)| value.is_null());
                                let key = undated.map_or("time", |(key, _)| key).to_owned();
                                item[key] = time.clone();
                                if !place.is_array() {
                                    *place = json!([]);
                                }
                                place.as_array_mut().unwrap().push(item);
                            }
                        }
                    }
                    assert_eq!(fact["times"], fact["at"].as_array().unwrap().len(), "{fact}");
                }
                other => panic!("{other}"),
            }
        }
        case
    }

    /// What is decided.
    pub fn decision(&self, evaluator: &Evaluator) -> Value {
        let mut out = Vec::new();
        evaluator.at(self.now).worker().write(self.lead.to_string(), &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    /// Whether a stage is met, and whether the lead is disqualified.
    pub fn reaches(&self, evaluator: &Evaluator, stage: &str) -> (bool, bool) {
        let decision = self.decision(evaluator);
        let disqualified = !decision["disqualified_by"].as_array().unwrap().is_empty();
        (decision["stages"][stage]["outcome"] == "met", disqualified)
    }
}

/// The place at a path, with the objects that lead to it. Some names hold a full stop, always before a space.
fn at<'a>(lead: &'a mut Value, path: &str) -> &'a mut Value {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('.') {
        match parts.last_mut() {
            Some(last) if part.starts_with(' ') => *last = format!("{last}.{part}"),
            _ => parts.push(part.to_owned()),
        }
    }
    parts.iter().fold(lead, |at, part| {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at.as_object_mut().unwrap().entry(part).or_insert(Value::Null)
    })
}

/// The policy of a text.
pub fn policy(text: &str) -> Policy {
    let files = handover::loader::Memory::default().with("p.handover", text);
    let compiled = handover::compile(&files, "p.handover");
    compiled
        .policy
        .unwrap_or_else(|| panic!("{text}\n{}", handover::diagnostic::plain(&compiled.diagnostics, &compiled.sources)))
}

/// What is wrong with the sets of a decision: nothing, where each reaches its stage and no part of it does.
pub fn faults(case: &Case, next: &Value, evaluator: &Evaluator, items: Items<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for (stage, of) in next.as_object().unwrap() {
        let sets = of["sets"].as_array().unwrap();
        assert!(sets.len() <= 3);
        assert!(sets.is_sorted_by_key(|set| set.as_array().unwrap().len()), "{of}");
        for set in sets.iter().filter(|set| set[0]["do"] != "never") {
            let facts: Vec<&Value> = set.as_array().unwrap().iter().collect();
            if case.with(&facts, items).reaches(evaluator, stage) != (true, false) {
                faults.push(format!("{stage} is not reached by {set}"));
            }
            for some in 0..(1u32 << facts.len()) - 1 {
                let fewer: Vec<&Value> =
                    (0..facts.len()).filter(|at| some >> at & 1 == 1).map(|at| facts[at]).collect();
                if case.with(&fewer, items).reaches(evaluator, stage).0 {
                    faults.push(format!("{stage} is reached by {fewer:?} of {set}"));
                }
            }
        }
    }
    faults
}
