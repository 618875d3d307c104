//! Figures that are written otherwise: which of them, and where in the line.

use super::moments::{clocks, days, duration, fraction, moment};
use super::numbers::{currency, money, no_percent, number, percent, whole};
use super::{Fit, Guess, Misfit};
use crate::diagnostic::{BAD_NAME, BAD_NUMBER};
use crate::syntax::parse::grammar::Rule;

pub const NUMBERS: [(&str, &str); 25] = [
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("thousand", "1,000"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("a", "1"),
    ("an", "1"),
];

/// A figure that is written otherwise, at or just before the place where the line stops fitting.
pub fn slip(misfit: &Misfit<'_>) -> Option<Guess> {
    slips(misfit, false)
}

/// `again` where one slip of the line was found already.
fn slips(misfit: &Misfit<'_>, again: bool) -> Option<Guess> {
    let mut unsure = None;
    let mut guesses = Vec::new();
    for index in misfit.index.saturating_sub(3)..=misfit.index {
        let from = misfit.start(index);
        let rest = misfit.from(from);
        if rest.is_empty() || rest.starts_with('"') {
            continue;
        }
        let found = [
            moment(rest),
            money(rest),
            clocks(rest, false),
            clocks(rest, true),
            duration(rest),
            percent(rest),
            number(rest),
            word(rest),
        ];
        for guess in found.into_iter().flatten() {
            let range = from..from + guess.range.end;
            let before = range.end + 1 < misfit.fits;
            let guess = Guess { range, ..guess };
            let whole = |right: &String| misfit.fit(&guess.range, right) == Fit::Whole;
            if before && !guess.replace.as_ref().is_some_and(whole) {
                continue;
            }
            if bare_percent(misfit, &guess) {
                continue;
            }
            if guess.replace.is_some() { guesses.push(guess) } else { unsure = unsure.or(Some(guess)) }
        }
    }
    guesses.extend(currency(misfit));
    guesses.extend(between(misfit));
    let (certain, open): (Vec<_>, Vec<_>) = days(misfit).into_iter().partition(|guess| guess.replace.is_some());
    guesses.extend(certain);
    unsure = unsure.or(open.into_iter().next());
    guesses.extend(party(misfit));
    guesses.extend(whole(misfit));
    guesses.extend(fraction(misfit));
    guesses.extend(no_percent(misfit));
    let best = misfit.best(guesses);
    let both = best.as_ref().filter(|_| !again).and_then(|guess| both(misfit, guess));
    both.or(best).or(unsure.filter(|guess| guess.range.start >= misfit.at || takes_figure(misfit)))
}

/// A bare number is a percentage only where that is all that is wrong.
fn bare_percent(misfit: &Misfit<'_>, guess: &Guess) -> bool {
    let Some(right) = guess.replace.as_deref().filter(|right| right.ends_with('%')) else { return false };
    !misfit.slice(guess.range.clone()).contains(['%', 'p']) && misfit.fit(&guess.range, right) != Fit::Whole
}

/// Two slips of one kind in one phrase: `1 USD is 0.92 EUR`.
fn both(misfit: &Misfit<'_>, first: &Guess) -> Option<Guess> {
    let replace = first.replace.as_deref()?;
    if misfit.fit(&first.range, replace) == Fit::Whole {
        return None;
    }
    let text = misfit.with(&first.range, replace);
    let failure = super::failure(misfit.place, &text)?;
    let rest = Misfit::new(misfit.place, &text, &failure);
    let second = slips(&rest, true).filter(|second| second.code.id == first.code.id)?;
    let right = second.replace.as_deref()?;
    let mended = first.range.start + replace.len();
    if rest.fit(&second.range, right) != Fit::Whole || second.range.start < mended {
        return None;
    }
    let between = rest.slice(mended..second.range.start);
    let end = (second.range.end + first.range.len()).checked_sub(replace.len())?;
    let range = first.range.start..end;
    let replace = format!("{replace}{between}{right}");
    let message = format!("`{}` is written `{replace}`", misfit.slice(range.clone()));
    Some(Guess::new(range, replace, message).code(first.code))
}

/// `between 50-500`
fn between(misfit: &Misfit<'_>) -> Option<Guess> {
    let token = misfit.token(misfit.index);
    let before = misfit.token(misfit.index.checked_sub(1)?);
    let (low, high) = token.split_once('-').filter(|_| before == "between")?;
    let range = misfit.tokens.get(misfit.index)?.clone();
    Some(Guess::written(range, token, format!("{low} and {high}")))
}

/// Whether a figure of any kind could stand near the place where the line stops fitting.
fn takes_figure(misfit: &Misfit<'_>) -> bool {
    ["5", "2026-03-10", "75%", "EUR 5", "30 days"].iter().any(|figure| {
        (misfit.index.saturating_sub(3)..=misfit.index).any(|index| {
            let Some(token) = misfit.tokens.get(index) else { return false };
            (index + 1..misfit.tokens.len().min(index + 6) + 1).any(|end| {
                misfit.fit(&(token.start..misfit.tokens.get(end - 1).map_or(0, |t| t.end)), figure) == Fit::Whole
            })
        })
    })
}

/// `three`
fn word(text: &str) -> Option<Guess> {
    let first = text.split([' ', ',', ':']).next()?;
    let (_, number) = NUMBERS.iter().find(|(word, _)| first.eq_ignore_ascii_case(word))?;
    let message = format!("`{first}` is written `{number}`");
    Some(Guess::new(0..first.len(), *number, message).code(&BAD_NUMBER))
}

/// A party in lower case.
fn party(misfit: &Misfit<'_>) -> Option<Guess> {
    if !misfit.expects(&[Rule::party, Rule::party_word]) {
        return None;
    }
    let token = misfit.token(misfit.index);
    let first = token.chars().next().filter(|c| c.is_lowercase())?;
    let right: String = first.to_uppercase().chain(token.chars().skip(1)).collect();
    let range = misfit.tokens.get(misfit.index)?.clone();
    let message = format!("`{token}` is written `{right}`: a party begins with a capital letter");
    Some(Guess::new(range, right, message).code(&BAD_NAME))
}
