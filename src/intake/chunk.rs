//! Input bytes with the whole leads among them marked: what one thread works on at a time.

use std::io::{self, ErrorKind, Read};
use std::ops::ControlFlow;

use super::error::LeadError;
use super::frame::Unit;

/// How many bytes are asked for at once. More would fall out of the processor's cache before it is read.
pub(super) const SIZE: usize = 256 * 1024;
/// The same where several threads take turns: each turn costs them as much as a few leads.
pub(super) const SIZE_OF_TURN: usize = 2 * SIZE;
/// How many leads are taken at once. The shortest lead is three bytes with its newline, and its decision is a
/// thousand: without this, a chunk of such leads would become a hundred megabytes of results.
pub(super) const MOST_LEADS: usize = 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// How many of the bytes are input.
    used: usize,
    /// How many bytes are asked for at once.
    size: usize,
    max_line: usize,
    /// Leads that are lines.
    pub(super) lines: Option<LineRange>,
    /// Leads that are elements of an array.
    pub(super) elements: Vec<Element>,
    /// Whether the input ends with the last lead, and without a newline.
    pub(super) unterminated: bool,
    /// What stands behind the leads and is none, and its line.
    pub(super) error: Option<(u64, LeadError)>,
}

/// The lines from the beginning of a chunk to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineRange {
    pub(super) end: usize,
    /// The number of the first.
    pub(super) first: u64,
}

/// Where an element stands in its chunk, and its line in the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: u64,
}

impl Chunk {
    /// Begins anew with what the last chunk left over.
    pub(super) fn restart(&mut self, carry: &mut Vec<u8>, size: usize, max_line: usize) {
        // What one long line needed is not kept for ever.
        if self.bytes.len() != size {
            self.bytes = vec![0; size.max(carry.len())];
        }
        self.used = 0;
        self.size = size;
        self.max_line = max_line;
        self.lines = None;
        self.elements.clear();
        self.unterminated = false;
        self.error = None;
        if self.bytes.len() < carry.len() {
            self.bytes.resize(carry.len(), 0);
        }
        if let Some(start) = self.bytes.get_mut(..carry.len()) {
            start.copy_from_slice(carry);
            self.used = carry.len();
        }
        carry.clear();
    }

    pub(super) fn input(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn has_leads(&self) -> bool {
        self.lines.is_some() || !self.elements.is_empty() || self.error.is_some()
    }

    /// Takes what the reader has. False at the end of the input.
    pub(super) fn fill(&mut self, input: &mut impl Read) -> io::Result<bool> {
        if self.used == self.bytes.len() {
            self.bytes.resize(self.used * 2, 0);
        }
        // A long line made the chunk large; what follows it is still read a little at a time, because what is left
        // over is copied.
        let until = self.bytes.len().min(self.used + self.size);
        let free = self.bytes.get_mut(self.used..until).unwrap_or_default();
        loop {
            match input.read(free) {
                Ok(count) => {
                    self.used += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Drops the first bytes of the input.
    pub(super) fn discard(&mut self, count: usize) {
        if count > 0 {
            self.bytes.copy_within(count..self.used, 0);
            self.used -= count;
        }
    }

    /// Drops a byte order mark from the beginning. True where there may still come one.
    pub(super) fn drop_mark(&mut self) -> bool {
        if self.input().starts_with(BYTE_ORDER_MARK) {
            self.discard(BYTE_ORDER_MARK.len());
            return false;
        }
        BYTE_ORDER_MARK.starts_with(self.input())
    }

    /// The leads in order, until `take` breaks.
    pub(super) fn each(&self, mut take: impl FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        if let Some(LineRange { end, first }) = self.lines {
            let mut rest = self.bytes.get(..end).unwrap_or_default();
            let mut line = first;
            while !rest.is_empty() {
                let newline = memchr::memchr(b'\n', rest);
                let (bytes, after) = match newline {
                    Some(newline) => (rest.get(..newline), rest.get(newline + 1..)),
                    None => (Some(rest), None),
                };
                let bytes = bytes.unwrap_or_default();
                let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
                if bytes.len() > self.max_line {
                    take(Unit {
                        line,
                        bytes: Err(LeadError::too_long(self.max_line)),
                        unterminated: false,
                        raw: None,
                    })?;
                } else if !bytes.trim_ascii().is_empty() {
                    take(Unit { line, bytes: Ok(bytes), unterminated: newline.is_none(), raw: None })?;
                }
                line += 1;
                rest = after.unwrap_or_default();
            }
        }
        for Element { start, end, line } in &self.elements {
            let bytes = self.bytes.get(*start..*end).unwrap_or_default();
            take(Unit { line: *line, bytes: Ok(bytes), unterminated: self.unterminated, raw: None })?;
        }
        if let Some((line, error)) = &self.error {
            take(Unit { line: *line, bytes: Err(error.clone()), unterminated: false, raw: None })?;
        }
        ControlFlow::Continue(())
    }
}
