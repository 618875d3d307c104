//! The tree of lines → text in canonical form: one way to write each line, every comment kept, in the order that it had.

mod words;

use super::layout::{Block, Comment, Layout, Line, LineState, MOST_CHARACTERS};
use words::canonical;

/// How many columns a line stands to the right of the one that owns it.
const STEP: usize = 2;
/// How many columns lie between words and the comment that follows them, where there is room.
const GAP: usize = 2;

/// The text of a layout in canonical form. A line whose words cannot be read keeps them as they were written.
pub fn print(text: &str, layout: &Layout<'_>) -> String {
    let mut rows = Vec::new();
    for block in &layout.blocks {
        flatten(text, layout, block, None, &mut rows);
    }
    let mut parts: Vec<(u32, Part)> = rows.iter().enumerate().map(|(at, row)| (row.number, Part::Row(at))).collect();
    parts.extend(layout.comments.iter().map(|comment| (comment.line, Part::Comment(comment))));
    parts.extend(layout.blank_lines.iter().map(|line| (*line, Part::Blank)));
    parts.sort_by_key(|(line, _)| *line);

    let mut out = String::with_capacity(text.len());
    let (mut before, mut blank) = (None, false);
    for (_, part) in parts {
        match part {
            Part::Blank => blank = !out.is_empty(),
            Part::Row(at) => {
                let Some(row) = rows.get(at) else { continue };
                begin(&mut out, &mut blank, row.indent);
                out.push_str(&row.text);
                before = Some(at);
            }
            Part::Comment(comment) => {
                if let Some(column) = comment.own_line {
                    // A comment that fills a line stays further left.
                    let most = MOST_CHARACTERS.saturating_sub(length_of(text, comment));
                    begin(&mut out, &mut blank, column_of(&rows, before, column as usize).min(most));
                }
                out.push_str(text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or(""));
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// What stands in a text, in the order of its lines. A comment that follows words has their line.
#[derive(Clone, Copy)]
enum Part<'l> {
    Row(usize),
    Comment(&'l Comment),
    Blank,
}

/// A line in canonical form.
struct Row {
    number: u32,
    indent: usize,
    /// With the gap before its comment, where one follows.
    text: String,
    /// The line that owns it.
    owner: Option<usize>,
}

fn flatten(text: &str, layout: &Layout<'_>, block: &Block<'_>, owner: Option<(usize, usize)>, rows: &mut Vec<Row>) {
    let indent = owner.map_or(0, |(_, column)| column + STEP);
    let dash = if block.line.bullet { "- " } else { "" };
    let number = block.line.number;
    let comment = layout.comments.binary_search_by_key(&number, |comment| comment.line).ok();
    let comment = comment.and_then(|at| layout.comments.get(at)).map(|comment| length_of(text, comment));
    let words = words_of(text, &block.line, indent + dash.len(), comment);
    rows.push(Row { number, indent, text: format!("{dash}{words}"), owner: owner.map(|(at, _)| at) });
    let own = (rows.len() - 1, indent + dash.len());
    for child in &block.children {
        flatten(text, layout, child, Some(own), rows);
    }
}

/// The words of a line that begin at a column, and the gap before the comment of that length that follows them.
fn words_of(text: &str, line: &Line<'_>, column: usize, comment: Option<usize>) -> String {
    let span = line.words.whole();
    let written = text.get(span.start as usize..span.end as usize).unwrap_or("");
    let room = MOST_CHARACTERS.saturating_sub(column + comment.unwrap_or(0));
    // A line that only fits as it was written stays so.
    let mut words = Some(&line.words.text)
        .filter(|_| line.state == LineState::Sound)
        .map(|words| canonical(words))
        .filter(|words| words.chars().count() <= room)
        .unwrap_or_else(|| written.to_owned());
    if comment.is_some() {
        let gap = room.saturating_sub(words.chars().count()).min(GAP);
        words.push_str(&" ".repeat(gap));
    }
    words
}

fn length_of(text: &str, comment: &Comment) -> usize {
    text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or("").chars().count()
}

/// Ends the line before, and begins one.
fn begin(out: &mut String, blank: &mut bool, indent: usize) {
    if !out.is_empty() {
        out.push_str(if *blank { "\n\n" } else { "\n" });
    }
    *blank = false;
    out.push_str(&" ".repeat(indent));
}

/// Where a comment on a line of its own begins: with the line below it, or with the line above and those that own it, where
/// it closes what they say; whichever is nearest to where it was written.
fn column_of(rows: &[Row], before: Option<usize>, written: usize) -> usize {
    let below = rows.get(before.map_or(0, |at| at + 1)).map_or(0, |row| row.indent);
    let (mut best, mut at) = (below, before);
    while let Some(row) = at.and_then(|at| rows.get(at)) {
        let nearer = row.indent.abs_diff(written) < best.abs_diff(written);
        if row.indent > below && nearer {
            best = row.indent;
        }
        at = row.owner;
    }
    best
}
