//! Each folder of `tests/testing/` is policies with tests; its `output.snap` is what `handover test` says of them.
//!
//! `command.txt` has the arguments after `test` (without it: none), one command a line. The command runs in the folder.
//! `INSTA_UPDATE=always cargo test --test testing` writes the snapshots.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases and runs the command")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
