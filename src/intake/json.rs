//! JSON over the bytes of one line: the whole grammar, and nothing of policies.
//!
//! Places are passed and returned, never kept, and faults are small: so both stay in registers on the way
//! through a lead, which is most of what a decision costs.

use super::error::{Fault, MOST_LEVELS, What};

/// A line that is UTF-8. What its methods pass over has been checked, whether it is wanted or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'a> {
    line: &'a str,
}

/// Where a string stands, between its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it holds escapes.
    pub(super) escaped: bool,
}

/// Where to go on, or what is wrong.
pub(super) type Walked = Result<usize, Fault>;

impl<'a> Json<'a> {
    pub(super) fn new(line: &'a str) -> Json<'a> {
        Json { line }
    }

    pub(super) fn line(self) -> &'a str {
        self.line
    }

    #[inline(always)]
    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.line.as_bytes().get(at).copied()
    }

    /// The first place from `at` on that is no white space.
    #[inline(always)]
    pub(super) fn token(self, at: usize) -> usize {
        match self.byte(at) {
            Some(byte) if byte > b' ' => at,
            _ => self.after_space(at),
        }
    }

    #[inline(never)]
    fn after_space(self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte(at) {
            at += 1;
        }
        at
    }

    /// The key that stands at `at`, and the place of its value.
    #[inline(always)]
    pub(super) fn key(self, at: usize) -> Result<(Span, usize), Fault> {
        if self.byte(at) != Some(b'"') {
            return Err(self.malformed(at, What::NoKey));
        }
        let key = self.string(at)?;
        let colon = self.token(key.end + 1);
        if self.byte(colon) != Some(b':') {
            return Err(self.malformed(colon, What::NoColon));
        }
        Ok((key, self.token(colon + 1)))
    }

    /// The string whose opening quote stands at `at`.
    #[inline(always)]
    pub(super) fn string(self, at: usize) -> Result<Span, Fault> {
        let start = at + 1;
        let end = special(self.line.as_bytes(), start);
        if self.byte(end) == Some(b'"') {
            return Ok(Span { start, end, escaped: false });
        }
        let end = self.end_of_unusual_string(end)?;
        Ok(Span { start, end, escaped: true })
    }

    /// The end of a string that goes on at `at` with anything but its end.
    #[inline(never)]
    fn end_of_unusual_string(self, mut at: usize) -> Walked {
        loop {
            match self.byte(at) {
                Some(b'"') => return Ok(at),
                Some(b'\\') => at = special(self.line.as_bytes(), self.escape(at)?),
                Some(_) => return Err(self.malformed(at, What::ControlCharacter)),
                None => return Err(self.malformed(at, What::OpenText)),
            }
        }
    }

    /// Checks the form of the escape at `at`, and says where it ends.
    fn escape(self, at: usize) -> Walked {
        match self.byte(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                for digit in at + 2..at + 6 {
                    if !self.byte(digit).is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.malformed(digit, What::BadEscape));
                    }
                }
                Ok(at + 6)
            }
            _ => Err(self.malformed(at + 1, What::BadEscape)),
        }
    }

    /// The end of the number that stands at `at`.
    #[inline(always)]
    pub(super) fn number(self, at: usize) -> Walked {
        let start = if self.byte(at) == Some(b'-') { at + 1 } else { at };
        let whole = self.digits(start)?;
        if self.byte(start) == Some(b'0') && whole > start + 1 {
            return Err(self.malformed(start + 1, What::BadNumber));
        }
        match self.byte(whole) {
            Some(b'.' | b'e' | b'E') => self.end_of_long_number(whole),
            _ => Ok(whole),
        }
    }

    /// The end of a number that goes on at `at` with a fraction or an exponent.
    #[inline(never)]
    fn end_of_long_number(self, mut at: usize) -> Walked {
        if self.byte(at) == Some(b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.byte(at) {
            let sign = usize::from(matches!(self.byte(at + 1), Some(b'+' | b'-')));
            at = self.digits(at + 1 + sign)?;
        }
        Ok(at)
    }

    /// The end of at least one digit.
    #[inline(always)]
    fn digits(self, start: usize) -> Walked {
        let mut at = start;
        while let Some(b'0'..=b'9') = self.byte(at) {
            at += 1;
        }
        if at == start { Err(self.malformed(at, What::BadNumber)) } else { Ok(at) }
    }

    /// The end of `true`, `false` or `null`, which should stand at `at`.
    #[inline]
    pub(super) fn word(self, at: usize, word: &'static str) -> Walked {
        let rest = self.line.as_bytes().get(at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            return Ok(at + word.len());
        }
        let is_cut_off = word.as_bytes().starts_with(rest);
        Err(self.no_value(if is_cut_off { at + rest.len() } else { at }))
    }

    /// The end of any value at `at`, inside of `level` objects and lists.
    #[inline(always)]
    pub(super) fn skip(self, at: usize, level: u32) -> Walked {
        match self.byte(at) {
            Some(b'"') => Ok(self.string(at)?.end + 1),
            Some(b'{' | b'[') => self.skip_container(at, level),
            _ => self.scalar(at),
        }
    }

    /// The end of a number, `true`, `false` or `null`.
    #[inline]
    pub(super) fn scalar(self, at: usize) -> Walked {
        match self.byte(at) {
            Some(b'-' | b'0'..=b'9') => self.number(at),
            Some(b't') => self.word(at, "true"),
            Some(b'f') => self.word(at, "false"),
            Some(b'n') => self.word(at, "null"),
            _ => Err(self.no_value(at)),
        }
    }

    /// The end of the object or list at `at`. Not recursive: how deep it goes is the lead's choice.
    fn skip_container(self, mut at: usize, outside: u32) -> Walked {
        let mut level = outside;
        // Bit n tells what is open n levels further out: an object (1) or a list (0).
        let mut open = 0u64;
        loop {
            match self.byte(at) {
                Some(b'"') => at = self.string(at)?.end + 1,
                Some(bracket @ (b'{' | b'[')) => {
                    level = self.enter(at, level)?;
                    open = open << 1 | u64::from(bracket == b'{');
                    at = self.token(at + 1);
                    // The closing bracket is two behind the opening one in ASCII.
                    if self.byte(at) != Some(bracket + 2) {
                        if bracket == b'{' {
                            (_, at) = self.key(at)?;
                        }
                        continue;
                    }
                }
                _ => at = self.scalar(at)?,
            }
            // Behind a value, or on the closing bracket of an empty container.
            loop {
                if level == outside {
                    return Ok(at);
                }
                let in_object = open & 1 == 1;
                at = self.token(at);
                match self.byte(at) {
                    Some(b',') => {
                        at = self.token(at + 1);
                        if in_object {
                            (_, at) = self.key(at)?;
                        }
                        break;
                    }
                    Some(b'}') if in_object => at += 1,
                    Some(b']') if !in_object => at += 1,
                    _ => return Err(self.malformed(at, if in_object { What::NoBrace } else { What::NoBracket })),
                }
                level -= 1;
                open >>= 1;
            }
        }
    }

    /// The level inside of the object or list at `at`.
    #[inline(always)]
    pub(super) fn enter(self, at: usize, level: u32) -> Result<u32, Fault> {
        if level == MOST_LEVELS { Err(self.malformed(at, What::TooDeep)) } else { Ok(level + 1) }
    }

    /// A string as written.
    #[inline(always)]
    pub(super) fn written(self, string: Span) -> &'a str {
        self.slice(string.start, string.end)
    }

    #[inline(always)]
    pub(super) fn slice(self, start: usize, end: usize) -> &'a str {
        self.line.get(start..end).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn bytes(self, string: Span) -> &'a [u8] {
        self.line.as_bytes().get(string.start..string.end).unwrap_or_default()
    }

    /// The eight bytes from `at` on, if the line has them.
    #[inline(always)]
    pub(super) fn chunk(self, at: usize) -> Option<&'a [u8; 8]> {
        self.line.as_bytes().get(at..)?.first_chunk()
    }

    #[cold]
    pub(super) fn malformed(self, at: usize, what: What) -> Fault {
        // Lines are bounded so that places fit.
        Fault { what, offset: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    #[cold]
    pub(super) fn no_value(self, at: usize) -> Fault {
        let is_like_nan = matches!(self.byte(at), Some(b'N' | b'I' | b'i'));
        self.malformed(at, if is_like_nan { What::NoSuchValue } else { What::NoValue })
    }
}

/// Where the first quote, backslash or control character stands from `at` on, or the end.
#[inline(always)]
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let hits = specials(u64::from_le_bytes(*chunk));
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    special_near_end(bytes, at)
}

#[inline(never)]
fn special_near_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Eight bytes at once: a bit in the lowest byte, and perhaps in bytes above it, that is special.
#[inline(always)]
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
