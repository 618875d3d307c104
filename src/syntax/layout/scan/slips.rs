//! What is wrong with the characters of a line, as its author reads it.

use std::ops::Range;

use super::{Scanner, Slip};
use crate::diagnostic::{Diagnostic, HIDDEN_CHARACTER, INDENTATION, NEAR_MISS, TYPOGRAPHIC};
use crate::source::Span;
use crate::syntax::layout::characters::{self, closes_single, in_latin, is_dash, is_double_quote, opens_single};

impl Scanner<'_> {
    /// One diagnostic for all slips of one kind: a line that was pasted has many.
    pub(super) fn report(&self, slip: Slip) -> Option<Diagnostic> {
        let mut edits = self.edits.iter().filter(|(kind, _)| *kind == slip).map(|(_, edit)| edit);
        let first = edits.next()?;
        let last = edits.next_back().unwrap_or(first);
        // A quote is shown with the whole text that it belongs to.
        let mut range = first.range.start..last.range.end;
        for quoted in self.quoted.iter().filter(|_| slip == Slip::Typographic) {
            if quoted.start < range.end && range.start < quoted.end {
                range = range.start.min(quoted.start)..range.end.max(quoted.end);
            }
        }
        let written = self.source.get(range.clone()).unwrap_or("");
        let fix = self.mended(range.clone());
        let span = Span::new(self.file, range.start, range.end);
        // Of several spaces, the one that is not the space of the space bar.
        let c = self.source.get(first.range.clone()).and_then(|text| text.chars().find(|c| *c != ' ')).unwrap_or(' ');
        Some(match slip {
            Slip::Hidden => {
                let mut shown: Vec<String> = Vec::new();
                for (_, edit) in self.edits.iter().filter(|(kind, _)| *kind == slip) {
                    let c = self.source.get(edit.range.clone()).and_then(|text| text.chars().next()).unwrap_or(' ');
                    if !shown.contains(&characters::code_point(c)) && shown.len() < 3 {
                        shown.push(characters::code_point(c));
                    }
                }
                let shown = shown.join(", ");
                Diagnostic::new(&HIDDEN_CHARACTER, span, format!("a character that cannot be seen: {shown}"))
                    .label("here")
                    .help("Delete it: a reader would not know that it is there.")
                    .fix(fix)
            }
            Slip::Typographic => {
                let message = match c {
                    c if characters::odd(c).is_some() => {
                        format!("a space that a word processor put in, {}", shown_space(c))
                    }
                    c if first.range.start < self.words.start => format!("`{c}` is not the dash of a bullet"),
                    c if is_dash(c) => format!("`{c}` is not the dash of the keyboard"),
                    _ => format!("{} are quotes that a word processor put in", quotes_of(written)),
                };
                Diagnostic::new(&TYPOGRAPHIC, span, message).help(format!("Write {}.", shown_fix(&fix))).fix(fix)
            }
            Slip::LookAlike => {
                let word = self.source.get(first.range.clone()).unwrap_or("");
                let c = in_latin(word).map_or(c, |(_, c)| c);
                let message = format!("`{word}` mixes two alphabets: its `{c}` is U+{:04X}", u32::from(c));
                Diagnostic::new(&HIDDEN_CHARACTER, span, message)
                    .help(format!("Type {} with letters of one alphabet.", shown_fix(&fix)))
                    .fix(fix)
            }
            Slip::Tab => Diagnostic::new(&INDENTATION, span, "a tab stands between these words")
                .help("Write one space instead.")
                .fix(fix),
            Slip::Bullet if c != '-' => {
                let mark = self.source.get(first.range.clone()).unwrap_or("");
                Diagnostic::new(&NEAR_MISS, span, format!("a bullet begins with `- `, not with `{mark}`"))
                    .help("Write a dash and a space: `- `.")
                    .fix(fix)
            }
            Slip::Bullet => Diagnostic::new(&NEAR_MISS, span, "the dash of a bullet wants a space after it")
                .help("Write a dash and a space: `- `.")
                .fix(fix),
            Slip::Free => return None,
        })
    }

    /// A stretch of the line with every slip in it mended.
    fn mended(&self, range: Range<usize>) -> String {
        let mut text = String::new();
        let mut at = range.start;
        for (slip, edit) in &self.edits {
            if *slip != Slip::Free && edit.range.start >= at && edit.range.end <= range.end {
                text.push_str(self.source.get(at..edit.range.start).unwrap_or(""));
                text.push_str(&edit.replace);
                at = edit.range.end;
            }
        }
        text.push_str(self.source.get(at..range.end).unwrap_or(""));
        text
    }
}

fn shown_space(c: char) -> String {
    let name = if c == '\u{a0}' { "no-break space" } else { "a special space" };
    format!("U+{:04X} ({name})", u32::from(c))
}

/// The quotes of a text, for a message: `“ ”`.
fn quotes_of(written: &str) -> String {
    let mut quotes: Vec<char> = Vec::new();
    for c in written.chars().filter(|c| is_double_quote(*c) || opens_single(*c) || closes_single(*c)) {
        if !quotes.contains(&c) && quotes.len() < 4 {
            quotes.push(c);
        }
    }
    let quotes: Vec<String> = quotes.iter().map(char::to_string).collect();
    format!("`{}`", quotes.join(" "))
}

fn shown_fix(fix: &str) -> String {
    match fix.trim() {
        "" => "the space of the space bar".to_owned(),
        "-" => "a dash of the keyboard, `-`".to_owned(),
        fix => format!("`{fix}`"),
    }
}
