//! Tables with rows about the same leads: read first, and held in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

use super::mapping::{Cell, Join, Mapping};
use super::table::{Header, Table, decoded, not_text};

/// The rows of one join, by the lead that they are about.
#[derive(Debug, Default)]
pub struct Joined {
    /// The columns that are kept.
    pub header: Header,
    rows: HashMap<String, Vec<Box<[String]>>>,
    /// How many rows are held.
    pub count: usize,
}

/// All joins of a mapping by their names.
pub type Tables = BTreeMap<String, Joined>;

impl Joined {
    /// The rows about a lead, in the order of the file.
    pub fn rows(&self, lead: &str) -> &[Box<[String]>] {
        self.rows.get(lead.trim()).map_or(&[], Vec::as_slice)
    }

    /// Reads the table of a join: all of it, but only the columns that the mapping asks for.
    ///
    /// # Errors
    /// A sentence that names the line, where there is one.
    pub fn read(mapping: &Mapping, name: &str, join: &Join, input: impl Read) -> Result<Joined, String> {
        let Table { dialect, header, line: first, rows } = Table::open(input, join.separator, join.encoding)?;
        let wanted = columns(mapping, name);
        let Some(lead) = header.column(&join.lead) else {
            return Err(format!("it has no column `{}`, which joins.{name}.lead names", join.lead));
        };
        let kept: Vec<usize> = wanted.iter().filter_map(|column| header.column(column)).collect();
        let names = kept.iter().filter_map(|column| header.names.get(*column).cloned()).collect();
        let others = header.names.iter().enumerate().filter(|(at, _)| !kept.contains(at));
        let others = others.map(|(_, name)| name.clone()).collect();
        let mut joined = Joined { header: Header { names, others }, ..Joined::default() };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(dialect.separator).has_headers(false).flexible(true).from_reader(rows);
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row).map_err(|error| error.to_string())? {
            let line = first - 1 + row.position().map_or(0, csv::Position::line);
            if row.len() != header.names.len() {
                let (has, wants) = (row.len(), header.names.len());
                return Err(format!("line {line}: the row has {has} cells, and the header has {wants}"));
            }
            let text = |column: usize| {
                let cell = row.get(column).unwrap_or_default();
                decoded(cell, dialect).ok_or_else(|| {
                    let name = header.names.get(column).map(String::as_str).unwrap_or_default();
                    format!("line {line}: {}", not_text(&format!("column `{name}`")))
                })
            };
            let cells = kept.iter().map(|column| Ok(text(*column)?.into_owned()));
            let cells: Box<[String]> = cells.collect::<Result<_, String>>()?;
            joined.rows.entry(text(lead)?.trim().to_owned()).or_default().push(cells);
            joined.count += 1;
        }
        Ok(joined)
    }
}

/// The columns of a join that a mapping reads.
fn columns(mapping: &Mapping, name: &str) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    let mut add = |cell: &Cell| {
        let currency = cell.currency.iter().filter_map(|cell| cell.from.clone());
        wanted.extend(cell.from.iter().cloned().chain(currency));
    };
    mapping.fields.values().filter(|cell| cell.joined.as_deref() == Some(name)).for_each(&mut add);
    let items = mapping.lists.values().flatten().filter(|items| items.joined.as_deref() == Some(name));
    items.flat_map(|items| items.item.values()).for_each(&mut add);
    wanted
}
