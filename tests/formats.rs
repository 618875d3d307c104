//! `handover check --format github|sarif|junit`: what other programs are told, whatever the policies hold.
//!
//! `tests/formats/sarif-schema-2.1.0.json` is the schema of OASIS, as the crate `serde-sarif` 0.8.0 brings it.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

#[expect(dead_code, reason = "other tests use all of it")]
mod run;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use run::{Folder, err, out};

const LIBRARY: &str = "library \"shared\"\n\nlead\n  email is text\n  email is text\n";
const POLICY: &str = "policy \"Acme\"\n  version 1\nuses \"shared.handover\"\n\n\
    list \"rivals\":\n  - \"Contoso\"\n\n\
    stage \"MQL\"\n  owned by Marketing\n  is reached when emial is filled in\n";
const CLEAN: &str = "policy \"Clean\"\n  version 1\n\nlead\n  email is text\n\n\
    stage \"MQL\"\n  owned by Marketing\n  is reached when email is filled in\n\
    example \"somebody who wrote to us\"\n  at 2026-03-10 12:00\n  given email is \"ana@contoso.example\"\n  expect the lead is in \"MQL\"\n";

/// A fault with a fix, one of a library that two policies use, a doubt, and a policy of which nothing is said.
fn acme(name: &str) -> Folder {
    Folder::new(name)
        .with("shared.handover", LIBRARY)
        .with("acme.handover", POLICY)
        .with("branch/clean.handover", CLEAN)
        .with("branch/doubt.handover", CLEAN.replace("  owned by Marketing\n", ""))
}

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    // Two of its patterns have a slip, a bracket that closes nothing, which strict readers of patterns refuse.
    for part in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{part}/properties/language/pattern")).unwrap();
        assert_eq!(language.take(), "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$");
        *language = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}?$".into();
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

/// The log, which is valid, and whose rules, indexes and places fit together.
fn sarif(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).unwrap();
    let faults: Vec<_> = SARIF.iter_errors(&log).map(|fault| format!("{} {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let mut prints = BTreeSet::new();
    for result in log.pointer("/runs/0/results").and_then(Value::as_array).unwrap() {
        let part = |key: &str| result.get(key).unwrap();
        let rule = log.pointer(&format!("/runs/0/tool/driver/rules/{}/id", part("ruleIndex")));
        assert_eq!(rule, Some(part("ruleId")));
        assert!(prints.insert(part("partialFingerprints").to_string()), "two results have one fingerprint");
    }
    log
}

#[test]
fn each_form_is_as_it_was_read() {
    let folder = acme("formats");
    for format in ["github", "sarif", "junit"] {
        let done = folder.run(&["check", "--format", format]);
        assert_eq!((done.status.code(), err(&done).as_str()), (Some(1), ""), "{format}");
        let shown = match format {
            "sarif" => serde_json::to_string_pretty(&sarif(&out(&done))).unwrap(),
            _ => out(&done),
        };
        shows(format, &shown);
    }
}

#[test]
fn what_two_policies_have_in_common_is_said_once() {
    let folder = acme("formats_twice").with("second.handover", POLICY.replace("emial", "email"));
    let log = sarif(&out(&folder.run(&["check", "--format", "sarif"])));
    let twice = |result: &&Value| result["ruleId"] == "H0203";
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().iter().filter(twice).count(), 1);
    let lines = out(&folder.run(&["check", "--format", "github"]));
    assert_eq!(lines.matches("title=H0203").count(), 1, "{lines}");
    assert_eq!(log["runs"][0]["properties"]["errors"], lines.matches("::error ").count());
    assert!(lines.ends_with("\n2 errors and 1 warning\n"), "{lines}");
}

#[test]
fn a_fault_keeps_its_fingerprint_when_lines_are_added_before_it() {
    let folder = acme("formats_fingerprint");
    let prints = |folder: &Folder| -> BTreeSet<String> {
        let log = sarif(&out(&folder.run(&["check", "--format", "sarif"])));
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| format!("{} {}", result["ruleId"], result["partialFingerprints"])).collect()
    };
    let before = prints(&folder);
    let moved = POLICY.replacen("\n\n", "\n\n# What follows was here before.\n\n", 1);
    let after = prints(&folder.with("acme.handover", moved));
    assert!(before.len() >= 3 && before == after, "{before:?} {after:?}");
}

#[test]
fn all_mistakes_of_the_tests_make_one_valid_log() {
    let folder = Folder::new("formats_all");
    let root = env!("CARGO_MANIFEST_DIR");
    let mut seen = 0;
    for case in fs::read_dir(Path::new(root).join("tests/errors")).unwrap().map(|case| case.unwrap().path()) {
        let done = folder.run(&["check", "--format", "sarif", case.to_str().unwrap()]);
        let log = sarif(&out(&done));
        let results = log["runs"][0]["results"].as_array().unwrap();
        seen += results.len();
        let found = &results.first();
        // Faults between the versions in a folder are no faults of one policy, and `check` does not look for them.
        assert!(found.is_some() || case.to_string_lossy().contains("h0408"), "{}", case.display());
        let rooted = |place: &Value| place["artifactLocation"]["uri"].as_str().unwrap().starts_with("file:///");
        assert!(results.iter().all(|result| rooted(&result["locations"][0]["physicalLocation"])));
    }
    assert!(seen >= 90, "{seen}");
}

/// Failed tests are results like mistakes, whatever is wrong with the suite or its policy.
#[test]
fn what_came_of_tests_is_a_valid_log_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testing");
    let (mut logs, mut results) = (0, 0);
    for case in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let mut handover = std::process::Command::new(env!("CARGO_BIN_EXE_handover"));
        let done = handover.args(["test", "--format", "sarif"]).current_dir(&case).output().unwrap();
        // A folder without policies has nothing to say to programs.
        if done.status.code() == Some(2) {
            continue;
        }
        let log = sarif(std::str::from_utf8(&done.stdout).unwrap());
        let found = log["runs"][0]["results"].as_array().unwrap().len();
        assert_eq!(found > 0, done.status.code() == Some(1), "{}", case.display());
        (logs, results) = (logs + 1, results + found);
    }
    assert!(logs > 20 && results > 20, "{logs} logs, {results} results");
}

#[test]
fn a_name_of_a_file_says_nothing_but_its_name() {
    let hostile = ["a:b,c%0A::error::x.handover", "##[error] <&\"']]>.handover", "tab\tand\u{1b}[31m\u{7}.handover"];
    let text = "policy \"Acme\"\n  version 1\nstage \"a\u{1b}[31m\"\n  owned by Sales\n\
        stage \"b\"\n  owned by Sales\n  is reached when \"]]>\u{ffff} {0} [a](1)\" is met\n";
    for (number, name) in hostile.into_iter().enumerate() {
        let folder = Folder::new(&format!("formats_hostile_{number}")).with(name, text);
        let log = sarif(&out(&folder.run(&["check", "--format", "sarif"])));
        let uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
        let coded =
            ["a%3Ab%2Cc%250A%3A%3Aerror%3A%3Ax", "%23%23%5Berror%5D%20%3C%26%22%27%5D%5D%3E", "tab%09and%1B%5B31m%07"];
        assert_eq!(uri, format!("{}.handover", coded[number]));
        assert!(log.to_string().contains(r"{{0}} \\[a\\](1)"), "{log}");

        let lines = out(&folder.run(&["check", "--format", "github"]));
        let (last, commands) = lines.lines().collect::<Vec<_>>().split_last().map(|(a, b)| (*a, b.to_vec())).unwrap();
        assert!(last.ends_with(" errors") && !last.contains(['#', ':']), "{last}");
        for command in commands {
            let (properties, message) = command.strip_prefix("::error ").unwrap().split_once("::").unwrap();
            assert_eq!(properties.split(',').count(), 6, "{command}");
            assert!(!message.contains("##[error]") || command.starts_with("::"), "{command}");
        }
        assert!(!lines.contains(|c: char| c.is_control() && c != '\n'), "{lines:?}");

        let report = out(&folder.run(&["check", "--format", "junit"]));
        let forbidden = |c: char| c.is_control() && c != '\n' || c == '\u{ffff}' || c == '\u{fffe}';
        assert!(!report.contains(forbidden), "{report:?}");
        assert!(report.contains("]]&gt;") && report.contains(r"\u{ffff}"), "{report}");
        let suites = quick_junit::Report::deserialize_from_str(&report).unwrap().test_suites;
        let shown = name.replace('\t', r"\u{9}").replace('\u{1b}', r"\u{1b}").replace('\u{7}', r"\u{7}");
        assert_eq!(suites.first().map(|suite| suite.name.as_str()), Some(&*shown));
    }
}

#[test]
fn a_warning_fails_only_where_warnings_are_denied() {
    let folder = Folder::new("formats_warning").with("a.handover", CLEAN.replace("  owned by Marketing\n", ""));
    let failures = |args: &[&str]| {
        let done = folder.run(&[&["check", "--format", "junit"], args].concat());
        let report = quick_junit::Report::deserialize_from_str(&out(&done)).unwrap();
        (done.status.code(), report.tests, report.failures)
    };
    assert_eq!(failures(&[]), (Some(0), 1, 0));
    assert_eq!(failures(&["--deny-warnings"]), (Some(1), 1, 1));
}

#[test]
fn of_very_many_errors_the_first_are_shown_and_all_are_counted() {
    let folder = Folder::new("formats_many").with("a.handover", "nonsense\n".repeat(300));
    let run = |format| out(&folder.run(&["check", "--format", format]));
    let lines = run("github");
    assert_eq!(lines.lines().count(), 51);
    assert!(lines.ends_with("\n301 errors, the first 50 of each policy are shown\n"), "{lines}");
    let log = sarif(&run("sarif"));
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 50);
    assert_eq!(log["runs"][0]["properties"]["errors"], 301);
    let report = quick_junit::Report::deserialize_from_str(&run("junit")).unwrap();
    assert_eq!((report.tests, report.failures), (51, 51));
    assert!(run("junit").contains("301 errors in a.handover, the first 50 are shown"));
}

fn shows(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("formats");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
