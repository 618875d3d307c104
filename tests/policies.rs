//! Every policy in `policies/` decides its leads as was worked out by hand, and keeps the promises of its examples.
//!
//! `policies/NAME.handover` has its leads in `policies/leads/NAME.ndjson` and what must come out in
//! `tests/policies/NAME.yaml`: for each lead the part of its decision that it shows, as of `now` (or a `now` of its
//! own), and how many expectations of the examples there are.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its policies has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::DateTime;
use handover::diagnostic::plain;
use handover::loader::Memory;
use handover::testing::{self, Came, Test, Wanted};
use handover::{Evaluator, Policy};
use serde_json::Value;

/// What every expectation says; the other keys of a decision are there where the lead is about them.
const ALWAYS: [&str; 5] = ["stage", "scores", "grades", "missing", "disqualified_by"];

#[test]
fn every_lead_comes_out_as_worked_out_by_hand() {
    let mut differ = Vec::new();
    for name in names() {
        let (policy, expected) = (policy(&name), expected(&name));
        let leads = read(&format!("policies/leads/{name}.ndjson"));
        let (mut seen, mut decisions) = (BTreeSet::new(), BTreeMap::new());
        for case in expected["leads"].as_array().unwrap() {
            let place = format!("{name} {}", case["lead"]);
            let now = case.get("now").unwrap_or(&expected["now"]).as_str().unwrap();
            let all = decisions.entry(now).or_insert_with(|| decide(&policy, now, &leads));
            let decision = all.iter().find(|decision| decision["lead"] == case["lead"]);
            let decision = decision.unwrap_or_else(|| panic!("{place}: no such lead"));
            for (key, part) in case.as_object().unwrap().iter().filter(|(key, _)| *key != "now") {
                compare(part, decision.get(key).unwrap_or(&Value::Null), &format!("{place} {now} {key}"), &mut differ);
            }
            let unsaid: Vec<_> = ALWAYS.iter().filter(|key| case.get(**key).is_none()).collect();
            assert!(unsaid.is_empty(), "{place}: nothing is expected of {unsaid:?}");
            let counted = |key: &str| case[key].as_object().map(serde_json::Map::len);
            assert_eq!(counted("scores"), Some(policy.scores.len()), "{place}: every score");
            assert_eq!(counted("grades"), Some(policy.grades.len()), "{place}: every grade");
            if case.get("now").is_none() {
                seen.insert(case["lead"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(seen.len(), leads.lines().count(), "{name}: every lead has its expectation");
        let about = read("policies/leads/README.md");
        let silent: Vec<_> = seen.iter().filter(|lead| !about.contains(&format!("| {lead} |"))).collect();
        assert!(silent.is_empty(), "policies/leads/README.md does not say what {silent:?} show");
    }
    assert!(differ.is_empty(), "{} differences:\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn every_example_keeps_its_promise() {
    let mut broken = Vec::new();
    for name in names() {
        let (policy, expected) = (policy(&name), &expected(&name)["examples"]);
        let tests = tried(&policy);
        assert_eq!(expected["tried"], tests.len(), "{name}");
        let expectations: usize = policy.examples.iter().map(|example| example.expect.len()).sum();
        assert_eq!(expected["expectations"], expectations, "{name}");
        broken.extend(tests.iter().flat_map(|test| broken_in(test).into_iter().map(|said| format!("{name}: {said}"))));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_folder_is_sound_from_wherever_it_is_checked() {
    let all = ["acme", "ferryline", "orfey", "shared/crm", "shared/orfey", "starter/agreement"];
    let absolute = root().join("policies");
    for (from, folder) in [(".", "policies"), ("tests/cases", "../../policies"), ("policies/shared", "..")]
        .into_iter()
        .chain([("tests", absolute.to_str().unwrap())])
    {
        let command = ["check", "--deny-warnings", folder];
        let done = Command::new(env!("CARGO_BIN_EXE_handover")).args(command).current_dir(root().join(from)).output();
        let done = done.unwrap();
        let said: String = all.iter().map(|name| format!("no errors in {folder}/{name}.handover\n")).collect();
        assert_eq!(String::from_utf8_lossy(&done.stdout), said, "from {from}");
        assert_eq!(done.status.code(), Some(0), "from {from}");
    }
}

/// A runner that lets everything pass would not be noticed otherwise.
#[test]
fn an_example_that_expects_the_wrong_thing_is_caught() {
    let source = read("policies/acme.handover");
    let wrong = [
        ("expect the lead is in \"MQL\"", "expect the lead is in \"SAL\""),
        ("expect score \"engagement\" is 40", "expect score \"engagement\" is 41"),
        ("expect stage \"SQL\" is unknown", "expect stage \"SAL\" is unknown"),
        ("disqualified by \"student or job seeker\"", "disqualified by \"competitor\""),
        ("given \"accepted\" happened at", "given \"rejected\" happened at"),
        ("expect sla \"accept or reject\" is met", "expect sla \"accept or reject\" is breached"),
    ];
    for (right, wrong) in wrong {
        let files = Memory::default().with("acme.handover", source.replacen(right, wrong, 1));
        let files = files.with("holidays/bg.yaml", read("policies/holidays/bg.yaml"));
        let policy = handover::compile(&files, "acme.handover").policy.unwrap();
        let broken = tried(&policy).iter().flat_map(broken_in).count();
        assert_eq!(broken, 1, "{wrong}");
    }
}

/// Objects are compared by the keys that are expected, lists item by item, everything else as it stands.
fn compare(expected: &Value, actual: &Value, place: &str, differ: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(parts), Value::Object(_)) => {
            for (key, part) in parts {
                compare(part, actual.get(key).unwrap_or(&Value::Null), &format!("{place} {key}"), differ);
            }
        }
        (Value::Array(parts), Value::Array(all)) if parts.len() == all.len() => {
            for (at, (part, one)) in parts.iter().zip(all).enumerate() {
                compare(part, one, &format!("{place}[{at}]"), differ);
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        _ if expected == actual => {}
        _ => differ.push(format!("{place}: {expected} was expected, and {actual} came out")),
    }
}

fn decide(policy: &Policy, now: &str, leads: &str) -> Vec<Value> {
    let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
    let (mut worker, mut out) = (Evaluator::new(policy.clone(), now).worker(), Vec::new());
    leads.lines().for_each(|lead| worker.write(lead, &mut out).unwrap());
    String::from_utf8(out).unwrap().lines().map(|decision| serde_json::from_str(decision).unwrap()).collect()
}

fn tried(policy: &Policy) -> Vec<Test> {
    testing::examples(policy, &Wanted::default(), &mut |_, _, _| {}).map(|group| group.tests).unwrap_or_default()
}

/// What came out differently.
fn broken_in(test: &Test) -> Vec<String> {
    match &test.came {
        Came::Passed => Vec::new(),
        Came::Failed(differ) => differ
            .iter()
            .map(|it| format!("{}: {}: {} and not {}", test.name, it.what, it.actual, it.expected))
            .collect(),
        other => panic!("{}: {other:?}", test.name),
    }
}

fn policy(name: &str) -> Policy {
    let root = root().join("policies");
    let files = files_below(&root).into_iter().fold(Memory::default(), |files, file| {
        files.with(file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"), fs::read(&file).unwrap())
    });
    let compiled = handover::compile(&files, &format!("{name}.handover"));
    assert!(compiled.diagnostics.is_empty(), "{}", plain(&compiled.diagnostics, &compiled.sources));
    compiled.policy.unwrap()
}

fn expected(name: &str) -> Value {
    serde_yaml::from_str(&read(&format!("tests/policies/{name}.yaml"))).unwrap()
}

/// The policies: `shared/` holds libraries.
fn names() -> Vec<String> {
    let handover = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "handover");
    let files = entries(&root().join("policies")).into_iter().filter(handover);
    let names: Vec<String> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["acme", "ferryline", "orfey"]);
    names
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|why| panic!("{file}: {why}"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
