//! Every code has a page in `docs/errors/`, and every page is true: its bad example gives the code and nothing else, its
//! good one gives nothing.
//!
//! What a block is, its fence says:
//! - `handover wrong`, `handover right`: a policy, below the line `policy "Acme"` with a version unless it is `whole`.
//!   With a file name it is one of several versions.
//! - `json wrong`, `json right`: leads, one a line, with the options of `handover eval`; as of noon on 10 March 2026. `csv`
//!   is a table of them.
//! - `handover shared`: the policy for the leads; `text` and `yaml` with a name: a file beside the bad policy, the good
//!   one (`right`) or both (`shared`).
//! - `latin1`, `escapes` (‹U+200B› is that character), `20001-times` (the last line) and `cut` (no line end) say how it
//!   is saved. `tests` is for pages about tests: their files are tried in a folder.
#![expect(clippy::unwrap_used, reason = "a page that cannot be read has failed")]
#![expect(clippy::disallowed_methods, reason = "a test reads the pages")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use handover::diagnostic::{CODES, Code, LEAD_CODES, Severity};
use handover::lint::lint;
use handover::loader::Memory;
use handover::{Policy, Versions};
use run::{Folder, err, out};

#[expect(dead_code, reason = "other tests use all of it")]
mod run;

const HEAD: &str = "policy \"Acme\"\n  version 1\n";
const NOW: &str = "2026-03-10T12:00:00Z";

struct Block {
    kind: String,
    /// `wrong`, `right` or `shared`.
    side: String,
    words: Vec<String>,
    bytes: Vec<u8>,
}

impl Block {
    fn new(fence: &str, text: &str) -> Self {
        let mut words = fence.split(' ').map(str::to_owned);
        let (kind, side) = (words.next().unwrap(), words.next().unwrap());
        assert!(["wrong", "right", "shared"].contains(&&*side), "{fence}");
        let words: Vec<String> = words.collect();
        let mut block = Block { kind, side, words, bytes: Vec::new() };
        let mut text = text.to_owned();
        if block.kind == "handover" && !block.says("whole") && block.file().is_none() {
            text.insert_str(0, HEAD);
        }
        if block.says("escapes") {
            text = text.replace("‹U+200B›", "\u{200b}");
        }
        if block.says("20001-times") {
            text += &text.lines().last().map(|line| format!("{line}\n")).unwrap().repeat(20_000);
        }
        if block.says("cut") {
            text.truncate(text.trim_end().len());
        }
        block.bytes = match block.says("latin1") {
            true => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
            false => text.into_bytes(),
        };
        block
    }

    fn says(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }

    fn file(&self) -> Option<&str> {
        self.words.iter().map(String::as_str).find(|word| word.contains('.') && !word.starts_with("--"))
    }

    /// The options of `handover eval`.
    fn options(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).skip_while(|word| !word.starts_with("--"))
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut parts = page.split("```");
    parts.next();
    let mut blocks = Vec::new();
    while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
        let (fence, text) = block.split_once('\n').unwrap();
        blocks.push(Block::new(fence, text));
    }
    blocks
}

fn all() -> impl Iterator<Item = &'static Code> {
    CODES.iter().chain(LEAD_CODES).copied()
}

/// The codes of what `check` says of one side of a page.
fn said_of_policies(blocks: &[&Block]) -> Vec<&'static str> {
    let mut files = Memory::default();
    for block in blocks {
        files = files.with(block.file().unwrap_or("policy.handover"), block.bytes.clone());
    }
    let versions: Vec<&str> = blocks.iter().filter(|it| it.kind == "handover").filter_map(|it| it.file()).collect();
    if !versions.is_empty() {
        let policies = versions.into_iter().map(|name| Policy::load(&files, name).unwrap()).collect();
        let faults = Versions::new(policies).err();
        return faults.iter().flatten().map(|one| one.code.id).collect();
    }
    let compiled = handover::compile(&files, "policy.handover");
    let doubts = compiled.policy.iter().flat_map(lint);
    compiled.diagnostics.iter().chain(&doubts.collect::<Vec<_>>()).map(|one| one.code.id).collect()
}

/// The codes of the records and the warnings, one or none a lead.
fn said_of_leads(name: &str, blocks: &[&Block]) -> Vec<Option<String>> {
    let table = blocks.iter().any(|block| block.kind == "csv");
    let leads = if table { "leads.csv" } else { "leads.ndjson" };
    let (mut folder, mut args) = (Folder::new(name), vec!["eval", "--policy", "policy.handover", leads]);
    for block in blocks {
        let file = match block.kind.as_str() {
            "handover" => "policy.handover",
            "json" | "csv" => leads,
            _ => block.file().unwrap(),
        };
        folder = folder.with(file, &block.bytes);
        args.extend(block.options());
    }
    if !args.contains(&"--now") {
        args.extend(["--now", NOW]);
    }
    let done = folder.run(&args);
    assert!(matches!(done.status.code(), Some(0 | 3)), "{name}: {}", err(&done));
    let said = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let warnings = line.pointer("/warnings").and_then(|warnings| warnings.as_array());
        assert!(warnings.is_none_or(|warnings| warnings.len() == 1), "{name}: {line}");
        let code = line.pointer("/error/code").or(line.pointer("/warnings/0/code"));
        code.and_then(|code| code.as_str()).map(str::to_owned)
    };
    out(&done).lines().map(said).collect()
}

/// The codes of what `check` and `test` say of a policy with the suites beside it.
fn said_of_tests(name: &str, blocks: &[&Block]) -> BTreeSet<String> {
    let mut folder = Folder::new(name);
    for block in blocks {
        folder = folder.with(block.file().unwrap_or("policy.handover"), &block.bytes);
    }
    let said = ["check", "test"].map(|command| {
        let done = folder.run(&[command, "--format", "junit", "."]);
        assert!(matches!(done.status.code(), Some(0 | 1)), "{name}: {}", err(&done));
        out(&done) + &err(&done)
    });
    // A report calls a fault by its number, or by its name alone.
    let said = said.concat();
    let is_said = |code: &&Code| said.contains(&format!("type=\"{}\"", code.name)) || said.contains(code.id);
    all().filter(is_said).map(|code| code.id.to_owned()).collect()
}

#[test]
fn every_bad_example_gives_its_code_alone_and_every_good_one_none() {
    let mut wrong = Vec::new();
    for code in all() {
        let blocks = blocks(code.page);
        let leads = LEAD_CODES.contains(&code);
        for side in ["wrong", "right"] {
            let of_side: Vec<&Block> =
                blocks.iter().filter(|block| block.side == side || block.side == "shared").collect();
            assert!(of_side.iter().any(|it| it.side == side), "{}: no {side} example", code.id);
            let policy: Vec<&Block> =
                of_side.iter().filter(|it| !["json", "csv"].contains(&&*it.kind)).copied().collect();
            let of_policy = said_of_policies(&policy);
            let fits = if leads {
                let said = said_of_leads(&format!("pages_{}_{side}", code.id), &of_side);
                let expected = (side == "wrong").then(|| code.id.to_owned());
                of_policy.is_empty() && !said.is_empty() && said.iter().all(|it| *it == expected)
            } else if blocks.iter().any(|it| it.says("tests")) {
                let expected = if side == "wrong" { BTreeSet::from([code.id.to_owned()]) } else { BTreeSet::new() };
                of_policy.is_empty() && said_of_tests(&format!("pages_{}_{side}", code.id), &of_side) == expected
            } else if side == "wrong" {
                !of_policy.is_empty() && of_policy.iter().all(|it| *it == code.id)
            } else {
                of_policy.is_empty()
            };
            if !fits {
                wrong.push(format!("{} {side}: {of_policy:?}", code.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_says_what_where_and_how() {
    for code in all() {
        let kind = if code.severity == Severity::Error { "An error" } else { "A warning" };
        let (first, rest) = code.summary.split_at(1);
        let head = format!("# {} {}\n\n{kind}: {}{rest}\n\n", code.id, code.name, first.to_lowercase());
        assert!(code.page.starts_with(&head), "{} does not begin with {head}", code.id);
        // In SARIF, where the page of what `check` says goes along, braces and links would be written otherwise.
        assert!(!CODES.contains(&code) || !code.page.contains(['{', '}']) && !code.page.contains("]("), "{}", code.id);
        let heads: Vec<&str> = code.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(heads, ["Wrong", "Right", "Why", "How to mend it"], "{}", code.id);
        let sections = code.page.split("\n## ").map(|part| part.lines().skip(1).collect::<String>());
        assert!(sections.into_iter().all(|text| text.len() >= 20), "{}: an empty section", code.id);
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages: BTreeSet<String> = fs::read_dir(root().join("docs/errors")).unwrap().map(name).collect();
    let codes = all().map(|code| format!("{}.md", code.id));
    assert_eq!(pages, codes.chain(["README.md".to_owned()]).collect());
    let ids: BTreeSet<&str> = all().flat_map(|code| [code.id, code.name]).collect();
    assert_eq!(ids.len(), 2 * all().count(), "two codes have one number or one name");
}

/// `INSTA_UPDATE=always cargo test --test pages` writes it.
#[test]
fn the_list_of_the_pages_is_the_list_of_the_codes() {
    let mut list = "# What each code means\n\n\
        `handover rule CODE` shows these pages in the terminal. In the examples the first statement, `policy` with its\n\
        `version`, is left out where it does not matter.\n\n| code | name | what it is |\n|---|---|---|\n"
        .to_owned();
    for Code { id, name, summary, .. } in all() {
        list += &format!("| [{id}]({id}.md) | `{name}` | {} |\n", summary.replace('|', "\\|"));
    }
    let path = root().join("docs/errors/README.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(&path, &list).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), list);
}

/// Errors have a folder in `tests/errors/`, warnings one in `tests/lint/`; what is said of leads is expected somewhere.
#[test]
fn every_code_has_a_case() {
    let errors: Vec<String> = fs::read_dir(root().join("tests/errors")).unwrap().map(name).collect();
    let lint: Vec<String> = fs::read_dir(root().join("tests/lint")).unwrap().map(name).collect();
    let testing = below(&root().join("tests/testing")) + include_str!("testing.rs");
    for code in CODES {
        let has = match code.severity {
            Severity::Error => errors.iter().any(|name| name.starts_with(&format!("{}_", code.id.to_lowercase()))),
            Severity::Warning => lint.iter().any(|name| name == code.name),
        };
        // These are found by running tests, not by reading the policy.
        let has = has || (code.id.starts_with("H06") || code.name == "no-example") && testing.contains(code.name);
        assert!(has, "{} has no case", code.id);
    }
    let expected: String =
        ["tests/bad_inputs", "tests/cases"].into_iter().map(|folder| below(&root().join(folder))).collect();
    let absent: Vec<&str> = LEAD_CODES.iter().map(|code| code.id).filter(|id| !expected.contains(*id)).collect();
    assert_eq!(absent, [""; 0]);
}

/// The codes in the sources of what reads and decides leads are those of the list.
#[test]
fn what_is_said_of_leads_is_in_the_list() {
    let code = regex::Regex::new("\"(H07[0-9]{2})\"").unwrap();
    let sources = ["src/intake", "src/engine"].map(|folder| below(&root().join(folder))).concat();
    let found: BTreeSet<&str> = code.captures_iter(&sources).map(|found| found.get(1).unwrap().as_str()).collect();
    assert_eq!(found, LEAD_CODES.iter().map(|code| code.id).collect());
}

#[test]
fn rule_shows_a_page_by_number_or_name_in_any_case() {
    let folder = Folder::new("pages_rule");
    let page = |word: &str| {
        let done = folder.run(&["rule", word]);
        assert_eq!((done.status.code(), err(&done)), (Some(0), String::new()), "{word}");
        out(&done)
    };
    insta::with_settings!({ snapshot_path => "formats", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rule", page("H0201"));
    });
    for word in ["h0201", "unknown-name", "Unknown-Name"] {
        assert_eq!(page(word), page("H0201"));
    }
    for code in all() {
        let page = page(code.name);
        assert!(page.starts_with(&format!("{} {}\n", code.id, code.name)) && !page.contains("```"), "{page}");
    }
}

#[test]
fn rule_lists_all_codes_and_says_what_is_near() {
    let folder = Folder::new("pages_rules");
    let done = folder.run(&["rule"]);
    let listed: Vec<String> = out(&done).lines().map(|line| line.split("  ").next().unwrap().to_owned()).collect();
    assert_eq!(listed, all().map(|code| code.id).collect::<Vec<_>>());
    let said = |word: &str| {
        let done = folder.run(&["rule", word]);
        assert_eq!((done.status.code(), out(&done)), (Some(2), String::new()), "{word}");
        err(&done)
    };
    assert_eq!(
        said("unknwon-name"),
        "handover: there is no code `unknwon-name`: did you mean `unknown-name`? `handover rule` lists all codes\n"
    );
    assert_eq!(said("\u{1b}"), "handover: there is no code `\\u{1b}`: `handover rule` lists all codes\n");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn name(entry: std::io::Result<fs::DirEntry>) -> String {
    entry.unwrap().file_name().to_str().unwrap().to_owned()
}

/// The text of all files in a folder and below, without those that test the code beside it.
fn below(folder: &Path) -> String {
    let text = |path: PathBuf| match path.is_dir() {
        true => below(&path),
        false if path.to_string_lossy().ends_with("tests.rs") => String::new(),
        false => String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned(),
    };
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).map(text).collect()
}
