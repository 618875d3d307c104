//! `docs/language.md`, `docs/sla.md` and `docs/cookbook.md` are true: every block in them is compiled, and every lead in them is decided.
//!
//! What a block is, its fence says; what it needs, an HTML comment on the line before the fence says, which readers do
//! not see: `<!-- name: start -->`, or several of these with `; ` between.
//!
//! - ```` ```handover ```` is a policy without diagnostics. `name: start` names it, and `with: start` puts the block of
//!   that name (several with commas) before this one: what repeats is shown once.
//! - ```` ```handover wrong ```` with `errors: unknown-field, wrong-unit` gives just these diagnostics, in this order.
//! - ```` ```json lead ```` holds leads, one a line, for the policy before it, or with `by: 2025, 2026` for those of these
//!   names, which are versions of one; ```` ```json decision ```` after it the part of each decision that the page is
//!   about, with its trace, as of its `as_of`, or of noon on 10 March 2026.
//! - Any block with `file: shared/crm.handover` is that file, for every policy of the page.
//! - The table of conditions has such a comment too: each piece of code in it is a condition after these blocks.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a page that cannot be read has failed")]

use std::collections::BTreeMap;

use handover::diagnostic::{CODES, Severity, plain};
use handover::engine::With;
use handover::loader::Memory;
use handover::{Evaluator, Outputs, Policy, Versions};
use serde_json::Value;

use parts::compare;

mod parts;

const LANGUAGE: &str = include_str!("../docs/language.md");
const SLA: &str = include_str!("../docs/sla.md");
const COOKBOOK: &str = include_str!("../docs/cookbook.md");

/// As of when leads are decided, where a decision does not say.
const NOW: &str = "2026-03-10T12:00:00Z";

struct Block {
    line: usize,
    fence: String,
    says: BTreeMap<String, String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut before, mut open): (&str, Option<Block>) = ("", None);
    for (index, line) in page.lines().enumerate() {
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
    assert_eq!(page.matches("```").count(), 2 * blocks.len(), "a fence does not begin its line");
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
    /// The policies that have a name.
    policies: BTreeMap<String, Policy>,
}

impl Page {
    fn new(blocks: &[Block]) -> Page {
        let file = |files: Memory, block: &Block| match block.says.get("file") {
            Some(path) => files.with(path, block.text.as_str()),
            None => files,
        };
        Page { files: blocks.iter().fold(Memory::default(), file), named: BTreeMap::new(), policies: BTreeMap::new() }
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

    fn compile(&self, policy: &str) -> (Vec<&'static str>, String, Option<Policy>) {
        let compiled = handover::compile(&self.files.clone().with("policy.handover", policy), "policy.handover");
        let names = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
        (names, plain(&compiled.diagnostics, &compiled.sources), compiled.policy)
    }
}

/// How many there were of each kind.
#[derive(Default)]
struct Run {
    policies: usize,
    wrong: usize,
    decisions: usize,
}

#[test]
fn every_block_of_the_language_is_what_the_page_says() {
    let Run { policies, wrong, decisions } = run(LANGUAGE);
    assert!(policies >= 25 && wrong >= 40 && decisions >= 50, "{policies} policies, {wrong} errors, {decisions} leads");
}

#[test]
fn every_block_of_deadlines_is_what_the_page_says() {
    let Run { policies, decisions, .. } = run(SLA);
    assert!(policies >= 20 && decisions >= 80, "{policies} policies, {decisions} leads");
}

#[test]
fn every_recipe_comes_out_as_the_page_says() {
    let Run { policies, decisions, .. } = run(COOKBOOK);
    let recipes = COOKBOOK.lines().filter(|line| line.starts_with("## ")).count();
    assert!(
        recipes >= 26 && policies > recipes && decisions >= 72,
        "{recipes}: {policies} policies, {decisions} leads"
    );
}

fn run(page: &str) -> Run {
    let blocks = blocks(page);
    let mut page = Page::new(&blocks);
    let mut run = Run::default();
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
                let named = block.says.get("name").cloned().zip(policy.clone());
                page.policies.extend(named);
                evaluator = policy.map(evaluator_of);
                run.policies += 1;
            }
            "handover wrong" => {
                let whole = page.whole(block);
                let (names, said, _) = page.compile(&whole);
                let expected = block.says.get("errors").unwrap_or_else(|| panic!("line {at}: which errors?"));
                assert_eq!(&names.join(", "), expected, "line {at}: {said}");
                run.wrong += names.len();
            }
            "json lead" => {
                if let Some(by) = block.says.get("by") {
                    let versions = by.split(", ").map(|name| page.policies.get(name).unwrap().clone()).collect();
                    evaluator = Some(evaluator_of(Versions::new(versions).unwrap()));
                }
                leads = Some(&block.text);
            }
            "json decision" => {
                let evaluator = evaluator.as_ref().unwrap_or_else(|| panic!("line {at}: no policy before a lead"));
                let leads: Vec<&str> = leads.take().unwrap().lines().collect();
                let expected = serde_json::Deserializer::from_str(&block.text).into_iter::<Value>();
                let expected: Vec<Value> = expected.map(Result::unwrap).collect();
                assert_eq!(expected.len(), leads.len(), "line {at}: a decision for each lead");
                for (expected, lead) in expected.iter().zip(leads) {
                    let now = expected.get("as_of").and_then(Value::as_str).unwrap_or(NOW);
                    let decided = decide(&evaluator.at(now.parse().unwrap()), lead);
                    compare(expected, &decided, &format!("line {at}: {lead}"), &mut differ);
                    run.decisions += 1;
                }
            }
            _ if block.says.contains_key("file") => {}
            fence => panic!("line {at}: nothing runs a block of `{fence}`"),
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(leads.is_none(), "the last leads have no decisions");
    run
}

/// For whole decisions with their traces.
fn evaluator_of(policy: impl Into<Versions>) -> Evaluator {
    Evaluator::only(policy, NOW.parse().unwrap(), Outputs::ALL.and(With::Trace))
}

fn decide(evaluator: &Evaluator, lead: &str) -> Value {
    let mut out = Vec::new();
    evaluator.worker().write(lead, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// A recipe is a part of a policy: what it does not use, another one does, and none has examples.
#[test]
fn no_recipe_is_doubtful() {
    let blocks = blocks(COOKBOOK);
    let mut page = Page::new(&blocks);
    for block in blocks.iter().filter(|block| block.fence == "handover") {
        let whole = page.whole(block);
        let (.., policy) = page.compile(&whole);
        let doubts = handover::lint::lint(&policy.unwrap());
        let names = doubts.iter().map(|doubt| doubt.code.name).filter(|name| !["unused", "no-example"].contains(name));
        assert_eq!(names.collect::<Vec<_>>(), [""; 0], "line {}", block.line);
    }
}

#[test]
fn every_condition_in_the_table_can_be_written() {
    let blocks = blocks(LANGUAGE);
    let mut page = Page::new(&blocks);
    blocks.iter().for_each(|block| _ = page.whole(block));
    let (above, table) = LANGUAGE.split_once("\n| type | such as |\n").unwrap();
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
    let blocks = blocks(LANGUAGE);
    let mut page = Page::new(&blocks);
    blocks.iter().for_each(|block| _ = page.whole(block));
    let before = format!("{}{}", page.named["start"], page.named["score"]);
    let (_, table) = LANGUAGE.split_once("\n| what | write | do not write |\n|---|---|---|\n").unwrap();
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
        blocks(LANGUAGE).iter().any(errors)
    };
    for code in CODES {
        assert!(LANGUAGE.contains(&format!("| {} `{}` |", code.id, code.name)), "not on the page: {}", code.name);
        // Tests have a page of their own.
        if code.severity == Severity::Warning || code.id.starts_with("H06") {
            continue;
        }
        assert!(shown(code.name) != NOT_SHOWN.contains(&code.name), "{}: an example, {}", code.name, shown(code.name));
    }
}

#[test]
fn the_example_of_warnings_has_them() {
    let (_, warnings) = LANGUAGE.split_once("\n### Doubts\n").unwrap();
    let block = blocks(warnings).into_iter().find(|block| block.fence == "handover").unwrap();
    let said = handover::lint::lint(&Policy::compile(&block.text, &Memory::default()).unwrap());
    let names: Vec<_> = said.iter().map(|warning| warning.code.name).collect();
    assert_eq!(names, ["unreachable", "contradiction"]);
}

#[test]
fn every_section_is_in_the_contents_and_every_link_leads_to_one() {
    let pages = [
        ("language.md", LANGUAGE, 25),
        ("sla.md", SLA, 25),
        ("cookbook.md", COOKBOOK, 25),
        ("writing-policies.md", include_str!("../docs/writing-policies.md"), 14),
    ];
    let pages = pages.map(|(name, page, least)| (name, page, least, heads(page)));
    let readme = heads(include_str!("../README.md"));
    for (name, page, least, heads) in &pages {
        let (contents, _) = page.split_once("\n## ").unwrap();
        // Those below the last section of the language stand below its own head.
        let listed = heads.iter().take_while(|head| *head != "the-file");
        let absent: Vec<_> = listed.filter(|head| !contents.contains(&format!("(#{head})"))).collect();
        assert!(
            absent.is_empty() && heads.len() >= *least,
            "{name}: not in the contents: {absent:?} of {}",
            heads.len()
        );
        for (place, _) in page.match_indices("](") {
            let link = &page[place + 2..][..page[place + 2..].find(')').unwrap()];
            let Some((to, head)) = link.split_once('#').filter(|_| !link.contains("://")) else { continue };
            let to = if to.is_empty() { name } else { to };
            let of_page = |(name, .., heads): &(&str, &str, usize, Vec<String>)| *name == to && is_head(heads, head);
            let there = pages.iter().any(of_page) || to == "../README.md" && is_head(&readme, head);
            assert!(there, "{name}: {link} leads nowhere");
        }
    }
}

fn is_head(heads: &[String], head: &str) -> bool {
    heads.iter().any(|it| it == head)
}

/// What links to the sections of a page call them.
fn heads(page: &str) -> Vec<String> {
    let anchor = |head: &str| {
        let kept = head.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let mut code = false;
    let outside = page.lines().filter(|line| {
        code ^= line.starts_with("```");
        !code
    });
    outside.filter_map(|line| line.strip_prefix("## ").or(line.strip_prefix("### "))).map(anchor).collect()
}
