//! Scores as sums that can be checked with a pencil, and grades.

use super::page::{Branch, Mark, Row, Sum};
use super::tree::{Trees, not_counted};
use super::words::{Case, causes};
use crate::decimal::shortest;
use crate::engine::trace::{Counted, Node, Reason};
use crate::engine::{Outcome, Points};
use crate::policy::{Score, ScoreRuleKind};
use crate::report::prose::words::{count, cut, thousands};

/// So many occurrences of a rule stand one by one, the latest.
const MOST_SHOWN: usize = 10;

pub fn sum(case: &Case<'_>, trees: &Trees<'_>, score: &Node) -> Sum {
    let name = score.name.as_deref().unwrap_or_default();
    let declared = case.policy.scores.iter().find(|it| it.name == name);
    let total = points(score.points);
    let mut rows = Vec::new();
    if let Some(start) = score.starts_at {
        rows.push(Row { text: "starts at".to_owned(), points: start.to_string(), ..Row::default() });
    }
    let rules = declared.map_or(&[][..], |it| &it.rules);
    for (at, rule) in score.children.iter().enumerate() {
        rows.push(row(case, trees, rule, rules.get(at).map(|rule| &rule.kind)));
    }
    if let Some(sum) = score.sum {
        rows.push(Row { text: "together".to_owned(), points: sum.to_string(), total: true, ..Row::default() });
    }
    let notes = declared.map(bounds).unwrap_or_default();
    rows.push(Row { text: format!("score \"{name}\""), points: total.clone(), total: true, notes, place: None });
    if let Some(at) = score.started_again_at
        && let Some(first) = rows.first_mut()
    {
        first.notes.push(format!("counted from {} on, when the score started again", case.wall.moment(at)));
    }
    Sum { title: format!("score \"{name}\": {}", said(&total)), place: case.place(score), rows }
}

fn points(points: Option<Points>) -> String {
    points.unwrap_or_default().to_string()
}

fn said(points: &str) -> String {
    if points == "1" { "1 point".to_owned() } else { format!("{points} points") }
}

fn bounds(declared: &Score) -> Vec<String> {
    let mut notes = Vec::new();
    for (bound, word) in [(declared.never_below, "never below"), (declared.never_above, "never above")] {
        if let Some(bound) = bound {
            notes.push(format!("{word} {}", shortest(bound.into(), 2)));
        }
    }
    if notes.is_empty() { notes } else { vec![notes.join(", ")] }
}

/// A rule, what it comes to, and why.
fn row(case: &Case<'_>, trees: &Trees<'_>, rule: &Node, kind: Option<&ScoreRuleKind>) -> Row {
    let mut notes = Vec::new();
    let lines = rule.children.iter().filter(|line| line.taken.is_some());
    let table = lines.clone().count() > 0;
    if let Some(taken) = lines.clone().find(|line| line.taken == Some(true)) {
        let read = trees.notes(rule).into_iter().next().map(|read| format!(" ({read})"));
        let why = taken.children.first().map(|test| format!(" ({})", trees.notes(test).join("; ")));
        notes.push(format!("taken: {}{}", cut(&taken.text, 120), read.or(why).unwrap_or_default()));
    }
    match kind {
        Some(ScoreRuleKind::ForEach { .. }) => notes.extend(occurrences(case, rule)),
        Some(ScoreRuleKind::ForEveryWithout { .. }) => notes.extend(quiet(case, rule)),
        _ if !table && (rule.counted.is_some() || !rule.observed.is_empty()) => notes.extend(trees.notes(rule)),
        _ => {}
    }
    if rule.reason == Some(Reason::NoLog) {
        notes.push("there is no record of what happened".to_owned());
    }
    // The condition of a rule stands last, after the lines of its table.
    if let (Some(outcome), Some(test)) = (rule.outcome, rule.children.last().filter(|test| test.taken.is_none())) {
        let read: Vec<String> = causes(test).iter().take(3).flat_map(|node| trees.notes(node)).collect();
        let read = if read.is_empty() { String::new() } else { format!(" ({})", read.join("; ")) };
        notes.push(match outcome {
            Outcome::Met => format!("its condition is met{read}"),
            Outcome::NotMet => format!("its condition is not met{read}"),
            Outcome::Unknown => format!("whether its condition is met is not known{read}"),
        });
    }
    if let Some(sum) = rule.sum {
        notes.push(format!("{} by itself, cut by its limit", said(&sum.to_string())));
    }
    if let Some(more) = rule.could_add {
        let more = more.to_string();
        let more = more.strip_prefix('-').map_or_else(|| format!("add {more}"), |less| format!("remove {less}"));
        notes.push(format!("what is not known could {more} more"));
    }
    if rule.reason.is_some() && rule.could_add.is_none() && rule.of.is_none() {
        notes.push("what is not known could add any number of points".to_owned());
    }
    let text = rule.text.trim_end_matches(':').to_owned();
    Row { text, place: case.place(rule), points: points(rule.points), total: false, notes }
}

/// Each occurrence with its worth; of many, the latest.
fn occurrences(case: &Case<'_>, rule: &Node) -> Vec<String> {
    let counted = rule.counted.as_deref().unwrap_or_default();
    let skipped = counted.len().saturating_sub(MOST_SHOWN);
    let (earlier, latest) = counted.split_at_checked(skipped).unwrap_or((&[], counted));
    let mut notes = Vec::new();
    if !earlier.is_empty() {
        let hundredths = earlier.iter().filter_map(|it| it.points).map(Points::hundredths).sum::<i64>();
        let worth = latest.first().and_then(|it| it.points).map_or(String::new(), |_| shortest(hundredths.into(), 2));
        notes.push(format!("{} earlier: {}", thousands(earlier.len()), said(&worth)));
    }
    let line = |it: &Counted| format!("{}: {}", case.wall.moment(it.at), said(&points(it.points)));
    notes.extend(latest.iter().map(line));
    if counted.is_empty() && rule.reason.is_none() {
        notes.push("did not happen".to_owned());
    }
    notes.extend(not_counted(&rule.not_counted));
    notes
}

/// Since when nothing has happened.
fn quiet(case: &Case<'_>, rule: &Node) -> Option<String> {
    let counted = rule.counted.as_ref()?;
    Some(match counted.last() {
        Some(latest) => {
            let days = (case.decision.as_of - latest.at).num_days();
            format!(
                "last on {}, {} ago",
                case.wall.moment(latest.at),
                count(usize::try_from(days).unwrap_or(0), "day", "days")
            )
        }
        None => "it never happened".to_owned(),
    })
}

/// A grade: its letter, and the line that gave it.
pub fn grade(case: &Case<'_>, trees: &mut Trees<'_>, node: &Node) -> Branch {
    let name = node.name.as_deref().unwrap_or_default();
    let letter = node.grade.as_deref().unwrap_or_default();
    let mut branch = Branch::new(Mark::None, format!("grade \"{name}\": {letter}"));
    branch.place = case.place(node);
    let taken = node.children.iter().find(|line| line.taken == Some(true));
    if let Some(taken) = taken {
        branch.notes.push(format!("taken: {}", cut(&taken.text, 120)));
        branch.notes.extend(taken.children.iter().flat_map(causes).take(3).flat_map(|test| trees.notes(test)));
    }
    branch.notes.extend(trees.notes(node));
    branch
}
