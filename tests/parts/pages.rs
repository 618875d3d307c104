//! Pages that show files and commands are run from their beginning to their end, in a folder of their own.
//!
//! A comment before a block says what it is: `<!-- file: NAME -->` makes it a file, `<!-- add: NAME -->` the next lines of
//! one, `<!-- reads: NAME -->` what stands in one by now. `<!-- run -->` is commands, each behind `$ handover `, with what
//! they write to standard output, in order; `<!-- run: 1 -->` expects that exit code of the last, and 0 of those before it.
//! `<!-- run at the root -->` is the same at the root of the project, for what comes with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many blocks there were of each kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    pub files: usize,
    pub runs: usize,
}

/// Runs a page. With the variable `HANDOVER_PAGE` set to a path, the page is written there with what really came out.
pub fn run(name: &str, page: &str) -> Blocks {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (mut blocks, mut differ, mut written) = (Blocks::default(), Vec::new(), String::new());
    let mut parts = page.split("<!-- ");
    written.push_str(parts.next().unwrap());
    for part in parts {
        let (says, rest) = part.split_once(" -->\n```").unwrap_or_else(|| panic!("no block after {part}"));
        let (fence, rest) = rest.split_once('\n').unwrap();
        let (block, after) = rest.split_once("```").unwrap();
        let mut shown = block.to_owned();
        let (kind, what) = says.split_once(": ").unwrap_or((says, ""));
        match kind {
            "file" | "add" => {
                let path = file(&folder, what);
                let before = if kind == "add" { fs::read_to_string(&path).unwrap() } else { String::new() };
                fs::write(path, before + block).unwrap();
                blocks.files += 1;
            }
            "reads" => assert_eq!(fs::read_to_string(file(&folder, what)).unwrap(), block, "{what}"),
            "run" | "run at the root" => {
                let root = Path::new(env!("CARGO_MANIFEST_DIR"));
                shown = commands(if kind == "run" { &folder } else { root }, block, what);
                if shown != block {
                    differ.push(format!("the page says\n{block}and it is\n{shown}"));
                }
                blocks.runs += 1;
            }
            other => panic!("what is `{other}`?"),
        }
        written.push_str(&format!("<!-- {says} -->\n```{fence}\n{shown}```{after}"));
    }
    if let Some(path) = std::env::var_os("HANDOVER_PAGE") {
        fs::write(path, written).unwrap();
    }
    assert!(differ.is_empty(), "{name}: {}", differ.join("\n"));
    blocks
}

fn file(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

/// The commands of a block with what they write.
fn commands(folder: &Path, block: &str, code: &str) -> String {
    let (mut shown, mut last) = (String::new(), 0);
    for command in block.lines().filter(|line| line.starts_with("$ ")) {
        let line = command.strip_prefix("$ handover ").unwrap_or_else(|| panic!("{command} is no command of handover"));
        let binary = Path::new(env!("CARGO_BIN_EXE_handover")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        // Colour and width are those of a terminal that says nothing about itself.
        shell.args(["-c", &format!("handover {line}")]).current_dir(folder).env("PATH", path).env_remove("COLUMNS");
        let done = shell.output().unwrap();
        assert_eq!(last, 0, "the exit code of a command before {command}\n{shown}");
        last = done.status.code().unwrap();
        let out = String::from_utf8(done.stdout).unwrap();
        shown.push_str(&format!("{command}\n{out}"));
    }
    let expected = if code.is_empty() { 0 } else { code.parse().unwrap() };
    assert_eq!(last, expected, "the exit code of\n{block}\n{shown}");
    shown
}
