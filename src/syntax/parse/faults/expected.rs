//! What is said of a line where no guess helps: what may stand at the place where it stops fitting.

use super::vocabulary::{FIELD, lines_of, phrases, place_name, thing};
use super::{Fit, Guess, Misfit};
use crate::diagnostic::{BAD_NAME, Code, UNEXPECTED_WORD};
use crate::syntax::parse::grammar::Rule;

/// What can be said of a line when no guess helps; with `many` faults before it, without trying.
pub fn plainly(misfit: &Misfit<'_>, many: bool) -> Guess {
    let Misfit { text, at, index, place, .. } = *misfit;
    if text.is_empty() {
        let help = format!("Write something after the dash: {}.", lines_of(place));
        return Guess::unsure(0..0, "this bullet is empty", help).code(&UNEXPECTED_WORD);
    }
    if place_name(place) == text.trim_end_matches(':') {
        let help = format!("Write it so: {}.", lines_of(place));
        return Guess::unsure(0..text.len(), format!("this `{text}` has no name"), help).code(&BAD_NAME);
    }
    if misfit.expects(&[Rule::all_of, Rule::any_of, Rule::none_of]) && !misfit.token(index).is_empty() {
        let start = misfit.start(index);
        let message = format!("`{}` is no condition", misfit.from(start));
        let help =
            "Conditions look like this: `email is filled in`, `employees is at least 50`, `\"contactable\" is met`.";
        return Guess::unsure(start..text.len(), message, help).code(&UNEXPECTED_WORD);
    }
    if misfit.expects(&[Rule::all_of, Rule::any_of, Rule::none_of]) {
        let range = misfit.tokens.last().cloned().unwrap_or(0..text.len());
        let help =
            format!("After `{text}` stands a condition, such as `email is filled in`, or `all of:` and bullets below.");
        let guess = Guess::unsure(range, "this line stops too early", help);
        return guess.code(&UNEXPECTED_WORD).label("something is missing here");
    }
    let things: Vec<_> = wanted(misfit, many).into_iter().collect();
    let begins = begins(misfit);
    let before = misfit.before(misfit.start(index)).trim_end();
    let missing = misfit.token(index).is_empty();
    if missing {
        let range = misfit.tokens.last().cloned().unwrap_or(0..text.len());
        let help = match (things.first(), begins.is_empty()) {
            (Some((_, what, example)), _) => format!("After `{before}` stands {what}, such as `{example}`."),
            (None, false) => format!("After `{before}` may stand {}.", list(&begins)),
            (None, true) => format!("Lines in this place look like this: {}.", lines_of(place)),
        };
        let code = things.first().map_or(&UNEXPECTED_WORD, |(code, _, _)| *code);
        return Guess::unsure(range, "this line stops too early", help).code(code).label("something is missing here");
    }
    if at == 0 || (index == 0 && begins.len() != 1) {
        let end = stretch(misfit, index);
        let message = format!("`{}` begins no line of {}", misfit.slice(0..end), super::phrases::a(place_name(place)));
        let message =
            if place_name(place) == "condition" { format!("`{}` is no condition", misfit.text) } else { message };
        let range = if place_name(place) == "condition" { 0..text.len() } else { 0..end };
        let help = format!("Lines in this place look like this: {}.", lines_of(place));
        return Guess::unsure(range, message, help).code(&UNEXPECTED_WORD);
    }
    let start = misfit.start(index);
    if let Some((code, what, example)) = things.first() {
        let end = misfit.tokens.get(index).map_or(text.len(), |token| token.end);
        let written = misfit.slice(start..end);
        let message = format!("`{written}` is not {what}");
        let backticks = if *what == FIELD { "; one with spaces or signs in its name stands in backticks" } else { "" };
        let help = format!("{}After `{before}` stands {what}, such as `{example}`{backticks}.", language(written));
        return Guess::unsure(start..end, message, help).code(code);
    }
    let closed = misfit.expects(&[Rule::weekday, Rule::period, Rule::unit, Rule::status]);
    let only_end = misfit.expected.iter().all(|rule| matches!(rule, Rule::EOI));
    let end = if closed { misfit.start(index) + misfit.token(index).len() } else { stretch(misfit, index) };
    let written = misfit.slice(start..end);
    // One thing alone that might follow is seldom what was meant.
    let complete = || misfit.fit(&(misfit.start(index).saturating_sub(1)..text.len()), "") == Fit::Whole;
    let help = if only_end || begins.is_empty() || (begins.len() == 1 && !many && complete()) {
        format!("The line is complete with `{before}`; delete the rest, or give it a line of its own.")
    } else {
        format!("{}After `{before}` may stand {}.", language(written), list(&begins))
    };
    Guess::unsure(start..end, format!("`{written}` does not fit here"), help).code(&UNEXPECTED_WORD)
}

/// Said first where a word of another alphabet stands in the place of one of the language.
pub fn language(written: &str) -> &'static str {
    let foreign = written.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_ascii());
    if foreign { "The words of the language are English. " } else { "" }
}

/// The thing that is wanted here: of those that could stand here, one that helps when it does.
fn wanted(misfit: &Misfit<'_>, many: bool) -> Option<(&'static Code, &'static str, &'static str)> {
    const OTHERS: [Rule; 9] = [
        Rule::duration,
        Rule::name,
        Rule::text,
        Rule::date,
        Rule::time,
        Rule::percent,
        Rule::count,
        Rule::number,
        Rule::money,
    ];
    let first = misfit.expected.iter().find_map(|rule| thing(*rule))?;
    if many {
        return Some(first);
    }
    let at = misfit.start(misfit.index);
    let end = misfit.tokens.get(misfit.index).map_or(at, |token| token.end);
    let helps = |example: &str| {
        let example = example.split("`, ").next().unwrap_or(example);
        let space = if at == end { " " } else { "" };
        misfit.fit(&(at..end), &format!("{space}{example}"))
    };
    let here = misfit.expected.iter().chain(&OTHERS).filter_map(|rule| thing(*rule));
    // The first of those that help most.
    let best = here.map(|thing| (helps(thing.2), thing)).reduce(|best, next| if next.0 > best.0 { next } else { best });
    Some(best.filter(|(fit, _)| *fit != Fit::No).map_or(first, |(_, thing)| thing))
}

/// How what may stand here begins.
fn begins(misfit: &Misfit<'_>) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    for phrase in misfit.expected.iter().flat_map(|rule| phrases(*rule)) {
        if !found.contains(phrase) {
            found.push(phrase);
        }
    }
    found
}

/// Where the words that do not fit end: up to the next quote or comma, three words at most.
fn stretch(misfit: &Misfit<'_>, index: usize) -> usize {
    let mut end = misfit.tokens.get(index).map_or(misfit.text.len(), |token| token.end);
    for next in index + 1..index + 3 {
        let token = misfit.token(next);
        if token.is_empty() || token.starts_with(['"', ',', ':']) || misfit.token(index).starts_with('"') {
            break;
        }
        end = misfit.tokens.get(next).map_or(end, |token| token.end);
    }
    end
}

/// `a`, `b` or `c`
fn list(phrases: &[&str]) -> String {
    let shown: Vec<String> = phrases.iter().take(12).map(|phrase| format!("`{phrase}`")).collect();
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) if phrases.len() <= 12 => format!("{} or {last}", rest.join(", ")),
        _ => format!("{} and others", shown.join(", ")),
    }
}
