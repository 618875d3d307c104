//! Rows of CSV → cells.

use std::borrow::Cow;
use std::io::{Chain, Cursor, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::mapping::{Encoding, Separator};
use crate::intake::LeadError;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub separator: u8,
    /// Whether bytes are letters of Latin-1, and not UTF-8.
    pub latin_1: bool,
}

/// The names of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// From left to right, without the white space around them.
    pub names: Vec<String>,
    /// Those of columns that are not kept.
    pub others: Vec<String>,
}

impl Header {
    /// The column of that name; of several, the first.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name.trim())
    }
}

/// The longest header, in bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// A table whose header was read.
pub struct Table<R> {
    /// How it is written.
    pub dialect: Dialect,
    /// Its columns.
    pub header: Header,
    /// The line on which its rows begin, from 1.
    pub line: u64,
    /// Its rows.
    pub rows: R,
}

impl<R: Read> Table<Chain<Cursor<Vec<u8>>, R>> {
    /// Reads as far as the header. Blank lines above it, and a byte order mark, are none of it. Where no separator is given,
    /// the header tells.
    ///
    /// # Errors
    /// In one sentence, where the input cannot be read, or the header is too long or no text.
    pub fn open(mut input: R, separator: Option<Separator>, encoding: Encoding) -> Result<Self, String> {
        let mut bytes = Vec::new();
        loop {
            let mut piece = vec![0; 16 * 1024];
            let count = input.read(&mut piece).map_err(|why| why.to_string())?;
            bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
            let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
            let above = bytes.iter().skip(mark).take_while(|byte| matches!(**byte, b'\n' | b'\r' | b' ')).count();
            let start = mark + above;
            let text = bytes.get(start..).unwrap_or_default();
            let (row, end) = match first_row(text) {
                Some(row) => row,
                None if count == 0 => (text, text.len()),
                None if bytes.len() > LONGEST_HEADER => {
                    return Err("its header is longer than a mebibyte, or a quote in it is never closed".to_owned());
                }
                None => continue,
            };
            let separator = separator.map_or_else(|| separator_of(row), Separator::byte);
            let dialect = Dialect { separator, latin_1: encoding == Encoding::Latin1 };
            let header = Splitter::new(dialect).header(row);
            let header = header.map_err(|error| format!("its header: {}", error.message))?;
            let lines = bytes.iter().take(start + end).filter(|byte| **byte == b'\n').count();
            let rest = bytes.split_off(start + end);
            return Ok(Table { dialect, header, line: lines as u64 + 1, rows: Cursor::new(rest).chain(input) });
        }
    }
}

/// The first row of a table, quotes heeded, and where the next begins; none where the row does not end.
fn first_row(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let mut quoted = false;
    let end = bytes.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\n' && !quoted
    })?;
    let row = bytes.get(..end)?;
    Some((row.strip_suffix(b"\r").unwrap_or(row), end + 1))
}

/// What separates the cells of a header: whichever of comma, semicolon and tab stands most often outside of quotes.
fn separator_of(header: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header {
        quoted ^= *byte == b'"';
        counts.iter_mut().filter(|(separator, _)| !quoted && separator == byte).for_each(|(_, count)| *count += 1);
    }
    // Of two that stand as often, the first.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// Takes rows apart.
pub struct Splitter {
    reader: Reader,
    dialect: Dialect,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub fn new(dialect: Dialect) -> Splitter {
        let reader = ReaderBuilder::new().delimiter(dialect.separator).build();
        Splitter { reader, dialect, bytes: vec![0; 4096], ends: vec![0; 64] }
    }

    /// The cells of a row, as they were written but for quotes.
    pub fn split<'s>(&'s mut self, row: &[u8]) -> Result<Cells<'s>, LeadError> {
        // Cells are never longer than their row, and there are never more of them than bytes, and one.
        if self.bytes.len() < row.len() + 1 {
            self.bytes.resize(row.len() + 1, 0);
        }
        if self.ends.len() < row.len() + 2 {
            self.ends.resize(row.len() + 2, 0);
        }
        self.reader.reset();
        let (mut read, mut wrote, mut count) = (0, 0, 0);
        loop {
            let (input, out) = (row.get(read..).unwrap_or_default(), self.bytes.get_mut(wrote..).unwrap_or_default());
            let ends = self.ends.get_mut(count..).unwrap_or_default();
            let (result, took, gave, cells) = self.reader.read_record(input, out, ends);
            (read, wrote, count) = (read + took, wrote + gave, count + cells);
            match result {
                // An empty input says that the row is all there is.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(LeadError::bad_row("the row has more cells than can be read", read));
                }
            }
        }
        let (bytes, ends) = (self.bytes.get(..wrote).unwrap_or_default(), self.ends.get(..count).unwrap_or_default());
        Ok(Cells { bytes, ends, dialect: self.dialect })
    }

    /// The names of a header.
    fn header(&mut self, row: &[u8]) -> Result<Header, LeadError> {
        let cells = self.split(row)?;
        let names = (0..cells.len()).map(|at| Ok(cells.text(at)?.trim().to_owned()));
        let names = names.collect::<Result<_, usize>>();
        names
            .map(|names| Header { names, others: Vec::new() })
            .map_err(|at| LeadError::bad_row(not_text(&format!("column {at}")), 0))
    }
}

/// What is said of a cell that is not in the encoding of its file.
pub fn not_text(column: &str) -> String {
    format!("{column} is not UTF-8 text; a mapping can say `encoding: latin-1`")
}

/// The cells of one row.
pub struct Cells<'s> {
    bytes: &'s [u8],
    ends: &'s [usize],
    dialect: Dialect,
}

impl<'s> Cells<'s> {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell, empty where there is none; the number of its column where it is not in its encoding.
    pub fn text(&self, at: usize) -> Result<Cow<'s, str>, usize> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let cell = self.ends.get(at).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default();
        decoded(cell, self.dialect).ok_or(at + 1)
    }
}

/// The text of a cell; none where it is not in its encoding.
pub fn decoded(cell: &[u8], dialect: Dialect) -> Option<Cow<'_, str>> {
    if dialect.latin_1 { Some(latin_1(cell)) } else { std::str::from_utf8(cell).ok().map(Cow::Borrowed) }
}

/// Latin-1 as programs on Windows write it: the codes from 80 to 9F are signs of the code page 1252.
fn latin_1(bytes: &[u8]) -> Cow<'_, str> {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => {
            let sign = |byte: u8| byte.checked_sub(0x80).and_then(|at| SIGNS.get(usize::from(at))).copied();
            bytes.iter().map(|byte| sign(*byte).unwrap_or(char::from(*byte))).collect::<String>().into()
        }
    }
}
