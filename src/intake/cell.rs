//! What reading leaves behind: one cell a field, and the texts that the cells point to.

use std::fmt;

use super::guess::Guesses;
use super::line::Buffer;
use super::shape::{List, Shape};
use super::store::{Store, TextRef};
use crate::decimal::Decimal;

/// The value of one field of one lead.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Cell {
    /// Absent, null, blank, or what the policy calls empty.
    #[default]
    Empty,
    /// There is a value, but none of the field's type.
    WrongType,
    /// Text, also one of several.
    Text(TextRef),
    /// A number.
    Number(Decimal),
    /// An amount in a currency.
    Money(Decimal, Currency),
    /// A date, in days since 1970-01-01.
    Date(i32),
    /// A time, in microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Yes or no.
    YesNo(bool),
    /// A list of text; see [`Lead::texts`].
    Texts {
        /// The place of the first entry.
        first: u32,
        /// How many entries there are.
        count: u32,
    },
    /// A list whose items were handed over while the lead was read.
    Items,
}

/// Three letters in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Default for Currency {
    /// XXX, which ISO 4217 keeps for no currency.
    fn default() -> Self {
        Currency(*b"XXX")
    }
}

impl Currency {
    /// A currency as written, in any case: `EUR`, `eur`.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One lead as cells, reused for the next: reading into it allocates only while it grows.
#[derive(Debug)]
pub struct Lead {
    /// The lead's own fields, then those of the current item.
    pub(super) cells: Vec<Cell>,
    /// Where the item's begin.
    first_item_cell: usize,
    pub(super) store: Store,
    pub(super) id: String,
    pub(super) has_id: bool,
    /// For each key that is read, the last object that had it.
    pub(super) seen: Vec<u64>,
    /// The number of objects read so far.
    pub(super) objects: u64,
    /// What is known of the order of keys.
    pub(super) guesses: Guesses,
    /// A text while its escapes are undone.
    pub(super) scratch: String,
    /// The line.
    pub(super) line: Buffer,
    /// The lengths of the store with nothing but the shape's own texts.
    presets: (usize, usize),
}

impl Lead {
    /// An empty lead for leads of this shape.
    pub fn new(shape: &Shape) -> Lead {
        Lead {
            cells: shape.defaults.clone(),
            first_item_cell: shape.first_item_cell,
            store: shape.presets.clone(),
            id: String::new(),
            has_id: false,
            seen: vec![0; shape.nodes],
            objects: 0,
            guesses: Guesses::new(shape.nodes),
            scratch: String::new(),
            line: Buffer::default(),
            presets: shape.presets.lengths(),
        }
    }

    /// The cell of a field, by its place in the shape.
    #[inline]
    pub fn cell(&self, field: usize) -> Cell {
        self.cells.get(field).copied().unwrap_or_default()
    }

    /// The cell of a field of the current item, by its place in the list's `items`.
    #[inline]
    pub fn item_cell(&self, field: usize) -> Cell {
        self.cells.get(self.first_item_cell + field).copied().unwrap_or_default()
    }

    /// A text trimmed and folded: what comparisons see.
    #[inline]
    pub fn text(&self, text: TextRef) -> &str {
        self.store.folded(text)
    }

    /// The bytes of [`Lead::text`].
    #[inline]
    pub fn bytes(&self, text: TextRef) -> &[u8] {
        self.store.folded_bytes(text)
    }

    /// A text trimmed and in NFC, in its own case: what traces and patterns see. Only where the field keeps it.
    #[inline]
    pub fn raw(&self, text: TextRef) -> &str {
        self.store.raw(text)
    }

    /// The entries of a list of text.
    #[inline]
    pub fn texts(&self, first: u32, count: u32) -> &[TextRef] {
        let first = first as usize;
        self.store.entries_from(first, count as usize)
    }

    /// What identifies the lead: trimmed text, or a number as written.
    #[inline]
    pub fn id(&self) -> Option<&str> {
        self.has_id.then_some(self.id.as_str())
    }

    /// Takes the cell of a field over from another lead of the same shape.
    pub fn adopt(&mut self, field: usize, from: &Lead) {
        let cell = match from.cell(field) {
            Cell::Text(text) => Cell::Text(self.store.adopt(&from.store, text)),
            Cell::Texts { first, count } => {
                let start = self.store.entries();
                for text in from.texts(first, count) {
                    let own = self.store.adopt(&from.store, *text);
                    self.store.keep_own(own);
                }
                self.store.list(start)
            }
            other => other,
        };
        self.put(field, cell);
    }

    /// Sets the cell of a field; its texts are this lead's own.
    pub fn put(&mut self, field: usize, cell: Cell) {
        if let Some(place) = self.cells.get_mut(field) {
            *place = cell;
        }
    }

    /// How many texts there are, for [`Lead::drop_texts`].
    pub fn mark(&self) -> (usize, usize) {
        self.store.lengths()
    }

    /// Drops the texts that came after the mark was taken. No cell may point to them any more.
    pub fn drop_texts(&mut self, mark: (usize, usize)) {
        self.store.truncate(mark);
    }

    /// Forgets the last lead.
    pub(super) fn begin(&mut self, shape: &Shape) {
        self.cells.clone_from(&shape.defaults);
        self.store.truncate(self.presets);
        self.has_id = false;
    }

    /// Forgets the last item.
    pub(super) fn begin_item(&mut self, list: &List) {
        if let Some(cells) = self.cells.get_mut(list.first_cell..list.first_cell + list.defaults.len()) {
            cells.copy_from_slice(&list.defaults);
        }
    }

    pub(super) fn set_id(&mut self, id: Option<&str>) {
        self.id.clear();
        self.id.push_str(id.unwrap_or_default());
        self.has_id = id.is_some();
    }
}
