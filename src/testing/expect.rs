//! What a test of a suite expects, held against a decision: the part that it names, as deep as it names it.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};

use super::about::About;
use super::examples::standing;
use crate::decimal::Decimal;
use crate::diagnostic::{did_you_mean, few};
use crate::engine::{Decision, KEYS};
use crate::policy::{Policy, SlaStatus};
use crate::yaml::Step;

/// What was found.
#[derive(Debug)]
pub enum Found {
    /// The expectation itself cannot be meant.
    Fault { keys: Vec<Step>, message: String, help: Option<String> },
    /// Something else came out.
    Difference { keys: Vec<Step>, expected: String, actual: String, about: About },
}

const OUTCOMES: [&str; 3] = ["met", "not_met", "unknown"];

const STATUSES: [SlaStatus; 10] = [
    SlaStatus::NotApplicable,
    SlaStatus::NotStarted,
    SlaStatus::Running,
    SlaStatus::AtRisk,
    SlaStatus::Paused,
    SlaStatus::Met,
    SlaStatus::Breached,
    SlaStatus::Cancelled,
    SlaStatus::HandedOn,
    SlaStatus::Unknown,
];

/// All that differs, in the order of the expectations.
pub fn compare(expected: &Mapping, decision: &Decision, policy: &Policy) -> Vec<Found> {
    let Ok(actual) = serde_json::to_value(decision) else { return Vec::new() };
    let mut comparison = Comparison { decision, policy, found: Vec::new() };
    comparison.keys(&[], expected, &actual);
    comparison.found
}

struct Comparison<'a> {
    decision: &'a Decision,
    policy: &'a Policy,
    found: Vec<Found>,
}

/// What may stand at a place where the policy knows all that can come out.
struct Choice {
    of: &'static str,
    words: Vec<String>,
}

impl Comparison<'_> {
    fn fault(&mut self, keys: &[Step], message: String, help: Option<String>) {
        self.found.push(Found::Fault { keys: keys.to_vec(), message, help });
    }

    fn keys(&mut self, path: &[Step], expected: &Mapping, actual: &Json) {
        for (name, expected) in expected {
            let Some(name) = name.as_str() else {
                self.fault(path, "a key of `expect` is no text: put it in quotes".to_owned(), None);
                continue;
            };
            let path: Vec<Step> = path.iter().cloned().chain([Step::Key(name.to_owned())]).collect();
            match actual.get(name) {
                Some(actual) => self.value(&path, expected, actual),
                // The one key that is left out where it is empty.
                None if path.len() == 1 && name == "warnings" && expected.is_null() => {}
                None if path.len() == 1 && name == "warnings" => self.value(&path, expected, &Json::Array(Vec::new())),
                None => self.unknown_key(&path, name, actual),
            }
        }
    }

    fn unknown_key(&mut self, path: &[Step], name: &str, actual: &Json) {
        let inside: Vec<&str> = path.iter().rev().skip(1).rev().filter_map(Step::key).collect();
        let names: Vec<String> = match (inside.as_slice(), actual) {
            ([], _) => KEYS.iter().map(|key| (*key).to_owned()).collect(),
            // Not in the order of the alphabet, but in the policy's.
            (["stages"], _) => self.policy.stages.iter().map(|it| it.name.clone()).collect(),
            (["criteria"], _) => self.policy.criteria.iter().map(|it| it.name.clone()).collect(),
            (["checklists"], _) => self.policy.checklists.iter().map(|it| it.name.clone()).collect(),
            (["disqualifiers"], _) => self.policy.disqualifiers.iter().map(|it| it.name.clone()).collect(),
            (["scores"], _) => self.policy.scores.iter().map(|it| it.name.clone()).collect(),
            (["grades"], _) => self.policy.grades.iter().map(|it| it.name.clone()).collect(),
            (["slas"], _) => self.policy.slas.iter().map(|it| it.name.clone()).collect(),
            (_, Json::Object(all)) => all.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let what = match inside.as_slice() {
            [] => format!("a decision has no key `{name}`"),
            [one @ ("stages" | "criteria" | "checklists" | "disqualifiers" | "scores" | "grades" | "slas")] => {
                let one = match *one {
                    "criteria" => "criterion",
                    "slas" => "SLA",
                    "disqualifiers" => "disqualification",
                    other => other.trim_end_matches('s'),
                };
                format!("the policy has no {one} `{name}`")
            }
            _ => format!("there is no `{name}` in `{}`", inside.join(".")),
        };
        let help = match did_you_mean(name, names.iter().map(String::as_str)) {
            Some(meant) => Some(format!("Did you mean `{meant}`?")),
            None if names.is_empty() => None,
            None => Some(format!("There are {}.", few(&names, "`"))),
        };
        self.fault(path, what, help);
    }

    fn value(&mut self, path: &[Step], expected: &Value, actual: &Json) {
        if let Value::Sequence(words) = expected
            && words.iter().filter(|word| self.impossible(path, word)).count() > 0
        {
            return;
        }
        match (expected, actual) {
            (Value::Mapping(parts), Json::Object(_)) => self.keys(path, parts, actual),
            (Value::Sequence(parts), Json::Array(all)) if parts.len() == all.len() => {
                for (at, (part, one)) in parts.iter().zip(all).enumerate() {
                    let path: Vec<Step> = path.iter().cloned().chain([Step::Item(at)]).collect();
                    self.value(&path, part, one);
                }
            }
            (Value::Tagged(tagged), _) => {
                self.fault(path, format!("`{}` has no meaning in `expect`", tagged.tag), None);
            }
            (Value::String(word), Json::Object(parts)) => {
                let keys: Vec<String> = parts.keys().cloned().collect();
                let first = if parts.contains_key("outcome") { "outcome" } else { "status" };
                let help = match parts.contains_key(first) {
                    true => format!("Write `{{{first}: {word}}}`."),
                    false => format!("Its keys are {}.", few(&keys, "`")),
                };
                self.fault(
                    path,
                    format!("this is not a text, but has keys of its own: {}", few(&keys, "`")),
                    Some(help),
                );
            }
            _ if self.impossible(path, expected) || same(&self.choice(path), expected, actual) => {}
            _ => self.differ(path, expected, actual),
        }
    }

    /// Where the policy knows all that can come out.
    fn choice(&self, path: &[Step]) -> Option<Choice> {
        let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
        let strings = |words: &mut dyn Iterator<Item = &str>| words.map(str::to_owned).collect();
        let outcome = || Choice { of: "an outcome", words: strings(&mut OUTCOMES.into_iter()) };
        Some(match keys.as_slice() {
            ["stage" | "recorded_stage"] => {
                Choice { of: "a stage", words: strings(&mut self.policy.stages.iter().map(|it| it.name.as_str())) }
            }
            ["disqualified_by"] => Choice {
                of: "a disqualification",
                words: strings(&mut self.policy.disqualifiers.iter().map(|it| it.name.as_str())),
            },
            ["criteria" | "disqualifiers", _] | ["stages", _, "outcome" | "test"] | ["checklists", _, "items", _] => {
                outcome()
            }
            ["slas", _, "status"] => {
                Choice { of: "a status", words: strings(&mut STATUSES.iter().map(|status| status.as_str())) }
            }
            _ => return None,
        })
    }

    /// Says so where what is expected can never come out.
    fn impossible(&mut self, path: &[Step], expected: &Value) -> bool {
        let (Some(choice), Some(word)) = (self.choice(path), expected.as_str()) else { return false };
        if choice.words.iter().any(|known| known == word || in_words(known) == word) {
            return false;
        }
        let help = match did_you_mean(word, choice.words.iter().map(String::as_str)) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => format!("There are {}.", few(&choice.words, "`")),
        };
        self.fault(path, format!("`{word}` is not {} that there is", choice.of), Some(help));
        true
    }

    fn differ(&mut self, path: &[Step], expected: &Value, actual: &Json) {
        let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
        let shown = match keys.as_slice() {
            ["stage"] => standing(self.decision),
            _ => of_json(actual),
        };
        let about = self.about(&keys, expected);
        let difference = Found::Difference { keys: path.to_vec(), expected: of_yaml(expected), actual: shown, about };
        self.found.push(difference);
    }

    fn about(&self, keys: &[&str], expected: &Value) -> About {
        let own = |name: &&str| (*name).to_owned();
        match keys {
            ["stage"] => About::standing(self.decision, expected.as_str()),
            ["recorded_stage"] => {
                let stage = expected.as_str().or(self.decision.recorded_stage.as_deref());
                stage.map_or(About::Nothing, |stage| About::Stage(stage.to_owned()))
            }
            ["stages", name, ..] => About::Stage(own(name)),
            ["criteria", name, ..] => About::Criterion(own(name)),
            ["checklists", name, ..] => About::Checklist(own(name)),
            ["scores", name, ..] => About::Score(own(name)),
            ["grades", name, ..] => About::Grade(own(name)),
            ["disqualifiers", name, ..] => About::Disqualifier(own(name)),
            ["disqualified_by", ..] => {
                let listed = |value: &Value| value.as_str().map(str::to_owned);
                let expected: BTreeSet<String> = match expected {
                    Value::Sequence(all) => all.iter().filter_map(listed).collect(),
                    other => listed(other).into_iter().collect(),
                };
                let actual = &self.decision.disqualified_by;
                let absent = expected.into_iter().find(|name| !actual.iter().any(|it| **it == **name));
                absent.map_or(About::Disqualified, About::Disqualifier)
            }
            ["slas", name, ..] => About::Sla(own(name)),
            ["actions", ..] => match self.policy.slas.as_slice() {
                [only] => About::Sla(only.name.clone()),
                _ => About::Nothing,
            },
            _ => About::Nothing,
        }
    }
}

impl Step {
    fn key(&self) -> Option<&str> {
        match self {
            Step::Key(key) => Some(key),
            Step::Item(_) => None,
        }
    }
}

/// `not_met` as people write it.
fn in_words(word: &str) -> String {
    word.replace('_', " ")
}

/// Whether they are the same: numbers by their value, and words of outcomes with a space or without.
fn same(choice: &Option<Choice>, expected: &Value, actual: &Json) -> bool {
    match (expected, actual) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(one), Json::Bool(other)) => one == other,
        (Value::Number(one), Json::Number(other)) => {
            let (one, other) = (one.to_string(), other.to_string());
            one == other || Decimal::parse(&one).is_some_and(|one| Some(one) == Decimal::parse(&other))
        }
        (Value::String(one), Json::String(other)) => one == other || choice.is_some() && in_words(other) == *one,
        _ => false,
    }
}

fn of_yaml(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Sequence(items) if items.is_empty() => "none".to_owned(),
        Value::Sequence(items) => items.iter().map(of_yaml).collect::<Vec<_>>().join(", "),
        Value::Mapping(all) => {
            let part = |(key, value): (&Value, &Value)| format!("{}: {}", key.as_str().unwrap_or("?"), of_yaml(value));
            format!("{{{}}}", all.iter().map(part).collect::<Vec<_>>().join(", "))
        }
        Value::Tagged(tagged) => format!("{} {}", tagged.tag, of_yaml(&tagged.value)),
    }
}

fn of_json(value: &Json) -> String {
    match value {
        Json::Null => "nothing".to_owned(),
        Json::String(text) => quoted(text),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().map(of_json).collect::<Vec<_>>().join(", "),
        Json::Object(all) => {
            let part = |(key, value): (&String, &Json)| format!("{key}: {}", of_json(value));
            format!("{{{}}}", all.iter().map(part).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Outcomes and statuses are words; all else is a text.
fn quoted(text: &str) -> String {
    let known = OUTCOMES.contains(&text) || STATUSES.iter().any(|status| status.as_str() == text);
    if known { in_words(text) } else { format!("\"{text}\"") }
}
