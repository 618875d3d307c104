//! Tests of events, grades and dates that are said otherwise, where more than one phrase must change.

use super::{Fit, Guess, Misfit};
use crate::diagnostic::{NEAR_MISS, UNEXPECTED_WORD};
use crate::syntax::parse::grammar::{self, Rule};

/// What is said of events, grades and ages.
pub fn said(misfit: &Misfit<'_>) -> Option<Guess> {
    how_often(misfit)
        .or_else(|| older(misfit))
        .or_else(|| range(misfit))
        .or_else(|| items(misfit))
        .or_else(|| within(misfit))
        .or_else(|| in_examples(misfit))
        .or_else(|| grade(misfit))
        .or_else(|| either(misfit))
        .or_else(|| otherwise(misfit))
        .or_else(|| beside_head(misfit))
        .or_else(|| label(misfit))
        .or_else(|| disqualified(misfit))
        .or_else(|| losing(misfit))
}

/// `happened twice`, `happened 2 times`: at least, or exactly?
fn how_often(misfit: &Misfit<'_>) -> Option<Guess> {
    let happened = (0..misfit.tokens.len()).find(|index| misfit.token(*index) == "happened")? + 1;
    if !(happened..happened + 4).contains(&misfit.index) {
        return None;
    }
    if let Some(guess) = more_often(misfit, happened) {
        return Some(guess);
    }
    if misfit.index != happened {
        return None;
    }
    let word = misfit.token(misfit.index);
    let (times, count) = match word {
        "once" => ("1 time".to_owned(), 1),
        "twice" => ("2 times".to_owned(), 1),
        _ if matches!(misfit.token(misfit.index + 1), "times" | "time" | "x") => {
            (format!("{word} {}", misfit.token(misfit.index + 1).replace('x', "times")), 2)
        }
        _ => return None,
    };
    let end = misfit.tokens.get(misfit.index + count - 1)?.end;
    let range = misfit.start(misfit.index)..end;
    (misfit.fit(&range, &format!("at least {times}")) != Fit::No).then(|| {
        let written = misfit.slice(range.clone());
        let message = format!("`{written}` may mean at least, at most or exactly that often");
        let help = format!("Write `happened at least {times}`, or `at most` or `exactly` instead of `at least`.");
        Guess::unsure(range, message, help).code(&NEAR_MISS)
    })
}

/// `happened 3 or more times`, `happened more than 2 times`, `happened more than twice`
fn more_often(misfit: &Misfit<'_>, index: usize) -> Option<Guess> {
    let word = |step: usize| misfit.token(index + step);
    let number = |word: &str| match word {
        "once" => Some(1),
        "twice" => Some(2),
        word => word.parse::<u32>().ok(),
    };
    let (right, last) = match (word(0), word(1), word(2)) {
        (count, "or", "more") => (format!("at least {}", number(count)?), index + 3),
        (count, "or", "less" | "fewer") => (format!("at most {}", number(count)?), index + 3),
        ("more", "than", count) => (format!("at least {}", number(count)?.checked_add(1)?), index + 3),
        ("less" | "fewer", "than", count) => (format!("at most {}", number(count)?.checked_sub(1)?), index + 3),
        _ => return None,
    };
    let times = matches!(misfit.token(last), "times" | "time");
    let range = misfit.start(index)..misfit.tokens.get(if times { last } else { last - 1 })?.end;
    let unit = if right.ends_with(" 1") { "time" } else { "times" };
    let replace = format!("{right} {unit}");
    let message = format!("`{}` is written `{replace}`", misfit.slice(range.clone()));
    misfit.best([Guess::new(range, replace, message)])
}

/// `is 5-10`, `is 5 to 10`, `is 50 or more`, `is 50+`
fn range(misfit: &Misfit<'_>) -> Option<Guess> {
    let is = (0..misfit.index).rev().find(|index| misfit.token(*index) == "is")?;
    let rest = misfit.from(misfit.start(is + 1));
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
    let bare = rest.strip_prefix("at least ").or_else(|| rest.strip_prefix("at most ")).unwrap_or(rest);
    let bare = bare.strip_prefix("from ").unwrap_or(bare);
    let words: Vec<&str> = bare.split(' ').collect();
    let between = |a: &str, b: &str| (number(a) && number(b)).then(|| format!("is between {a} and {b}"));
    let replace = match words.as_slice() {
        [a, "to" | "-" | "till" | "up", b] => between(a, b)?,
        [both] if both.contains('-') => both.split_once('-').and_then(|(a, b)| between(a, b))?,
        [a, "or" | "and", "more" | "above" | "over" | "up"] if number(a) => format!("is at least {a}"),
        [a, "or" | "and", "less" | "fewer" | "below" | "under"] if number(a) => format!("is at most {a}"),
        [a] if a.strip_suffix('+').is_some_and(number) => format!("is at least {}", a.trim_end_matches('+')),
        _ => return None,
    };
    let range = misfit.start(is)..misfit.text.len();
    let message = format!("`{}` is written `{replace}`", misfit.slice(range.clone()));
    (misfit.fit(&range, &replace) == Fit::Whole).then(|| Guess::new(range, replace, message))
}

/// `2 items of "BANT" are met`
fn items(misfit: &Misfit<'_>) -> Option<Guess> {
    let items = (1..misfit.tokens.len()).find(|index| misfit.token(*index).starts_with("item"))?;
    let count = misfit.tokens.get(items - 1)?.clone();
    let number = misfit.slice(count.clone());
    let replace = format!("at least {number}");
    let message = format!("`at least` is missing before `{number}`");
    (misfit.fit(&count, &replace) == Fit::Whole).then(|| Guess::new(count, replace, message).code(&UNEXPECTED_WORD))
}

/// `happened within 30 days`
fn within(misfit: &Misfit<'_>) -> Option<Guess> {
    let within = (0..misfit.tokens.len()).rev().find(|index| misfit.token(*index) == "within")?;
    let range = misfit.tokens.get(within)?.clone();
    let complete = misfit.fits >= misfit.text.len();
    (complete && misfit.fit(&range, "within the last") == Fit::Whole).then(|| {
        let range = range.start..misfit.text.len();
        let rest = misfit.from(misfit.start(within + 1));
        let help = format!("Write `within the last {rest}`, or `within {rest} after the last \"…\"`.");
        Guess::unsure(range, format!("`within {rest}` of what?"), help).code(&UNEXPECTED_WORD)
    })
}

/// What only an example may ask.
fn in_examples(misfit: &Misfit<'_>) -> Option<Guess> {
    let begin = ["when ", "where ", ": "].iter().filter_map(|word| misfit.text.rfind(word).map(|at| at + word.len()));
    let begin = begin.max().unwrap_or(0);
    let rest = misfit.from(begin);
    let only = ["the lead is ", "sla \""].iter().any(|start| rest.starts_with(start)) || rest.ends_with(" is unknown");
    let place = !matches!(misfit.place, Rule::example_line | Rule::expect_bullet);
    (only && place && grammar::read(Rule::expect_bullet, rest).is_ok()).then(|| {
        let help = "Elsewhere a condition asks for a stage, `stage \"MQL\" is reached`, or for what makes it so.";
        let message = format!("only an example may expect `{rest}`");
        Guess::unsure(begin..misfit.text.len(), message, help).code(&UNEXPECTED_WORD)
    })
}

/// `is older than 30 days`
fn older(misfit: &Misfit<'_>) -> Option<Guess> {
    for (said, tail) in [
        ("is older than ", "ago"),
        ("is longer ago than ", "ago"),
        ("is earlier than ", "ago"),
        ("is longer than ", "ago"),
        ("is over ", "ago"),
        ("is further than ", "ahead"),
    ] {
        let Some(from) = misfit.text.find(said) else { continue };
        let rest = misfit.from(from + said.len());
        let length = rest.trim_end_matches(" ago").trim_end_matches(" old").trim_end_matches(" ahead");
        let range = from..misfit.text.len();
        let replace = format!("is more than {length} {tail}");
        if misfit.fit(&range, &replace) == Fit::Whole {
            let message = format!("`{}` is written `{replace}`", misfit.slice(range.clone()));
            return Some(Guess::new(range, replace, message));
        }
    }
    None
}

/// A grade that is compared as if it were a number.
fn grade(misfit: &Misfit<'_>) -> Option<Guess> {
    let grade = misfit.text.rfind("grade \"")?;
    let name = misfit.tokens.iter().position(|token| token.start == grade)? + 1;
    if misfit.token(name + 1) != "is" || !(name + 1..=name + 3).contains(&misfit.index) {
        return None;
    }
    let first = misfit.token(name + 2);
    let range = misfit.start(name + 1)..misfit.text.len();
    if first == "not" {
        let opposite = misfit.with(&(misfit.start(name + 2)..misfit.start(name + 3)), "");
        let begin = opposite.rfind("grade \"").unwrap_or(0);
        let message = "a grade is asked with `is` or `is one of`";
        let help = format!("Put the opposite under `none of:`, as a bullet: `- {}`.", opposite.get(begin..)?);
        return Some(Guess::unsure(range, message, help).code(&UNEXPECTED_WORD));
    }
    let compared = matches!(first, "at" | "more" | "less" | "between" | "above" | "below" | "over");
    compared.then(|| {
        let help = "List the grades that are meant: `is one of \"A\", \"B\"`.";
        Guess::unsure(range, "grades are names, so none is more or less than another", help).code(&UNEXPECTED_WORD)
    })
}

/// `is either "a" or "b"`
fn either(misfit: &Misfit<'_>) -> Option<Guess> {
    for (said, right) in [
        ("is either ", "is one of "),
        ("is neither ", "is not one of "),
        ("contains either ", "contains any of "),
        ("includes either ", "includes any of "),
    ] {
        let Some(from) = misfit.text.find(said) else { continue };
        let rest = misfit.from(from + said.len());
        let range = from..misfit.text.len();
        let replace = format!("{right}{}", rest.replace("\" or \"", "\", \"").replace("\" nor \"", "\", \""));
        if misfit.fit(&range, &replace) == Fit::Whole {
            let written = misfit.slice(range.clone());
            let message = format!("`{written}` is written `{replace}`");
            return Some(Guess::new(range, replace, message));
        }
    }
    None
}

/// `otherwise 0`
fn otherwise(misfit: &Misfit<'_>) -> Option<Guess> {
    let value = misfit.text.strip_prefix("otherwise ")?;
    let replace = format!("{value} otherwise");
    let range = 0..misfit.text.len();
    (misfit.fit(&range, &replace) == Fit::Whole)
        .then(|| Guess::new(range, replace.clone(), format!("`{}` is written `{replace}`", misfit.text)))
}

/// `any of: email is filled in`
fn beside_head(misfit: &Misfit<'_>) -> Option<Guess> {
    if misfit.place == Rule::list_head && misfit.token(2) == ":" && misfit.token(3).starts_with('"') {
        let help = format!("Write each entry below, as a bullet: `- {}`.", misfit.token(3));
        let range = misfit.start(3)..misfit.text.len();
        return Some(Guess::unsure(range, "the entries of a list stand below it", help).code(&UNEXPECTED_WORD));
    }
    let head = ["all of:", "any of:", "none of:", "all of", "any of", "none of"].iter().find_map(|head| {
        let at = misfit.text.find(head)?;
        (at + head.len() + 1 >= misfit.fits && at <= misfit.fits).then_some(at + head.len())
    })?;
    let rest = misfit.from(head).trim();
    let first = rest.split(", ").next().filter(|first| grammar::read(Rule::condition_bullet, first).is_ok())?;
    let range = head + 1..misfit.text.len();
    let help = format!("Write each condition below, as a bullet: `- {first}`.");
    Some(Guess::unsure(range, "nothing stands beside the head of a group", help).code(&UNEXPECTED_WORD))
}

/// `- budget is at least EUR 5` or `- need level: …` in a checklist
fn label(misfit: &Misfit<'_>) -> Option<Guess> {
    if misfit.place != Rule::checklist_bullet {
        return None;
    }
    if grammar::read(Rule::condition_bullet, misfit.text).is_ok() {
        let field = misfit.token(0).rsplit(['.', '"', '`']).find(|part| !part.is_empty()).unwrap_or("label");
        let label = if field.chars().all(char::is_alphanumeric) { field } else { "label" };
        let help = format!("Begin it with a word and a colon: `- {label}: {}`.", misfit.text);
        return Some(Guess::unsure(0..misfit.text.len(), "this item has no label", help).code(&UNEXPECTED_WORD));
    }
    let (written, _) = misfit.text.split_once(": ")?;
    let word = written.trim_matches(|c: char| !c.is_alphanumeric());
    let replace: String = word.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let message = format!("the label `{written}` is not one word");
    let guess = Guess::new(0..written.len(), replace, message).code(&UNEXPECTED_WORD);
    misfit.best([guess])
}

/// `the lead is disqualified`, by what?
fn disqualified(misfit: &Misfit<'_>) -> Option<Guess> {
    let end = misfit.text.find("the lead is disqualified")?;
    let range = end..misfit.text.len();
    misfit.text.ends_with("disqualified").then(|| {
        let help = "Say by what: `the lead is disqualified by \"student\"`.";
        Guess::unsure(range, "this line stops too early", help)
            .code(&UNEXPECTED_WORD)
            .label("something is missing here")
    })
}

/// `losing 25 every 14 days`: points, or percent?
fn losing(misfit: &Misfit<'_>) -> Option<Guess> {
    let index = (0..misfit.tokens.len()).find(|index| misfit.token(*index) == "losing")? + 1;
    let range = misfit.tokens.get(index)?.clone();
    let number = misfit.token(index);
    let bare = number.chars().all(|c| c.is_ascii_digit()) && misfit.token(index + 1) == "every";
    (bare && misfit.fit(&range, &format!("{number}%")) != Fit::No).then(|| {
        let help = format!("Write `losing {number}% every …` or `losing {number} points every …`.");
        Guess::unsure(range, format!("`{number}` may be a percentage or points"), help).code(&NEAR_MISS)
    })
}

/// `not email is filled in`
pub fn negated(misfit: &Misfit<'_>) -> Option<Guess> {
    let indexes = [misfit.index, misfit.index.saturating_sub(1)];
    let not = indexes.into_iter().find(|index| misfit.token(*index) == "not")?;
    let range = misfit.start(not)..misfit.start(not + 1);
    let rest = misfit.from(range.end);
    if grammar::read(Rule::condition_bullet, rest).is_err() || misfit.fit(&range, "") == Fit::No {
        return None;
    }
    let range = misfit.tokens.get(not)?.clone();
    let help = format!("Put it under `none of:`, as a bullet: `- {rest}`.");
    Some(Guess::unsure(range, "`not` cannot stand before a condition", help).code(&NEAR_MISS))
}
