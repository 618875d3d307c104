//! Lines, comments, indentation, and the characters that do not belong.

use handover::source::{FileId, SourceFile};
use handover::syntax::layout::{Block, layout};

use crate::read;

fn tree(text: &str) -> Vec<String> {
    fn show(block: &Block<'_>, depth: usize, lines: &mut Vec<String>) {
        let dash = if block.line.bullet { "- " } else { "" };
        lines.push(format!("{}{dash}{}", ".".repeat(depth), block.line.words.text));
        block.children.iter().for_each(|child| show(child, depth + 1, lines));
    }
    let mut lines = Vec::new();
    layout(FileId(0), text).0.blocks.iter().for_each(|block| show(block, 0, &mut lines));
    lines
}

#[test]
fn indentation_makes_a_tree() {
    let text = "checklist \"c\"\n  owned by Sales\n  - a: any of:\n      - x   is  1 # why\n      - all of:\n          - y\n  - b: z\nlead\n";
    assert_eq!(
        tree(text),
        [
            "checklist \"c\"",
            ".owned by Sales",
            ".- a: any of:",
            "..- x is 1",
            "..- all of:",
            "...- y",
            ".- b: z",
            "lead"
        ]
    );
}

#[test]
fn every_comment_and_blank_line_is_kept() {
    let text = "# first\n\npolicy \"P # no\" # second\n  version 1#third\n  # fourth  \n   \n\t# fifth\n  because \"a \\\" # no\" # sixth\n`a # no` # seventh";
    let (layout, _) = layout(FileId(0), text);
    let source = SourceFile::new("t", text);
    let comments: Vec<_> =
        layout.comments.iter().map(|c| (c.line, c.own_line, source.slice(c.span).to_owned())).collect();
    let expected = [
        (1, Some(0), "# first"),
        (3, None, "# second"),
        (4, None, "#third"),
        (5, Some(2), "# fourth"),
        (7, Some(2), "# fifth"),
        (8, None, "# sixth"),
        (9, None, "# seventh"),
    ];
    assert_eq!(comments, expected.map(|(line, own, text)| (line, own, text.to_owned())));
    assert_eq!(layout.blank_lines, [2, 6]);
}

#[test]
fn every_end_of_line_counts() {
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let text = ["policy \"P\"", "  version 1", "stage \"S\"", "  is reached when email >= 5", ""].join(end);
            let read = read(&format!("{mark}{text}"));
            assert_eq!(read.shown(), ["4 H0114 `>=` `>=` is written `is at least`"], "{end:?} {mark:?}");
            assert_eq!(read.file.statements.len(), 2);
        }
    }
}

#[test]
fn hidden_characters_are_shown_by_number() {
    let text = "policy \"P\u{200b}\"\n  version 1\n  because \"a\u{202e}b\u{2069}c\"\n# \u{2066}\nstage \"S\u{0}\"\n  is reached when email\u{200b} is filled in\n";
    let read = read(text);
    let messages: Vec<_> = read.diagnostics.iter().map(|d| (d.code.id, d.message.as_str(), d.fix.as_deref())).collect();
    let unseen = "a character that cannot be seen:";
    assert_eq!(
        messages,
        [
            ("H0003", format!("{unseen} U+200B (zero width space)").as_str(), Some("")),
            (
                "H0003",
                format!("{unseen} U+202E (turns the reading direction), U+2069 (turns the reading direction)").as_str(),
                Some("bc".get(..1).unwrap())
            ),
            ("H0003", format!("{unseen} U+2066 (turns the reading direction)").as_str(), Some("")),
            ("H0003", format!("{unseen} U+0000 (nothing at all, NUL)").as_str(), Some("")),
            ("H0003", format!("{unseen} U+200B (zero width space)").as_str(), Some("")),
        ]
    );
}

#[test]
fn joiners_inside_a_text_of_their_script_are_meant() {
    let text = "policy \"می\u{200c}خواهم 👩\u{200d}💻\"\n  version 1\n";
    assert_eq!(read(text).shown(), [""; 0]);
    assert_eq!(read("policy \"M\u{200d}QL\"\n  version 1\n").diagnostics.len(), 1);
}

#[test]
fn a_name_of_two_alphabets_is_an_error() {
    let read = read("policy \"P\"\n  version 1\nstage \"МQL\"\n  is reached when email is filled in\n");
    assert_eq!(read.shown(), ["3 H0003 `МQL` `МQL` mixes two alphabets: its `М` is U+041C"]);
    assert_eq!(read.diagnostics[0].fix.as_deref(), Some("MQL"));
}

#[test]
fn what_a_word_processor_puts_in_is_one_fault_a_line() {
    let text = "policy “P”\n  version 1\nlist \"l\":\n  – “a”\n  • \"b\"\ncriterion \"c\"\n  is met when source is one of “a”, “b”\n  because “It\u{a0}is so.”\n  owned\u{a0}by\u{a0}Sales\n";
    let read = read(text);
    assert_eq!(
        read.shown(),
        [
            "1 H0105 `“P”` `“ ”` are quotes that a word processor put in",
            "4 H0105 `– “a”` `–` is not the dash of a bullet",
            "5 H0105 `•` `•` is not the dash of a bullet",
            "7 H0105 `“a”, “b”` `“ ”` are quotes that a word processor put in",
            "8 H0105 `“It\u{a0}is so.”` `“ ”` are quotes that a word processor put in",
            "9 H0105 `\u{a0}by\u{a0}` a space that a word processor put in, U+00A0 (no-break space)",
        ]
    );
    let fixes: Vec<_> = read.diagnostics.iter().map(|d| d.fix.as_deref().unwrap()).collect();
    assert_eq!(fixes, ["\"P\"", "- \"a\"", "-", "\"a\", \"b\"", "\"It\u{a0}is so.\"", " by "]);
    assert!(read.file.statements.iter().all(|statement| !statement.broken));
}

#[test]
fn wrong_indentation_is_one_fault_a_run() {
    let text = "policy \"P\"\n    version 1\n    effective from 2026-01-01\ncriterion \"c\"\n  is met when all of:\n    - any of:\n      - a is empty\n      - b is empty\n    - c is empty\n stage \"S\"\n  is reached when any of:\n    - a is empty\n\t- b is empty\nowned by Sales\n";
    let read = read(text);
    assert_eq!(
        read.shown(),
        [
            "2 H0103 `    ` this line is indented with 4 spaces, not 2",
            "7 H0103 `      ` this bullet is indented with 6 spaces, not 8",
            "10 H0103 ` ` a statement begins in the first column, not after 1 space",
            "13 H0103 `\t` this line is indented with a tab",
            "14 H0103 `owned` this line is not indented",
        ]
    );
    assert!(read.diagnostics[0].help.as_deref().unwrap().contains("line below it too"));
    assert_eq!(read.diagnostics[3].fix.as_deref(), Some("    "));
    assert_eq!(read.diagnostics[4].fix.as_deref(), Some("  owned"));
    assert_eq!(
        tree(text)[2..9],
        [
            ".effective from 2026-01-01",
            "criterion \"c\"",
            ".is met when all of:",
            "..- any of:",
            "...- a is empty",
            "...- b is empty",
            "..- c is empty"
        ]
    );
}
