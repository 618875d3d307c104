//! Fields whose names need backticks.

use super::{Fit, Guess, Misfit};
use crate::diagnostic::{BAD_NAME, UNEXPECTED_WORD};

/// What may follow a field.
const AFTER_FIELD: [&str; 10] =
    ["is", "contains", "does", "starts", "ends", "matches", "includes", "where", "points", "points,"];

/// Signs that no name of a field has by themselves.
const COMPARISONS: [&str; 9] = [">", "<", ">=", "<=", "=", "==", "!=", "<>", "≥"];

/// A field with spaces or signs in its name: `Lead Source`, `company-size`.
pub fn odd(misfit: &Misfit<'_>) -> Option<Guess> {
    for start in (misfit.index.saturating_sub(4)..=misfit.index).rev() {
        let from = misfit.start(start);
        let first = misfit.token(start);
        let keyword = ["stage", "score", "grade", "sla", "not", "domain", "the", "at", "all", "any", "none"];
        if keyword.contains(&first)
            || first.is_empty()
            || first.starts_with(['"', '`', ',', ':', '('])
            || first.starts_with(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        let mut end = start;
        while end < misfit.tokens.len() {
            let token = misfit.token(end);
            if token.starts_with(['"', ',', ':', '`']) || (end > start && AFTER_FIELD.contains(&token)) {
                break;
            }
            end += 1;
            let stop = misfit.tokens.get(end - 1).map_or(from, |token| token.end);
            let written = misfit.slice(from..stop);
            let spaces = written.contains(' ');
            let follows = end == misfit.tokens.len() || AFTER_FIELD.contains(&misfit.token(end));
            let plain = written.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            if stop < misfit.fits || !follows || (plain && !spaces) || (spaces && end == misfit.tokens.len()) {
                continue;
            }
            // `employees >= 50 or country` is no field, but two conditions.
            if written.split(' ').skip(1).any(|word| COMPARISONS.contains(&word)) {
                continue;
            }
            let parts: Vec<String> = match spaces {
                true => vec![format!("`{written}`")],
                false => written.split('.').map(in_backticks).collect(),
            };
            let replace = parts.join(".");
            let range = from..stop;
            let joined = written.replace(". ", ".").replace(" .", ".");
            if joined != written && misfit.fit(&range, &joined) == Fit::Whole {
                let message = format!("`{written}` has a space in it");
                let help = format!(
                    "Write `{joined}`; where the space is part of a name, that part stands in backticks: {}.",
                    with_abbreviations(written)
                );
                return Some(Guess::new(range, joined, message).help(help).code(&BAD_NAME));
            }
            if let Some(name) = in_apostrophes(written) {
                let right = format!("`{name}`");
                if misfit.fit(&range, &right) == Fit::Whole {
                    let message = format!("the field `{name}` stands in backticks, not in apostrophes");
                    return Some(Guess::new(range, right, message).code(&BAD_NAME));
                }
                continue;
            }
            if misfit.fit(&range, &replace) == Fit::Whole {
                let what = if spaces { "spaces" } else { "signs" };
                let message = format!("the field `{written}` has {what} in its name, so it stands in backticks");
                return Some(Guess::new(range, replace, message).code(&BAD_NAME));
            }
        }
    }
    None
}

/// `'Lead Source'`, as people write it who have no backtick at hand.
fn in_apostrophes(written: &str) -> Option<&str> {
    let mark = |c: char| matches!(c, '\'' | '´' | '’' | '‘' | '‚');
    let name = written.strip_prefix(mark)?.strip_suffix(mark)?;
    Some(name).filter(|name| !name.is_empty() && !name.contains(mark))
}

/// `проект.Год. икономия` with a name that has an abbreviation in it.
fn with_abbreviations(written: &str) -> String {
    const SPACE: &str = "\0";
    let parts: Vec<String> = written.replace(". ", SPACE).split('.').map(|part| part.replace(SPACE, ". ")).collect();
    parts.iter().map(|part| in_backticks(part)).collect::<Vec<_>>().join(".")
}

fn in_backticks(part: &str) -> String {
    let plain = part.chars().all(|c| c.is_alphanumeric() || c == '_') && !part.starts_with(|c: char| c.is_numeric());
    if plain { part.to_owned() } else { format!("`{part}`") }
}

/// A field with the name of a word that may follow `is`.
pub fn keyword(misfit: &Misfit<'_>) -> Option<Guess> {
    let indexes = [misfit.index + 2, misfit.index + 1, misfit.index, misfit.index.saturating_sub(1)];
    let guesses = indexes.into_iter().filter_map(|index| {
        let before = misfit.token(index.checked_sub(1)?);
        let word = misfit.token(index);
        let range = misfit.tokens.get(index)?.clone();
        let plain = matches!(before, "is" | "not") && word.chars().all(char::is_alphabetic);
        (plain && misfit.fit(&range, &format!("`{word}`")) == Fit::Whole).then(|| {
            let message = format!("`{word}` after `is` begins a phrase of the language");
            let help = format!("Finish the phrase, or write `` `{word}` `` in backticks if it is a field.");
            Guess::unsure(range, message, help).code(&UNEXPECTED_WORD)
        })
    });
    guesses.into_iter().next()
}
