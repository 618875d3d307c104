//! The texts of a lead: where they stand, and what they are folded to.

use std::ops::Range;

use super::cell::Cell;
use super::line::Written;
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

/// The texts of a lead, and the lists that they form.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    arena: String,
    texts: Vec<TextRef>,
}

impl Store {
    /// Keeps a trimmed text, and beside it the text in its own case where that is asked for.
    #[inline(always)]
    pub(super) fn keep(&mut self, written: Written<'_>, raw: bool) -> TextRef {
        let folded = self.append(|arena| written.fold_into(arena));
        TextRef { folded, raw: if raw { self.keep_raw(written, folded) } else { folded } }
    }

    #[inline(never)]
    fn keep_raw(&mut self, written: Written<'_>, folded: Part) -> Part {
        if self.get(folded) == written.text() && written.text().is_ascii() {
            return folded;
        }
        self.append(|arena| text::normalize_into(written.text(), arena))
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

    /// The bytes of [`Store::folded`]: where they are compared, no look is needed at where characters begin.
    #[inline]
    pub(super) fn folded_bytes(&self, text: TextRef) -> &[u8] {
        self.arena.as_bytes().get(text.folded.range()).unwrap_or_default()
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

    #[inline(always)]
    fn append(&mut self, write: impl FnOnce(&mut String)) -> Part {
        let start = self.arena.len();
        write(&mut self.arena);
        Part::new(start, self.arena.len())
    }

    #[inline]
    fn get(&self, part: Part) -> &str {
        self.arena.get(part.range()).unwrap_or_default()
    }
}

/// A place in the store. Lines are bounded so that none passes 32 bits.
#[inline]
fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
