//! What is about time: slow producers, readers that stall or go, signals, full disks, and memory.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up its case has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads what the command wrote, and waits for it")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use run::{Folder, err, out};

mod run;

const POLICY: &str = "policy \"Acme\"\n  version 1\n\nlead\n  email is text\n\ncriterion \"contactable\"\n  \
                      is met when email is filled in\n\nstage \"MQL\"\n  is reached when \"contactable\" is met\n";
/// Longer than anything takes that does not wait for what it should not.
const PATIENCE: Duration = Duration::from_secs(20);

fn folder(name: &str) -> Folder {
    Folder::new(&format!("streams-{name}")).with("acme.handover", POLICY)
}

fn eval<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["eval", "--policy", "acme.handover"], more].concat()
}

/// As long as it takes for threads to be started.
fn long_lead() -> String {
    format!("{{\"id\":\"long\",\"note\":\"{}\"}}", "a".repeat(40_000))
}

#[test]
fn a_decision_does_not_wait_for_the_next_lead() {
    for (input, before, between, after) in [("ndjson", "", "\n", ""), ("json", "[", ",", "]")] {
        for threads in ["1", "3"] {
            let args = eval(&["--only", "lead", "--threads", threads, "--input", input]);
            let mut child = folder(&format!("slow-{input}-{threads}")).spawn(&args);
            let (mut leads, decisions) = (child.stdin.take().unwrap(), lines(child.stdout.take().unwrap()));
            write!(leads, "{before}{}{between}", long_lead()).unwrap();
            assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), "{\"lead\":\"long\"}");
            for id in 0..3 {
                // The first half of the next lead holds up nothing.
                write!(leads, "{{\"id\":{id}}}{between}{{\"id\":").unwrap();
                assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), format!("{{\"lead\":\"{id}\"}}"), "{args:?}");
                assert!(decisions.recv_timeout(Duration::from_millis(20)).is_err());
                write!(leads, "\"half {id}\"}}{between}").unwrap();
                assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), format!("{{\"lead\":\"half {id}\"}}"));
            }
            write!(leads, "{{}}{after}").unwrap();
            drop(leads);
            assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), "{\"lead\":null}");
            assert_eq!(wait(&mut child).code(), Some(0));
        }
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let leads = "{\"id\":1}\n".repeat(5_000);
    let folder = folder("pipe").with("leads.ndjson", leads);
    for threads in ["1", "3"] {
        let mut child = folder.spawn(&eval(&["--threads", threads, "leads.ndjson"]));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        assert!(first.starts_with("{\"schema\":1"), "{first}");
        drop(out);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((said.as_str(), wait(&mut child).code()), ("", Some(0)), "{threads}");
    }
}

/// A shell may start a command without any of the three.
#[test]
#[cfg(unix)]
fn closed_standard_streams() {
    let folder = folder("closed").with("leads.ndjson", "{\"id\":1}\nx\n");
    for (closed, leads, code, said) in [
        (">&-", "leads.ndjson", 3, "1 lead of 2 could not be read\n"),
        ("<&-", "-", 0, "no leads came in\n"),
        ("2>&-", "leads.ndjson", 3, ""),
        (">&- 2>&-", "nothing.ndjson", 2, ""),
        ("<&- >&- 2>&-", "leads.ndjson", 3, ""),
        ("2>/dev/full", "leads.ndjson", 3, ""),
    ] {
        let line = format!("{} eval --policy acme.handover {leads} {closed}", env!("CARGO_BIN_EXE_handover"));
        let done = sh(&folder, &line);
        assert_eq!((done.status.code(), err(&done).as_str()), (Some(code), said), "{closed}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_2() {
    let folder = folder("full").with("leads.ndjson", "{\"id\":1}\nx\n{\"id\":3}\n");
    for threads in ["1", "3"] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = folder.command(&eval(&["--threads", threads, "leads.ndjson"]));
        let done = command.stdout(full).output().unwrap();
        assert_eq!(done.status.code(), Some(2));
        assert!(err(&done).starts_with("handover: the output cannot be written: "), "{}", err(&done));
    }
    // The decisions come out even where the records find no room.
    let done = folder.run(&eval(&["--only", "lead", "--errors", "/dev/full", "leads.ndjson"]));
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(2), "{\"lead\":\"1\"}\n{\"lead\":\"3\"}\n"));
    assert!(err(&done).contains("`/dev/full` cannot be written"), "{}", err(&done));
}

/// The system would end the command without a word.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_may_not_grow_is_2() {
    let folder = folder("limit").with("leads.ndjson", "{\"id\":1}\nx\n".repeat(5_000));
    for (more, says) in [
        ("> decisions", "the output cannot be written: "),
        ("--errors unread > /dev/null", "`unread` cannot be written: "),
    ] {
        let program = env!("CARGO_BIN_EXE_handover");
        let done = sh(&folder, &format!("ulimit -f 64; {program} eval --policy acme.handover leads.ndjson {more}"));
        assert_eq!(done.status.code(), Some(2), "{more}");
        assert!(err(&done).starts_with(&format!("handover: {says}")), "{}", err(&done));
    }
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    const SIGNALS: [(&str, i32); 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

    #[test]
    fn an_interrupted_command_leaves_whole_lines_in_its_files() {
        for (at, (name, number)) in signals().into_iter().enumerate() {
            let threads = if at % 2 == 0 { "1" } else { "3" };
            let folder = folder(&format!("files-{name}"));
            let decisions = fs::File::create(folder.path("decisions")).unwrap();
            let mut command = folder.command(&eval(&["--threads", threads, "--errors", "unread"]));
            let mut child = command.stdin(std::process::Stdio::piped()).stdout(decisions).spawn().unwrap();
            let written = endless(&mut child, "{\"id\":\"a lead\"}\n{\"id\":\n".repeat(50));
            let sizes =
                || ["decisions", "unread"].map(|file| fs::metadata(folder.path(file)).map_or(0, |about| about.len()));
            until(|| sizes().iter().all(|size| *size > 300_000));
            assert_eq!(ended_by(&mut child, name), Some(number));
            assert!(written.load(Ordering::Relaxed) > 0);
            for file in ["decisions", "unread"] {
                whole_lines(&fs::read(folder.path(file)).unwrap(), &format!("{name} {file}"));
            }
        }
    }

    #[test]
    fn an_idle_command_ends_at_once() {
        for (name, number) in signals() {
            for threads in ["1", "3"] {
                let mut child =
                    folder(&format!("idle-{name}-{threads}")).spawn(&eval(&["--threads", threads, "--only", "lead"]));
                let (mut leads, decisions) = (child.stdin.take().unwrap(), lines(child.stdout.take().unwrap()));
                write!(leads, "{}\n{{\"id\":1}}\n{{\"id\":", long_lead()).unwrap();
                assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), "{\"lead\":\"long\"}");
                assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), "{\"lead\":\"1\"}");
                assert_eq!(ended_by(&mut child, name), Some(number), "{threads} threads");
                assert!(decisions.recv().is_err(), "something was written after the signal");
            }
        }
    }

    /// Nobody reads: the pipe is full, and the command waits in the middle of its output.
    #[test]
    fn a_stalled_reader_holds_up_no_signal() {
        for threads in ["1", "3"] {
            let mut child = folder(&format!("stalled-{threads}")).spawn(&eval(&["--threads", threads]));
            let written = endless(&mut child, "{\"id\":\"a lead\"}\n".repeat(100));
            until_it_stands_still(&written);
            assert_eq!(ended_by(&mut child, "TERM"), Some(15));
            let mut decisions = Vec::new();
            child.stdout.take().unwrap().read_to_end(&mut decisions).unwrap();
            assert!(decisions.len() > 10_000);
            whole_lines(&decisions, threads);
        }
    }

    /// A line that no pipe takes whole waits for its reader; a second signal does not.
    #[test]
    fn a_second_signal_ends_a_command_that_a_stalled_reader_holds_up() {
        let mut child = folder("second").spawn(&eval(&["--threads", "1"]));
        let written = endless(&mut child, format!("{{\"id\":\"{}\"}}\n", "long ".repeat(3_000)));
        until_it_stands_still(&written);
        send(&child, "TERM");
        thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().unwrap(), None, "half a line is in the pipe");
        assert_eq!(ended_by(&mut child, "TERM"), Some(15));
    }

    /// While its reader reads, the line is finished after the first.
    #[test]
    fn a_long_line_is_finished_before_the_command_ends() {
        let mut child = folder("finished").spawn(&eval(&["--threads", "1"]));
        let written = endless(&mut child, format!("{{\"id\":\"{}\"}}\n", "long ".repeat(3_000)));
        until_it_stands_still(&written);
        send(&child, "TERM");
        let mut decisions = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut decisions).unwrap();
        assert_eq!(wait(&mut child).signal(), Some(15));
        whole_lines(&decisions, "long lines");
    }

    /// As `nohup` does it.
    #[test]
    #[cfg(target_os = "linux")]
    fn an_ignored_signal_stays_ignored() {
        let folder = folder("nohup");
        let line =
            format!("trap '' HUP; exec {} eval --policy acme.handover --only lead", env!("CARGO_BIN_EXE_handover"));
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &line]).current_dir(&folder.0);
        shell.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = shell.spawn().unwrap();
        let (mut leads, decisions) = (child.stdin.take().unwrap(), lines(child.stdout.take().unwrap()));
        for id in 0..3 {
            writeln!(leads, "{{\"id\":{id}}}").unwrap();
            assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), format!("{{\"lead\":\"{id}\"}}"));
            send(&child, "HUP");
        }
        drop(leads);
        assert_eq!(wait(&mut child).code(), Some(0));
    }

    /// Those that the tests themselves were not started to ignore, which they would hand on; SIGTERM always.
    fn signals() -> Vec<(&'static str, i32)> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        let heard: Vec<_> = SIGNALS.into_iter().filter(|(_, number)| ignored >> (number - 1) & 1 == 0).collect();
        assert!(heard.iter().any(|(name, _)| *name == "TERM"));
        heard
    }

    fn send(child: &Child, signal: &str) {
        let status =
            std::process::Command::new("sh").args(["-c", &format!("kill -s {signal} {}", child.id())]).status();
        assert!(status.unwrap().success());
    }

    fn ended_by(child: &mut Child, signal: &str) -> Option<i32> {
        send(child, signal);
        wait(child).signal()
    }

    /// Writes `text` again and again for as long as the command takes it; tells how much it has taken.
    fn endless(child: &mut Child, text: String) -> Arc<AtomicU64> {
        let (mut leads, written) = (child.stdin.take().unwrap(), Arc::new(AtomicU64::new(0)));
        let count = Arc::clone(&written);
        thread::spawn(move || {
            while leads.write_all(text.as_bytes()).is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        written
    }

    fn until_it_stands_still(count: &AtomicU64) {
        let mut last = 0;
        until(|| {
            thread::sleep(Duration::from_millis(300));
            let now = count.load(Ordering::Relaxed);
            std::mem::replace(&mut last, now) == now && now > 0
        });
    }

    fn whole_lines(bytes: &[u8], what: &str) {
        assert!(bytes.ends_with(b"}\n"), "{what} ends with half a line");
        for line in String::from_utf8(bytes.to_vec()).unwrap().lines() {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{what}: {line}");
        }
    }
}

/// Memory is what Linux says was the most of it; other systems do not say it of a process that still runs.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;

    const MOST: u64 = 64 * 1024;

    /// 60 MB of leads like those of a CRM.
    #[test]
    fn does_not_grow_with_the_number_of_leads() {
        let notes = "Called back twice, left a voicemail. ".repeat(44);
        let lead = format!("{{\"id\":\"L1\",\"email\":\"ana@contoso.com\",\"notes\":\"{notes}\"}}\n");
        for threads in ["1", "3"] {
            let used = used_for(&["--threads", threads, "--only", "lead"], "", &lead.repeat(100), 360, 36_000);
            assert!(used < MOST, "{used} kB on {threads} threads");
        }
    }

    /// A quarter of a megabyte of these makes 30 MB of decisions.
    #[test]
    fn does_not_grow_with_the_number_of_leads_that_are_read_at_once() {
        let folder = folder("tiny").with("leads.ndjson", "{}\n".repeat(100_000));
        let mut child = folder.spawn(&eval(&["--threads", "3", "leads.ndjson", "-"]));
        let mut decisions = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(decisions.by_ref().take(100_000).filter(|line| line.is_ok()).count(), 100_000);
        let used = most_memory(&child);
        drop(child.stdin.take());
        assert_eq!(wait(&mut child).code(), Some(0));
        assert!(used < MOST, "{used} kB");
    }

    /// 100 MB in one line, or in one text of an array; what follows is decided.
    #[test]
    fn does_not_grow_with_the_length_of_a_line() {
        let megabyte = "x".repeat(1 << 20);
        for (input, threads, before, after) in [
            ("ndjson", "1", "{\"id\":\"", "\"}\n{}\n"),
            ("ndjson", "3", "{\"id\":\"", "\"}\n{}\n"),
            ("json", "1", "[{\"id\":\"", "\"},{}]"),
            ("json", "3", "[{\"id\":\"", "\"},{}]"),
        ] {
            let mut child = folder("long").spawn(&eval(&["--input", input, "--threads", threads, "--only", "lead"]));
            let (mut leads, decisions) = (child.stdin.take().unwrap(), lines(child.stdout.take().unwrap()));
            leads.write_all(before.as_bytes()).unwrap();
            for _ in 0..100 {
                leads.write_all(megabyte.as_bytes()).unwrap();
            }
            leads.write_all(after.as_bytes()).unwrap();
            let record = decisions.recv_timeout(PATIENCE).unwrap();
            assert!(record.starts_with("{\"line\":1,\"error\":{\"code\":\"H0708\""), "{record}");
            assert_eq!(decisions.recv_timeout(PATIENCE).unwrap(), "{\"lead\":null}");
            let used = most_memory(&child);
            drop(leads);
            assert_eq!(wait(&mut child).code(), Some(3));
            assert!(used < MOST, "{used} kB for {input} on {threads} threads");
        }
    }

    /// A hundred thousand leads that are handed over and called, each with a length of its own.
    #[test]
    fn of_a_report_does_not_grow_with_the_number_of_leads() {
        let policy = "policy \"Desk\"\n  version 1\nlead\n  mql_at is a time\n  called_at is a time\nevent \"mql\"\n  \
                      dated by mql_at\nevent \"called\"\n  dated by called_at\nhandover\n  from Marketing to Sales\n  \
                      handed over at \"mql\"\n  contacted at \"called\"\nstage \"MQL\"\n  is reached when mql_at is \
                      filled in\n  entered when \"mql\"\n  left when \"called\"\n";
        let folder = folder("reported").with("desk.handover", policy);
        let now = "2026-03-10T12:00:00Z";
        let args = ["report", "--policy", "desk.handover", "--now", now, "--threads", "2", "--format", "json"];
        let mut child = folder.spawn(&args);
        let mut leads = child.stdin.take().unwrap();
        let notes = "Called back twice. ".repeat(10);
        for lead in 0..100_000 {
            let (hour, minute, second) = (lead / 3_600 % 24, lead / 60 % 60, lead % 60);
            let called = format!("2026-02-{:02}T{hour:02}:{minute:02}:{second:02}.{lead:06}Z", 2 + lead % 20);
            writeln!(leads, "{{\"mql_at\":\"2026-02-01T00:00:00Z\",\"called_at\":\"{called}\",\"notes\":\"{notes}\"}}")
                .unwrap();
        }
        let used = most_memory(&child);
        drop(leads);
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(wait(&mut child).code(), Some(0));
        assert!(said.contains("\"handed_over\":100000") && said.contains("\"exact\":false"), "{said}");
        assert!(used < MOST, "{used} kB");
    }

    /// In kilobytes, after `text` was written so often and this many decisions came out.
    fn used_for(args: &[&str], before: &str, text: &str, times: usize, decisions: usize) -> u64 {
        let mut child = folder("memory").spawn(&eval(args));
        let (mut leads, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (before, text) = (before.to_owned(), text.to_owned());
        let writer = thread::spawn(move || {
            leads.write_all(before.as_bytes()).unwrap();
            for _ in 0..times {
                leads.write_all(text.as_bytes()).unwrap();
            }
            leads
        });
        assert_eq!(BufReader::new(out).lines().take(decisions).filter(|line| line.is_ok()).count(), decisions);
        let used = most_memory(&child);
        drop(writer.join().unwrap());
        assert!(wait(&mut child).code() == Some(0));
        used
    }

    fn most_memory(child: &Child) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        most.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

#[cfg(unix)]
fn sh(folder: &Folder, line: &str) -> std::process::Output {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", line]).current_dir(&folder.0).stdin(std::process::Stdio::null()).output().unwrap()
}

/// The lines as they come.
fn lines(from: ChildStdout) -> Receiver<String> {
    let (said, heard) = mpsc::channel();
    thread::spawn(move || BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
    heard
}

fn until(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < 3 * PATIENCE, "waited for nothing");
        thread::sleep(Duration::from_millis(5));
    }
}

/// How it ended; it must end soon.
fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        match child.try_wait().unwrap() {
            Some(status) => return status,
            None if start.elapsed() > PATIENCE => {
                child.kill().unwrap();
                panic!("it did not end");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}
