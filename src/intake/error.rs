//! Why a lead cannot be read. Messages name keys that the policy reads and nothing else of the lead.

use std::str::Utf8Error;

/// A line that is no lead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message} (byte {offset})")]
pub struct LeadError {
    /// `H0701` and up.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// Where, in bytes from the beginning of the line.
    pub offset: usize,
    /// Whether the line was good as far as it goes.
    at_end: bool,
}

impl LeadError {
    /// The longest line that can be read, in bytes, whatever limit the user sets.
    pub const LONGEST_LINE: usize = 1 << 28;

    /// The error of a line that is longer than `limit` bytes.
    pub fn too_long(limit: usize) -> LeadError {
        let message = format!("the line is longer than {limit} bytes (`--max-line` sets the limit)");
        LeadError { code: "H0708", message, offset: limit, at_end: false }
    }

    /// The error of a lead that is longer than any may be.
    pub(super) fn too_long_for_anybody() -> LeadError {
        let limit = LeadError::LONGEST_LINE;
        let message = format!("the lead is longer than {limit} bytes, the most that can be read");
        LeadError { code: "H0708", message, offset: limit, at_end: false }
    }

    /// The error of input that breaks off before a lead is complete.
    pub fn cut_off(offset: usize) -> LeadError {
        let message = "the input ends in the middle of a lead".to_owned();
        LeadError { code: "H0707", message, offset, at_end: true }
    }

    /// The error of a row whose last quote is never closed.
    pub(super) fn open_quote(offset: usize) -> LeadError {
        let message = "the input ends within quotes that were opened on this row".to_owned();
        LeadError { code: "H0707", message, offset, at_end: true }
    }

    /// The error of a row of a table that cannot be made a lead of; `message` names the column.
    pub fn bad_row(message: impl Into<String>, offset: usize) -> LeadError {
        LeadError { code: "H0709", message: message.into(), offset, at_end: false }
    }

    /// The error of a JSON array that is malformed between its leads.
    pub(super) fn between_leads(expected: &str) -> LeadError {
        let message = format!("malformed JSON between leads: {expected}; what follows is not read");
        LeadError { code: "H0702", message, offset: 0, at_end: false }
    }

    /// The same error for a line after which the input ends without a newline: where nothing but the rest is
    /// missing, the input was cut off.
    #[must_use]
    pub fn in_last_line(self) -> LeadError {
        if self.at_end { LeadError::cut_off(self.offset) } else { self }
    }

    /// The error of a line that is not UTF-8. A character cut off by the end of the line may be cut-off input.
    pub(super) fn not_utf8(error: Utf8Error) -> LeadError {
        LeadError {
            code: "H0701",
            message: "the line is not valid UTF-8 text".to_owned(),
            offset: error.valid_up_to(),
            at_end: error.error_len().is_none(),
        }
    }

    /// The error of a fault in a line of this length; `key` is the path of the key that it is about, if any.
    pub(super) fn from_fault(fault: Fault, length: usize, key: &str) -> LeadError {
        let offset = fault.offset;
        let is_malformed = fault.what.code() == "H0702";
        let at_end = is_malformed && offset >= length;
        let message = match fault.what {
            _ if at_end => "malformed JSON: the lead breaks off".to_owned(),
            What::TooDeep => format!("the lead has more than {MOST_LEVELS} levels of objects and lists"),
            What::Twice => format!("the key `{key}` stands twice in one object, and the policy reads it"),
            What::LoneSurrogate => format!("the text of `{key}` holds half a character (a lone surrogate)"),
            What::IsText => "a lead is a JSON object, and here stands a text".to_owned(),
            What::IsList => "a lead is a JSON object, and here stands a list".to_owned(),
            What::IsScalar => "a lead is a JSON object, and here stands a single value".to_owned(),
            What::NoValue => "malformed JSON: expected a value".to_owned(),
            What::NoSuchValue => "malformed JSON: there is no such value as NaN or Infinity".to_owned(),
            What::NoKey => "malformed JSON: expected a key in double quotes".to_owned(),
            What::NoColon => "malformed JSON: expected `:` after a key".to_owned(),
            What::NoBrace => "malformed JSON: expected `,` or `}`".to_owned(),
            What::NoBracket => "malformed JSON: expected `,` or `]`".to_owned(),
            What::OpenText => "malformed JSON: a text is not closed".to_owned(),
            What::ControlCharacter => "malformed JSON: a text holds a raw control character".to_owned(),
            What::BadEscape => "malformed JSON: a text holds an escape that JSON does not know".to_owned(),
            What::BadNumber => "malformed JSON: a number is not written as JSON writes numbers".to_owned(),
            What::Trailing => "malformed JSON: something stands after the end of the lead".to_owned(),
        };
        LeadError { code: fault.what.code(), message, offset, at_end }
    }
}

/// More levels of objects and lists than this are an error.
pub(super) const MOST_LEVELS: u32 = 64;

/// What went wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    TooDeep,
    Twice,
    LoneSurrogate,
    IsText,
    IsList,
    IsScalar,
    NoValue,
    NoSuchValue,
    NoKey,
    NoColon,
    NoBrace,
    NoBracket,
    OpenText,
    ControlCharacter,
    BadEscape,
    BadNumber,
    Trailing,
}

impl What {
    fn code(self) -> &'static str {
        match self {
            What::TooDeep => "H0703",
            What::Twice => "H0704",
            What::LoneSurrogate => "H0705",
            What::IsText | What::IsList | What::IsScalar => "H0706",
            _ => "H0702",
        }
    }
}
