//! Stages, and what leads to them.

use super::page::{Block, Entry, Section};
use super::sentences::Sentences;
use crate::policy::{BandSubject, Bands, GradeKind, Score, ScoreRule, ScoreRuleKind, Stage, Table};
use crate::report::prose::words::duration;
use crate::source::Span;

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
        Section {
            title: "Whom we never pass on",
            intro: "A lead for which one of these holds is in no stage, whatever else it has reached.",
            entries: out.collect(),
        },
        Section { title: "What must be met", intro: "", entries: criteria.collect() },
        Section { title: "Checklists", intro: "", entries: checklists.collect() },
        Section {
            title: "Points and grades",
            intro: "Points add up. Of lines that go on with an else, the first that holds counts alone.",
            entries: scores.chain(grades).collect(),
        },
    ]
}

fn stage(words: Sentences<'_>, stage: &Stage) -> Entry {
    let mut blocks = words.blocks("Reached when", &stage.condition);
    if !stage.entered.is_empty() {
        let stays = match (stage.only_while, stage.left.is_empty()) {
            (true, _) => "stays only while the above is so",
            (false, false) => "stays until it leaves, whatever becomes of the above",
            (false, true) => "stays, whatever becomes of the above",
        };
        blocks.push(Block::Line(format!("A lead enters with {}, and {stays}.", words.events(&stage.entered))));
    }
    let anew = if stage.entered.is_empty() { "" } else { " unless it enters anew" };
    for (events, hold) in &stage.left {
        let back = match hold {
            Some(hold) if hold.amount == 0 => "comes back as soon as the above is so".to_owned(),
            Some(hold) => format!("does not come back for {}{anew}", duration(*hold)),
            None => format!("does not come back{anew}"),
        };
        blocks.push(Block::Line(format!("A lead leaves with {}, and {back}.", words.events(events))));
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
    let when = rule.condition.as_ref().map_or(String::new(), |it| format!(", when {}", words.sentence(it)));
    let at_most = rule.at_most.map_or(String::new(), |most| format!(", at most {} points", points(most)));
    let sign = if rule.remove { "−" } else { "+" };
    match &rule.kind {
        ScoreRuleKind::Table(table) => tabled(words, table, |points| signed(*points)),
        ScoreRuleKind::Bands(bands) => banded(words, bands, |points| signed(*points)),
        ScoreRuleKind::Points(points) => {
            let condition = rule.condition.as_ref().map_or("always".to_owned(), |it| words.sentence(it));
            vec![vec![signed(*points), condition]]
        }
        ScoreRuleKind::ForEach { points, .. } | ScoreRuleKind::ForEveryWithout { points, .. } => {
            // `add 15 points for each "e" …`, up to the condition, which may go on below the line.
            let end = rule.condition.as_ref().map_or(rule.span.end, |condition| condition.span.start);
            let said = words.written(Span { end, ..rule.span });
            let said = said.strip_suffix(", when").unwrap_or(&said);
            let said: Vec<&str> = said.splitn(4, ' ').collect();
            vec![vec![signed(*points), said.last().map_or(String::new(), |said| format!("{said}{when}"))]]
        }
        ScoreRuleKind::Field(id) => {
            let name = words.policy.fields.get(id.index()).map(crate::policy::Field::display_name).unwrap_or_default();
            vec![vec![format!("{sign} its value"), format!("{name}{at_most}{when}")]]
        }
        ScoreRuleKind::Score { percent, score } => {
            let name = words.policy.scores.get(score.index()).map_or("", |score| score.name.as_str());
            vec![vec![format!("{sign}{percent}%"), format!("of score \"{name}\"{at_most}{when}")]]
        }
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
    let before = |at: usize| if at == 0 { "" } else { "else, " };
    let rows = lines.map(|(at, (value, _))| vec![show(value), format!("{}{by} from {}", before(at), bound(at))]);
    let mut rows: Vec<Vec<String>> = rows.collect();
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
