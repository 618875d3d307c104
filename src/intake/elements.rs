//! Cutting a JSON file into its leads: the elements of an array, or one object. Only as much of the grammar as
//! finds their ends; `read` checks them.

use super::chunk::{Chunk, Element, MOST_LEADS};
use super::error::LeadError;
use super::line::special;

/// Finds the ends of elements in input that comes piece by piece.
#[derive(Debug)]
pub(super) struct Elements {
    max_line: usize,
    place: Place,
    /// How much of the input has been walked.
    at: usize,
    /// Where the current element begins, and on which line.
    start: usize,
    start_line: u64,
    /// The line at `counted`.
    line: u64,
    counted: usize,
    /// How many objects and arrays are open in the element.
    depth: u64,
    in_string: bool,
    after_backslash: bool,
    /// Whether the element is too long and only its end is looked for.
    skipping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    /// After `[`.
    First,
    /// After `,`.
    Next,
    Inside,
    /// After an element.
    After,
    /// After `]`.
    Closed,
    /// In input that is no array: all of it is one lead.
    Single,
    /// After an error that leaves no way on.
    Lost,
}

impl Elements {
    pub(super) fn new(max_line: usize) -> Elements {
        Elements {
            max_line,
            place: Place::Start,
            at: 0,
            start: 0,
            start_line: 1,
            line: 1,
            counted: 0,
            depth: 0,
            in_string: false,
            after_backslash: false,
            skipping: false,
        }
    }

    /// Whether no further lead can be found.
    pub(super) fn is_lost(&self) -> bool {
        self.place == Place::Lost
    }

    /// Marks the elements that end in the input. Says how much of it is done with.
    pub(super) fn cut(&mut self, chunk: &mut Chunk, ended: bool) -> usize {
        let mut elements = std::mem::take(&mut chunk.elements);
        let input = chunk.input();
        let mut error = self.walk(input, &mut elements);
        let mut is_single = false;
        if error.is_none() && self.at == input.len() {
            if ended {
                is_single = self.place == Place::Single;
                error = self.end(input, &mut elements);
            } else if matches!(self.place, Place::Inside | Place::Single) && self.at - self.start > self.max_line {
                self.skipping = true;
            }
        }
        let input = chunk.input();
        let in_element = matches!(self.place, Place::Inside | Place::Single) && !self.skipping;
        let consumed = if in_element { self.start } else { self.at };
        self.count_lines(input, consumed);
        self.at -= consumed;
        self.start = self.start.saturating_sub(consumed);
        self.counted = 0;
        chunk.unterminated = is_single;
        chunk.elements = elements;
        chunk.error = error;
        consumed
    }

    /// Walks the input to its end, to the first error, or as far as one chunk goes.
    fn walk(&mut self, input: &[u8], elements: &mut Vec<Element>) -> Option<(u64, LeadError)> {
        while let (Some(byte), true) = (input.get(self.at), elements.len() < MOST_LEADS) {
            match (self.place, byte) {
                (Place::Inside, _) => {
                    if self.find_end(input) {
                        self.place = Place::After;
                        if let Some(error) = self.finish(elements) {
                            return Some(error);
                        }
                    }
                }
                (Place::Single | Place::Lost, _) => self.at = input.len(),
                (_, b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                (Place::Start, b'[') => self.step_to(Place::First),
                (Place::First | Place::After, b']') => self.step_to(Place::Closed),
                (Place::After, b',') => self.step_to(Place::Next),
                (Place::Start, _) => self.begin(Place::Single, input),
                (Place::First | Place::Next, b',' | b']' | b'}' | b':') => return self.lose(input, "expected a lead"),
                (Place::First | Place::Next, _) => self.begin(Place::Inside, input),
                (Place::After, _) => return self.lose(input, "expected `,` or `]`"),
                (Place::Closed, _) => return self.lose(input, "something stands after the end of the array"),
            }
        }
        None
    }

    /// Walks on in an element. True where it ends at `self.at`.
    fn find_end(&mut self, input: &[u8]) -> bool {
        let (mut at, mut depth) = (self.at, self.depth);
        let ends = loop {
            let Some(byte) = input.get(at) else { break false };
            if self.after_backslash {
                self.after_backslash = false;
            } else if self.in_string {
                at = special(input, at);
                match input.get(at) {
                    Some(b'"') => self.in_string = false,
                    Some(b'\\') => self.after_backslash = true,
                    // A control character, which `read` will find.
                    Some(_) => {}
                    None => break false,
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth == 0 => break true,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            at += 1;
                            break true;
                        }
                    }
                    b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break true,
                    _ => {}
                }
            }
            at += 1;
        };
        (self.at, self.depth) = (at, depth);
        ends
    }

    /// The input ends here.
    fn end(&mut self, input: &[u8], elements: &mut Vec<Element>) -> Option<(u64, LeadError)> {
        self.count_lines(input, self.at);
        match std::mem::replace(&mut self.place, Place::Lost) {
            Place::Single => self.finish(elements),
            Place::Inside if !self.skipping => Some((self.start_line, LeadError::cut_off(self.at - self.start))),
            Place::Inside => self.finish(elements),
            Place::First | Place::Next | Place::After => Some((self.line, LeadError::cut_off(0))),
            Place::Start | Place::Closed | Place::Lost => None,
        }
    }

    fn step_to(&mut self, place: Place) {
        self.at += 1;
        self.place = place;
    }

    fn begin(&mut self, place: Place, input: &[u8]) {
        self.count_lines(input, self.at);
        (self.place, self.start, self.start_line) = (place, self.at, self.line);
        (self.depth, self.in_string, self.after_backslash) = (0, false, false);
    }

    /// Marks the element that ends at the cursor, unless it is too long.
    fn finish(&mut self, elements: &mut Vec<Element>) -> Option<(u64, LeadError)> {
        let too_long = self.at - self.start > self.max_line || self.skipping;
        self.skipping = false;
        if too_long {
            return Some((self.start_line, LeadError::too_long(self.max_line)));
        }
        elements.push(Element { start: self.start, end: self.at, line: self.start_line });
        None
    }

    fn lose(&mut self, input: &[u8], expected: &str) -> Option<(u64, LeadError)> {
        self.count_lines(input, self.at);
        self.place = Place::Lost;
        Some((self.line, LeadError::between_leads(expected)))
    }

    fn count_lines(&mut self, input: &[u8], to: usize) {
        if let Some(bytes) = input.get(self.counted..to) {
            self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
            self.counted = to;
        }
    }
}
