//! Every folder in `tests/bad_inputs/` is an input that something is wrong with, and what the command makes of it.
//!
//! A new case is a new folder, named for what it shows, with `cmd` (the arguments), the files that these name, and
//! `policy.handover` where the one beside the cases does not do. In a file that ends in `.bytes`, which is handed on
//! without that ending, `‹EF BB BF›` stands for these bytes.
//! `INSTA_UPDATE=always cargo test --test bad_inputs` (or `cargo insta review`) writes the snapshots.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up its case has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use run::{Folder, err, out};

mod run;

#[test]
fn bad_inputs_come_to_what_is_written() {
    let cases = entries("tests/bad_inputs");
    let cases: Vec<&PathBuf> = cases.iter().filter(|case| case.is_dir()).collect();
    let differ: Vec<&&PathBuf> =
        cases.iter().filter(|case| std::panic::catch_unwind(|| compare(case)).is_err()).collect();
    assert!(cases.len() > 30 && differ.is_empty(), "these differ: {differ:#?}");
}

fn compare(case: &Path) {
    let name = case.file_name().unwrap().to_str().unwrap();
    let shared = fs::read(case.parent().unwrap().join("policy.handover")).unwrap();
    let mut folder = Folder::new(&format!("bad_inputs/{name}")).with("policy.handover", shared);
    for file in files_below(case) {
        let path = file.strip_prefix(case).unwrap().to_str().unwrap().replace('\\', "/");
        let bytes = fs::read(&file).unwrap();
        folder = match path.strip_suffix(".bytes") {
            Some(path) => folder.with(path, unescape(&String::from_utf8(bytes).unwrap())),
            None => folder.with(&path, bytes),
        };
    }
    let command = fs::read_to_string(case.join("cmd")).unwrap();
    let command = command.trim_end();
    let args: Vec<&str> = command.split(' ').collect();
    let done = folder.run(&args);
    in_other_ways(&folder, &args, &done);
    let exit = done.status.code().map_or("none".to_owned(), |code| code.to_string());
    let shown = format!(
        "$ handover {command}\n---- exit {exit}\n---- stdout\n{}---- stderr\n{}",
        handover::diagnostic::escape(&out(&done)).replace("\\u{a}", "\n"),
        handover::diagnostic::escape(&err(&done)).replace("\\u{a}", "\n")
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("output", shown));
}

/// The output is the same on any number of threads, and where the leads come through a pipe.
fn in_other_ways(folder: &Folder, args: &[&str], done: &Output) {
    if args.first() != Some(&"eval") || args.contains(&"--threads") {
        return;
    }
    let other = folder.run(&[&["eval", "--threads", "1"], args.get(1..).unwrap()].concat());
    assert_eq!(other, *done, "on one thread");
    if let Some((leads, args)) = args.split_last()
        && ["leads.ndjson", "leads.json"].contains(leads)
        && folder.path(leads).is_file()
        && !args.contains(leads)
    {
        let input = fs::read(folder.path(leads)).unwrap();
        let format = leads.strip_prefix("leads.").unwrap();
        let other = run_with(folder, &[args, &["--input", format, "-"]].concat(), &input);
        assert_eq!(other, *done, "from standard input");
    }
}

/// The cases of `tests/errors/`, which their own test gives to the library.
#[test]
fn the_command_says_what_the_library_says_of_a_policy() {
    for case in entries("tests/errors") {
        let case = case.file_name().unwrap().to_str().unwrap().to_owned();
        let at = format!("tests/errors/{case}");
        let files = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join(&at));
        let snapshot = fs::read_to_string(files.path("output.snap")).unwrap();
        let (_, said) = snapshot.rsplit_once("\n----\n").unwrap();
        if !files.path("policy.handover").exists() {
            // Versions of one policy: all is said on the way to deciding leads.
            let done = files.run(&["eval", "--policy", "."]);
            let (message, _) = said.split_once("\n  help: ").unwrap();
            let (_, message) = message.split_once(": error H0408 versions: ").unwrap();
            let shown = err(&done);
            assert!(shown.contains("error H0408 versions") && out(&done).is_empty(), "{case}: {shown}");
            let words = |text: &str| text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
            assert!(words(&shown).contains(&words(message)), "{case}: {shown}");
            assert_eq!(done.status.code(), Some(1), "{case}");
            continue;
        }
        let done = files.run(&["check", "--format", "plain", "policy.handover"]);
        assert_eq!((out(&done).trim_end(), err(&done).as_str()), (said.trim_end(), ""), "{case}");
        assert_eq!(done.status.code(), Some(1), "{case}");
    }
}

const LEAD: &str = r#"{"id":"L1","email":"é\u00e9\ud83d\ude00","u":[1,-2.5e+3,true,null,{"a":"b"}],"amount":5}"#;

/// Wherever the input breaks off, what came before it is decided, and the rest is no lead.
#[test]
fn input_that_is_cut_off_anywhere() {
    let folder = with_policy("bad_inputs_cut");
    let eval = |input: &str, bytes: &[u8]| {
        let args = ["eval", "--policy", "policy.handover", "--only", "lead", "--threads", "1", "--input", input];
        run_with(&folder, &args, bytes)
    };
    let cut_off = |done: &Output, leads: usize| {
        let shown = out(done);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!((done.status.code(), lines.len()), (Some(3), leads + 1), "{shown}");
        assert!(lines[..leads].iter().all(|line| line.starts_with("{\"lead\":")), "{shown}");
        assert!(lines[leads].contains("\"code\":\"H0707\",\"message\":\"the input ends in the middle of a lead\""));
    };
    for length in 1..LEAD.len() {
        let lines = [b"{\"id\":\"A\"}\n", &LEAD.as_bytes()[..length]].concat();
        cut_off(&eval("ndjson", &lines), 1);
    }
    let array = format!("[{{\"id\":\"A\"}},\n{LEAD}]\n");
    let (first, second) = (array.find(',').unwrap(), array.len() - 2);
    for length in 1..second + 1 {
        let leads = usize::from(length >= first) + usize::from(length >= second);
        cut_off(&eval("json", &array.as_bytes()[..length]), leads);
    }
    for input in ["ndjson", "json"] {
        assert_eq!(eval(input, LEAD.as_bytes()).status.code(), Some(0));
    }
}

#[test]
fn lines_at_the_limit() {
    let folder = with_policy("bad_inputs_limit");
    let lead = |length: usize| format!("{{\"id\":\"{}\"}}", "x".repeat(length - 9));
    // The largest of these is what is read at once.
    for limit in [9, 10, 1_000, 262_144] {
        for (length, end, fits) in [(0, "\n", true), (0, "\r\n", true), (1, "\n", false), (1, "\r\n", false)] {
            let input = format!("{}{end}{{}}{end}", lead(limit + length));
            let args = ["eval", "--policy", "policy.handover", "--only", "lead", "--max-line", &limit.to_string()];
            let done = run_with(&folder, &args, input.as_bytes());
            let code = if fits { 0 } else { 3 };
            assert_eq!((done.status.code(), out(&done).lines().count()), (Some(code), 2), "{limit} {length} {end:?}");
            assert_eq!(out(&done).contains("H0708"), !fits, "{limit} {length} {end:?}");
        }
    }
}

/// A policy of any size is refused within a moment: its worst is not far from its best.
#[test]
fn policies_beyond_the_limits() {
    let head = "policy \"P\"\n  version 1\n\nlead\n  email is text\n\n";
    let group = format!("{head}criterion \"c\"\n  is met when any of:\n");
    let nested: String = (1..200).map(|level| format!("{}- any of:\n", "    ".repeat(level))).collect();
    let many = |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let cases: [(&str, String, &str, usize, usize); 10] = [
        ("a line of 1 MB", format!("{head}# {}\n", "x".repeat(1_000_000)), "H0002", 7, 1),
        ("a line of 300 kB of quotes", format!("{head}  {}\n", "‚".repeat(100_000)), "H0002", 7, 1),
        ("a file of more than 1 MiB", format!("{head}{}", "# filler line\n".repeat(80_000)), "H0002", 1, 1),
        ("20,001 lines", format!("{head}{}", "# c\n".repeat(19_995)), "H0002", 20_001, 1),
        (
            "2,001 statements",
            head.to_owned()
                + &many(2_001, &|n| {
                    format!(
                        "criterion \"c{n}\"
  is met when email is empty
"
                    )
                }),
            "H0002",
            4_003,
            1,
        ),
        ("100,000 bullets in one line", format!("{head}{}\n", "- ".repeat(100_000)), "H0002", 7, 2),
        ("100,000 groups under one another", format!("{group}{}", "- any of:\n".repeat(100_000)), "H0103", 9, 19_995),
        ("200 groups in one another", format!("{group}{nested}"), "H0113", 16, 1),
        (
            "1,000 errors",
            head.to_owned() + &many(1_000, &|n| format!("criterion \"c{n}\"\n  is met when x{n} is filled in\n")),
            "H0202",
            8,
            1_000,
        ),
        (
            "900 patterns that would blow up",
            group.clone() + &many(900, &|n| format!("    - email matches pattern \"x{n}\\w{{300}}\"\n")),
            "H0305",
            9,
            900,
        ),
    ];
    for (name, policy, code, line, errors) in cases {
        let folder = Folder::new("bad_inputs_limits").with("policy.handover", policy);
        let start = Instant::now();
        let done = folder.run(&["check", "--format", "json", "policy.handover"]);
        assert!(start.elapsed() < Duration::from_secs(20), "{name} takes {:?}", start.elapsed());
        let report: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
        assert_eq!(done.status.code(), Some(1), "{name}");
        let shown = report["diagnostics"].as_array().unwrap();
        assert_eq!((shown[0]["code"].as_str(), shown[0]["line"].as_u64()), (Some(code), Some(line as u64)), "{name}");
        assert_eq!((shown.len(), report["errors"].as_u64()), (errors.min(50), Some(errors as u64)), "{name}");
    }
}

#[test]
fn the_first_fifty_errors_are_shown_and_all_are_counted() {
    let policy: String = (0..60).map(|n| format!("criterion \"c{n}\"\n  is met when x{n} is filled in\n")).collect();
    let folder = Folder::new("bad_inputs_fifty")
        .with("p.handover", format!("policy \"P\"\n  version 1\nlead\n  email is text\n{policy}"));
    for format in ["plain", "human"] {
        let said = out(&folder.run(&["check", "--format", format, "p.handover"]));
        assert_eq!(said.matches("H0202").count(), 50, "{said}");
        assert!(said.trim_end().ends_with(" in p.handover, the first 50 are shown"), "{said}");
    }
}

#[test]
#[cfg(unix)]
fn no_link_leads_out_of_the_policys_folder() {
    use std::os::unix::fs::symlink;
    let policy = "policy \"P\"\n  version 1\n\nlist \"l\" from \"lists/l.txt\"\n";
    let folder = Folder::new("bad_inputs_links").with("secret.txt", "top secret\n").with("in/p.handover", policy);
    symlink("..", folder.path("in/lists")).unwrap();
    symlink("secret.txt", folder.path("l.txt")).unwrap();
    let done = folder.run(&["check", "--format", "plain", "in/p.handover"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(out(&done).starts_with("in/p.handover:4:15: error H0005 outside-folder: "), "{}", out(&done));
    // The policy itself may lie anywhere, also behind a link.
    symlink("in/p.handover", folder.path("p.handover")).unwrap();
    fs::remove_file(folder.path("in/lists")).unwrap();
    let folder = folder.with("lists/l.txt", "a\n");
    assert_eq!(folder.run(&["check", "p.handover"]).status.code(), Some(0));
}

#[test]
#[cfg(unix)]
fn leads_that_are_no_plain_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_policy("bad_inputs_files").with("locked.ndjson", "{}\n");
    let eval = |leads: &str| folder.run(&["eval", "--policy", "policy.handover", "--only", "lead", leads]);
    assert_eq!(err(&eval("/dev/null")), "no leads came in\n");
    fs::set_permissions(folder.path("locked.ndjson"), fs::Permissions::from_mode(0o000)).unwrap();
    let locked = eval("locked.ndjson");
    // Nothing is locked for root.
    if fs::read(folder.path("locked.ndjson")).is_err() {
        assert_eq!(locked.status.code(), Some(2));
        assert_eq!(err(&locked), "handover: `locked.ndjson` cannot be read: you are not allowed to read it\n");
    }
    let made = std::process::Command::new("mkfifo").arg(folder.path("fifo")).status();
    assert!(made.unwrap().success(), "every Unix has mkfifo");
    let fifo = folder.path("fifo");
    let writer = std::thread::spawn(move || fs::write(fifo, "{\"id\":1}\n").unwrap());
    assert_eq!(out(&eval("fifo")), "{\"lead\":\"1\"}\n");
    writer.join().unwrap();
}

/// A device without an end is refused where a policy is due.
#[test]
#[cfg(target_os = "linux")]
fn a_policy_without_an_end() {
    let done = with_policy("bad_inputs_zero").run(&["check", "/dev/zero"]);
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(err(&done), "handover: `/dev/zero` cannot be read: it is too large\n");
}

fn with_policy(name: &str) -> Folder {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_inputs/policy.handover");
    Folder::new(name).with("policy.handover", fs::read(policy).unwrap())
}

/// Runs the command with `input` on standard input. That it reads no further than an error is no fault of ours.
fn run_with(folder: &Folder, args: &[&str], input: &[u8]) -> Output {
    let mut child = folder.spawn(args);
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap();
    done
}

/// Bytes that are written as `‹EF BB BF›`.
fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split('‹');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (hex, plain) = part.split_once('›').unwrap_or_else(|| panic!("`‹` is not closed in {text}"));
        bytes.extend(hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()));
        bytes.extend_from_slice(plain.as_bytes());
    }
    bytes
}

/// The case's files by name, those in folders too, without the command and the snapshot.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    let others = |path: &PathBuf| !path.ends_with("cmd") && !path.to_string_lossy().contains(".snap");
    sorted(folder).into_iter().flat_map(below).filter(others).collect()
}

fn entries(folder: &str) -> Vec<PathBuf> {
    sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
