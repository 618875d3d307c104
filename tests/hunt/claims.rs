//! What holds for any bytes at all, whoever makes them up: `tests/hunt.rs` and the targets in `fuzz/` share it.
//!
//! Each claim takes an input, fails where something does not hold, and tells what came of it.

use std::io::Cursor;
use std::num::NonZeroUsize;

use chrono::{DateTime, Utc};
use handover::diagnostic::{Diagnostic, HumanOptions, SHOWN, human, json, plain};
use handover::engine::{Evaluator, KEYS, Lines, Unread, Worker};
use handover::intake::{self, Format, Stream};
use handover::loader::Memory;
use handover::policy::{GradeKind, Policy};
use handover::source::{FileId, SourceFile, Sources, Span};
use handover::syntax::{self, layout::layout};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::tree::Tree;

/// The codes of what was said, in the order in which it was.
pub type Codes = Vec<&'static str>;

/// bytes → syntax.
pub fn parse(bytes: &[u8]) -> Codes {
    let mut sources = Sources::default();
    let text = match syntax::decode(bytes) {
        Ok(text) => text,
        Err(error) => {
            let file = sources.add(SourceFile::new("policy.handover", ""));
            return said(&[error.diagnostic(file)], &sources);
        }
    };
    let file = sources.add(SourceFile::new("policy.handover", text.as_str()));
    let (ast, diagnostics) = syntax::parse(file, &text);
    for diagnostic in &diagnostics {
        // `check` may have nothing to add; a line that cannot be read can always be mended.
        assert!(diagnostic.help.is_some(), "{diagnostic:?}");
    }
    for statement in &ast.statements {
        within(statement.span, &sources);
    }
    let (layout, _) = layout(FileId(0), &text);
    for comment in &layout.comments {
        within(comment.span, &sources);
        assert!(sources.slice(comment.span).starts_with('#'), "{comment:?}");
    }
    said(&diagnostics, &sources)
}

/// bytes + files → policy.
pub fn check(files: &Memory, path: &str) -> (Option<Policy>, Codes) {
    let compiled = handover::compile(files, path);
    let codes = said(&compiled.diagnostics, &compiled.sources);
    assert!(!(compiled.policy.is_some() && compiled.diagnostics.iter().any(Diagnostic::is_error)));
    let again = handover::compile(files, path);
    assert_eq!(compiled.diagnostics, again.diagnostics, "the same policy, and something else is said of it");
    assert_eq!(compiled.policy.as_ref().map(|it| &it.digest), again.policy.map(|it| it.digest).as_ref());
    (compiled.policy, codes)
}

/// What is said of a policy points into it, reads like a message, and can be shown in every way.
fn said(diagnostics: &[Diagnostic], sources: &Sources) -> Codes {
    for diagnostic in diagnostics {
        within(diagnostic.span, sources);
        diagnostic.labels.iter().for_each(|label| within(label.span, sources));
        let message = &diagnostic.message;
        assert!(!message.is_empty() && !message.ends_with('.'), "{diagnostic:?}");
        assert!(!message.starts_with(char::is_uppercase), "{diagnostic:?}");
    }
    for few in diagnostics.chunks(SHOWN) {
        let codes = |shown: &str| few.iter().all(|diagnostic| shown.contains(diagnostic.code.id));
        for width in [80, 20] {
            let shown = human(few, sources, HumanOptions { color: width == 20, width });
            assert!(codes(&shown) && !shown.contains("Failed to read"), "{shown}");
        }
        let shown = plain(few, sources);
        assert!(codes(&shown), "{shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
        let shown: Value = serde_json::from_str(&json(few, sources)).expect("diagnostics as JSON are JSON");
        assert_eq!(shown["diagnostics"].as_array().map(Vec::len), Some(few.len()), "{shown}");
    }
    diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

/// A place is in its file, and cuts no character.
fn within(span: Span, sources: &Sources) {
    let file = sources.file(span.file).unwrap_or_else(|| panic!("{span:?} is in no file"));
    let words = file.text().get(span.start as usize..span.end as usize);
    assert!(words.is_some(), "{span:?} is no part of {:?}", file.text());
}

/// A policy as of some now, with a lead that it can decide and how it does.
pub struct Judge {
    evaluator: Evaluator,
    good: Vec<u8>,
    verdict: Vec<u8>,
}

impl Judge {
    /// Judges by `policy` as of `now`.
    pub fn new(policy: Policy, now: DateTime<Utc>) -> Judge {
        let good = br#"{"id":"good"}"#.to_vec();
        let evaluator = Evaluator::new(policy, now);
        let mut verdict = Vec::new();
        evaluator.worker().write(&good, &mut verdict).expect("a lead with nothing in it can be decided");
        let judge = Judge { evaluator, good, verdict };
        judge.decision(&judge.verdict);
        judge
    }

    /// A worker, to decide one lead after another with.
    pub fn worker(&self) -> Worker {
        self.evaluator.worker()
    }

    /// bytes → a decision, or the code of why there is none.
    pub fn lead(&self, worker: &mut Worker, lead: &[u8]) -> Result<Vec<u8>, &'static str> {
        let mut out = b"before".to_vec();
        let decided = worker.write(lead, &mut out);
        let (before, line) = out.split_at(b"before".len());
        assert_eq!(before, b"before");
        let line = match decided {
            Err(error) => {
                assert!(line.is_empty() && error.offset <= lead.len() && !error.message.is_empty(), "{error:?}");
                // What is said to be no JSON is none for others either, and the other way round.
                assert!(!(is_json(lead) && matches!(error.code, "H0701" | "H0702")), "{error:?}");
                Err(error.code)
            }
            Ok(()) => {
                assert!(is_json(lead), "decided, and no JSON");
                self.decision(line);
                let again = worker.decide(lead).expect("the same lead once more");
                let again = serde_json::to_string(&again).expect("a decision is JSON");
                // Both are the same JSON; what a terminal may obey is an escape in one of them.
                assert_eq!(Tree::read(line), Tree::read(again.as_bytes()), "the same lead, and another decision");
                Ok(line.to_vec())
            }
        };
        let mut after = Vec::new();
        worker.write(&self.good, &mut after).expect("a good lead after any other");
        assert_eq!(text(&self.verdict), text(&after), "a lead before it shows in this decision");
        line
    }

    /// bytes among leads, as they come in a file: whatever they are, the good leads round them are decided.
    pub fn file(&self, bytes: &[u8], format: Format) {
        let (before, between, after): (&[u8], &[u8], &[u8]) = match format {
            Format::Ndjson => (b"", b"\n", b"\n"),
            // A row is no lead before somebody makes it one: nobody hands it on as it is.
            Format::Json | Format::Csv { .. } => (b"[", b",", b"]"),
        };
        let input = [before, &self.good, between, bytes, between, &self.good, after].concat();
        for (threads, apart) in [(1, false), (2, true)] {
            let lines = self.stream(&input, format, threads, apart);
            lines.iter().for_each(|line| self.line(line));
            assert_eq!(lines.first().map(|line| text(line)), Some(text(&self.verdict)), "the lead before");
            // In an array, what is no JSON may take the rest with it.
            if format == Format::Ndjson || is_json(bytes) {
                let last = lines.iter().rfind(|line| !line.starts_with(b"{\"line\""));
                assert_eq!(last.map(|line| text(line)), Some(text(&self.verdict)), "the lead after");
                assert!(lines.len() > 1);
            }
        }
    }

    fn stream(&self, input: &[u8], format: Format, threads: usize, apart: bool) -> Vec<Vec<u8>> {
        let unread = Unread { apart, ..Unread::default() };
        let stream = Stream { format, threads: NonZeroUsize::new(threads), max_line: 1 << 16 };
        let (mut decisions, mut errors) = (Vec::new(), Vec::new());
        let write = |lines: &mut Lines| {
            decisions.append(&mut lines.decisions);
            errors.append(&mut lines.errors);
            Ok(())
        };
        let done = intake::run(stream, Cursor::new(input.to_vec()), || self.evaluator.handler(&unread), write);
        let summary = done.expect("what is in memory can be read and written");
        decisions.append(&mut errors);
        let lines: Vec<Vec<u8>> = decisions.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        assert_eq!(lines.len() as u64, summary.leads, "a line for each lead");
        lines
    }

    /// A line of output: a decision or the record of an error.
    fn line(&self, line: &[u8]) {
        let record = one_line(line);
        let keys: Vec<&str> = keys(&record);
        if keys.first() != Some(&"line") {
            return self.decision(line);
        }
        assert!(matches!(keys[..], ["line", "error"] | ["line", "error", "raw" | "raw_hex"]), "{}", text(line));
        let error = record.entries().and_then(|entries| entries.get(1)).map(|(_, error)| self::keys(error));
        assert_eq!(error, Some(vec!["code", "message", "offset"]), "{}", text(line));
    }

    /// A decision is one line of JSON, its keys in the documented order, and names in the order of the policy.
    fn decision(&self, line: &[u8]) {
        let decision = one_line(line);
        let keys = keys(&decision);
        let warned = keys.last() == Some(&"warnings");
        let documented = if warned { KEYS } else { &KEYS[..KEYS.len() - 1] };
        assert_eq!(keys, documented, "{}", text(line));
        let policy = self.evaluator.policy();
        let items = |at: usize| policy.checklists[at].items.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>();
        let inner = |key: &str| {
            let at = KEYS.iter().position(|other| *other == key).expect("a documented key");
            decision.entries().map_or(&[][..], |entries| entries[at].1.entries().unwrap_or_default())
        };
        let outcomes: &[&str] = &["met", "not_met", "unknown"];
        let is_outcome = |value: &Tree| matches!(value, Tree::Text(text) if outcomes.contains(&text.as_str()));
        let names = |key: &str| inner(key).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("disqualifiers"), policy.disqualifiers.iter().map(|it| &it.name).collect::<Vec<_>>());
        assert_eq!(names("criteria"), policy.criteria.iter().map(|it| &it.name).collect::<Vec<_>>());
        assert!(["criteria", "disqualifiers"].iter().all(|key| inner(key).iter().all(|(_, value)| is_outcome(value))));
        assert_eq!(names("stages"), policy.stages.iter().map(|it| &it.name).collect::<Vec<_>>());
        for (_, stage) in inner("stages") {
            assert_eq!(self::keys(stage), ["outcome", "test", "since"], "{}", text(line));
            assert!(stage.entries().is_some_and(|entries| entries[..2].iter().all(|(_, value)| is_outcome(value))));
        }
        assert_eq!(names("checklists"), policy.checklists.iter().map(|it| &it.name).collect::<Vec<_>>());
        for (at, (_, list)) in inner("checklists").iter().enumerate() {
            let entries = list.entries().unwrap_or_default();
            assert_eq!(self::keys(list), ["met", "not_met", "unknown", "items"], "{}", text(line));
            assert_eq!(self::keys(&entries[3].1), items(at));
        }
        assert_eq!(names("scores"), policy.scores.iter().map(|it| &it.name).collect::<Vec<_>>());
        assert_eq!(names("grades"), policy.grades.iter().map(|it| &it.name).collect::<Vec<_>>());
        for ((_, letter), grade) in inner("grades").iter().zip(&policy.grades) {
            let letters: Vec<&String> = match &grade.kind {
                GradeKind::Bands(it) => it.lines.iter().map(|(letter, _)| letter).chain([&it.otherwise]).collect(),
                GradeKind::Table(it) => it.lines.iter().map(|(letter, _)| letter).chain([&it.otherwise]).collect(),
            };
            assert!(matches!(letter, Tree::Text(letter) if letters.contains(&letter)), "{}", text(line));
        }
    }
}

/// A line that is JSON, in UTF-8, ends with a line feed and holds no other control character.
fn one_line(line: &[u8]) -> Tree {
    let shown = text(line);
    let json = shown.strip_suffix('\n').unwrap_or_else(|| panic!("no line: {shown}"));
    assert!(!json.contains(|c: char| c < ' '), "{shown}");
    Tree::read(json.as_bytes()).unwrap_or_else(|| panic!("no JSON: {shown}"))
}

fn keys(tree: &Tree) -> Vec<&str> {
    tree.entries().unwrap_or_else(|| panic!("no object: {tree:?}")).iter().map(|(key, _)| key.as_str()).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("what is written is UTF-8")
}

/// Whether others take it for JSON, numbers of any size and halves of characters included.
fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}
