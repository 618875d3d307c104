//! A page of HTML with charts that needs nothing else: no script, no network.

use super::about;
use super::charts::{Chart, of_section, ranges, shares};
use crate::diagnostic::escape;
use crate::report::numbers::figures::Report;
use crate::report::numbers::headlines::Headline;
use crate::report::numbers::sections::name_of;
use crate::report::numbers::table::{self, Cell, Section};
use crate::report::prose::html::fill;

/// What the page shows.
#[derive(serde::Serialize)]
struct Page {
    title: String,
    about: Vec<String>,
    headlines: Vec<Tile>,
    sections: Vec<Part>,
    notes: Vec<String>,
    digest: String,
}

#[derive(serde::Serialize)]
struct Tile {
    title: String,
    figure: String,
    beside: String,
    good: Option<bool>,
}

#[derive(serde::Serialize)]
struct Part {
    id: &'static str,
    title: String,
    how: String,
    instead: Option<String>,
    charts: Vec<Chart>,
    /// Of what there is nothing to draw.
    lines: Vec<String>,
    tables: Vec<Table>,
}

#[derive(serde::Serialize)]
struct Table {
    caption: String,
    of: &'static str,
    columns: Vec<Heading>,
    rows: Vec<Row>,
}

#[derive(serde::Serialize)]
struct Heading {
    title: String,
    is_text: bool,
}

#[derive(serde::Serialize)]
struct Row {
    name: String,
    total: bool,
    cells: Vec<Shown>,
}

#[derive(serde::Serialize)]
struct Shown {
    text: String,
    is_text: bool,
}

pub fn render(report: &Report, headlines: &[Headline], sections: &[Section]) -> Result<String, minijinja::Error> {
    let mut about = about(report).into_iter().map(|line| escape(&line));
    let page = Page {
        title: about.next().unwrap_or_default(),
        about: about.collect(),
        headlines: headlines.iter().map(tile).collect(),
        sections: sections.iter().map(|section| part(report, section)).collect(),
        notes: report.notes.iter().map(|note| escape(note)).collect(),
        digest: report.policy.digest.clone(),
    };
    fill(include_str!("page.html"), &page)
}

fn tile(it: &Headline) -> Tile {
    Tile { title: escape(&it.title), figure: it.figure.clone(), beside: unbroken(&escape(&it.beside)), good: it.good }
}

fn part(report: &Report, section: &Section) -> Part {
    let title = escape(&section.title);
    let lacks = section.instead.is_some();
    let full = section.tables.iter().filter(|table| !table.rows.is_empty());
    let empty = section.tables.iter().filter_map(table::Table::instead);
    Part {
        id: section.id,
        charts: if lacks { Vec::new() } else { of_section(report, section.id) },
        lines: if lacks { Vec::new() } else { empty.map(|line| escape(&line)).collect() },
        tables: match lacks {
            true => Vec::new(),
            false => full.map(|it| shown(&title, it)).chain(drawn(report, section.id)).collect(),
        },
        instead: section.instead.as_ref().map(|line| escape(line)),
        how: unbroken(&section.how),
        title,
    }
}

/// A figure and its unit stay on one line.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

fn shown(title: &str, table: &table::Table) -> Table {
    let is_text = |at: usize| table.rows.iter().any(|row| row.cells.get(at).is_some_and(Cell::is_text));
    let columns = table.columns.iter().enumerate();
    let rows = table.rows.iter().map(|row| Row {
        name: escape(&row.shown()),
        total: row.total,
        cells: row
            .cells
            .iter()
            .enumerate()
            .map(|(at, cell)| Shown { text: escape(&cell.shown()), is_text: is_text(at) })
            .collect(),
    });
    Table {
        caption: if table.title.is_empty() { title.to_owned() } else { escape(&table.title) },
        of: table.of,
        columns: columns.map(|(at, it)| Heading { title: it.title.to_owned(), is_text: is_text(at) }).collect(),
        rows: rows.collect(),
    }
}

/// What is drawn and stands in no other table.
fn drawn(report: &Report, id: &str) -> Option<Table> {
    let (velocity, slas) = (&report.all.velocity, &report.all.slas);
    match id {
        "velocity" => {
            let rows =
                velocity.iter().map(|it| (it.stage.clone(), it.distribution.iter().map(|it| it.count).collect()));
            let columns = ranges(&velocity.first()?.distribution);
            Some(counts("How many stays lasted how long", "stage", columns, rows))
        }
        "slas" => {
            let rows = slas.iter().map(|it| (it.sla.clone(), it.used.iter().map(|it| it.clocks).collect()));
            let columns = shares(&slas.first()?.used);
            Some(counts("How much of the time allowed was used, by how many clocks", "sla", columns, rows))
        }
        "groups" => {
            report.all.handovers.as_ref()?;
            let rows = report.groups.iter().filter_map(|group| {
                let it = group.figures.handovers.as_ref()?.total;
                Some((name_of(group), vec![it.accepted, it.rejected, it.open]))
            });
            let columns = ["accepted", "rejected", "open"].map(str::to_owned).to_vec();
            Some(counts("What became of the handovers", "group", columns, rows))
        }
        _ => None,
    }
}

fn counts(
    caption: &str,
    of: &'static str,
    columns: Vec<String>,
    rows: impl Iterator<Item = (String, Vec<u64>)>,
) -> Table {
    let cell = |count: u64| Shown { text: Cell::Count(count).shown(), is_text: false };
    let row = |(name, counts): (String, Vec<u64>)| Row {
        name: escape(&name),
        total: false,
        cells: counts.into_iter().map(cell).collect(),
    };
    Table {
        caption: caption.to_owned(),
        of,
        columns: columns.into_iter().map(|title| Heading { title, is_text: false }).collect(),
        rows: rows.map(row).collect(),
    }
}

#[cfg(test)]
mod tests;
