//! Rows of CSV → cells.

use std::borrow::Cow;
use std::io::{Chain, Cursor, Read};
use std::num::NonZeroU64;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::mapping::{Encoding, Separator};
use super::spelling::{plain, tidy};
use super::wrong;
use crate::diagnostic::did_you_mean;
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

/// What is said of a table beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// What stands between cells; without it, the header tells.
    pub separator: Option<Separator>,
    /// How letters are written.
    pub encoding: Encoding,
    /// The line of the header; without it, the first that is not blank.
    pub header: Option<NonZeroU64>,
}

/// The names of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// From left to right, without white space round them and doubled.
    pub names: Vec<String>,
    /// The line that it stands on.
    line: u64,
    /// The first rows below it, each with its line: one of them may be the header that was meant.
    below: Vec<(u64, Vec<String>)>,
}

impl Header {
    /// Whether there is a column of that name, or several.
    pub fn has(&self, name: &str) -> bool {
        !self.called(name).is_empty()
    }

    /// The column of that name: as it is written, or else without regard to case. `Name#2` is the second of that name, `#4` the
    /// fourth of all.
    ///
    /// # Errors
    /// Where there is none, or more than one, in a sentence about `file`.
    pub fn find(&self, name: &str, file: &str) -> Result<usize, String> {
        let name = tidy(name);
        let mut found = self.called(&name);
        if let (true, Some((stem, number))) = (found.is_empty(), name.rsplit_once('#'))
            && let Some(before) = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1))
        {
            let all = if stem.is_empty() { (0..self.names.len()).collect() } else { self.called(stem) };
            found = all.get(before).copied().into_iter().collect();
        }
        match found.as_slice() {
            [column] => Ok(*column),
            [] => Err(self.absent(&name, file)),
            _ => {
                let places: Vec<String> = found.iter().map(|at| (at + 1).to_string()).collect();
                let (count, places) = (places.len(), places.join(", "));
                Err(format!(
                    "{file} has {count} columns called `{name}` (columns {places}); in a mapping `{name}#1` is the first \
                     of them, `{name}#2` the second"
                ))
            }
        }
    }

    /// All columns of a name.
    fn called(&self, name: &str) -> Vec<usize> {
        let all = |is: &dyn Fn(&str) -> bool| {
            let columns = self.names.iter().enumerate().filter(|(_, own)| !own.is_empty() && is(own));
            columns.map(|(at, _)| at).collect::<Vec<_>>()
        };
        let exact = all(&|own| own == name);
        if exact.is_empty() { all(&|own| plain(own) == plain(name)) } else { exact }
    }

    fn absent(&self, name: &str, file: &str) -> String {
        let has_it = |cells: &[String]| cells.iter().any(|cell| plain(cell) == plain(name));
        if let Some((line, _)) = self.below.iter().find(|(_, cells)| has_it(cells)) {
            return format!(
                "{file} has no column `{name}` in its header, line {}, but `{name}` stands on line {line}: if that is the \
                 header, write `header: {line}`",
                self.line
            );
        }
        if name.is_empty() {
            return "`from` names no column; one that has no name is called by its place: `#4` is the fourth"
                .to_owned();
        }
        let near = did_you_mean(name, self.names.iter().map(String::as_str));
        let near = match near {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!("; its header, line {}, names {}", self.line, self.shown()),
        };
        format!("{file} has no column `{name}`{near}")
    }

    /// The first names, for messages.
    pub fn shown(&self) -> String {
        const MOST: usize = 12;
        let named: Vec<&String> = self.names.iter().filter(|name| !name.is_empty()).collect();
        let shown: Vec<String> = named.iter().take(MOST).map(|name| format!("`{name}`")).collect();
        let more = named.len().saturating_sub(MOST);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        shown.join(", ") + &more
    }
}

/// The longest header, in bytes, with what stands above it.
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
    /// Reads as far as the header. Blank lines above it, a byte order mark, and a line `sep=;` are none of it. Where no
    /// separator is given, the header tells.
    ///
    /// # Errors
    /// In one sentence, where the input cannot be read, or is no table, or the header is too long or no text.
    pub fn open(mut input: R, layout: Layout) -> Result<Self, String> {
        let mut bytes = Vec::new();
        loop {
            let mut piece = vec![0; 16 * 1024];
            let count = input.read(&mut piece).map_err(|why| why.to_string())?;
            bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
            let start = Start { bytes: &bytes, ended: count == 0 };
            let Some((dialect, header, end)) = start.header(layout)? else {
                if bytes.len() > LONGEST_HEADER {
                    return Err(start.too_long());
                }
                continue;
            };
            let rest = bytes.split_off(end);
            let line = lines(&bytes) + 1;
            return Ok(Table { dialect, header, line, rows: Cursor::new(rest).chain(input) });
        }
    }
}

/// How many lines end in these bytes.
fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// The first bytes of a file.
struct Start<'b> {
    bytes: &'b [u8],
    /// Whether they are all.
    ended: bool,
}

impl Start<'_> {
    /// The header and where it ends; none where more must be read first.
    fn header(&self, layout: Layout) -> Result<Option<(Dialect, Header, usize)>, String> {
        if let Some(why) = wrong::table(self.bytes) {
            return Err(why);
        }
        let mut at = if self.bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let (mut line, mut declared) = (1, None);
        let from = |at: usize| self.bytes.get(at..).unwrap_or_default();
        // What stands above the header.
        while let Some(length) = from(at).iter().position(|byte| *byte == b'\n') {
            let above = from(at).get(..length).unwrap_or_default();
            declared = declared.or(says_separator(above));
            let is_above = match layout.header {
                Some(header) => line < header.get(),
                None => is_blank(above) || says_separator(above).is_some(),
            };
            if !is_above {
                break;
            }
            (at, line) = (at + length + 1, line + 1);
        }
        let text = from(at);
        let (row, length) = match first_row(text) {
            Some(row) => row,
            None if self.ended => (text, text.len()),
            None => return Ok(None),
        };
        match layout.header {
            Some(wanted) if line < wanted.get() => {
                let lines = if text.is_empty() { line - 1 } else { line };
                return Err(format!("it has {lines} lines, and the mapping says `header: {wanted}`"));
            }
            Some(wanted) if is_blank(row) => {
                return Err(format!("line {wanted}, where the mapping says that the header is, is blank"));
            }
            _ if self.bytes.is_empty() => return Err("it is empty: not even a header is there".to_owned()),
            _ if is_blank(row) => return Err("it is blank: not even a header is there".to_owned()),
            _ => {}
        }
        if lone_return(row) {
            let why = "its lines end as on old Macs, by a carriage return alone: save it as CSV (UTF-8) again";
            return Err(why.to_owned());
        }
        let separator = layout.separator.map(Separator::byte).or(declared).unwrap_or_else(|| separator_of(row));
        let dialect = Dialect { separator, latin_1: layout.encoding == Encoding::Latin1 };
        let names = Splitter::new(dialect).names(row).map_err(|error| format!("its header: {}", error.message))?;
        let below = self.below(at + length, line + lines(row) + 1, dialect);
        Ok(Some((dialect, Header { names, line, below }, at + length)))
    }

    /// The first rows below the header, as far as they are there.
    fn below(&self, mut at: usize, mut line: u64, dialect: Dialect) -> Vec<(u64, Vec<String>)> {
        const MOST: usize = 20;
        let mut below = Vec::new();
        while let (true, Some((row, length))) =
            (below.len() < MOST, first_row(self.bytes.get(at..).unwrap_or_default()))
        {
            if let Ok(cells) = Splitter::new(dialect).names(row) {
                below.push((line, cells));
            }
            (at, line) = (at + length, line + lines(row) + 1);
        }
        below
    }

    fn too_long(&self) -> String {
        "its header is longer than a mebibyte, or a quote in it is never closed".to_owned()
    }
}

/// Whether a line holds nothing but white space, separators and quotes.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| byte.is_ascii_whitespace() || b",;|\"".contains(byte))
}

/// The separator that Excel is told in a first line `sep=;`.
fn says_separator(line: &[u8]) -> Option<u8> {
    let (word, separator) = line.trim_ascii_end().split_at_checked(4)?;
    match (word.eq_ignore_ascii_case(b"sep="), separator) {
        (true, [separator]) => Some(*separator),
        // A tab is white space.
        (true, []) if line.contains(&b'\t') => Some(b'\t'),
        _ => None,
    }
}

/// Whether there is a carriage return outside of quotes.
fn lone_return(row: &[u8]) -> bool {
    let mut quoted = false;
    row.iter().any(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\r' && !quoted
    })
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

/// What separates the cells of a header: whichever of comma, semicolon, tab and bar stands most often outside of quotes.
fn separator_of(header: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
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
        if row.get(read..).is_some_and(|rest| !rest.trim_ascii().is_empty()) {
            let why = "the row has a carriage return outside of quotes, and more behind it";
            return Err(LeadError::bad_row(why, read));
        }
        let (bytes, ends) = (self.bytes.get(..wrote).unwrap_or_default(), self.ends.get(..count).unwrap_or_default());
        Ok(Cells { bytes, ends, dialect: self.dialect })
    }

    /// The cells of a row, as names of columns.
    fn names(&mut self, row: &[u8]) -> Result<Vec<String>, LeadError> {
        let cells = self.split(row)?;
        let names = (0..cells.len()).map(|at| Ok(tidy(&cells.text(at)?).into_owned()));
        let names = names.collect::<Result<_, usize>>();
        names.map_err(|at| LeadError::bad_row(not_text(&format!("column {at}")), 0))
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

    /// Whether there are as many cells as the header has.
    pub fn fit(&self, columns: usize) -> Result<(), LeadError> {
        let (has, wants) = (self.len(), columns);
        let hint = if has > wants { ": a text with a separator in it needs quotes round it" } else { "" };
        let cells = if has == 1 { "cell" } else { "cells" };
        let message = || format!("the row has {has} {cells}, and the header has {wants}{hint}");
        if has == wants { Ok(()) } else { Err(LeadError::bad_row(message(), 0)) }
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
