//! text → lines → the tree of lines that `parse` reads.
//!
//! Knows comments, quotes and indentation, and no word of the language but those that begin a line. Nothing here
//! recurses over the text, and every limit on its size is kept here. Comments and blank lines are kept, with their
//! places, for whoever prints the text again.

mod characters;
mod place;
mod scan;
mod words;

use std::ops::Range;

pub use place::STATEMENTS;
pub use words::{Edit, Words};

use crate::diagnostic::{Diagnostic, TOO_LONG};
use crate::source::{FileId, Span};

/// The longest file: 1 MiB.
pub const MOST_BYTES: usize = 1 << 20;
/// The longest line, in characters.
pub const MOST_CHARACTERS: usize = 1_024;
/// The most lines in a file.
pub const MOST_LINES: usize = 20_000;
/// The most statements in a file.
pub const MOST_STATEMENTS: usize = 2_000;
/// The most bullets under one head.
pub const MOST_BULLETS: usize = 1_000;

/// A text as a tree of lines.
#[derive(Clone, Debug, Default)]
pub struct Layout<'t> {
    /// The statements: lines in column 1 with what stands under them.
    pub blocks: Vec<Block<'t>>,
    /// Every comment in order.
    pub comments: Vec<Comment>,
    /// The numbers of the lines with nothing in them, from 1.
    pub blank_lines: Vec<u32>,
    /// Names in the lines that were too many to read.
    pub lost: Vec<String>,
}

/// A line and the lines that it owns.
#[derive(Clone, Debug)]
pub struct Block<'t> {
    /// The line.
    pub line: Line<'t>,
    /// The lines under it.
    pub children: Vec<Block<'t>>,
}

/// A line with words in it.
#[derive(Clone, Debug)]
pub struct Line<'t> {
    /// Its number, from 1.
    pub number: u32,
    /// Its words, without the dash of a bullet.
    pub words: Words<'t>,
    /// How many columns stand before its words, the dash of a bullet included.
    pub text_at: usize,
    /// Whether it is a bullet.
    pub bullet: bool,
    /// Whether its words can be read at all.
    pub state: LineState,
}

/// Whether the words of a line can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// They can.
    Sound,
    /// A quote is never closed; not reported yet, since only the parser can tell where it should close.
    Unclosed,
    /// Too long; reported.
    TooLong,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to its last visible character.
    pub span: Span,
    /// The number of its line, from 1.
    pub line: u32,
    /// How many columns stand before it, where it has a line of its own; none where it follows words.
    pub own_line: Option<u32>,
}

/// Lays a text out. What is at fault with lines as lines is reported here; a file over the limit of size is not
/// read at all.
pub fn layout(file: FileId, text: &str) -> (Layout<'_>, Vec<Diagnostic>) {
    let mut layout = Layout::default();
    if text.len() > MOST_BYTES {
        let start = Span::new(file, 0, text.find(['\n', '\r']).unwrap_or(0).min(MOST_CHARACTERS));
        let message = format!("this file has {} bytes, and a policy has at most 1,048,576", grouped(text.len()));
        let help = "Move long lists to files of their own: `list \"competitors\" from \"lists/competitors.txt\"`.";
        return (layout, vec![Diagnostic::new(&TOO_LONG, start, message).help(help)]);
    }
    let mut placer = place::Placer::new(file);
    for (index, range) in lines(text).enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if index >= MOST_LINES {
            if index == MOST_LINES {
                placer.diagnostics.push(too_many_lines(file, &range));
            }
            layout.lost.extend(names_in(text.get(range).unwrap_or("")));
            continue;
        }
        let allowed = end_of_allowed(text, &range);
        let long = allowed < range.end;
        let scan = scan::scan(file, text, range.start..allowed);
        if let Some(comment) = &scan.comment {
            let own_line = scan.words.text.is_empty() && scan.bullet == 0;
            layout.comments.push(Comment {
                span: Span::new(file, comment.start, comment.end),
                line: number,
                own_line: own_line.then(|| u32::try_from(scan.columns).unwrap_or(0)),
            });
        }
        if long {
            placer.diagnostics.push(too_long(file, text, &range));
        } else {
            placer.diagnostics.extend(scan.diagnostics.iter().cloned());
        }
        if scan.words.text.is_empty() && scan.bullet == 0 {
            if scan.comment.is_none() {
                layout.blank_lines.push(number);
            }
            continue;
        }
        placer.place(scan, number, long);
    }
    let (blocks, diagnostics) = placer.finish();
    layout.blocks = blocks;
    (layout, diagnostics)
}

/// The lines of a text without their ends: LF, CRLF or a lone CR. A byte order mark belongs to no line.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut done = at >= bytes.len();
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let start = at;
        let rest = bytes.get(start..).unwrap_or(&[]);
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |found| start + found);
        let crlf = bytes.get(end..end + 2) == Some(b"\r\n");
        at = end + if crlf { 2 } else { 1 };
        done = at >= bytes.len();
        Some(start..end)
    })
}

/// Where a line ends, or as much of it as is allowed: what stands beyond is not looked at.
fn end_of_allowed(text: &str, line: &Range<usize>) -> usize {
    let characters = text.get(line.clone()).unwrap_or("").char_indices();
    characters.map(|(at, _)| line.start + at).nth(MOST_CHARACTERS).unwrap_or(line.end)
}

fn too_many_lines(file: FileId, range: &Range<usize>) -> Diagnostic {
    let span = Span::new(file, range.start, range.end.min(range.start + MOST_CHARACTERS));
    Diagnostic::new(&TOO_LONG, span, "a file has at most 20,000 lines, and this is one more")
        .label("the rest is not read")
        .help("Move lists to files of their own, or what several policies share to a library.")
}

fn too_long(file: FileId, text: &str, range: &Range<usize>) -> Diagnostic {
    let line = text.get(range.clone()).unwrap_or("");
    let count = line.chars().count();
    let cut = line.char_indices().nth(60).map_or(line.len(), |(at, _)| at);
    let message = format!("this line has {} characters, and a line has at most 1,024", grouped(count));
    Diagnostic::new(&TOO_LONG, Span::new(file, range.start, range.start + cut), message)
        .help("Split it: long conditions into `any of:` with bullets, long lists of texts into a `list`.")
}

/// The names and fields that a line which is not read may define.
fn names_in(line: &str) -> Vec<String> {
    if line.starts_with([' ', '\t']) {
        let field = line.trim_start().split(" is ").next().unwrap_or("");
        return if field.contains([' ', '"']) || field.is_empty() { Vec::new() } else { vec![field.to_owned()] };
    }
    line.split('"').nth(1).map(str::to_owned).into_iter().collect()
}

/// `1,048,576`
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
