//! Quotes that are missing, single, needless or never closed.

use std::ops::Range;

use super::{Fit, Guess, Misfit, tokens};
use crate::diagnostic::{BAD_NAME, Diagnostic, NEAR_MISS, UNCLOSED_QUOTE};
use crate::syntax::layout::{Block, Words};
use crate::syntax::parse::Parser;
use crate::syntax::parse::grammar::{self, Rule};

/// Words that may follow `is`: what begins with one of them is no text without its quotes.
pub const AFTER_IS: [&str; 20] = [
    "filled", "empty", "not", "one", "in", "at", "more", "less", "between", "before", "after", "on", "within", "yes",
    "no", "is", "all", "any", "none", "the",
];

/// Words before the name of something that the policy defines, or of a party.
const BEFORE_NAME: [&str; 30] = [
    "policy",
    "library",
    "criterion",
    "checklist",
    "score",
    "grade",
    "disqualify",
    "stage",
    "sla",
    "example",
    "list",
    "calendar",
    "event",
    "of",
    "at",
    "when",
    "until",
    "each",
    "without",
    "last",
    "first",
    "by",
    "to",
    "after",
    "before",
    "in",
    "target",
    "expect",
    "where",
    "from",
];

/// Words that end a text without its quotes.
const ENDS: [&str; 14] =
    ["is", "are", "when", "and", "or", "happened", "did", "passes", "from", "of", "on", "within", "per", "otherwise"];

/// `'demo form'`
pub fn single(misfit: &Misfit<'_>) -> Option<Guess> {
    // From the first single-quoted text to the last, with what lies between them.
    let mut texts: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(open) = misfit.from(at).find('\'').map(|found| at + found) {
        let before = misfit.before(open);
        let opens = (before.is_empty() || before.ends_with([' ', ','])) && !misfit.inside_quotes(open);
        let inner = misfit.from(open + 1);
        let close = inner.match_indices('\'').map(|(at, _)| open + 1 + at).find(|close| {
            // An apostrophe stands inside a word.
            !misfit.from(close + 1).starts_with(char::is_alphanumeric)
        });
        match close.filter(|_| opens) {
            Some(close) => {
                texts.push(open..close + 1);
                at = close + 1;
            }
            None => at = open + 1,
        }
    }
    let range = texts.first()?.start..texts.last()?.end;
    let mut replace = String::new();
    let mut done = range.start;
    for text in texts {
        let inner = misfit.slice(text.start + 1..text.end - 1);
        replace.push_str(misfit.slice(done..text.start));
        replace.push_str(&format!("\"{inner}\""));
        done = text.end;
    }
    let message = format!("`{}` has single quotes", misfit.slice(range.clone()));
    let help = format!("Texts and names stand in double quotes: `{replace}`.");
    let all = Guess::new(range.clone(), replace, message).help(help);
    let end = misfit.from(range.start + 1).find('\'').map_or(range.end, |at| range.start + at + 2);
    let one = misfit.slice(range.start..end);
    let right = format!("\"{}\"", one.trim_matches('\''));
    let message = format!("`{one}` has single quotes");
    let help = format!("Texts and names stand in double quotes: `{right}`.");
    misfit.best([all, Guess::new(range.start..end, right, message).help(help)])
}

/// `right company is met`, `"MQL" is reached`: a criterion without its quotes, a stage without its word.
pub fn named(misfit: &Misfit<'_>) -> Option<Guess> {
    let verbs = [(" is met", ""), (" is not met", ""), (" is reached", "stage "), (" is not reached", "stage ")];
    let (end, word) = verbs.into_iter().find_map(|(verb, word)| Some((misfit.text.strip_suffix(verb)?.len(), word)))?;
    for start in (misfit.index.saturating_sub(4)..=misfit.index).rev() {
        let range = misfit.start(start)..end;
        if range.is_empty() || ["stage", "criterion", "checklist", "event"].contains(&misfit.token(start)) {
            continue;
        }
        let written = misfit.slice(range.clone());
        let quoted = written.len() > 2 && written.starts_with('"') && written.ends_with('"');
        let (replace, message) = match (quoted, word) {
            (true, "") => continue,
            (true, _) => (format!("{word}{written}"), format!("the word `stage` is missing before `{written}`")),
            (false, _) if written.contains(['"', '`', '\'', ':', ',']) => continue,
            (false, _) => (format!("{word}\"{written}\""), format!("the name `{written}` lacks its quotes")),
        };
        if misfit.fit(&range, &replace) == Fit::Whole {
            return Some(Guess::new(range, replace, message).code(&BAD_NAME));
        }
    }
    None
}

/// A number, date or field in quotes.
pub fn needless(misfit: &Misfit<'_>) -> Option<Guess> {
    let guesses = [misfit.index, misfit.index.saturating_sub(1)].into_iter().filter_map(|index| {
        let token = misfit.token(index);
        let inner = token.strip_prefix('"')?.strip_suffix('"')?;
        let range = misfit.tokens.get(index)?.clone();
        let plain = if inner.contains(' ') && !inner.starts_with(|c: char| c.is_ascii_digit()) {
            format!("`{inner}`")
        } else {
            inner.to_owned()
        };
        let (message, help) = if plain.contains('`') {
            // The mended line shows the backticks.
            (format!("`{token}` stands in quotes; a field with spaces stands in backticks"), String::new())
        } else {
            let message = format!("`{token}` stands in quotes, which are for texts and names");
            (message, format!("Write `{plain}` without quotes."))
        };
        (misfit.fit(&range, &plain) == Fit::Whole).then(|| Guess::new(range, plain, message).help(help))
    });
    guesses.into_iter().next()
}

/// A name or text without quotes.
pub fn missing(misfit: &Misfit<'_>) -> Option<Guess> {
    let wanted = misfit.expects(&[
        Rule::name,
        Rule::names,
        Rule::text,
        Rule::texts,
        Rule::file,
        Rule::value,
        Rule::values,
        Rule::party,
    ]);
    let mut further = None;
    for start in (misfit.index.saturating_sub(3)..=misfit.index).rev() {
        let first = misfit.token(start);
        let odd =
            first.is_empty() || first.starts_with(['"', ',', ':', '(']) || (start > 0 && AFTER_IS.contains(&first));
        if odd || (start == misfit.index && !wanted) {
            continue;
        }
        for range in stretches(misfit, start) {
            for quoted in [all_in_quotes(misfit.slice(range.clone())), in_quotes(misfit.slice(range.clone()))] {
                match misfit.fit(&range, &quoted) {
                    Fit::Whole => return Some(unquoted(misfit, range, quoted)),
                    Fit::Further if start == misfit.index => further = further.or(Some((range.clone(), quoted))),
                    _ => {}
                }
            }
        }
    }
    further.map(|(range, quoted)| unquoted(misfit, range, quoted))
}

/// The stretches of words from `start` on that may be one text, the longest first.
fn stretches(misfit: &Misfit<'_>, start: usize) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    for end in start..misfit.tokens.len() {
        let token = misfit.token(end);
        if token.starts_with('"') {
            break;
        }
        if token.starts_with(|c: char| c.is_ascii_digit()) && start < misfit.index {
            // `is around 5` is no text.
            let ended = (start + 1..end).any(|index| ENDS.contains(&misfit.token(index)));
            if ended {
                break;
            }
            return Vec::new();
        }
        stretches.extend(misfit.tokens.get(end).map(|token| misfit.start(start)..token.end));
    }
    stretches.retain(|range| range.end + 1 >= misfit.fits);
    stretches.reverse();
    // A line has many stretches; the longest and the shorter ones are the likely ones.
    if stretches.len() > 16 {
        stretches.drain(2..stretches.len() - 14);
    }
    // The rest of the line only where it fits so: the words of the language end a text.
    let word = |range: &Range<usize>| {
        let rest: Vec<&str> = misfit.slice(range.clone()).split(' ').skip(1).collect();
        rest.iter().any(|word| ENDS.contains(word))
    };
    let (long, short): (Vec<_>, Vec<_>) = stretches.into_iter().partition(word);
    short.into_iter().chain(long).collect()
}

fn in_quotes(written: &str) -> String {
    format!("\"{}\"", written.replace(['\'', '`'], ""))
}

/// `a, b` as `"a", "b"`
fn all_in_quotes(written: &str) -> String {
    let texts: Vec<String> = written.split(',').map(|text| in_quotes(text.trim())).collect();
    texts.join(", ")
}

fn unquoted(misfit: &Misfit<'_>, range: Range<usize>, quoted: String) -> Guess {
    let written = misfit.slice(range.clone());
    let before = misfit.before(range.start).trim_end().rsplit(' ').next().unwrap_or("");
    let file = misfit.expects(&[Rule::file]) || (before == "from" && misfit.place != Rule::handover_line);
    let head = misfit.before(range.start);
    let texts = ["one of ", "any of ", "all of ", "none of ", "empty when "].iter().any(|words| head.ends_with(words));
    let (what, kind) = if file {
        ("file", &NEAR_MISS)
    } else if misfit.place == Rule::target_head
        || (BEFORE_NAME.contains(&before) && !texts)
        || (before.is_empty() && misfit.place != Rule::list_bullet)
    {
        ("name", &BAD_NAME)
    } else {
        ("text", &NEAR_MISS)
    };
    let several = quoted.matches('"').count() > 2;
    let message = if several {
        format!("the {what}s `{written}` lack their quotes")
    } else {
        format!("the {what} `{written}` lacks its quotes")
    };
    Guess::new(range, quoted, message).code(kind)
}

impl Parser {
    /// Reports a quote that is never closed, and closes it where only one place makes the line fit.
    pub(in crate::syntax::parse) fn close_quote<'t>(&mut self, place: Rule, block: &Block<'t>) -> Option<Words<'t>> {
        let words = &block.line.words;
        let text = words.text.as_ref();
        let (open, mark) = open_mark(text)?;
        self.guessed += 1;
        let end = text.len();
        let mut fitting: Vec<(Range<usize>, String)> = Vec::new();
        let places = if self.guessed > super::MANY { Vec::new() } else { ends_and_starts(text) };
        for place_of_quote in places {
            let comment = text.get(place_of_quote..).is_some_and(|rest| rest.trim_start().starts_with('#'));
            // No text begins or ends with a space.
            let beside_space = match place_of_quote > open {
                true => text.get(..place_of_quote)?.ends_with(' '),
                false => text.get(place_of_quote..)?.starts_with(' '),
            };
            if beside_space {
                continue;
            }
            let mended = if comment {
                format!("{}{mark}", text.get(..place_of_quote)?)
            } else {
                format!("{}{mark}{}", text.get(..place_of_quote)?, text.get(place_of_quote..)?)
            };
            if grammar::read(place, &mended).is_ok() {
                let (range, fix) = if place_of_quote > open {
                    let stop = if comment { end } else { place_of_quote };
                    (open..stop, format!("{}{mark}", text.get(open..place_of_quote)?))
                } else {
                    // The quote that seems to open closes a text whose first quote is missing.
                    (place_of_quote..open + 1, format!("{mark}{}", text.get(place_of_quote..open + 1)?))
                };
                fitting.push((range, fix));
            }
        }
        let before_comment = fitting.iter().position(|(range, fix)| range.end == end && !fix.contains(" #"));
        let at_end =
            before_comment.or_else(|| fitting.iter().position(|(range, _)| range.end == end && range.start == open));
        let certain = match (fitting.len(), at_end) {
            (1, _) => fitting.first().cloned(),
            (_, Some(at_end)) => fitting.get(at_end).cloned(),
            _ => None,
        };
        let what = if mark == '"' { "quote" } else { "backtick" };
        let Some((range, fix)) = certain else {
            let span = words.span(open..end);
            let message = format!("the {what} that opens here is never closed");
            let help = format!("Write a second {what} where the name or text ends.");
            return self.fault(Diagnostic::new(&UNCLOSED_QUOTE, span, message).help(help));
        };
        // A comment behind the text was taken for a part of it, and stays.
        let written = if range.start == open { open..open + fix.len() - mark.len_utf8() } else { range.clone() };
        let span = words.span(written);
        let message = if range.start == open && range.end > open + 1 {
            format!("the {what} that opens here is never closed")
        } else {
            format!("a {what} is missing before `{}`", text.get(range.start..open)?.trim())
        };
        let help = format!("Write {}.", super::code(&fix));
        self.diagnostics.push(Diagnostic::new(&UNCLOSED_QUOTE, span, message).help(help).fix(fix.clone()));
        Some(words.mended(range, &fix))
    }
}

/// The quote or backtick of a line that is never closed.
fn open_mark(text: &str) -> Option<(usize, char)> {
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match open {
            Some((_, '"')) if escaped => escaped = false,
            Some((_, '"')) if c == '\\' => escaped = true,
            Some((_, mark)) if mark == c => open = None,
            None if matches!(c, '"' | '`') => open = Some((at, c)),
            _ => {}
        }
    }
    open
}

/// Where words begin and end: the places where a quote may be missing.
fn ends_and_starts(text: &str) -> Vec<usize> {
    let plain: String = text.chars().map(|c| if c == '"' { ' ' } else { c }).collect();
    let mut places: Vec<usize> = tokens(&plain).into_iter().flat_map(|token| [token.start, token.end]).collect();
    places.push(text.len());
    places.sort_unstable();
    places.dedup();
    places.into_iter().take(200).collect()
}
