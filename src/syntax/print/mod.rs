//! The tree of lines → text in canonical form: one way to write each line, every comment kept, in the order that it had.

mod words;

use super::layout::{Block, Comment, Layout, Line, LineState, MOST_CHARACTERS};
use words::canonical;

/// How many columns a line stands to the right of the one that owns it.
const STEP: usize = 2;
/// Between words and the comment that follows them.
const GAP: &str = "  ";

/// The text of a layout in canonical form. A line whose words cannot be read keeps them as they were written.
pub fn print(text: &str, layout: &Layout<'_>) -> String {
    let mut rows = Vec::new();
    for block in &layout.blocks {
        flatten(text, block, None, &mut rows);
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
                let words = text.get(comment.span.start as usize..comment.span.end as usize).unwrap_or("");
                match comment.own_line {
                    Some(column) => begin(&mut out, &mut blank, column_of(&rows, before, column as usize)),
                    None => out.push_str(GAP),
                }
                out.push_str(words);
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
    text: String,
    /// The line that owns it.
    owner: Option<usize>,
}

fn flatten(text: &str, block: &Block<'_>, owner: Option<(usize, usize)>, rows: &mut Vec<Row>) {
    let indent = owner.map_or(0, |(_, column)| column + STEP);
    let dash = if block.line.bullet { "- " } else { "" };
    let row = Row {
        number: block.line.number,
        indent,
        text: format!("{dash}{}", words_of(text, &block.line, indent)),
        owner: owner.map(|(at, _)| at),
    };
    let own = (rows.len(), indent + dash.len());
    rows.push(row);
    for child in &block.children {
        flatten(text, child, Some(own), rows);
    }
}

fn words_of(text: &str, line: &Line<'_>, indent: usize) -> String {
    let span = line.words.whole();
    let written = text.get(span.start as usize..span.end as usize).unwrap_or("");
    if line.state != LineState::Sound {
        return written.to_owned();
    }
    let words = canonical(&line.words.text);
    // A line that only fits as it was written stays so.
    if words.chars().count() + indent + STEP > MOST_CHARACTERS { written.to_owned() } else { words }
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
