//! Every file `tests/sources/cases/NAME.case` is an export with its mapping, and what the command makes of them.
//!
//! `=== NAME` begins a file, and `=== cmd` the arguments behind `eval --policy policy.handover`; the policy is the one
//! beside the cases. `‹EF BB BF›` stands for these bytes. Where there are leads, the snapshot shows them as JSON, too.
//! `INSTA_UPDATE=always cargo test --test sources` (or `cargo insta review`) writes the snapshots.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use handover::Policy;
use handover::export::{Converter, Joined, Layout, Mapping, Table, Tables};
use handover::intake::{self, Format, Stream, Unit};
use handover::loader::Memory;

#[test]
fn every_case_comes_to_what_is_written() {
    let folder = crate::root().join("tests/sources/cases");
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.extension().is_some_and(|it| it == "case"));
    cases.sort();
    let differ: Vec<_> = cases.iter().filter(|case| std::panic::catch_unwind(|| compare(case)).is_err()).collect();
    assert!(cases.len() >= 20 && differ.is_empty(), "these differ: {differ:#?}");
}

fn compare(case: &Path) {
    let name = case.file_stem().unwrap().to_str().unwrap();
    let policy = fs::read_to_string(case.with_file_name("policy.handover")).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources/cases").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("policy.handover"), &policy).unwrap();
    let text = fs::read_to_string(case).unwrap();
    let (_, files) = text.split_once("=== ").unwrap();
    let mut commands = Vec::new();
    for file in files.split("\n=== ") {
        let (name, bytes) = file.split_once('\n').unwrap_or((file.trim_end(), ""));
        if name == "cmd" {
            commands.extend(bytes.lines().filter(|line| !line.is_empty()));
            continue;
        }
        let bytes = if bytes.is_empty() { String::new() } else { format!("{}\n", bytes.trim_end_matches('\n')) };
        fs::write(folder.join(name), unescape(&bytes)).unwrap();
    }
    let mut shown = String::new();
    for command in commands {
        // What a lead is made of is shown below; most cases need no more of its decision than its name.
        let only = if command.starts_with("--only ") { "" } else { "--only lead " };
        let command = format!("{only}{command}");
        let args: Vec<&str> = command.split(' ').collect();
        let done = eval(&folder, &args);
        let on_one = eval(&folder, &[&["--threads", "1"], args.as_slice()].concat());
        assert_eq!(done, on_one, "on one thread");
        let code = done.status.code().map_or("none".to_owned(), |code| code.to_string());
        shown += &format!(
            "$ handover eval {}\n---- exit {code}\n{}",
            command.trim_start_matches("--only lead "),
            String::from_utf8_lossy(&done.stdout).replace(r#","offset":0"#, "")
        );
        shown += &format!(
            "---- stderr\n{}",
            handover::diagnostic::escape(&String::from_utf8_lossy(&done.stderr)).replace("\\u{a}", "\n")
        );
        if ["0", "3"].contains(&code.as_str()) && command.contains("--source") && command.ends_with(".csv") {
            shown += &format!("---- leads\n{}", leads(&folder, &policy, &args));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case.parent().unwrap());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

fn eval(folder: &Path, args: &[&str]) -> Output {
    let all = ["eval", "--policy", "policy.handover", "--now", "2026-03-10T12:00:00Z"];
    let mut handover = Command::new(env!("CARGO_BIN_EXE_handover"));
    handover.args(all).args(args).current_dir(folder).output().unwrap()
}

/// The leads as the library makes them of the rows, as JSON.
fn leads(folder: &Path, policy: &str, args: &[&str]) -> String {
    let policy = Policy::compile(policy, &Memory::default()).unwrap();
    let after = |word: &str| args.iter().skip_while(|arg| **arg != word).nth(1).copied().unwrap();
    let mapping = Mapping::read(&fs::read_to_string(folder.join(after("--source"))).unwrap()).unwrap();
    let joined = |name: &String| {
        let given = args.iter().find_map(|arg| arg.strip_prefix(name.as_str())?.strip_prefix('='));
        let join = mapping.joins.get(name).unwrap();
        let file = given.or(join.file.as_deref()).unwrap();
        let input = File::open(folder.join(file)).unwrap();
        (name.clone(), Joined::read(&mapping, name, join, input, file).unwrap())
    };
    let tables: Tables = mapping.joins.keys().map(joined).collect();
    let layout = Layout { separator: mapping.separator, encoding: mapping.encoding, header: mapping.header };
    let table = Table::open(File::open(folder.join(args.last().unwrap())).unwrap(), layout).unwrap();
    let header = Some((table.header, table.dialect));
    let converter = Converter::new(&mapping, header, &policy.fields, &policy.identified_by, Arc::new(tables)).unwrap();
    let stream = Stream {
        format: Format::Csv { separator: table.dialect.separator, line: table.line },
        threads: None,
        max_line: 1 << 20,
    };
    let mut shown = Vec::new();
    let make = || {
        let mut converter = converter.clone();
        move |unit: Unit<'_>, out: &mut Vec<u8>| {
            match unit.bytes.and_then(|row| converter.convert(row)) {
                Ok(lead) => out.extend_from_slice(lead),
                Err(error) => out.extend_from_slice(format!("line {}: {}", unit.line, error.code).as_bytes()),
            }
            out.push(b'\n');
            ControlFlow::Continue(())
        }
    };
    intake::run(stream, table.rows, make, |out: &mut Vec<u8>| {
        shown.append(out);
        Ok(())
    })
    .unwrap();
    String::from_utf8(shown).unwrap()
}

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
