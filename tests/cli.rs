//! The command itself: help, version, exit codes, colour, and outputs that cannot be written.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case has failed")]

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "policy \"Acme\"\n  version 4\n  effective from 2026-01-01\n";
const BAD: &str = "hello\n";

#[test]
fn help_has_examples_for_every_command() {
    for command in [vec!["--help"], vec!["check", "--help"], vec!["eval", "--help"]] {
        let done = run(&command);
        assert_eq!(done.status.code(), Some(0), "{command:?}");
        assert!(out(&done).contains("\nExamples:\n  handover "), "{command:?}");
        assert_eq!(err(&done), "");
    }
}

#[test]
fn the_version_names_the_time_zones() {
    let done = run(&["--version"]);
    assert_eq!(done.status.code(), Some(0));
    let zones = chrono_tz::IANA_TZDB_VERSION;
    assert_eq!(out(&done), format!("handover {} (IANA time zones {zones})\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_use_is_2() {
    for args in
        [&[][..], &["chekc"], &["check", "--format", "xml"], &["eval"], &["eval", "--policy", "-", "--now", "today"]]
    {
        let done = run(args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert_eq!(out(&done), "", "{args:?}");
        assert!(!err(&done).is_empty(), "{args:?}");
    }
}

#[test]
fn a_good_policy_is_0_and_a_bad_one_1() {
    let folder = Folder::new("exit_codes").with("good.handover", GOOD).with("bad.handover", BAD);
    let good = folder.run(&["check", "good.handover"]);
    assert_eq!(good.status.code(), Some(0), "{}", out(&good));
    assert!(out(&good).ends_with("in good.handover\n"));
    let bad = folder.run(&["check", "bad.handover"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(out(&bad).ends_with("in bad.handover\n"));
    assert_eq!(err(&bad), "");
    let eval = folder.run(&["eval", "--policy", "bad.handover"]);
    assert_eq!(eval.status.code(), Some(1));
    assert_eq!(out(&eval), "");
    assert!(err(&eval).contains("in bad.handover"));
}

#[test]
fn a_folder_is_searched_by_name() {
    let folder = Folder::new("search")
        .with("b.handover", GOOD)
        .with("a/z.handover", BAD)
        .with(".git/hidden.handover", BAD)
        .with("notes.txt", BAD);
    let files = |done: &Output| -> Vec<String> {
        out(done)
            .lines()
            .filter_map(|line| Some(line.split_once("error")?.1.split_once(" in ")?.1.to_owned()))
            .collect()
    };
    let here = folder.run(&["check", "--format", "plain"]);
    assert_eq!(here.status.code(), Some(1));
    assert_eq!(files(&here), ["a/z.handover", "b.handover"]);
    let named = folder.run(&["check", "--format", "plain", "a"]);
    assert_eq!(files(&named), ["a/z.handover"]);
    let none = Folder::new("search_nothing").run(&["check"]);
    assert_eq!(none.status.code(), Some(2));
    assert_eq!(err(&none), "handover: there is no policy (*.handover) in `.`\n");
}

#[test]
fn all_policies_make_one_json() {
    let folder = Folder::new("json").with("a.handover", BAD).with("b.handover", BAD);
    let done = folder.run(&["check", "--format", "json"]);
    assert_eq!(done.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
    let files: Vec<_> = report["diagnostics"].as_array().unwrap().iter().map(|one| &one["file"]).collect();
    assert!(files.contains(&&"a.handover".into()) && files.contains(&&"b.handover".into()));
    assert!(report["errors"].as_u64() >= Some(2));
}

#[test]
fn what_cannot_be_read_is_2_and_the_rest_is_checked() {
    let folder = Folder::new("unreadable").with("bad.handover", BAD);
    let done = folder.run(&["check", "missing\u{1b}.handover", "bad.handover"]);
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(err(&done), "handover: `missing\\u{1b}.handover` cannot be read: there is no such file\n");
    assert!(out(&done).ends_with("in bad.handover\n"));
}

#[test]
fn a_policy_from_standard_input() {
    let done = with_input(&["check", "-"], BAD);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).ends_with("in <stdin>\n"));
    let twice = run(&["eval", "--policy", "-"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(err(&twice).starts_with("handover: standard input can be read once"));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = Folder::new("colour").with("bad.handover", BAD);
    let colored = |args: &[&str], variable: (&str, &str)| {
        let done = folder.command(args).env(variable.0, variable.1).output().unwrap();
        out(&done).contains('\u{1b}') || err(&done).contains('\u{1b}')
    };
    // Not a terminal.
    assert!(!colored(&["check", "bad.handover"], ("TERM", "xterm-256color")));
    assert!(!colored(&["check", "--color", "never", "bad.handover"], ("CLICOLOR_FORCE", "1")));
    // Whoever asks for it gets it.
    assert!(colored(&["check", "--color", "always", "bad.handover"], ("NO_COLOR", "1")));
    assert!(colored(&["--color=always", "chekc"], ("TERM", "dumb")));
    assert!(!colored(&["--color", "never", "chekc"], ("CLICOLOR_FORCE", "1")));
}

/// `script` gives the command a terminal to write to.
#[test]
#[cfg(target_os = "linux")]
fn a_terminal_has_colour_unless_told_otherwise() {
    let folder = Folder::new("terminal").with("bad.handover", BAD);
    let colored = |variable: (&str, &str)| {
        let line = format!("{} check bad.handover", env!("CARGO_BIN_EXE_handover"));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(&folder.0).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env("TERM", "xterm").env(variable.0, variable.1);
        command.output().ok().map(|done| out(&done).contains("\u{1b}[31m"))
    };
    // Not every machine has `script`.
    let Some(plain) = colored(("LANG", "C")) else { return };
    assert!(plain);
    assert_eq!(colored(("NO_COLOR", "")), Some(true));
    assert_eq!(colored(("NO_COLOR", "1")), Some(false));
    assert_eq!(colored(("TERM", "dumb")), Some(false));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_2() {
    let folder = Folder::new("full").with("bad.handover", BAD).with("good.handover", GOOD);
    for args in [&["check", "bad.handover"][..], &["check", "good.handover"], &["--help"], &["--version"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let done = folder.command(args).stdout(full).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(err(&done).starts_with("handover: the output cannot be written: "), "{args:?}");
    }
    // Nor does a standard error that is full make it panic.
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = folder.command(&["check", "missing"]).stderr(full).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    // More than a pipe holds, so that the write must fail.
    let folder = (0..600).fold(Folder::new("pipe"), |folder, number| {
        folder.with(&format!("{number}{}.handover", "-long".repeat(20)), BAD)
    });
    let mut child = folder.command(&["check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((said.as_str(), child.wait().unwrap().code()), ("", Some(0)));
}

fn run(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn with_input(args: &[&str], input: &str) -> Output {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(args).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

fn out(done: &Output) -> String {
    String::from_utf8(done.stdout.clone()).unwrap()
}

fn err(done: &Output) -> String {
    String::from_utf8(done.stderr.clone()).unwrap()
}

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn with(self, path: &str, text: &str) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command.current_dir(&self.0);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
}
