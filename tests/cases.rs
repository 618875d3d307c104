//! Every folder in `tests/cases/` is a policy, leads, an instant, and what was worked out for them by hand.
//!
//! A new case is a new folder, named for what it shows, with `policy.handover` (and the files that it names),
//! `leads.ndjson`, `now.txt` and `expected.ndjson`. A line of the latter holds the part of a decision that the case
//! is about; `null` also stands for a key that is not there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use handover::diagnostic::plain;
use handover::engine::{Evaluator, Lines, Unread};
use handover::intake::{self, Format, Stream};
use handover::loader::Memory;
use regex::Regex;
use serde_json::Value;

use parts::compare;

mod parts;

#[test]
fn every_case_comes_out_as_worked_out_by_hand() {
    let differ: Vec<String> = cases().iter().flat_map(|case| differences(case)).collect();
    assert!(differ.is_empty(), "{} differences:\n{}", differ.len(), differ.join("\n"));
}

fn differences(case: &Path) -> Vec<String> {
    let (decided, expected) = (decide(case), lines(&read(case, "expected.ndjson")));
    let name = case.file_name().unwrap().to_string_lossy();
    assert!(!expected.is_empty() && decided.len() == expected.len(), "{name}: {} decisions", decided.len());
    let mut differ = Vec::new();
    for (expected, actual) in expected.iter().zip(&decided) {
        compare(expected, actual, &format!("{name}: {}", actual["lead"]), &mut differ);
    }
    differ
}

/// The language line by line, with words in capitals for its parts: see [`pattern_of`].
const PHRASES: &str = include_str!("cases.phrases");

#[test]
fn the_cases_hold_every_phrase_of_the_language() {
    let policies: Vec<String> = cases().iter().map(|case| read(case, "policy.handover")).collect();
    let lines = policies.iter().flat_map(|policy| policy.lines()).filter(|line| !line.trim().starts_with('#'));
    let lines: BTreeSet<&str> = lines.collect();
    let lines: String = lines.into_iter().flat_map(|line| [line, "\n"]).collect();
    let phrases: Vec<&str> = PHRASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let absent: Vec<_> = phrases.iter().filter(|phrase| !pattern_of(phrase).is_match(&lines)).collect();
    assert!(phrases.len() > 100 && absent.is_empty(), "no case has {absent:#?}");
}

/// A line that ends in the phrase.
fn pattern_of(phrase: &str) -> Regex {
    const PLACES: [(&str, &str); 10] = [
        ("FIELD", r"(?:[\p{L}\p{M}\p{Nd}_.]|`[^`]*`)+"),
        ("TEXTS", r#"TEXT, TEXT"#),
        ("TEXT", r#""(?:\\.|[^"\\])*""#),
        ("MONEY", r"[A-Z]{3} NUMBER"),
        ("DATE", r"\d{4}-\d\d-\d\d"),
        ("TIME", r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d\S*"),
        ("DURATION", r"\d+ (?:minute|hour|day|week|month|year)s?"),
        ("BUSINESS", r"\d+ business (?:minute|hour|day)s?"),
        ("NUMBER", r"-?\d[\d,.]*"),
        ("LABEL", r"\w+"),
    ];
    let pattern = PLACES.iter().fold(regex::escape(phrase), |pattern, (place, with)| pattern.replace(place, with));
    Regex::new(&format!("(?m)(?:^|[ ,]){pattern}$")).unwrap()
}

#[test]
fn everything_comes_out_in_each_of_the_three_ways() {
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut see = |what: &'static str, outcome: &Value| seen.entry(what).or_default().insert(outcome.to_string());
    for decision in cases().iter().flat_map(|case| decide(case)) {
        let all = |key: &str| decision[key].as_object().into_iter().flatten().map(|(_, value)| value.clone());
        all("criteria").for_each(|outcome| _ = see("criteria", &outcome));
        all("disqualifiers").for_each(|outcome| _ = see("disqualifiers", &outcome));
        all("stages").for_each(|stage| _ = (see("stages", &stage["outcome"]), see("tests of stages", &stage["test"])));
        for list in all("checklists") {
            list["items"].as_object().unwrap().values().for_each(|outcome| _ = see("items of checklists", outcome));
        }
    }
    let outcomes: Vec<usize> = seen.values().map(BTreeSet::len).collect();
    assert_eq!(outcomes, [3; 5], "{seen:#?}");
}

#[test]
fn every_state_of_a_clock_and_every_action_comes_out() {
    let (mut states, mut actions) = (BTreeSet::new(), BTreeSet::new());
    for decision in cases().iter().flat_map(|case| decide(case)) {
        let slas = decision["slas"].as_object().into_iter().flatten();
        states.extend(slas.map(|(_, sla)| sla["status"].as_str().unwrap().to_owned()));
        let due = decision["actions"].as_array().into_iter().flatten();
        actions.extend(due.map(|action| action["do"].as_str().unwrap().to_owned()));
    }
    // A clock that is handed on goes on in its next cycle, which is the one that a decision is about.
    let expected =
        ["at_risk", "breached", "cancelled", "met", "not_applicable", "not_started", "paused", "running", "unknown"];
    assert!(states.iter().eq(expected), "{states:?}");
    assert!(actions.iter().eq(["assign_to", "count_as_wasted", "notify", "return_to", "task"]), "{actions:?}");
}

/// The decisions, and error records in the places of leads that cannot be read.
fn decide(case: &Path) -> Vec<Value> {
    let files = files_below(case).into_iter().fold(Memory::default(), |files, file| {
        files.with(file.strip_prefix(case).unwrap().to_str().unwrap().replace('\\', "/"), fs::read(&file).unwrap())
    });
    let compiled = handover::compile(&files, "policy.handover");
    let said = || format!("{}:\n{}", case.display(), plain(&compiled.diagnostics, &compiled.sources));
    let policy = compiled.policy.clone().unwrap_or_else(|| panic!("{}", said()));
    let now = chrono::DateTime::parse_from_rfc3339(read(case, "now.txt").trim()).unwrap();
    let evaluator = Evaluator::new(policy, now.to_utc());
    let (unread, mut out) = (Unread::default(), Vec::new());
    let stream = Stream { format: Format::Ndjson, threads: Some(NonZeroUsize::MIN), max_line: 1 << 20 };
    let leads = Cursor::new(fs::read(case.join("leads.ndjson")).unwrap());
    let write = |lines: &mut Lines| {
        out.append(&mut lines.decisions);
        Ok(())
    };
    intake::run(stream, leads, || evaluator.handler(&unread), write).unwrap();
    lines(&String::from_utf8(out).unwrap())
}

fn lines(ndjson: &str) -> Vec<Value> {
    ndjson.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

fn read(case: &Path, file: &str) -> String {
    fs::read_to_string(case.join(file)).unwrap_or_else(|why| panic!("{} {file}: {why}", case.display()))
}

fn cases() -> Vec<PathBuf> {
    entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))
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
