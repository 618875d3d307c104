//! Suggestions as a suite of tests.

use serde_json::{Value, json};

use super::Found;
use crate::diagnostic::escape;
use crate::engine::{Decision, Outcome, timestamp};
use crate::policy::Policy;
use crate::testing::coverage::{Coverage, Goal, Row};
use crate::testing::examples::in_words;
use crate::testing::lead::put;

/// So many goals are named in the name of a test.
const MOST_NAMED: usize = 2;

/// A suite for a policy, with what was not found at its end.
pub fn suite(policy: &Policy, before: &Coverage, after: &Coverage, found: &[Found]) -> String {
    let file = after.file.rsplit(['/', '\\']).next().unwrap_or(&after.file);
    let mut text = format!("# The tests of {} cover {} %", escape(&after.file), before.share.percent);
    if found.is_empty() {
        text.push_str(".\n");
    } else {
        let count = if found.len() == 1 { "this one".to_owned() } else { format!("these {}", found.len()) };
        text.push_str(&format!("; with {count} they would cover {} %.\n", after.share.percent));
        text.push_str("# What is expected is what the policy says today: check that it is what you agreed on.\n");
        text.push_str(&format!("policy: {}\ntests:\n", plain(file)));
    }
    found.iter().for_each(|found| test(policy, before, found, &mut text));
    let open: Vec<String> = after.goals().into_iter().map(|goal| said(after, goal)).collect();
    if !open.is_empty() {
        text.push_str("# No lead was found for these. Perhaps there can be none:\n");
        open.iter().for_each(|goal| text.push_str(&format!("#   {}\n", escape(goal))));
    }
    text
}

fn test(policy: &Policy, coverage: &Coverage, found: &Found, text: &mut String) {
    let names: Vec<String> = found.goals.iter().map(|goal| said(coverage, *goal)).collect();
    let mut name = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join("; ");
    if names.len() > MOST_NAMED {
        name.push_str(&format!("; and {} more", names.len() - MOST_NAMED));
    }
    text.push_str(&format!("  - name: {}\n", plain(&name)));
    for more in names.iter().skip(MOST_NAMED) {
        text.push_str(&format!("    # also: {}\n", escape(more)));
    }
    text.push_str(&format!("    now: {}\n", timestamp(found.now)));
    text.push_str(&format!("    lead: {}\n", flow(&found.lead)));
    let mut expect = vec![("stage".to_owned(), found.decision.stage.as_deref().map_or(Value::Null, |it| json!(it)))];
    for goal in &found.goals {
        if let Some((key, path, value)) = expected(policy, coverage, *goal, &found.decision) {
            let at = expect.iter().position(|(own, _)| own == key).unwrap_or_else(|| {
                expect.push((key.to_owned(), json!({})));
                expect.len() - 1
            });
            expect.get_mut(at).into_iter().for_each(|(_, below)| put(below, &path, value.clone()));
        }
    }
    let expect: Vec<String> = expect.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
    text.push_str(&format!("    expect: {{{}}}\n", expect.join(", ")));
}

/// What the part that a goal is about comes to in a decision: a key of decisions, the path below it, and the value.
fn expected(
    policy: &Policy,
    coverage: &Coverage,
    goal: Goal,
    decision: &Decision,
) -> Option<(&'static str, Vec<String>, Value)> {
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let at = match goal {
        Goal::Status(at, _) => {
            let name = &policy.slas.get(at)?.name;
            return Some(("slas", path(&[name, "status"]), json!(decision.slas.get(name)?.status.as_str())));
        }
        Goal::Outcome(at, _) | Goal::Decides(at) => at,
    };
    let row = coverage.parts.get(at)?;
    let (name, of) = (row.name.as_str(), row.of.as_deref().unwrap_or_default());
    Some(match row.kind {
        "criterion" => ("criteria", path(&[name]), json!(decision.criteria.get(name)?.as_str())),
        "checklist item" => {
            let outcome = decision.checklists.get(of)?.items.get(name)?;
            ("checklists", path(&[of, "items", name]), json!(outcome.as_str()))
        }
        "score rule" => ("scores", path(&[of]), json!(decision.scores.get(of)?)),
        "disqualification" => ("disqualifiers", path(&[name]), json!(decision.disqualifiers.get(name)?.as_str())),
        _ => ("stages", path(&[name, "outcome"]), json!(decision.stages.get(name)?.outcome.as_str())),
    })
}

/// `criterion "contactable" is not met`
fn said(coverage: &Coverage, goal: Goal) -> String {
    let of_row = |at: usize| coverage.parts.get(at);
    match goal {
        Goal::Outcome(at, outcome) => match of_row(at) {
            Some(row) if row.kind == "score rule" => format!("{} {}", name(row), of_rule(outcome)),
            row => format!("{} is {}", row.map(name).unwrap_or_default(), in_words(outcome)),
        },
        Goal::Decides(at) => format!("{} decides", of_row(at).map(name).unwrap_or_default()),
        Goal::Status(at, status) => {
            let name = coverage.slas.get(at).map_or("", |sla| sla.name.as_str());
            format!("sla \"{name}\" is {}", status.as_str().replace('_', " "))
        }
    }
}

/// `criterion "contactable"`, `BANT: budget`, `fit: 20 points when industry is "software"`
fn name(row: &Row) -> String {
    match &row.of {
        Some(of) => format!("\"{of}\": {}", row.name.trim_start_matches("- ")),
        None => format!("{} \"{}\"", row.kind, row.name),
    }
}

fn of_rule(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "(counts)",
        Outcome::NotMet => "(does not count)",
        Outcome::Unknown => "(is unknown)",
    }
}

/// A value in one line of YAML.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", plain(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text without quotes where YAML reads it as the same text, whatever its version.
fn plain(text: &str) -> String {
    let words = ["yes", "no", "true", "false", "null", "on", "off", "y", "n"];
    let letters = |c: char| c.is_ascii_alphanumeric() || " _-./@".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let safe =
        starts && !text.ends_with(' ') && text.chars().all(letters) && !words.contains(&text.to_lowercase().as_str());
    match text {
        _ if safe => text.to_owned(),
        // Single quotes leave all else as it is; what no line can hold has to be escaped.
        _ if text.contains('"') && !text.contains(char::is_control) => format!("'{}'", text.replace('\'', "''")),
        _ => json!(text).to_string(),
    }
}
