//! Characters that a terminal would obey, or that nobody would see.

use std::fmt::Write;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// `text` with every character that must not reach a terminal as it is written as its code point: `\u{1b}`.
///
/// Names and words of a policy come from anybody. An escape sequence among them could recolour or overwrite the
/// message that quotes it, and a character that turns the reading direction could make it say something else.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut shown, c);
    }
    shown
}

/// As [`escape`], but line ends stay.
pub(super) fn escape_lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

/// Adds one character, escaped where it must be.
pub(super) fn push(shown: &mut String, c: char) {
    if is_hidden(c) {
        // Writing to a string cannot fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

/// Whether a character is a control, turns the reading direction, breaks the line, or shows nothing.
pub(super) fn is_hidden(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(escape("a\u{1b}[31mb\u{7}"), r"a\u{1b}[31mb\u{7}");
        assert_eq!(escape("\u{202e}x\u{2066}\u{200b}\u{feff}\u{2028}\u{3164}\u{85}"), {
            r"\u{202e}x\u{2066}\u{200b}\u{feff}\u{2028}\u{3164}\u{85}"
        });
        assert_eq!(escape("one\ntwo\t"), r"one\u{a}two\u{9}");
    }

    #[test]
    fn what_people_write_stays() {
        let text = "Иван и\u{306} 漢字 😀 “quoted” – non\u{a0}breaking";
        assert_eq!(escape(text), text);
    }
}
