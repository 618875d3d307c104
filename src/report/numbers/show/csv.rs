//! A line for each figure, for spreadsheets: whoever pivots it needs no other form.

use crate::report::numbers::figures::Report;
use crate::report::numbers::sections::{name_of, of_figures, of_report};
use crate::report::numbers::table::Section;
use crate::report::prose::words::safe;

const HEADER: [&str; 6] = ["group", "report", "table", "row", "figure", "value"];

pub fn render(report: &Report) -> Result<String, ::csv::Error> {
    let mut out = ::csv::Writer::from_writer(Vec::new());
    out.write_record(HEADER)?;
    let all = of_report(report);
    write(&mut out, "(all leads)", &all.into_iter().filter(|it| it.id != "groups").collect::<Vec<_>>())?;
    for group in &report.groups {
        write(&mut out, &name_of(group), &of_figures(report, &group.figures))?;
    }
    let bytes = out.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write(out: &mut ::csv::Writer<Vec<u8>>, group: &str, sections: &[Section]) -> Result<(), ::csv::Error> {
    for section in sections {
        for table in &section.tables {
            let title = if table.title.is_empty() { table.id } else { &table.title };
            for row in &table.rows {
                for (column, cell) in table.columns.iter().zip(&row.cells) {
                    // A figure below zero is no formula; a text may be one.
                    let value = if cell.is_text() { safe(&cell.plain()) } else { cell.plain() };
                    out.write_record([&safe(group), section.id, &safe(title), &safe(&row.name), column.id, &value])?;
                }
            }
        }
    }
    Ok(())
}
