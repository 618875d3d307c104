//! How conditions, values and names are written.

use crate::exact::Exact;
use crate::model::{
    Comparison, Condition, Count, EventWindow, Inclusion, Moment, Operand, Span, StageTest, Subject, TextTest, Unit,
    Window,
};

/// A condition that stands on one line.
pub fn plain(condition: &Condition) -> String {
    match condition {
        Condition::Group(..) => panic!("a group has lines of its own"),
        Condition::Filled { of, empty: false } => format!("{} is filled in", subject(of)),
        Condition::Filled { of, empty: true } => format!("{} is empty", subject(of)),
        Condition::Text { of, test, not, values } => {
            format!("{} {} {}", subject(of), text_test(*test, *not), operands(values))
        }
        Condition::InList { of, list, not: false } => format!("{} is in list {}", subject(of), quoted(list)),
        Condition::InList { of, list, not: true } => format!("{} is not in list {}", subject(of), quoted(list)),
        Condition::Pattern { of, pattern, not: false } => format!("{} matches pattern \"{pattern}\"", subject(of)),
        Condition::Pattern { of, pattern, not: true } => {
            format!("{} does not match pattern \"{pattern}\"", subject(of))
        }
        Condition::Compare { of, test, with } => {
            format!("{} {} {}", subject(of), comparison(*test), operand(with))
        }
        Condition::When { of, test, with } => format!("{} {} {}", subject(of), moment(*test), operand(with)),
        Condition::Between { of, from, to } => {
            format!("{} is between {} and {}", subject(of), operand(from), operand(to))
        }
        Condition::Window { of, test, span: length } => match test {
            Window::WithinTheLast => format!("{} is within the last {}", subject(of), span(*length)),
            Window::WithinTheNext => format!("{} is within the next {}", subject(of), span(*length)),
            Window::Ago => format!("{} is more than {} ago", subject(of), span(*length)),
            Window::Ahead => format!("{} is more than {} ahead", subject(of), span(*length)),
        },
        Condition::YesNo { of, yes } => format!("{} is {}", subject(of), if *yes { "yes" } else { "no" }),
        Condition::Includes { of, test, values } => {
            format!("{} {} {}", subject(of), inclusion(*test), operands(values))
        }
        Condition::Event { event, count, window } => {
            let window = window.as_ref().map_or(String::new(), |window| format!(" {}", event_window(window)));
            format!("{} {}{window}", quoted(event), happened(*count))
        }
        Condition::Criterion { name, not: false } => format!("{} is met", quoted(name)),
        Condition::Criterion { name, not: true } => format!("{} is not met", quoted(name)),
        Condition::Checklist { name, at_least, including } => {
            let count = match at_least {
                None => format!("all items of {} are met", quoted(name)),
                Some(1) => format!("at least 1 item of {} is met", quoted(name)),
                Some(count) => format!("at least {count} items of {} are met", quoted(name)),
            };
            let including = if including.is_empty() { "" } else { &format!(", including {}", including.join(", ")) };
            format!("{count}{including}")
        }
        Condition::Grade { name, labels } => {
            let one_of = if labels.len() > 1 { "one of " } else { "" };
            format!("grade {} is {one_of}{}", quoted(name), texts(labels))
        }
        Condition::Stage { name, asks: StageTest::Reached } => format!("stage {} is reached", quoted(name)),
        Condition::Stage { name, asks: StageTest::NotReached } => format!("stage {} is not reached", quoted(name)),
        Condition::Stage { name, asks: StageTest::PassesItsTest } => format!("stage {} passes its test", quoted(name)),
    }
}

pub fn text_test(test: TextTest, not: bool) -> &'static str {
    use TextTest as Test;
    match (test, not) {
        (Test::Is, false) => "is",
        (Test::Is, true) => "is not",
        (Test::IsOneOf, false) => "is one of",
        (Test::IsOneOf, true) => "is not one of",
        (Test::Contains, false) => "contains",
        (Test::Contains, true) => "does not contain",
        (Test::ContainsAny, false) => "contains any of",
        (Test::ContainsAny, true) => "does not contain any of",
        (Test::ContainsWord, false) => "contains the word",
        (Test::ContainsWord, true) => "does not contain the word",
        (Test::ContainsAnyWord, false) => "contains any of the words",
        (Test::ContainsAnyWord, true) => "does not contain any of the words",
        (Test::StartsWith, false) => "starts with",
        (Test::StartsWith, true) => "does not start with",
        (Test::StartsWithAny, false) => "starts with any of",
        (Test::StartsWithAny, true) => "does not start with any of",
        (Test::EndsWith, false) => "ends with",
        (Test::EndsWith, true) => "does not end with",
        (Test::EndsWithAny, false) => "ends with any of",
        (Test::EndsWithAny, true) => "does not end with any of",
    }
}

pub fn comparison(test: Comparison) -> &'static str {
    match test {
        Comparison::Is => "is",
        Comparison::IsNot => "is not",
        Comparison::AtLeast => "is at least",
        Comparison::AtMost => "is at most",
        Comparison::MoreThan => "is more than",
        Comparison::LessThan => "is less than",
    }
}

pub fn moment(test: Moment) -> &'static str {
    match test {
        Moment::Before => "is before",
        Moment::After => "is after",
        Moment::On => "is on",
        Moment::OnOrBefore => "is on or before",
        Moment::OnOrAfter => "is on or after",
    }
}

pub fn inclusion(test: Inclusion) -> &'static str {
    match test {
        Inclusion::One => "includes",
        Inclusion::Any => "includes any of",
        Inclusion::All => "includes all of",
        Inclusion::None => "includes none of",
    }
}

fn happened(count: Count) -> String {
    let plural = |count, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match count {
        Count::Happened => "happened".to_owned(),
        Count::DidNotHappen => "did not happen".to_owned(),
        Count::AtLeast(count) => format!("happened at least {}", plural(count, "time")),
        Count::AtMost(count) => format!("happened at most {}", plural(count, "time")),
        Count::Exactly(count) => format!("happened exactly {}", plural(count, "time")),
        Count::Days(count) => format!("happened on at least {}", plural(count, "different day")),
    }
}

fn event_window(window: &EventWindow) -> String {
    match window {
        EventWindow::WithinTheLast(one) => format!("within the last {}", span(*one)),
        EventWindow::Ago(one) => format!("more than {} ago", span(*one)),
        EventWindow::Since(other) => format!("since the last {}", quoted(other)),
        EventWindow::Before(other) => format!("before the first {}", quoted(other)),
        EventWindow::After(one, other) => format!("within {} after the last {}", span(*one), quoted(other)),
    }
}

pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Field(field) => path(&field.path),
        Subject::Domain(field) => format!("domain of {}", path(&field.path)),
        Subject::Score(name) => format!("score {}", quoted(name)),
    }
}

fn operands(all: &[Operand]) -> String {
    all.iter().map(operand).collect::<Vec<_>>().join(", ")
}

pub fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Text(text) => quoted(text),
        Operand::Number(one) => number(one),
        Operand::Money(amount, currency) => format!("{currency} {}", number(amount)),
        Operand::Date(date) => date.to_string(),
        Operand::Time { written, .. } => written.clone(),
        Operand::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Operand::Nothing => "none".to_owned(),
        // After `is`, a word that may follow `is` is the keyword: backticks are right for any field.
        Operand::Field(field) => field.path.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join("."),
        Operand::Score(name) => format!("score {}", quoted(name)),
    }
}

/// With commas between thousands; three places after the dot would read as thousands and take a fourth.
pub fn number(number: &Exact) -> String {
    let text = number.text();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let grouped: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|chunk| std::str::from_utf8(chunk).unwrap()).collect();
    let zero = if fraction.is_some_and(|part| part.len() == 3) && !whole.starts_with('0') { "0" } else { "" };
    let fraction = fraction.map_or(String::new(), |part| format!(".{part}{zero}"));
    format!("{sign}{}{fraction}", grouped.join(","))
}

pub fn count_of(points: &Exact) -> String {
    if points.text() == "1" { "1 point".to_owned() } else { format!("{} points", number(points)) }
}

pub fn span(span: Span) -> String {
    let unit = match span.unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    let business = if span.business { "business " } else { "" };
    format!("{} {business}{unit}{}", span.count, if span.count == 1 { "" } else { "s" })
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub fn texts(all: &[String]) -> String {
    all.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}

/// A part that is letters, marks, digits and `_` stands bare, unless it begins with a digit.
pub fn path(parts: &[String]) -> String {
    let bare = |part: &str| {
        part.chars().all(|letter| letter.is_alphanumeric() || letter == '_') && !part.starts_with(char::is_numeric)
    };
    let part = |part: &String| if bare(part) { part.clone() } else { format!("`{part}`") };
    parts.iter().map(part).collect::<Vec<_>>().join(".")
}
