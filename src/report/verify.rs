//! Whether decisions that were kept would be made again: each against the same lead, policy and instant.

use std::collections::HashMap;
use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::diagnostic::escape;
use crate::engine::{Evaluator, KEYS, Outputs, With, lead_digest};
use crate::policy::Versions;

/// So many differences of one decision are shown.
const MOST_SHOWN: usize = 20;

/// A decision that was kept, with its receipt.
#[derive(Clone, Debug)]
pub struct Kept {
    decision: Map<String, Value>,
    as_of: DateTime<Utc>,
    /// The digest of its lead.
    lead: String,
}

/// Why something is no decision that can be verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// It is not JSON.
    #[error("line {line} is no JSON: {why}")]
    NoJson {
        /// The line, from 1.
        line: usize,
        /// What the reader of JSON says.
        why: String,
    },
    /// There is no receipt in it.
    #[error("decision {0} has no receipt; `handover eval --with receipt` writes decisions that do")]
    NoReceipt(usize),
    /// Its receipt lacks something, or has something else in its place.
    #[error("the receipt of decision {0} is not whole: it says nothing of `{1}`")]
    NotWhole(usize, &'static str),
    /// It holds a key that no decision has.
    #[error("decision {0} holds `{1}`, which no decision of this program has")]
    UnknownKey(usize, String),
    /// There is nothing in the file.
    #[error("there is no decision in it")]
    Nothing,
}

/// Reads decisions with receipts: one a line as `handover eval` writes them, or one JSON object or array.
///
/// # Errors
/// The first that cannot be verified, and why.
pub fn kept(text: &str) -> Result<Vec<Kept>, KeptError> {
    let text = text.trim_start_matches('\u{feff}');
    let values = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(values)) => values,
        Ok(value) => vec![value],
        Err(_) => {
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            let read = |(at, line): (usize, &str)| {
                serde_json::from_str(line).map_err(|why| KeptError::NoJson { line: at + 1, why: why.to_string() })
            };
            lines.map(read).collect::<Result<_, _>>()?
        }
    };
    if values.is_empty() {
        return Err(KeptError::Nothing);
    }
    values.into_iter().enumerate().map(|(at, value)| Kept::read(at + 1, value)).collect()
}

impl Kept {
    fn read(number: usize, value: Value) -> Result<Kept, KeptError> {
        let Value::Object(decision) = value else { return Err(KeptError::NoReceipt(number)) };
        let receipt = decision.get("receipt").and_then(Value::as_object).ok_or(KeptError::NoReceipt(number))?;
        let text = |key: &'static str| receipt.get(key).and_then(Value::as_str).ok_or(KeptError::NotWhole(number, key));
        let as_of = text("as_of")?.parse().map_err(|_| KeptError::NotWhole(number, "as_of"))?;
        let lead = text("lead")?.to_owned();
        for key in ["engine", "time_zones"] {
            text(key)?;
        }
        if !receipt.get("policy").is_some_and(Value::is_array) {
            return Err(KeptError::NotWhole(number, "policy"));
        }
        let known = |key: &String| KEYS.contains(&key.as_str()) || BESIDES.iter().any(|(name, _)| name == key);
        if let Some(key) = decision.keys().find(|key| !known(key)) {
            return Err(KeptError::UnknownKey(number, key.clone()));
        }
        Ok(Kept { decision, as_of, lead })
    }

    /// What it was made to hold. Where everything but warnings is there, there were none.
    fn outputs(&self) -> Outputs {
        let keys = || self.decision.keys().filter(|key| KEYS.contains(&key.as_str()));
        let all = KEYS.iter().all(|key| *key == "warnings" || self.decision.contains_key(*key));
        let only = if all { Outputs::ALL } else { Outputs::only(keys()).unwrap_or(Outputs::ALL) };
        let besides = BESIDES.iter().filter(|(name, _)| self.decision.contains_key(*name));
        besides.fold(only, |outputs, (_, with)| outputs.and(*with))
    }

    /// What people call its lead.
    fn name(&self) -> Option<&str> {
        self.decision.get("lead").and_then(Value::as_str)
    }
}

/// What a decision holds besides its keys, and what asks for it.
const BESIDES: [(&str, With); 5] = [
    ("next", With::Next),
    ("next_change_at", With::NextChange),
    ("next_change_searched_until", With::NextChange),
    ("trace", With::Trace),
    ("receipt", With::Receipt),
];

/// Leads to make decisions about again: by their digests, and by who they are.
#[derive(Debug, Default)]
pub struct Leads {
    by_digest: HashMap<String, Vec<u8>>,
    by_name: HashMap<String, Vec<u8>>,
    count: usize,
}

impl Leads {
    /// Adds the JSON of a lead, whom the policy calls `name`.
    pub fn add(&mut self, name: Option<&str>, lead: &[u8]) {
        self.count += 1;
        self.by_digest.insert(lead_digest(lead), lead.to_vec());
        if let Some(name) = name {
            self.by_name.insert(name.to_owned(), lead.to_vec());
        }
    }

    /// The lead of a decision: the very same, else the one of that name, else, for the only decision, the only lead.
    fn of(&self, kept: &Kept, only_one: bool) -> Option<&[u8]> {
        let same = self.by_digest.get(&kept.lead);
        let named = || kept.name().and_then(|name| self.by_name.get(name));
        let only = || self.by_digest.values().next().filter(|_| self.count == 1 && only_one);
        same.or_else(named).or_else(only).map(Vec::as_slice)
    }
}

/// What came of making decisions again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    schema: u32,
    /// How many came out the same.
    pub equal: usize,
    /// How many did not, or could not be made again.
    pub differ: usize,
    decisions: Vec<Again>,
}

/// A decision that was made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Again {
    lead: Option<String>,
    as_of: String,
    /// `equal`, `differs`, `no_lead`, `unreadable`
    result: &'static str,
    /// What differs: the decision's own keys first, then what it was made of.
    differences: Vec<Difference>,
    /// How many more there are.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
    /// What is another program or another database of time zones, which by itself changes no decision.
    notes: Vec<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// One value that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Difference {
    /// `stages.SQL.outcome`, or `policy` and `lead` for what the decision was made of.
    what: String,
    then: Value,
    now: Value,
}

/// Makes decisions again, each by the policy as of its own instant, and compares.
pub fn verify(decisions: &[Kept], policy: &Versions, leads: &Leads) -> Verified {
    let mut evaluators: Vec<(Outputs, Evaluator)> = Vec::new();
    let mut verified = Verified { schema: 1, equal: 0, differ: 0, decisions: Vec::new() };
    for kept in decisions {
        let outputs = kept.outputs();
        let known = evaluators.iter().position(|(of, _)| *of == outputs);
        let at = known.unwrap_or_else(|| {
            evaluators.push((outputs, Evaluator::only(policy.clone(), kept.as_of, outputs)));
            evaluators.len() - 1
        });
        let again = evaluators.get(at).map(|(_, evaluator)| {
            let lead = leads.of(kept, decisions.len() == 1);
            again(kept, &evaluator.at(kept.as_of), lead)
        });
        let again = again.unwrap_or_else(|| Again::nothing(kept, "unreadable"));
        if again.result == "equal" {
            verified.equal += 1;
        } else {
            verified.differ += 1;
        }
        verified.decisions.push(again);
    }
    verified
}

impl Again {
    fn nothing(kept: &Kept, result: &'static str) -> Again {
        Again {
            lead: kept.name().map(str::to_owned),
            as_of: crate::engine::timestamp(kept.as_of),
            result,
            differences: Vec::new(),
            more: 0,
            notes: Vec::new(),
        }
    }
}

fn again(kept: &Kept, evaluator: &Evaluator, lead: Option<&[u8]>) -> Again {
    let Some(lead) = lead else { return Again::nothing(kept, "no_lead") };
    let decision = evaluator.decide(lead).ok().and_then(|decision| serde_json::to_value(decision).ok());
    let Some(Value::Object(decision)) = decision else { return Again::nothing(kept, "unreadable") };
    let (mut differences, mut more) = (Vec::new(), 0);
    for key in KEYS.iter().copied().chain(["next", "next_change_at", "next_change_searched_until", "trace"]) {
        let side = |of: &Map<String, Value>| of.get(key).cloned().unwrap_or(Value::Null);
        // What made it is said of the receipt, where all that made it is listed.
        if key != "policy" {
            compare(key, &side(&kept.decision), &side(&decision), &mut differences, &mut more);
        }
    }
    let receipt = |of: &Map<String, Value>, key: &str| {
        of.get("receipt").and_then(|receipt| receipt.get(key)).cloned().unwrap_or(Value::Null)
    };
    for key in ["policy", "lead"] {
        let (then, now) = (receipt(&kept.decision, key), receipt(&decision, key));
        if then != now {
            differences.push(Difference { what: format!("receipt.{key}"), then, now });
        }
    }
    let mut notes = Vec::new();
    for (key, what) in [("engine", "the program"), ("time_zones", "the database of time zones")] {
        let (then, now) = (receipt(&kept.decision, key), receipt(&decision, key));
        if then != now {
            notes.push(format!("{what} was {} then and is {} now", shown(&then), shown(&now)));
        }
    }
    let result = if differences.is_empty() { "equal" } else { "differs" };
    Again { differences, more, notes, ..Again::nothing(kept, result) }
}

/// Collects the innermost values that differ.
fn compare(at: &str, then: &Value, now: &Value, to: &mut Vec<Difference>, more: &mut usize) {
    if then == now {
        return;
    }
    let below = |key: &str| format!("{at}.{key}");
    match (then, now) {
        (Value::Object(a), Value::Object(b)) => {
            let new = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(new) {
                let side = |of: &Map<String, Value>| of.get(key).cloned().unwrap_or(Value::Null);
                compare(&below(key), &side(a), &side(b), to, more);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{at}[{place}]"), a, b, to, more);
            }
        }
        _ if to.len() >= MOST_SHOWN => *more += 1,
        _ => to.push(Difference { what: at.to_owned(), then: then.clone(), now: now.clone() }),
    }
}

/// A value in a line for people.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    const LONGEST: usize = 200;
    let cut: String = text.chars().take(LONGEST).collect();
    escape(&if cut.len() < text.len() { format!("{cut}…") } else { cut })
}

impl Verified {
    /// For people: a line for each decision, and below it what differs.
    pub fn human(&self) -> String {
        let mut text = String::new();
        for again in &self.decisions {
            let lead = again.lead.as_deref().map_or("a lead without an id".to_owned(), escape);
            let result = match again.result {
                "equal" => "equal",
                "differs" => "differs",
                "no_lead" => "its lead is not among those that were given",
                _ => "its lead cannot be read",
            };
            let _ = writeln!(text, "{lead}, as of {}: {result}", again.as_of);
            for difference in &again.differences {
                let (then, now) = (&difference.then, &difference.now);
                let _ = match difference.what.as_str() {
                    "receipt.policy" => writeln!(text, "  the policy: {} then, {} now", versions(then), versions(now)),
                    "receipt.lead" => writeln!(text, "  the lead itself is not the same, byte for byte"),
                    what => writeln!(text, "  {}: {} then, {} now", escape(what), shown(then), shown(now)),
                };
            }
            if again.more > 0 {
                let _ = writeln!(text, "  and {} more differences", again.more);
            }
            for note in &again.notes {
                let _ = writeln!(text, "  note: {note}");
            }
        }
        if self.decisions.len() > 1 {
            let _ = writeln!(text, "{} equal, {} not", self.equal, self.differ);
        }
        text
    }

    /// As JSON, on one line.
    ///
    /// # Errors
    /// None: everything in it is JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self).map(|json| json + "\n")
    }
}

/// `version 4 (sha256:da0aab73213d)`
fn versions(policies: &Value) -> String {
    let one = |policy: &Value| {
        let digest: String = policy.get("digest").map(shown).unwrap_or_default().chars().take(19).collect();
        format!("version {} ({digest}…)", policy.get("version").map(shown).unwrap_or_default())
    };
    let all: Vec<String> = policies.as_array().map(|all| all.iter().map(one).collect()).unwrap_or_default();
    all.join(", ")
}
