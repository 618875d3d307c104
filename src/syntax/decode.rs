//! bytes → text: UTF-8 or nothing, never a lossy reading.

use crate::diagnostic::{Diagnostic, NOT_UTF8};
use crate::source::{FileId, Span};

/// Why a file is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is UTF-16, as some Windows programs write it.
    #[error("this file is UTF-16, not UTF-8: byte 0 begins it so")]
    Utf16,
    /// A byte that UTF-8 does not have there.
    #[error("this file is not UTF-8 text: byte {offset} cannot be read")]
    Invalid {
        /// Where that byte is, from 0.
        offset: usize,
    },
}

/// The text of a file; a byte order mark at its head is dropped.
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    // Without a mark at its head, every other byte of English in UTF-16 is 0.
    let halves = matches!(bytes, [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0);
    let utf16 = halves || matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if utf16 {
        return Err(DecodeError::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map_or((bytes, 0), |rest| (rest, 3));
    match std::str::from_utf8(bytes.0) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(DecodeError::Invalid { offset: error.valid_up_to() + bytes.1 }),
    }
}

impl DecodeError {
    /// The error as a diagnostic about the file as a whole.
    pub fn diagnostic(self, file: FileId) -> Diagnostic {
        let help = "Save the file as UTF-8: editors have it under `Save as` or `Encoding`.";
        Diagnostic::new(&NOT_UTF8, Span::new(file, 0, 0), self.to_string()).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utf8_is_text() {
        assert_eq!(decode("политика".as_bytes()).as_deref(), Ok("политика"));
        assert_eq!(decode(b"\xef\xbb\xbfpolicy").as_deref(), Ok("policy"));
        assert_eq!(decode(b"\xff\xfep\0o\0"), Err(DecodeError::Utf16));
        assert_eq!(decode(b"\0p\0o\0l"), Err(DecodeError::Utf16));
        assert_eq!(decode(b"p\0o\0l\0"), Err(DecodeError::Utf16));
        assert_eq!(decode(b"caf\xe9"), Err(DecodeError::Invalid { offset: 3 }));
        assert_eq!(decode(b"\xef\xbb\xbfab\xff"), Err(DecodeError::Invalid { offset: 5 }));
        assert_eq!(decode(b""), Ok(String::new()));
    }
}
