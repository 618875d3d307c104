//! `handover fmt`. Each folder of `tests/fmt/` is a text, `before.handover`, what comes of it, `after.handover`, and what is
//! said meanwhile, `said.snap`; `args.txt` has more arguments. `INSTA_UPDATE=always cargo test --test fmt` writes the last
//! two, to be read.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read its cases has failed"
)]
#![expect(clippy::disallowed_methods, reason = "a test reads its own cases, and the command changes files")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use handover::format::{Unformatted, format};

#[expect(dead_code, reason = "the reference needs more of it")]
#[path = "reference/chance.rs"]
mod chance;
#[path = "parts/pages.rs"]
mod pages;
#[path = "parts/untidy.rs"]
mod untidy;

use chance::Chance;
use untidy::Untidy;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A new folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fmt").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn fmt(folder: &Path, args: &[&str]) -> Output {
    let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
    handover.arg("fmt").args(args).current_dir(folder).stdin(Stdio::null()).env_remove("COLUMNS").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn every_case_comes_out_as_it_was_written_down() {
    let cases = entries(&root().join("tests/fmt"));
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always");
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let own = folder(name);
        fs::copy(case.join("before.handover"), own.join("p.handover")).unwrap();
        let args = fs::read_to_string(case.join("args.txt")).unwrap_or_default();
        let args: Vec<&str> = args.split_whitespace().chain(["p.handover"]).collect();
        let done = fmt(&own, &args);
        let after = fs::read_to_string(own.join("p.handover")).unwrap();
        if update {
            fs::write(case.join("after.handover"), &after).unwrap();
        }
        assert_eq!(after, fs::read_to_string(case.join("after.handover")).unwrap(), "{name}");
        let again = fmt(&own, &["p.handover"]);
        assert_eq!(fs::read_to_string(own.join("p.handover")).unwrap(), after, "{name}: twice");
        assert_eq!(text(&again.stdout), "", "{name}: twice");
        let code = done.status.code().unwrap();
        let said = format!("{}---- stderr\n{}---- exit code {code}\n", text(&done.stdout), text(&done.stderr));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(case);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("said", said));
    }
    assert!(cases.len() >= 10, "{} cases", cases.len());
}

/// The policies and libraries of the project and of its tests that can be read.
fn sound() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("policies"), root().join("tests")];
    let mut sound = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            // A line that only just fits has no room for the form of others.
            if path.ends_with("long_line") || path.ends_with("long_comments") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "handover") {
                let Ok(text) = fs::read_to_string(&path) else { continue };
                let text = text.trim_start_matches('\u{feff}').to_owned();
                if let Ok(canonical) = format(&text) {
                    sound.push((path, canonical));
                }
            }
        }
    }
    sound
}

/// However untidily a policy is written, it has one form. (That this form decides the same is a property of the reference.)
#[test]
fn a_policy_has_one_form() {
    let (all, mut untidy, mut chance) = (sound(), Untidy::default(), Chance::new(5));
    assert!(all.len() > 400, "{} policies", all.len());
    for (path, canonical) in &all {
        assert_eq!(format(canonical).as_ref(), Ok(canonical), "{}: twice", path.display());
        let other = untidy.write(canonical, &mut |below| chance.index(below));
        let again = format(other.trim_start_matches('\u{feff}'));
        assert_eq!(again.as_ref(), Ok(canonical), "{}\n{other}", path.display());
    }
    assert!(untidy.is_complete(), "{untidy:?}");
}

/// Comments at the end of each line, and on lines of their own between any two, at every indentation that stands nearby.
#[test]
fn a_comment_survives_in_every_place() {
    let mut places = 0;
    for name in ["policies/acme.handover", "policies/ferryline.handover", "tests/syntax/whole.handover"] {
        let text = format(&fs::read_to_string(root().join(name)).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut comments = Vec::new();
        let mut commented = String::new();
        let mut add = |out: &mut String, before: &str| {
            let comment = format!("# comment {}", comments.len());
            out.push_str(before);
            out.push_str(&comment);
            comments.push(comment);
        };
        for at in 0..=lines.len() {
            let indent = |at: Option<usize>| {
                let line = at.and_then(|at| lines.get(at)).copied().unwrap_or("");
                line.len() - line.trim_start().len()
            };
            for column in [0, 1, 2, 4, 9, indent(at.checked_sub(1)), indent(Some(at))] {
                add(&mut commented, &" ".repeat(column));
                commented.push('\n');
            }
            if let Some(line) = lines.get(at) {
                commented.push_str(line);
                if !line.is_empty() && !line.contains('#') {
                    add(&mut commented, " ");
                }
                commented.push('\n');
            }
        }
        let formatted = format(&commented).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        assert_eq!(format(&formatted).as_ref(), Ok(&formatted), "{name}: twice");
        let found: Vec<&str> = formatted.match_indices("# comment ").map(|(at, _)| &formatted[at..]).collect();
        let found: Vec<&str> = found.into_iter().map(|it| it.lines().next().unwrap()).collect();
        assert_eq!(found, comments, "{name}");
        // Without them, it is what it was.
        let without = formatted.lines().filter(|line| !line.trim_start().starts_with("# comment "));
        let without: Vec<&str> = without.map(|line| line.split("  # comment ").next().unwrap()).collect();
        assert_eq!(without, lines, "{name}");
        places += comments.len();
    }
    assert!(places > 3_000, "{places} places");
}

#[test]
fn a_file_that_only_fits_as_it_is_stays_so() {
    let head = "policy \"P\"\n  version 1\nlead\n  s is text\ncriterion \"c\"\n  is met when s is one of \"a\",\"b\"\n";
    let line = format!("#{}\n", "x".repeat(998));
    let mut whole = head.to_owned() + &line.repeat((handover::syntax::layout::MOST_BYTES - head.len()) / line.len());
    whole.push_str(&"#".repeat(handover::syntax::layout::MOST_BYTES - whole.len() - 1));
    whole.push('\n');
    assert_eq!(format(&whole), Err(Unformatted::TooLong));
    assert!(format(&whole.replace("xx\n", "x\n")).is_ok());
}

#[test]
fn check_and_diff_change_nothing() {
    let own = folder("check");
    let untidy = "policy \"P\"\n  version  1\n";
    fs::write(own.join("a.handover"), "policy \"P\"\n  version 1\n").unwrap();
    fs::write(own.join("b.handover"), untidy).unwrap();
    let done = fmt(&own, &["--check"]);
    assert_eq!((text(&done.stdout), done.status.code()), ("b.handover\n", Some(1)));
    assert_eq!(text(&done.stderr), "1 file is not in canonical form, of 2; `handover fmt` writes it\n");
    let done = fmt(&own, &["--diff"]);
    let diff = "--- b.handover\n+++ b.handover\n@@ -1,2 +1,2 @@\n policy \"P\"\n-  version  1\n+  version 1\n";
    assert_eq!((text(&done.stdout), done.status.code()), (diff, Some(0)));
    let done = fmt(&own, &["--diff", "--check"]);
    assert_eq!((text(&done.stdout), done.status.code()), (diff, Some(1)));
    assert_eq!(fs::read_to_string(own.join("b.handover")).unwrap(), untidy);
    fs::write(own.join("b.handover"), "\u{feff}policy \"P\"\n  version 1\n").unwrap();
    let diff = "--- b.handover\n+++ b.handover\n@@ -1,2 +1,2 @@\n-\u{feff}policy \"P\"\n+policy \"P\"\n   version 1\n";
    assert_eq!(text(&fmt(&own, &["--diff"]).stdout), diff, "a byte order mark is a difference");
    let done = fmt(&own, &[]);
    assert_eq!((text(&done.stdout), done.status.code()), ("b.handover\n", Some(0)));
    let done = fmt(&own, &["--check"]);
    assert_eq!((text(&done.stdout), text(&done.stderr), done.status.code()), ("", "", Some(0)));
}

#[test]
fn what_cannot_be_formatted_is_said_and_the_rest_is_formatted() {
    let own = folder("faults");
    fs::write(own.join("a.handover"), "policy \"P\"\n  version one\n").unwrap();
    fs::write(own.join("b.handover"), "policy \"P\"\n  version  1\n").unwrap();
    fs::write(own.join("c.handover"), b"policy \"caf\xe9\"\n").unwrap();
    let done = fmt(&own, &[]);
    assert_eq!((text(&done.stdout), done.status.code()), ("b.handover\n", Some(1)));
    assert!(["H0106", "a.handover:2", "H0001", "c.handover"].iter().all(|it| text(&done.stderr).contains(it)));
    let done = fmt(&own, &["a.handover", "nowhere.handover", "b.handover"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("`nowhere.handover` cannot be read"), "{}", text(&done.stderr));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let run = |input: &[u8], args: &[&str]| {
        let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
        let pipes = handover.arg("fmt").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        let done = child.wait_with_output().unwrap();
        (text(&done.stdout).to_owned(), text(&done.stderr).to_owned(), done.status.code().unwrap())
    };
    let sound = "policy \"P\"\n  version 1\n";
    let same = |out: &str| (out.to_owned(), String::new(), 0);
    assert_eq!(run(b"\xef\xbb\xbfpolicy  \"P\"\r\n  version 1", &["-"]), same(sound));
    assert_eq!(run(sound.as_bytes(), &["-"]), same(sound));
    assert_eq!(run("policy “P”\n\tversion 1".as_bytes(), &["-", "--fix"]), same(sound));
    assert_eq!(run(b"\n \n", &["-"]), same(""), "nothing stays nothing");
    let (out, said, code) = run(b"policy P\n", &["-"]);
    assert!(out.is_empty() && said.contains("<stdin>") && code == 1, "{out}{said}{code}");
    let (out, _, code) = run(b"policy  \"P\"\n  version 1\n", &["-", "--check"]);
    assert_eq!((out.as_str(), code), ("<stdin>\n", 1));
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay_and_what_may_only_be_read_is_not_written() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let own = folder("permissions");
    let untidy = "policy  \"P\"\n  version 1\n";
    fs::write(own.join("a.handover"), untidy).unwrap();
    fs::set_permissions(own.join("a.handover"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.handover", own.join("b.handover")).unwrap();
    let done = fmt(&own, &["b.handover"]);
    assert_eq!((text(&done.stdout), done.status.code()), ("b.handover\n", Some(0)));
    assert_eq!(fs::read_to_string(own.join("a.handover")).unwrap(), "policy \"P\"\n  version 1\n");
    assert_eq!(fs::metadata(own.join("a.handover")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(own.join("b.handover")).unwrap().file_type().is_symlink());
    assert_eq!(entries(&own).len(), 2, "nothing is left behind");

    fs::write(own.join("c.handover"), untidy).unwrap();
    fs::set_permissions(own.join("c.handover"), fs::Permissions::from_mode(0o440)).unwrap();
    let done = fmt(&own, &["c.handover"]);
    assert_eq!(done.status.code(), Some(2));
    let said = "handover: `c.handover` cannot be written: it may only be read\n";
    assert_eq!((text(&done.stdout), text(&done.stderr)), ("", said));
    assert_eq!(fs::read_to_string(own.join("c.handover")).unwrap(), untidy);
}

#[test]
fn every_block_of_the_page_is_what_it_says() {
    let blocks = pages::run("fmt", include_str!("../docs/fmt.md"));
    assert_eq!((blocks.files, blocks.runs), (2, 2));
}
