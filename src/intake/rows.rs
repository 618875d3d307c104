//! Cutting a CSV file into its rows: as much of the format as finds their ends. A line end within quotes belongs to its row.

use super::chunk::{Chunk, Element, MOST_LEADS};
use super::error::LeadError;

const QUOTE: u8 = b'"';

/// Finds the ends of rows in input that comes piece by piece.
#[derive(Debug)]
pub(super) struct Rows {
    max_line: usize,
    separator: u8,
    /// How much of the input has been walked.
    at: usize,
    /// Where the current row begins, and on which line.
    start: usize,
    start_line: u64,
    line: u64,
    cell: Cell,
    /// Whether the row is too long and only its end is looked for.
    skipping: bool,
}

/// Where in a cell the cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// Nothing of it was seen.
    Start,
    /// It has no quotes.
    Bare,
    /// It began with a quote.
    Quoted,
    /// After a quote within quotes: the end of them, or half of a quote that is meant.
    Closing,
}

impl Rows {
    pub(super) fn new(separator: u8, line: u64, max_line: usize) -> Rows {
        Rows { max_line, separator, at: 0, start: 0, start_line: line, line, cell: Cell::Start, skipping: false }
    }

    /// Marks the rows that end in the input. Says how much of it is done with.
    pub(super) fn cut(&mut self, chunk: &mut Chunk, ended: bool) -> usize {
        let mut elements = std::mem::take(&mut chunk.elements);
        let input = chunk.input();
        let mut error = None;
        while elements.len() < MOST_LEADS && error.is_none() && self.find_end(input) {
            error = self.finish(input, self.at, &mut elements);
            self.at += 1;
            (self.start, self.start_line) = (self.at, self.line);
        }
        if error.is_none() && self.at >= input.len() {
            if ended && self.start < input.len() {
                error = match self.cell {
                    Cell::Quoted => Some((self.start_line, LeadError::open_quote(self.at - self.start))),
                    _ => self.finish(input, input.len(), &mut elements),
                };
                self.start = input.len();
                (self.cell, self.skipping) = (Cell::Start, false);
            } else if self.at - self.start > self.max_line + 2 {
                self.skipping = true;
            }
        }
        let consumed = if self.skipping { self.at } else { self.start };
        self.at -= consumed;
        self.start = 0;
        chunk.elements = elements;
        chunk.error = error;
        consumed
    }

    /// Walks on in a row. True where it ends at `self.at`, with a newline.
    fn find_end(&mut self, input: &[u8]) -> bool {
        while let Some(byte) = input.get(self.at) {
            let newline = *byte == b'\n';
            self.line += u64::from(newline);
            self.cell = match (self.cell, *byte) {
                (Cell::Quoted, QUOTE) => Cell::Closing,
                (Cell::Quoted, _) => Cell::Quoted,
                (Cell::Start | Cell::Closing, QUOTE) => Cell::Quoted,
                (_, b'\n') => {
                    self.cell = Cell::Start;
                    return true;
                }
                (_, byte) if byte == self.separator => Cell::Start,
                _ => Cell::Bare,
            };
            self.at += 1;
        }
        false
    }

    /// Marks the row that ends before `end`, unless its cells are all empty or there is too much.
    fn finish(&mut self, input: &[u8], end: usize, elements: &mut Vec<Element>) -> Option<(u64, LeadError)> {
        let row = input.get(self.start..end).unwrap_or_default();
        let end = end - usize::from(row.ends_with(b"\r"));
        let too_long = std::mem::replace(&mut self.skipping, false) || end - self.start > self.max_line;
        if too_long {
            return Some((self.start_line, LeadError::too_long(self.max_line)));
        }
        let is_blank = |byte: &u8| *byte == self.separator || *byte == QUOTE || byte.is_ascii_whitespace();
        if !row.iter().all(is_blank) {
            elements.push(Element { start: self.start, end, line: self.start_line });
        }
        None
    }
}
