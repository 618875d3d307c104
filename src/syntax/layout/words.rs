//! The words of one line, cleaned, and the way back from each of them to the source.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::{FileId, Span};

/// What a line says, with one space between words and plain quotes, whatever was written.
///
/// Every place in `text` leads back to the bytes that were written, also after a slip was mended: diagnostics
/// and the AST point at the user's own words.
#[derive(Clone, Debug)]
pub struct Words<'t> {
    /// The words.
    pub text: Cow<'t, str>,
    file: FileId,
    pieces: Vec<Piece>,
}

/// A stretch of the text and the stretch of the source that it stands for.
#[derive(Clone, Debug)]
struct Piece {
    /// Where it lies in the text.
    text: Range<usize>,
    /// Where it lies in the source.
    source: Range<usize>,
    /// Whether both are the same bytes.
    verbatim: bool,
}

/// A stretch of what was written and what it stands for.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The stretch.
    pub range: Range<usize>,
    /// What to read instead.
    pub replace: String,
}

impl<'t> Words<'t> {
    /// The stretch `range` of `source`, with `edits` (ascending, apart, inside `range`) made.
    pub fn new(file: FileId, source: &'t str, range: Range<usize>, edits: &[Edit]) -> Self {
        let mut words = Words { text: Cow::Borrowed(""), file, pieces: Vec::with_capacity(1) };
        if edits.is_empty() {
            words.pieces.push(Piece { text: 0..range.len(), source: range.clone(), verbatim: true });
            words.text = Cow::Borrowed(source.get(range).unwrap_or(""));
            return words;
        }
        let mut text = String::with_capacity(range.len());
        let mut at = range.start;
        for edit in edits {
            words.keep(&mut text, source, at..edit.range.start);
            words.put(&mut text, &edit.replace, edit.range.clone());
            at = edit.range.end;
        }
        words.keep(&mut text, source, at..range.end);
        words.text = Cow::Owned(text);
        words
    }

    fn keep(&mut self, text: &mut String, source: &str, range: Range<usize>) {
        if !range.is_empty() {
            let start = text.len();
            text.push_str(source.get(range.clone()).unwrap_or(""));
            self.pieces.push(Piece { text: start..text.len(), source: range, verbatim: true });
        }
    }

    fn put(&mut self, text: &mut String, replace: &str, range: Range<usize>) {
        let start = text.len();
        text.push_str(replace);
        self.pieces.push(Piece { text: start..text.len(), source: range, verbatim: false });
    }

    /// The same words with `range` of the text read as `replace`.
    pub fn mended(&self, range: Range<usize>, replace: &str) -> Words<'static> {
        let mut pieces = Vec::with_capacity(self.pieces.len() + 2);
        let mut covered: Option<Range<usize>> = None;
        let mut after = Vec::new();
        for piece in &self.pieces {
            let head = piece.text.start..piece.text.end.min(range.start);
            let tail = piece.text.start.max(range.end)..piece.text.end;
            let touched = piece.text.start.max(range.start)..piece.text.end.min(range.end);
            if !head.is_empty() || (piece.text.is_empty() && piece.text.start < range.start) {
                pieces.push(piece.part(head));
            }
            if !touched.is_empty() || (range.is_empty() && piece.text.contains(&range.start)) {
                let source = piece.part(touched).source;
                covered = Some(covered.map_or(source.clone(), |c| c.start.min(source.start)..c.end.max(source.end)));
            }
            if !tail.is_empty() {
                after.push(piece.part(tail));
            }
        }
        let end = pieces.last().map_or(0, |piece| piece.source.end);
        let start = range.start;
        pieces.push(Piece { text: start..start + replace.len(), source: covered.unwrap_or(end..end), verbatim: false });
        for piece in after {
            let shift = |at: usize| (at + replace.len()).saturating_sub(range.len());
            pieces.push(Piece { text: shift(piece.text.start)..shift(piece.text.end), ..piece });
        }
        let mut text = String::with_capacity(self.text.len() + replace.len());
        text.push_str(self.text.get(..range.start).unwrap_or(""));
        text.push_str(replace);
        text.push_str(self.text.get(range.end..).unwrap_or(""));
        Words { text: Cow::Owned(text), file: self.file, pieces }
    }

    /// The place in the source of a stretch of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        let first = self.pieces.iter().find(|piece| range.start < piece.text.end);
        let last = self.pieces.iter().rev().find(|piece| piece.text.start < range.end);
        let end_of_line = self.pieces.last().map_or(0, |piece| piece.source.end);
        let start = first.map_or(end_of_line, |piece| piece.start(range.start));
        let end = last.map_or(start, |piece| piece.end(range.end));
        Span::new(self.file, start, end.max(start))
    }

    /// The place in the source of the whole text.
    pub fn whole(&self) -> Span {
        self.span(0..self.text.len())
    }
}

impl Piece {
    fn start(&self, at: usize) -> usize {
        if self.verbatim { self.source.start + at.saturating_sub(self.text.start) } else { self.source.start }
    }

    fn end(&self, at: usize) -> usize {
        if self.verbatim { self.source.end - self.text.end.saturating_sub(at) } else { self.source.end }
    }

    /// A part of the piece; what was mended before stays whole.
    fn part(&self, text: Range<usize>) -> Piece {
        if text.is_empty() {
            let at = self.start(text.start);
            return Piece { text, source: at..at, verbatim: self.verbatim };
        }
        let source = self.start(text.start)..self.end(text.end);
        Piece { text, source, verbatim: self.verbatim }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(source: &str, words: &Words<'_>, range: Range<usize>) -> String {
        let span = words.span(range);
        source[span.start as usize..span.end as usize].to_owned()
    }

    #[test]
    fn cleaned_words_lead_back_to_what_was_written() {
        let source = "  a   is “b” # c";
        let edits = [Edit { range: 3..6, replace: " ".into() }, Edit { range: 9..16, replace: "\"b\"".into() }];
        let words = Words::new(FileId(0), source, 2..16, &edits);
        assert_eq!(words.text, "a is \"b\"");
        assert_eq!(cut(source, &words, 0..1), "a");
        assert_eq!(cut(source, &words, 2..4), "is");
        assert_eq!(cut(source, &words, 5..8), "“b”");
        assert_eq!(cut(source, &words, 0..8), "a   is “b”");
        assert_eq!(cut(source, &words, 8..8), "");
    }

    #[test]
    fn mended_words_lead_back_to_the_slip() {
        let source = "budget >= 5 and more";
        let words = Words::new(FileId(0), source, 0..source.len(), &[]);
        let mended = words.mended(7..9, "is at least");
        assert_eq!(mended.text, "budget is at least 5 and more");
        assert_eq!(cut(source, &mended, 7..18), ">=");
        assert_eq!(cut(source, &mended, 10..12), ">=");
        assert_eq!(cut(source, &mended, 19..20), "5");
        assert_eq!(cut(source, &mended, 0..6), "budget");
        let again = mended.mended(19..24, "6");
        assert_eq!(again.text, "budget is at least 6 more");
        assert_eq!(cut(source, &again, 19..20), "5 and");
        assert_eq!(cut(source, &again, 21..25), "more");
    }

    #[test]
    fn words_put_in_have_no_place_of_their_own() {
        let source = "any of";
        let words = Words::new(FileId(0), source, 0..6, &[]);
        let mended = words.mended(6..6, ":");
        assert_eq!(mended.text, "any of:");
        assert_eq!(mended.whole(), Span::new(FileId(0), 0, 6));
    }
}
