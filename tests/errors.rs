//! Every folder in `tests/errors/` is a policy with a mistake; its `output.snap` is the policy and what is said of it.
//!
//! A new case is a new folder, named for what it shows, with a `policy.handover` and the files that this one names;
//! without one, the files are versions of one policy.
//! `INSTA_UPDATE=always cargo test --test errors` (or `cargo insta review`) writes the snapshots.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::fs;
use std::path::{Path, PathBuf};

use handover::diagnostic::{CODES, Severity, escape, plain};
use handover::loader::Memory;
use handover::{Policy, Versions};

#[test]
fn every_code_has_a_case_that_is_named_for_it() {
    let names: Vec<String> =
        cases().iter().map(|case| case.file_name().unwrap().to_str().unwrap().to_uppercase()).collect();
    // Warnings have their cases in `tests/lint/`, tests in `tests/testing/`.
    let of_policies = |code: &&&handover::diagnostic::Code| !code.id.starts_with("H06");
    for code in CODES.iter().filter(|code| code.severity == Severity::Error).filter(of_policies) {
        let has_case = names.iter().any(|name| name.starts_with(&format!("{}_", code.id)));
        assert!(has_case, "{} {} has no case", code.id, code.name);
    }
    for (case, name) in cases().iter().zip(&names) {
        let shown = fs::read_to_string(case.join("output.snap")).unwrap();
        let code = name.split('_').next().unwrap();
        assert!(shown.contains(&format!(" error {code} ")), "{name} does not show {code}");
    }
}

#[test]
fn every_mistake_is_said_well() {
    let cases = cases();
    // A case that fails does not keep the others from being compared.
    let differ: Vec<&PathBuf> =
        cases.iter().filter(|case| std::panic::catch_unwind(|| compare(case)).is_err()).collect();
    assert!(!cases.is_empty() && differ.is_empty(), "these differ: {differ:#?}");
}

fn compare(case: &Path) {
    let (mut files, mut shown) = (Memory::default(), String::new());
    for file in files_below(case) {
        let path = file.strip_prefix(case).unwrap().to_str().unwrap().replace('\\', "/");
        let bytes = fs::read(&file).unwrap();
        shown += &format!("---- {path}\n");
        for (number, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            shown += &format!("{:>3} {}\n", number + 1, escape(line));
        }
        files = files.with(path, bytes);
    }
    shown += "\n----\n";
    shown += &if case.join("policy.handover").exists() {
        let compiled = handover::compile(&files, "policy.handover");
        plain(&compiled.diagnostics, &compiled.sources)
    } else {
        let names = files_below(case).into_iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
        let versions = names.map(|name| Policy::load(&files, &name).unwrap()).collect();
        format!("{}\n", Versions::new(versions).unwrap_err())
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("output", shown));
}

/// The case's files by name, those in folders too, without the snapshot.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    let snapshot = |path: &PathBuf| path.to_string_lossy().contains(".snap");
    entries(folder).into_iter().flat_map(below).filter(|path| !snapshot(path)).collect()
}

fn cases() -> Vec<PathBuf> {
    entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
