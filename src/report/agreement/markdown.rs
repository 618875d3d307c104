//! For a wiki or a repository.

use super::page::{Block, Item, Page};
use crate::report::prose::markdown::escape;

pub fn render(page: &Page) -> String {
    let mut text = format!("# {}\n\n{}\n", escape(&page.name), escape(&page.about));
    because(&mut text, page.because.as_deref());
    if !page.agreed.is_empty() {
        let rows = page.agreed.iter().map(|it| vec![it.party.clone(), it.person.clone(), it.on.clone()]);
        let head = ["Party", "Agreed by", "On"].map(str::to_owned).to_vec();
        table(&mut text, &[head].into_iter().chain(rows).collect::<Vec<_>>());
    }
    for section in &page.sections {
        text.push_str(&format!("\n## {}\n", section.title));
        if !section.intro.is_empty() {
            text.push_str(&format!("\n{}\n", section.intro));
        }
        for entry in &section.entries {
            let owner = entry.owner.as_ref().map(|owner| format!(" ({})", escape(owner))).unwrap_or_default();
            if !entry.title.is_empty() {
                text.push_str(&format!("\n### {}{owner}\n", escape(&entry.title)));
            }
            for block in &entry.blocks {
                match block {
                    Block::Line(line) => text.push_str(&format!("\n{}\n", escape(line))),
                    Block::Tree(items) => {
                        text.push('\n');
                        items.iter().for_each(|item| tree(&mut text, 0, item));
                    }
                    Block::Table(rows) => table(&mut text, rows),
                }
            }
            because(&mut text, entry.because.as_deref());
        }
    }
    text.push_str(&format!("\n---\n\n{}\n", escape(&page.footer)));
    text
}

fn because(text: &mut String, why: Option<&str>) {
    text.push_str(&why.map(|why| format!("\n> {}\n", escape(why))).unwrap_or_default());
}

fn tree(text: &mut String, depth: usize, item: &Item) {
    text.push_str(&format!("{}- {}\n", "  ".repeat(depth), escape(&item.text)));
    item.children.iter().for_each(|child| tree(text, depth + 1, child));
}

fn table(text: &mut String, rows: &[Vec<String>]) {
    text.push('\n');
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if at == 0 {
            text.push_str(&format!("|{}\n", "---|".repeat(row.len())));
        }
    }
}
