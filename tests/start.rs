//! What people have before they have a policy: `init`, completions, the manual.
#![expect(clippy::unwrap_used, reason = "a test that cannot run the command has failed")]
#![expect(clippy::disallowed_methods, reason = "a test looks at the files that the command wrote")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("start").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn handover(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_handover")).args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The commands that `handover --help` lists.
fn commands() -> Vec<String> {
    let help = handover(Path::new("."), &["--help"]);
    let lines = text(&help.stdout).lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("     "));
    let commands: Vec<String> = lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(commands.len() >= 11 && commands.contains(&"init".to_owned()), "{commands:?}");
    commands
}

/// What a beginner is told to type really works, in folders with awkward names too.
#[test]
fn a_policy_is_begun_and_all_that_is_said_to_come_next_works() {
    for (name, args) in [
        ("here", &["init"][..]),
        ("there", &["init", "our agreement/2026"]),
        ("like_an_option", &["init", "--", "-our's"]),
    ] {
        let own = folder(name);
        let done = handover(&own, args);
        assert_eq!((text(&done.stderr), done.status.code()), ("", Some(0)), "{name}");
        let said = text(&done.stdout);
        let next: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  handover ")).collect();
        assert_eq!(next.len(), 3, "{said}");
        for command in next {
            let shell = format!("\"$HANDOVER\" {command}");
            let mut bash = Command::new("bash");
            let bash = bash.args(["-c", &shell]).env("HANDOVER", env!("CARGO_BIN_EXE_handover")).current_dir(&own);
            let done = bash.output().unwrap();
            assert_eq!((text(&done.stderr), done.status.code()), ("", Some(0)), "{command}");
            let leads = text(&done.stdout).lines().count();
            assert!(!command.starts_with("eval") || leads == 5, "{}", text(&done.stdout));
        }
        for args in [&["check", "--deny-warnings"][..], &["fmt", "--check"], &["test", "--fail-under", "75"]] {
            let done = handover(&own, args);
            assert_eq!(done.status.code(), Some(0), "{args:?}: {}{}", text(&done.stdout), text(&done.stderr));
        }
    }
}

#[test]
fn nothing_that_is_there_is_changed() {
    let own = folder("there_already");
    fs::write(own.join("leads.ndjson"), "mine").unwrap();
    let done = handover(&own, &["init"]);
    assert_eq!((text(&done.stdout), done.status.code()), ("", Some(2)));
    assert!(text(&done.stderr).contains("`leads.ndjson` is there already"), "{}", text(&done.stderr));
    assert_eq!(names(&own), ["leads.ndjson"]);
    assert_eq!(fs::read_to_string(own.join("leads.ndjson")).unwrap(), "mine");
    // A file stands where the folder should be.
    let done = handover(&own, &["init", "leads.ndjson"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("`leads.ndjson` cannot be made"), "{}", text(&done.stderr));
}

#[test]
fn every_shell_completes_every_command() {
    let own = folder("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = handover(&own, &["completions", shell]);
        assert_eq!(done.status.code(), Some(0), "{shell}");
        let script = text(&done.stdout);
        for command in commands() {
            assert!(script.contains(&command), "{shell} knows nothing of {command}");
        }
        assert!(script.contains("fail-under"), "{shell} knows no arguments");
    }
    fs::write(own.join("handover.bash"), handover(&own, &["completions", "bash"]).stdout).unwrap();
    let ask = "source ./handover.bash; COMP_WORDS=(handover te); COMP_CWORD=1; _handover handover te handover; \
               echo \"${COMPREPLY[@]}\"";
    let done = Command::new("bash").args(["-c", ask]).current_dir(&own).output().unwrap();
    assert_eq!((text(&done.stdout), text(&done.stderr)), ("test\n", ""));
}

#[test]
fn every_command_has_its_page() {
    let own = folder("man");
    let done = handover(&own, &["man", "pages"]);
    let mut expected: Vec<String> = commands().iter().map(|command| format!("handover-{command}.1")).collect();
    expected.push("handover.1".to_owned());
    expected.sort();
    assert_eq!(names(&own.join("pages")), expected);
    assert_eq!(text(&done.stdout).lines().count(), expected.len(), "each is said");
    for name in expected {
        let page = fs::read_to_string(own.join("pages").join(&name)).unwrap();
        assert!(
            [".TH", ".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLES\n.nf\n"].iter().all(|part| page.contains(part)),
            "{name}"
        );
    }
    let first = handover(&own, &["man"]);
    assert_eq!(first.stdout, fs::read(own.join("pages/handover.1")).unwrap());
}
