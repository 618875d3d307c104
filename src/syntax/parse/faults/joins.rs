//! Conditions and values joined on one line with `and`, `or` and their like.

use std::ops::Range;

use super::{Fit, Guess, Misfit};
use crate::diagnostic::NEAR_MISS;
use crate::syntax::parse::grammar::{self, Rule};

/// How a test asks for one value, and for several.
const ONE_AND_SEVERAL: [(&str, &str); 12] = [
    ("is not", "is not one of"),
    ("is", "is one of"),
    ("does not contain the word", "does not contain any of the words"),
    ("contains the word", "contains any of the words"),
    ("does not contain", "does not contain any of"),
    ("contains", "contains any of"),
    ("does not start with", "does not start with any of"),
    ("starts with", "starts with any of"),
    ("does not end with", "does not end with any of"),
    ("ends with", "ends with any of"),
    ("includes", "includes any of"),
    ("reasons", "reasons"),
];

/// Values or conditions that are joined where the language has commas, or bullets under a head.
pub fn joined(misfit: &Misfit<'_>) -> Option<Guess> {
    if let Some(guess) = misfit.index.checked_sub(1).and_then(|index| oxford(misfit, index)) {
        return Some(guess);
    }
    let joiner = misfit.token(misfit.index);
    let and = matches!(joiner, "and" | "&&" | "&" | "AND" | "And" | "+");
    let or = matches!(joiner, "or" | "||" | "|" | "OR" | "Or" | "/");
    if !(and || or || joiner == ",") {
        return None;
    }
    comma_and_word(misfit)
        .or_else(|| comma(misfit))
        .or_else(|| several(misfit, and))
        .or_else(|| if joiner == "," { None } else { conditions(misfit, and) })
}

/// `"a", "b", or "c"`
fn comma_and_word(misfit: &Misfit<'_>) -> Option<Guess> {
    oxford(misfit, misfit.index)
}

/// A joining word after a comma, which may have been taken for a field.
fn oxford(misfit: &Misfit<'_>, index: usize) -> Option<Guess> {
    let word = misfit.token(index);
    if misfit.token(index.checked_sub(1)?) != "," || !matches!(word, "or" | "and") {
        return None;
    }
    let range = misfit.start(index)..misfit.start(index + 1);
    let guess = Guess::new(range, "", format!("`{word}` stands after a comma")).help("Commas are enough: delete it.");
    misfit.best([guess])
}

/// `is one of "a" or "b"`
fn comma(misfit: &Misfit<'_>) -> Option<Guess> {
    let word = misfit.token(misfit.index);
    if word == "," {
        return None;
    }
    let before = misfit.tokens.get(misfit.index.checked_sub(1)?)?;
    let range = before.end..misfit.tokens.get(misfit.index)?.end;
    let guess = Guess::new(range, ",", format!("`{word}` stands where a list has a comma"));
    (misfit.fit(&guess.range, ",") != Fit::No).then_some(guess)
}

/// `is "a" or "b"`
fn several(misfit: &Misfit<'_>, and: bool) -> Option<Guess> {
    let mut values = vec![misfit.index.checked_sub(1)?];
    let mut next = misfit.index;
    while matches!(misfit.token(next), "or" | "and" | "," | "||" | "|" | "/" | "&&" | "&" | "OR" | "AND") {
        let again = matches!(misfit.token(next + 1), "or" | "and");
        next += if again { 2 } else { 1 };
        if misfit.token(next).is_empty() {
            return None;
        }
        values.push(next);
        next += 1;
    }
    let text = |index: &usize| match misfit.token(*index).strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => format!("\"{text}\""),
        None => misfit.token(*index).to_owned(),
    };
    let texts: Vec<String> = values.iter().map(text).collect();
    if texts.iter().any(|text| super::quotes::AFTER_IS.contains(&text.as_str())) {
        return None;
    }
    let first = misfit.start(*values.first()?);
    let end = misfit.tokens.get(next.checked_sub(1)?)?.end;
    let before = misfit.before(first);
    for (one, many) in ONE_AND_SEVERAL {
        let Some(head) = before.strip_suffix(' ').and_then(|before| before.strip_suffix(one)) else { continue };
        if !head.is_empty() && !head.ends_with(' ') {
            continue;
        }
        let many = match (one, and) {
            ("includes", true) => "includes all of",
            // A text that contains both needs two conditions.
            ("contains" | "contains the word" | "starts with" | "ends with", true) => return None,
            _ => many,
        };
        let range = head.len()..end;
        let replace = format!("{many} {}", texts.join(", "));
        let written = misfit.token(misfit.index);
        let message = if written == "," {
            format!("several values stand after `{one}`")
        } else {
            format!("`{written}` joins values here")
        };
        let guess = Guess::new(range, replace, message).label(format!("this is written `{many} …, …`"));
        if misfit.fit(&guess.range, guess.replace.as_deref()?) == Fit::Whole {
            return Some(guess);
        }
    }
    None
}

/// `a is at least 5 and b is filled in`
fn conditions(misfit: &Misfit<'_>, and: bool) -> Option<Guess> {
    let range: Range<usize> = misfit.tokens.get(misfit.index)?.clone();
    let before = misfit.before(range.start).trim_end();
    let begin = ["when ", "where ", "expect ", ": "]
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| at + word.len()))
        .max()
        .unwrap_or(0);
    let first = before.get(begin..)?;
    let subject = first.split(' ').next()?;
    let rest = misfit.from(range.end).trim();
    if rest.is_empty() || first.is_empty() || grammar::read(Rule::condition_bullet, first).is_err() {
        return None;
    }
    let reads = |text: &str| grammar::read(Rule::condition_bullet, text).is_ok();
    let same_test = match first.rfind(['"', ' ']) {
        Some(_) if rest.starts_with('"') => first.find('"').and_then(|at| first.get(..at)).unwrap_or(""),
        _ => "",
    };
    let candidates =
        [rest.to_owned(), format!("{same_test}{rest}"), format!("{subject} {rest}"), format!("{subject} is {rest}")];
    let second = candidates.into_iter().find(|text| reads(text)).unwrap_or_else(|| rest.to_owned());
    let head = if and { "all of:" } else { "any of:" };
    let message = format!("`{}` joins two conditions on one line", misfit.slice(range.clone()));
    let help = format!("Write `{head}` instead, and below it a bullet for each: `- {first}` and `- {second}`.");
    Some(Guess::unsure(range, message, help).code(&NEAR_MISS))
}
