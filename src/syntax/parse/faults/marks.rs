//! Punctuation, dashes and brackets where none stand.

use std::ops::Range;

use super::{Fit, Guess, Misfit, code};
use crate::diagnostic::UNEXPECTED_WORD;

/// A full stop, comma, semicolon or colon after which nothing follows; brackets.
pub fn punctuation(misfit: &Misfit<'_>) -> Option<Guess> {
    if let Some(at) = misfit.text.find(" :").filter(|at| !misfit.inside_quotes(*at)) {
        let range = at..at + 2;
        if misfit.fit(&range, ":") != Fit::No {
            let guess = Guess::new(range, ":", "a space stands before the colon");
            return Some(guess.help("Delete the space.").code(&UNEXPECTED_WORD));
        }
    }
    if let Some(guess) = stray_mark(misfit).or_else(|| brackets(misfit)) {
        return Some(guess);
    }
    let trimmed = misfit.text.trim_end_matches(['.', ',', ';', ':', '!', '?']).trim_end();
    if trimmed.len() < misfit.text.len() {
        let range = trimmed.len()..misfit.text.len();
        let mark = misfit.slice(range.clone()).trim();
        let what = match mark {
            "." => "a line ends without a full stop",
            ":" => "this line ends without a colon",
            "," => "a line does not end in a comma",
            _ => "a line ends without punctuation",
        };
        let guess = Guess::new(range, "", what);
        if let Some(guess) = misfit.best([guess.help("Delete it.")]) {
            return Some(guess.code(&UNEXPECTED_WORD));
        }
    }
    let bracket = misfit.from(misfit.at).starts_with(['(', '[', '{']);
    bracket.then(|| {
        let range = misfit.at..misfit.at + 1;
        let help = "Put conditions that belong together under `all of:` or `any of:`, each as a bullet.";
        Guess::unsure(range, format!("there are no brackets: `{}`", misfit.slice(misfit.at..misfit.at + 1)), help)
    })
}

/// A colon or dash between two words, where none stands: `criterion: "x"`
fn stray_mark(misfit: &Misfit<'_>) -> Option<Guess> {
    (misfit.index.saturating_sub(1)..misfit.index + 5).find_map(|index| {
        let mark = misfit.token(index);
        let range = misfit.start(index)..misfit.tokens.get(index)?.end;
        let last = range.end == misfit.text.len();
        if last
            || !matches!(mark, ":" | "-" | "=")
            || misfit.fit(&(range.start..misfit.start(index + 1)), "") == Fit::No
        {
            let space = misfit.before(range.start).ends_with(' ');
            let glued = !last && !space && mark == ":" && misfit.fit(&range, "") == Fit::Whole;
            return glued.then(|| no_mark(misfit, index, range));
        }
        let range = range.start..misfit.start(index + 1);
        (misfit.fit(&range, "") == Fit::Whole).then(|| no_mark(misfit, index, range))
    })
}

fn no_mark(misfit: &Misfit<'_>, index: usize, range: Range<usize>) -> Guess {
    let what = match misfit.token(index) {
        ":" => "colon",
        "-" => "dash",
        _ => "sign",
    };
    let after = code(misfit.token(index.saturating_sub(1)));
    Guess::new(range, "", format!("no {what} stands after {after}")).help("Delete it.").code(&UNEXPECTED_WORD)
}

/// `any of ("VP", "CEO")`
fn brackets(misfit: &Misfit<'_>) -> Option<Guess> {
    let open = misfit.text.find(['(', '[']).filter(|open| !misfit.inside_quotes(*open))?;
    let close = misfit.text.rfind([')', ']']).filter(|close| *close > open)?;
    let inner = misfit.slice(open + 1..close).trim();
    let range = open..close + 1;
    let space = if misfit.before(open).ends_with(' ') || open == 0 { "" } else { " " };
    let replace = format!("{space}{inner}");
    (misfit.fit(&range, &replace) == Fit::Whole).then(|| {
        let message = format!("there are no brackets: `{}`", misfit.slice(range.clone()));
        Guess::new(range, replace, message)
    })
}
