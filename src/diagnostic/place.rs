//! A span, forced into the bounds of its file.

use crate::source::{SourceFile, Sources, Span};

/// The byte order mark: the sign of some editors at the start of a file, no part of its text.
pub(super) const BOM: char = '\u{feff}';

/// Where a span lies, whatever the span says: within the text, on character boundaries, without the line end that
/// it closes with, and behind a byte order mark. Whoever renders works with places only, so a wrong span shows a
/// wrong place and never ends the program.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub file: &'a SourceFile,
    pub start: usize,
    pub end: usize,
}

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl<'a> Place<'a> {
    /// The place of a span, unless its file does not exist.
    pub(super) fn of(sources: &'a Sources, span: Span) -> Option<Self> {
        let file = sources.file(span.file)?;
        let text = file.text();
        let first = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
        let mut start = text.floor_char_boundary(span.start as usize).max(first);
        if text.get(..start).is_some_and(|before| before.ends_with('\r'))
            && text.get(start..).is_some_and(|rest| rest.starts_with('\n'))
        {
            start -= 1;
        }
        let end = text.ceil_char_boundary(span.end as usize).max(start);
        let words = text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
        Some(Place { file, start, end: start + words.len() })
    }

    /// Where it begins.
    pub(super) fn from(&self) -> Position {
        self.position(self.start)
    }

    /// Where it ends: the column after its last character.
    pub(super) fn to(&self) -> Position {
        self.position(self.end)
    }

    /// Whether two places share a character; an empty one takes up the character that it stands before.
    pub(super) fn overlaps(&self, other: &Place) -> bool {
        self.start < other.end.max(other.start + 1) && other.start < self.end.max(self.start + 1)
    }

    fn position(&self, offset: usize) -> Position {
        let (line, column) = self.file.line_column(u32::try_from(offset).unwrap_or(u32::MAX));
        let mark = line == 1 && self.file.text().starts_with(BOM);
        Position { line, column: column - usize::from(mark && column > 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn place(text: &str, start: usize, end: usize) -> (Position, Position) {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("a", text));
        let place = Place::of(&sources, Span::new(file, start, end)).unwrap();
        (place.from(), place.to())
    }

    fn at(line: usize, column: usize) -> Position {
        Position { line, column }
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(place("лид \"漢\"", 7, 12), (at(1, 5), at(1, 8)));
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(place("\u{feff}lead", 3, 7), (at(1, 1), at(1, 5)));
        assert_eq!(place("\u{feff}lead", 0, 0), (at(1, 1), at(1, 1)));
        assert_eq!(place("\u{feff}lead\nx", 8, 9), (at(2, 1), at(2, 2)));
    }

    #[test]
    fn a_line_end_belongs_to_no_place() {
        assert_eq!(place("ab\r\ncd\r\n", 0, 4), (at(1, 1), at(1, 3)));
        assert_eq!(place("ab\r\ncd\r\n", 3, 4), (at(1, 3), at(1, 3)));
        assert_eq!(place("ab\rcd", 3, 5), (at(2, 1), at(2, 3)));
    }

    #[test]
    fn a_wrong_span_is_forced_into_the_file() {
        assert_eq!(place("ab\nЖ", 90, 4), (at(2, 2), at(2, 2)));
        assert_eq!(place("ab\nЖ", 4, 4), (at(2, 1), at(2, 2)));
        assert_eq!(place("", 5, 9), (at(1, 1), at(1, 1)));
        assert!(Place::of(&Sources::default(), Span::new(FileId(3), 0, 1)).is_none());
    }
}
