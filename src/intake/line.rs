//! The bytes of one line, and the places in it.
//!
//! This is the only module with unsafe code. A line is copied to where zeros follow it, so that a step forward needs no
//! look at how much is left. What the code relies on:
//! - An [`At`] points to a byte of a copied line or to the first zero behind it, and there are [`ROOM`] more bytes that
//!   can be read from there on.
//! - It goes forward only past a byte that is not zero, of which there is none behind the line, or to a byte that was
//!   found in it.
//! - A [`Written`] that is marked so is a piece of a copied line, so that sixteen bytes can be read from each of its bytes.
//! - A piece of a line is text because the line is, and because it stands between two bytes that are ASCII.
#![expect(unsafe_code, reason = "bytes are looked at many at a time, and places in a line are checked once")]

mod bytes;

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::str::Utf8Error;

pub(super) use bytes::special;
use bytes::{SHORT, STEP, first_special, fold_ascii, leading_digits};

use super::keys::Head;
use crate::text;

/// How many bytes can be read behind every place of a line.
const ROOM: usize = 64;
/// Of two words of eight bytes, those that are in a text of up to sixteen.
#[expect(clippy::indexing_slicing, reason = "the compiler works it out")]
const HEAD_MASKS: [[u64; 2]; SHORT + 1] = {
    let mut masks = [[0; 2]; SHORT + 1];
    let mut length = 1;
    while length <= SHORT {
        masks[length] =
            if length <= 8 { [u64::MAX >> (64 - 8 * length), 0] } else { [u64::MAX, u64::MAX >> (128 - 8 * length)] };
        length += 1;
    }
    masks
};

/// Room for one line, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// Takes a line, which is then text.
    ///
    /// # Errors
    /// Where the line is not UTF-8.
    pub(super) fn take<'a>(&'a mut self, line: &'a [u8]) -> Result<Line<'a>, Utf8Error> {
        let text = match simdutf8::basic::from_utf8(line) {
            Ok(text) => text,
            // The other crate says where.
            Err(_) => std::str::from_utf8(line)?,
        };
        self.bytes.clear();
        self.bytes.extend_from_slice(line);
        self.bytes.extend_from_slice(&[0; ROOM]);
        // A vector's pointer is never null.
        Ok(Line { start: At(NonNull::from(self.bytes.as_slice()).cast(), PhantomData), text })
    }
}

/// A line that is UTF-8.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) start: At<'a>,
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// How many bytes stand before a place.
    pub(super) fn offset(self, at: At<'_>) -> usize {
        at.0.addr().get().saturating_sub(self.start.0.addr().get())
    }

    /// What stands between two places.
    pub(super) fn between(self, from: At<'_>, to: At<'_>) -> &'a str {
        self.text.get(self.offset(from)..self.offset(to)).unwrap_or_default()
    }
}

/// A place in a line, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At<'a>(NonNull<u8>, PhantomData<&'a [u8]>);

impl<'a> At<'a> {
    /// The byte here; zero at the end of the line.
    #[inline(always)]
    pub(super) fn byte(self) -> u8 {
        // SAFETY: there is a byte at every place.
        unsafe { self.0.read() }
    }

    /// The eight bytes from here on, the first one lowest, with zeros for those behind the line.
    #[inline(always)]
    pub(super) fn word(self) -> u64 {
        // SAFETY: there is room behind every place.
        u64::from_le_bytes(unsafe { self.0.cast::<[u8; 8]>().read() })
    }

    /// The place behind this byte, if it stands here.
    #[inline(always)]
    pub(super) fn behind(self, byte: u8) -> Option<At<'a>> {
        (self.byte() == byte).then(|| self.next())
    }

    /// The next place; at the end, here.
    #[inline(always)]
    pub(super) fn next(self) -> At<'a> {
        // SAFETY: behind a byte that is not zero there is another place.
        unsafe { self.forward(usize::from(self.byte() != 0)) }
    }

    /// The place behind the digits that stand here.
    #[inline(always)]
    pub(super) fn behind_digits(mut self) -> At<'a> {
        loop {
            let count = leading_digits(self.word());
            // SAFETY: digits are not zero.
            self = unsafe { self.forward(count) };
            if count < 8 {
                return self;
            }
        }
    }

    /// The place behind this word, if it stands here.
    #[inline(always)]
    pub(super) fn behind_word(self, word: &str) -> Option<At<'a>> {
        let bytes = word.bytes().rev().fold(0, |bytes, byte| bytes << 8 | u64::from(byte));
        let mask = u64::MAX >> (64 - 8 * word.len().clamp(1, 8));
        let stands_here = word.len() <= 8 && !word.contains('\0') && self.word() & mask == bytes;
        // SAFETY: no byte of the word is zero, and all of them stand here.
        stands_here.then(|| unsafe { self.forward(word.len()) })
    }

    /// The place behind the key and the colon of a stamp, if they stand here.
    #[inline(always)]
    pub(super) fn behind_stamp(self, stamp: &Stamp) -> Option<At<'a>> {
        // SAFETY: there is room behind every place.
        let [first, second] = unsafe { words(self.0.as_ptr()) };
        let differs = ((first & stamp.masks[0]) ^ stamp.words[0]) | ((second & stamp.masks[1]) ^ stamp.words[1]);
        // SAFETY: so many bytes of the line are those of the stamp, of which none is zero.
        (differs == 0).then(|| unsafe { self.forward(stamp.length) })
    }

    /// The first quote, backslash or control character from here on, or the end.
    #[inline(always)]
    pub(super) fn special(mut self) -> At<'a> {
        loop {
            // SAFETY: there is room behind every place.
            let found = first_special(unsafe { self.0.cast::<[u8; STEP]>().as_ref() });
            if let Some(count) = found {
                // SAFETY: the zero behind the line is a control character, so that nothing is found behind it.
                return unsafe { self.forward(count) };
            }
            // SAFETY: as nothing was found, none of these bytes is zero.
            self = unsafe { self.forward(STEP) };
        }
    }

    /// [`At::special`] for what is mostly near.
    #[inline(always)]
    fn near_special(self) -> At<'a> {
        // SAFETY: there is room behind every place.
        match first_special(unsafe { self.0.cast::<[u8; SHORT]>().as_ref() }) {
            // SAFETY: as in `special`.
            Some(count) => unsafe { self.forward(count) },
            // SAFETY: as in `special`.
            None => unsafe { self.forward(SHORT) }.special(),
        }
    }

    /// The string without escapes whose opening quote stands here, and the place behind its closing quote.
    #[inline(always)]
    pub(super) fn quoted(self) -> Option<(Written<'a>, At<'a>)> {
        let start = self.behind(b'"')?;
        start.quoted_until(start.special())
    }

    /// [`At::quoted`] for what is mostly short.
    #[inline(always)]
    pub(super) fn short_quoted(self) -> Option<(Written<'a>, At<'a>)> {
        let start = self.behind(b'"')?;
        start.quoted_until(start.near_special())
    }

    /// What stands between an opening quote before this place and a closing one at `end`, and the place behind that.
    #[inline(always)]
    fn quoted_until(self, end: At<'a>) -> Option<(Written<'a>, At<'a>)> {
        let start = self;
        let behind = end.behind(b'"')?;
        let length = end.0.addr().get() - start.0.addr().get();
        // SAFETY: both places are in the same line, the second not before the first, and each of them is next to a quote.
        let text = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(start.0.as_ptr(), length)) };
        Some((Written { text, has_room: true }, behind))
    }

    /// # Safety
    /// None of the bytes before the place that is reached may be zero.
    #[inline(always)]
    unsafe fn forward(self, count: usize) -> At<'a> {
        // SAFETY: all bytes that are passed are in the line.
        At(unsafe { self.0.add(count) }, PhantomData)
    }
}

/// Sixteen bytes as two words, the first byte lowest.
///
/// # Safety
/// They can be read.
#[inline(always)]
unsafe fn words(at: *const u8) -> [u64; 2] {
    // SAFETY: the caller says so.
    let bytes = unsafe { at.cast::<[[u8; 8]; 2]>().read() };
    bytes.map(u64::from_le_bytes)
}

/// A key as it stands in a line: with its quotes, and the colon right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    words: [u64; 2],
    masks: [u64; 2],
    length: usize,
}

impl Stamp {
    /// Stands nowhere.
    pub(super) const NEVER: Stamp = Stamp { words: [1, 0], masks: [0, 0], length: 0 };

    /// The stamp of a short key that stands in a line, where no key has zeros.
    #[inline]
    pub(super) fn of_key(key: Written<'_>) -> Option<Stamp> {
        let length = key.text.len() + "\"\":".len();
        let masks = HEAD_MASKS.get(length).filter(|_| key.has_room)?;
        let Head(first, second) = key.head();
        let name = u128::from(first) | u128::from(second) << 64;
        let end = u128::from(u16::from_le_bytes(*b"\":"));
        let written = u128::from(b'"') | name << 8 | end << (8 * (length - 2));
        Some(Stamp { words: [written as u64, (written >> 64) as u64], masks: *masks, length })
    }

    /// A number that differs for most stamps that differ.
    #[inline]
    pub(super) fn hash(&self) -> usize {
        Head(self.words[0], self.words[1]).hash(&[])
    }
}

/// A text, which is perhaps a piece of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    text: &'a str,
    /// Whether it is a piece of a copied line.
    has_room: bool,
}

impl<'a> Written<'a> {
    /// A text that stands anywhere.
    pub(super) fn elsewhere(text: &'a str) -> Written<'a> {
        Written { text, has_room: false }
    }

    #[inline(always)]
    pub(super) fn text(self) -> &'a str {
        self.text
    }

    /// Its first sixteen bytes.
    #[inline(always)]
    pub(super) fn head(self) -> Head {
        if !self.has_room {
            return Head::of(self.text.as_bytes());
        }
        let start = self.text.as_ptr();
        // SAFETY: there is room behind a piece of a line.
        let [first, second] = unsafe { words(start) };
        let masks = HEAD_MASKS.get(self.text.len()).unwrap_or(&[u64::MAX; 2]);
        Head(first & masks[0], second & masks[1])
    }

    /// Without the white space at its ends.
    #[inline(always)]
    pub(super) fn trimmed(self) -> Written<'a> {
        Written { text: text::trim(self.text), ..self }
    }

    /// Appends [`text::fold`] of it.
    #[inline(always)]
    pub(super) fn fold_into(self, to: &mut String) {
        if !(self.has_room && self.fold_ascii_into(to)) {
            text::fold_into(self.text, to);
        }
    }

    /// Sixteen bytes at once, if all are ASCII.
    #[inline(always)]
    fn fold_ascii_into(self, to: &mut String) -> bool {
        let length = self.text.len();
        to.reserve(length + SHORT);
        let before = to.len();
        let mut beyond = 0;
        let mut at = 0;
        // SAFETY: a piece of a line has sixteen bytes from each of its bytes on, and they were made room for in `to`, to
        // which nothing but ASCII is added.
        let added = unsafe {
            let bytes = to.as_mut_vec();
            loop {
                let (folded, others) = fold_ascii(&self.text.as_ptr().add(at).cast::<[u8; SHORT]>().read());
                bytes.as_mut_ptr().add(before + at).cast::<[u8; SHORT]>().write(folded);
                beyond |= others & u32::MAX >> (32 - (length - at).min(SHORT)).min(31);
                at += SHORT;
                if at >= length {
                    break bytes;
                }
            }
        };
        if beyond == 0 {
            // SAFETY: so many bytes were written.
            unsafe { added.set_len(before + length) };
        }
        beyond == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_end_with_the_line() {
        let mut buffer = Buffer::default();
        for length in 0..100 {
            let bytes = vec![b'a'; length];
            let line = buffer.take(&bytes).unwrap();
            assert_eq!(line.offset(line.start.special()), length);
            let mut at = line.start;
            for place in 0..length + 3 {
                let left = length.saturating_sub(place).min(8);
                assert_eq!(at.word().to_le_bytes(), *[&[b'a'; 8][..left], &[0; 8]].concat().first_chunk().unwrap());
                assert_eq!(at.byte() == 0, place >= length);
                at = at.next();
            }
            assert_eq!(line.offset(at), length);
        }
    }

    #[test]
    fn digits_and_words_are_passed_whole() {
        let mut buffer = Buffer::default();
        for length in 0..40 {
            for after in ["", "/", ":", "a", "é"] {
                let text = "0123456789".repeat(4)[..length].to_owned() + after;
                let line = buffer.take(text.as_bytes()).unwrap();
                assert_eq!(line.offset(line.start.behind_digits()), length);
            }
        }
        let line = buffer.take(b"nulltrue").unwrap();
        let behind = line.start.behind_word("null").unwrap();
        assert_eq!(line.offset(behind), 4);
        assert_eq!(line.offset(behind.behind_word("true").unwrap()), 8);
        assert_eq!(behind.behind_word("truee"), None);
        assert_eq!(line.start.behind_word(""), None);
    }

    #[test]
    fn what_is_quoted() {
        let mut buffer = Buffer::default();
        for (line, expected) in [
            (r#""é" b"#, Some("é")),
            (r#""""#, Some("")),
            (
                r#"" a very long text of more than thirty-two bytes, and then some ""#,
                Some(" a very long text of more than thirty-two bytes, and then some "),
            ),
            (r#""a\"b""#, None),
            ("\"a\u{1}\"", None),
            (r#""open"#, None),
            (r#"a"b""#, None),
            ("", None),
        ] {
            let line = buffer.take(line.as_bytes()).unwrap();
            assert_eq!(line.start.quoted().map(|(written, _)| written.text()), expected);
        }
    }

    #[test]
    fn texts_fold_as_anywhere() {
        let mut buffer = Buffer::default();
        let long: String = (b' '..=b'~').filter(|byte| !b"\"\\".contains(byte)).map(char::from).collect();
        for text in ["", "A", "Straße", "ABCDEFGH", "abcdefghI", &long, "0123456é", "01234567é"] {
            let line = format!("\"{text}\"É");
            let line = buffer.take(line.as_bytes()).unwrap();
            let (written, _) = line.start.quoted().unwrap();
            let mut folded = "before".to_owned();
            written.fold_into(&mut folded);
            Written::elsewhere(text).fold_into(&mut folded);
            assert_eq!(folded, format!("before{0}{0}", text::fold(text)));
            let word = |from| text.bytes().skip(from).take(8).rev().fold(0, |word, byte| word << 8 | u64::from(byte));
            let head = Head(word(0), word(8));
            assert_eq!((written.head(), Written::elsewhere(text).head()), (head, head));
        }
    }
}
