//! `handover verify`: decisions that were kept are made again, and what differs is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot run the command has failed")]
#![expect(clippy::disallowed_methods, reason = "a test runs the command")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const POLICY: &str = "policies/acme.handover";
const LEADS: &str = "policies/leads/acme.ndjson";

/// A folder for what a test writes.
fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the command at the root of the project; gives its exit code, standard output and standard error.
fn handover(args: &str, stdin: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(args.split_whitespace()).current_dir(ROOT);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Decisions about the leads of Acme, with receipts.
fn decided(more: &str) -> String {
    let (code, decisions, said) =
        handover(&format!("eval --policy {POLICY} --now 2026-03-10T12:00:00Z --with receipt {more} {LEADS}"), "");
    assert_eq!((code, said.as_str()), (0, ""));
    decisions
}

fn lead(at: usize) -> String {
    fs::read_to_string(Path::new(ROOT).join(LEADS)).unwrap().lines().nth(at).unwrap().to_owned()
}

#[test]
fn decisions_are_made_again_whatever_they_hold() {
    for more in ["", "--only lead,stage", "--only stage,warnings", "--with trace", "--only why --threads 1"] {
        let (code, said, _) = handover(&format!("verify - --policy {POLICY} {LEADS}"), &decided(more));
        assert_eq!(code, 0, "{more}: {said}");
        assert!(said.ends_with("16 equal, 0 not\n"), "{more}: {said}");
    }
}

#[test]
fn one_decision_and_one_lead_in_files_of_their_own() {
    let folder = scratch("one");
    let (decision, of) = (folder.join("decision.json"), folder.join("lead.json"));
    let pretty: Value = serde_json::from_str(decided("").lines().nth(1).unwrap()).unwrap();
    fs::write(&decision, serde_json::to_string_pretty(&pretty).unwrap()).unwrap();
    fs::write(&of, format!("\n  {}\r\n", lead(1))).unwrap();
    let verify = format!("verify {} --policy {POLICY} {}", decision.display(), of.display());
    assert_eq!(handover(&verify, ""), (0, "L0002, as of 2026-03-10T12:00:00Z: equal\n".to_owned(), String::new()));
}

#[test]
fn what_differs_is_said_value_by_value() {
    let folder = scratch("differs");
    let policy = folder.join("acme.handover");
    let changed = fs::read_to_string(Path::new(ROOT).join(POLICY)).unwrap();
    // What the policy reads lies beside it.
    let changed = changed.replacen("company.employees is at least 50\n", "company.employees is at least 5000\n", 1);
    for name in ["lists", "holidays"] {
        let from = Path::new(ROOT).join("policies").join(name);
        assert!(Command::new("cp").arg("-r").arg(from).arg(&folder).status().unwrap().success());
    }
    fs::write(&policy, changed).unwrap();
    let decisions = decided("");
    let first = decisions.lines().next().unwrap();
    let (code, said, _) = handover(&format!("verify - --policy {} {LEADS}", policy.display()), first);
    assert_eq!(code, 1);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.first(), Some(&"L0001, as of 2026-03-10T12:00:00Z: differs"));
    assert!(lines.contains(&"  criteria.company fit: met then, not_met now"), "{said}");
    assert!(lines.last().unwrap().starts_with("  the policy: version 4 (sha256:"), "{said}");

    let other = lead(0).replace("\"country\": \"BG\"", "\"country\": \"FR\"");
    assert_ne!(other, lead(0));
    let of = folder.join("lead.json");
    fs::write(&of, other).unwrap();
    let (code, said, _) = handover(&format!("verify - --policy {POLICY} {}", of.display()), first);
    assert_eq!(code, 1);
    assert!(said.contains("  criteria.company fit: met then, not_met now\n"), "{said}");
    assert!(said.ends_with("  the lead itself is not the same, byte for byte\n"), "{said}");
}

#[test]
fn another_program_is_a_note_and_a_lead_that_is_not_there_is_no() {
    let decisions = decided("").replace("\"engine\":\"handover ", "\"engine\":\"handover 0.0.");
    let (code, said, _) = handover(&format!("verify - --policy {POLICY} {LEADS}"), &decisions);
    assert_eq!(code, 0);
    assert_eq!(said.matches("  note: the program was handover 0.0.").count(), 16, "{said}");

    let of = scratch("absent").join("lead.ndjson");
    fs::write(&of, [lead(0), lead(1)].join("\n") + "\n").unwrap();
    let (code, said, _) = handover(&format!("verify - --policy {POLICY} {}", of.display()), &decided(""));
    assert_eq!(code, 1);
    assert_eq!(said.matches("its lead is not among those that were given").count(), 14, "{said}");
    assert!(said.ends_with("2 equal, 14 not\n"));
}

#[test]
fn what_is_no_receipt_is_named() {
    let with = |receipt: &str| format!("{{\"lead\":\"A\",\"receipt\":{receipt}}}");
    let rows = [
        (String::new(), "there is no decision in it"),
        ("[]".to_owned(), "there is no decision in it"),
        ("{\"lead\":\"A\"}".to_owned(), "decision 1 has no receipt"),
        ("{\"lead\":\"A\"}\n{".to_owned(), "line 2 is no JSON"),
        ("[1]".to_owned(), "decision 1 has no receipt"),
        (with("{}"), "it says nothing of `as_of`"),
        (with("{\"as_of\":\"yesterday\"}"), "it says nothing of `as_of`"),
        (with("{\"as_of\":\"2026-03-10T12:00:00Z\"}"), "it says nothing of `lead`"),
        (decided("").replace("\"stage\":", "\"stagee\":"), "decision 1 holds `stagee`"),
    ];
    for (text, why) in rows {
        let (code, out, said) = handover(&format!("verify - --policy {POLICY} {LEADS}"), &text);
        assert_eq!((code, out.as_str()), (2, ""), "{text}");
        assert!(said.starts_with("handover: `-`: ") && said.contains(why), "{text}: {said}");
    }
    let (code, _, said) = handover(&format!("verify nowhere.json --policy {POLICY} {LEADS}"), "");
    assert_eq!((code, said.as_str()), (2, "handover: `nowhere.json` cannot be read: there is no such file\n"));
    let (code, _, said) = handover(&format!("verify - --policy {POLICY} -"), "");
    assert!(code == 2 && said.contains("standard input can be read once"), "{said}");
}

#[test]
fn a_lead_that_cannot_be_read_is_said() {
    let of = scratch("unread").join("leads.ndjson");
    fs::write(&of, format!("{}\n{{\n", lead(0))).unwrap();
    let decision = decided("").lines().next().unwrap().to_owned();
    let (code, out, said) = handover(&format!("verify - --policy {POLICY} {}", of.display()), &decision);
    assert_eq!((code, out.as_str()), (3, "L0001, as of 2026-03-10T12:00:00Z: equal\n"));
    assert!(said.contains("line 2: H0702") && said.contains("1 lead of 2 could not be read"), "{said}");
}

#[test]
fn hostile_text_in_a_receipt_is_escaped() {
    let decision = decided("").lines().next().unwrap().replace("\"why\":\"", "\"why\":\"\\u001b[31m");
    let (code, said, _) = handover(&format!("verify - --policy {POLICY} {LEADS}"), &decision);
    assert_eq!(code, 1);
    assert!(said.contains("why: \\u{1b}[31m") && !said.contains('\u{1b}'), "{said}");
}
