//! What the README shows is what the program prints.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail, and reads files"
)]

use std::path::Path;
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn readme() -> String {
    std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap()
}

/// The blocks of one language, without their fences.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\n```") {
        let after = &rest[at + 4..];
        let (head, after) = after.split_once('\n').unwrap();
        let end = after.find("```").expect("a fence that is closed");
        if head == language {
            blocks.push(after[..end].to_owned());
        }
        rest = &after[end + 3..];
    }
    blocks
}

/// Runs a command line as a reader of the README would, at 80 columns without colour.
fn run(command: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_handover")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .current_dir(ROOT)
        .env("PATH", path)
        .env("COLUMNS", "80")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_console_block_shows_what_is_printed() {
    let blocks = blocks(&readme(), "console");
    assert!(blocks.len() >= 3, "the README shows decisions, an error record and a mistake");
    for block in blocks {
        let (command, shown) = block.split_once('\n').unwrap();
        let command = command.strip_prefix("$ ").expect("a console block begins with a command");
        assert_eq!(run(command), shown, "`{command}`");
    }
}

#[test]
fn the_whole_decision_is_the_first_lead_of_the_main_job() {
    let shown = blocks(&readme(), "json");
    let [shown] = shown.as_slice() else { panic!("one decision is shown") };
    let printed = run(main_job(&blocks(&readme(), "sh")).trim());
    let first = printed.lines().next().unwrap();
    let squeezed: String = shown.lines().map(str::trim_start).collect();
    assert_eq!(squeezed, first);
}

#[test]
fn the_policy_excerpt_is_in_the_policy() {
    let policy = std::fs::read_to_string(Path::new(ROOT).join("policies/acme.handover")).unwrap();
    let shown = blocks(&readme(), "handover");
    assert_eq!(shown.len(), 1);
    for statement in shown[0].split("\n\n") {
        assert!(policy.contains(statement.trim_end()), "not in the policy:\n{statement}");
    }
}

#[test]
fn the_main_job_decides_every_lead() {
    let leads = std::fs::read_to_string(Path::new(ROOT).join("policies/leads/acme.ndjson")).unwrap();
    let printed = run(main_job(&blocks(&readme(), "sh")).trim());
    assert_eq!(printed.lines().count(), leads.lines().count());
    assert!(printed.lines().all(|line| line.starts_with("{\"schema\":1,\"lead\":\"L")));
}

/// The README's first command, run with the binary that is there already.
fn main_job(commands: &[String]) -> String {
    commands[0].replace("cargo run --release --", "handover")
}
