//! Shapes, which the page draws as SVG. It escapes every text of them.

use serde::ser::{Serialize, Serializer};
use unicode_width::UnicodeWidthChar;

/// A length in tenths of a unit; a letter is twelve units high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenths(pub i64);

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (sign, all) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        match all % 10 {
            0 => serializer.collect_str(&format_args!("{sign}{}", all / 10)),
            rest => serializer.collect_str(&format_args!("{sign}{}.{rest}", all / 10)),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Shape {
    Rect {
        x: Tenths,
        y: Tenths,
        width: Tenths,
        height: Tenths,
        class: &'static str,
        /// What is said of it where a pointer rests on it.
        about: Option<String>,
    },
    Line {
        x1: Tenths,
        y1: Tenths,
        x2: Tenths,
        y2: Tenths,
        class: &'static str,
    },
    Text {
        x: Tenths,
        /// Of the line that the letters stand on.
        y: Tenths,
        anchor: Anchor,
        class: &'static str,
        text: String,
        /// The whole text, where only its beginning is shown.
        whole: Option<String>,
    },
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Picture {
    pub width: Tenths,
    pub height: Tenths,
    pub shapes: Vec<Shape>,
}

/// A part of a bar, so large and of that look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub class: &'static str,
    pub count: u64,
}

impl Picture {
    pub fn new(width: i64, height: i64) -> Picture {
        Picture { width: Tenths(width), height: Tenths(height), shapes: Vec::new() }
    }

    pub fn rect(&mut self, class: &'static str, (x, y): (i64, i64), (width, height): (i64, i64), about: Option<&str>) {
        let (x, y, width, height) = (Tenths(x), Tenths(y), Tenths(width), Tenths(height));
        self.shapes.push(Shape::Rect { x, y, width, height, class, about: about.map(str::to_owned) });
    }

    pub fn line(&mut self, class: &'static str, (x1, y1): (i64, i64), (x2, y2): (i64, i64)) {
        let (x1, y1, x2, y2) = (Tenths(x1), Tenths(y1), Tenths(x2), Tenths(y2));
        self.shapes.push(Shape::Line { x1, y1, x2, y2, class });
    }

    /// A text that is cut where it is wider than its room.
    pub fn text(&mut self, class: &'static str, anchor: Anchor, (x, y): (i64, i64), text: &str, room: i64) {
        let shown = cut(text, room);
        let whole = (shown != text).then(|| text.to_owned());
        self.shapes.push(Shape::Text { x: Tenths(x), y: Tenths(y), anchor, class, text: shown, whole });
    }
}

/// How wide a text is at most, in tenths. Which letters a reader's screen has is not known, so that these are wide ones.
pub fn width(text: &str) -> i64 {
    text.chars().map(letter).sum()
}

fn letter(c: char) -> i64 {
    match (c, c.width().unwrap_or(0)) {
        (_, 0) => 0,
        (_, 2) => 160,
        (' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | 'i' | 'j' | 'l' | 'f' | 't' | 'r' | '(' | ')' | '-', _) => 52,
        ('m' | 'M' | 'W' | '@' | '%' | '…', _) => 122,
        ('0'..='9' | 'a'..='v' | 'x'..='z' | '–' | '·', _) => 78,
        (c, _) if c.is_lowercase() || c.is_ascii() || c == '≤' => 102,
        _ => 125,
    }
}

/// A text, or as much of its beginning as has room, with an ellipsis.
fn cut(text: &str, room: i64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut used = letter('…');
    let fits = |c: &char| {
        used += letter(*c);
        used <= room
    };
    let shown: String = text.chars().take_while(fits).collect();
    let shown = shown.trim_end();
    // What is read from the right ends at the left, and so does its ellipsis.
    let mark = if shown.ends_with(is_from_the_right) { "\u{200f}" } else { "" };
    format!("{shown}…{mark}")
}

fn is_from_the_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// How long `part` is where `whole` is as long as the room: never longer.
pub fn scaled(part: u64, whole: u64, room: i64) -> i64 {
    let long = (i128::from(part) * i128::from(room)).checked_div(i128::from(whole)).unwrap_or(0);
    i64::try_from(long).unwrap_or(room).min(room)
}

/// Where each part of a bar begins and ends, in their order, where `whole` is as long as the room.
pub fn stacked(parts: &[Part], whole: u64, room: i64) -> Vec<(Part, i64, i64)> {
    let (mut sum, mut at) = (0_u64, 0);
    let mut found = Vec::new();
    for part in parts {
        sum = sum.saturating_add(part.count);
        let end = scaled(sum, whole, room);
        found.push((*part, at, end));
        at = end;
    }
    found.retain(|(_, start, end)| start < end);
    found
}
