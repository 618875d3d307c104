//! The warnings of `handover check`. Each folder of `tests/lint/` is a warning: `fires_….handover` are policies that have
//! it, `near_….handover` such as look like them and do not. A snapshot is the policy and what is said of it.
//!
//! A new case is a new file, named for what it shows; `INSTA_UPDATE=always cargo test --test lint` writes the snapshots.
//! That no warning claims what a lead then does is asked of random policies in `tests/reference/lint.rs`.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::fs;
use std::path::{Path, PathBuf};

use handover::Policy;
use handover::diagnostic::{CODES, Diagnostic, Severity, escape, plain};
use handover::lint::lint;
use handover::loader::Memory;

/// Found by running examples and tests, not by reading the policy.
const ELSEWHERE: [&str; 1] = ["no-example"];

#[test]
fn every_warning_has_five_cases_that_fire_and_five_that_do_not() {
    for code in CODES.iter().filter(|code| code.severity == Severity::Warning && !ELSEWHERE.contains(&code.name)) {
        for kind in ["fires_", "near_"] {
            let count = cases(code.name).iter().filter(|case| name_of(case).starts_with(kind)).count();
            assert!(count >= 5, "{}: {count} cases {kind}", code.name);
        }
    }
}

#[test]
fn what_is_meant_to_fire_fires_and_nothing_else_does() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let warning = name_of(&folder);
        for case in cases(&warning) {
            let (_, warnings) = warnings(&case);
            let fires = warnings.iter().any(|it| it.code.name == warning);
            if fires != name_of(&case).starts_with("fires_") {
                wrong.push(case);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_warning_is_said_well() {
    for folder in folders() {
        let mut shown = String::new();
        for case in cases(&name_of(&folder)) {
            let (policy, warnings) = warnings(&case);
            shown += &format!("==== {}\n", name_of(&case));
            for (number, line) in fs::read_to_string(&case).unwrap().lines().enumerate() {
                shown += &format!("{:>3} {}\n", number + 1, escape(line));
            }
            shown += &format!("----\n{}\n", plain(&warnings, &policy.sources));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("cases", shown));
    }
}

/// A policy of two pages in which ten faults are hidden, each from whoever reads only the lines around it.
#[test]
fn ten_faults_hidden_in_one_policy_are_found() {
    let policy = Policy::compile(include_str!("lint/hidden.handover"), &Memory::default()).unwrap();
    insta::with_settings!({ snapshot_path => "lint", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("hidden", plain(&lint(&policy), &policy.sources));
    });
}

fn warnings(case: &Path) -> (Policy, Vec<Diagnostic>) {
    let files = entries(case.parent().unwrap()).into_iter().filter(|path| !path.ends_with("cases.snap"));
    let files = files.fold(Memory::default(), |all, path| all.with(name_of(&path), fs::read(&path).unwrap()));
    let policy = Policy::load(&files, &name_of(case)).unwrap();
    let warnings = lint(&policy);
    (policy, warnings)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn folders() -> Vec<PathBuf> {
    entries(&root()).into_iter().filter(|path| path.is_dir()).collect()
}

fn cases(warning: &str) -> Vec<PathBuf> {
    let is_policy = |path: &PathBuf| path.extension().is_some_and(|it| it == "handover");
    entries(&root().join(warning)).into_iter().filter(is_policy).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
