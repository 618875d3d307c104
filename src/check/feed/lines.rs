//! The lines of a feed, put together again where they were folded.

use std::borrow::Cow;

/// The lines of `rest` that hold something, each with the number of its first part in the file.
///
/// A line goes on where the next one begins with a space or a tab. It is put together as bytes, because many programs
/// fold in the middle of a letter.
pub struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub fn new(feed: &'a [u8]) -> Self {
        Lines { rest: feed, number: 0 }
    }

    /// Up to the next line end, whichever kind it is.
    fn part(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
        let (part, after) = self.rest.split_at(end);
        self.rest = after.strip_prefix(b"\r\n").or_else(|| after.get(1..)).unwrap_or_default();
        self.number += 1;
        Some(part)
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, Cow<'a, [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Cow::Borrowed(self.part()?);
            let number = self.number;
            while let Some(b' ' | b'\t') = self.rest.first() {
                let more = self.part().and_then(|part| part.get(1..)).unwrap_or_default();
                line.to_mut().extend_from_slice(more);
            }
            if !line.trim_ascii().is_empty() {
                return Some((number, line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(feed: &str) -> Vec<(usize, String)> {
        let text = |line: Cow<'_, [u8]>| String::from_utf8(line.into_owned()).unwrap();
        Lines::new(feed.as_bytes()).map(|(number, line)| (number, text(line))).collect()
    }

    #[test]
    fn folded_lines_are_one_and_keep_their_number() {
        let feed = "A:1\r\n  2\r\n\t3\nB\r\n \r\n\n\nC:4\rD";
        let expected = [(1, "A:1 23"), (4, "B"), (8, "C:4"), (9, "D")];
        assert_eq!(lines(feed), expected.map(|(number, line)| (number, line.to_owned())));
    }

    #[test]
    fn a_letter_that_was_folded_in_its_middle_is_whole_again() {
        let (begin, end) = "SUMMARY:Великден".as_bytes().split_at(11);
        let feed = [begin, b"\r\n ", end].concat();
        assert!(std::str::from_utf8(begin).is_err(), "the fold is within a letter");
        let (_, line) = Lines::new(&feed).next().unwrap();
        assert_eq!(line, "SUMMARY:Великден".as_bytes());
    }
}
