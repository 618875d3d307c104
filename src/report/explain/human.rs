//! A tree for a terminal: signs, colour, and no line longer than the screen.

use crate::report::prose::screen::wrap;
use unicode_width::UnicodeWidthStr;

use super::page::{Branch, Mark, Page, Part, Sum};

/// A narrower screen is written to as if it were this wide.
const NARROWEST: usize = 40;
/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// What is left for text, however deep a line stands.
const LEAST_TEXT: usize = 20;

/// `line 1234`
const LONGEST_PLACE: usize = 12;

const BOLD: &str = "1";
const DIM: &str = "2";

pub fn render(page: &Page, width: usize, color: bool) -> String {
    let mut canvas = Canvas { text: String::new(), width: width.clamp(NARROWEST, WIDEST), color };
    for line in wrap(&page.answer, canvas.width) {
        canvas.line("", &line, BOLD);
    }
    canvas.text.push('\n');
    for line in wrap(&page.about, canvas.width) {
        canvas.line("", &line, DIM);
    }
    canvas.legend();
    for section in &page.sections {
        canvas.text.push('\n');
        canvas.line("", &section.title.to_uppercase(), BOLD);
        for (at, part) in section.parts.iter().enumerate() {
            if at > 0 {
                canvas.text.push('\n');
            }
            canvas.part(part);
        }
    }
    canvas.text
}

/// What stands in the sections, without titles.
pub fn body(page: &Page, width: usize, color: bool) -> String {
    let mut canvas = Canvas { text: String::new(), width: width.clamp(NARROWEST, WIDEST), color };
    page.sections.iter().flat_map(|section| &section.parts).for_each(|part| canvas.part(part));
    canvas.text
}

fn sign(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Met => ("✓ ", "32"),
        Mark::NotMet => ("✗ ", "31"),
        Mark::Unknown => ("? ", "33"),
        Mark::None => ("", ""),
    }
}

/// A place stands to the right of its line, or, where it is a long one, below it.
fn place(place: Option<&str>) -> (&str, Option<&str>) {
    match place {
        Some(long) if long.width() > LONGEST_PLACE => ("", Some(long)),
        short => (short.unwrap_or_default(), None),
    }
}

struct Canvas {
    text: String,
    width: usize,
    color: bool,
}

impl Canvas {
    fn paint(&self, text: &str, style: &str) -> String {
        if self.color && !style.is_empty() && !text.is_empty() {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, before: &str, text: &str, style: &str) {
        let painted = self.paint(text, style);
        let before = self.paint(before, DIM);
        self.text.push_str(format!("{before}{painted}").trim_end());
        self.text.push('\n');
    }

    fn legend(&mut self) {
        let all = [Mark::Met, Mark::NotMet, Mark::Unknown];
        let signs: Vec<String> = all
            .iter()
            .map(|mark| {
                let (sign, style) = sign(*mark);
                format!("{} {}", self.paint(sign.trim_end(), style), self.paint(mark.word(), DIM))
            })
            .collect();
        self.text.push_str(&signs.join("   "));
        self.text.push('\n');
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Line(text) => wrap(text, self.width).iter().for_each(|line| self.line("", line, "")),
            Part::List(lines) => lines.iter().for_each(|line| self.item(line)),
            Part::Tree(branches) => {
                for (at, branch) in branches.iter().enumerate() {
                    if at > 0 && (!branch.children.is_empty() || branches.iter().any(|it| !it.children.is_empty())) {
                        self.text.push('\n');
                    }
                    self.branch(branch, "", "");
                }
            }
            Part::Sum(sum) => self.sum(sum),
        }
    }

    fn item(&mut self, text: &str) {
        for (at, line) in wrap(text, self.width - 2).iter().enumerate() {
            self.line(if at == 0 { "• " } else { "  " }, line, "");
        }
    }

    /// A line with the lines below it. `first` stands before its own first line, `rest` before all that follow.
    fn branch(&mut self, branch: &Branch, first: &str, rest: &str) {
        let (sign, style) = sign(branch.mark);
        let open = !branch.children.is_empty();
        // Further lines of the text stand under its first.
        let below = format!("{rest}{}", if open { "│ " } else { "  " });
        let before = below.width().max(rest.width() + sign.width());
        let room = self.width.saturating_sub(before).max(LEAST_TEXT);
        let (place, far) = place(branch.place.as_deref());
        let mut notes = branch.notes.iter().map(String::as_str).chain(far).collect::<Vec<_>>();
        let mut aside = String::new();
        if let [note] = notes.as_slice()
            && branch.text.width() + note.width() + place.width() + 5 <= room
        {
            aside = format!(" ({note})");
            notes.clear();
        }
        for (at, line) in self.fit(&branch.text, room, place).into_iter().enumerate() {
            let (before, sign) = if at == 0 { (first, sign) } else { (below.as_str(), "") };
            let end = if at == 0 && !place.is_empty() {
                let used = before.width() + sign.width() + line.width() + aside.width();
                let gap = self.width.saturating_sub(used + place.width()).max(2);
                format!("{}{}", " ".repeat(gap), self.paint(place, DIM))
            } else {
                String::new()
            };
            let shown =
                format!("{}{}{line}{}{end}", self.paint(before, DIM), self.paint(sign, style), self.paint(&aside, DIM));
            self.text.push_str(shown.trim_end());
            self.text.push('\n');
        }
        for note in notes {
            for (at, line) in
                wrap(note, self.width.saturating_sub(below.width() + 2).max(LEAST_TEXT)).iter().enumerate()
            {
                let dash = if at == 0 { "· " } else { "  " };
                self.line(&below, &format!("{dash}{line}"), DIM);
            }
        }
        let last = branch.children.len().saturating_sub(1);
        for (at, child) in branch.children.iter().enumerate() {
            let (first, below) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.branch(child, &format!("{rest}{first}"), &format!("{rest}{below}"));
        }
    }

    /// A text in lines, the first of which leaves room for its place.
    fn fit(&self, text: &str, room: usize, place: &str) -> Vec<String> {
        if place.is_empty() {
            return wrap(text, room);
        }
        wrap(text, room.saturating_sub(place.width() + 2).max(LEAST_TEXT))
    }

    /// Points to the left, where they add up under one another.
    fn sum(&mut self, sum: &Sum) {
        let title = Branch { text: sum.title.clone(), place: sum.place.clone(), ..Branch::default() };
        self.branch(&title, "", "");
        let column = sum.rows.iter().map(|row| row.points.width()).max().unwrap_or(0) + 2;
        let mut totals = false;
        for row in &sum.rows {
            if row.total && !totals {
                self.line("  ", &"─".repeat(column - 2), DIM);
            }
            totals |= row.total;
            let points = format!("{}{}", " ".repeat(column - row.points.width()), row.points);
            let style = if row.total { BOLD } else { "" };
            let (place, far) = place(row.place.as_deref());
            let room = self.width.saturating_sub(column + 2).max(LEAST_TEXT);
            for (at, line) in self.fit(&row.text, room, place).iter().enumerate() {
                let before = if at == 0 { self.paint(&points, style) } else { " ".repeat(column) };
                let used = column + 2 + line.width();
                let gap = self.width.saturating_sub(used + place.width()).max(2);
                let end =
                    if at == 0 { format!("{}{}", " ".repeat(gap), self.paint(place, DIM)) } else { String::new() };
                let shown = format!("{before}  {}{end}", self.paint(line, style));
                self.text.push_str(shown.trim_end());
                self.text.push('\n');
            }
            for note in row.notes.iter().map(String::as_str).chain(far) {
                for (at, line) in wrap(note, room.saturating_sub(2)).iter().enumerate() {
                    let dash = if at == 0 { "· " } else { "  " };
                    self.line(&" ".repeat(column + 2), &format!("{dash}{line}"), DIM);
                }
            }
        }
    }
}
