//! A document in Markdown, with a table for each question.

use super::about;
use crate::report::numbers::figures::Report;
use crate::report::numbers::headlines::Headline;
use crate::report::numbers::table::{Cell, Section, Table};
use crate::report::prose::markdown::escape;

pub fn render(report: &Report, headlines: &[Headline], sections: &[Section]) -> String {
    let mut about = about(report).into_iter();
    let mut out = format!("# {}\n\n", escape(&about.next().unwrap_or_default()));
    about.for_each(|line| out += &format!("{}\n\n", escape(&line)));
    if !headlines.is_empty() {
        out += "| | | |\n|---|--:|---|\n";
        for it in headlines {
            out += &format!("| {} | {} | {} |\n", escape(&it.title), it.figure, escape(&it.beside));
        }
        out.push('\n');
    }
    for section in sections {
        out += &format!("## {}\n\n", escape(&section.title));
        if let Some(instead) = &section.instead {
            out += &format!("{instead}\n\n");
            continue;
        }
        for table in &section.tables {
            if let Some(instead) = table.instead() {
                out += &format!("{}\n\n", escape(&instead));
                continue;
            }
            if !table.title.is_empty() {
                out += &format!("**{}**\n\n", escape(&table.title));
            }
            self::table(&mut out, table);
        }
        out += &format!("{}\n\n", section.how);
    }
    if !report.notes.is_empty() {
        out += "## Notes\n\n";
        report.notes.iter().for_each(|note| out += &format!("- {note}\n"));
    }
    out.trim_end().to_owned() + "\n"
}

fn cell(cell: &Cell) -> String {
    if cell.is_text() { escape(&cell.shown()) } else { cell.shown() }
}

fn table(out: &mut String, table: &Table) {
    let titles = table.columns.iter().map(|column| escape(column.title));
    *out += &format!("| {} | {} |\n", table.of, titles.collect::<Vec<_>>().join(" | "));
    let is_text = |at: usize| table.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| cell.is_text()));
    let marks = (0..table.columns.len()).map(|at| if is_text(at) { "---" } else { "--:" });
    *out += &format!("|---|{}|\n", marks.collect::<Vec<_>>().join("|"));
    for row in &table.rows {
        let bold = if row.total { "**" } else { "" };
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        *out += &format!("| {bold}{}{bold} | {} |\n", escape(&row.shown()), cells.join(" | "));
    }
    out.push('\n');
}
