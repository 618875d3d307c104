//! Words and phrases of everyday speech and of other languages, and words that are misspelt, missing or too many.

use super::said::SAID;
use super::vocabulary::{TESTS, lines_of, phrases, place_name};
use super::{Fit, Guess, Misfit, code};
use crate::diagnostic::{BAD_DURATION, HIDDEN_CHARACTER, INDENTATION, NEAR_MISS, UNEXPECTED_WORD};
use crate::syntax::parse::grammar::{self, Rule};
use crate::text::alike;

/// How far before the place where a line stops fitting a phrase may begin, in words.
const BACK: usize = 6;

/// And how far after it: where a word should be glued to the next, a line stops fitting a little early.
const AHEAD: usize = 2;

/// A phrase that is said otherwise.
pub fn said_otherwise(misfit: &Misfit<'_>) -> Option<Guess> {
    let mut guesses = Vec::new();
    // Where every word fits, some are missing; a colon perhaps.
    let complete = misfit.fits >= misfit.text.len();
    for start in misfit.index.saturating_sub(BACK)..=misfit.index + AHEAD {
        let from = misfit.start(start);
        let rest = misfit.from(from);
        for (said, right) in SAID {
            let Some(written) = rest.get(..said.len()).filter(|written| written.eq_ignore_ascii_case(said)) else {
                continue;
            };
            let end = from + written.len();
            let next = misfit.from(end).chars().next();
            let symbol = !said.ends_with(|c: char| c.is_alphanumeric());
            let whole = symbol || next.is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
            if end + 1 < misfit.fits || !whole || written == *right || (complete && !right.ends_with(':')) {
                continue;
            }
            guesses.push(replaced(misfit, from, end, right));
        }
    }
    guesses.extend(inner_symbol(misfit));
    // The head of a group ends its line.
    let head = |guess: &Guess| guess.replace.as_deref().is_some_and(|right| right.ends_with(':'));
    guesses
        .retain(|guess| !head(guess) || misfit.fit(&guess.range, guess.replace.as_deref().unwrap_or("")) == Fit::Whole);
    // The longer phrase says more of what was meant.
    guesses.sort_by_key(|guess| std::cmp::Reverse(guess.range.len()));
    misfit.best(guesses)
}

fn replaced(misfit: &Misfit<'_>, from: usize, end: usize, right: &str) -> Guess {
    let written = misfit.slice(from..end);
    let glued_before = misfit.before(from).ends_with(|c: char| c.is_alphanumeric() || c == '`' || c == '"');
    let glued_after = misfit.from(end).starts_with(|c: char| !matches!(c, ' ' | ',' | ':'));
    let right_glues = right.starts_with([',', ':']);
    let mut from = from;
    if right_glues && misfit.before(from).ends_with(' ') {
        from -= 1;
    }
    let before = if glued_before && !right_glues { " " } else { "" };
    let after = if glued_after { " " } else { "" };
    let replace = format!("{before}{right}{after}");
    if let Some(bare) = right.strip_suffix(':').filter(|bare| *bare == written) {
        return Guess::new(from..end, replace, format!("`{bare}` lacks its colon"));
    }
    if right.strip_prefix(", ") == Some(written) {
        return Guess::new(from..end, replace, format!("a comma is missing before `{written}`"));
    }
    if written.to_lowercase() == right.to_lowercase() {
        return Guess::new(from..end, replace, format!("`{written}` is written in lower case"));
    }
    Guess::new(from..end, replace, format!("`{written}` is written `{}`", right.trim_start_matches(", ")))
        .label(if right_glues { "after a comma" } else { "" })
}

/// A symbol that stands without spaces: `budget>=5`.
fn inner_symbol<'a>(misfit: &'a Misfit<'_>) -> impl Iterator<Item = Guess> + 'a {
    let token = misfit.token(misfit.index);
    let symbol = token.find(['>', '<', '=', '!', '≥', '≤', '≠']).filter(|_| !token.starts_with('"'));
    let at = misfit.start(misfit.index) + symbol.unwrap_or(0);
    let rest = misfit.from(at);
    SAID.iter()
        .filter(move |(said, _)| symbol.is_some() && !said.contains(char::is_alphanumeric) && rest.starts_with(said))
        .map(move |(said, right)| replaced(misfit, at, at + said.len(), right))
}

/// A word or phrase of the language with a slip of the pen in it, or with capitals.
pub fn misspelt(misfit: &Misfit<'_>) -> Option<Guess> {
    let mut guesses: Vec<(usize, Guess)> = Vec::new();
    let back = misfit.index.saturating_sub(3);
    for start in (back..=misfit.index).rev() {
        let from = misfit.start(start);
        if misfit.token(start).starts_with('"') || from >= misfit.text.len() {
            continue;
        }
        let here = misfit.expected.iter().flat_map(|rule| phrases(*rule).iter().map(move |phrase| (*rule, *phrase)));
        let tests = TESTS.iter().map(|phrase| (Rule::test, *phrase));
        let candidates: Vec<(Rule, &str)> =
            if start == misfit.index { here.chain(tests).collect() } else { tests.collect() };
        for (rule, phrase) in candidates {
            guesses.extend(slip_of_phrase(misfit, start, from, rule, phrase));
        }
    }
    guesses.sort_by_key(|(edits, guess)| (*edits, std::cmp::Reverse(guess.range.len())));
    let whole = |guess: &Guess| misfit.fit(&guess.range, guess.replace.as_deref().unwrap_or("")) == Fit::Whole;
    let head = |guess: &Guess| guess.replace.as_deref().is_some_and(|right| right.ends_with(':'));
    let guesses = guesses.into_iter().map(|(_, guess)| guess).filter(|guess| !head(guess) || whole(guess));
    misfit.best(guesses)
}

fn slip_of_phrase(misfit: &Misfit<'_>, start: usize, from: usize, rule: Rule, phrase: &str) -> Option<(usize, Guess)> {
    let count = phrase.split(' ').count();
    let mut best: Option<(usize, usize)> = None;
    let room = (phrase.len() / 5).max(1);
    for words in [count, count + 1, count.saturating_sub(1)] {
        if words == 0 {
            continue;
        }
        let Some(last) = misfit.tokens.get(start + words - 1) else { continue };
        let end = if phrase.ends_with(':') && misfit.from(last.end) == ":" { last.end + 1 } else { last.end };
        let written = misfit.slice(from..end);
        if written.contains('"') || end < misfit.fits {
            continue;
        }
        if apart(written, phrase) > 2 * room {
            continue;
        }
        let edits = crate::diagnostic::edits(&written.to_lowercase(), &phrase.to_lowercase());
        if edits <= room && edits * 2 < phrase.len() && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, end));
        }
    }
    let (edits, end) = best?;
    let written = misfit.slice(from..end);
    if written == phrase {
        return None;
    }
    let guess = Guess::new(from..end, phrase, "");
    let guess = if let Some((typed, _)) = alike(written, phrase) {
        // To the eye it is the same word.
        let message =
            format!("the `{typed}` in `{written}` is U+{:04X}, a letter of another alphabet", u32::from(typed));
        Guess { message, code: &HIDDEN_CHARACTER, ..guess }
    } else if edits == 0 {
        Guess { message: format!("`{written}` is written `{phrase}`"), code: &NEAR_MISS, ..guess }
    } else if phrase.strip_suffix(':') == Some(written) {
        Guess { message: format!("`{written}` lacks its colon"), ..guess }
    } else {
        let (kind, message) = match rule {
            Rule::unit => (&BAD_DURATION, format!("`{written}` is no unit of time")),
            Rule::weekday => (&UNEXPECTED_WORD, format!("`{written}` is no day of the week")),
            _ => (&UNEXPECTED_WORD, format!("`{written}` does not fit here")),
        };
        Guess { code: kind, message, label: format!("did you mean `{phrase}`?"), ..guess }
    };
    Some((edits, guess))
}

/// How many letters one text has that the other has not: at least half as many edits lie between them.
fn apart(a: &str, b: &str) -> usize {
    let mut counts = [0i16; 128];
    let place = |byte: u8| usize::from(byte.to_ascii_lowercase() & 127);
    for (text, step) in [(a, 1), (b, -1)] {
        for byte in text.bytes() {
            if let Some(count) = counts.get_mut(place(byte)) {
                *count += step;
            }
        }
    }
    counts.iter().map(|count| usize::from(count.unsigned_abs())).sum()
}

/// A word that was left out.
pub fn left_out(misfit: &Misfit<'_>) -> Option<Guess> {
    let previous = misfit.index.checked_sub(1)?;
    let token = misfit.tokens.get(previous)?.clone();
    let value = |text: &str| text.starts_with(['"', '`']) || text.starts_with(|c: char| c.is_ascii_digit());
    if value(misfit.token(previous)) && value(misfit.token(misfit.index)) {
        let replace = format!("{},", misfit.slice(token.clone()));
        if misfit.fit(&token, &replace) != Fit::No {
            let message = format!("a comma is missing after {}", code(misfit.slice(token.clone())));
            return Some(Guess::new(token, replace, message));
        }
    }
    let with = |phrase: &str| {
        let glue = if phrase.starts_with([':', ',']) { "" } else { " " };
        format!("{}{glue}{phrase}", misfit.slice(token.clone()))
    };
    let mut whole: Vec<&str> = Vec::new();
    for phrase in misfit.expected.iter().flat_map(|rule| phrases(*rule)) {
        let singular = phrase.trim_end_matches('s');
        if !whole.iter().any(|known| known.trim_end_matches('s') == singular)
            && misfit.fit(&token, &with(phrase)) == Fit::Whole
        {
            whole.push(phrase);
        }
    }
    // Of several words, nobody can tell which one it was.
    let [phrase] = whole.as_slice() else { return None };
    let replace = with(phrase);
    let next = misfit.token(misfit.index);
    let message = if let Some(mark) = [(":", "colon"), (",", "comma")].iter().find(|(mark, _)| mark == phrase) {
        format!("a {} is missing after `{}`", mark.1, misfit.slice(token.clone()))
    } else if next.is_empty() {
        format!("`{phrase}` is missing after `{}`", misfit.slice(token.clone()))
    } else {
        format!("`{phrase}` is missing before `{next}`")
    };
    Some(Guess::new(token, replace, message).code(&UNEXPECTED_WORD))
}

/// A little word too many.
pub fn too_many(misfit: &Misfit<'_>) -> Option<Guess> {
    const LITTLE: [&str; 25] = [
        "ago", "the", "a", "an", "of", "than", "then", "to", "that", "be", "been", "is", "are", "was", "has", "have",
        "any", "for", "as", "its", "it", "also", "only", "if", "when",
    ];
    if misfit.token(misfit.index).is_empty() {
        return None;
    }
    let indexes = [misfit.index + 2, misfit.index + 1, misfit.index, misfit.index.saturating_sub(1)];
    let guesses = indexes.into_iter().filter_map(|index| {
        let word = misfit.token(index);
        let twice = index > 0 && word == misfit.token(index - 1) && word.chars().all(char::is_alphabetic);
        // `criterion "company fit" is met`: the name says it alone.
        let kind = ["criterion", "event", "checklist"].contains(&word) && misfit.token(index + 1).starts_with('"');
        if !twice && !kind && (index > misfit.index || !LITTLE.contains(&word.to_lowercase().as_str())) {
            return None;
        }
        // The space goes with the word.
        let last = index + 1 >= misfit.tokens.len();
        let range = match misfit.tokens.get(index.saturating_sub(1)) {
            Some(before) if last => before.end..misfit.text.len(),
            _ => misfit.start(index)..misfit.start(index + 1),
        };
        (misfit.token(index + 1) != "lead" && misfit.fit(&range, "") == Fit::Whole).then(|| {
            let guess = Guess::new(range, "", format!("`{word}` is one word too many"));
            guess.code(&UNEXPECTED_WORD)
        })
    });
    guesses.into_iter().next()
}

/// The name of a statement with its article.
pub fn a(statement: &str) -> String {
    let article = if statement.starts_with('e') || statement == "sla" { "an" } else { "a" };
    format!("{article} `{statement}`")
}

/// A line that stands under the wrong statement.
pub fn elsewhere(misfit: &Misfit<'_>) -> Option<Guess> {
    const LINES: [Rule; 13] = [
        Rule::policy_line,
        Rule::lead_line,
        Rule::calendar_line,
        Rule::event_line,
        Rule::handover_line,
        Rule::criterion_line,
        Rule::checklist_line,
        Rule::score_line,
        Rule::grade_line,
        Rule::disqualify_line,
        Rule::stage_line,
        Rule::sla_line,
        Rule::example_line,
    ];
    if !LINES.contains(&misfit.place) {
        return None;
    }
    let first = misfit.token(0);
    if misfit.at == 0 && crate::syntax::layout::STATEMENTS.contains(&first) && misfit.token(1).starts_with('"') {
        let message = format!("`{first}` begins a statement");
        return Some(
            Guess::unsure(0..misfit.text.len(), message, "Statements begin in the first column.").code(&INDENTATION),
        );
    }
    let others = LINES.into_iter().filter(|place| *place != misfit.place && *place != Rule::lead_line);
    let fitting: Vec<&str> =
        others.filter(|place| grammar::read(*place, misfit.text).is_ok()).map(place_name).collect();
    let (here, there) = (place_name(misfit.place), fitting.first()?);
    let message = format!("this is a line of {}, not of {}", a(there), a(here));
    let help = format!("The lines of {}: {}.", a(here), lines_of(misfit.place));
    Some(Guess::unsure(0..misfit.text.len(), message, help).code(&UNEXPECTED_WORD))
}
