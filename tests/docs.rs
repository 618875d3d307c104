//! `docs/language.md` is true: every block in it is compiled, and every lead in it is decided.
//!
//! What a block is, its fence says; what it needs, an HTML comment on the line before the fence says, which readers do
//! not see: `<!-- name: start -->`, or several of these with `; ` between.
//!
//! - ```` ```handover ```` is a policy without diagnostics. `name: start` names it, and `with: start` puts the block of
//!   that name (several with commas) before this one: what repeats is shown once.
//! - ```` ```handover wrong ```` with `errors: unknown-field, wrong-unit` gives just these diagnostics, in this order.
//! - ```` ```json lead ```` holds leads, one a line, for the policy before it; ```` ```json decision ```` after it the
//!   part of each decision that the page is about, as of noon on 10 March 2026.
//! - Any block with `file: shared/crm.handover` is that file, for every policy of the page.
//! - The table of conditions has such a comment too: each piece of code in it is a condition after these blocks.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a page that cannot be read has failed")]

use std::collections::BTreeMap;

use handover::Evaluator;
use handover::diagnostic::{CODES, plain};
use handover::loader::Memory;
use serde_json::Value;

const PAGE: &str = include_str!("../docs/language.md");

/// 2026-03-10T12:00:00Z in microseconds.
const NOW: &str = "2026-03-10T12:00:00Z";

struct Block {
    line: usize,
    fence: String,
    says: BTreeMap<String, String>,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut before, mut open): (&str, Option<Block>) = ("", None);
    for (index, line) in PAGE.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(fence)) => {
                let (fence, says) = (fence.to_owned(), comment(before));
                open = Some(Block { line: index + 1, fence, says, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
        before = line;
    }
    assert!(open.is_none(), "a fence is not closed");
    assert_eq!(PAGE.matches("```").count(), 2 * blocks.len(), "a fence does not begin its line");
    blocks
}

fn comment(line: &str) -> BTreeMap<String, String> {
    let inner = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
    let pairs = inner.into_iter().flat_map(|inner| inner.split("; "));
    pairs.map(|pair| pair.split_once(": ").unwrap()).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The page as it is run.
struct Page {
    files: Memory,
    named: BTreeMap<String, String>,
}

impl Page {
    fn new(blocks: &[Block]) -> Page {
        let file = |files: Memory, block: &Block| match block.says.get("file") {
            Some(path) => files.with(path, block.text.as_str()),
            None => files,
        };
        Page { files: blocks.iter().fold(Memory::default(), file), named: BTreeMap::new() }
    }

    /// The block after those that it builds on.
    fn whole(&mut self, block: &Block) -> String {
        let mut whole = String::new();
        for name in block.says.get("with").iter().flat_map(|names| names.split(", ")) {
            whole.push_str(self.named.get(name).unwrap_or_else(|| panic!("line {}: no block {name}", block.line)));
        }
        whole.push_str(&block.text);
        if let Some(name) = block.says.get("name") {
            self.named.insert(name.clone(), block.text.clone());
        }
        whole
    }

    fn compile(&self, policy: &str) -> (Vec<&'static str>, String, Option<handover::Policy>) {
        let compiled = handover::compile(&self.files.clone().with("policy.handover", policy), "policy.handover");
        let names = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
        (names, plain(&compiled.diagnostics, &compiled.sources), compiled.policy)
    }
}

#[test]
fn every_block_is_what_the_page_says() {
    let blocks = blocks();
    let mut page = Page::new(&blocks);
    let (mut policies, mut wrong, mut decisions) = (0, 0, 0);
    let mut evaluator: Option<Evaluator> = None;
    let mut leads: Option<&str> = None;
    let mut differ = Vec::new();
    for block in &blocks {
        let at = block.line;
        assert!(leads.is_none() || block.fence == "json decision", "line {at}: leads without their decisions");
        match block.fence.as_str() {
            "handover" => {
                let whole = page.whole(block);
                let (names, said, policy) = page.compile(&whole);
                assert!(names.is_empty(), "line {at}: {said}");
                evaluator = policy.map(|policy| Evaluator::new(policy, NOW.parse().unwrap()));
                policies += 1;
            }
            "handover wrong" => {
                let whole = page.whole(block);
                let (names, said, _) = page.compile(&whole);
                let expected = block.says.get("errors").unwrap_or_else(|| panic!("line {at}: which errors?"));
                assert_eq!(&names.join(", "), expected, "line {at}: {said}");
                wrong += names.len();
            }
            "json lead" => leads = Some(&block.text),
            "json decision" => {
                let decided = decide(evaluator.as_ref().expect("a policy before a lead"), leads.take().unwrap());
                let expected: Vec<Value> = block.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                assert_eq!(expected.len(), decided.len(), "line {at}: a decision for each lead");
                for (expected, decided) in expected.iter().zip(&decided) {
                    if !holds(decided, expected) {
                        differ.push(format!("line {at}: not {expected}, but {decided}"));
                    }
                    decisions += 1;
                }
            }
            _ if block.says.contains_key("file") => {}
            fence => panic!("line {at}: nothing runs a block of `{fence}`"),
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(leads.is_none(), "the last leads have no decisions");
    assert!(policies >= 25 && wrong >= 40 && decisions >= 50, "{policies} policies, {wrong} errors, {decisions} leads");
}

fn decide(evaluator: &Evaluator, leads: &str) -> Vec<Value> {
    let mut worker = evaluator.worker();
    let decide = |lead: &str| {
        let mut out = Vec::new();
        worker.write(lead, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    };
    leads.lines().map(decide).collect()
}

/// Whether a decision holds all that is expected of it; lists are whole.
fn holds(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            expected.iter().all(|(key, expected)| actual.get(key).is_some_and(|actual| holds(actual, expected)))
        }
        _ => actual == expected,
    }
}

#[test]
fn every_condition_in_the_table_can_be_written() {
    let blocks = blocks();
    let mut page = Page::new(&blocks);
    blocks.iter().for_each(|block| _ = page.whole(block));
    let (above, table) = PAGE.split_once("\n| type | such as |\n").unwrap();
    let says = comment(above.lines().last().unwrap());
    let before = page.whole(&Block { line: above.lines().count(), fence: String::new(), says, text: String::new() });
    let rows = table.lines().take_while(|row| row.starts_with('|'));
    let conditions: Vec<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    for condition in &conditions {
        let tried = format!("{before}criterion \"tried\"\n  is met when {condition}\n");
        let (names, said, _) = page.compile(&tried);
        assert!(names.is_empty(), "{condition}: {said}");
    }
    assert!(conditions.len() >= 65, "only {} conditions", conditions.len());
}

/// Where a value of each row of the table of values may stand.
const PLACES: [(&str, &str); 8] = [
    ("number", "criterion \"tried\"\n  is met when employees is at least VALUE\n"),
    ("percent", "score \"tried\"\n  add VALUE of score \"fit\"\n"),
    ("money", "criterion \"tried\"\n  is met when budget is at least VALUE\n"),
    ("date", "criterion \"tried\"\n  is met when purchase_by is before VALUE\n"),
    ("time of day", "calendar \"tried\"\n  time zone \"Europe/Sofia\"\n  open Monday, VALUE to 18:00\n"),
    ("a moment", "criterion \"tried\"\n  is met when mql_at is before VALUE\n"),
    ("duration", "criterion \"tried\"\n  is met when mql_at is within the last VALUE\n"),
    ("business time", "criterion \"tried\"\n  is met when mql_at is within the last VALUE\n"),
];

#[test]
fn every_value_in_the_table_can_be_written_or_not() {
    let blocks = blocks();
    let mut page = Page::new(&blocks);
    blocks.iter().for_each(|block| _ = page.whole(block));
    let before = format!("{}{}", page.named["start"], page.named["score"]);
    let (_, table) = PAGE.split_once("\n| what | write | do not write |\n|---|---|---|\n").unwrap();
    let (mut right, mut wrong) = (0, 0);
    for (row, (what, place)) in table.lines().take_while(|row| row.starts_with('|')).zip(PLACES) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[0], what);
        for (cell, is_right) in [(cells[1], true), (cells[2], false)] {
            for value in cell.split('`').skip(1).step_by(2) {
                let (names, said, _) = page.compile(&format!("{before}{}", place.replace("VALUE", value)));
                assert_eq!(names.is_empty(), is_right, "{value}: {said}");
                *(if is_right { &mut right } else { &mut wrong }) += 1;
            }
        }
    }
    assert!(right >= 19 && wrong >= 11, "{right} values, {wrong} slips");
}

/// The codes of what a block cannot show: bytes, sizes, what nobody sees, several policies.
const NOT_SHOWN: [&str; 5] = ["not-utf8", "too-long", "hidden-character", "too-deep", "versions"];

#[test]
fn every_code_is_listed_and_has_an_example() {
    let shown = |name: &str| {
        let errors = |block: &Block| block.says.get("errors").is_some_and(|all| all.split(", ").any(|it| it == name));
        blocks().iter().any(errors)
    };
    for code in CODES {
        assert!(PAGE.contains(&format!("| {} `{}` |", code.id, code.name)), "not on the page: {}", code.name);
        assert!(shown(code.name) != NOT_SHOWN.contains(&code.name), "{}: an example, {}", code.name, shown(code.name));
    }
}

#[test]
fn every_section_is_in_the_contents_and_every_link_leads_to_one() {
    let anchor = |head: &str| {
        let kept = head.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let mut code = false;
    let outside = PAGE.lines().filter(|line| {
        code ^= line.starts_with("```");
        !code
    });
    let heads: Vec<String> = outside
        .filter_map(|line| line.strip_prefix("## ").or(line.strip_prefix("### ")))
        .map(|head| format!("(#{})", anchor(head)))
        .collect();
    let (contents, _) = PAGE.split_once("\n## ").unwrap();
    // Those of the last section stand below its own head.
    let (listed, _) = heads.split_at(heads.iter().position(|head| head == "(#the-file)").unwrap());
    let absent: Vec<_> = listed.iter().filter(|head| !contents.contains(*head)).collect();
    assert!(absent.is_empty() && listed.len() >= 30, "not in the contents: {absent:?}");
    let links: Vec<&str> = PAGE.match_indices("](#").map(|(at, _)| &PAGE[at + 1..]).collect();
    for link in links {
        let link = &link[..=link.find(')').unwrap()];
        assert!(heads.iter().any(|head| head == link), "{link} leads nowhere");
    }
}
