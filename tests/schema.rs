//! What the program writes is as `docs/schema/` says, and nothing else would be.
//!
//! The output comes from the binary: every lead of every case, leads that cannot be read, and every mistake of
//! `tests/errors/` and `tests/faults/`. The schemas' own strictness is proven on outputs with one thing wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its files has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads what the program wrote")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jsonschema::{Registry, Validator};
use regex::Regex;
use serde_json::{Value, json};

#[path = "schema/order.rs"]
mod order;

use order::{Ordered, out_of_order};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SCHEMAS: [&str; 10] =
    ["decision", "unread", "line", "diagnostics", "sla", "trace", "receipt", "verified", "coverage", "report"];

/// A schema, ready to be held against documents.
fn schema(name: &str) -> Validator {
    let uri = |name: &str| format!("https://handover.invalid/{name}.schema.json");
    let add = |known: jsonschema::RegistryBuilder<'static>, name: &str| {
        known.add(uri(name), serde_json::from_str::<Value>(&schema_text(name)).unwrap()).unwrap()
    };
    let registry = SCHEMAS.into_iter().fold(Registry::new(), add).prepare().unwrap();
    let options = jsonschema::options().with_registry(&registry).should_validate_formats(true);
    options.build(&json!({"$ref": uri(name)})).unwrap()
}

fn schema_text(name: &str) -> String {
    read(&format!("docs/schema/{name}.schema.json"))
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// What is wrong with a document, in one line; nothing where it fits.
fn faults(schema: &Validator, document: &Value) -> String {
    let faults = schema.iter_errors(document).map(|fault| format!("{} {fault}", fault.instance_path()));
    faults.collect::<Vec<_>>().join("; ")
}

/// Runs a command line at the root of the project, with `handover` at hand; gives standard output.
fn run(command: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_handover")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(ROOT).env("PATH", path);
    let output = shell.stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{command}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The folders (or files) in a folder, by name.
fn entries(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).unwrap();
    let mut entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// A new folder for what a test writes.
fn scratch(name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.to_str().unwrap().to_owned()
}

/// Holds each line against a schema and the order of its keys; says what differs.
fn hold(name: &str, lines: &str, from: &str) -> (usize, Vec<String>) {
    let (validator, order) = (schema(name), Ordered::read(&schema_text(name)));
    let mut differ = Vec::new();
    for line in lines.lines() {
        let document: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{from}: {why}: {line}"));
        let mut said = faults(&validator, &document);
        said += &out_of_order(&order, &Ordered::read(line)).join("; ");
        if !said.is_empty() {
            differ.push(format!("{from}: {said}\n  {line}"));
        }
    }
    (lines.lines().count(), differ)
}

#[test]
fn every_lead_of_every_case_is_a_decision_or_a_record() {
    let (mut decisions, mut differ) = (0, Vec::new());
    let folders = entries("tests/cases");
    for case in &folders {
        let (case, now) = (case.display(), fs::read_to_string(case.join("now.txt")).unwrap());
        let now = now.trim();
        let lines = run(&format!(
            "handover eval --policy {case}/policy.handover --now {now} --with trace,receipt,next-change {case}/leads.ndjson"
        ));
        let (records, lines): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.starts_with("{\"line\":"));
        let (held, wrong) = hold("decision", &lines.join("\n"), &case.to_string());
        decisions += held;
        differ.extend(wrong);
        differ.extend(hold("unread", &records.join("\n"), &case.to_string()).1);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(folders.len() >= 80 && decisions >= 400, "{} cases, {decisions} decisions", folders.len());
}

#[test]
fn every_lead_of_the_policies_is_a_decision() {
    let (mut decisions, mut differ) = (0, Vec::new());
    let leads = entries("policies/leads").into_iter().filter(|path| path.extension().is_some_and(|it| it == "ndjson"));
    for leads in leads {
        let policy = leads.file_stem().unwrap().to_str().unwrap();
        let eval = format!("handover eval --policy policies/{policy}.handover --now 2026-03-10T12:00:00Z");
        let (count, wrong) = hold("line", &run(&format!("{eval} {}", leads.display())), policy);
        decisions += count;
        differ.extend(wrong);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(decisions >= 16, "{decisions} decisions");
}

/// Leads that cannot be read, one for each code.
const UNREADABLE: [(&str, &[u8]); 8] = [
    ("H0701", b"{\"id\":\"caf\xe9\"}\n"),
    ("H0702", b"{\"id\":NaN}\n"),
    ("H0703", &[b'['; 70]),
    ("H0704", b"\n{\"email\":1,\"email\":2}\n"),
    ("H0705", b"{\"email\":\"\\ud800\"}\n"),
    ("H0706", b"[]\n"),
    ("H0707", b"{\"id\":1}\n{\"id\":"),
    ("H0708", b"{\"id\":\"longer than the line may be, for which --max-line is set to eighty bytes below\"}\n"),
];

#[test]
fn every_record_of_an_unreadable_lead_fits_in_its_place_and_apart() {
    let folder = scratch("unreadable");
    let mut files = Vec::new();
    for (code, bytes) in UNREADABLE {
        // The levels come to more than are allowed only within a lead.
        let bytes = if code == "H0703" { [b"{\"a\":".as_slice(), bytes, b"\n"].concat() } else { bytes.to_vec() };
        files.push(format!("{folder}/{code}.ndjson"));
        fs::write(files.last().unwrap(), bytes).unwrap();
    }
    let eval = "handover eval --policy policies/acme.handover --now 2026-03-10T12:00:00Z --max-line 80";
    let all = files.join(" ");
    let (apart, one_by_one) = (format!("{folder}/apart"), |file: &String| run(&format!("{eval} {file}")));
    run(&format!("{eval} --errors {apart} {all}"));
    let apart = fs::read_to_string(apart).unwrap();
    let (in_place, alone) = (run(&format!("{eval} {all}")), files.iter().map(one_by_one).collect::<String>());
    let mut seen: Vec<Value> = Vec::new();
    for lines in [&in_place, &alone, &apart] {
        let records: String =
            lines.lines().filter(|line| line.contains("\"error\":")).flat_map(|l| [l, "\n"]).collect();
        let (count, differ) = hold("unread", &records, "unreadable");
        assert!(differ.is_empty(), "{}", differ.join("\n"));
        assert_eq!(count, UNREADABLE.len(), "{lines}");
        assert_eq!(hold("line", lines, "unreadable").1, [""; 0]);
        let records: Vec<Value> = records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<&str> = records.iter().map(|record| record["error"]["code"].as_str().unwrap()).collect();
        assert_eq!(codes, UNREADABLE.map(|(code, _)| code));
        seen.extend(records);
    }
    // The forms: with the file or without, and the lead as text, as bytes, or not at all.
    let has = |key: &str| seen.iter().filter(|record| record.get(key).is_some()).count();
    assert_eq!((has("file"), has("raw"), has("raw_hex")), (16, 6, 1));
}

#[test]
fn every_diagnostic_fits() {
    let found = run("handover check --format json tests/errors tests/faults");
    let (_, differ) = hold("diagnostics", &found, "tests/errors, tests/faults");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    let found: Value = serde_json::from_str(&found).unwrap();
    let entries = found["diagnostics"].as_array().unwrap();
    let with = |key: &str| entries.iter().filter(|entry| entry.get(key).is_some()).count();
    assert!(entries.len() >= 150 && with("help") > 0 && with("labels") > 0 && with("fix") > 0, "{}", entries.len());
    let nothing = run("handover check --format json policies");
    assert_eq!(hold("diagnostics", &nothing, "policies"), (1, Vec::new()));
    assert_eq!(nothing, "{\"diagnostics\":[],\"errors\":0,\"warnings\":0}\n");
}

/// The examples, and the schemas that they are of.
const EXAMPLES: [(&str, &str); 9] = [
    ("decision.json", "decision"),
    ("unread.ndjson", "unread"),
    ("diagnostics.json", "diagnostics"),
    ("sla.json", "sla"),
    ("trace.json", "decision"),
    ("receipt.json", "decision"),
    ("verified.json", "verified"),
    ("coverage.json", "coverage"),
    ("report.json", "report"),
];

#[test]
fn the_examples_are_what_the_documented_commands_write() {
    let page = read("docs/schema/README.md");
    let (_, block) = page.split_once("\n```sh examples\n").unwrap();
    let (commands, _) = block.split_once("\n```\n").unwrap();
    let folder = scratch("examples");
    let aside = |commands: String, (example, _): (&str, &str)| {
        let (there, here) = (format!("docs/schema/examples/{example}"), format!("{folder}/{example}"));
        assert_eq!(commands.matches(&there).count(), 1, "one command writes {there}");
        commands.replace(&there, &here)
    };
    assert_eq!(run(&EXAMPLES.into_iter().fold(commands.to_owned(), aside)), "");
    for (example, schema) in EXAMPLES {
        let shown = read(&format!("docs/schema/examples/{example}"));
        assert_eq!(shown, fs::read_to_string(format!("{folder}/{example}")).unwrap(), "{example}");
        assert_eq!(hold(schema, &shown, example).1, [""; 0]);
    }
    // An example shows whatever there is to show.
    let decision = example("decision.json");
    for key in ["missing", "criteria", "checklists", "scores", "grades", "slas", "actions", "warnings"] {
        let value = &decision[key];
        let size = value.as_array().map(Vec::len).or(value.as_object().map(serde_json::Map::len));
        assert!(size.unwrap() > 0, "the decision shows {key}");
    }
}

fn example(name: &str) -> Value {
    let text = read(&format!("docs/schema/examples/{name}"));
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[test]
fn maps_are_in_the_order_of_the_policy() {
    let policy = read("policies/acme.handover");
    let decision = Ordered::read(&read("docs/schema/examples/decision.json"));
    let statements =
        [("stages", "stage"), ("criteria", "criterion"), ("scores", "score"), ("disqualifiers", "disqualify")];
    for (key, statement) in statements {
        let heads = policy.lines().filter_map(|line| line.strip_prefix(statement)?.strip_prefix(" \""));
        let names: Vec<&str> = heads.map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(names.len() >= 2, "{statement}");
        assert_eq!(decision.get(key).unwrap().keys(), names, "{key}");
    }
    let reads = policy.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(" is ")).map(|(path, _)| path);
    let missing = example("decision.json")["missing"].clone();
    let missing: Vec<&str> = missing.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(reads.filter(|path| missing.contains(path)).collect::<Vec<_>>(), missing);
}

#[test]
fn the_keys_of_a_decision_are_those_that_the_program_knows() {
    let order = Ordered::read(&schema_text("decision"));
    let besides = ["next_change_at", "next_change_searched_until", "trace", "receipt"];
    assert_eq!(order.get("properties").unwrap().keys(), [handover::engine::KEYS, &besides].concat());
}

/// A decision with every kind of clock and action.
fn with_deadlines() -> Value {
    let mut decision = example("decision.json");
    let slas = json!({
        "accept or reject": {
            "status": "at_risk", "started_at": "2026-03-09T15:30:00Z", "due_at": "2026-03-11T15:30:00Z",
            "at_risk_at": "2026-03-10T10:30:00.000001Z", "stopped_at": null, "elapsed_seconds": 45000,
            "window_seconds": 57600, "overrun_seconds": 0, "calendar": "Sofia office", "cycles": 1,
            "missed_before": 0, "policy_version": 4
        },
        "first talk": {
            "status": "breached", "started_at": "2026-02-20T13:05:00.5Z", "due_at": "2026-02-22T13:05:00.5Z",
            "at_risk_at": null, "stopped_at": "2026-02-23T13:05:00.5Z", "elapsed_seconds": 259200,
            "window_seconds": 172800, "overrun_seconds": 86400, "calendar": null, "cycles": 3, "missed_before": 2,
            "policy_version": 3
        },
        "not yet": {
            "status": "not_started", "started_at": null, "due_at": null, "at_risk_at": null, "stopped_at": null,
            "elapsed_seconds": null, "window_seconds": null, "overrun_seconds": null, "calendar": null, "cycles": 0,
            "missed_before": 0, "policy_version": 4
        },
        "no opening within ten years": {
            "status": "running", "started_at": "2026-03-09T15:30:00Z", "due_at": null, "at_risk_at": null,
            "stopped_at": null, "elapsed_seconds": 0, "window_seconds": null, "overrun_seconds": 0,
            "calendar": "closed", "cycles": 1, "missed_before": 0, "policy_version": 4
        }
    });
    let since = "2026-02-22T13:05:00.5Z";
    let action = |what: &str| json!({"sla": "first talk", "do": what, "since": since, "key": "a4".repeat(16)});
    let with = |what: &str, key: &str| json!({"sla": "first talk", "do": what, key: "head of sales", "since": since, "key": "a5".repeat(16)});
    let actions = json!([
        action("count_as_wasted"),
        with("notify", "who"),
        with("return_to", "who"),
        with("assign_to", "who"),
        with("task", "what")
    ]);
    let keys = decision.as_object_mut().unwrap();
    keys.extend([("slas".to_owned(), slas), ("actions".to_owned(), actions)]);
    decision
}

/// Keys that may be left out wherever they stand.
const OPTIONAL: [&str; 14] = [
    "warnings", "field", "file", "raw", "raw_hex", "help", "labels", "fix", "more", "skip", "failures", "trace",
    "coverage", "of",
];
/// Keys of a trace that are never left out.
const ALWAYS_TRACED: [&str; 25] = [
    "text",
    "line",
    "kind",
    "test",
    "since",
    "held_since",
    "held_until",
    "at",
    "why",
    "times",
    "from",
    "log_absent",
    "occurrences",
    "left_out",
    "items",
    "policy_version",
    "status",
    "judged_at",
    "allowed",
    "zone",
    "cycles",
    "until",
    "micros",
    "date",
    "open",
];
/// Objects whose keys are names that the policy gives.
const MAPS: [&str; 9] =
    ["disqualifiers", "stages", "criteria", "checklists", "items", "scores", "grades", "slas", "states"];

#[test]
fn no_value_is_of_another_type_no_key_absent_and_none_too_many() {
    let (mut tried, mut accepted) = (0, Vec::new());
    let mut unread: Vec<Value> =
        read("docs/schema/examples/unread.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let worklist = example("sla.json");
    let trace = example("trace.json")["trace"].clone();
    let documents = [
        ("decision", with_deadlines()),
        ("diagnostics", example("diagnostics.json")),
        ("sla", worklist),
        ("trace", trace),
        ("receipt", example("receipt.json")["receipt"].clone()),
        ("verified", example("verified.json")),
        ("coverage", with_failures()),
        ("report", example("report.json")),
    ];
    for (name, sound) in documents.into_iter().chain(unread.drain(..).map(|record| ("unread", record))) {
        let validator = schema(name);
        assert_eq!(faults(&validator, &sound), "", "{name}");
        let mut pointers = Vec::new();
        places(&sound, &mut String::new(), &mut pointers);
        // A value that differs is of any type.
        pointers.retain(|pointer| !pointer.contains("/then") && !pointer.contains("/now"));
        for pointer in &pointers {
            let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
            let mut changes: Vec<Change> = vec![("of another type", |value| {
                *value = if value.is_boolean() { json!("true") } else { json!(true) };
            })];
            if sound.pointer(pointer).unwrap().is_object() {
                changes.push(("with a key too many", |value| value["surplus"] = json!(true)));
            }
            for (what, change) in changes {
                let mut wrong = sound.clone();
                change(wrong.pointer_mut(pointer).unwrap());
                tried += 1;
                if validator.is_valid(&wrong) {
                    accepted.push(format!("{name} {pointer} {what}"));
                }
            }
            // Most keys of a node are there only where they have something to say.
            let left_out = parent.contains("/left_out/") && ["text", "line"].contains(&key);
            let of_node = name == "trace" && (left_out || !ALWAYS_TRACED.contains(&key));
            let may_be_absent =
                of_node || OPTIONAL.contains(&key) || MAPS.iter().any(|map| parent.ends_with(&format!("/{map}")));
            let mut wrong = sound.clone();
            if let Some(Value::Object(object)) = wrong.pointer_mut(parent)
                && !key.is_empty()
                && !may_be_absent
            {
                object.remove(key).unwrap();
                tried += 1;
                if validator.is_valid(&wrong) {
                    accepted.push(format!("{name} {pointer} absent"));
                }
            }
        }
    }
    assert!(accepted.is_empty(), "accepted:\n{}", accepted.join("\n"));
    assert!(tried > 400, "{tried} documents were tried");
}

/// What tests cover, with a test that failed and a suite with a fault.
#[expect(clippy::indexing_slicing, reason = "the example has two tests")]
fn with_failures() -> Value {
    let mut tests = example("coverage.json");
    tests["tests"][0]["result"] = json!("failed");
    tests["tests"][0]["failures"] =
        json!([{"what": "stage", "line": 3, "expected": "\"MQL\"", "actual": "no stage", "trace": "not met: …"}]);
    tests["tests"][1]["result"] = json!("skipped");
    tests["tests"][1]["skip"] = json!("later");
    let help = "Did you mean `stage`?";
    tests["faults"] = json!([{"code": "H0602", "file": "a.test.yaml", "line": 4, "message": "no key", "help": help}]);
    tests
}

#[test]
fn tests_and_what_they_cover_are_as_the_schema_says() {
    let mut differ = Vec::new();
    for case in entries("tests/testing").iter().chain([&Path::new(ROOT).join("policies")]) {
        // Not all of them can be tried to the end.
        let case = case.display();
        let all = run(&format!("handover test --coverage --format json {case} || true"));
        differ.extend(hold("coverage", &all, &case.to_string()).1);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

type Change = (&'static str, fn(&mut Value));

/// Every place in a document as a JSON pointer.
fn places(value: &Value, at: &mut String, all: &mut Vec<String>) {
    all.push(at.clone());
    let below: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(array) => array.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => return,
    };
    for (key, value) in below {
        let length = at.len();
        *at += &format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        places(value, at, all);
        at.truncate(length);
    }
}

#[test]
fn no_value_is_out_of_its_bounds() {
    let wrong = read("tests/schema/refused.txt");
    let (mut tried, mut accepted) = (0, Vec::new());
    let unread = |line: usize| read("docs/schema/examples/unread.ndjson").lines().nth(line).unwrap().to_owned();
    let sound = [
        ("decision", with_deadlines()),
        ("unread", serde_json::from_str(&unread(0)).unwrap()),
        ("unread as bytes", serde_json::from_str(&unread(2)).unwrap()),
        ("diagnostics", example("diagnostics.json")),
    ];
    let mut document: Option<(Validator, &Value)> = None;
    for line in wrong.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((pointer, value)) = line.split_once(" = ") else {
            let (name, value) = sound.iter().find(|(name, _)| format!("{name}:") == line).unwrap();
            document = Some((schema(name.split(' ').next().unwrap()), value));
            continue;
        };
        let (validator, sound) = document.as_ref().unwrap();
        let value: Value = serde_json::from_str(value).unwrap_or_else(|why| panic!("{line}: {why}"));
        let mut wrong = (*sound).clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = wrong.pointer_mut(parent).unwrap_or_else(|| panic!("{line}: there is no such place"));
        match parent {
            Value::Array(array) => array[key.parse::<usize>().unwrap()] = value,
            _ => parent[key] = value,
        }
        assert_ne!(wrong, **sound, "{line}: it was so");
        tried += 1;
        if validator.is_valid(&wrong) {
            accepted.push(line);
        }
    }
    assert!(accepted.is_empty(), "accepted:\n{}", accepted.join("\n"));
    assert!(tried >= 195, "{tried} documents were tried");
}

#[test]
fn every_code_of_a_decision_and_of_a_record_is_in_the_table() {
    let code = Regex::new(r#""(H07\d\d)""#).unwrap();
    let (page, mut seen) = (read("docs/schema/README.md"), BTreeSet::new());
    for folder in ["src/engine", "src/engine/sla", "src/intake"] {
        for file in entries(folder).iter().filter(|path| path.is_file()) {
            let text = fs::read_to_string(file).unwrap();
            seen.extend(code.captures_iter(&text).map(|found| found[1].to_owned()));
        }
    }
    let listed: BTreeSet<String> =
        page.lines().filter_map(|line| Some(line.strip_prefix("| ")?.get(..5)?.to_owned())).collect();
    let listed: BTreeSet<String> = listed.into_iter().filter(|code| code.starts_with("H07")).collect();
    assert_eq!(seen, listed);
    assert!(seen.len() >= 12, "{seen:?}");
}

/// Every period and every form of what a lead may say, and policies that lack what is to be counted.
#[test]
fn reports_are_as_the_schema_says() {
    let crm = "--policy policies/acme.handover --source policies/examples/crm/crm.yaml policies/examples/crm/leads.csv";
    let hostile = "--policy tests/report/hostile.handover tests/report/hostile.ndjson";
    let bare = "--policy policies/starter/agreement.handover policies/starter/leads.ndjson";
    let mut differ = Vec::new();
    for arguments in [crm, hostile, bare, &format!("{crm} --by source"), &format!("{hostile} --by source")] {
        for period in ["week", "quarter"] {
            let now = "--now 2026-03-10T12:00:00Z --format json";
            let found = run(&format!("handover report {arguments} {now} --period {period}"));
            differ.extend(hold("report", &found, arguments).1);
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
