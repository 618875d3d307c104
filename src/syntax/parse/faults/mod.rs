//! What is wrong with a line that the grammar cannot read, in the words of people who have never programmed.
//!
//! Every guess at what was meant is put to the test: the line is read again with the guess in it, and only one
//! that makes the line fit, or fit further than before, is offered. So no fix is offered that does not help, and
//! what follows from a slip is not reported a second time.

mod asked;
mod expected;
mod fields;
mod figures;
mod joins;
mod marks;
mod moments;
mod numbers;
mod phrases;
mod quotes;
mod said;
mod vocabulary;

pub use expected::language;

use std::ops::Range;

use super::Parser;
use super::grammar::{self, Failure, Rule};
use crate::diagnostic::{Code, Diagnostic, NEAR_MISS};
use crate::syntax::layout::Words;

/// How many slips of one line are looked for.
const MOST_SLIPS: usize = 4;

/// After so many lines with faults nobody reads on, and guessing takes time.
const MANY: usize = 150;

/// What may be wrong with a line, and how it may have been meant.
#[derive(Clone, Debug)]
pub struct Guess {
    /// The words at fault.
    pub range: Range<usize>,
    /// What to write instead, where that is certain.
    pub replace: Option<String>,
    pub code: &'static Code,
    pub message: String,
    pub label: String,
    /// How to mend it; the mended line where this is empty.
    pub help: String,
}

impl Guess {
    /// `range` should read `replace`.
    pub fn new(range: Range<usize>, replace: impl Into<String>, message: impl Into<String>) -> Self {
        Guess {
            range,
            replace: Some(replace.into()),
            code: &NEAR_MISS,
            message: message.into(),
            label: String::new(),
            help: String::new(),
        }
    }

    /// `written`, at `range`, is written `right`.
    pub fn written(range: Range<usize>, written: &str, right: impl Into<String>) -> Self {
        let right = right.into();
        let message = format!("`{written}` is written `{right}`");
        Guess::new(range, right, message)
    }

    /// `range` is wrong, and what is right cannot be told.
    pub fn unsure(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Guess { replace: None, help: help.into(), ..Guess::new(range, "", message) }
    }

    pub fn code(self, code: &'static Code) -> Self {
        Guess { code, ..self }
    }

    pub fn label(self, label: impl Into<String>) -> Self {
        Guess { label: label.into(), ..self }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Guess { help: help.into(), ..self }
    }
}

/// A line that does not fit.
pub struct Misfit<'a> {
    pub place: Rule,
    pub text: &'a str,
    /// Up to where it fits, to the byte.
    pub fits: usize,
    /// Where it stops fitting: the beginning of a word, or the end of the line.
    pub at: usize,
    /// What could stand there.
    pub expected: &'a [Rule],
    /// Its words; a quoted text is one.
    pub tokens: Vec<Range<usize>>,
    /// The word at which it stops fitting.
    pub index: usize,
    /// How much of it is left from there.
    left: usize,
}

/// How well a guess goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// No better than before.
    No,
    /// The line fits further than it did.
    Further,
    /// The line fits.
    Whole,
}

impl<'a> Misfit<'a> {
    fn new(place: Rule, text: &'a str, failure: &'a Failure) -> Self {
        let left = text.len().saturating_sub(failure.at);
        let tokens = tokens(text);
        let inside = tokens.iter().position(|token| failure.at < token.end);
        let index = inside.unwrap_or(tokens.len());
        // Before the space or inside a word is not where people look.
        let at = match tokens.get(index) {
            Some(token) if failure.at >= token.start && text.get(token.clone()).is_some_and(|t| t.starts_with('"')) => {
                failure.at
            }
            Some(token) => token.start.max(failure.at),
            None => text.len(),
        };
        Misfit { place, text, fits: failure.at, at, expected: &failure.expected, tokens, index, left }
    }

    /// The text of a word; empty beyond the last.
    pub fn token(&self, index: usize) -> &'a str {
        self.tokens.get(index).and_then(|token| self.text.get(token.clone())).unwrap_or("")
    }

    /// Where a word begins; the end of the line beyond the last.
    pub fn start(&self, index: usize) -> usize {
        self.tokens.get(index).map_or(self.text.len(), |token| token.start)
    }

    pub fn from(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    pub fn before(&self, at: usize) -> &'a str {
        self.text.get(..at).unwrap_or("")
    }

    pub fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// Whether a place lies inside a quoted text.
    pub fn inside_quotes(&self, at: usize) -> bool {
        !self.before(at).matches('"').count().is_multiple_of(2)
    }

    /// Whether one of these could stand where the line stops fitting.
    pub fn expects(&self, rules: &[Rule]) -> bool {
        self.expected.iter().any(|rule| rules.contains(rule))
    }

    /// The line with a guess in it.
    pub fn with(&self, range: &Range<usize>, replace: &str) -> String {
        format!("{}{replace}{}", self.before(range.start), self.from(range.end))
    }

    /// How well the line fits with a guess in it.
    pub fn fit(&self, range: &Range<usize>, replace: &str) -> Fit {
        let text = self.with(range, replace);
        match grammar::read(self.place, &text) {
            Ok(_) => Fit::Whole,
            Err(failure) => {
                let further = failure.at >= range.start + replace.len() && text.len() - failure.at < self.left;
                if further { Fit::Further } else { Fit::No }
            }
        }
    }

    /// The best of these guesses, if any helps; of equals the first.
    pub fn best(&self, guesses: impl IntoIterator<Item = Guess>) -> Option<Guess> {
        let mut best: Option<(Fit, Guess)> = None;
        for guess in guesses {
            let fit = guess.replace.as_ref().map_or(Fit::Further, |replace| self.fit(&guess.range, replace));
            if fit == Fit::Whole {
                return Some(guess);
            }
            if fit > best.as_ref().map_or(Fit::No, |(fit, _)| *fit) {
                best = Some((fit, guess));
            }
        }
        best.map(|(_, guess)| guess)
    }

    /// What is wrong with the line, where that can be told.
    fn guess(&self) -> Option<Guess> {
        self.everyday().or_else(|| self.rather())
    }

    /// What people write who do not know the language yet: a guess that makes the line fit, or else the first one
    /// that is certain of the fault, or else the first that makes it fit further.
    fn everyday(&self) -> Option<Guess> {
        let kinds: [fn(&Misfit<'_>) -> Option<Guess>; 14] = [
            marks::punctuation,
            moments::several_dates,
            asked::said,
            figures::slip,
            phrases::said_otherwise,
            joins::joined,
            quotes::single,
            quotes::named,
            phrases::misspelt,
            quotes::needless,
            phrases::left_out,
            phrases::too_many,
            fields::odd,
            asked::negated,
        ];
        let mut further: Option<Guess> = None;
        for kind in kinds {
            let Some(guess) = kind(self) else { continue };
            match &guess.replace {
                Some(replace) if self.fit(&guess.range, replace) == Fit::Whole => return Some(guess),
                Some(_) => further = further.or(Some(guess)),
                None => return further.or(Some(guess)),
            }
        }
        further
    }

    /// What may be meant where nothing of that helps.
    fn rather(&self) -> Option<Guess> {
        quotes::missing(self).or_else(|| phrases::elsewhere(self)).or_else(|| fields::keyword(self))
    }
}

impl Parser {
    /// Reports what is wrong with a line, and mends it where it is certain how.
    pub(super) fn mend<'t>(&mut self, place: Rule, words: Words<'t>) -> Option<Words<'t>> {
        let mut words = words;
        let before = self.diagnostics.len();
        self.guessed += 1;
        for slip in 0..=MOST_SLIPS {
            let Some(failure) = failure(place, &words.text) else { return Some(words) };
            let misfit = Misfit::new(place, &words.text, &failure);
            let many = self.guessed > MANY;
            let known = if many || slip == MOST_SLIPS { None } else { misfit.guess() };
            if known.is_none() && slip > 0 {
                // What is left may only follow from the first slip.
                self.diagnostics.truncate(before + 1);
                return None;
            }
            let guess = known.unwrap_or_else(|| expected::plainly(&misfit, many));
            let help = if guess.help.is_empty() { reads(&misfit, &guess) } else { guess.help.clone() };
            let span = words.span(guess.range.clone());
            let mut diagnostic = Diagnostic::new(guess.code, span, short(&guess.message, 60))
                .label(short(&guess.label, 60))
                .help(short(&help, 110));
            diagnostic.fix = guess.replace.clone();
            self.diagnostics.push(diagnostic);
            words = words.mended(guess.range, &guess.replace?);
        }
        None
    }
}

/// Where a line stops fitting; at its end where something is missing there.
fn failure(place: Rule, text: &str) -> Option<Failure> {
    let failure = grammar::read(place, text).err()?;
    // What may follow is known only after the space before it.
    let open = grammar::read(place, &format!("{text} ")).err();
    Some(match open {
        Some(mut open) if open.at > text.len() => {
            if failure.at == text.len() {
                open.expected.extend(failure.expected);
            }
            Failure { at: text.len(), ..open }
        }
        _ => failure,
    })
}

/// The mended line, where it is short enough to show.
fn reads(misfit: &Misfit<'_>, guess: &Guess) -> String {
    let replace = guess.replace.as_deref().unwrap_or("");
    let line = misfit.with(&guess.range, replace);
    if misfit.fit(&guess.range, replace) == Fit::Whole && line.chars().count() <= 100 {
        format!("The line then reads: {}.", code(&line))
    } else {
        format!("Write {} instead.", code(replace.trim()))
    }
}

/// `5`, for `five`.
pub fn spelt_number(word: &str) -> Option<&'static str> {
    figures::NUMBERS.iter().find(|(spelt, _)| spelt.len() > 2 && *spelt == word).map(|(_, number)| *number)
}

/// A message whose quoted words are not longer than a reader can take in.
fn short(message: &str, most: usize) -> String {
    if message.len() <= most {
        return message.to_owned();
    }
    let cut = |(index, words): (usize, &str)| {
        let count = words.chars().count();
        if index % 2 == 0 || count <= most {
            return words.to_owned();
        }
        let head: String = words.chars().take(most - 20).collect();
        let tail: String = words.chars().skip(count - 15).collect();
        format!("{head} … {tail}")
    };
    message.split('`').enumerate().map(cut).collect::<Vec<_>>().join("`")
}

/// Words as messages show them.
pub fn code(words: &str) -> String {
    // The backticks of a field would end those of the message.
    if words.contains('`') { words.to_owned() } else { format!("`{words}`") }
}

/// The words of a line: quoted texts whole, commas and colons apart.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c == ' ' {
            continue;
        }
        let mut end = start + c.len_utf8();
        if c == '"' {
            let mut escaped = false;
            for (at, c) in chars.by_ref() {
                end = at + c.len_utf8();
                if c == '"' && !escaped {
                    break;
                }
                escaped = c == '\\' && !escaped;
            }
        } else if c != ',' {
            while let Some((at, c)) = chars.peek().copied() {
                let digit_follows =
                    text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
                if c == ' ' || c == '"' || (matches!(c, ',' | ':') && !digit_follows) {
                    break;
                }
                end = at + c.len_utf8();
                chars.next();
                if c == '`' {
                    for (at, c) in chars.by_ref() {
                        end = at + c.len_utf8();
                        if c == '`' {
                            break;
                        }
                    }
                }
            }
        }
        tokens.push(start..end);
    }
    tokens
}
