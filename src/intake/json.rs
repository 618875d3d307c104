//! JSON over the bytes of one line: the whole grammar, and nothing of policies.
//!
//! Places are passed and returned, never kept, and no place is one register; what is wrong is put aside. So both stay
//! in registers on the way through a lead, which is most of what a decision costs.

use super::error::{Fault, MOST_LEVELS, What};
use super::line::{At, Line};

/// A line that is UTF-8. What its methods pass over has been checked, whether it is wanted or not.
#[derive(Debug)]
pub(super) struct Json<'a> {
    pub(super) line: Line<'a>,
    /// What is wrong, once a method has returned none.
    pub(super) fault: Option<Fault>,
}

/// Where to go on; none where something is wrong.
pub(super) type Walked<'a> = Option<At<'a>>;

impl<'a> Json<'a> {
    /// The place of the value whose key stands at `at`.
    #[inline(always)]
    fn key(&mut self, at: At<'a>) -> Walked<'a> {
        let behind = match at.short_quoted() {
            Some((_, behind)) => behind,
            None => self.unusual_key(at)?.1,
        };
        self.value_of(behind)
    }

    /// The place of the value whose key ends at `at`.
    #[inline(always)]
    pub(super) fn value_of(&mut self, at: At<'a>) -> Walked<'a> {
        let colon = token(at);
        match colon.behind(b':') {
            Some(value) => Some(token(value)),
            None => self.fail(colon, What::NoColon),
        }
    }

    /// A key that holds something unusual, as it is written, and the place behind it.
    #[cold]
    pub(super) fn unusual_key(&mut self, at: At<'a>) -> Option<(&'a str, At<'a>)> {
        if at.byte() == b'"' { self.unusual_string(at) } else { self.fail(at, What::NoKey) }
    }

    /// The place behind the string that stands at `at`.
    #[inline(always)]
    fn string(&mut self, at: At<'a>) -> Walked<'a> {
        match at.quoted() {
            Some((_, behind)) => Some(behind),
            None => Some(self.unusual_string(at)?.1),
        }
    }

    /// A string that holds something unusual, as it is written, and the place behind it.
    #[inline(never)]
    pub(super) fn unusual_string(&mut self, open: At<'a>) -> Option<(&'a str, At<'a>)> {
        let start = open.next();
        let mut at = start.special();
        loop {
            match at.byte() {
                b'"' => return Some((self.line.between(start, at), at.next())),
                b'\\' => at = self.escape(at)?.special(),
                _ if self.is_end(at) => return self.fail(at, What::OpenText),
                _ => return self.fail(at, What::ControlCharacter),
            }
        }
    }

    /// Whether the line ends here.
    pub(super) fn is_end(&self, at: At<'_>) -> bool {
        self.line.offset(at) == self.line.text.len()
    }

    /// Checks the form of the escape at `at`, and says where it ends.
    fn escape(&mut self, at: At<'a>) -> Walked<'a> {
        let at = at.next();
        match at.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at.next()),
            b'u' => {
                let mut digit = at.next();
                for _ in 0..4 {
                    if !digit.byte().is_ascii_hexdigit() {
                        return self.fail(digit, What::BadEscape);
                    }
                    digit = digit.next();
                }
                Some(digit)
            }
            _ => self.fail(at, What::BadEscape),
        }
    }

    /// The end of the number that stands at `at`.
    #[inline(always)]
    pub(super) fn number(&mut self, at: At<'a>) -> Walked<'a> {
        let start = at.behind(b'-').unwrap_or(at);
        let whole = self.digits(start)?;
        if let Some(second) = start.behind(b'0')
            && second != whole
        {
            return self.fail(second, What::BadNumber);
        }
        match whole.byte() {
            b'.' | b'e' | b'E' => self.end_of_long_number(whole),
            _ => Some(whole),
        }
    }

    /// The end of a number that goes on at `at` with a fraction or an exponent.
    #[inline(never)]
    fn end_of_long_number(&mut self, mut at: At<'a>) -> Walked<'a> {
        if let Some(fraction) = at.behind(b'.') {
            at = self.digits(fraction)?;
        }
        if let Some(exponent) = at.behind(b'e').or_else(|| at.behind(b'E')) {
            let unsigned = exponent.behind(b'+').or_else(|| exponent.behind(b'-'));
            at = self.digits(unsigned.unwrap_or(exponent))?;
        }
        Some(at)
    }

    /// The end of at least one digit.
    #[inline(always)]
    fn digits(&mut self, start: At<'a>) -> Walked<'a> {
        let at = start.behind_digits();
        if at == start { self.fail(at, What::BadNumber) } else { Some(at) }
    }

    /// The end of `true`, `false` or `null`, which should stand at `at`.
    #[inline]
    fn word(&mut self, at: At<'a>, word: &'static str) -> Walked<'a> {
        match at.behind_word(word) {
            Some(behind) => Some(behind),
            None => self.no_word(at, word),
        }
    }

    #[cold]
    fn no_word(&mut self, mut at: At<'a>, word: &'static str) -> Walked<'a> {
        let rest = self.line.text.get(self.line.offset(at)..).unwrap_or_default();
        if word.starts_with(rest) {
            while !self.is_end(at) {
                at = at.next();
            }
        }
        self.no_value(at)
    }

    /// The end of any value at `at`, inside of `level` objects and lists.
    #[inline(always)]
    pub(super) fn skip(&mut self, at: At<'a>, level: u32) -> Walked<'a> {
        match at.byte() {
            b'"' => self.string(at),
            b'{' | b'[' => self.skip_container(at, level),
            _ => self.scalar(at),
        }
    }

    /// The end of a number, `true`, `false` or `null`.
    #[inline]
    pub(super) fn scalar(&mut self, at: At<'a>) -> Walked<'a> {
        match at.byte() {
            b'-' | b'0'..=b'9' => self.number(at),
            b't' => self.word(at, "true"),
            b'f' => self.word(at, "false"),
            b'n' => self.word(at, "null"),
            _ => self.no_value(at),
        }
    }

    /// The end of the object or list at `at`. Not recursive: how deep it goes is the lead's choice.
    fn skip_container(&mut self, mut at: At<'a>, outside: u32) -> Walked<'a> {
        let mut level = outside;
        // Bit n tells what is open n levels further out: an object (1) or a list (0).
        let mut open = 0u64;
        loop {
            match at.byte() {
                b'"' => at = self.string(at)?,
                bracket @ (b'{' | b'[') => {
                    level = self.enter(at, level)?;
                    open = open << 1 | u64::from(bracket == b'{');
                    at = token(at.next());
                    // The closing bracket is two behind the opening one in ASCII.
                    if at.byte() != bracket + 2 {
                        if bracket == b'{' {
                            at = self.key(at)?;
                        }
                        continue;
                    }
                }
                _ => at = self.scalar(at)?,
            }
            // Behind a value, or on the closing bracket of an empty container.
            loop {
                if level == outside {
                    return Some(at);
                }
                let in_object = open & 1 == 1;
                at = token(at);
                match at.byte() {
                    b',' => {
                        at = token(at.next());
                        if in_object {
                            at = self.key(at)?;
                        }
                        break;
                    }
                    b'}' if in_object => at = at.next(),
                    b']' if !in_object => at = at.next(),
                    _ => return self.fail(at, if in_object { What::NoBrace } else { What::NoBracket }),
                }
                level -= 1;
                open >>= 1;
            }
        }
    }

    /// The level inside of the object or list at `at`.
    #[inline(always)]
    pub(super) fn enter(&mut self, at: At<'a>, level: u32) -> Option<u32> {
        if level == MOST_LEVELS { self.fail(at, What::TooDeep) } else { Some(level + 1) }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fail<T>(&mut self, at: At<'_>, what: What) -> Option<T> {
        self.fault = Some(Fault { what, offset: self.line.offset(at) });
        None
    }

    #[cold]
    fn no_value(&mut self, at: At<'a>) -> Walked<'a> {
        let is_like_nan = matches!(at.byte(), b'N' | b'I' | b'i');
        self.fail(at, if is_like_nan { What::NoSuchValue } else { What::NoValue })
    }
}

/// The first place from `at` on that is no white space.
#[inline(always)]
pub(super) fn token(at: At<'_>) -> At<'_> {
    if at.byte() > b' ' { at } else { after_space(at) }
}

#[inline(never)]
fn after_space(mut at: At<'_>) -> At<'_> {
    while let b' ' | b'\t' | b'\n' | b'\r' = at.byte() {
        at = at.next();
    }
    at
}
