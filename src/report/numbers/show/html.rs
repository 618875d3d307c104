//! A page with charts that needs nothing else: no script, no network.

use serde::Serialize;

use super::about;
use super::charts::{self, Chart};
use crate::diagnostic::escape;
use crate::report::numbers::figures::Report;
use crate::report::numbers::headlines::Headline;
use crate::report::numbers::table::{Section, Table};
use crate::report::prose::html::fill;

#[derive(Serialize)]
struct Page<'a> {
    name: String,
    about: Vec<String>,
    headlines: &'a [Headline],
    sections: Vec<Part>,
    notes: &'a [String],
    digest: &'a str,
}

#[derive(Serialize)]
struct Part {
    id: &'static str,
    title: String,
    how: String,
    instead: Option<String>,
    charts: Vec<Chart>,
    tables: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    caption: String,
    of: &'static str,
    /// Titles, and whether their columns hold words.
    columns: Vec<(&'static str, bool)>,
    rows: Vec<(String, bool, Vec<String>)>,
}

pub fn render(report: &Report, headlines: &[Headline], sections: &[Section]) -> Result<String, minijinja::Error> {
    let mut said = about(report).into_iter().map(|line| escape(&line));
    let page = Page {
        name: said.next().unwrap_or_default(),
        about: said.collect(),
        headlines,
        sections: sections.iter().map(|section| part(report, section)).collect(),
        notes: &report.notes,
        digest: &report.policy.digest,
    };
    fill(include_str!("page.html"), &page)
}

fn part(report: &Report, section: &Section) -> Part {
    let charts = if section.instead.is_none() { charts::of(section.id, report) } else { Vec::new() };
    let tables = if section.instead.is_none() {
        section.tables.iter().map(|it| shown(section, it)).collect()
    } else {
        Vec::new()
    };
    Part {
        id: section.id,
        title: escape(&section.title),
        how: section.how.clone(),
        instead: section.instead.clone(),
        charts: charts.into_iter().map(clean).collect(),
        tables,
    }
}

fn shown(section: &Section, table: &Table) -> Shown {
    let is_text = |at: usize| table.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| cell.is_text()));
    let columns = table.columns.iter().enumerate();
    let cells = |row: &crate::report::numbers::table::Row| row.cells.iter().map(|cell| escape(&cell.shown())).collect();
    Shown {
        caption: escape(if table.title.is_empty() { &section.title } else { &table.title }),
        of: table.of,
        columns: columns.map(|(at, column)| (column.title, is_text(at))).collect(),
        rows: table.rows.iter().map(|row| (escape(&row.shown()), row.total, cells(row))).collect(),
    }
}

/// Leads say anything, control characters too, and XML knows few of them.
fn clean(chart: Chart) -> Chart {
    let clean = |text: String| escape(&text);
    Chart {
        title: clean(chart.title),
        said: clean(chart.said),
        shapes: chart.shapes.into_iter().map(|it| charts::Shape { said: clean(it.said), ..it }).collect(),
        texts: chart
            .texts
            .into_iter()
            .map(|it| charts::Text { text: clean(it.text), whole: it.whole.map(clean), ..it })
            .collect(),
        ..chart
    }
}
