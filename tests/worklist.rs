//! `handover sla`: the worklist as people and programs read it.
//!
//! The leads are `tests/worklist/leads.ndjson`, by `tests/worklist/desk.handover`; every table, JSON and CSV of them is a
//! snapshot beside them.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

use std::path::Path;
use std::process::{Command, Output};

use handover::report::worklist::{self, Worklist};
use handover::{Evaluator, Policy};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worklist");
const NOW: &str = "2026-03-10T12:00:00Z";

fn handover(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(["sla", "--policy", "desk.handover", "--now", NOW]).args(arguments).current_dir(FOLDER);
    command.env_remove("COLUMNS").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn list() -> Worklist {
    let policy = Policy::load(&handover::loader::Folder::new(FOLDER), "desk.handover").unwrap();
    let now = NOW.parse().unwrap();
    let evaluator = Evaluator::only(policy, now, worklist::outputs().unwrap());
    let (mut worker, mut rows) = (evaluator.worker(), Vec::new());
    let leads = std::fs::read_to_string(Path::new(FOLDER).join("leads.ndjson")).unwrap();
    for lead in leads.lines() {
        worklist::gather(&evaluator, &mut worker, lead.as_bytes(), &mut rows).unwrap();
    }
    Worklist::new(&evaluator, now, leads.lines().count() as u64, 0, rows)
}

#[test]
fn it_reads_well_in_every_form() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(FOLDER);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, arguments) in [
            ("human", &["leads.ndjson"][..]),
            ("color", &["--color", "always", "leads.ndjson"]),
            ("json", &["--format", "json", "leads.ndjson"]),
            ("csv", &["--format", "csv", "leads.ndjson"]),
        ] {
            let done = handover(arguments);
            assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0), "{name}");
            insta::assert_snapshot!(name, out(&done));
        }
        insta::assert_snapshot!("narrow", list().human(Some(80), false));
    });
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for width in 76..120 {
        for line in list().human(Some(width), false).lines().skip(2) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn the_most_pressing_comes_first_whatever_the_order_of_the_leads() {
    let done = handover(&["--format", "json", "leads.ndjson"]);
    let rows = serde_json::from_slice::<Value>(&done.stdout).unwrap()["clocks"].as_array().unwrap().clone();
    let rank = |row: &Value| {
        let ranks = ["breached", "at_risk", "running", "paused"];
        ranks.iter().position(|status| row["status"] == **status).unwrap()
    };
    // A due time that is null comes after all others.
    let key = |row: &Value| (rank(row), row["due_at"].is_null(), row["due_at"].as_str().map(str::to_owned));
    assert!(rows.is_sorted_by_key(key) && rows.len() >= 7, "{} rows", rows.len());
    let ranks: std::collections::BTreeSet<_> = rows.iter().map(rank).collect();
    assert_eq!(ranks.len(), 4, "a clock of every status");

    let leads = std::fs::read_to_string(Path::new(FOLDER).join("leads.ndjson")).unwrap();
    let turned = Path::new(env!("CARGO_TARGET_TMPDIR")).join("turned.ndjson");
    let lines: Vec<&str> = leads.lines().rev().collect();
    std::fs::write(&turned, lines.join("\n")).unwrap();
    let other = handover(&["--format", "json", turned.to_str().unwrap()]);
    let other = serde_json::from_slice::<Value>(&other.stdout).unwrap()["clocks"].as_array().unwrap().clone();
    let due = |rows: &[Value]| rows.iter().map(|row| row["due_at"].clone()).collect::<Vec<_>>();
    assert_eq!(due(&rows), due(&other));
    for threads in ["1", "2", "7"] {
        assert_eq!(handover(&["--format", "json", "--threads", threads, "leads.ndjson"]).stdout, done.stdout);
    }
}

#[test]
fn cron_learns_of_it_by_the_exit_code() {
    let code = |arguments: &[&str]| handover(arguments).status.code().unwrap();
    assert_eq!(code(&["leads.ndjson"]), 0);
    assert_eq!(code(&["--fail-on", "breached", "leads.ndjson"]), 1);
    assert_eq!(code(&["--fail-on", "at-risk", "leads.ndjson"]), 1);
    assert_eq!(code(&["--fail-on", "at-risk", "calm.ndjson"]), 0);
    // A clock that is only at risk is no reason to fail on what is breached.
    assert_eq!(code(&["--fail-on", "breached", "at-risk.ndjson"]), 0);
    assert_eq!(code(&["--fail-on", "at-risk", "at-risk.ndjson"]), 1);
    assert_eq!(code(&["--fail-on", "never", "leads.ndjson"]), 2);
}

#[test]
fn a_lead_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let done = handover(&["unreadable.ndjson"]);
    assert_eq!(done.status.code(), Some(3));
    assert!(out(&done).contains("2 leads, 1 of them unreadable"), "{}", out(&done));
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(said, "line 1: H0702 malformed JSON: the lead breaks off\n1 lead of 2 could not be read\n");
    let said = String::from_utf8(handover(&["unreadable.ndjson", "calm.ndjson"]).stderr).unwrap();
    assert!(said.starts_with("unreadable.ndjson, line 1: H0702"), "{said}");
    assert_eq!(handover(&["--fail-on", "breached", "unreadable.ndjson"]).status.code(), Some(1));
}
