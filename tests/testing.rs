//! Each folder of `tests/testing/` is policies with tests; its `output.snap` is what `handover test` says of them.
//!
//! `command.txt` has the arguments after `test` (without it: none), one command a line. The command runs in the folder.
//! `INSTA_UPDATE=always cargo test --test testing` writes the snapshots.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases and runs the command")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "parts/pages.rs"]
mod pages;

#[test]
fn every_case_is_said_as_it_was_written_down() {
    let cases = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testing"));
    let differ: Vec<&PathBuf> =
        cases.iter().filter(|case| std::panic::catch_unwind(|| compare(case)).is_err()).collect();
    assert!(cases.len() >= 15 && differ.is_empty(), "{} cases; these differ: {differ:#?}", cases.len());
}

fn compare(case: &Path) {
    let commands = fs::read_to_string(case.join("command.txt")).unwrap_or_else(|_| "\n".to_owned());
    let mut shown = String::new();
    for command in commands.lines() {
        let run = || {
            let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
            handover.arg("test").args(command.split_whitespace()).current_dir(case).env_remove("COLUMNS");
            handover.output().unwrap()
        };
        let (done, again) = (run(), run());
        assert_eq!((&done.stdout, &done.stderr), (&again.stdout, &again.stderr), "{}: run twice", case.display());
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        shown += &format!("---- handover test {command}\n").replace(" \n", "\n");
        shown += &format!("{}---- stderr\n{}", text(&done.stdout), text(&done.stderr));
        shown += &format!("---- exit code {}\n", done.status.code().unwrap());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("output", shown));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn every_block_of_the_page_is_what_it_says() {
    let blocks = pages::run("testing", include_str!("../docs/testing.md"));
    assert_eq!((blocks.files, blocks.runs), (5, 4));
}

/// `no-example`: what examples reach, what suites reach, what nobody reaches, and what is turned off.
#[test]
fn check_warns_of_stages_that_no_test_reaches() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_example");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let stages = |allow: &str| {
        format!(
            "policy \"P\"\n  version 1\nlead\n  size is a number\n\
             stage \"small\"\n  owned by A\n  is reached when size is at least 1\n{allow}\
             stage \"large\"\n  owned by A\n  is reached when size is at least 100\n"
        )
    };
    let example = "example \"one\"\n  at 2026-03-10 09:00\n  given size is 1\n  expect the lead is in \"small\"\n";
    let large = "policy: p.handover\nnow: 2026-03-10T09:00:00Z\ntests:\n  - name: large\n    with: {size: 100}\n    expect: {stage: large}\n";
    let warned = |policy: String, suite: Option<&str>| {
        let _ = fs::remove_file(folder.join("p.test.yaml"));
        fs::write(folder.join("p.handover"), policy).unwrap();
        if let Some(suite) = suite {
            fs::write(folder.join("p.test.yaml"), suite).unwrap();
        }
        let mut check = Command::new(env!("CARGO_BIN_EXE_handover"));
        let done = check.args(["check", "--format", "plain", "p.handover"]).current_dir(&folder).output().unwrap();
        let said = String::from_utf8(done.stdout).unwrap();
        let lines = said.lines().filter(|line| line.contains("warning H0513 no-example"));
        lines.map(|line| line.split(':').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(warned(stages(""), None), ["5", "8"], "no test at all");
    assert_eq!(warned(stages("") + example, None), ["8"], "an example reaches the first");
    assert_eq!(warned(stages(""), Some(large)), [""; 0], "whoever is large is small too");
    assert_eq!(warned(stages(""), Some(&large.replace("size: 100", "size: 99"))), ["8"], "a test just beside");
    assert_eq!(
        warned(stages(""), Some(&large.replace("p.handover", "other.handover"))),
        ["5", "8"],
        "of another policy"
    );
    assert_eq!(warned(stages("# allow no-example\n") + example, None), [""; 0], "turned off");
}

/// What is suggested passes as it is, sees what it says it would, and names what nothing was found for.
#[test]
fn suggestions_pass_and_see_what_they_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testing");
    let (mut found_all, mut some_are_open) = (0, 0);
    for case in ["suggestions", "suggestions_at_thresholds", "coverage_the_only_one_decides", "deadlines"] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suggestions").join(case);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        // Tests of the case that fail would be said on standard error, and are none of this.
        let policy =
            entries(&cases.join(case)).into_iter().find(|it| it.extension().is_some_and(|it| it == "handover"));
        fs::copy(policy.unwrap(), folder.join("p.handover")).unwrap();
        let run = |args: &[&str]| {
            let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
            let done = handover.arg("test").args(args).current_dir(&folder).output().unwrap();
            (String::from_utf8(done.stdout).unwrap(), done.status.code().unwrap())
        };
        let (yaml, _) = run(&["--suggest", "p.handover"]);
        let open = yaml.lines().filter(|line| line.starts_with("#   ")).count();
        fs::write(folder.join("p.test.yaml"), &yaml).unwrap();
        let (json, _) = run(&["--coverage", "--format", "json", "p.handover"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let of_suite = |test: &&serde_json::Value| test["kind"] == "suite";
        let tests: Vec<_> = json["tests"].as_array().unwrap().iter().filter(of_suite).collect();
        assert!(!tests.is_empty() && tests.iter().all(|test| test["result"] == "passed"), "{case}\n{yaml}\n{json:#}");
        assert_eq!(json["faults"], serde_json::json!([]), "{case}");
        let coverage = &json["coverage"][0];
        let number = |key: &str| coverage[key].as_u64().unwrap();
        let first = yaml.lines().next().unwrap();
        assert!(first.ends_with(&format!("they would cover {} %.", number("percent"))), "{case}: {first}");
        assert_eq!(number("possible") - number("covered"), open as u64, "{case}: what is open is named");
        if case == "suggestions_at_thresholds" {
            let values = ["size: 50", "size: 49", "rate: 0.25", "rate: 0.24", "amount: 99.9,", "amount: 99.91,"];
            for value in values.into_iter().chain(["due: \"2026-07-01\"", "due: \"2026-06-30\""]) {
                assert!(yaml.contains(value), "just at and just beside: {value}\n{yaml}");
            }
        }
        found_all += usize::from(open == 0);
        some_are_open += usize::from(open > 0);
    }
    assert!(found_all > 0 && some_are_open > 0, "{found_all} with all, {some_are_open} with some open");
}
