//! The catalogue of codes: every kind of fault, once, with its page of `docs/errors/`.

/// Whether a diagnostic keeps the policy from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The policy does not run.
    Error,
    /// The policy runs, but is probably not what was meant.
    Warning,
}

impl Severity {
    /// As all outputs call it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
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
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// Its page, as Markdown: what it means, a bad and a good example, why, and how to mend it.
    pub page: &'static str,
}

macro_rules! codes {
    (#[doc = $about:literal] $list:ident: $(#[doc = $summary:literal] $constant:ident = $severity:ident $id:literal $name:literal;)*) => {
        $(#[doc = $summary]
        pub static $constant: Code = Code {
            id: $id,
            name: $name,
            severity: Severity::$severity,
            summary: $summary.trim_ascii_start(),
            page: include_str!(concat!("../../docs/errors/", $id, ".md")),
        };)*
        #[doc = $about]
        pub static $list: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    /// Every code of what is said about policies, in the order of the numbers.
    CODES:

    // H00xx: the file as text.
    /// The file is not UTF-8 text.
    NOT_UTF8 = Error "H0001" "not-utf8";
    /// A file, line, statement list, bullet list or entry list is longer than the language allows.
    TOO_LONG = Error "H0002" "too-long";
    /// A control character, a character that turns the reading direction, or one that shows nothing.
    HIDDEN_CHARACTER = Error "H0003" "hidden-character";
    /// A file that the policy names cannot be read.
    MISSING_FILE = Error "H0004" "missing-file";
    /// A path that leaves the policy's folder.
    OUTSIDE_FOLDER = Error "H0005" "outside-folder";
    /// A file that the policy names (a list, rates, holidays, a lead) does not hold what it should.
    BAD_FILE = Error "H0006" "bad-file";

    // H01xx: words and lines.
    /// A statement word that the language does not have.
    UNKNOWN_STATEMENT = Error "H0101" "unknown-statement";
    /// A line or word that does not belong where it stands.
    UNEXPECTED_WORD = Error "H0102" "unexpected-word";
    /// A line that is indented too far or not far enough, or with tabs.
    INDENTATION = Error "H0103" "indentation";
    /// A text or name without its closing quote.
    UNCLOSED_QUOTE = Error "H0104" "unclosed-quote";
    /// Quotes, dashes or spaces that a word processor put in.
    TYPOGRAPHIC = Error "H0105" "typographic";
    /// A number that is not written as the language writes numbers.
    BAD_NUMBER = Error "H0106" "bad-number";
    /// A date or time that is not written as the language writes it, or does not exist.
    BAD_DATE = Error "H0107" "bad-date";
    /// A duration with a unit that the language does not have.
    BAD_DURATION = Error "H0108" "bad-duration";
    /// A name that is empty, too long, or not in quotes.
    BAD_NAME = Error "H0109" "bad-name";
    /// A text that is blank where it would be compared.
    BLANK_TEXT = Error "H0110" "blank-text";
    /// A head that owns no lines, or a statement that lacks a line it needs.
    MISSING_LINE = Error "H0111" "missing-line";
    /// A line that may stand once and stands twice.
    REPEATED_LINE = Error "H0112" "repeated-line";
    /// Groups that nest deeper than the language allows.
    TOO_DEEP = Error "H0113" "too-deep";
    /// A symbol or a word of another language or of everyday speech, such as `>=`, `or`, `atleast`.
    NEAR_MISS = Error "H0114" "near-miss";
    /// A statement that stands in the wrong place or number: no `policy`, two of them, a library's `stage`.
    WRONG_PLACE = Error "H0115" "wrong-place";

    // H02xx: names.
    /// A name of a criterion, event, score, … that nothing defines.
    UNKNOWN_NAME = Error "H0201" "unknown-name";
    /// A field that `lead` does not declare.
    UNKNOWN_FIELD = Error "H0202" "unknown-field";
    /// Two things of one kind with one name.
    DUPLICATE = Error "H0203" "duplicate";
    /// Definitions that need each other in a circle.
    CYCLE = Error "H0204" "cycle";
    /// A stage that asks for a later one.
    LATER_STAGE = Error "H0205" "later-stage";

    // H03xx: types and units.
    /// A condition that does not fit the field's type.
    WRONG_TYPE = Error "H0301" "wrong-type";
    /// Units that do not agree: money with a plain number, hours with a date.
    WRONG_UNIT = Error "H0302" "wrong-unit";
    /// A text outside the `one of` that its field allows.
    NOT_ONE_OF = Error "H0303" "not-one-of";
    /// Business time where no calendar says what that is.
    NO_CALENDAR = Error "H0304" "no-calendar";
    /// A pattern that is not a regular expression, or grows too large.
    BAD_PATTERN = Error "H0305" "bad-pattern";

    // H04xx: meaning.
    /// A count that can never come out, such as `at least 5 of` 4.
    IMPOSSIBLE_COUNT = Error "H0401" "impossible-count";
    /// A range with nothing in it, such as `between 50 and 5`.
    EMPTY_RANGE = Error "H0402" "empty-range";
    /// A table without `otherwise`, or with lines after it.
    OTHERWISE = Error "H0403" "otherwise";
    /// Bounds of a table of bands that do not fall from line to line.
    BAND_ORDER = Error "H0404" "band-order";
    /// A decay that takes too long to come down to nothing.
    ENDLESS_DECAY = Error "H0405" "endless-decay";
    /// A calendar that is never open, or whose hours overlap.
    BAD_HOURS = Error "H0406" "bad-hours";
    /// Points, percents or counts out of their bounds.
    OUT_OF_BOUNDS = Error "H0407" "out-of-bounds";
    /// Policies in one folder that are not versions of one, or of which two are in effect on one day.
    VERSIONS = Error "H0408" "versions";

    // H05xx: doubts. The policy runs, and `# allow NAME` on the line above turns one off.
    /// A field, list, event or calendar that nothing uses, or an `# allow` that turns nothing off.
    UNUSED = Warning "H0501" "unused";
    /// A stage that no lead can reach, or that every lead which reaches it is disqualified from.
    UNREACHABLE = Warning "H0502" "unreachable";
    /// A stage that every lead reaches, or a condition that is never not met.
    ALWAYS = Warning "H0503" "always";
    /// Conditions that cannot be met together.
    CONTRADICTION = Warning "H0504" "contradiction";
    /// A condition that changes nothing beside another one of its group.
    REPEAT = Warning "H0505" "repeat";
    /// A line of a table that is never taken, because of the lines before it.
    SHADOWED = Warning "H0506" "shadowed";
    /// A number of points that a score never comes to.
    OUT_OF_REACH = Warning "H0507" "out-of-reach";
    /// A short text that is found within longer words.
    SHORT_WORD = Warning "H0508" "short-word";
    /// A window round now in months or years, which is not always equally long.
    MONTHS = Warning "H0509" "months";
    /// Silence that counts as an answer in a field about consent.
    CONSENT = Warning "H0510" "consent";
    /// A stage or an SLA that nobody owns.
    NO_OWNER = Warning "H0511" "no-owner";
    /// An owner who has not agreed to the policy by its start of effect.
    NO_AGREEMENT = Warning "H0512" "no-agreement";
    /// A stage that no example or test reaches.
    NO_EXAMPLE = Warning "H0513" "no-example";
    /// An SLA whose clock nothing stops or restarts.
    NEVER_STOPS = Warning "H0514" "never-stops";
    /// A stage that can be left but never entered by an event.
    LEFT_WITHOUT_ENTERED = Warning "H0515" "left-without-entered";
    /// A calendar whose holidays end before the policy's effect does.
    HOLIDAYS = Warning "H0516" "holidays";
    /// A recipient who is named once, and one letter from another.
    RECIPIENT = Warning "H0517" "recipient";
    /// A name after `# allow` that no warning has.
    UNKNOWN_ALLOW = Warning "H0518" "unknown-allow";

    // H06xx: tests.
    /// A test that came out differently from what was expected.
    FAILED_TEST = Error "H0601" "failed-test";
    /// A suite of tests that cannot be read, or expects what no decision holds.
    BAD_SUITE = Error "H0602" "bad-suite";
}

codes! {
    /// Every code of what is said about leads and decisions, in the order of the numbers.
    LEAD_CODES:

    // H070x: a lead that cannot be read. A record of the fault takes the place of its decision.
    /// A lead that is not UTF-8 text.
    LEAD_NOT_UTF8 = Error "H0701" "lead-not-utf8";
    /// A lead that is not JSON.
    LEAD_NOT_JSON = Error "H0702" "lead-not-json";
    /// A lead with more than 64 levels of objects and lists.
    LEAD_TOO_DEEP = Error "H0703" "lead-too-deep";
    /// A lead in which a key that the policy reads stands twice in one object.
    LEAD_KEY_TWICE = Error "H0704" "lead-key-twice";
    /// A lead with half a character (a lone surrogate) in a text that the policy reads.
    LEAD_HALF_CHARACTER = Error "H0705" "lead-half-character";
    /// A lead that is JSON, but no object.
    LEAD_NO_OBJECT = Error "H0706" "lead-no-object";
    /// A lead in the middle of which the input ends.
    LEAD_CUT_OFF = Error "H0707" "lead-cut-off";
    /// A lead that is longer than `--max-line`.
    LEAD_TOO_LONG = Error "H0708" "lead-too-long";
    /// A row or record of an export that cannot be made a lead.
    LEAD_BAD_ROW = Error "H0709" "lead-bad-row";

    // H073x: a decision that is made all the same, and should be looked at.
    /// A lead without an id.
    LEAD_WITHOUT_ID = Warning "H0730" "lead-without-id";
    /// An item of a log whose time cannot be read, so that it counts as no occurrence.
    ITEM_WITHOUT_TIME = Warning "H0731" "item-without-time";
    /// A rejection that gives no reason, or none of those that the policy lists.
    REASON_NOT_LISTED = Warning "H0732" "reason-not-listed";
    /// A field that holds more than 1,000,000,000 points, and adds none.
    TOO_MANY_POINTS = Warning "H0733" "too-many-points";
    /// A decision as of a day outside the policy's dates of effect.
    NOT_IN_EFFECT = Warning "H0734" "not-in-effect";
    /// Business time that ran past the last year for which holidays are listed.
    HOLIDAYS_RUN_OUT = Warning "H0735" "holidays-run-out";
    /// A clock that is never due, because its calendar has no open time left within ten years.
    NEVER_DUE = Warning "H0736" "never-due";
}

/// The code with this number or name, in capitals or not.
pub fn code(word: &str) -> Option<&'static Code> {
    let is = |code: &&&Code| code.id.eq_ignore_ascii_case(word) || code.name.eq_ignore_ascii_case(word);
    CODES.iter().chain(LEAD_CODES).find(is).copied()
}
