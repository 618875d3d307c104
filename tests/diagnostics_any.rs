//! Whatever the text and the spans, the renderers show something, harmless and in the right place.

use std::fmt::Write;

use handover::diagnostic::{Diagnostic, HumanOptions, UNKNOWN_NAME, github, human, json, junit, plain, sarif};
use handover::source::{FileId, SourceFile, Sources, Span};
use proptest::prelude::*;

/// Characters that take up one, two, no, or other columns than they have bytes.
const ALPHABET: &[&str] = &[
    "a",
    " ",
    "word ",
    "\"",
    "\\",
    "Ж",
    "漢",
    "😀",
    "👩\u{200d}💻",
    "и\u{306}",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u{1b}[31m",
    "\u{0}",
    "\u{7f}",
    "\u{9b}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{2028}",
    "\u{a0}",
    "\u{3164}",
    "é",
];

fn text(longest: usize) -> impl Strategy<Value = String> {
    let part = proptest::sample::select(ALPHABET);
    proptest::collection::vec(part, 0..longest).prop_map(|parts| parts.concat())
}

fn span() -> impl Strategy<Value = Span> {
    let edge = || prop_oneof![9 => 0..120u32, 1 => Just(u32::MAX), 1 => 60_000..70_000u32];
    (0..4u16, edge(), edge()).prop_map(|(file, start, end)| Span { file: FileId(file), start, end })
}

fn diagnostic() -> impl Strategy<Value = Diagnostic> {
    let labels = proptest::collection::vec((span(), text(30)), 0..5);
    (span(), text(40), text(30), labels, proptest::option::of(text(30))).prop_map(
        |(span, message, label, labels, help)| {
            let first = Diagnostic::new(&UNKNOWN_NAME, span, message).label(label);
            let all = labels.into_iter().fold(first, |all, (span, message)| all.also(span, message));
            Diagnostic { help, ..all }
        },
    )
}

fn sources(texts: &[String]) -> Sources {
    let mut sources = Sources::default();
    for text in texts {
        sources.add(SourceFile::new("a\u{1b}.handover", &**text));
    }
    sources
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_nothing_reaches_the_terminal(
        texts in proptest::collection::vec(text(60), 1..3),
        diagnostics in proptest::collection::vec(diagnostic(), 0..4),
        width in 0..200usize,
    ) {
        let sources = sources(&texts);
        let all = || [(diagnostics.as_slice(), &sources)];
        let people = human(&diagnostics, &sources, HumanOptions { color: false, width });
        for shown in [people, plain(&diagnostics, &sources), github(all()), junit(all(), true)] {
            let bad = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}\u{200d}\u{feff}\u{2028}".contains(*c);
            prop_assert_eq!(shown.chars().find(bad), None);
            prop_assert!(!shown.contains("Failed to read"), "{}", shown);
        }
        let colored = human(&diagnostics, &sources, HumanOptions { color: true, width });
        prop_assert_eq!(colored.find('\u{202e}'), None);
        let parsed: serde_json::Value = serde_json::from_str(&json(&diagnostics, &sources)).unwrap();
        prop_assert_eq!(parsed["errors"].as_u64(), Some(diagnostics.len() as u64));
        let parsed: serde_json::Value = serde_json::from_str(&sarif(all())).unwrap();
        let results = parsed["runs"][0]["results"].as_array().unwrap();
        prop_assert_eq!(parsed["runs"][0]["properties"]["errors"].as_u64(), Some(results.len() as u64));
        for place in results.iter().filter_map(|result| result["locations"][0]["physicalLocation"]["region"].as_object()) {
            let [line, column, end_line, end_column] =
                ["startLine", "startColumn", "endLine", "endColumn"].map(|key| place[key].as_u64().unwrap());
            prop_assert!((line, column) <= (end_line, end_column) && line > 0 && column > 0);
        }
        let report = quick_junit::Report::deserialize_from_str(&junit(all(), false)).unwrap();
        prop_assert_eq!(report.failures, diagnostics.len());
        prop_assert_eq!(github(all()).lines().count(), results.len() + 1);
    }

    /// The lines of a label are where the words are, whatever stands before them and however long the line is.
    #[test]
    fn a_label_is_under_its_words(before in text(400), words in text(4), after in text(400)) {
        let one_line = |text: &str| text.replace(['\n', '\r'], "");
        let words = format!("<{}>", one_line(&words).replace('\t', ""));
        let (before, after) = (one_line(&before), one_line(&after));
        let sources = sources(&[format!("{before}{words}{after}")]);
        let span = Span::new(FileId(0), before.len(), before.len() + words.len());
        let shown = human(&[Diagnostic::new(&UNKNOWN_NAME, span, "x")], &sources, HumanOptions::default());
        let line = shown.lines().find_map(|line| line.strip_prefix(" 1 │ ")).unwrap();
        let under = shown.lines().find_map(|line| line.strip_prefix("   · ")).unwrap();
        let start = under.chars().take_while(|c| *c == ' ').count();
        let end = under.chars().count();
        let mut column = 0;
        let mut found = String::new();
        for c in line.chars() {
            if (start..end).contains(&column) {
                found.push(c);
            }
            column += width(c);
        }
        // An accent has no column of its own, so those of the letters around come along.
        prop_assert_eq!(found.trim_matches('\u{306}'), visible(&words), "{}", shown);
        prop_assert!(column <= 80);
    }
}

fn width(c: char) -> usize {
    match c {
        '\u{306}' => 0,
        '漢' | '😀' | '👩' | '💻' => 2,
        _ => 1,
    }
}

/// The words as an excerpt shows them.
fn visible(words: &str) -> String {
    let hidden = "\u{1b}\u{0}\u{7f}\u{9b}\u{202e}\u{2066}\u{feff}\u{fe0f}\u{2028}\u{3164}\u{200d}";
    words.chars().fold(String::new(), |mut shown, c| {
        let written =
            if hidden.contains(c) { write!(shown, "\\u{{{:x}}}", u32::from(c)) } else { write!(shown, "{c}") };
        assert!(written.is_ok());
        shown
    })
}
