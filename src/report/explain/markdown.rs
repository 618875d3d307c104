//! Markdown for tickets. What leads and policies say is text in it, never markup.

use super::page::{Branch, Mark, Page, Part, Sum, aside};
use crate::report::prose::markdown::escape;

pub fn render(page: &Page) -> String {
    let mut text = format!("**{}**\n\n_{}_\n", escape(&page.answer), escape(&page.about));
    for section in &page.sections {
        text.push_str(&format!("\n### {}\n", section.title));
        for part in &section.parts {
            text.push('\n');
            match part {
                Part::Line(line) => text.push_str(&format!("{}\n", escape(line))),
                Part::List(lines) => lines.iter().for_each(|line| text.push_str(&format!("- {}\n", escape(line)))),
                Part::Tree(branches) => branches.iter().for_each(|it| branch(&mut text, 0, it)),
                Part::Sum(it) => sum(&mut text, it),
            }
        }
    }
    text
}

fn branch(text: &mut String, depth: usize, it: &Branch) {
    let indent = "  ".repeat(depth);
    let sign = match it.mark {
        Mark::Met => "✅ ",
        Mark::NotMet => "❌ ",
        Mark::Unknown => "❔ ",
        Mark::None => "",
    };
    let short = aside(&it.notes);
    let behind: Vec<String> = short.iter().chain(&it.place).map(|text| escape(text)).collect();
    let place = if behind.is_empty() { String::new() } else { format!(" _({})_", behind.join("; ")) };
    let word = if it.mark == Mark::None { String::new() } else { format!("**{}:** ", it.mark.word()) };
    text.push_str(&format!("{indent}- {sign}{word}{}{place}\n", escape(&it.text)));
    for note in it.notes.iter().filter(|_| short.is_none()) {
        text.push_str(&format!("{indent}  - _{}_\n", escape(note)));
    }
    it.children.iter().for_each(|child| branch(text, depth + 1, child));
}

fn sum(text: &mut String, sum: &Sum) {
    let place = sum.place.as_ref().map(|place| format!(" _({})_", escape(place))).unwrap_or_default();
    text.push_str(&format!("**{}**{place}\n\n| Rule | Points |\n|---|--:|\n", escape(&sum.title)));
    for row in &sum.rows {
        let notes: String = row.notes.iter().map(|note| format!("<br>_{}_", escape(note))).collect();
        let place = row.place.as_ref().map(|place| format!(" _({})_", escape(place))).unwrap_or_default();
        let strong = if row.total { "**" } else { "" };
        let (said, points) = (escape(&row.text), escape(&row.points));
        text.push_str(&format!("| {strong}{said}{strong}{place}{notes} | {strong}{points}{strong} |\n"));
    }
}
