//! Words and indentation: for logs and screen readers.

use super::page::{Branch, Mark, Page, Part, Sum, aside};

pub fn render(page: &Page) -> String {
    let mut text = format!("{}\n\n{}\n", page.answer, page.about);
    for section in &page.sections {
        text.push_str(&format!("\n{}:\n", section.title));
        section.parts.iter().for_each(|it| part(&mut text, it));
    }
    text
}

/// What stands in the sections, without titles.
pub fn body(page: &Page) -> String {
    let mut text = String::new();
    page.sections.iter().flat_map(|section| &section.parts).for_each(|it| part(&mut text, it));
    text
}

fn part(text: &mut String, part: &Part) {
    match part {
        Part::Line(line) => push(text, 1, line),
        Part::List(lines) => lines.iter().for_each(|line| push(text, 1, line)),
        Part::Tree(branches) => branches.iter().for_each(|it| branch(text, 1, it)),
        Part::Sum(it) => sum(text, it),
    }
}

fn push(text: &mut String, depth: usize, line: &str) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(line.trim_end());
    text.push('\n');
}

fn branch(text: &mut String, depth: usize, it: &Branch) {
    let word = if it.mark == Mark::None { String::new() } else { format!("{}: ", it.mark.word()) };
    line(text, depth, &format!("{word}{}", it.text), it.place.as_deref(), &it.notes);
    it.children.iter().for_each(|child| branch(text, depth + 1, child));
}

/// A line, its notes behind it where they are short, else below it.
fn line(text: &mut String, depth: usize, said: &str, place: Option<&str>, notes: &[String]) {
    let short = aside(notes);
    let behind: Vec<&str> = short.as_deref().into_iter().chain(place).collect();
    let behind = if behind.is_empty() { String::new() } else { format!(" ({})", behind.join("; ")) };
    push(text, depth, &format!("{said}{behind}"));
    if short.is_none() {
        notes.iter().for_each(|note| push(text, depth + 2, note));
    }
}

fn sum(text: &mut String, sum: &Sum) {
    line(text, 1, &sum.title, sum.place.as_deref(), &[]);
    for row in &sum.rows {
        let points = if row.total { format!("= {}", row.points) } else { row.points.clone() };
        line(text, 2, &format!("{points}: {}", row.text), row.place.as_deref(), &row.notes);
    }
}
