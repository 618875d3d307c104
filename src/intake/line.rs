//! The bytes of one line, and the places in it.
//!
//! This is the only file with unsafe code. A line is copied to where zeros follow it, so that a step forward needs no
//! look at how much is left. What the code relies on:
//! - An [`At`] points to a byte of a copied line or to the first zero behind it, and there are [`ROOM`] more bytes that
//!   can be read from there on.
//! - It goes forward only past a byte that is not zero, of which there is none behind the line, or to a byte that was
//!   found in it.
//! - A [`Written`] that is marked so is a piece of a copied line, so that sixteen bytes can be read from each of its bytes.
//! - A piece of a line is text because the line is, and because it stands between two bytes that are ASCII.
#![expect(unsafe_code, reason = "bytes are looked at many at a time, and places in a line are checked once")]

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::str::Utf8Error;

use super::keys::Head;
use crate::text;

/// How many bytes can be read behind every place of a line.
const ROOM: usize = 64;
/// How many bytes are looked at in one step for the end of a string.
const STEP: usize = 32;
/// How many for the end of a key, which mostly is short.
const SHORT: usize = 16;
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

/// Capital letters become small ones; and a bit for each byte that is not ASCII, the first one lowest.
#[inline(always)]
fn fold_ascii(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    #[cfg(target_arch = "x86_64")]
    return fold_ascii_by_simd(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    return fold_ascii_by_words(bytes);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fold_ascii_by_simd(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_cmpgt_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
        _mm_storeu_si128,
    };
    let mut folded = [0; SHORT];
    // SAFETY: both arrays have the 16 bytes that are read and written, which need no alignment; every x86-64 processor has
    // SSE2.
    let others = unsafe {
        let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
        let bytes = _mm_loadu_si128(std::ptr::from_ref(bytes).cast::<__m128i>());
        // Bytes beyond ASCII are below zero here.
        let capitals = _mm_and_si128(_mm_cmpgt_epi8(bytes, all(b'A' - 1)), _mm_cmpgt_epi8(all(b'Z' + 1), bytes));
        let small = _mm_add_epi8(bytes, _mm_and_si128(capitals, all(b'a' - b'A')));
        _mm_storeu_si128(folded.as_mut_ptr().cast::<__m128i>(), small);
        _mm_movemask_epi8(bytes).cast_unsigned()
    };
    (folded, others)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn fold_ascii_by_words(bytes: &[u8; SHORT]) -> ([u8; SHORT], u32) {
    let bit = |(place, byte): (usize, &u8)| u32::from(!byte.is_ascii()) << place;
    (bytes.map(|byte| byte.to_ascii_lowercase()), bytes.iter().enumerate().map(bit).sum())
}

/// Where the first quote, backslash or control character stands from `at` on in bytes that are no line, or their end.
#[inline(always)]
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        match first_special(step) {
            Some(count) => return at + count,
            None => at += STEP,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' ')).unwrap_or(rest.len())
}

/// The place of the first quote, backslash or control character.
#[inline(always)]
fn first_special<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    return first_special_by_simd(bytes);
    #[cfg(not(target_arch = "x86_64"))]
    return first_special_by_words(bytes);
}

/// Every x86-64 processor has SSE2. `N` is 16 or 32.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn first_special_by_simd<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    let specials = |bytes: &[u8; 16]| {
        // SAFETY: the array has the 16 bytes that are read, and they need no alignment.
        let bytes = unsafe { _mm_loadu_si128(std::ptr::from_ref(bytes).cast::<__m128i>()) };
        // SAFETY: they are instructions of SSE2.
        unsafe {
            let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"'.cast_signed()));
            let backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\'.cast_signed()));
            let controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)).cast_unsigned()
        }
    };
    let found = match bytes.as_chunks().0 {
        [all] => specials(all),
        [low, high] => specials(low) | specials(high) << 16,
        _ => return None,
    };
    (found != 0).then(|| found.trailing_zeros() as usize)
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn first_special_by_words<const N: usize>(bytes: &[u8; N]) -> Option<usize> {
    let mut words = bytes.as_chunks().0.iter().map(|word| specials(u64::from_le_bytes(*word)));
    let place = words.by_ref().position(|found| found != 0)?;
    let word = bytes.as_chunks().0.get(place).map(|word| specials(u64::from_le_bytes(*word)))?;
    Some(8 * place + word.trailing_zeros() as usize / 8)
}

/// Eight bytes at once: a bit in the lowest byte, and perhaps in bytes above it, that is special.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn specials(word: u64) -> u64 {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // A byte below the subtrahend borrows, which shows in its high bit. It borrows from the bytes above it, which
    // is why only the lowest hit is sure. Bytes beyond ASCII have that bit from the start and are none.
    let below = word.wrapping_sub(SPACES);
    let quotes = (word ^ QUOTES).wrapping_sub(ONES);
    let backslashes = (word ^ BACKSLASHES).wrapping_sub(ONES);
    (below | quotes | backslashes) & !word & HIGH
}

/// How many of eight bytes are digits before the first that is none.
#[inline(always)]
fn leading_digits(word: u64) -> usize {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const BEYOND_NINE: u64 = u64::from_le_bytes([0x80 - 10; 8]);
    let values = word ^ ZEROS;
    let others = ((values & !HIGH).wrapping_add(BEYOND_NINE) | values) & HIGH;
    others.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_by_one(bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < b' ').unwrap_or(bytes.len())
    }

    #[track_caller]
    fn agree(bytes: &[u8; STEP]) {
        let expected = Some(one_by_one(bytes)).filter(|at| *at < STEP);
        assert_eq!(first_special(bytes), expected, "{}", bytes.escape_ascii());
        assert_eq!(first_special_by_words(bytes), expected, "{}", bytes.escape_ascii());
        let short: &[u8; SHORT] = bytes.first_chunk().unwrap();
        assert_eq!(first_special(short), expected.filter(|at| *at < SHORT), "{}", bytes.escape_ascii());
        assert_eq!(first_special_by_words(short), expected.filter(|at| *at < SHORT), "{}", bytes.escape_ascii());
    }

    /// Every byte at every place, among bytes that differ from it in one bit, and behind those that are special.
    #[test]
    fn both_ways_find_what_one_by_one_finds() {
        for byte in 0..=255u8 {
            for other in (0..8).map(|bit| byte ^ 1 << bit).chain(*b"\"\\ a\x1f\x80\xff") {
                for place in 0..STEP {
                    let mut bytes = [other; STEP];
                    bytes[place] = byte;
                    agree(&bytes);
                    bytes[..place].fill(b'a');
                    agree(&bytes);
                }
            }
        }
    }

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
    fn both_ways_fold_alike() {
        for byte in 0..=255u8 {
            for place in 0..SHORT {
                for other in [b'a', b'Z', 0xc3] {
                    let mut bytes = [other; SHORT];
                    bytes[place] = byte;
                    let expected = (bytes.map(|byte| byte.to_ascii_lowercase()), fold_ascii_by_words(&bytes).1);
                    assert_eq!(fold_ascii(&bytes), expected, "{}", bytes.escape_ascii());
                    assert_eq!(fold_ascii_by_words(&bytes), expected, "{}", bytes.escape_ascii());
                    let is_ascii = (expected.1 & 1 << place) == 0;
                    assert_eq!(is_ascii, byte.is_ascii());
                }
            }
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
