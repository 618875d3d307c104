//! The catalogue of codes: every kind of fault that `check` finds, once.

/// Whether a diagnostic keeps the policy from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The policy does not run.
    Error,
    /// The policy runs, but is probably not what was meant.
    Warning,
}

/// One kind of fault: `H0201`, `unknown-name`.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `H` and four digits, stable for ever.
    pub id: &'static str,
    /// A short name in lower case with dashes.
    pub name: &'static str,
    /// Error or warning.
    pub severity: Severity,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $constant:ident = $id:literal $name:literal;)*) => {
        $($(#[doc = $doc])+ pub static $constant: Code = Code { id: $id, name: $name, severity: Severity::Error };)*
        /// Every code, in the order of the numbers.
        pub static CODES: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    // H00xx: the file as text.
    /// The file is not UTF-8 text.
    NOT_UTF8 = "H0001" "not-utf8";
    /// A file, line, statement list, bullet list or entry list is longer than the language allows.
    TOO_LONG = "H0002" "too-long";
    /// A control character, a character that turns the reading direction, or one that shows nothing.
    HIDDEN_CHARACTER = "H0003" "hidden-character";
    /// A file that the policy names cannot be read.
    MISSING_FILE = "H0004" "missing-file";
    /// A path that leaves the policy's folder.
    OUTSIDE_FOLDER = "H0005" "outside-folder";
    /// A file that the policy names (a list, rates, holidays, a lead) does not hold what it should.
    BAD_FILE = "H0006" "bad-file";

    // H01xx: words and lines.
    /// A statement word that the language does not have.
    UNKNOWN_STATEMENT = "H0101" "unknown-statement";
    /// A line or word that does not belong where it stands.
    UNEXPECTED_WORD = "H0102" "unexpected-word";
    /// A line that is indented too far or not far enough, or with tabs.
    INDENTATION = "H0103" "indentation";
    /// A text or name without its closing quote.
    UNCLOSED_QUOTE = "H0104" "unclosed-quote";
    /// Quotes, dashes or spaces that a word processor put in.
    TYPOGRAPHIC = "H0105" "typographic";
    /// A number that is not written as the language writes numbers.
    BAD_NUMBER = "H0106" "bad-number";
    /// A date or time that is not written as the language writes it, or does not exist.
    BAD_DATE = "H0107" "bad-date";
    /// A duration with a unit that the language does not have.
    BAD_DURATION = "H0108" "bad-duration";
    /// A name that is empty, too long, or not in quotes.
    BAD_NAME = "H0109" "bad-name";
    /// A text that is blank where it would be compared.
    BLANK_TEXT = "H0110" "blank-text";
    /// A head that owns no lines, or a statement that lacks a line it needs.
    MISSING_LINE = "H0111" "missing-line";
    /// A line that may stand once and stands twice.
    REPEATED_LINE = "H0112" "repeated-line";
    /// Groups that nest deeper than the language allows.
    TOO_DEEP = "H0113" "too-deep";
    /// A symbol or a word of another language or of everyday speech, such as `>=`, `or`, `atleast`.
    NEAR_MISS = "H0114" "near-miss";
    /// A statement that stands in the wrong place or number: no `policy`, two of them, a library's `stage`.
    WRONG_PLACE = "H0115" "wrong-place";

    // H02xx: names.
    /// A name of a criterion, event, score, … that nothing defines.
    UNKNOWN_NAME = "H0201" "unknown-name";
    /// A field that `lead` does not declare.
    UNKNOWN_FIELD = "H0202" "unknown-field";
    /// Two things of one kind with one name.
    DUPLICATE = "H0203" "duplicate";
    /// Definitions that need each other in a circle.
    CYCLE = "H0204" "cycle";
    /// A stage that asks for a later one.
    LATER_STAGE = "H0205" "later-stage";

    // H03xx: types and units.
    /// A condition that does not fit the field's type.
    WRONG_TYPE = "H0301" "wrong-type";
    /// Units that do not agree: money with a plain number, hours with a date.
    WRONG_UNIT = "H0302" "wrong-unit";
    /// A text outside the `one of` that its field allows.
    NOT_ONE_OF = "H0303" "not-one-of";
    /// Business time where no calendar says what that is.
    NO_CALENDAR = "H0304" "no-calendar";
    /// A pattern that is not a regular expression, or grows too large.
    BAD_PATTERN = "H0305" "bad-pattern";

    // H04xx: meaning.
    /// A count that can never come out, such as `at least 5 of` 4.
    IMPOSSIBLE_COUNT = "H0401" "impossible-count";
    /// A range with nothing in it, such as `between 50 and 5`.
    EMPTY_RANGE = "H0402" "empty-range";
    /// A table without `otherwise`, or with lines after it.
    OTHERWISE = "H0403" "otherwise";
    /// Bounds of a table of bands that do not fall from line to line.
    BAND_ORDER = "H0404" "band-order";
    /// A decay that takes too long to come down to nothing.
    ENDLESS_DECAY = "H0405" "endless-decay";
    /// A calendar that is never open, or whose hours overlap.
    BAD_HOURS = "H0406" "bad-hours";
    /// Points, percents or counts out of their bounds.
    OUT_OF_BOUNDS = "H0407" "out-of-bounds";
    /// Policies in one folder that are not versions of one, or of which two are in effect on one day.
    VERSIONS = "H0408" "versions";
}
