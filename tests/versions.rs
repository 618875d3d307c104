//! Every folder in `tests/versions/` holds versions of one policy, and what becomes of leads by them.
//!
//! A new case is a new folder, named for what it shows, with the versions in `policy/`, `leads.ndjson`, and `now.txt`, an
//! instant a line: all leads are decided as of the first, then of the next. `expected.ndjson` holds the part of each
//! decision that the case is about, worked out by hand; `null` also stands for a key that is not there. Versions that
//! cannot be have `said.txt` instead: what is said of them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its cases has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use parts::compare;
use run::{Folder, err, out};

mod parts;
#[expect(dead_code, reason = "other tests use all of it")]
mod run;

#[test]
fn every_folder_of_versions_judges_as_worked_out_by_hand() {
    let cases = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/versions"));
    let differ: Vec<String> = cases.iter().flat_map(|case| differences(case)).collect();
    assert!(differ.is_empty() && cases.len() >= 13, "{} differences:\n{}", differ.len(), differ.join("\n"));
}

/// A folder that somebody sends must neither read what lies outside of it nor keep the command waiting.
#[cfg(unix)]
#[test]
fn nothing_but_plain_files_of_the_folder_are_versions() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("odd-versions");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("policy/below.handover")).unwrap();
    let policy = "policy \"Acme\"\n  version 1\nlead\n  size is a number\nstage \"MQL\"\n  is reached when size is at least 50\n";
    fs::write(folder.join("policy/acme.handover"), policy).unwrap();
    fs::write(folder.join("policy/.hidden.handover"), "no policy").unwrap();
    fs::write(folder.join("policy/notes.txt"), "no policy").unwrap();
    fs::write(folder.join("leads.ndjson"), "{\"id\": 1, \"size\": 60}\n").unwrap();
    let done = decide(&folder, "2026-03-10T12:00:00Z");
    assert!(done.status.code() == Some(0) && out(&done).contains("\"stage\":\"MQL\""), "{done:?}");
    let outside = folder.join("outside.handover");
    fs::write(&outside, policy).unwrap();
    let odd = folder.join("policy/odd.handover");
    std::os::unix::fs::symlink(&outside, &odd).unwrap();
    let done = decide(&folder, "2026-03-10T12:00:00Z");
    let said = "handover: `policy/odd.handover` cannot be read: it lies outside the policy's folder\n";
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(2), said));
    fs::remove_file(&odd).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&odd).status().unwrap().success());
    let done = decide(&folder, "2026-03-10T12:00:00Z");
    let said = "handover: `policy/odd.handover` cannot be read: it is not a plain file\n";
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(2), said));
}

fn differences(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let done: Vec<Output> = read(case, "now.txt").lines().map(|now| decide(case, now)).collect();
    if case.join("said.txt").exists() {
        let said = read(case, "said.txt");
        let refused = |done: &Output| done.status.code() == Some(1) && out(done).is_empty() && err(done) == said;
        return done.iter().filter(|done| !refused(done)).map(|done| format!("{name}: {done:?}")).collect();
    }
    for done in &done {
        assert!(done.status.code() == Some(0) && err(done).is_empty(), "{name}: {}", err(done));
    }
    let decided: Vec<Value> = done.iter().flat_map(|done| lines(&out(done))).collect();
    let expected = lines(&read(case, "expected.ndjson"));
    assert!(!expected.is_empty() && decided.len() == expected.len(), "{name}: {} decisions", decided.len());
    let mut differ = Vec::new();
    for (expected, actual) in expected.iter().zip(&decided) {
        let place = format!("{name}: {} as of {}", actual["lead"], actual["as_of"]);
        compare(expected, actual, &place, &mut differ);
    }
    differ
}

/// The command, run in the folder of the case.
fn decide(case: &Path, now: &str) -> Output {
    Folder(case.to_owned()).run(&["eval", "--policy", "policy", "--now", now, "leads.ndjson"])
}

fn lines(ndjson: &str) -> Vec<Value> {
    ndjson.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

fn read(case: &Path, file: &str) -> String {
    fs::read_to_string(case.join(file)).unwrap_or_else(|why| panic!("{} {file}: {why}", case.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
