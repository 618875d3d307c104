//! Cutting input into leads, in bounded memory and without waiting for more than the next one.

use std::io::{self, Read};

use super::cell::Lead;
use super::chunk::{Chunk, LineRange, MOST_LEADS, SIZE};
use super::elements::Elements;
use super::error::LeadError;
use super::read::{Items, read};
use super::rows::Rows;
use super::shape::Shape;

/// How input is cut into leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One lead a line.
    Ndjson,
    /// One object, or an array of them.
    Json,
    /// Rows of CSV. A row is no lead yet: whoever handles it makes one of it.
    Csv {
        /// What stands between cells.
        separator: u8,
        /// The line on which the first of them stands, below the header.
        line: u64,
    },
}

/// A lead as it came.
#[derive(Debug)]
pub struct Unit<'a> {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Its bytes without the newline, or why there are none.
    pub bytes: Result<&'a [u8], LeadError>,
    /// Whether the input ends here without a newline: then it may have been cut off.
    pub unterminated: bool,
    /// What it was made of, where that is not a lead as it came: the row of a table.
    pub raw: Option<&'a [u8]>,
}

impl Unit<'_> {
    /// Reads the lead, see [`read`].
    pub fn read(&self, shape: &Shape, lead: &mut Lead, items: &mut impl Items) -> Result<(), LeadError> {
        self.with_bytes(|bytes| read(shape, bytes, lead, items))
    }

    /// Does something with the bytes of the lead. An error at the end of input that was cut off says so.
    pub fn with_bytes<T>(&self, mut todo: impl FnMut(&[u8]) -> Result<T, LeadError>) -> Result<T, LeadError> {
        let bytes = self.bytes.as_ref().map_err(LeadError::clone)?;
        todo(bytes).map_err(|error| if self.unterminated { error.in_last_line() } else { error })
    }
}

/// Cuts what a reader gives into chunks of whole leads.
pub(super) struct Framer<R> {
    input: R,
    /// How many bytes are asked for at once.
    pub(super) size: usize,
    max_line: usize,
    cut: Cut,
    /// What was read past the end of the last chunk.
    carry: Vec<u8>,
    at_start: bool,
    ended: bool,
}

enum Cut {
    Lines(Lines),
    Elements(Elements),
    Rows(Rows),
}

impl<R: Read> Framer<R> {
    pub(super) fn new(input: R, format: Format, max_line: usize) -> Framer<R> {
        let max_line = max_line.min(LeadError::LONGEST_LINE);
        let cut = match format {
            Format::Ndjson => Cut::Lines(Lines { line: 1, searched: 0, skipping: false, max_line }),
            Format::Json => Cut::Elements(Elements::new(max_line)),
            Format::Csv { separator, line } => Cut::Rows(Rows::new(separator, line, max_line)),
        };
        Framer { input, size: SIZE, max_line, cut, carry: Vec::new(), at_start: true, ended: false }
    }

    /// Fills `chunk` with the next leads as soon as there is one, without waiting for more. False at the end.
    pub(super) fn next(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.restart(&mut self.carry, self.size, self.max_line);
        loop {
            if self.at_start {
                self.at_start = chunk.drop_mark() && !self.ended;
            }
            if !self.at_start {
                let consumed = match &mut self.cut {
                    Cut::Lines(lines) => lines.cut(chunk, self.ended),
                    Cut::Elements(elements) => elements.cut(chunk, self.ended),
                    Cut::Rows(rows) => rows.cut(chunk, self.ended),
                };
                if chunk.has_leads() {
                    self.carry.extend_from_slice(chunk.input().get(consumed..).unwrap_or_default());
                    return Ok(true);
                }
                chunk.discard(consumed);
            }
            let is_lost = matches!(&self.cut, Cut::Elements(elements) if elements.is_lost());
            if self.ended || is_lost {
                return Ok(false);
            }
            self.ended = !chunk.fill(&mut self.input)?;
        }
    }
}

/// Leads as lines.
struct Lines {
    /// The number of the line that is next.
    line: u64,
    /// How much of the input is known to hold no newline.
    searched: usize,
    /// Whether the line is too long and only its end is looked for.
    skipping: bool,
    max_line: usize,
}

impl Lines {
    /// Says how much of the input is done with.
    fn cut(&mut self, chunk: &mut Chunk, ended: bool) -> usize {
        let input = chunk.input();
        let length = input.len();
        if self.skipping {
            let newline = memchr::memchr(b'\n', input);
            if newline.is_some() || ended {
                chunk.error = Some((self.line, LeadError::too_long(self.max_line)));
                self.skipping = false;
                self.line += 1;
            }
            return newline.map_or(length, |newline| newline + 1);
        }
        let searched = std::mem::replace(&mut self.searched, 0);
        let newlines = memchr::memchr_iter(b'\n', input.get(searched..).unwrap_or_default());
        let (lines, last) = newlines.take(MOST_LEADS).fold((0, None), |(lines, _), newline| (lines + 1, Some(newline)));
        match last {
            Some(newline) => {
                let end = searched + newline + 1;
                chunk.lines = Some(LineRange { end, first: self.line });
                self.line += lines;
                end
            }
            None if ended => {
                chunk.lines = (length > 0).then_some(LineRange { end: length, first: self.line });
                chunk.unterminated = true;
                length
            }
            // Two bytes more may be the end of the line.
            None if length > self.max_line + 2 => {
                self.skipping = true;
                length
            }
            None => {
                self.searched = length;
                0
            }
        }
    }
}
