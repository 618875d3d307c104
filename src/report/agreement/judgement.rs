//! Stages, and what leads to them.

use super::page::{Block, Entry, Section};
use super::sentences::Sentences;
use crate::policy::{BandSubject, Bands, Condition, GradeKind, Score, ScoreRule, ScoreRuleKind, Stage, Table};
use crate::report::prose::words::duration;

pub fn sections(words: Sentences<'_>) -> Vec<Section> {
    let policy = words.policy;
    let stages = policy.stages.iter().map(|stage| self::stage(words, stage));
    let criteria = policy.criteria.iter().map(|it| {
        let mut blocks = words.blocks("Met when", &it.condition);
        if let Some(met) = it.if_unknown {
            let outcome = if met { "met" } else { "not met" };
            blocks.push(Block::Line(format!("Where we do not know, it counts as {outcome}.")));
        }
        Entry { title: it.name.clone(), owner: it.owner.clone(), because: it.because.clone(), blocks }
    });
    let checklists = policy.checklists.iter().map(|it| {
        let head = vec!["Item".to_owned(), "Met when".to_owned()];
        let rows = it.items.iter().map(|(label, condition)| vec![label.clone(), words.sentence(condition)]);
        let blocks = vec![Block::Table([head].into_iter().chain(rows).collect())];
        Entry { title: it.name.clone(), owner: it.owner.clone(), because: it.because.clone(), blocks }
    });
    let scores = policy.scores.iter().map(|score| self::score(words, score));
    let grades = policy.grades.iter().map(|it| {
        let rows = match &it.kind {
            GradeKind::Bands(bands) => banded(words, bands, |grade| grade.clone()),
            GradeKind::Table(table) => tabled(words, table, |grade| grade.clone()),
        };
        let head = vec!["Grade".to_owned(), "When".to_owned()];
        let blocks = vec![Block::Table([head].into_iter().chain(rows).collect())];
        Entry { title: format!("Grade: {}", it.name), owner: None, because: it.because.clone(), blocks }
    });
    let out = policy.disqualifiers.iter().map(|it| Entry {
        title: it.name.clone(),
        owner: None,
        because: it.because.clone(),
        blocks: words.blocks("Out when", &it.condition),
    });
    vec![
        Section {
            title: "The stages",
            intro: "A lead stands in the last of these that it has reached. What it does not tell us is unknown: that \
                    reaches no stage, and is never taken for a no.",
            entries: stages.collect(),
        },
        Section { title: "Whom we never pass on", intro: "", entries: out.collect() },
        Section { title: "What must be met", intro: "", entries: criteria.collect() },
        Section { title: "Checklists", intro: "", entries: checklists.collect() },
        Section { title: "Points and grades", intro: "", entries: scores.chain(grades).collect() },
    ]
}

fn stage(words: Sentences<'_>, stage: &Stage) -> Entry {
    let mut blocks = words.blocks("Reached when", &stage.condition);
    if !stage.entered.is_empty() {
        let stays = if stage.only_while { "; the lead stays only while it passes the test above" } else { "" };
        blocks.push(Block::Line(format!("Entered with {}{stays}.", words.events(&stage.entered))));
    }
    for (events, hold) in &stage.left {
        let hold = hold.map_or(String::new(), |hold| format!(", and closed to the lead for {}", duration(hold)));
        blocks.push(Block::Line(format!("Left with {}{hold}.", words.events(events))));
    }
    Entry { title: stage.name.clone(), owner: stage.owner.clone(), because: stage.because.clone(), blocks }
}

fn score(words: Sentences<'_>, score: &Score) -> Entry {
    let head = vec!["Points".to_owned(), "For".to_owned()];
    let rows = score.rules.iter().flat_map(|rule| rule_rows(words, rule));
    let mut blocks = vec![Block::Table([head].into_iter().chain(rows).collect())];
    let mut limits = Vec::new();
    if score.starts_at != 0 {
        limits.push(format!("It starts at {}.", points(score.starts_at)));
    }
    match (score.never_below, score.never_above) {
        (Some(low), Some(high)) => {
            limits.push(format!("It is never below {} and never above {}.", points(low), points(high)));
        }
        (Some(low), None) => limits.push(format!("It is never below {}.", points(low))),
        (None, Some(high)) => limits.push(format!("It is never above {}.", points(high))),
        (None, None) => {}
    }
    if !score.starts_again.is_empty() {
        limits.push(format!("It starts again with {}.", words.events(&score.starts_again)));
    }
    if !limits.is_empty() {
        blocks.push(Block::Line(limits.join(" ")));
    }
    Entry {
        title: format!("Score: {}", score.name),
        owner: score.owner.clone(),
        because: score.because.clone(),
        blocks,
    }
}

/// What a rule gives, and for what: a line of its own for each line of a table.
fn rule_rows(words: Sentences<'_>, rule: &ScoreRule) -> Vec<Vec<String>> {
    let signed = |hundredths: i64| match (hundredths, rule.remove) {
        (0, _) => "0".to_owned(),
        (_, false) => format!("+{}", points(hundredths)),
        (_, true) => format!("−{}", points(hundredths)),
    };
    let written = words.written(rule.span);
    let said = written.strip_prefix("add ").or_else(|| written.strip_prefix("remove ")).unwrap_or(&written);
    match &rule.kind {
        ScoreRuleKind::Table(table) => tabled(words, table, |points| signed(*points)),
        ScoreRuleKind::Bands(bands) => banded(words, bands, |points| signed(*points)),
        ScoreRuleKind::Points(points) => {
            let condition = rule.condition.as_ref().map_or(String::new(), |it| words.sentence(it));
            vec![vec![signed(*points), condition]]
        }
        ScoreRuleKind::ForEach { points, .. } | ScoreRuleKind::ForEveryWithout { points, .. } => {
            let said =
                said.split_once(" points ").or_else(|| said.split_once(" point ")).map_or(said, |(_, rest)| rest);
            vec![vec![signed(*points), with_condition(words, said, rule.condition.as_ref())]]
        }
        ScoreRuleKind::Field(_) | ScoreRuleKind::Score { .. } => {
            let sign = if rule.remove { "−" } else { "+" };
            vec![vec![sign.to_owned(), with_condition(words, said, rule.condition.as_ref())]]
        }
    }
}

/// What was written before the condition, which may go on below the line, and the condition.
fn with_condition(words: Sentences<'_>, said: &str, condition: Option<&Condition>) -> String {
    match (condition, said.rsplit_once(", when ")) {
        (Some(condition), Some((before, _))) => format!("{before}, when {}", words.sentence(condition)),
        _ => said.to_owned(),
    }
}

/// The rows of a table: the first that holds is taken.
pub fn tabled<T>(words: Sentences<'_>, table: &Table<T>, show: impl Fn(&T) -> String) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (value, condition) in &table.lines {
        let before = if rows.is_empty() { "" } else { "else, " };
        rows.push(vec![show(value), format!("{before}{}", words.sentence(condition))]);
    }
    let otherwise = if rows.is_empty() { "always" } else { "otherwise" };
    rows.push(vec![show(&table.otherwise), otherwise.to_owned()]);
    rows
}

fn banded<T>(words: Sentences<'_>, bands: &Bands<T>, show: impl Fn(&T) -> String) -> Vec<Vec<String>> {
    let policy = words.policy;
    let by = match bands.by {
        BandSubject::Field(id) => policy.fields.get(id.index()).map(crate::policy::Field::display_name),
        BandSubject::Score(id) => policy.scores.get(id.index()).map(|score| format!("score \"{}\"", score.name)),
    };
    let by = by.unwrap_or_default();
    let bound = |at: usize| {
        let written = bands.spans.get(at).map(|span| words.written(*span)).unwrap_or_default();
        written.split_once(" from ").map(|(_, bound)| bound.to_owned()).unwrap_or_default()
    };
    let lines = bands.lines.iter().enumerate();
    let mut rows: Vec<Vec<String>> =
        lines.map(|(at, (value, _))| vec![show(value), format!("{by} from {}", bound(at))]).collect();
    rows.push(vec![show(&bands.otherwise), "below that, or where we do not know".to_owned()]);
    rows
}

/// Hundredths of points: `20`, `0.5`
fn points(hundredths: i64) -> String {
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    let sign = if hundredths < 0 { "−" } else { "" };
    match part {
        0 => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{}", format!("{part:02}").trim_end_matches('0')),
    }
}
