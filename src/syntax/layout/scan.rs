//! One line of text → its indentation, its words and its comment.

mod slips;

use std::ops::Range;

use super::characters::{
    self, Odd, closes_single, in_latin, is_bullet, is_dash, is_double_quote, joins_letters, opens_single,
};
use super::words::{Edit, Words};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// One line, taken apart.
pub struct Scan<'t> {
    /// The white space before its first word.
    pub indentation: Range<usize>,
    /// How many columns that takes up; a tab counts two.
    pub columns: usize,
    /// Whether there is a tab in it.
    pub tabs: bool,
    /// How many columns the dash and its space take up; 0 where it is no bullet.
    pub bullet: usize,
    /// How many bytes the dash takes up, or what was written for it.
    pub mark: usize,
    /// The words; empty where there are none.
    pub words: Words<'t>,
    /// The comment, `#` included.
    pub comment: Option<Range<usize>>,
    /// Whether a quote in it is never closed.
    pub unclosed: bool,
    /// What is wrong with its characters.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a stretch is read otherwise than it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slip {
    /// Several spaces, which are free.
    Free,
    Tab,
    Hidden,
    Typographic,
    LookAlike,
    Bullet,
}

/// Takes the line `range` of `source` apart.
pub fn scan(file: FileId, source: &str, range: Range<usize>) -> Scan<'_> {
    let mut scanner = Scanner::new(file, source, range.clone(), false);
    scanner.run();
    if scanner.unclosed && source.get(range.clone()).is_some_and(|line| line.contains(is_double_quote)) {
        // `"a”` opens with one kind of quote and closes with another.
        let mut second = Scanner::new(file, source, range, true);
        second.run();
        if !second.unclosed {
            scanner = second;
        }
    }
    scanner.finish()
}

struct Scanner<'t> {
    file: FileId,
    source: &'t str,
    line: Range<usize>,
    /// Whether any quote closes any other.
    lenient: bool,
    at: usize,
    indentation: Range<usize>,
    columns: usize,
    tabs: bool,
    bullet: usize,
    mark: usize,
    words: Range<usize>,
    quoted: Vec<Range<usize>>,
    comment: Option<Range<usize>>,
    unclosed: bool,
    /// Whether no single quote of a word processor closes what is left of the line.
    no_single_closes: bool,
    edits: Vec<(Slip, Edit)>,
}

impl<'t> Scanner<'t> {
    fn new(file: FileId, source: &'t str, line: Range<usize>, lenient: bool) -> Self {
        Scanner {
            file,
            source,
            lenient,
            at: line.start,
            indentation: line.start..line.start,
            columns: 0,
            tabs: false,
            bullet: 0,
            mark: 0,
            words: line.start..line.start,
            quoted: Vec::new(),
            comment: None,
            unclosed: false,
            no_single_closes: false,
            edits: Vec::new(),
            line,
        }
    }

    fn rest(&self) -> &'t str {
        self.source.get(self.at..self.line.end).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn edit(&mut self, slip: Slip, range: Range<usize>, replace: &str) {
        self.edits.push((slip, Edit { range, replace: replace.to_owned() }));
    }

    fn run(&mut self) {
        self.indentation();
        self.dash();
        self.words.start = self.at;
        self.words.end = self.at;
        while let Some(c) = self.peek() {
            // Of all characters most are these, which need no look of their own.
            let plain = self.rest().bytes().take_while(u8::is_ascii_alphanumeric).count();
            if plain > 0 {
                self.at += plain;
                self.words.end = self.at;
                continue;
            }
            let start = self.at;
            match c {
                '#' => {
                    self.comment_to_end();
                    return;
                }
                '"' => self.quote(c),
                '`' => self.backticks(),
                c if is_double_quote(c) => self.quote(c),
                c if opens_single(c) => self.single(c),
                ' ' | '\t' => {
                    self.blank();
                    continue;
                }
                c if c.is_ascii_graphic() => self.at += 1,
                c if characters::odd(c) == Some(Odd::Space) => {
                    self.blank();
                    continue;
                }
                c if characters::odd(c).is_some() => {
                    self.at += c.len_utf8();
                    self.edit(Slip::Hidden, start..self.at, "");
                }
                '’' => {
                    self.at += c.len_utf8();
                    self.edit(Slip::Free, start..self.at, "'");
                }
                c if is_dash(c) => {
                    // Between spaces it stands for a word; in a date or before a number, for the hyphen.
                    self.at += c.len_utf8();
                    let joined = self.peek().is_some_and(char::is_alphanumeric);
                    self.edit(if joined { Slip::Typographic } else { Slip::Free }, start..self.at, "-");
                }
                c => self.at += c.len_utf8(),
            }
            self.words.end = self.at;
        }
    }

    fn indentation(&mut self) {
        while let Some(c) = self.peek() {
            let start = self.at;
            match c {
                ' ' => self.columns += 1,
                '\t' => {
                    self.columns += 2;
                    self.tabs = true;
                }
                c if characters::odd(c) == Some(Odd::Space) => {
                    self.columns += 1;
                    self.edit(Slip::Typographic, start..start + c.len_utf8(), " ");
                }
                c if characters::odd(c).is_some() => self.edit(Slip::Hidden, start..start + c.len_utf8(), ""),
                _ => break,
            }
            self.at += c.len_utf8();
        }
        self.indentation.end = self.at;
    }

    /// The dash of a bullet, or what was written for it.
    fn dash(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().filter(|c| *c == '-' || is_bullet(*c));
        let Some((mark, length)) = first.map(|c| (c, c.len_utf8())).or_else(|| numbered(rest)) else { return };
        let after = rest.get(length..).unwrap_or("");
        let spaces = after.len() - after.trim_start_matches([' ', '\u{a0}', '\t']).len();
        let start = self.at;
        let dash = if spaces == 0 && !after.is_empty() { "- " } else { "-" };
        if mark != '-' {
            let slip = if mark.is_ascii() { Slip::Bullet } else { Slip::Typographic };
            self.edit(slip, start..start + length, dash);
        } else if spaces == 0 && !after.is_empty() {
            self.edit(Slip::Bullet, start..start + 1, dash);
        }
        self.at += length + spaces;
        self.bullet = 1 + spaces.max(1);
        self.mark = length;
        if spaces > 0 && after.get(..spaces).is_some_and(|gap| gap.contains('\t')) {
            self.edit(Slip::Tab, start + length..self.at, " ");
        }
    }

    /// White space between words counts as one space.
    fn blank(&mut self) {
        let start = self.at;
        let mut slip = Slip::Free;
        while let Some(c) = self.peek() {
            match c {
                ' ' => {}
                '\t' => slip = Slip::Tab,
                c if characters::odd(c) == Some(Odd::Space) => slip = Slip::Typographic,
                _ => break,
            }
            self.at += c.len_utf8();
        }
        let last = self.peek().is_none_or(|c| c == '#');
        if !last && (slip != Slip::Free || self.at - start > 1) {
            self.edit(slip, start..self.at, " ");
        }
    }

    /// A name or text, from its opening quote to its closing one.
    fn quote(&mut self, open: char) {
        let start = self.at;
        let straight = open == '"' && !self.lenient;
        let closes = |c: char| c == '"' || (!straight && is_double_quote(c));
        if open != '"' {
            self.edit(Slip::Typographic, start..start + open.len_utf8(), "\"");
        }
        self.at += open.len_utf8();
        let mut escaped = false;
        while let Some(c) = self.peek() {
            let plain = self.rest().bytes().take_while(|byte| is_plain(*byte)).count();
            if plain > 0 && !escaped {
                self.at += plain;
                continue;
            }
            let here = self.at;
            self.at += c.len_utf8();
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if closes(c) {
                if c != '"' {
                    self.edit(Slip::Typographic, here..self.at, "\"");
                }
                self.quoted.push(start..self.at);
                return;
            }
            self.inside(c, here);
        }
        self.unclosed = true;
        self.quoted.push(start..self.at);
    }

    /// A character inside quotes: nearly everything may stand there.
    fn inside(&mut self, c: char, here: usize) {
        let before = self.source.get(self.line.start..here).and_then(|text| text.chars().next_back());
        let joining = joins_letters(c) && before.is_some_and(|c| !c.is_ascii());
        if characters::odd(c) == Some(Odd::Hidden) && !joining {
            self.edit(Slip::Hidden, here..here + c.len_utf8(), if c == '\t' { " " } else { "" });
        }
    }

    /// The characters between backticks, or of a comment, where tabs are free.
    fn hidden(&mut self, range: Range<usize>, tabs: bool) {
        let text = self.source.get(range.clone()).unwrap_or("");
        let plain = text.bytes().take_while(|byte| is_plain(*byte)).count();
        for (at, c) in text.char_indices().skip(plain).filter(|(_, c)| tabs || *c != '\t') {
            self.inside(c, range.start + at);
        }
    }

    /// `‘a text’` as a word processor writes it.
    fn single(&mut self, open: char) {
        let start = self.at;
        let inner = start + open.len_utf8();
        let rest = self.source.get(inner..self.line.end).unwrap_or("");
        // A line may be full of opening quotes; the search for what closes them is made once.
        let close = rest.char_indices().take_while(|_| !self.no_single_closes).find(|(at, c)| {
            let next = rest.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            closes_single(*c) && !next.is_some_and(char::is_alphanumeric)
        });
        self.at = inner;
        self.edit(Slip::Typographic, start..inner, "\"");
        let Some((at, c)) = close else {
            self.no_single_closes = true;
            return;
        };
        self.at = inner + at + c.len_utf8();
        self.edit(Slip::Typographic, inner + at..self.at, "\"");
        self.quoted.push(start..self.at);
    }

    fn backticks(&mut self) {
        let start = self.at;
        match self.rest().get(1..).and_then(|rest| rest.find('`')) {
            Some(close) => self.at += close + 2,
            None => {
                self.at = self.line.end;
                self.unclosed = true;
            }
        }
        self.hidden(start..self.at, true);
        self.quoted.push(start..self.at);
    }

    fn comment_to_end(&mut self) {
        let text = self.rest();
        self.hidden(self.at..self.line.end, false);
        self.comment = Some(self.at..self.at + text.trim_end().len());
        self.at = self.line.end;
    }

    /// Words of Latin letters and their look-alikes, in names and outside quotes.
    fn look_alikes(&mut self) {
        let head = self.columns == 0 && self.bullet == 0;
        let text = self.source.get(self.words.clone()).unwrap_or("");
        let mut start = None;
        let mut found = Vec::new();
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let at = self.words.start + at;
            match (c.is_alphabetic(), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    start = None;
                    let quoted = self.quoted.iter().any(|quoted| quoted.contains(&from));
                    let word = self.source.get(from..at).unwrap_or("");
                    if let Some((latin, _)) = in_latin(word).filter(|_| head || !quoted) {
                        found.push((Slip::LookAlike, Edit { range: from..at, replace: latin }));
                    }
                }
                _ => {}
            }
        }
        self.edits.extend(found);
    }

    /// Spaces in names that are not the space of the space bar: whoever types the name would type another one.
    fn odd_spaces(&mut self) {
        for quoted in std::mem::take(&mut self.quoted) {
            let text = self.source.get(quoted.clone()).unwrap_or("");
            for (at, c) in text.char_indices().filter(|(_, c)| characters::odd(*c) == Some(Odd::Space)) {
                let start = quoted.start + at;
                self.edit(Slip::Typographic, start..start + c.len_utf8(), " ");
            }
            self.quoted.push(quoted);
        }
    }

    fn finish(mut self) -> Scan<'t> {
        if !self.source.get(self.words.clone()).unwrap_or("").is_ascii() {
            self.look_alikes();
            if self.columns == 0 && self.bullet == 0 {
                self.odd_spaces();
            }
        }
        self.edits.sort_by_key(|(_, edit)| edit.range.start);
        let diagnostics = [Slip::Hidden, Slip::Typographic, Slip::LookAlike, Slip::Tab, Slip::Bullet]
            .into_iter()
            .filter_map(|slip| self.report(slip))
            .collect();
        let inside = |edit: &Edit| edit.range.start >= self.words.start && edit.range.end <= self.words.end;
        let edits: Vec<Edit> = self.edits.iter().map(|(_, edit)| edit).filter(|edit| inside(edit)).cloned().collect();
        Scan {
            words: Words::new(self.file, self.source, self.words.clone(), &edits),
            indentation: self.indentation,
            columns: self.columns,
            tabs: self.tabs,
            bullet: self.bullet,
            mark: self.mark,
            comment: self.comment,
            unclosed: self.unclosed,
            diagnostics,
        }
    }
}

/// Whether a byte may stand inside of quotes and means nothing there.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

/// `1. ` or `2) `, as people number the lines of a list: the digit, and how long the mark is.
fn numbered(rest: &str) -> Option<(char, usize)> {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = rest.get(digits..)?;
    let first = rest.chars().next().filter(char::is_ascii_digit)?;
    (after.starts_with(". ") || after.starts_with(") ")).then_some((first, digits + 1))
}
