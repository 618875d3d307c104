//! The texts of a lead: where they stand, and what they are folded to.

use std::ops::Range;

use super::cell::Cell;
use super::json::{Json, Span};
use crate::text;

/// Points to a text of a lead, until the next lead is read into its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextRef {
    folded: Part,
    raw: Part,
}

/// A start and an end of 32 bits in one word, so that a [`TextRef`] travels in two registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part(u64);

impl Part {
    /// Lines are bounded so that no place passes 32 bits.
    #[inline(always)]
    fn new(start: usize, end: usize) -> Part {
        Part((start as u64) << 32 | (end as u64 & u64::from(u32::MAX)))
    }

    #[inline(always)]
    fn range(self) -> Range<usize> {
        (self.0 >> 32) as usize..(self.0 & u64::from(u32::MAX)) as usize
    }
}

/// A trimmed text, and where it stands in the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Written<'a> {
    /// The place of a text that does not stand in the line as it is.
    pub(super) const NOWHERE: usize = usize::MAX;

    /// The text of a string, if it is written without escapes.
    #[inline(always)]
    pub(super) fn plain(json: Json<'a>, string: Span) -> Option<Written<'a>> {
        if string.escaped {
            return None;
        }
        let written = json.written(string);
        let text = text::trim(written);
        let before = if text.len() == written.len() { 0 } else { written.len() - written.trim_start().len() };
        Some(Written { text, at: string.start + before })
    }
}

/// The texts of a lead, and the lists that they form.
///
/// The line itself is kept as a whole, because most texts are what they are folded to and may stay where they are:
/// one copy of some kilobytes costs less than many of some bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    arena: String,
    /// Where the line begins.
    line: usize,
    texts: Vec<TextRef>,
}

impl Store {
    /// Drops all but the presets, and takes the next line.
    pub(super) fn begin(&mut self, presets: (usize, usize), line: &str) {
        self.arena.truncate(presets.0);
        self.texts.truncate(presets.1);
        self.line = presets.0;
        self.arena.push_str(line);
    }

    /// Keeps a text, and beside it the text in its own case where that is asked for.
    #[inline(always)]
    pub(super) fn keep(&mut self, written: Written<'_>, raw: bool) -> TextRef {
        // No line is as long as `NOWHERE`.
        let start = self.line.saturating_add(written.at);
        let end = start.saturating_add(written.text.len());
        if written.at != Written::NOWHERE && self.is_folded(start, end) {
            let part = Part::new(start, end);
            return TextRef { folded: part, raw: part };
        }
        self.keep_folded(written, raw)
    }

    /// [`Store::keep`] for a text that folding changes, or that does not stand in the line.
    #[inline(never)]
    fn keep_folded(&mut self, written: Written<'_>, raw: bool) -> TextRef {
        if written.at == Written::NOWHERE {
            return self.add(written.text, raw);
        }
        let start = self.line + written.at;
        let end = start + written.text.len();
        let part = Part::new(start, end);
        if raw || !written.text.is_ascii() {
            return self.add(written.text, raw);
        }
        if let Some(text) = self.arena.get_mut(start..end) {
            text.make_ascii_lowercase();
        }
        TextRef { folded: part, raw: part }
    }

    /// Adds an entry to the list that is being read.
    pub(super) fn keep_entry(&mut self, written: Written<'_>, raw: bool) {
        let text = self.keep(written, raw);
        self.texts.push(text);
    }

    /// The number of entries of all lists.
    pub(super) fn entries(&self) -> usize {
        self.texts.len()
    }

    /// The list of the entries from `first` on.
    pub(super) fn list(&self, first: usize) -> Cell {
        Cell::Texts { first: place(first), count: place(self.texts.len() - first) }
    }

    #[inline]
    pub(super) fn entries_from(&self, first: usize, count: usize) -> &[TextRef] {
        self.texts.get(first..first + count).unwrap_or_default()
    }

    #[inline]
    pub(super) fn folded(&self, text: TextRef) -> &str {
        self.get(text.folded)
    }

    #[inline]
    pub(super) fn raw(&self, text: TextRef) -> &str {
        self.get(text.raw)
    }

    /// Copies a text of another store.
    pub(super) fn adopt(&mut self, from: &Store, text: TextRef) -> TextRef {
        let folded = self.append(|arena| arena.push_str(from.folded(text)));
        TextRef { folded, raw: self.append(|arena| arena.push_str(from.raw(text))) }
    }

    /// Adds an entry, a text of this store, to the list that is being read.
    pub(super) fn keep_own(&mut self, text: TextRef) {
        self.texts.push(text);
    }

    /// Drops what lies beyond these lengths.
    pub(super) fn truncate(&mut self, (arena, texts): (usize, usize)) {
        self.arena.truncate(arena);
        self.texts.truncate(texts);
    }

    /// How much of the store is taken.
    pub(super) fn lengths(&self) -> (usize, usize) {
        (self.arena.len(), self.texts.len())
    }

    fn add(&mut self, text: &str, raw: bool) -> TextRef {
        let written = raw.then(|| self.append(|arena| text::normalize_into(text, arena)));
        let folded = self.append(|arena| text::fold_into(text, arena));
        TextRef { folded, raw: written.unwrap_or(folded) }
    }

    fn append(&mut self, write: impl FnOnce(&mut String)) -> Part {
        let start = self.arena.len();
        write(&mut self.arena);
        Part::new(start, self.arena.len())
    }

    #[inline]
    fn get(&self, part: Part) -> &str {
        self.arena.get(part.range()).unwrap_or_default()
    }

    /// Whether folding changes nothing: there is no upper case and nothing beyond ASCII.
    #[inline(always)]
    fn is_folded(&self, mut start: usize, end: usize) -> bool {
        let bytes = self.arena.as_bytes();
        while let Some(chunk) = bytes.get(start..).and_then(|rest| rest.first_chunk()) {
            let changes = changed_by_folding(u64::from_le_bytes(*chunk));
            let left = end.saturating_sub(start);
            if left <= 8 {
                // What stands past the end does not count.
                return left == 0 || changes << (64 - 8 * left) == 0;
            }
            if changes != 0 {
                return false;
            }
            start += 8;
        }
        bytes.get(start..end).is_none_or(|rest| !rest.iter().any(|byte| !byte.is_ascii() | byte.is_ascii_uppercase()))
    }
}

/// Eight bytes at once: the high bit of each that is an upper-case letter or beyond ASCII.
#[inline(always)]
fn changed_by_folding(word: u64) -> u64 {
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const FROM_A: u64 = u64::from_le_bytes([0x80 - b'A'; 8]);
    const BEYOND_Z: u64 = u64::from_le_bytes([0x7f - b'Z'; 8]);
    let low = word & !HIGH;
    (low.wrapping_add(FROM_A) & !low.wrapping_add(BEYOND_Z) | word) & HIGH
}

/// A place in the store. Lines are bounded so that none passes 32 bits.
#[inline]
fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
