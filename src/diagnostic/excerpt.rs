//! The lines of a file that a message shows, as miette may have them.
//!
//! miette panics on spans past column 65,535, lets escape sequences through, counts columns in bytes and reads the
//! whole file for each label. So it never sees the file: it gets a short text of its own that holds only the lines
//! to show, made harmless, and labels that were moved along. Places that are far apart, in different files or on
//! top of each other become separate excerpts; the one with the fault comes first.

use std::ops::Range;

use icu_properties::CodePointMapData;
use icu_properties::props::{EastAsianWidth, GeneralCategory};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape;
use super::escape::push;
use super::place::{BOM, Place, Position};

/// A stretch over more lines than this is shown by its first line: the reader needs to find it, not to read it.
const LINES: usize = 8;
/// Places with at most this many lines between them share an excerpt.
const APART: usize = 2;
const TAB: usize = 4;
/// No line is drawn wider than this, however far apart its labels are.
const WIDEST: usize = 1024;
/// A label keeps at least this much width, even at the right edge.
const NARROWEST: usize = 24;

/// A place to point at, and what to write there.
pub(super) struct Mark<'a> {
    pub place: Place<'a>,
    pub message: String,
    pub primary: bool,
}

/// All excerpts of one message, one after the other in one text.
#[derive(Debug, Default)]
pub(super) struct Excerpts {
    text: String,
    parts: Vec<Part>,
}

/// The lines of one excerpt.
#[derive(Debug)]
struct Part {
    name: String,
    range: Range<usize>,
    first_line: usize,
    lines: usize,
    /// Where the labels begin, in `text` and in the file.
    marks: Vec<(usize, Position)>,
}

/// The excerpts that show all marks (the primary one comes first), for a terminal that is `width` columns wide.
pub(super) fn excerpts(marks: Vec<Mark>, width: usize) -> (Excerpts, Vec<LabeledSpan>) {
    let mut excerpts = Excerpts::default();
    let mut labels = Vec::new();
    for group in groups(marks) {
        excerpts.add(&group, width, &mut labels);
    }
    (excerpts, labels)
}

/// Marks that lie close to each other in one file and do not overlap share a group.
fn groups(marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in marks.into_iter().map(shorten) {
        let fits = |group: &Vec<Mark>| {
            let near = |other: &Mark| {
                let (from, to) = (mark.place.from().line, mark.place.to().line);
                from <= other.place.to().line + 1 + APART && other.place.from().line <= to + 1 + APART
            };
            group
                .iter()
                .all(|other| std::ptr::eq(other.place.file, mark.place.file) && !other.place.overlaps(&mark.place))
                && group.iter().any(near)
        };
        match groups.iter_mut().find(|group| fits(group)) {
            Some(group) => group.push(mark),
            None => groups.push(vec![mark]),
        }
    }
    groups
}

/// Cuts a mark over many lines back to its first line and says so.
fn shorten(mut mark: Mark) -> Mark {
    let (from, to) = (mark.place.from().line, mark.place.to().line);
    if to - from >= LINES {
        let file = mark.place.file;
        mark.place.end = (file.line_start(from) + file.line(from).len()).max(mark.place.start);
        let space = if mark.message.is_empty() { "" } else { " " };
        mark.message = format!("{}{space}(to line {to})", mark.message);
    }
    mark
}

impl Excerpts {
    fn add(&mut self, group: &[Mark], width: usize, labels: &mut Vec<LabeledSpan>) {
        let Some(first) = group.first() else { return };
        let file = first.place.file;
        let from = group.iter().map(|mark| mark.place.from().line).min().unwrap_or(1);
        let to = group.iter().map(|mark| mark.place.to().line).max().unwrap_or(1);
        // A line before and after helps to find the place, unless it is blank.
        let speaks = |line: usize| (1..=file.lines()).contains(&line) && !file.line(line).trim().is_empty();
        let shown = from - usize::from(speaks(from - 1))..to + 1 + usize::from(speaks(to + 1));

        let digits = (shown.end - 1).to_string().len();
        let gutter =
            digits + 4 + if group.iter().any(|mark| mark.place.from().line != mark.place.to().line) { 4 } else { 0 };
        let room = width.saturating_sub(gutter).max(NARROWEST);

        // Labels begin and end in some line; this is where, in the text.
        let mut ends: Vec<(usize, usize, usize)> = vec![(0, 0, 0); group.len()];
        let start = self.text.len();
        for line in shown.clone() {
            let offset = file.line_start(line);
            let touched: Vec<Range<usize>> = group.iter().filter_map(|mark| touches(&mark.place, line)).collect();
            let laid = Laid::of(file.line(line), line == 1, &touched, room);
            let base = self.text.len();
            for (mark, end) in group.iter().zip(&mut ends) {
                if mark.place.from().line == line {
                    end.0 = base + laid.offset(mark.place.start - offset);
                }
                if mark.place.to().line == line {
                    end.1 = base + laid.offset(mark.place.end - offset);
                    end.2 = laid.column(mark.place.start.saturating_sub(offset)..mark.place.end - offset);
                }
            }
            self.text.push_str(&laid.text);
            self.text.push('\n');
        }

        for (mark, (from, to, column)) in group.iter().zip(&ends) {
            let over_lines = mark.place.from().line != mark.place.to().line;
            let taken = if over_lines { 4 } else { column + 4 };
            let message = wrap(&escape(&mark.message), room.saturating_sub(taken).max(NARROWEST));
            let message = (!message.is_empty()).then_some(message);
            let span = SourceSpan::new((*from).into(), to.saturating_sub(*from));
            labels.push(match mark.primary {
                true => LabeledSpan::new_primary_with_span(message, span),
                false => LabeledSpan::new_with_span(message, span),
            });
        }
        self.parts.push(Part {
            name: escape(file.path()),
            range: start..self.text.len(),
            first_line: shown.start,
            lines: shown.len(),
            marks: group.iter().zip(&ends).map(|(mark, end)| (end.0, mark.place.from())).collect(),
        });
        // A byte between two excerpts keeps the labels of one from touching the other.
        self.text.push('\n');
    }
}

/// Which bytes of a line a place begins or ends at.
fn touches(place: &Place, line: usize) -> Option<Range<usize>> {
    let (from, to) = (place.from().line, place.to().line);
    let start = place.file.line_start(line);
    match (from == line, to == line) {
        (true, true) => Some(place.start - start..place.end - start),
        (true, false) => Some(place.start - start..place.start - start),
        (false, true) => Some(place.end - start..place.end - start),
        (false, false) => None,
    }
}

impl SourceCode for Excerpts {
    /// With lines around it, miette asks for what to show; without, for the line and column to name above it. Refusing
    /// a span that reaches into another excerpt is what keeps the two apart.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let part = self.parts.iter().find(|part| part.range.contains(&span.offset()) && end <= part.range.end);
        let part = part.ok_or(MietteError::OutOfBounds)?;
        let data = self.text.get(part.range.clone()).unwrap_or("").as_bytes();
        let whole = SourceSpan::new(part.range.start.into(), part.range.len());
        let mark = part.marks.iter().find(|(offset, _)| *offset == span.offset());
        let (line, column) = match mark {
            Some((_, at)) if before == 0 => (at.line - 1, at.column - 1),
            _ => (part.first_line - 1, 0),
        };
        Ok(Box::new(MietteSpanContents::new_named(part.name.clone(), data, whole, line, column, part.lines)))
    }
}

/// One line as it is shown, and where its characters went.
struct Laid {
    text: String,
    /// For each character: its byte in the line, its byte in `text`, its column on the screen.
    places: Vec<(usize, usize, usize)>,
}

impl Laid {
    /// Escapes the line, spreads its tabs, and cuts it to `room` columns around what `touched` points at.
    fn of(line: &str, first: bool, touched: &[Range<usize>], room: usize) -> Self {
        let from = touched.iter().map(|range| range.start).min().unwrap_or(0);
        let to = touched.iter().map(|range| range.end).max().unwrap_or(0);
        // What is too far away to be shown is not looked at: a line may be as long as a file.
        let low = line.floor_char_boundary(from.saturating_sub(WIDEST));
        let high = line.ceil_char_boundary(to.min(from + WIDEST * 4) + WIDEST);
        let mut column = usize::from(low > 0);
        let mut cells = Vec::new();
        for (byte, c) in line.get(low..high).unwrap_or("").char_indices() {
            let byte = byte + low;
            let width = if first && byte == 0 && c == BOM { 0 } else { width(c, column) };
            cells.push((byte, c, column, width));
            column += width;
        }
        let at = |byte: usize| cells.iter().find(|cell| cell.0 >= byte).map_or(column, |cell| cell.2);
        let window = window(at(from)..at(to), column, room);

        let mut laid = Laid { text: String::new(), places: Vec::new() };
        // The sign for what was cut off takes up a column itself.
        let shift = window.start.saturating_sub(1);
        if window.start > 0 || low > 0 {
            laid.text.push('…');
        }
        for (byte, c, column, width) in cells {
            if column < window.start {
                laid.places.push((byte, 0, 0));
                continue;
            }
            laid.places.push((byte, laid.text.len(), column.min(window.end) - shift));
            match c {
                _ if column + width > window.end => {}
                '\t' => laid.text.extend(std::iter::repeat_n(' ', width)),
                BOM if width == 0 => {}
                _ => push(&mut laid.text, c),
            }
        }
        laid.places.push((high, laid.text.len(), column.min(window.end) - shift));
        if window.end < column || high < line.len() {
            laid.text.push('…');
        }
        laid
    }

    /// The byte of `text` that a byte of the line became.
    fn offset(&self, byte: usize) -> usize {
        self.place(byte).0
    }

    /// The column below which miette hangs the label of a stretch.
    fn column(&self, stretch: Range<usize>) -> usize {
        (self.place(stretch.start).1 + self.place(stretch.end).1) / 2
    }

    fn place(&self, byte: usize) -> (usize, usize) {
        let found = self.places.iter().find(|place| place.0 >= byte).or(self.places.last());
        found.map_or((0, 0), |place| (place.1, place.2))
    }
}

/// Which columns of a line that is `total` wide to show in `room`, so that `wanted` is among them.
fn window(wanted: Range<usize>, total: usize, room: usize) -> Range<usize> {
    let fits = room.saturating_sub(2);
    if total <= room {
        return 0..total;
    }
    if wanted.end <= fits {
        return 0..fits;
    }
    let margin = fits.saturating_sub(wanted.len()) / 2;
    let start = wanted.start.saturating_sub(margin.max(TAB));
    start..total.min(wanted.end.max(start + fits)).min(start + WIDEST)
}

/// How many columns a character takes up at `column`. miette measures for itself; this only decides where to cut.
fn width(c: char, column: usize) -> usize {
    let mut shown = String::new();
    match c {
        '\t' => TAB - column % TAB,
        ' '..='~' => 1,
        _ => {
            push(&mut shown, c);
            if shown.len() > c.len_utf8() {
                return shown.len();
            }
            let category = CodePointMapData::<GeneralCategory>::new().get(c);
            if matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark) {
                return 0;
            }
            match CodePointMapData::<EastAsianWidth>::new().get(c) {
                EastAsianWidth::Wide | EastAsianWidth::Fullwidth => 2,
                _ => 1,
            }
        }
    }
}

/// Breaks a label between words: miette wraps messages and help, but not labels.
fn wrap(text: &str, room: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long: usize = word.chars().map(|c| width(c, 1)).sum();
        if used > 0 && used + 1 + long > room {
            lines.push('\n');
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += long;
    }
    lines
}
