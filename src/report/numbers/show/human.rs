//! Tables for people, on a screen of eighty columns.

use unicode_width::UnicodeWidthStr;

use super::about;
use crate::diagnostic::escape;
use crate::report::numbers::figures::Report;
use crate::report::numbers::headlines::Headline;
use crate::report::numbers::table::{Section, Table};
use crate::report::prose::screen::{cut, filled, wrap};

const WIDTH: usize = 80;
/// What names are never cut below, where the figures leave room for it.
const SHORTEST_NAME: usize = 12;

pub fn render(report: &Report, headlines: &[Headline], sections: &[Section], color: bool) -> String {
    let mut out = String::new();
    let bold = |text: &str| if color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() };
    for (at, line) in about(report).iter().enumerate() {
        for line in wrap(&escape(line), WIDTH) {
            out += &(if at == 0 { bold(&line) } else { line });
            out.push('\n');
        }
    }
    out.push('\n');
    for it in headlines {
        let mark = match it.good {
            Some(true) => " ✓",
            Some(false) => " ✗",
            None => "",
        };
        let title = filled(&escape(&it.title), 34);
        let line = format!("  {title}  {:>9}  {}{mark}", it.figure, it.beside);
        out += cut(&line, WIDTH).trim_end();
        out.push('\n');
    }
    for section in sections {
        out += &format!("\n{}\n", bold(&escape(&section.title)));
        if let Some(instead) = &section.instead {
            lines(&mut out, instead);
            continue;
        }
        for (at, table) in section.tables.iter().enumerate() {
            out.push_str(if at > 0 { "\n" } else { "" });
            if let Some(instead) = table.instead() {
                lines(&mut out, &escape(&instead));
                continue;
            }
            if !table.title.is_empty() {
                lines(&mut out, &escape(&table.title));
            }
            self::table(&mut out, table, &bold);
        }
        lines(&mut out, &section.how);
    }
    if !report.notes.is_empty() {
        out += &format!("\n{}\n", bold("Notes"));
        report.notes.iter().for_each(|note| lines(&mut out, note));
    }
    out
}

/// A paragraph, indented.
fn lines(out: &mut String, text: &str) {
    for line in wrap(text, WIDTH - 2) {
        *out += &format!("  {line}\n");
    }
}

fn table(out: &mut String, table: &Table, bold: &impl Fn(&str) -> String) {
    let cells: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.cells.iter().map(|cell| escape(&cell.shown())).collect()).collect();
    let is_text = |at: usize| table.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| cell.is_text()));
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|at| {
            let title = table.columns.get(at).map_or(0, |column| column.title.width());
            let cells = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max();
            title.max(cells.unwrap_or(0))
        })
        .collect();
    // Names are cut where they have to be, and figures never.
    let names: Vec<String> = table.rows.iter().map(|row| escape(&row.shown())).collect();
    let longest = names.iter().map(|name| name.width()).chain([table.of.width()]).max().unwrap_or(0);
    let figures: usize = widths.iter().map(|width| width + 2).sum();
    let first = longest.min((WIDTH - 2).saturating_sub(figures).max(SHORTEST_NAME));
    let line = |name: &str, row: &[String]| {
        let mut line = format!("  {}", filled(name, first));
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let room = width.saturating_sub(cell.width());
            line += "  ";
            let text = is_text(at);
            line += &(if text { format!("{cell}{}", " ".repeat(room)) } else { format!("{}{cell}", " ".repeat(room)) });
        }
        line.trim_end().to_owned()
    };
    let titles: Vec<String> = table.columns.iter().map(|column| column.title.to_owned()).collect();
    out.push_str(&bold(&line(table.of, &titles)));
    out.push('\n');
    for (row, (name, cells)) in table.rows.iter().zip(names.iter().zip(&cells)) {
        let line = line(name, cells);
        out.push_str(&(if row.total { bold(&line) } else { line }));
        out.push('\n');
    }
}
