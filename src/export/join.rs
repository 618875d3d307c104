//! Tables with rows about the same leads: read first, and held in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

use super::mapping::{Cell, Encoding, Join, Mapping};
use super::table::{Dialect, Header, Splitter, first_row, not_text, separator_of};

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
    pub fn read(mapping: &Mapping, name: &str, join: &Join, mut input: impl Read) -> Result<Joined, String> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|why| why.to_string())?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let head = first_row(bytes).unwrap_or(bytes);
        let separator = join.separator.map_or_else(|| separator_of(head), super::mapping::Separator::byte);
        let dialect = Dialect { separator, latin_1: join.encoding == Encoding::Latin1 };
        let mut splitter = Splitter::new(dialect);
        let header = splitter.header(head).map_err(|error| error.message)?;
        let wanted = columns(mapping, name);
        let Some(lead) = header.column(&join.lead) else {
            return Err(format!("it has no column `{}`, which joins.{name}.lead names", join.lead));
        };
        let kept: Vec<usize> = wanted.iter().filter_map(|column| header.column(column)).collect();
        let names = kept.iter().filter_map(|column| header.names.get(*column).cloned()).collect();
        let others = header.names.iter().enumerate().filter(|(at, _)| !kept.contains(at));
        let others = others.map(|(_, name)| name.clone()).collect();
        let mut joined = Joined { header: Header { names, others }, ..Joined::default() };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(bytes);
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row).map_err(|error| error.to_string())? {
            let line = row.position().map_or(0, csv::Position::line);
            let text = |column: usize| {
                let cell = row.get(column).unwrap_or_default();
                super::table::decoded(cell, dialect).ok_or_else(|| {
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
