//! `handover eval` as its users run it: inputs, outputs, exit codes, and what happens when one of them gives out.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case has failed")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads what the command wrote, and the clock it is compared with"
)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const POLICY: &str = r#"policy "Acme"
  version 4

lead
  email is text
  asked_at is a time

event "asked"
  dated by asked_at

criterion "contactable"
  is met when email is filled in

stage "MQL"
  is reached when "asked" happened
"#;
const NOW: &str = "2026-03-10T12:00:00Z";
const THREE: &str = "{\"id\":1,\"asked_at\":\"2026-03-10\"}\n{\"id\":2,\"asked_at\":\n{\"id\":3}\n";

#[test]
fn leads_in_decisions_out() {
    let folder = Folder::new("plain").with("leads.ndjson", "{\"id\":1,\"asked_at\":\"2026-03-10\"}\n{\"id\":2}");
    let done = folder.eval(&["leads.ndjson"]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let decisions = out(&done);
    let decisions: Vec<&str> = decisions.split_inclusive('\n').collect();
    assert_eq!(decisions.len(), 2);
    assert!(decisions[0].starts_with("{\"schema\":1,\"lead\":\"1\",\"policy\":{\"name\":\"Acme\",\"version\":4,"));
    assert!(decisions[0].contains("\"as_of\":\"2026-03-10T12:00:00Z\",\"stage\":\"MQL\","));
    assert!(decisions[1].contains("\"lead\":\"2\"") && decisions[1].contains("\"stage\":null"));
    assert!(decisions.iter().all(|line| line.ends_with("}\n")));
}

#[test]
fn a_policy_with_errors_is_1_and_decides_nothing() {
    let bad = POLICY.replace("\"asked\" happened", "\"askde\" happened");
    let folder = Folder::new("bad").with("acme.handover", &bad).with("leads.ndjson", THREE);
    let done = folder.eval(&["leads.ndjson"]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(1), ""));
    assert!(err(&done).contains("there is no event called `askde`"), "{}", err(&done));
    assert!(err(&done).ends_with("1 error in acme.handover\n"), "{}", err(&done));
}

#[test]
fn wrong_use_and_files_that_are_not_there_are_2() {
    let folder =
        Folder::new("wrong").with("leads.ndjson", THREE).with("crm.handover", "library \"CRM\"\n\nlead\n  a is text\n");
    let cases: [(&[&str], &str); 9] = [
        (&["eval", "--policy", "nothing.handover", "leads.ndjson"], "`nothing.handover` cannot be read"),
        (&["eval", "--policy", "crm.handover", "leads.ndjson"], "this is a library"),
        (&["eval", "--policy", "acme.handover", "nothing.ndjson"], "`nothing.ndjson` cannot be read"),
        (&["eval", "--policy", "acme.handover", "--only", "lead,stagee", "leads.ndjson"], "no key `stagee`"),
        (&["eval", "--policy", "acme.handover", "--errors", "no/such/folder", "leads.ndjson"], "cannot be written"),
        (&["eval", "--policy", "acme.handover", "--now", "2026-03-10", "leads.ndjson"], "2026-03-11T11:00:00Z"),
        (&["eval", "--policy", "acme.handover", "--now", "9999-12-31T23:00:00-02:00", "leads.ndjson"], "an offset"),
        (&["eval", "--policy", "acme.handover", "--input", "xml", "leads.ndjson"], "ndjson, json"),
        (&["eval", "--policy", "acme.handover", "--threads", "0", "leads.ndjson"], "--threads"),
    ];
    for (args, says) in cases {
        let done = folder.run(args);
        assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), ""), "{args:?}");
        assert!(err(&done).contains(says), "{args:?}: {}", err(&done));
    }
}

#[test]
fn a_file_that_is_not_there_comes_after_the_decisions_before_it() {
    let folder = Folder::new("later").with("leads.ndjson", "{\"id\":1}\n");
    let done = folder.eval(&["--only", "lead", "leads.ndjson", "nothing.ndjson"]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), "{\"lead\":\"1\"}\n"));
}

#[test]
fn only_keeps_keys_in_their_order() {
    let folder = Folder::new("only").with("leads.ndjson", "{\"id\":1,\"asked_at\":\"2026-03-10\"}\n");
    let only = |keys: &str| out(&folder.eval(&["--only", keys, "leads.ndjson"]));
    assert_eq!(only("lead,stage"), "{\"lead\":\"1\",\"stage\":\"MQL\"}\n");
    assert_eq!(only("stage,lead"), only("lead,stage"));
    assert_eq!(only("lead"), "{\"lead\":\"1\"}\n");
    assert_eq!(only("warnings"), "{}\n");
    assert_eq!(only("scores,grades"), "{\"scores\":{},\"grades\":{}}\n");
}

#[test]
fn a_lead_that_cannot_be_read_leaves_a_record_in_its_place() {
    let folder = Folder::new("records").with("leads.ndjson", THREE);
    let done = folder.eval(&["--only", "lead,stage", "leads.ndjson"]);
    assert_eq!(done.status.code(), Some(3));
    let lines = lines(&done);
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["stage"], &lines[2]["lead"]), (&"MQL".into(), &"3".into()));
    assert_eq!((&lines[1]["line"], &lines[1]["error"]["code"]), (&2.into(), &"H0702".into()));
    assert!(lines[1].get("file").is_none() && lines[1].get("raw").is_none(), "{}", lines[1]);
    assert_eq!(err(&done), "1 lead of 3 could not be read\n");
}

#[test]
fn records_can_go_to_a_file_with_the_leads_as_they_came() {
    let folder = Folder::new("errors").with("leads.ndjson", THREE);
    fs::write(folder.0.join("latin1.ndjson"), b"{\"id\":\"caf\xe9\"}\n{\"id\":4}\n").unwrap();
    let done = folder.eval(&["--only", "lead", "--errors", "unread.ndjson", "leads.ndjson", "latin1.ndjson"]);
    assert_eq!(done.status.code(), Some(3));
    assert_eq!(out(&done), "{\"lead\":\"1\"}\n{\"lead\":\"3\"}\n{\"lead\":\"4\"}\n");
    let records = fs::read_to_string(folder.0.join("unread.ndjson")).unwrap();
    let records: Vec<serde_json::Value> = records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 2);
    assert_eq!((&records[0]["file"], &records[0]["line"]), (&"leads.ndjson".into(), &2.into()));
    assert_eq!(records[0]["raw"], "{\"id\":2,\"asked_at\":");
    assert_eq!((&records[1]["file"], &records[1]["line"]), (&"latin1.ndjson".into(), &1.into()));
    assert_eq!(records[1]["raw_hex"], "7b226964223a22636166e9227d");
    assert_eq!(err(&done), "2 leads of 5 could not be read\n");
    // Without an unreadable lead the file is there and empty.
    let done = folder.eval_with(&["--errors", "unread.ndjson"], b"{}");
    assert_eq!((done.status.code(), fs::read(folder.0.join("unread.ndjson")).unwrap().len()), (Some(0), 0));
}

/// The leads would be gone before they are read.
#[test]
fn the_file_of_records_is_none_of_the_inputs() {
    let folder = Folder::new("overwrite").with("leads.ndjson", THREE);
    for errors in ["leads.ndjson", "./leads.ndjson", "acme.handover"] {
        let done = folder.eval(&["--errors", errors, "leads.ndjson"]);
        assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), ""), "{errors}");
        assert_eq!(fs::read_to_string(folder.0.join("leads.ndjson")).unwrap(), THREE);
        assert_eq!(fs::read_to_string(folder.0.join("acme.handover")).unwrap(), POLICY);
    }
}

#[test]
fn on_error_stop_ends_after_the_first() {
    let leads: String =
        (0..5_000).map(|id| if id == 9 { "{\n".to_owned() } else { format!("{{\"id\":{id}}}\n") }).collect();
    let folder = Folder::new("stop").with("leads.ndjson", &leads).with("more.ndjson", "{\"id\":\"more\"}\n");
    for threads in ["1", "3"] {
        let args = ["--only", "lead", "--on-error", "stop", "--threads", threads, "leads.ndjson", "more.ndjson"];
        let done = folder.eval(&args);
        assert_eq!(done.status.code(), Some(3));
        let lines = lines(&done);
        assert_eq!((lines.len(), &lines[8]["lead"], &lines[9]["line"]), (10, &"8".into(), &10.into()), "{threads}");
        assert!(err(&done).contains("nothing after it was (--on-error stop)"), "{}", err(&done));
    }
}

#[test]
fn several_files_and_standard_input_are_one_input() {
    let folder =
        Folder::new("several").with("a.ndjson", "{\"id\":\"a\"}\n{").with("b.json", "[{\"id\":\"b\"},{\"id\":\"c\"}]");
    let done = folder.eval_with(&["--only", "lead", "a.ndjson", "-", "b.json"], b"{\"id\":\"-\"}\n{]\n");
    assert_eq!(done.status.code(), Some(3));
    let lines = lines(&done);
    let leads: Vec<&serde_json::Value> = lines.iter().map(|line| &line["lead"]).collect();
    assert_eq!(
        leads,
        ["a".into(), serde_json::Value::Null, "-".into(), serde_json::Value::Null, "b".into(), "c".into()]
            .iter()
            .collect::<Vec<_>>()
    );
    // Of several files, a record says which, and a line's number is that in its file.
    assert_eq!((&lines[1]["file"], &lines[1]["line"]), (&"a.ndjson".into(), &2.into()));
    assert_eq!((&lines[3]["file"], &lines[3]["line"]), (&"-".into(), &2.into()));
}

#[test]
fn json_is_one_object_or_an_array() {
    let folder = Folder::new("json")
        .with("one.json", "\u{feff} {\n  \"id\": 1\n}\n")
        .with("array.json", "[\n  {\"id\": 1},\n  {\"id\": 2}\n]\n")
        .with("none.json", "[]")
        .with("array.txt", "[{\"id\": 1}, {\"id\": 2}]")
        .with("lines.json", "{\"id\":1}\n{\"id\":2}\n");
    let leads = |args: &[&str]| {
        let done = folder.eval(&[&["--only", "lead"], args].concat());
        (out(&done).replace("{\"lead\":", "").replace("}\n", ""), done.status.code())
    };
    assert_eq!(leads(&["one.json"]), ("\"1\"".to_owned(), Some(0)));
    assert_eq!(leads(&["array.json"]), ("\"1\"\"2\"".to_owned(), Some(0)));
    assert_eq!(leads(&["none.json"]), (String::new(), Some(0)));
    // The extension tells, unless the user does.
    assert_eq!(leads(&["--input", "json", "array.txt"]), ("\"1\"\"2\"".to_owned(), Some(0)));
    assert_eq!(leads(&["--input", "ndjson", "lines.json"]), ("\"1\"\"2\"".to_owned(), Some(0)));
    assert_eq!(leads(&["array.txt"]).1, Some(3));
    // What is wrong with one lead leaves the others alone; an array that breaks off says so.
    let broken = folder.eval_with(&["--only", "lead", "--input", "json"], b"[{\"id\":1},{\"id\":x},{\"id\":3}]");
    let broken = lines(&broken);
    assert_eq!((&broken[1]["error"]["code"], &broken[2]["lead"]), (&"H0702".into(), &"3".into()));
    let cut = folder.eval_with(&["--only", "lead", "--input", "json"], b"[{\"id\":1},{\"id\":2");
    assert_eq!((cut.status.code(), &lines(&cut)[1]["error"]["code"]), (Some(3), &"H0707".into()));
}

#[test]
fn a_line_beyond_the_limit_is_passed_over() {
    let long = format!("{{\"id\":1}}\n{{\"id\":\"{}\"}}\n{{\"id\":3}}\n", "x".repeat(1 << 20));
    let done = Folder::new("long").eval_with(&["--only", "lead", "--max-line", "1000"], long.as_bytes());
    assert_eq!((done.status.code(), lines(&done).len()), (Some(3), 3));
    assert_eq!((&lines(&done)[1]["error"]["code"], &lines(&done)[2]["lead"]), (&"H0708".into(), &"3".into()));
}

#[test]
fn now_replays_the_past() {
    let folder = Folder::new("now").with("leads.ndjson", "{\"id\":1,\"asked_at\":\"2026-03-10T12:00:00Z\"}\n");
    let stage = |now: &str| {
        let done =
            folder.run(&["eval", "--policy", "acme.handover", "--only", "as_of,stage", "--now", now, "leads.ndjson"]);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        out(&done)
    };
    assert_eq!(stage("2026-03-10T14:00:00+02:00"), "{\"as_of\":\"2026-03-10T12:00:00Z\",\"stage\":\"MQL\"}\n");
    assert_eq!(stage("2026-03-10T11:59:59.5Z"), "{\"as_of\":\"2026-03-10T11:59:59.5Z\",\"stage\":null}\n");
}

#[test]
fn without_now_the_clock_tells() {
    let before = chrono::Utc::now().timestamp();
    let done = Folder::new("clock").run_with(&["eval", "--policy", "acme.handover", "--only", "as_of"], b"{}");
    let as_of = chrono::DateTime::parse_from_rfc3339(lines(&done)[0]["as_of"].as_str().unwrap()).unwrap().timestamp();
    assert!((before..=chrono::Utc::now().timestamp()).contains(&as_of), "{as_of}");
}

#[test]
fn the_policy_from_standard_input() {
    let folder = Folder::new("policy_stdin").with("leads.ndjson", "{\"id\":1}\n");
    let args = ["eval", "--policy", "-", "--now", NOW, "--only", "lead", "leads.ndjson"];
    let done = folder.run_with(&args, POLICY.as_bytes());
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(0), "{\"lead\":\"1\"}\n"));
}

#[test]
fn files_of_the_policy_lie_beside_it() {
    let policy = "policy \"Acme\"\n  version 1\n\nlead\n  email is text\n\nlist \"rivals\" from \"lists/rivals.txt\"\n\n\
                  disqualify \"rival\"\n  when domain of email is in list \"rivals\"\n";
    let folder = Folder::new("beside")
        .with("policies/acme.handover", policy)
        .with("policies/lists/rivals.txt", "rival.example\n");
    let args = ["eval", "--policy", "policies/acme.handover", "--now", NOW, "--only", "disqualified_by"];
    let done = folder.run_with(&args, b"{\"email\":\"eve@rival.example\"}");
    assert_eq!(out(&done), "{\"disqualified_by\":[\"rival\"]}\n", "{}", err(&done));
}

#[test]
fn the_output_is_the_same_on_any_number_of_threads() {
    let lead = |id: u32| match id % 7 {
        3 => "{\"id\":".to_owned(),
        5 => format!("{{\"id\":{id},\"asked_at\":\"soon\",\"email\":\"{}\"}}", "é".repeat(id as usize % 90)),
        _ => format!("{{\"id\":{id},\"asked_at\":\"2026-03-{:02}\"}}", id % 31 + 1),
    };
    let leads: String = (0..4_000).map(|id| lead(id) + "\n").collect();
    let folder = Folder::new("threads").with("leads.ndjson", &leads);
    let one = folder.eval(&["--threads", "1", "leads.ndjson"]);
    assert_eq!((one.status.code(), out(&one).lines().count()), (Some(3), 4_000));
    for threads in ["2", "5"] {
        let many = folder.eval(&["--threads", threads, "leads.ndjson"]);
        assert!(many.stdout == one.stdout && many.stderr == one.stderr && many.status == one.status, "{threads}");
    }
    let apart = |threads: &str| {
        folder.eval(&["--threads", threads, "--errors", threads, "leads.ndjson"]);
        fs::read(folder.0.join(threads)).unwrap()
    };
    assert_eq!(apart("1"), apart("3"));
}

fn out(done: &Output) -> String {
    String::from_utf8(done.stdout.clone()).unwrap()
}

fn err(done: &Output) -> String {
    String::from_utf8(done.stderr.clone()).unwrap()
}

fn lines(done: &Output) -> Vec<serde_json::Value> {
    out(done).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A folder of its own for each test, with a policy in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("eval-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path).with("acme.handover", POLICY)
    }

    fn with(self, path: &str, text: &str) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
        command.args(args).current_dir(&self.0).stdin(Stdio::null());
        for variable in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(variable);
        }
        command
    }

    fn spawn(&self, args: &[&str]) -> std::process::Child {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn run_with(&self, args: &[&str], input: &[u8]) -> Output {
        let mut child = self.spawn(args);
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Judges by the folder's policy as of [`NOW`].
    fn eval(&self, args: &[&str]) -> Output {
        self.run(&[&["eval", "--policy", "acme.handover", "--now", NOW], args].concat())
    }

    fn eval_with(&self, args: &[&str], input: &[u8]) -> Output {
        self.run_with(&[&["eval", "--policy", "acme.handover", "--now", NOW], args].concat(), input)
    }
}
