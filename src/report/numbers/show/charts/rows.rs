//! Bars that lie one below another, each with its name above it.

use super::picture::{Anchor, Part, Picture, stacked, width};
use crate::report::prose::words::thousands;

/// A bar.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: String,
    /// What is said at its right.
    pub value: String,
    /// What is said below it.
    pub note: Option<String>,
    pub parts: Vec<Part>,
    /// All of it in words.
    pub about: String,
    /// Whether it stands apart from those before it.
    pub apart: bool,
}

const WIDTH: i64 = 4_000;
const NAME: i64 = 180;
const BAR: i64 = 170;
const NOTE: i64 = 150;
const BETWEEN: i64 = 80;

/// Bars of which the longest that can be is `whole`.
pub fn rows(rows: &[Row], whole: u64) -> Picture {
    let mut picture = Picture::new(WIDTH, 0);
    let mut y = 0;
    for row in rows {
        if row.apart {
            picture.line("grid", (0, y + BETWEEN), (WIDTH, y + BETWEEN));
            y += 2 * BETWEEN;
        }
        let value = width(&row.value).min(WIDTH * 2 / 3);
        picture.text("name", Anchor::Start, (0, y + 135), &row.name, WIDTH - value - 120);
        picture.text("value", Anchor::End, (WIDTH, y + 135), &row.value, value);
        y += NAME;
        picture.rect("track", (0, y), (WIDTH, BAR), Some(&row.about));
        let parts = stacked(&row.parts, whole, WIDTH);
        let several = row.parts.len() > 1;
        for (part, start, end) in parts {
            picture.rect(part.class, (start, y), (end - start, BAR), Some(&row.about));
            let text = thousands(usize::try_from(part.count).unwrap_or(usize::MAX));
            if several && width(&text) + 60 <= end - start {
                picture.text(on(part.class), Anchor::Middle, ((start + end) / 2, y + 128), &text, end - start);
            }
        }
        y += BAR;
        if let Some(note) = &row.note {
            picture.text("dim", Anchor::Start, (0, y + 125), note, WIDTH);
            y += NOTE;
        }
        y += BETWEEN;
    }
    picture.height.0 = y;
    picture
}

/// How a figure looks on a part of a bar.
pub fn on(class: &str) -> &'static str {
    match class {
        "good" => "on-good",
        "bad" => "on-bad",
        "middle" => "on-middle",
        _ => "on-rest",
    }
}
